"""Typst in a process of its own: ``python typesetter.py TEMPLATE FORMAT SECONDS PPI STANDARD… < data.json > document``;
SECONDS since 1970 are the document's time, a PNG has PPI dots an inch, of a PDF the standards follow.

A list of 5,000 venues takes Typst some 800 MB, which a process that serves pages would keep; this one gives them back.
Run as a file, so that it imports nothing of the product and starts at once.
"""

import sys
from pathlib import Path
from typing import Any, Literal, cast

import typst

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE / "templates"
# Our fonts only: a font of the machine would change the layout, a missing one would go unnoticed.
FONTS = HERE.parent / "assets" / "fonts" / "documents"


def main(template: str, fmt: str, timestamp: str, ppi: str, *wanted: str) -> int:
    """Write the document to standard output; 1 and Typst's message on standard error when the template fails."""
    standards: dict[str, Any] = {"pdf_standards": list(wanted)} if fmt == "pdf" else {}
    try:
        document = typst.compile(
            str(TEMPLATES / template),
            root=str(TEMPLATES),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"data": sys.stdin.buffer.read().decode("utf-8")},
            format=cast(Literal["pdf", "svg", "png"], fmt),
            ppi=float(ppi),
            timestamp=int(timestamp),
            **standards,
        )
    except typst.TypstError as error:
        sys.stderr.write(f"{template}: {error}\n")
        return 1
    sys.stdout.buffer.write(document)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
