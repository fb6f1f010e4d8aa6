"""Paper and files out: the list of violators and the poster of a location code. ``make`` is the one way in."""

from documents.catalogue import FORMATS, make

__all__ = ["FORMATS", "make"]
