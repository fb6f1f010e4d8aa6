"""By what attempts and requests of nobody known are counted: an address, or what one household has of them."""

import ipaddress

PREFIX = 64
"""Bits of an IPv6 address that whoever holds the network does not choose (RFC 6177); the rest they change at will."""


def network(address: str) -> str:
    """The network of an IPv6 address; an IPv4 address, or what is no address, as it is."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found), PREFIX), strict=False))
