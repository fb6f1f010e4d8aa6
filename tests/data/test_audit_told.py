"""What an entry of the audit tells: who it names, what of a row is only a mark, and to whom a venue's history."""

import datetime as dt
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from callbacks.audit import wording
from data.access.caller import COMMAND_LINE, acting_as
from data.access.roles import Right
from data.audit.notes import note_refused_sign_in
from data.database.connection import Connection, app_connection, desk_connection, loader_connection
from data.desk import jobs
from data.queries.audit import AuditRow, of_venue
from data.texts.catalogue import t
from etl.worker.loop import _OF_ITSELF, KINDS
from tests.data.conftest import VENUE
from tests.data.test_audit import CLERK, WRITES, entries, last_id
from tests.fixtures import accounts


def test_a_session_is_begun_by_whoever_signs_in(fresh_database: str, conn: Connection) -> None:
    begin = last_id(conn)
    conn.commit()
    with acting_as(None), desk_connection() as desk:
        desk.execute(
            "SELECT begin_session((SELECT account_id FROM sign_in_facts(%s)), 'x', '10.1.2.3')", (accounts.LOGIN,)
        )
    (entry,) = entries(conn, begin)
    assert (entry["action"], entry["login"], entry["role"]) == ("session.insert", accounts.LOGIN, accounts.ROLE)
    assert (entry["address"], entry["subject"]) == ("10.1.2.3", accounts.LOGIN)


def test_a_session_is_ended_by_itself_only_where_it_signs_out(fresh_database: str, conn: Connection) -> None:
    """What is written into the table beside the functions is written by whoever is connected, not by the account."""
    conn.execute(
        "INSERT INTO session (token_hash, account_id)"
        " SELECT v, max(id) FROM account, (VALUES ('a'::bytea), ('b')) AS x (v) GROUP BY v"
    )
    conn.commit()
    begin = last_id(conn)
    conn.execute("UPDATE session SET ended_at = now(), end_reason = 'administrator' WHERE token_hash = 'a'")
    conn.commit()
    with acting_as(None), desk_connection() as desk:
        desk.execute("SELECT end_session('b')")
        # nothing is left of who that was
        assert desk.execute("SELECT current_setting('app.own_session') AS who").fetchone() == {"who": ""}
    told = [(entry["action"], entry["login"], entry["role"]) for entry in entries(conn, begin)]
    assert told == [
        ("session.update", "qr_owner", "database"),
        ("session.update", accounts.LOGIN, accounts.ROLE),
    ]


@pytest.mark.parametrize("login", [COMMAND_LINE.login, _OF_ITSELF.login])
def test_no_account_can_have_the_login_of_what_is_no_person(fresh_database: str, conn: Connection, login: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="account_login_check"):
        conn.execute("INSERT INTO account (login, name, role) VALUES (%s, 'X', 'police')", (login,))
    assert wording.who(login, "admin", "en") == t(f"audit.who.{login}", "en")
    for other in ("worker", "database"):
        assert wording.who(other, "police", "en") == f"{other} ({t('role.police', 'en')})"


def test_who_is_not_told_is_named_as_the_database_knows_them(fresh_database: str, conn: Connection) -> None:
    begin = last_id(conn)
    conn.execute("INSERT INTO policy VALUES ('2021-12-01', 4, 7)")
    conn.commit()
    (entry,) = entries(conn, begin)
    assert (entry["role"], entry["login"], entry["account_id"]) == ("database", "qr_owner", None)


def test_what_is_secret_or_long_is_a_mark(venue: int, conn: Connection) -> None:
    begin = last_id(conn)
    with acting_as(CLERK), desk_connection() as writing:
        writing.execute(
            "SELECT audit('x', 'account', 'lan', %s, %s)",
            ('{"password_hash": "a", "phone": "09"}', f'{{"password_hash": "b", "long": "{"đ" * 5000}"}}'),
        )
    (entry,) = entries(conn, begin)
    assert entry["before"] == {"password_hash": "***", "phone": "***"}
    assert entry["after"]["password_hash"] == "***"
    assert len(entry["after"]["long"]) <= 500


def test_what_an_officer_writes_freely_is_a_mark_however_deep_it_lies(venue: int, conn: Connection) -> None:
    begin = last_id(conn)
    payload = {
        "venue": "HD1",
        "note": "hỏi bà Tư 0912345678",
        "lon": 105.77,
        "of": {"note": "như trên"},
        "all": [{"note": "như trên"}, 2],
    }
    with acting_as(CLERK), desk_connection() as desk:
        number = jobs.ask(desk, "move", payload, "Lan")
    with acting_as(CLERK), loader_connection() as writing:
        writing.execute('UPDATE job SET payload = payload || \'{"note": "khác"}\' WHERE id = %s', (number,))
        writing.execute(
            "INSERT INTO field_event (id, login, recorded_by, may_confirm, kind, venue_code, happened_at, skew_seconds,"
            " day, withdrawn_why) VALUES (gen_random_uuid(), 'lan', 'Lan', false, 'reminder', 'HD1', now(), 0,"
            " '2021-10-01', 'ghi nhầm quán bà Tư')"
        )
    with acting_as(CLERK), desk_connection() as desk:
        jobs.ask(desk, "move", payload | {"long": "đ" * 600}, "Lan")
    asked, changed, recorded, cut = entries(conn, begin)
    assert asked["after"]["payload"]["note"] == "***"
    assert asked["after"]["payload"]["of"]["note"] == "***"
    assert asked["after"]["payload"]["all"] == [{"note": "***"}, 2]
    assert (asked["after"]["payload"]["venue"], asked["after"]["payload"]["lon"]) == ("HD1", 105.77)
    assert changed["after"]["payload"]["note"] == "***"  # another, and which is not told
    assert recorded["after"]["withdrawn_why"] == "***"
    assert len(cut["after"]["payload"]) <= 500
    assert not any(said in str([asked, changed, recorded, cut]) for said in ("bà Tư", "0912345678", "như trên", "khác"))


def test_the_history_of_a_venue_is_for_who_sees_the_venue(venue: int) -> None:
    with acting_as(CLERK), loader_connection() as conn:
        conn.execute(WRITES["reminder"][0])
        conn.execute(VENUE, ("HD2", 2))
        conn.execute("INSERT INTO merge_decision (duplicate_code, kept_code, verdict) VALUES ('HD2', 'HD1', 'merged')")

    def seen(**scope: Any) -> list[str]:
        with acting_as(replace(CLERK, **scope) if scope else None), app_connection() as conn:
            return [row["action"] for row in conn.execute("SELECT * FROM audit_of_venue('HD1', 50)")]

    everything = ["merge_decision.insert", "reminder.insert"]
    assert seen(wards=None) == everything
    assert seen(wards=(1,)) == everything
    assert seen(wards=(), units=(venue,)) == everything
    assert seen(wards=(2,)) == []
    assert seen(wards=()) == []
    assert seen() == []


def test_what_was_before_and_after_is_not_for_everybody_who_sees_the_venue(venue: int) -> None:
    with acting_as(CLERK), loader_connection() as conn:
        conn.execute(
            "INSERT INTO mention (key, name) VALUES ('k', 'Quán bà Tư')",
        )
        conn.execute("INSERT INTO link_decision (mention_key, venue_code, verdict) VALUES ('k', 'HD1', 'same')")
        conn.execute("SELECT audit('contact.read', 'venue', 'HD1')")

    def seen(*rights: Right) -> dict[str, Any]:
        with acting_as(replace(CLERK, rights=frozenset(rights))), app_connection() as conn:
            return {entry.action: entry.after for entry in of_venue(conn, "HD1")}

    assert seen("view") == {"link_decision.insert": {"verdict": "same"}}
    assert seen("view", "contacts") == {"link_decision.insert": {"verdict": "same"}, "contact.read": None}
    assert seen("view", "review") == {"link_decision.insert": {"verdict": "same", "mention": "Quán bà Tư"}}
    everything = seen("view", "audit")
    assert set(everything) == {"link_decision.insert", "contact.read"}
    assert {"verdict", "mention", "venue_code"} <= set(everything["link_decision.insert"])


def test_refused_sign_ins_are_told_of_once_a_minute_with_how_many_they_were(
    fresh_database: str, conn: Connection
) -> None:
    begin = last_id(conn)
    conn.commit()
    nobody = replace(CLERK, account_id=None, login="", role="nobody")
    here, elsewhere = replace(nobody, address="10.0.0.8"), replace(nobody, address="10.0.0.9")
    six, next_six = replace(nobody, address="2001:db8::8"), replace(nobody, address="2001:db8::9")
    for login, caller in (
        *(("lan", here), ("lan", here), ("lan", elsewhere), ("", here), ("", here), ("lan", here)),
        *(("lan", six), ("lan", next_six)),  # one network, whose holder may take any of its addresses
    ):
        note_refused_sign_in("sign_in.refused", login, caller)
    told = [(entry["subject"], entry["address"], entry["after"]) for entry in entries(conn, begin)]
    once = {"attempts": 1}
    assert told == [
        *(("lan", "10.0.0.8", once), ("lan", "10.0.0.9", once), ("", "10.0.0.8", once)),
        ("lan", "2001:db8::8", once),
    ]
    begin = last_id(conn)
    conn.execute("UPDATE refused_sign_in SET told_at = told_at - interval '61 seconds'")
    conn.commit()
    for _ in range(2):
        note_refused_sign_in("sign_in.refused", "lan", here)
    note_refused_sign_in("sign_in.code_refused", "lan", here)
    told = [(entry["action"], entry["address"], entry["after"]) for entry in entries(conn, begin)]
    # the two of the first minute that were not told of, and this one
    assert told == [("sign_in.refused", "10.0.0.8", {"attempts": 3}), ("sign_in.code_refused", "10.0.0.8", once)]
    conn.execute("UPDATE refused_sign_in SET told_at = told_at - interval '2 days'")
    conn.commit()
    note_refused_sign_in("sign_in.refused", "lan", here)
    assert conn.execute("SELECT count(*) AS n FROM refused_sign_in").fetchone() == {"n": 1}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_kinds_of_jobs_and_roles_are_told_by_their_titles(lang: str) -> None:
    about = {"id": 1, "at": dt.datetime.now(dt.UTC), "login": "x", "role": "admin", "address": "", "request_id": ""}
    job = AuditRow(**about, action="job.insert", subject_kind="job", subject="1", before=None, after={"kind": "read"})
    moved = AuditRow(
        **about, action="account.update", subject_kind="account", subject="lan",
        before={"role": "police"}, after={"role": "ward_chair"},
    )  # fmt: skip
    assert [now for _, _, now in wording.changes(job, lang)] == [t("audit.job.read", lang)]
    assert [change[1:] for change in wording.changes(moved, lang)] == [
        (t("role.police", lang), t("role.ward_chair", lang))
    ]
    assert all(t(f"audit.job.{kind}", lang) for kind in KINDS)
