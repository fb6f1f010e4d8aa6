"""What the forms and the map of the screen of plans need once a visit."""

import json
from typing import Any

from data.database.connection import Connection
from data.queries.options import options
from data.queries.teams import days, grounds, officers
from data.reference.streets import street_lines
from data.texts.catalogue import Language, t
from data.vocabulary import BY_URGENCY
from etl.plans.making import MOST_VISITS
from layers.plan_style import style
from layers.teams import LOOKS, NOBODY, TeamLook

SHIFTS = (("07:30", "11:30"), ("13:30", "17:00"))
"""Two half-days, as offices work."""
_CONTROLS = {
    "Map.Title": "inspections.map",
    "NavigationControl.ZoomIn": "map.zoom_in",
    "NavigationControl.ZoomOut": "map.zoom_out",
}


def known(conn: Connection, lang: Language) -> dict[str, Any]:
    """Days, wards with where a team may start, officers, lists to filter by, looks of teams, the map's style."""
    when = days(conn)
    return {
        "today": when.today.isoformat(),
        "next": when.next.isoformat(),
        "most": MOST_VISITS,
        "shifts": SHIFTS,
        "wards": [
            {
                "id": ground.id,
                "code": ground.code,
                "name": ground.name,
                "lon": ground.lon,
                "lat": ground.lat,
                "office": ground.office,
                "geometry": json.loads(ground.geometry),
            }
            for ground in grounds(conn)
        ],
        "officers": [
            {
                "id": officer.id,
                "name": officer.name,
                "role": officer.role,
                "role_name": t(f"role.{officer.role}", lang),
                "wards": officer.ward_ids,
            }
            for officer in officers(conn)
        ],
        "statuses": [{"code": code, "name": t(f"status.{code}", lang)} for code in BY_URGENCY],
        "categories": [{"code": each.code, "name": each.name(lang)} for each in options(conn, when.today).categories],
        "looks": {"teams": [_look(look) for look in LOOKS], "nobody": _look(NOBODY)},
        "controls": {name: t(key, lang) for name, key in _CONTROLS.items()},
        "style": style(street_lines()),
    }


def _look(look: TeamLook) -> dict[str, str]:
    return {"colour": look.colour, "ink": look.ink}
