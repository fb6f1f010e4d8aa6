"""A plan in the words and shapes that the screen's script draws: days, hours and sentences told, the rest as it is."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.queries.plans import Plan, PlanLine, Progress, Stop, StopVenue, Team
from data.queries.team_members import Turnover
from data.texts.catalogue import Language, day, moment, number, percent, t, texts
from data.texts.sentences import told
from planning.timetable import Route

FLAGS_BEFORE = ("closed", "complies", "moved", "two_teams")
"""What a planner has to know before the visit; afterwards there is its outcome."""
Routes = Mapping[tuple[int, int], Route]
"""The half-days that have stops, by id of team and number of shift."""


@dataclass(frozen=True)
class Timed:
    """A plan and the hours of its routes; ``area`` in words, ``officers``: names by account."""

    plan: Plan
    routes: Routes
    area: str
    officers: Mapping[int, str]


def line(row: PlanLine, area: str, lang: Language) -> dict[str, Any]:
    """A plan in the list."""
    return {
        "id": row.id,
        "title": row.title,
        "day_text": day(row.day),
        "area": area,
        "teams": row.teams,
        "visits": row.visits,
        "done": row.done,
        "state": row.state,
        "changed": _changed(row, lang),
    }


def plan(timed: Timed, lang: Language) -> dict[str, Any]:
    """A whole plan: its teams with what their half-days come to, its stops, and totals."""
    row = timed.plan
    late = {leg.stop for route in timed.routes.values() for leg in route.legs if leg.is_late}
    kind = t(f"inspections.kind.{row.options.get('kind', 'inspection')}", lang)
    return {
        "id": row.id,
        "title": row.title,
        "state": row.state,
        "version": row.version,
        "job": row.job,
        "about": " · ".join([*([] if day(row.day) in row.title else [day(row.day)]), kind, timed.area]),
        "changed": _changed(row, lang),
        "distances": t(f"inspections.distances.{_way(row)}", lang),
        "teams": [_team(team, timed, lang) for team in row.teams],
        "stops": [_stop(stop, lang, is_late=stop.id in late) for stop in row.stops],
        "totals": _totals(timed, lang),
    }


def turnover(found: Turnover, lang: Language) -> list[str]:
    """What other members of a team would mean, in sentences."""
    lines = []
    for leaving in found.gone:
        lines.append(t("inspections.members.gone", lang, name=leaving.name, recorded=leaving.recorded))
        if leaving.holds:
            lines.append(t("inspections.members.holds", lang, name=leaving.name, count=leaving.holds))
    for coming in found.come:
        lines.append(t("inspections.members.come", lang, name=coming.name, count=coming.sees))
        if coming.elsewhere:
            lines.append(t("inspections.members.elsewhere", lang, name=coming.name, teams=coming.elsewhere))
    if found.is_nobody:
        lines.append(t("inspections.members.nobody", lang, count=found.open))
    return [*lines, t("inspections.members.open", lang, count=found.open)] if lines else []


def _turned_over(each: Mapping[str, Any], lang: Language) -> str:
    """One change of a team's members: who left, who came, why, by whom, when."""
    parts = [
        t(f"inspections.members.{way}_then", lang, names=", ".join(each[way])) for way in ("gone", "come") if each[way]
    ]
    who = t("inspections.changed", lang, who=each["by"], when=moment(dt.datetime.fromisoformat(each["at"])))
    return " · ".join([*parts, *([each["why"]] if each["why"] else []), who])


def progress(now: Progress, lang: Language) -> dict[str, Any]:
    """How far the search for routes is, with the best so far; of one that failed, why."""
    best = None
    if now.best:
        whole = now.best["prize"] + now.best["left_out_prize"]
        best = {
            "routes": now.best["routes"],
            "visited": now.best["visited"],
            "metres": now.best["metres"],
            "left_share": percent(now.best["left_out_prize"] / whole if whole else 0.0, lang),
        }
    failed = told(now.said, lang) if now.state == "failed" else None
    return {"state": now.state, "share": now.share, "best": best, "sentence": failed}


def _way(row: Plan) -> str:
    """What the distances are measured along."""
    return "streets" if row.solved.get("distances") == "streets" else "straight"


def _changed(row: Plan | PlanLine, lang: Language) -> str:
    return t("inspections.changed", lang, who=row.changed_by, when=moment(row.changed_at))


def _team(team: Team, timed: Timed, lang: Language) -> dict[str, Any]:
    venues = {stop.id: len(stop.venues) for stop in timed.plan.stops}
    routes = (timed.routes.get((team.id, shift)) for shift in range(len(team.shifts)))
    return {
        "id": team.id,
        "number": team.number,
        "name": team.name,
        "travel": team.travel,
        "lon": team.lon,
        "lat": team.lat,
        "shifts": [[f"{begins:%H:%M}", f"{ends:%H:%M}"] for begins, ends in team.shifts],
        "wards": team.ward_ids,
        "members": [
            {"id": account, "name": timed.officers[account]} for account in team.members if account in timed.officers
        ],
        "turnover": [_turned_over(each, lang) for each in team.turnover],
        "routes": [
            {
                "shift": route.shift,
                "visits": sum(venues[stop] for stop in route.stops),
                "metres": route.metres,
                "minutes": _minutes(route, team),
                "back": _clock(route.back),
                "is_over": route.is_over,
            }
            for route in routes
            if route
        ],
    }


def _minutes(route: Route, team: Team) -> int:
    """From leaving, as the half-day begins, to coming back."""
    begins = team.shifts[route.shift][0]
    return round(route.back / 60) - begins.hour * 60 - begins.minute


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def _stop(stop: Stop, lang: Language, *, is_late: bool) -> dict[str, Any]:
    return {
        "id": stop.id,
        "team": stop.team_id,
        "shift": stop.shift,
        "position": stop.position,
        "locked": stop.locked,
        "minutes": stop.minutes,
        "hours": _hours(stop, lang),
        "opens": f"{stop.opens:%H:%M}" if stop.opens else "",
        "closes": f"{stop.closes:%H:%M}" if stop.closes else "",
        "lon": stop.lon,
        "lat": stop.lat,
        "title": stop.title,
        "arrives": f"{stop.arrives:%H:%M}" if stop.arrives else None,
        "is_late": is_late,
        "is_done": is_done(stop),
        "why": t(f"inspections.why.{stop.why_left_out}", lang) if stop.why_left_out else None,
        "ward": stop.ward,
        "flags": [t(f"inspections.flag.{flag}", lang) for flag in sorted(stop.flags - _expected(stop))],
        "venues": [_venue(venue, lang) for venue in stop.venues],
    }


def is_done(stop: Stop) -> bool:
    """Each of its visits has been recorded or given up."""
    visits = [venue for venue in stop.venues if venue.case]
    return bool(visits) and all(venue.state != "planned" for venue in visits)


def _expected(stop: Stop) -> set[str]:
    """Flags that say nothing new: it was to be visited though it complied, or has been visited."""
    token = any(reason.get("part") == "token" for venue in stop.venues for reason in venue.reasons)
    return ({"complies"} if token else set()) | (set(FLAGS_BEFORE) if is_done(stop) else set())


def _hours(stop: Stop, lang: Language) -> str:
    if not stop.opens and not stop.closes:
        return ""
    opens, closes = (f"{time:%H:%M}" if time else "…" for time in (stop.opens, stop.closes))
    return t("inspections.open_hours", lang, opens=opens, closes=closes)


def _venue(venue: StopVenue, lang: Language) -> dict[str, Any]:
    return {
        "code": venue.code,
        "name": venue.name,
        "status": t(f"status.{venue.status}", lang) if venue.status else t("inspections.flag.closed", lang),
        "kind": t(f"inspections.kind.{venue.kind}", lang),
        "drawn": venue.drawn,
        "outcome": t(f"case.outcome.{venue.outcome}", lang) if venue.outcome else None,
        "refused": told(venue.refused, lang) if venue.refused else None,
        "reasons": [_reason(reason, lang) for reason in venue.reasons],
    }


def _reason(reason: Mapping[str, Any], lang: Language) -> str:
    """A part of the priority with its points: "Tình trạng: Vi phạm (+30,0)"."""
    key = f"priority.part.{reason.get('part')}"
    name = t(key, lang) if key in texts()[lang] else str(reason.get("part", ""))
    points = number(float(reason.get("points", 0)), lang, 1)
    return t("inspections.reason", lang, part=name, points=points)


def _totals(timed: Timed, lang: Language) -> dict[str, Any]:
    stops, teams = timed.plan.stops, {team.id: team for team in timed.plan.teams}
    going = [stop for stop in stops if stop.team_id is not None]
    whole = sum(stop.prize for stop in stops)
    left = sum(stop.prize for stop in stops if stop.team_id is None)
    return {
        "visits": sum(len(stop.venues) for stop in going),
        "kinds": _kinds(going, lang),
        "metres": sum(route.metres for route in timed.routes.values()),
        "minutes": sum(_minutes(route, teams[route.team]) for route in timed.routes.values()),
        "left_share": percent(left / whole if whole else 0.0, lang),
        "done": sum(1 for stop in going for venue in stop.venues if venue.outcome),
    }


def _kinds(going: Sequence[Stop], lang: Language) -> str:
    """How many visits there are of each kind, where there are several: they are counted apart."""
    counts = Counter(venue.kind for stop in going for venue in stop.venues)
    said = [f"{t(f'inspections.kind.{kind}', lang)}: {number(count, lang)}" for kind, count in sorted(counts.items())]
    return " · ".join(said) if len(said) > 1 else ""
