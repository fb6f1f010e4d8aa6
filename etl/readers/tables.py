"""From a file of tables to one SourceTable: its sheets examined, its kind decided, their rows read and put together."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from etl import recognise
from etl.columns import KIND_TITLES, columns_of, title_of
from etl.dates import LOCAL
from etl.errors import UnknownKind, UnusableFile
from etl.frames import typed_frame
from etl.moments import Export, export_of
from etl.readers.container import Fingerprint, Shape, fingerprint
from etl.readers.delimited import DelimitedSheet
from etl.readers.wording import Wording
from etl.readers.workbook import sheets_of
from etl.rows import RowReader
from etl.table import SourceTable
from etl.values import is_blank


class RawSheet(Protocol):
    """A sheet before anything is known of it."""

    @property
    def name(self) -> str:
        """The sheet's name; "" for a file without sheets."""

    @property
    def head(self) -> Sequence[Sequence[Any]]:
        """Its first rows."""

    @property
    def wording(self) -> Wording | None:
        """What its file's texts were typed in."""

    def pieces(self, first: int, width: int, spread: Collection[int]) -> Iterator[pd.DataFrame]:
        """Rows from ``first`` on, in pieces; see the readers."""


def read_table(path: Path, shape: Shape, kind: str | None, today: dt.date, encoding: str | None = None) -> SourceTable:
    """Read a CSV or a workbook; see ``etl.readers.read`` for arguments and errors."""
    print_of_file = fingerprint(path)
    sheets = _sheets(path, shape, print_of_file, encoding)
    examined = [recognise.examine(sheet.name, sheet.head, kind) for sheet in sheets]
    kind = kind or _kind(path, examined)
    if not any(kind in sheet.layouts for sheet in examined):
        raise _nothing_fits(path, examined, kind)
    readers: list[RowReader] = []
    wording = sheets[0].wording or Wording("unicode")
    ignored = 0
    names: list[str] = []
    for raw, sheet in zip(sheets, examined, strict=True):
        layout = sheet.layouts.get(kind)
        if layout is None:
            ignored += any(not is_blank(cell) for row in raw.head for cell in row)
            continue
        recognise.refuse_contradictions(sheet.name, raw.head, layout)
        reader = RowReader(layout, path.name, sheet.name, len(names), today)
        names.append(sheet.name)
        # A count merged over several rows is their total, and none of each.
        spread = {position for name, position in layout.columns.items() if name not in ("scans", "total")}
        for piece in raw.pieces(layout.first_data, layout.width, spread):
            reader.take(piece)
        reader.finish()
        readers.append(reader)
    export = _export(readers, today) if kind == "totals" else None
    remarks = sum((reader.remarks for reader in readers), Counter())
    remarks["ignored_sheets"] = ignored
    rejects = [reject for reader in readers for reject in reader.rejects]
    frame = _put_together(kind, [frame for reader in readers for frame in reader.frames])
    covered = _covered_days(readers, today) if kind == "scans" else ()
    if not len(frame) and not rejects and not covered:
        raise UnusableFile(f"Tệp «{path.name}» có tiêu đề của «{KIND_TITLES[kind]}» nhưng không có dòng số liệu nào.")
    return SourceTable(
        path=path,
        kind=kind,
        sheets=() if shape is Shape.TEXT else tuple(names),
        frame=frame,
        rejects=rejects,
        rows_read=len(frame) + len(rejects),
        covered_days=covered,
        is_demo=any(sheet.is_demo for sheet in examined),
        remarks={key: count for key, count in remarks.items() if count},
        file_sha256=print_of_file.sha256,
        exported_at=export.at.replace(tzinfo=LOCAL) if export else None,
        exported_has_hour=export is not None and export.has_hour,
        encoding=wording.encoding,
        converted=wording.examples,
        doubts=wording.doubts,
        headings=dict(readers[0].layout.headings),
        unread=tuple(dict.fromkeys(text for reader in readers for text in reader.layout.unread)),
    )


def _export(readers: list[RowReader], today: dt.date) -> Export | None:
    """The moment that the titles of all tables name alike; None where they name none, or several."""
    found = {export_of(reader.layout.titles, today) for reader in readers}
    return found.pop() if len(found) == 1 else None


def _sheets(path: Path, shape: Shape, print_of_file: Fingerprint, encoding: str | None) -> Sequence[RawSheet]:
    if shape is Shape.TEXT:
        return [DelimitedSheet(path, print_of_file, encoding)]
    return sheets_of(path, shape, encoding)


def _kind(path: Path, examined: list[recognise.Sheet]) -> str:
    """The one kind that the sheets of a file are of; raises UnknownKind when there is none, or more than one."""
    decided: dict[str, str] = {}
    for sheet in examined:
        if sheet.nearest_instead:
            raise _nothing_fits(path, [sheet], None)
        if sheet.is_doubtful:
            raise _doubtful(path, sheet.layouts["venues"].unread)
        best, rivals = recognise.decide(sheet.layouts)
        if rivals:
            choices = " hoặc ".join(f"«{KIND_TITLES[rival]}» (--kind {rival})" for rival in rivals)
            where = f", trang tính «{sheet.name}»," if sheet.name else ""
            raise UnknownKind(f"Tệp «{path.name}»{where} có thể là {choices}. Hãy chạy lại với --kind để chọn một.")
        if best is not None:
            decided.setdefault(best, sheet.name)
    if not decided:
        raise _nothing_fits(path, examined, None)
    if len(decided) > 1:
        found = ", ".join(f"«{name}» là {KIND_TITLES[kind]} (--kind {kind})" for kind, name in decided.items())
        raise UnknownKind(f"Tệp «{path.name}» gồm nhiều loại số liệu: {found}. Hãy nạp từng loại với --kind.")
    return next(iter(decided))


def _nothing_fits(path: Path, examined: list[recognise.Sheet], kind: str | None) -> UnknownKind:
    nearest = next((sheet for sheet in examined if sheet.nearest), None)
    if nearest is None or nearest.nearest is None or not nearest.missing:
        wanted = f"«{KIND_TITLES[kind]}»" if kind else "một trong các loại: " + ", ".join(KIND_TITLES.values())
        return UnknownKind(
            f"Tệp «{path.name}» không có dòng tiêu đề nào của {wanted} trong {recognise.HEADER_WITHIN} dòng đầu. "
            f"Hãy xem lại tên các cột."
        )
    missing = ", ".join(f"«{title_of(nearest.nearest, name)}»" for name in nearest.missing)
    found = ", ".join(f"«{text}»" for text in nearest.found[:12])
    told = f"Tệp «{path.name}» giống «{KIND_TITLES[nearest.nearest]}» nhất nhưng thiếu cột {missing}"
    mend = "Hãy bổ sung cột hoặc sửa tiêu đề của nó; nếu là loại số liệu khác, hãy chỉ rõ bằng --kind."
    # What was taken for headings may be the first row of a table that has none.
    return UnknownKind(f"{told}; tiêu đề đọc được: {found}. {mend}", public=f"{told}. {mend}")


def _doubtful(path: Path, unread: Sequence[str]) -> UnknownKind:
    found = ", ".join(f"«{text}»" for text in unread[:12])
    told = f"Tệp «{path.name}» có mã và tên địa điểm, nhưng không có cột nào cho biết đó là loại số liệu gì"
    mend = "Hãy sửa tiêu đề của chúng, hoặc chạy lại với --kind venues nếu đây là sổ địa điểm."
    return UnknownKind(f"{told}; tiêu đề không nhận ra: {found}. {mend}", public=f"{told}. {mend}")


def _put_together(kind: str, frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return typed_frame(kind, {}, 0).assign(
            _sheet=np.array([], dtype="int16"), _row=np.array([], dtype="int32"), **_empty_counts(kind)
        )
    frame = pd.concat(filled, ignore_index=True)
    return frame[[*columns_of(kind), *(name for name in frame.columns if name.startswith("_"))]]


def _empty_counts(kind: str) -> dict[str, np.ndarray]:
    name = {"scans": "scans", "totals": "total"}.get(kind)
    return {name: np.array([], dtype="int64")} if name else {}


def _covered_days(readers: list[RowReader], today: dt.date) -> tuple[tuple[dt.date, dt.date], ...]:
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
