"""The list of violators as one page for the portal: no script, nothing from elsewhere, readable by a screen reader."""

from collections.abc import Sequence

from data.queries.violators import ListFacts, Violator
from documents import wording
from documents.templating import fill


def violators_html(rows: Sequence[Violator], facts: ListFacts) -> bytes:
    """HTML 5 in UTF-8; one table a ward with caption and header cells; search engines are asked not to index it."""
    sections = wording.sections(rows)
    places = {section.ward: index for index, section in enumerate(sections, 1)}
    return fill("violators.html", facts=facts, sections=sections, places=places).encode()
