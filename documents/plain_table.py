"""The list as a plain table with a few lines above it, as the workbook and the CSV file hold it."""

from collections.abc import Sequence

from data.queries.violators import ListFacts, Violator
from data.spreadsheets import Cell
from documents import wording

LIST_COLUMNS = (
    "TT",
    "Mã địa điểm",
    "Tên địa điểm",
    "Địa chỉ",
    "Phường",
    "Loại hình",
    "Nội dung vi phạm",
    "Số lần nhắc nhở",
    "Ngày nhắc nhở",
)


def preamble(facts: ListFacts) -> list[str]:
    """Lines above the table: title, day, count, threshold, legal basis, and how to object."""
    return [
        wording.title_of(facts),
        *([wording.DEMO_NOTE] if facts.is_demo else []),
        f"Cơ quan lập: {wording.issuer(facts).name or wording.BLANK}. {wording.official_date(facts.made_on)}.",
        *wording.with_stops(wording.legal_bases(facts)),
        wording.count_sentence(facts),
        *wording.explanations(facts),
        f"{wording.OBJECTION_HEADING}: {wording.objection(facts)}",
        wording.PRIVACY_NOTE,
    ]


def table_rows(rows: Sequence[Violator], between_days: str = "; ") -> list[list[Cell]]:
    """Values under :data:`LIST_COLUMNS`; several days in one cell, parted by ``between_days``."""
    return [
        [
            place,
            row.venue_code,
            row.name,
            row.address or wording.NO_ADDRESS,
            section.ward,
            row.category,
            wording.failing(row),
            row.counted_reminders,
            between_days.join(wording.reminder_days(row)),
        ]
        for section in wording.sections(rows)
        for place, row in wording.numbered(section)
    ]
