"""What became of a file, as lines that a person reads and as JSON for the page."""

from typing import Any

from data.texts.catalogue import number, t
from data.texts.sentences import as_json as as_sentence
from etl.errors import on_screen
from etl.loading.load import Outcome
from etl.loading.suspension_changes import SIDES
from etl.store import files
from etl.validation.table import SourceTable

SHOWN_REJECTS = 5
SHOWN_VENUES = 20
MOST_REJECTS_SHOWN = 20
"""Sentences on rejected rows that the page shows; the list of rejects has them all."""
REMARKS = (
    *SourceTable.REMARKS,
    "repeated_rows",
    "unknown_venue_codes",
    "linked_rows",
    "pending_rows",
    "pending_mentions",
    "unmatched_wards",
    "unknown_categories",
    "wards_by_point",
    "outside_ward",
    "removed_rows",
    "kept_rows",
    "rejects_of_no_venue",
    "venues_no_longer_listed",
    "covered_days_to_come",
    "merged_outlines",
    "outlines_made_valid",
    "overlaps_removed",
    "gaps_filled_m2",
    "venues_moved",
    "streets_joined",
    "streets_repeated",
)
_POINTS = ("points_given", "points_swapped", "points_projected", "points_unusable", "points_none")


def report(outcome: Outcome) -> list[str]:
    """Lines on one file."""
    head = f"{outcome.path.name}: {t(f'kind.{outcome.kind}')}"
    if outcome.loaded_before:
        return [head, f"  {t('report.before', load=str(outcome.load_id), at=outcome.loaded_before)}"]
    changes = outcome.changes
    which = t("report.dry") if outcome.dry_run else t("report.load", load=str(outcome.load_id))
    until = t("report.until", day=outcome.as_of) if outcome.as_of else ""
    waiting = outcome.remarks.get("pending_rows")
    rows = t(
        "report.rows",
        read=outcome.rows_read,
        accepted=outcome.accepted,
        new=changes.new,
        changed=changes.changed,
        unchanged=outcome.unchanged,
        waiting=t("report.waiting", rows=waiting) if waiting else "",
        rejected=len(outcome.rejects),
    )
    lines = [f"{head} ({which}{until})", f"  {rows}"]
    if outcome.turned_day:
        before, after = outcome.turned_day
        key = "imports.turned_day" if outcome.dry_run else "imports.turned_day.done"
        lines.append(f"  {t(key, before=before, after=after)}")
    if changes.supersedes:
        lines.append(f"  {t('report.supersedes', load=str(changes.supersedes))}")
    lines += [f"  {line}" for line in (*remark_lines(outcome.remarks), *outcome.sentences)]
    lines += [f"  {line}" for line in suspension_lines(outcome.suspensions)]
    lines += _rejects(outcome)
    return lines


def suspension_lines(found: dict[str, Any]) -> list[str]:
    """Which suspensions end, begin or come back (``etl.loading.suspension_changes``), in Vietnamese, a line each."""
    lines = []
    for side in SIDES:
        if side in found:
            shown = found[side]["venues"][:SHOWN_VENUES]
            names = "; ".join(f"{venue['code']} {venue['name']}".strip() for venue in shown)
            more = found[side]["count"] - len(shown)
            tail = f"; {t('imports.statuses.more', venues=more)}" if more else ""
            lines.append(t(f"report.suspensions.{side}", count=found[side]["count"], names=names + tail))
    return lines


def remark_lines(remarks: dict[str, Any], lang: str = "vi") -> list[str]:
    """What was mended, left out or doubtful, a line each."""
    points = [f"{t(f'remark.{name}', lang)} {number(remarks[name], lang)}" for name in _POINTS if remarks.get(name)]
    lines = [t("remark.points", lang, points=", ".join(points))] if points else []
    return lines + [
        t(f"remark.{name}", lang, count=number(remarks[name], lang)) for name in REMARKS if remarks.get(name)
    ]


def _rejects(outcome: Outcome) -> list[str]:
    if not outcome.rejects:
        return []
    lines = [f"  {t('report.fault', said=reject.message)}" for reject in outcome.rejects[:SHOWN_REJECTS]]
    more = len(outcome.rejects) - SHOWN_REJECTS
    if more > 0:
        lines.append(f"  {t('report.more', rows=more)}")
    if outcome.rejects_file:
        lines.append(f"  {t('report.listed', place=outcome.rejects_file)}")
    return lines


def as_json(outcome: Outcome) -> dict[str, Any]:
    """What became of a file, as ``received_file.report`` and the results of jobs hold it: counts that add up, sentences
    and the list of rejected rows, which is kept.
    """
    changes = outcome.changes
    return {
        "kind": outcome.kind,
        "load": outcome.load_id,
        "loaded_before": outcome.loaded_before.isoformat() if outcome.loaded_before else None,
        "as_of": outcome.as_of.isoformat() if outcome.as_of else None,
        "rows": {
            "read": outcome.rows_read,
            "accepted": outcome.accepted,
            "new": changes.new,
            "changed": changes.changed,
            "unchanged": outcome.unchanged,
            "removed": changes.removed,
            "rejected": len(outcome.rejects),
        },
        "supersedes": changes.supersedes,
        "suspensions": outcome.suspensions,
        "turned_day": [day.isoformat() for day in outcome.turned_day] if outcome.turned_day else None,
        "remarks": outcome.remarks,
        "told": [as_sentence(on_screen(line)) for line in outcome.sentences],
        "rejects": [as_sentence(on_screen(reject.message)) for reject in outcome.rejects[:MOST_REJECTS_SHOWN]],
        "rejects_file": files.kept(outcome.rejects_file),
    }
