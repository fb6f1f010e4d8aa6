"""Which kind of file the sheets of one are; and when that is not told, the sentence that says what is missing."""

from collections.abc import Sequence
from pathlib import Path

from etl import recognise
from etl.columns import KIND_TITLES, title_of
from etl.doubts import Doubt
from etl.errors import UnknownKind

_REASON = Doubt(
    "reason",
    "Sổ nhắc nhở không ghi lý do. Các lần nhắc trong tệp này là vì sao?",
    (("no_qr", "chưa tạo mã QR"), ("not_scanning", "không quét mã")),
)


def decided(path: Path, examined: Sequence[recognise.Sheet], kind: str | None) -> str:
    """``kind`` where a person has said it, else the one that the sheets are of.

    Raises UnknownKind when there is none, or more than one, or no sheet has the columns of ``kind``.
    """
    kind = kind or _only_kind(path, examined)
    if not any(kind in sheet.layouts for sheet in examined):
        raise _nothing_fits(path, examined, kind)
    return kind


def _only_kind(path: Path, examined: Sequence[recognise.Sheet]) -> str:
    """The one kind that the sheets of a file are of; raises UnknownKind when there is none, or more than one."""
    decided: dict[str, str] = {}
    for sheet in examined:
        if sheet.nearest_instead:
            raise _nothing_fits(path, [sheet], None)
        if sheet.is_doubtful:
            raise _doubtful(path, sheet.layouts["venues"].unread)
        apart = recognise.tables_apart(sheet)
        if apart is not None:
            raise two_kinds(path.name, sheet.name, *((found.kind, found.last_header + 1) for found in apart))
        best, rivals = recognise.decide(sheet.layouts)
        if rivals:
            choices = " hoặc ".join(f"«{KIND_TITLES[rival]}» (--kind {rival})" for rival in rivals)
            where = f", trang tính «{sheet.name}»," if sheet.name else ""
            raise UnknownKind(f"Tệp «{path.name}»{where} có thể là {choices}. Hãy chọn loại tệp (--kind).")
        if best is not None:
            decided.setdefault(best, sheet.name)
    if not decided:
        raise _nothing_fits(path, examined, None)
    if len(decided) > 1:
        found = ", ".join(f"«{name}» là {KIND_TITLES[kind]} (--kind {kind})" for kind, name in decided.items())
        raise UnknownKind(f"Tệp «{path.name}» gồm nhiều loại số liệu: {found}. Hãy nạp từng loại (--kind).")
    return next(iter(decided))


def two_kinds(file: str, sheet: str, upper: tuple[str, int], lower: tuple[str, int]) -> UnknownKind:
    """The error of a sheet that holds tables of two kinds, each given with the row (1-based) of its header."""
    where = f", trang tính «{sheet}»" if sheet else ""
    return UnknownKind(
        f"Tệp «{file}»{where}: dòng {lower[1]} là tiêu đề của một bảng «{KIND_TITLES[lower[0]]}» (--kind {lower[0]}) "
        f"nằm dưới bảng «{KIND_TITLES[upper[0]]}» (--kind {upper[0]}) có tiêu đề ở dòng {upper[1]}. "
        "Hãy tách hai bảng ra hai trang tính, hoặc nạp từng loại (--kind)."
    )


def _nothing_fits(path: Path, examined: Sequence[recognise.Sheet], kind: str | None) -> UnknownKind:
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
    mend = "Hãy bổ sung cột hoặc sửa tiêu đề của nó; nếu là loại số liệu khác, hãy chọn loại tệp (--kind)."
    # What was taken for headings may be the first row of a table that has none.
    doubts = (_REASON,) if nearest.nearest == "reminders" and nearest.missing == ("reason",) else ()
    return UnknownKind(f"{told}; tiêu đề đọc được: {found}. {mend}", public=f"{told}. {mend}", doubts=doubts)


def _doubtful(path: Path, unread: Sequence[str]) -> UnknownKind:
    found = ", ".join(f"«{text}»" for text in unread[:12])
    told = f"Tệp «{path.name}» có mã và tên địa điểm, nhưng không có cột nào cho biết đó là loại số liệu gì"
    mend = "Hãy sửa tiêu đề của chúng, hoặc chọn loại tệp nếu đây là sổ địa điểm (--kind venues)."
    return UnknownKind(f"{told}; tiêu đề không nhận ra: {found}. {mend}", public=f"{told}. {mend}")
