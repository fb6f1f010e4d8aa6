"""The list of violators as PDF, laid out as Nghị định 30/2020/NĐ-CP asks; the layout is templates/violators.typ."""

from collections.abc import Sequence
from typing import Any

from data.queries.violators import ListFacts, Violator
from data.texts.catalogue import number
from documents import official, wording
from documents.letterheads import letterhead
from documents.typesetting import breakable, typeset


def violators_pdf(rows: Sequence[Violator], facts: ListFacts) -> bytes:
    """A4 portrait, fonts embedded, text selectable; one table a ward with its header repeated."""
    return typeset("violators.typ", _data(rows, facts), facts.made_on)


def _data(rows: Sequence[Violator], facts: ListFacts) -> dict[str, Any]:
    issuer = wording.issuer(facts)
    return {
        "title": wording.title_of(facts),
        "author": issuer.name,
        "letterhead": letterhead(issuer, wording.abbreviation(facts), day=facts.made_on),
        "kind": wording.KIND,
        "subject": wording.subject_of(facts),
        "demo": wording.DEMO if facts.is_demo else None,
        "demo_note": wording.DEMO_NOTE,
        "bases": wording.with_stops(wording.legal_bases(facts)),
        "statements": wording.statements(facts),
        "total": facts.total,
        "total_label": wording.TOTAL,
        "total_written": number(facts.total),
        "empty": wording.count_sentence(facts),
        "summary_heading": wording.SUMMARY_HEADING,
        "summary_columns": wording.SUMMARY_COLUMNS,
        "summary": [(ward, number(count)) for ward, count in wording.summary(facts)],
        "columns": wording.COLUMNS,
        "widths_mm": official.LIST_WIDTHS_MM,
        "sections": [
            {"heading": section.heading, "rows": [_cells(row, place) for place, row in wording.numbered(section)]}
            for section in wording.sections(rows)
        ],
        "objection_heading": wording.OBJECTION_HEADING,
        "objection": wording.objection(facts),
        "privacy": wording.PRIVACY_NOTE,
        "closing": {
            "recipients": wording.with_stops(wording.recipients(facts)),
            "signatory": wording.signatory(issuer),
        },
    }


def _cells(row: Violator, place: int) -> list[str]:
    return [
        number(place),
        breakable(f"{row.name} ({row.venue_code})"),
        breakable(row.address or wording.NO_ADDRESS),
        breakable(row.category),
        wording.failing(row),
        str(row.counted_reminders),
        "\n".join(wording.reminder_days(row)),
    ]
