"""The log against a tree written anew from RFC 6962, section 2.1, and the vectors of its best known implementation."""

import hashlib

import pytest

from proof import merkle

# Leaves and roots of the reference test of Certificate Transparency (certificate-transparency, merkle_tree_test.cc).
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_the_definition(contents: list[bytes]) -> bytes:
    """MTH(D[n]) as the RFC writes it, from contents."""
    if not contents:
        return hashlib.sha256().digest()
    if len(contents) == 1:
        return hashlib.sha256(b"\0" + contents[0]).digest()
    k = max(2**power for power in range(20) if 2**power < len(contents))
    return hashlib.sha256(b"\1" + by_the_definition(contents[:k]) + by_the_definition(contents[k:])).digest()


def hashes(count: int) -> list[bytes]:
    return [merkle.leaf_hash(bytes([place])) for place in range(count)]


def test_the_tree_is_the_one_of_the_rfc() -> None:
    contents = [bytes.fromhex(leaf) for leaf in LEAVES]
    leaves = [merkle.leaf_hash(content) for content in contents]
    assert [merkle.root(leaves[:size]).hex() for size in range(1, 9)] == ROOTS
    for size in (0, 1, 2, 3, 21, 64, 65):
        contents = [bytes([place]) for place in range(size)]
        assert merkle.root(hashes(size)) == by_the_definition(contents)
    assert list(merkle.heads(hashes(65))) == [merkle.root(hashes(65)[:size]) for size in range(66)]


@pytest.mark.parametrize(
    "written", [str.lower, lambda text: text.replace(" ", ""), lambda text: text.replace(" ", "-")]
)
def test_a_head_on_paper_is_found_in_the_log_it_is_of(written: object) -> None:
    leaves = hashes(9)
    printed = [merkle.groups(head) for head in merkle.heads(leaves)]
    assert all([len(group) for group in head.split()] == [4] * 8 for head in printed)
    assert [merkle.size_with(leaves, written(head)) for head in printed] == list(range(10))  # type: ignore[operator]
    assert merkle.size_with([*leaves[:3], leaves[4], leaves[3]], printed[5]) is None
    assert merkle.size_with(leaves, printed[4][:-5]) is None
