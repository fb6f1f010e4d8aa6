"""What anybody may read of the lists, in every format: pages (HTML), JSON, CSV and Atom; pure functions of rows.

The pages need no script and no other file. Every format says as of which day it holds, until when, and how many entries
it has; each entry says whether it stands, is being verified, or is contested.
"""

import datetime as dt
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from data.queries.public import Entry, Published, State
from data.spreadsheets import write_csv
from data.texts.catalogue import day, number, t
from documents.templating import fill

PER_PAGE = 200
COLUMNS = ("address", "state", "name", "place", "ward", "what", "reminders", "since", "corrected")


@dataclass(frozen=True)
class Links:
    """Where things are: in the address space of the site, or beside each other in a folder.

    ``entry`` gives the address of one by its slug, ``file`` that of a format or page by its name; ``site`` stands
    before them where an address has to be whole (Atom); ``guidance`` the address of the pages of guidance.
    """

    entry: Callable[[str], str]
    file: Callable[[str], str]
    site: str = ""
    guidance: str = "/huong-dan"


@dataclass(frozen=True)
class Asked:
    """What a reader looks for: words, a ward's code, a page from 1, and in which language."""

    words: str = ""
    ward: str = ""
    page: int = 1
    lang: str = "vi"


@dataclass(frozen=True)
class Shown:
    """What there is to show: ``entries`` of ``found`` that were asked for, and the wards that have some."""

    state: State | None
    lists: Sequence[Published]
    entries: Sequence[Entry]
    found: int
    wards: Sequence[tuple[str, str, int]]


def overview_html(shown: Shown, asked: Asked, links: Links, *, is_folder: bool = False) -> str:
    """The page of all lists with a search; in a folder without one, for nobody answers there."""
    lang = asked.lang
    groups = [
        (each, [_line(entry, links, lang) for entry in shown.entries if entry.list_id == each.id])
        for each in shown.lists
    ]
    pages = max(1, -(-shown.found // PER_PAGE))
    return fill(
        "public_overview.html",
        **_frame(shown.state, links, lang),
        asked=asked,
        groups=[(each, lines) for each, lines in groups if lines or not (asked.words or asked.ward)],
        wards=shown.wards,
        found=shown.found,
        total=sum(each.entries for each in shown.lists),
        pages=pages,
        first=(asked.page - 1) * PER_PAGE,
        is_folder=is_folder,
    )


def entry_html(entry: Entry, of: Published | None, state: State | None, links: Links, lang: str) -> str:
    """The page of one entry."""
    return fill("public_entry.html", **_frame(state, links, lang), entry=_line(entry, links, lang), of=of)


def gone_html(state: State | None, links: Links, lang: str) -> str:
    """What an address says whose entry has left: that it no longer stands, and nothing else."""
    return fill("public_gone.html", **_frame(state, links, lang))


def overview_json(shown: Shown, links: Links) -> bytes:
    """All entries with ``extract_day``, ``item_count``, ``valid_until`` and the lists."""
    told = {
        **_about(shown.state),
        "item_count": len(shown.entries),
        "states": {name: t(f"public.state.{name}") for name in ("standing", "pending", "contested")},
        "lists": [
            {
                "id": str(each.id), "kind": each.kind, "title": each.title, "what": each.word,
                "day": each.day.isoformat(), "version": each.version, "expires_on": each.expires_on.isoformat(),
                "file": links.file(f"danh-sach/{each.id}.json"),
            }
            for each in shown.lists
        ],
        "entries": [
            entry.said | {"list": str(entry.list_id), "state": entry.state, "address_of_entry": links.entry(entry.slug)}
            | ({"reply": entry.answer, "reply_is_verified": False} if entry.answer else {})
            for entry in shown.entries
        ],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def overview_csv(shown: Shown, links: Links, lang: str = "vi") -> bytes:
    """The same as a table; its first lines say what it is. No cell is a formula."""
    about = _about(shown.state)
    stream = io.StringIO(newline="")
    heading: list[Sequence[Any]] = [[t("public.title", lang)]]
    heading += [[t(f"public.about.{name}", lang), value] for name, value in about.items()]
    heading += [[t("public.about.item_count", lang), len(shown.entries)], []]
    rows = [_row(entry, links, lang) for entry in shown.entries]
    write_csv(stream, [*heading, [t(f"public.column.{name}", lang) for name in COLUMNS], *rows])
    return stream.getvalue().encode("utf-8-sig")


def _row(entry: Entry, links: Links, lang: str) -> list[Any]:
    said = entry.said
    return [
        links.site + links.entry(entry.slug),
        t(f"public.state.{entry.state}", lang),
        entry.name,
        said["address"],
        entry.ward,
        _what(entry, lang),
        " ".join(said["reminder_days"]),
        said["since"],
        said["corrected_on"],
    ]


def overview_atom(shown: Shown, links: Links) -> bytes:
    """A feed (RFC 4287) of the entries that stand; one that leaves is not in it any more."""
    when = shown.state.checked_at if shown.state else dt.datetime.now(dt.UTC)
    published = {each.id: each for each in shown.lists}
    items = "".join(
        f"<entry><id>{escape(links.site + links.entry(entry.slug))}</id><title>{escape(entry.name)}</title>"
        f"<updated>{published[entry.list_id].published_at.isoformat()}</updated>"
        f"<link href={quoteattr(links.site + links.entry(entry.slug))}/>"
        f"<category term={quoteattr(entry.state)}/>"
        f"<summary>{escape(_what(entry, 'vi'))}. {escape(entry.said['address'])}, {escape(entry.ward)}</summary>"
        "</entry>"
        for entry in shown.entries
        if entry.list_id in published
    )
    until = day(shown.state.valid_until.date()) if shown.state else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="vi">'
        f"<id>{escape(links.site + links.file('atom.xml'))}</id><title>{escape(t('public.title'))}</title>"
        f"<subtitle>{escape(t('public.until', until=until))}</subtitle><updated>{when.isoformat()}</updated>"
        f"<author><name>{escape(t('app.name'))}</name></author>"
        f"<link rel={quoteattr('self')} href={quoteattr(links.site + links.file('atom.xml'))}/>{items}</feed>\n"
    ).encode()


def _about(state: State | None) -> dict[str, Any]:
    if state is None:
        return {"extract_day": "", "valid_until": "", "objections": 0, "upheld": 0, "mean_days": ""}
    return {
        "extract_day": state.extract_day.isoformat(),
        "valid_until": state.valid_until.isoformat(timespec="minutes"),
        "objections": state.objections,
        "upheld": state.upheld,
        "mean_days": "" if state.mean_days is None else state.mean_days,
    }


def _frame(state: State | None, links: Links, lang: str) -> dict[str, Any]:
    return {
        "lang": lang,
        "links": links,
        "state": state,
        "until": f"{state.valid_until:%H:%M} {day(state.valid_until.date())}" if state else "",
        "day": day,
        "t": lambda key, **values: t(key, lang, **values),
        "number_of": lambda value: number(value, lang),
    }


def _line(entry: Entry, links: Links, lang: str) -> dict[str, Any]:
    said = entry.said
    return {
        "address": links.entry(entry.slug),
        "name": entry.name,
        "place": ", ".join(filter(None, (said["address"], entry.ward))),
        "what": _what(entry, lang),
        "days": [day(dt.date.fromisoformat(each)) for each in said["reminder_days"]],
        "since": day(dt.date.fromisoformat(said["since"])) if said["since"] else "",
        "corrected": day(dt.date.fromisoformat(said["corrected_on"])) if said["corrected_on"] else "",
        "state": entry.state,
        "answer": entry.answer,
    }


def _what(entry: Entry, lang: str) -> str:
    return t(f"public.what.{entry.said['what']}", lang, **entry.said.get("figures", {}))
