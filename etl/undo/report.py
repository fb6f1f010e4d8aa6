"""What a person reads before, or after, a load is taken back."""

import datetime as dt
from dataclasses import asdict, fields
from typing import Any

from data.texts.catalogue import moment, number, t
from data.texts.sentences import as_json as sentence_as_json
from data.texts.sentences import told
from etl.loading.report import suspension_lines
from etl.undo.undo import LaterLoad, UndoReport

SHOWN_LATER = 20
_COUNTS = ("accepted", "rejected", "changed")
_ROWS = ("added", "changed", "removed")


def as_json(report: UndoReport) -> dict[str, Any]:
    """The report as plain values; :func:`from_json` is the reverse, but for sentences, which are told from them."""
    plain = asdict(report)
    return plain | {"later": [load | {"why": sentence_as_json(load["why"])} for load in plain["later"]]}


def from_json(values: dict[str, Any]) -> UndoReport:
    """The report that a job has as its result, even if it is of a version before this one that said less."""
    known = {field.name: values[field.name] for field in fields(UndoReport) if field.name in values}
    return UndoReport(**known | {"later": [LaterLoad(**load) for load in values["later"]]})


def sentences(report: UndoReport) -> list[str]:
    """The report in Vietnamese, a line each."""
    return [*effects(report), *_status_lines(report), *suspension_lines(report.suspensions)]


def effects(report: UndoReport, lang: str = "vi") -> list[str]:
    """What becomes of the load's rows and of later loads, a line each; the first says which load it is."""
    head = t(
        "undo.will" if report.dry_run else "undo.done",
        lang,
        load=report.load,
        name=report.file_name,
        kind=t(f"kind.{report.kind}", lang),
        at=moment(dt.datetime.fromisoformat(report.finished_at)),
        who=t("undo.who", lang, name=report.loaded_by) if report.loaded_by else "",
    )
    rows = [line for name, counts in report.rows.items() for line in _row_lines(name, counts, lang)]
    return [head, *(rows or [t("undo.nothing", lang)]), *_later_lines(report, lang)]


def _row_lines(name: str, counts: dict[str, int], lang: str) -> list[str]:
    what = t(f"undo.table.{name}", lang)
    return [t(f"undo.row.{key}", lang, count=counts[key], what=what) for key in _ROWS if counts[key]]


def _later_lines(report: UndoReport, lang: str) -> list[str]:
    if not report.reloaded:
        return [t("undo.later.none", lang)]
    head = t("undo.later.will" if report.dry_run else "undo.later.done", lang, loads=report.reloaded)
    if not report.later:
        return [t("undo.later.same", lang, head=head)]
    lines = [t("undo.later.other", lang, head=head, loads=len(report.later))]
    lines += [f"  {_later_line(load, lang)}" for load in report.later[:SHOWN_LATER]]
    more = len(report.later) - SHOWN_LATER
    return [*lines, f"  {t('undo.later.more', lang, loads=more)}"] if more > 0 else lines


def _later_line(load: LaterLoad, lang: str) -> str:
    if load.after is None:
        return t("undo.later.gone", lang, load=load.load, name=load.file_name, why=told(load.why, lang))
    changes = [
        f"{t(f'undo.count.{key}', lang)} {number(load.before[key], lang)} → {number(load.after[key], lang)}"
        for key in _COUNTS
        if load.before[key] != load.after[key]
    ]
    return t("undo.later.load", lang, load=load.load, name=load.file_name, changes=", ".join(changes))


def _status_lines(report: UndoReport) -> list[str]:
    changed = report.statuses["changed"]
    if not changed:
        return [t("undo.statuses.none")]
    lines = [t("undo.statuses")]
    lines += [f"  {_status(row['before'])} → {_status(row['after'])}: {number(row['venues'])}" for row in changed]
    for key in ("violating", "no_longer_violating"):
        if named := report.statuses[key]["venues"]:
            codes = ", ".join(venue["code"] for venue in named[:SHOWN_LATER])
            lines.append(t(f"undo.statuses.{key}", count=report.statuses[key]["count"], codes=codes))
    return lines


def _status(code: str | None) -> str:
    return t(f"status.{code}", "vi").lower() if code else t("undo.statuses.no_status")
