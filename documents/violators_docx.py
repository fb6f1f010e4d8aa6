"""The list of violators as a Word document, for an office that sets its number, signs it and sends it on.

What it says stands in ``templates/violators.docx.xml``.
"""

from collections.abc import Sequence

from data.queries.violators import ListFacts, Violator
from documents import wording
from documents.letterheads import letterhead
from documents.official_docx import new_document, set_into
from documents.templating import fill


def violators_docx(rows: Sequence[Violator], facts: ListFacts) -> bytes:
    """A4 portrait in Times New Roman; one table a ward with its header repeated, page numbers from page 2."""
    issuer = wording.issuer(facts)
    document = new_document(wording.title_of(facts), issuer.name, facts.made_on)
    head = letterhead(issuer, wording.abbreviation(facts), day=facts.made_on)
    filled = fill("violators.docx.xml", facts=facts, head=head, sections=wording.sections(rows))
    return set_into(document, filled, has_footer=facts.is_demo)
