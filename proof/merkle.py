"""The log as a Merkle tree (RFC 6962, section 2.1, SHA-256): where a leaf is changed or taken out, the head is another.

A head is the root of the tree over the first n leaves. On paper it stands as eight groups of four letters and digits
(base 32 of RFC 4648, which has no 0, 1, 8 and 9): the first 160 bits of the root. To write a log with the same groups
somebody would have to try 2**160 of them, two logs with equal groups 2**80.

The whole log of hashes is published (32 bytes a leaf), so whoever has it computes any head; proofs of inclusion and of
consistency, which spare big logs that, are not needed.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence

EMPTY = hashlib.sha256(b"").digest()
GROUPS, GROUP_LENGTH = 8, 4


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf: SHA-256 of a zero byte and ``content`` (canonical bytes of a manifest)."""
    return hashlib.sha256(b"\x00" + content).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The head of the tree over ``leaves`` (their hashes)."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    left = _split(len(leaves))
    return _node(root(leaves[:left]), root(leaves[left:]))


def heads(leaves: Sequence[bytes]) -> Iterator[bytes]:
    """The heads over the first 0, 1, 2, … of ``leaves``; all of them in the time of one."""
    subtrees: list[tuple[int, bytes]] = []
    yield EMPTY
    for leaf in leaves:
        size, top = 1, leaf
        while subtrees and subtrees[-1][0] == size:
            size, top = 2 * size, _node(subtrees.pop()[1], top)
        subtrees.append((size, top))
        head = subtrees[-1][1]
        for _, left in reversed(subtrees[:-1]):
            head = _node(left, head)
        yield head


def groups(head: bytes) -> str:
    """``head`` for paper: eight groups of four."""
    letters = base64.b32encode(head).decode("ascii")
    return " ".join(letters[place : place + GROUP_LENGTH] for place in range(0, GROUPS * GROUP_LENGTH, GROUP_LENGTH))


def size_with(leaves: Sequence[bytes], printed: str) -> int | None:
    """Over how many of ``leaves`` stands the head that paper has (``printed``, in any case and spacing); None: never.

    Two papers whose heads both stand in one log come from one history: nothing up to the later one was changed.
    """
    wanted = "".join(printed.upper().split()).replace("-", "")
    found = (size for size, head in enumerate(heads(leaves)) if groups(head).replace(" ", "") == wanted)
    return next(found, None)


def _split(size: int) -> int:
    """The largest power of two below ``size`` (2 or more)."""
    return 1 << ((size - 1).bit_length() - 1)
