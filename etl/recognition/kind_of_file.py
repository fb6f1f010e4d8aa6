"""Which kind of file the sheets of one are; and when that is not told, the sentence that says what is missing."""

from collections.abc import Sequence
from pathlib import Path

from data.texts.sentences import Sentence, either
from etl.doubts import Doubt
from etl.errors import UnknownKind
from etl.recognition import sheets
from etl.recognition.claims import Choice
from etl.recognition.columns import TABLE_KINDS, title_of
from etl.recognition.found import found_of
from etl.recognition.header import HEADER_WITHIN
from etl.recognition.layout import Row
from etl.recognition.sheets import Sheet

_REASON = Doubt(
    "reason",
    Sentence("question.reason"),
    (("no_qr", Sentence("question.reason.no_qr")), ("not_scanning", Sentence("question.reason.not_scanning"))),
)


def recognise(
    path: Path, heads: Sequence[tuple[str, Sequence[Row]]], kind: str | None, choice: Choice, reason: str | None
) -> tuple[str, list[Sheet]]:
    """The kind of the file at ``path``, and what each of its sheets is, by the names and first rows in ``heads``.

    A person decides before all: ``kind`` is what they say that the file is, ``choice`` what its columns are, ``reason``
    that of its reminders. Else each sheet is compared with every kind, and the sheets together must be of one.

    Raises UnknownKind when there is none, or more than one, or no sheet has the columns of ``kind``; the error shows
    what was found.
    """
    examined = [sheets.examine(name, rows, kind, choice, reason) for name, rows in heads]
    try:
        decided = kind or _only_kind(path, examined)
        if not any(decided in sheet.layouts for sheet in examined):
            raise _nothing_fits(path, examined, decided)
    except UnknownKind as error:
        error.found = found_of(examined, kind)
        raise
    return decided, examined


def _only_kind(path: Path, examined: Sequence[Sheet]) -> str:
    """The one kind that the sheets of a file are of; raises UnknownKind when there is none, or more than one."""
    sheet_of: dict[str, str] = {}
    for sheet in examined:
        if sheet.nearest_instead:
            raise _nothing_fits(path, [sheet], None)
        if sheet.is_doubtful:
            raise _doubtful(path, sheet.layouts["venues"].unread)
        apart = sheets.tables_apart(sheet)
        if apart is not None:
            raise two_kinds(path.name, sheet.name, *((found.kind, found.last_header + 1) for found in apart))
        best, rivals = sheets.decide(sheet.layouts)
        if rivals:
            choices = either(map(_kind, rivals))
            where = Sentence("refused.within_sheet", sheet=sheet.name) if sheet.name else ""
            raise UnknownKind(Sentence("refused.rivals", name=path.name, where=where, choices=choices))
        if best is not None:
            sheet_of.setdefault(best, sheet.name)
    if not sheet_of:
        raise _nothing_fits(path, examined, None)
    if len(sheet_of) > 1:
        found = [
            Sentence("refused.sheet_is", sheet=name, title=Sentence(f"kind.{kind}"), option=_option(kind))
            for kind, name in sheet_of.items()
        ]
        raise UnknownKind(Sentence("refused.several_kinds", name=path.name, found=found))
    return next(iter(sheet_of))


def two_kinds(file: str, sheet: str, upper: tuple[str, int], lower: tuple[str, int]) -> UnknownKind:
    """The error of a sheet that holds tables of two kinds, each given with the row (1-based) of its header."""
    return UnknownKind(
        Sentence(
            "refused.two_kinds",
            name=file,
            where=Sentence("refused.of_sheet", sheet=sheet) if sheet else "",
            upper=_kind(upper[0]),
            upper_row=str(upper[1]),
            lower=_kind(lower[0]),
            lower_row=str(lower[1]),
        )
    )


def _kind(kind: str) -> Sentence:
    """The title of a kind with the option that chooses it."""
    return Sentence("refused.kind", title=Sentence(f"kind.{kind}"), option=_option(kind))


def _option(kind: str) -> str:
    return f" (--kind {kind})"


def _nothing_fits(path: Path, examined: Sequence[Sheet], kind: str | None) -> UnknownKind:
    nearest = next((sheet for sheet in examined if sheet.nearest), None)
    if nearest is None or nearest.nearest is None or not nearest.missing:
        wanted = (
            Sentence("refused.kind", title=Sentence(f"kind.{kind}"), option="")
            if kind
            else Sentence("refused.any_kind", titles=[Sentence(f"kind.{one}") for one in ("wards", *TABLE_KINDS)])
        )
        return UnknownKind(Sentence("refused.no_header", name=path.name, wanted=wanted, rows=HEADER_WITHIN))
    told = {
        "name": path.name,
        "title": Sentence(f"kind.{nearest.nearest}"),
        "missing": [Sentence("refused.quoted", title=title_of(nearest.nearest, name)) for name in nearest.missing],
    }
    found = [f"«{text}»" for text in nearest.found[:12]]
    # What was taken for headings may be the first row of a table that has none.
    doubts = (_REASON,) if nearest.nearest == "reminders" and nearest.missing == ("reason",) else ()
    return UnknownKind(
        Sentence("refused.lacks", found=found, **told), public=Sentence("refused.lacks.public", **told), doubts=doubts
    )


def _doubtful(path: Path, unread: Sequence[str]) -> UnknownKind:
    found = [f"«{text}»" for text in unread[:12]]
    return UnknownKind(
        Sentence("refused.no_kind", name=path.name, found=found),
        public=Sentence("refused.no_kind.public", name=path.name),
    )
