"""Rows of a sheet that are no data: totals, group headings, signatures and notes, told by their words."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from data.texts.folding import fold

# With diacritics, because folded "Cộng" (sum) and "Công" (company) are one word.
_TOTAL = re.compile(
    r"(?:tổng cộng|tổng số|tong cong|tong so)\b.*"
    r"|(?:tổng|cộng|tong|cong)\s*(?:[:.(\d].*)?"
    r"|(?:tổng|cộng|tong|cong)\s+(?:phường|phuong|trang|nhóm|nhom|mục|muc)\b.*",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"(?:[ivxlc]{1,6}|\d{1,2}|[a-z])\s*[.)/:\-]\s*\S.*|(?:ubnd\s+)?(?:phuong|p\.)\s*\S.*", re.IGNORECASE
)
_GROUP_NUMBER = re.compile(r"[IVXLC]{1,6}\.?|[A-Z]\.?")
_GROUP_WARD = re.compile(
    r"(?:(?:[ivxlc]{1,6}|\d{1,2}|[a-z])\s*[.)/:\-]?\s*)?"
    r"(?:ubnd\s+)?(?:phường|phuong|p\.)\s*(?P<ward>[^\d(:;,–-]+?)\s*(?:[(:;,–-].*)?",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"\bnguoi (?:lap|bao cao|tong hop|ky)\b|\blap bieu\b|\bngay\s*[\d.…]+\s*thang\b|\bnoi nhan\b|^(?:tm|kt|tl|tuq)\."
    r"|\bchu tich\b|\btruong (?:phong|ban|cong an)\b|\bthu truong\b|\bky ten\b|\bky(?:,| va)? ghi ro\b|\bda ky\b"
    r"|^(?:ghi chu|luu y|chu thich|nguon)\b|du lieu minh hoa|^\(?\*+\)?|^(?:-+\s*)?het(?:\s*-+)?$"
)


@dataclass(frozen=True)
class Incomplete:
    """A row lacking something required: its cells, those of known columns as read, what it is where that is clear."""

    number: int
    cells: tuple[str, ...]
    read: dict[str, str]
    kind: str


def may_be_words(code: str) -> bool:
    """Whether a code may be a heading or a total instead: it has letters and no digit."""
    return not code[-1:].isdigit() and not any(character.isdigit() for character in code)


def is_total(cells: Sequence[str]) -> bool:
    """Whether a row sums up others."""
    return any(_TOTAL.fullmatch(unicodedata.normalize("NFC", cell)) for cell in cells if cell)


def _lone_text(cells: Sequence[str]) -> str | None:
    """The one text of a row; a merged cell that some programs repeat over its columns counts once."""
    told = {cell for cell in cells if cell}
    return told.pop() if len(told) == 1 else None


def kind_of(cells: Sequence[str]) -> str:
    """The remark under which an incomplete row is counted, wherever it stands: a total or a group heading; else ""."""
    if is_total(cells):
        return "total_rows"
    text = _lone_text(cells)
    if text is None:
        # "I" and "Phường Mộ Lao" in two cells, the number in the first.
        told = [cell for cell in cells if cell]
        text = ". ".join(told) if len(told) == 2 and _GROUP_NUMBER.fullmatch(told[0]) and told[1][0].isalpha() else None
    return "group_rows" if text is not None and _GROUP.fullmatch(fold(text)) else ""


def ward_of_group(cells: Sequence[str]) -> str | None:
    """The ward that a group heading names: "I. Phường Mộ Lao (25 cơ sở)" gives "Mộ Lao"."""
    if kind_of(cells) != "group_rows":
        return None
    for text in cells:
        match = _GROUP_WARD.fullmatch(text) if text else None
        if match is not None:
            return match["ward"].strip()
    return None


class Footer:
    """Tells signatures and notes from rows that lack something: ``last_complete`` is the table's last good row."""

    def __init__(self, last_complete: int) -> None:
        self._last_complete = last_complete
        self._begun = False

    def remark(self, row: Incomplete) -> str:
        """ "footer_rows" or "", asked of the incomplete rows in their order."""
        if row.number < self._last_complete:
            return ""
        filled = [cell for cell in row.cells if cell]
        lone = len(set(filled)) == 1 and may_be_words(filled[0].replace(" ", "")[:8])
        if lone or any(_FOOTER.search(fold(cell)) for cell in filled):
            self._begun = True
        return "footer_rows" if self._begun else ""
