"""Telephones and identity numbers, written into every text that there is, reach no paper, file, tile or public page.

Texts are found in the models, documents in the catalogue and addresses in the app's own map of them: what is new is
walked without being listed here. A number in a text is told by the text and by the way in which it is written.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pypdf
import pytest
from flask import Flask
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier, Literal
from sqlalchemy import Column, Text

from data.access.caller import COMMAND_LINE, acting_as
from data.access.roles import ROLES
from data.database.connection import app_connection, desk_connection
from data.desk import reports
from data.models.base import Base
from data.status.days import data_span
from documents.catalogue import CASE_PAPERS, FORMATS, make
from documents.made import MEDIA_TYPES
from documents.publication_papers import PUBLICATION_PAPERS
from documents.reports import REPORT_KINDS
from tests.access import asking
from tests.fixtures import accounts
from tests.fixtures.databases import DISTRICT

Connection = psycopg.Connection[dict[str, Any]]

# Each is a way to write the nine digits of a telephone after its 0, or an identity number around them.
SPELLINGS: tuple[Callable[[str, str, str], str], ...] = (
    lambda a, b, c: f"0{a}{b}{c}",
    lambda a, b, c: f"0{a}.{b}.{c}",
    lambda a, b, c: f"(ĐT: 0{a} {b} {c})",
    lambda a, b, c: f"- 0{a}-{b}-{c}",
    lambda a, b, c: f"0{a}–{b}–{c} chị Lan",
    lambda a, b, c: f"SĐT0{a}{b}{c}",
    lambda a, b, c: f"Zalo 0{a[:1]} {a[1:]}{b[:1]} {b[1:]} {c}",
    lambda a, b, c: f"+84{a}{b}{c}",
    lambda a, b, c: f"+84 {a} {b} {c}",
    lambda a, b, c: f"(+84) {a}.{b}.{c}",
    lambda a, b, c: f"84{a}{b}{c}",
    lambda a, b, c: f"(0{a}) {b} {c}",
    lambda a, b, c: f"CCCD 001{a}{b}{c}",
    lambda a, b, c: f"001 {a} {b} {c}",
    lambda a, b, c: f"CMND: {a}{b}{c}",
    lambda a, b, c: f"{a} {b} {c}",
)
BETWEEN = re.compile(r"[\s.\-–_·()]")
# Whose texts are no clerk's free words: accounts and the app's own bookkeeping, the names of wards and kinds of venue.
NOT_FREE = re.compile(r"account.*|session|sign_in_attempt|refused_sign_in|audit.*|category|ward|clock|linking_secret")
# What identifies a venue or its QR code (the poster bears both; what a code holds goes into the picture alone).
IDENTIFIES = {"venue.code", "registration.qr_code", "registration.qr_content"}
# One of a ward, one of the district, one who may see contacts: files and tiles of others differ in their rows alone.
WALKERS = ("ward_chair", "culture_centre", "police")
# A team's sheet needs a plan: tests/documents/test_team_sheet.py plants one there.
PAPERS = [
    (kind, form) for kind, forms in FORMATS.items() for form in forms if kind not in ("team_sheet", *PUBLICATION_PAPERS)
]


def planted(place: int, spelling: int) -> str:
    """The nine digits for a text and a way of writing."""
    return f"9{place:03d}{spelling:02d}731"


def written(place: int, spelling: int) -> str:
    digits = planted(place, spelling)
    return SPELLINGS[spelling](digits[:3], digits[3:6], digits[6:])


def free_texts() -> list[Column[Any]]:
    return [
        column
        for table in Base.metadata.sorted_tables
        if not NOT_FREE.fullmatch(table.name)
        for column in table.columns
        if isinstance(column.type, Text) and f"{table.name}.{column.name}" not in IDENTIFIES
    ]


@pytest.fixture(scope="module")
def places(own_demo_database: str) -> dict[int, str]:
    """A number in every free text of every row, its spelling by the row; the places that took one, by their number."""
    found = {}
    with psycopg.connect(own_demo_database, row_factory=dict_row) as conn:
        for place, column in enumerate(free_texts()):
            table, name, schema = column.table.name, column.name, column.table.schema or "public"
            ways = SQL(", ").join(Literal(written(place, spelling)) for spelling in range(len(SPELLINGS)))
            number = SQL("(ARRAY[{}])[1 + row_number() OVER (ORDER BY ctid) % {}]")
            number = number.format(ways, Literal(len(SPELLINGS)))
            query = SQL(
                "UPDATE {table} AS t SET {column} = concat_ws(' ', t.{column}, p.number)"
                " FROM (SELECT ctid AS place, {number} AS number FROM {table}) AS p WHERE t.ctid = p.place"
            ).format(table=Identifier(schema, table), column=Identifier(name), number=number)
            try:
                with conn.transaction():
                    if conn.execute(query).rowcount:
                        found[place] = f"{table}.{name}"
            except psycopg.errors.IntegrityError:  # a word of a few, a key: no free text
                continue
        found |= _cases(conn)
        for role in ROLES:
            wards = [row["id"] for row in conn.execute("SELECT id FROM ward")]
            units = [row["code"] for row in conn.execute("SELECT code FROM venue")]
            accounts.sign_in(conn, role, f"walk-{role}", wards=wards, units=units)
    return found


def _cases(conn: Connection) -> dict[int, str]:
    """A case for each paper at some venues, with numbers in what people said; the places that took one."""
    said = SQL("(ARRAY[{}])[1 + c.id %% {}]").format(
        SQL(", ").join(Literal(written(998, spelling)) for spelling in range(len(SPELLINGS))), Literal(len(SPELLINGS))
    )
    for process, states in CASE_PAPERS.values():
        conn.execute(
            "INSERT INTO case_file (process, state, venue_code, venue_id, ward_id)"
            " SELECT %s, %s, code, id, ward_id FROM venue WHERE status IS NOT NULL ORDER BY id LIMIT 3",
            (process, states[-1]),
        )
    conn.execute("INSERT INTO visit (case_id, kind) SELECT id, 'inspection' FROM case_file WHERE process = 'visit'")
    conn.execute(
        SQL(
            "UPDATE case_file AS c SET facts = jsonb_build_object('reason', {said}, 'for_what', {said}, 'to', {said})"
        ).format(said=said),
        (),
    )
    conn.execute(
        SQL("UPDATE visit AS v SET words = {said} FROM case_file AS c WHERE c.id = v.case_id").format(said=said), ()
    )
    return {998: "what was said in a case"}


@pytest.fixture(scope="module")
def owner(own_demo_database: str, places: dict[int, str]) -> Iterator[Connection]:
    with psycopg.connect(own_demo_database, row_factory=dict_row, autocommit=True) as conn:
        yield conn


@pytest.fixture(scope="module")
def server(places: dict[int, str]) -> Flask:
    from app import server

    return server


@pytest.fixture(scope="module")
def with_code(owner: Connection) -> list[str]:
    """Codes of venues that have a poster, one at least for each way of writing."""
    rows = owner.execute(
        "SELECT DISTINCT ON (v.id % 48) v.code FROM venue AS v JOIN registration AS r ON r.venue_id = v.id"
        " WHERE r.ended_on IS NULL AND r.registered_on <= (SELECT status_day FROM clock) AND r.qr_content <> ''"
        " AND v.status IS NOT NULL ORDER BY v.id % 48"
    )
    return [row["code"] for row in rows][: len(SPELLINGS)]


def texts(content: bytes) -> str:
    """Everything that can be read in a file: the text of a PDF, each part of an archive, else its bytes as UTF-8."""
    if content.startswith(b"%PDF"):
        pdf = pypdf.PdfReader(io.BytesIO(content))
        return "\n".join([*(page.extract_text() for page in pdf.pages), str(pdf.metadata)])
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return content.decode("utf-8", "replace")


def numbers_in(content: bytes, places: dict[int, str]) -> list[str]:
    """Where the numbers come from that can be read in ``content``."""
    joined = BETWEEN.sub("", texts(content))
    found = {(int(place), int(way)) for place, way in re.findall(r"9(\d{3})(\d{2})731", joined)}
    return sorted({f"{places[place]}, spelling {way}" for place, way in found if place in places})


def test_numbers_are_written_into_the_texts_that_matter(places: dict[int, str], owner: Connection) -> None:
    """The walk can fail: the numbers are there, each spelling too, in the texts that lists and papers are made of."""
    taken = set(places.values())
    assert {"venue.name", "venue.address", "venue_contact.phone", "venue_contact.owner_name"} <= taken
    assert {"reminder.given_by", "reminder.method", "suspension.reason", "mention.name"} <= taken
    names = " ".join(row["name"] for row in owner.execute("SELECT name FROM venue")).encode()
    assert len(numbers_in(names, places)) == len(SPELLINGS)


@pytest.mark.parametrize(("kind", "form"), PAPERS)
def test_no_document_bears_a_number(
    kind: str, form: str, places: dict[int, str], with_code: list[str], owner: Connection
) -> None:
    with acting_as(DISTRICT), app_connection() as conn:
        each = _each(kind, with_code, owner)
        found = [numbers_in(make(kind, form, conn, **named).content, places) for named in each]
    assert each
    assert not any(found), found


def _each(kind: str, codes: list[str], owner: Connection) -> list[dict[str, Any]]:
    """A list of the whole district is one document; a paper of a venue or of a case is made for several of them."""
    if kind in CASE_PAPERS:
        cases = owner.execute("SELECT id FROM case_file WHERE process = %s", (CASE_PAPERS[kind][0],))
        return [{"case": row["id"]} for row in cases]
    if kind in REPORT_KINDS:
        return _reports(kind, owner)
    if kind == "loudspeaker":
        return [{"ward": row["code"]} for row in owner.execute("SELECT code FROM ward WHERE ward_has_venues(id)")]
    return [{"venue": code} for code in (codes[:1] if kind == "violators" else codes)]


def _reports(kind: str, owner: Connection) -> list[dict[str, Any]]:
    """The district's of two months, or each ward's of a week in which somebody was reminded."""
    with acting_as(COMMAND_LINE), desk_connection() as conn:
        today = data_span(conn).current_day
        if kind == "district_report":
            return [{"report": reports.opened_district(conn, today - dt.timedelta(days=60), today)}]
        rows = owner.execute(
            "SELECT DISTINCT w.code, date_trunc('week', max(r.reminded_on))::date AS monday FROM reminder AS r"
            " JOIN venue AS v ON v.id = r.venue_id JOIN ward AS w ON w.id = v.ward_id GROUP BY w.code LIMIT 4"
        ).fetchall()
        return [{"report": reports.opened(conn, row["code"], row["monday"])} for row in rows]


@pytest.mark.parametrize("role", WALKERS)
def test_no_file_bears_a_number(role: str, server: Flask, places: dict[int, str], with_code: list[str]) -> None:
    client, taken = accounts.client(server, f"walk-{role}"), 0
    rules = [
        rule for rule in server.url_map.iter_rules() if rule.rule.startswith("/exports/") and "GET" in rule.methods
    ]
    assert rules
    for rule in rules:
        answered = 0
        for form in MEDIA_TYPES:
            address = re.sub(r"<\w+>$", form, rule.rule)
            for code in with_code[:1]:
                answer = client.get(f"{address}?venue={code}", headers={"Accept-Encoding": "identity"})
                answered += answer.status_code != 404
                taken += answer.status_code == 200
                assert not numbers_in(answer.data, places), (role, address)
        assert answered, f"{rule.rule} knows no format that is known here"
    assert taken > 0


@pytest.mark.parametrize("role", WALKERS)
def test_no_tile_bears_a_number(role: str, server: Flask, places: dict[int, str], owner: Connection) -> None:
    client = accounts.client(server, f"walk-{role}")
    place = "SELECT ST_X(geom) AS lon, ST_Y(geom) AS lat FROM venue WHERE geom IS NOT NULL LIMIT 1"
    [point] = owner.execute(place).fetchall()
    rules = [rule.rule for rule in server.url_map.iter_rules() if rule.rule.startswith("/tiles/")]
    assert rules
    answered = 0
    for rule in rules:
        for layer in ("venues", "wards"):
            for z, x, y in ((9, 406, 225), (12, 3251, 1803), (12, 3250, 1803), (14, 13004, 7213)):
                address = rule
                for name, value in {"layer": layer, "z": z, "x": x, "y": y}.items():
                    address = re.sub(rf"<(?:\w+:)?{name}>", str(value), address)
                query = f"?lon={point['lon']}&lat={point['lat']}&metres=2000"
                answer = client.get(address + query, headers={"Accept-Encoding": "identity"})
                answered += answer.status_code == 200
                assert not numbers_in(answer.data, places), (role, address)
    assert answered > 0


def test_no_page_that_anybody_may_open_bears_a_number(
    server: Flask, places: dict[int, str], with_code: list[str]
) -> None:
    nobody = server.test_client()
    opened = 0
    for thing in asking.routes(server, with_code[0]):
        answer = nobody.open(thing.address, method=thing.method, headers={"Accept-Encoding": "identity"})
        opened += answer.status_code == 200
        assert not numbers_in(answer.data, places), thing.name
    assert opened > 5


@pytest.mark.parametrize("role", sorted(role for role, of in ROLES.items() if "contacts" not in of.rights))
def test_who_may_not_see_contacts_sees_none_anywhere(
    role: str, server: Flask, places: dict[int, str], with_code: list[str]
) -> None:
    contacts = {place: name for place, name in places.items() if name.startswith("venue_contact.")}
    client = accounts.client(server, f"walk-{role}")
    for thing in everything(server, with_code[0]):
        assert not numbers_in(asking.ask(client, thing).data, contacts), thing.name


def test_who_may_see_contacts_sees_them(server: Flask, places: dict[int, str], with_code: list[str]) -> None:
    contacts = {place: name for place, name in places.items() if name.startswith("venue_contact.")}
    client = accounts.client(server, "walk-police")
    answers = [asking.ask(client, thing) for thing in everything(server, with_code[0])]
    assert any(numbers_in(answer.data, contacts) for answer in answers)


def everything(server: Flask, code: str) -> list[asking.Asked]:
    """Every address and every callback about the venue, but for signing out and accounts."""
    values = {
        ("venue", "data"): code,
        ("typed", "data"): "Quán",
        ("drawer-state", "data"): {"search": "", "venue": code, "level": "venue", "place": None},
        ("table", "getRowsRequest"): {"startRow": 0, "endRow": 500, "sortModel": []},
    }
    found = [thing for thing in asking.routes(server, code) if "sign" not in thing.name and "account" not in thing.name]
    found += [replace(thing, address=thing.address.replace("/nothing", f"/{code}")) for thing in found]
    for prefix in ("/", "/imports/", "/quality/"):
        found += asking.callbacks(accounts.client(server, "walk-culture_office"), prefix, values)
    return found
