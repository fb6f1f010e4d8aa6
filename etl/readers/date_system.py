"""From which year a workbook counts its days."""

import re
import zipfile
from pathlib import Path

_FLAG = re.compile(rb"<workbookPr\b[^>]*\bdate1904=\"(?:1|true)\"")
_MOST_BYTES = 1 << 20


def counts_from_1904(path: Path) -> bool:
    """Whether the XLSX at ``path`` says that its numbers of days count from 1904 (Excel for Mac); False for any other
    file. Cells that are formatted as days are read rightly either way; this is for plain numbers."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return False
        with archive.open("xl/workbook.xml") as member:
            return _FLAG.search(member.read(_MOST_BYTES)) is not None
