"""The figures of a report as tables on the screen, in the reader's language; a pure function of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.texts.catalogue import change, number, t
from data.vocabulary import BY_URGENCY

UNKNOWN = "–"
_LINE = ("venues", "with_qr", "with_scans", "reminded", "violating", "suspended")


@dataclass(frozen=True)
class Table:
    """A table: the key of its title, the names of its columns, and its rows, of which the first cell names the row."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(figures: Mapping[str, Any], lang: str) -> list[Table]:
    """All tables that have rows: the monitoring account, statuses, what was done and changed, and where."""
    found = [
        _pairs("account", [(t(f"report.{name}", lang), figures[name]) for name in _LINE[:3]], lang),
        _pairs("statuses", [(t(f"status.{code}", lang), figures["statuses"][code]) for code in BY_URGENCY], lang),
        _done(figures, lang),
        _table("givers", ("no_qr", "not_scanning"), figures["reminders"]["givers"], "giver", lang),
        _table("wards", _LINE, figures["wards"], "name", lang),
        _table("categories", _LINE, figures["categories"], "name", lang),
        _table("units", _LINE, figures["units"], "name", lang),
        _table("streets", ("venues", "violating", "reminded", "without_qr"), figures["streets"], "street", lang),
        _lacks(figures["lacks"], lang),
    ]
    return [table for table in found if table.rows]


def differences(old: Mapping[str, Any], new: Mapping[str, Any], lang: str) -> list[tuple[str, str, str]]:
    """The numbers in which two versions differ: what, before, after."""
    named = [(t(f"report.{name}", lang), old[name][0], new[name][0]) for name in _LINE[:3]]
    named += [(t(f"status.{code}", lang), old["statuses"][code][0], new["statuses"][code][0]) for code in BY_URGENCY]
    named += [
        (t(f"report.{name}", lang), old["changes"][name], new["changes"][name])
        for name in ("newly_violating", "solved", "newly_suspended")
    ]
    named.append((t("report.reminders", lang), old["reminders"]["total"], new["reminders"]["total"]))
    return [(name, number(was, lang), number(now, lang)) for name, was, now in named if was != now]


def _pairs(key: str, rows: Sequence[tuple[str, Sequence[int | None]]], lang: str) -> Table:
    columns = tuple(t(f"report.column.{name}", lang) for name in ("what", "now", "before", "change"))
    return Table(
        key,
        t(f"report.table.{key}", lang),
        columns,
        tuple(
            (
                name,
                number(now or 0, lang),
                UNKNOWN if before is None else number(before, lang),
                UNKNOWN if before is None else change((now or 0) - before, lang),
            )
            for name, (now, before) in rows
        ),
    )


def _done(figures: Mapping[str, Any], lang: str) -> Table:
    reached = figures["reached"]
    of = t("report.of", lang, part=reached["reached"], whole=reached["without_qr"])
    rows = [(t("report.reminders", lang), number(figures["reminders"]["total"], lang)), (t("report.reached", lang), of)]
    rows += [
        (t(f"report.{name}", lang), number(figures["changes"][name], lang))
        for name in ("newly_violating", "solved", "newly_suspended")
    ]
    columns = (t("report.column.what", lang), t("report.column.count", lang))
    return Table("done", t("report.table.done", lang), columns, tuple(rows))


def _table(key: str, names: Sequence[str], rows: Sequence[Mapping[str, Any]], first: str, lang: str) -> Table:
    nameless = t(f"report.nameless.{first}", lang) if first in ("giver", "name") else UNKNOWN
    columns = (t(f"report.column.{key}", lang), *(t(f"report.{name}", lang) for name in names))
    return Table(
        key,
        t(f"report.table.{key}", lang),
        columns,
        tuple((row[first] or nameless, *(number(row[name], lang) for name in names)) for row in rows),
    )


def _lacks(found: Mapping[str, Any], lang: str) -> Table:
    rows = [(t("report.lacks.unknown_days", lang), number(len(found["unknown_days"]), lang))]
    rows += [
        (t(f"report.lacks.{name}", lang), number(found[name], lang))
        for name in ("no_point", "no_ward", "no_street", "doubted")
    ]
    columns = (t("report.column.what", lang), t("report.column.count", lang))
    return Table("lacks", t("report.table.lacks", lang), columns, tuple(rows))
