"""The walk: everything that can be asked, by every role, by nobody, and by who has shown a password alone.

What each may do is written down here once more, by the offices' duties in the order and not by the app's own table.
"""

import datetime as dt
import io
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pypdf
import pytest
from PIL import Image
from psycopg.rows import dict_row

from callbacks.server import office
from data.access.roles import ROLES
from tests.access import asking
from tests.fixtures import accounts

READERS = {
    "ward_officer",
    "ward_chair",
    "police",
    "culture_office",
    "culture_centre",
    "economy_office",
    "district_command",
    "managing_body",
}
CLERKS = {"culture_office"}
REPORTERS = {"ward_chair", "culture_office"}
RECORDERS = {"ward_officer", "ward_chair", "police"}
WITHOUT_CODE = {"ward_officer", "ward_chair", "culture_office", "economy_office", "managing_body"}
EVERYONE = {"nobody", "begun", *ROLES}
WHO = ["nobody", "begun", *ROLES]

# By the beginning of what is asked: the longest that fits holds.
MAY: dict[str, set[str]] = {
    "GET /": READERS,
    "GET /<path:path>": EVERYONE,  # tells that there is no such page
    "GET /static/": EVERYONE,
    "GET /assets/": EVERYONE,
    "GET /_dash-component-suites/": EVERYONE,
    "GET /_favicon.ico": EVERYONE,
    "GET /healthz": EVERYONE,
    "GET /readyz": EVERYONE,
    "GET /metrics": EVERYONE,  # of this machine, as the walk is: tests/callbacks/test_operations.py
    "GET /statuses.css": EVERYONE,
    "GET /sign-in": EVERYONE,
    "POST /sign-in": EVERYONE,
    "GET /phieu/": EVERYONE,  # the token in the address says what it opens: tests/data/test_publication_slips.py
    "POST /phieu/": EVERYONE,
    "GET /cong-khai": EVERYONE,
    "GET /huong-dan": EVERYONE,
    "POST /sign-out": EVERYONE,  # ends the session of the token that is sent
    "GET /account/": set(ROLES),
    "GET /account/password": set(ROLES),
    "POST /account/password": set(ROLES),
    "GET /account/authenticator": WITHOUT_CODE,
    "POST /account/authenticator": WITHOUT_CODE,
    "GET /account/code": {"begun"},
    "POST /account/code": {"begun"},
    "GET /accounts/": {"admin"},
    "POST /accounts/": {"admin"},
    "GET /map/": READERS,
    "GET /tiles/": READERS,
    "GET /exports/": READERS - {"ward_officer"},
    "GET /exports/poster": READERS,
    "GET /exports/reminder": RECORDERS,
    "GET /exports/suspension_request": {"police", "ward_chair"},
    "GET /exports/minutes": RECORDERS,
    "GET /exports/lifting": {"police", "district_command"},
    "GET /exports/referral": {"police"},
    "GET /exports/team_sheet": {"police"},
    "POST /exports/notices": {"culture_centre"},
    "GET /exports/delivery": {"culture_centre"},
    "GET /exports/public_list": {"culture_centre", "district_command"},
    "GET /exports/public_mends": {"culture_centre", "district_command"},
    "GET /exports/outgoing_register": {"culture_centre", "district_command"},
    "GET /imports/": CLERKS,
    "POST /imports/": CLERKS,
    "PATCH /imports/": CLERKS,
    "HEAD /imports/": CLERKS,
    "OPTIONS /imports/": CLERKS,
    "GET /review/": CLERKS,
    "POST /review/": CLERKS,
    "GET /inspections/": {"police"},
    "POST /inspections/": {"police"},
    "GET /quality/": CLERKS | {"district_command"},
    "GET /effects/": CLERKS | {"district_command", "police"},
    "POST /venues/": RECORDERS,
    "GET /actions/": set(ROLES),
    "GET /desk/": set(ROLES),
    "GET /actions/venues": READERS,
    "POST /actions/": RECORDERS,
    "GET /field/": EVERYONE,  # the screen's own files, which hold no word about any venue
    "GET /field/venues.json": RECORDERS,
    "GET /field/recorded.json": RECORDERS,
    "GET /field/route.json": RECORDERS,
    "POST /field/": RECORDERS,
    "GET /field/photos/": RECORDERS | CLERKS | {"culture_centre", "district_command"},  # of what they decide
    "GET /field/proposals": CLERKS | {"ward_chair"},
    "POST /field/proposals/": CLERKS | {"ward_chair"},
    "GET /priority/": {"police", "district_command"},
    "POST /priority/": {"police", "district_command"},
    "GET /cases/": RECORDERS | {"culture_centre", "district_command"},
    "POST /cases/": RECORDERS | {"culture_centre", "district_command"},
    "GET /cases/reminders": {"ward_chair"},
    "POST /cases/reminders": {"ward_chair"},
    "GET /publication/": {"culture_centre", "district_command"},
    "POST /publication/": {"culture_centre", "district_command"},
    "POST /publication/draft/": {"culture_centre"},
    "GET /reports/": REPORTERS | {"district_command"},
    "GET /reports/<int:number>/": REPORTERS,
    "POST /reports/": REPORTERS,
    "POST /reports/open": {"ward_chair"},
    "POST /reports/open-district": {"culture_office"},
    "GET /reports/notes": {"culture_office"},
    "POST /reports/notes": {"culture_office"},
    "GET /papers/": READERS,
    "GET /broadcasts/": {"ward_chair", "culture_centre"},
    "POST /broadcasts/": {"ward_chair", "culture_centre"},
    "GET /letters/": {"police", "culture_office", "culture_centre"},
    "POST /letters/": {"police", "culture_office", "culture_centre"},
    # both asked for the letter of reminder
    "POST /letters/<kind>/upload": {"culture_office", "culture_centre"},
    "POST /letters/<kind>/use": {"culture_office", "culture_centre"},
    "GET /posters/": READERS,
    "POST /posters/": READERS,
    "GET /codes/": READERS,
    "POST /codes/": READERS,
    "GET /guidance/": {"culture_centre"},
    "POST /guidance/": {"culture_centre"},
    "GET /sharing/": READERS,
    "POST /sharing/": READERS,
    "POST /sharing/switch": CLERKS,
    "POST /sharing/<int:number>/again": CLERKS,
    "POST /sharing/links": READERS - {"ward_officer"},
    "POST /sharing/links/": READERS,
    "GET /xem/": EVERYONE,
    "GET /audit/": {"admin"},
    "/ ": READERS,
    "/ ..move-answer": CLERKS,
    "/desk/ ": set(ROLES),
    "/imports/ ": CLERKS,
    "/quality/ ": CLERKS | {"district_command"},
    "/priority/ ": {"police", "district_command"},
    "/effects/ ": CLERKS | {"district_command", "police"},
    "/audit/ ": {"admin"},
}
MAY |= {
    f"GET {prefix}{rest}": EVERYONE
    for prefix in (
        "/desk/",
        "/imports/",
        "/review/",
        "/quality/",
        "/inspections/",
        "/effects/",
        "/priority/",
        "/audit/",
    )
    for rest in ("<path:path>", "_dash-component-suites/", "_favicon.ico", "assets/")
}


def who_may(name: str) -> set[str]:
    """The roles that may ask it; KeyError: nobody has said."""
    fits = [beginning for beginning in MAY if name.startswith(beginning)]
    if not fits or (max(fits, key=len) == "GET /" and name != "GET /" and not name.startswith("GET /_")):
        raise KeyError(name)
    return MAY[max(fits, key=len)]


@pytest.fixture(scope="module")
def conn_of_walk(demo_database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(demo_database, row_factory=dict_row) as conn:
        yield conn


@pytest.fixture(scope="module")
def venue(conn_of_walk: psycopg.Connection) -> str:
    """Code of a venue with a QR. Of its ward and for it alone there is an account of each role; one lacks its code."""
    conn = conn_of_walk
    place = conn.execute(
        "SELECT v.code, v.ward_id FROM venue AS v JOIN registration AS r ON r.venue_id = v.id AND r.ended_on IS NULL"
        " WHERE r.qr_content <> '' AND v.status IS NOT NULL AND v.ward_id IS NOT NULL ORDER BY v.code LIMIT 1"
    ).fetchone()
    for role in ROLES:
        accounts.sign_in(conn, role, f"walk-{role}", wards=[place["ward_id"]], units=[place["code"]])
    number = accounts.sign_in(conn, "police", "walk-begun", login="thu.begun")
    conn.execute("UPDATE session SET second_factor_at = NULL WHERE account_id = %s", (number,))
    conn.commit()
    return place["code"]


def test_everything_is_for_whom_it_is_for(venue: str, capsys: pytest.CaptureFixture[str]) -> None:
    from app import server

    clients = {who: asking.client_of(server, who) for who in WHO}
    things = list(asking.routes(server, venue))
    for prefix, _, rights in office.SCREENS:
        holder = next(who for who in WHO if rights & getattr(ROLES.get(who), "rights", set()))
        if f"GET {prefix}_dash-dependencies" in {thing.name for thing in things}:
            things += asking.callbacks(clients[holder], prefix)
    wrong, table = [], []
    for thing in sorted(things, key=lambda thing: ("sign-out" in thing.name, thing.is_callback, thing.name)):
        found = {who: not asking.is_refused(asking.ask(clients[who], thing)) for who in WHO}
        table.append(f"{''.join('x' if found[who] else '.' for who in WHO)}  {thing.name[:100]}")
        allowed = who_may(thing.name)
        wrong += [
            f"{who} {'may' if may else 'may not'}: {thing.name}"
            for who, may in found.items()
            if may != (who in allowed)
        ]
    with capsys.disabled():
        print(f"\n{' '.join(WHO)}\n" + "\n".join(table))
    assert len(things) > 80
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def pictured(venue: str, conn_of_walk: psycopg.Connection) -> dict[str, Any]:
    """A visit at the venue with its photograph and signature, recorded there; and a ward that is another."""
    from app import server

    ward, other = conn_of_walk.execute(
        "SELECT v.ward_id, (SELECT min(o.ward_id) FROM venue AS o WHERE o.ward_id <> v.ward_id) AS other"
        " FROM venue AS v WHERE v.code = %s",
        (venue,),
    ).fetchone().values()  # fmt: skip
    for role in ROLES:  # the walk has signed them out
        accounts.sign_in(conn_of_walk, role, f"walk-{role}", wards=[ward], units=[venue])
        accounts.sign_in(conn_of_walk, role, f"away-{role}", login=f"xa.{role}", wards=[other], units=["x"])
    conn_of_walk.commit()
    door = asking.client_of(server, "ward_officer")
    kept = {}
    for name, form, kind in (("photo", "JPEG", "image/jpeg"), ("signature", "PNG", "image/png")):
        out = io.BytesIO()
        Image.effect_noise((300, 200), 90).save(out, form)
        kept[name] = door.post("/field/photos", data=out.getvalue(), content_type=kind).json["sha256"]
    now = dt.datetime.now(dt.UTC).isoformat()
    said = {"kind": "guidance", "outcome": "not_compliant", "signed": "signed", "signature": kept["signature"]}
    event = {"id": str(uuid.uuid4()), "kind": "visit", "venue": venue, "happened_at": now, "clock_is_doubtful": False}
    event |= {"payload": said, "photo": kept["photo"]}
    told = door.post("/field/events", json={"login": "thu.ward_officer", "sent_at": now, "events": [event]}).json
    return kept | {"case": told["answers"][0]["case"]}


def test_pictures_of_a_visit_are_for_whoever_records_or_decides_there(pictured: dict[str, Any]) -> None:
    """Their links on the case's page, the pictures themselves, and the signature drawn into the minutes."""
    from app import server

    links = {f"/field/photos/{pictured[name]}" for name in ("photo", "signature")}
    found = {}
    for place in ("walk", "away"):
        for who in WHO:
            client = asking.client_of(server, who) if place == "walk" else accounts.client(server, f"away-{who}")
            page = client.get(f"/cases/?case={pictured['case']}")
            minutes = client.get(f"/exports/minutes.pdf?case={pictured['case']}")
            drawn = minutes.status_code == 200 and _pictures(minutes.data)
            opened = [client.get(link).status_code == 200 for link in sorted(links)]
            found[place, who] = ({link for link in links if link in page.text} == links, opened, bool(drawn))
    everywhere = {("away", "police"), ("away", "culture_office")}  # the whole district is theirs
    for (place, who), (is_linked, opened, is_drawn) in found.items():
        here = place == "walk" or (place, who) in everywhere
        assert (is_linked, is_drawn) == (here and who in RECORDERS,) * 2, (place, who)
        assert opened == [here and who in RECORDERS | CLERKS] * 2, (place, who)


def _pictures(document: bytes) -> int:
    """How many pictures of the signature's size a PDF holds."""
    pages = pypdf.PdfReader(io.BytesIO(document)).pages
    return sum(
        picture.image is not None and picture.image.size == (300, 200) for page in pages for picture in page.images
    )
