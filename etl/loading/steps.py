"""The rows of a load on their way from the reader to their table: which columns they have at each step.

===================  ==================================================================  ==============================
step                 columns beyond those of the step before                             made in
===================  ==================================================================  ==============================
``Read``             those of ``etl.recognition.columns.columns_of(kind)``, typed as     ``etl.validation``
                     ``etl.validation.table.SourceTable`` states; ``_sheet``, ``_row``
``Exported``         ``exported_on``, ``exported_minute`` (totals only)                  ``etl.loading.kinds.totals``
``Named``            ``venue_id``, ``mention_id`` (events only)                          ``etl.loading.events``
``Known``            ``known_id`` (the register only)                                    ``etl.loading.kinds.venues``
``Located``          ``location``; ``category`` is a code of ours (the register only)    ``etl.loading.kinds.venues``
===================  ==================================================================  ==============================

Rows that stand go from there into the temporary table ``incoming``, those that wait into ``waiting``, with the columns
of ``etl.loading.events.Table.columns`` (of the register: ``etl.loading.venue_tables.STAGED``). Outlines of wards are no
rows of a table: they stay as ``etl.validation.table.MapFile`` has them.
"""

from dataclasses import dataclass
from typing import ClassVar

from etl.values.fixed_columns import FixedColumns


class Read(FixedColumns):
    """Rows as they were read, each with its place in the file."""

    COLUMNS: ClassVar[tuple[str, ...]] = ("_sheet", "_row")


class Exported(Read):
    """Totals of which it is known when they were exported: a day, and a minute of it (-1: only the day is known)."""

    COLUMNS = (*Read.COLUMNS, "exported_on", "exported_minute")


class Named(Read):
    """Events whose venue is known (``venue_id``) or waits to be (0); ``mention_id`` is the number of the description by
    which the row names its venue (0: it names the code).
    """

    COLUMNS = (*Read.COLUMNS, "venue_id", "mention_id")


class Known(Read):
    """Rows of the register with the id of the venue that they mean (0: it is new)."""

    COLUMNS = (*Read.COLUMNS, "known_id")


class Located(Known):
    """Rows of the register, complete: what the file leaves out is as the tables have it. ``location`` says how the
    point of a known venue came there, and is missing where the file gives the point.
    """

    COLUMNS = (*Known.COLUMNS, "location")


@dataclass(frozen=True)
class Described:
    """The descriptions in a file: their numbers, their natural keys, and those that the file completes as they were
    before (JSON of rows of ``mention``).
    """

    ids: tuple[int, ...] = ()
    keys: tuple[str, ...] = ()
    completed: tuple[str, ...] = ()
