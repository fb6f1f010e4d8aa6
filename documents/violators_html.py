"""The list of violators as one page for the portal: no script, nothing from elsewhere, readable by a screen reader."""

import html
from collections.abc import Sequence
from pathlib import Path
from string import Template

from data.queries.violators import ListFacts, Violator
from data.texts.catalogue import number
from documents import wording

PAGE = Path(__file__).resolve().parent / "templates" / "violators.html"
STYLE = Path(__file__).resolve().parent / "templates" / "violators.css"


def violators_html(rows: Sequence[Violator], facts: ListFacts) -> bytes:
    """HTML 5 in UTF-8; one table a ward with caption and header cells; search engines are asked not to index it."""
    sections = wording.sections(rows)
    page = Template(PAGE.read_text("utf-8")).substitute(
        title=_text(wording.title_of(facts)),
        style=STYLE.read_text("utf-8"),
        parent=_text(" ".join(wording.PARENT_BODY)),
        body=_text(" ".join(wording.ISSUING_BODY)),
        country=_text(wording.COUNTRY),
        motto=_text(wording.MOTTO),
        number=_text(wording.official_number(wording.ABBREVIATION)),
        date=_text(wording.official_date(facts.made_on)),
        kind=_text(wording.KIND),
        subject=_text(wording.subject_of(facts)),
        demo=f'<p class="demo"><strong>{_text(wording.DEMO)}</strong> {_text(wording.DEMO_NOTE)}</p>'
        if facts.is_demo
        else "",
        bases="\n".join(
            f'<p class="basis">{_text(line)}</p>' for line in wording.with_stops(wording.legal_bases(facts))
        ),
        statements="\n".join(f"<p>{_text(line)}</p>" for line in wording.explanations(facts)),
        count=_text(wording.count_sentence(facts)),
        summary=_summary(facts, sections) if facts.total else "",
        tables="\n".join(_table(index, section) for index, section in enumerate(sections, 1)),
        objection_heading=_text(wording.OBJECTION_HEADING),
        objection=_text(wording.OBJECTION),
        privacy=_text(wording.PRIVACY_NOTE),
        issuer=_text(wording.ISSUER),
    )
    return page.encode("utf-8")


def _text(value: str) -> str:
    return html.escape(value, quote=True)


def _summary(facts: ListFacts, sections: Sequence[wording.Section]) -> str:
    places = {section.ward: index for index, section in enumerate(sections, 1)}
    rows = "\n".join(
        f'<tr><th scope="row">{_link(ward, places.get(ward))}</th><td class="n">{number(count)}</td></tr>'
        for ward, count in wording.summary(facts)
    )
    heads = "".join(f'<th scope="col">{_text(name)}</th>' for name in wording.SUMMARY_COLUMNS)
    return (
        f'<nav aria-label="{_text(wording.SUMMARY_HEADING)}"><table class="summary">'
        f"<caption>{_text(wording.SUMMARY_HEADING)}</caption><thead><tr>{heads}</tr></thead><tbody>\n{rows}\n</tbody>"
        f'<tfoot><tr><th scope="row">{_text(wording.TOTAL)}</th><td class="n">{number(facts.total)}</td></tr></tfoot>'
        "</table></nav>"
    )


def _link(ward: str, place: int | None) -> str:
    return f'<a href="#w{place}">{_text(ward)}</a>' if place else _text(ward)


def _table(index: int, section: wording.Section) -> str:
    heads = "".join(f'<th scope="col">{_text(name)}</th>' for name in wording.COLUMNS)
    rows = "\n".join(_row(row, place) for place, row in wording.numbered(section))
    return (
        f'<section aria-labelledby="w{index}"><h2 id="w{index}" tabindex="-1">{_text(section.heading)}</h2>\n'
        f'<table class="list" aria-labelledby="w{index}"><thead><tr>{heads}</tr></thead><tbody>\n{rows}\n</tbody>'
        "</table></section>"
    )


def _row(row: Violator, place: int) -> str:
    """``data-label`` names the column where a narrow screen stacks the cells."""
    days = "<br>".join(_text(day) for day in wording.reminder_days(row))
    cells = [
        ("td", ' class="n"', number(place)),
        ("th", ' scope="row"', f"{_text(row.name)} <small>({_text(row.venue_code)})</small>"),
        ("td", "", _text(row.address or wording.NO_ADDRESS)),
        ("td", "", _text(row.category)),
        ("td", "", _text(wording.failing(row))),
        ("td", ' class="n"', str(row.counted_reminders)),
        ("td", "", days),
    ]
    return (
        "<tr>"
        + "".join(
            f'<{tag}{extra} data-label="{_text(name)}">{content}</{tag}>'
            for (tag, extra, content), name in zip(cells, wording.COLUMNS, strict=True)
        )
        + "</tr>"
    )
