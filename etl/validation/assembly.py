"""From the sheets of a file to one SourceTable: examined, the kind decided, the rows of all tables of it read."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from data.texts.sentences import Sentence
from etl.doubts import Doubt, Found
from etl.errors import UnusableFile
from etl.readers.date_system import counts_from_1904
from etl.readers.raw_sheet import RawSheet
from etl.recognition.columns import heading_key
from etl.recognition.found import found_of, found_table
from etl.recognition.kind_of_file import recognise
from etl.recognition.layout import Layout
from etl.recognition.sheets import Sheet, refuse_contradictions
from etl.recognition.titles import ward_in_name
from etl.validation.cells import MonthFirst
from etl.validation.frames import whole_frame
from etl.validation.rows import Circumstances, RowReader
from etl.validation.table import SourceTable
from etl.validation.tables_below import TablesBelow
from etl.values.days import LOCAL, Writing
from etl.values.moments import Export, export_of


@dataclass(frozen=True)
class Answers:
    """What a person says beside a file of tables.

    ``columns``: heading as the file writes it -> canonical column, or ``None`` for one that is not to be read;
    ``as_of``: the day up to which the file speaks; ``reason``: that of reminders which do not say it; ``day_order``:
    "day_first" or "month_first", of texts that can be read both ways; ``encoding``: what the texts were typed in.
    """

    columns: Mapping[str, str | None] | None = None
    as_of: dt.date | None = None
    reason: str | None = None
    day_order: str | None = None
    encoding: str | None = None

    @property
    def choice(self) -> dict[str, str | None]:
        """``columns`` by heading key."""
        return {heading_key(heading): canonical for heading, canonical in (self.columns or {}).items()}


REASONS = ("no_qr", "not_scanning")
DAY_ORDERS = ("day_first", "month_first")


def assemble(
    path: Path, sheets: Sequence[RawSheet], kind: str | None, today: dt.date, answers: Answers, sha256: str
) -> SourceTable:
    """Read ``sheets`` of the file at ``path``; see ``etl.readers.read`` for the other arguments and the errors."""
    heads = [(raw.name, raw.head) for raw in sheets]
    decided, examined = recognise(path, heads, kind, answers.choice, answers.reason)
    try:
        readers, found = _read(
            path, sheets, examined, decided, is_chosen=kind is not None, answers=answers, today=today
        )
    except UnusableFile as error:
        error.found = error.found or found_of(examined, kind)
        raise
    remarks = sum((reader.remarks for reader in readers), Counter())
    remarks["ignored_sheets"] = sum(
        decided not in sheet.layouts and any(sheet.head.filled(row) for row in range(len(sheet.head.texts)))
        for sheet in examined
    )
    rejects = [reject for reader in readers for reject in reader.rejects]
    frame = whole_frame(decided, [frame for reader in readers for frame in reader.frames])
    covered = _covered_days(readers, today) if decided == "scans" else ()
    if not len(frame) and not rejects and not covered:
        sentence = Sentence("refused.no_rows", name=path.name, title=Sentence(f"kind.{decided}"))
        raise UnusableFile(sentence, found=found_of(examined, kind))
    export = _export(readers, today) if decided == "totals" else None
    names = list(dict.fromkeys(reader.sheet for reader in readers))
    return SourceTable(
        path=path,
        kind=decided,
        sheets=tuple(names) if any(names) else (),
        frame=frame,
        rejects=rejects,
        rows_read=len(frame) + len(rejects),
        covered_days=covered,
        is_demo=any(sheet.head.is_demo for sheet in examined),
        remarks={key: count for key, count in remarks.items() if count},
        file_sha256=sha256,
        exported_at=export.at.replace(tzinfo=LOCAL) if export else None,
        exported_has_hour=export is not None and export.has_hour,
        headings=dict(readers[0].layout.headings),
        unread=tuple(dict.fromkeys(text for reader in readers for text in reader.layout.unread)),
        doubts=_doubts(readers, answers),
        found=found,
    )


def _read(
    path: Path,
    sheets: Sequence[RawSheet],
    examined: Sequence[Sheet],
    kind: str,
    *,
    is_chosen: bool,
    answers: Answers,
    today: dt.date,
) -> tuple[list[RowReader], Found]:
    """The readers of all tables of ``kind``, read to their ends, and what they look like."""
    readers: list[RowReader] = []
    tables = []
    is_1904 = counts_from_1904(path)
    index = 0
    for raw, sheet in zip(sheets, examined, strict=True):
        layout = sheet.layouts.get(kind)
        if layout is None:
            continue
        refuse_contradictions(sheet, layout)
        tables.append(found_table(sheet.head, layout))
        if layout.ward is None:
            layout = replace(layout, ward=ward_in_name(path.stem))
        around = _circumstances(path, layout, answers, today, is_1904=is_1904)
        below = TablesBelow(raw, path.name, index, answers.choice, is_chosen=is_chosen)
        try:
            readers += below.read(layout, around)
        except MonthFirst as found:
            again = replace(around, writing=replace(around.writing, month_first=found.columns))
            readers += below.read(layout, again)
            readers[-1].remarks["month_first_columns"] += len(found.columns)
        index += 1
    return readers, Found(kind, (), tuple(tables))


def _circumstances(path: Path, layout: Layout, answers: Answers, today: dt.date, *, is_1904: bool) -> Circumstances:
    """How to read a table: the year of its days, and the day of a list that only says who has a code.

    Raises UnusableFile with a doubt when such a list does not say up to which day it speaks.
    """
    export = export_of(layout.titles, today)
    year = layout.period.year or (export.at.year if export else answers.as_of.year if answers.as_of else None)
    days = frozenset(layout.columns) if answers.day_order == "month_first" else frozenset()
    writing = Writing(year, today, is_1904, days)
    listed_on = answers.as_of
    if listed_on is None and export is not None:
        whole = export.has_hour and export.at.time() == dt.time(0)
        listed_on = (export.at - dt.timedelta(days=1) if whole else export.at).date()
    if "has_qr" in layout.columns and "registered_on" not in layout.columns and listed_on is None:
        question = Sentence("question.as_of", name=path.name)
        raise UnusableFile(question, doubts=(Doubt("as_of", question),))
    return Circumstances(today, writing, listed_on)


def _doubts(readers: Sequence[RowReader], answers: Answers) -> tuple[Doubt, ...]:
    """Days that can be read both ways, where the other way makes more sense."""
    if answers.day_order is not None:
        return ()
    doubtful = {heading: example for reader in readers for heading, example in reader.doubtful_days().items()}
    if not doubtful:
        return ()
    columns = [
        Sentence("question.day_order.column", heading=heading, example=example) for heading, example in doubtful.items()
    ]
    choices = tuple((order, Sentence(f"question.day_order.{order}")) for order in DAY_ORDERS)
    return (Doubt("day_order", Sentence("question.day_order", columns=columns), choices),)


def _export(readers: Sequence[RowReader], today: dt.date) -> Export | None:
    """The moment that the titles of all tables name alike; None where they name none, or several."""
    found = {export_of(reader.layout.titles, today) for reader in readers}
    return found.pop() if len(found) == 1 else None


def _covered_days(readers: Sequence[RowReader], today: dt.date) -> tuple[tuple[dt.date, dt.date], ...]:
    """Stretches that a file of scans knows: those its titles name ("Từ ngày … đến ngày …", cut at today) and, of a
    wide table, the days whose columns hold a value."""
    stretches = {
        (first, min(last, today))
        for reader in readers
        for first, last in reader.layout.period.stretches
        if first <= today
    }
    stretches |= {(day, day) for reader in readers for day in reader.filled_days()}
    merged: list[tuple[dt.date, dt.date]] = []
    for first, last in sorted(stretches):
        if merged and first <= merged[-1][1] + dt.timedelta(days=1):
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)
