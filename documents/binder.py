"""Binds tagged PDFs into one: ``python binder.py OUT FILE…``; a process of its own, which gives its memory back.

Pages that are only put together lose what screen readers read (PDF/UA-1): here the trees of tags are joined, too. Names
of cells (``/ID``, ``/Headers``), which Typst counts from 1 in each file, get the number of their file.
"""

import sys
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, String


def main(out: str, *files: str) -> int:
    """Write ``out``; the first file's properties are the whole's."""
    # Streams are read from the files when the whole is written: all of them stay open until then.
    opened = [pikepdf.open(file) for file in files]
    bound = opened[0]
    root = bound.Root.StructTreeRoot
    parents: list[Any] = list(root.ParentTree.Nums)
    names = _named(root)
    for number, added in enumerate(opened[1:], 1):
        _rename(added.Root.StructTreeRoot, f"-{number}")
        shift = int(root.ParentTreeNextKey)
        tree = _added(bound, added, shift)
        for document in tree.K:
            document.P = root
            root.K.append(document)
        keys = tree.ParentTree.Nums
        for place in range(0, len(keys), 2):
            parents += [int(keys[place]) + shift, keys[place + 1]]
        root.ParentTreeNextKey = shift + int(tree.ParentTreeNextKey)
        names += _named(tree)
    root.ParentTree.Nums = Array(parents)
    names.sort(key=lambda each: bytes(each.ID))
    root.IDTree = bound.make_indirect(Dictionary(Names=Array([part for each in names for part in (each.ID, each)])))
    if "/Outlines" in bound.Root:
        del bound.Root["/Outlines"]
    bound.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return 0


def _added(bound: pikepdf.Pdf, added: pikepdf.Pdf, shift: int) -> Any:
    """The pages of ``added`` behind those of ``bound``; its tree of tags, which then speaks of the copies."""
    first = len(bound.pages)
    bound.pages.extend(added.pages)
    for page in list(bound.pages)[first:]:
        page.obj.StructParents = int(page.obj.StructParents) + shift
    return bound.copy_foreign(added.Root.StructTreeRoot)


def _named(tree: Any) -> list[Any]:
    """Elements that other elements name."""
    return list(tree.IDTree.Names)[1::2] if "/IDTree" in tree else []


def _rename(tree: Any, mark: str) -> None:
    for element in _elements(tree):
        if "/ID" in element:
            element.ID = _marked(element.ID, mark)
        attributes = element.get("/A", Array())
        for each in attributes if isinstance(attributes, Array) else [attributes]:
            if each.get("/Headers"):
                each.Headers = Array([_marked(name, mark) for name in each.Headers])


def _elements(tree: Any) -> Iterator[Any]:
    waiting = list(tree.K)
    while waiting:
        element = waiting.pop()
        yield element
        kids = element.get("/K", Array())
        waiting += [
            kid for kid in (kids if isinstance(kids, Array) else [kids]) if isinstance(kid, Dictionary) and "/S" in kid
        ]


def _marked(name: Any, mark: str) -> String:
    return String(bytes(name).decode() + mark)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
