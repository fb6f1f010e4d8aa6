"""What ``python -m documents deliver`` does: put what is due into the outbox, and send what waits there, once each.

A mail is made when it is sent, as its recipient is then: who sees less by that time is told less, and who sees nothing
is sent nothing. It is marked as being sent before the server is spoken to, and that is committed: one that was being
sent when its process died is said to be unknown, and a person decides whether it goes again. The unique key of the
outbox lets one occasion be written once, however many processes come upon it.
"""

import datetime as dt
import logging
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from data.access.caller import Caller, acting_as
from data.accounts.standing import caller_of
from data.database.connection import Connection, app_connection, loader_connection
from data.errors import UserError
from data.queries.report_board import Missing, missing
from data.settings import Settings, get_settings
from data.status.days import data_span
from documents.mailing.messages import Letter, figures_letter, message, reports_letter
from documents.mailing.sending import Outcome, send

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 12
"""With pauses that double from a minute to six hours: some two days."""
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(minutes=1), dt.timedelta(hours=6)
LOST_AFTER = dt.timedelta(minutes=10)
MOST_AT_ONCE = 200


def deliver() -> int:
    """Do what is due now; returns how many mails went."""
    settings = get_settings()
    if not settings.has_mail:
        return 0
    with loader_connection() as conn:
        row = conn.execute("SELECT is_on FROM mail_setting").fetchone()
        conn.execute(
            "UPDATE mail_outbox SET state = 'unknown', error = 'process' WHERE state = 'sending'"
            " AND next_at < clock_timestamp() - %s",
            (LOST_AFTER,),
        )
    if not row or not row["is_on"]:
        return 0
    _plan_figures()
    _plan_reports()
    return _send_all(settings)


def _plan_figures() -> None:
    with loader_connection() as conn:
        for one in conn.execute("SELECT account_id, kind, key FROM mail_due()").fetchall():
            _plan(conn, one["account_id"], one["kind"], one["key"])


def _plan_reports() -> None:
    """Once a day: to each chair what is due and not sent; from the day on which it is due."""
    with loader_connection() as conn:
        row = conn.execute(
            "SELECT current_day() AS day FROM mail_setting WHERE reports_checked_on IS DISTINCT FROM current_day()"
            " AND (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::time >= '07:00'"
        ).fetchone()
        people = conn.execute("SELECT account_id FROM mail_address ORDER BY 1").fetchall() if row else []
    if row is None:
        return
    day: dt.date = row["day"]
    for one in people:
        who = _recipient(one["account_id"], "reports")
        if who is not None and _due_reports(who, day):
            with loader_connection() as conn:
                _plan(conn, one["account_id"], "reports", day.isoformat())
    with loader_connection() as conn:  # last: who dies before is followed by one who looks again
        conn.execute("UPDATE mail_setting SET reports_checked_on = %s", (day,))


def _due_reports(who: Caller, day: dt.date) -> list[Missing]:
    with acting_as(who), app_connection() as conn:
        return [one for one in missing(conn) if one.is_late or one.due_at.date() == day]


def _plan(conn: Connection, account: int, kind: str, key: str) -> None:
    """Write the occasion, once; an older one that has not gone yet is not needed any more."""
    conn.execute(
        "UPDATE mail_outbox SET state = 'dropped', error = 'older'"
        " WHERE account_id = %s AND kind = %s AND key < %s AND state = 'queued'",
        (account, kind, key),
    )
    conn.execute(
        "INSERT INTO mail_outbox (account_id, kind, key, scope, subject, body, html)"
        " VALUES (%s, %s, %s, '', '', '', '') ON CONFLICT (account_id, kind, key) DO NOTHING",
        (account, kind, key),
    )


def _recipient(account: int, kind: str) -> Caller | None:
    """The account as it stands now; None: it may have no such mail, or sees no place at all."""
    with loader_connection() as conn:
        who = caller_of(conn, account)
    if who is None or not (who.wards is None or who.wards or who.units):
        return None
    return who if ("report" if kind == "reports" else "view") in who.rights else None


def _send_all(settings: Settings) -> int:
    gone = 0
    for _ in range(MOST_AT_ONCE):
        claimed = _claimed()
        if claimed is None:
            return gone
        try:
            letter = _made(claimed) if claimed["address"] else None
        except (UserError, psycopg.Error):
            log.exception("mail %s could not be made", claimed["id"])
            _put_back(claimed)
            continue
        if letter is None:
            _drop(claimed)
            continue
        outcome = send(_message(claimed, letter, settings), settings)
        gone += outcome.fate == "sent"
        _ended(claimed, letter, outcome)
        if outcome.fate == "away":
            return gone
    return gone


def _claimed() -> dict[str, Any] | None:
    """The next mail that may go, marked as being sent; without an address where its recipient wants none any more."""
    with loader_connection() as conn:
        return conn.execute(
            """
            UPDATE mail_outbox AS m SET state = 'sending', attempts = m.attempts + 1, next_at = clock_timestamp()
            WHERE m.id = (SELECT o.id FROM mail_outbox AS o
                          WHERE o.state = 'queued' AND o.next_at <= clock_timestamp()
                          ORDER BY o.id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING m.id, m.account_id, m.kind, m.made_at, m.attempts,
                      (SELECT a.address FROM mail_address AS a WHERE a.account_id = m.account_id AND (
                          m.kind <> 'figures' OR EXISTS (SELECT FROM mail_subscription AS s
                                                         WHERE s.account_id = m.account_id AND s.kind = m.kind)
                      )) AS address
            """
        ).fetchone()


def _made(row: dict[str, Any]) -> Letter | None:
    """The mail as its recipient would see what it tells, now; None: there is nothing to tell them any more."""
    who = _recipient(row["account_id"], row["kind"])
    if who is None:
        return None
    with loader_connection() as conn:
        told = conn.execute(
            "SELECT last FROM mail_subscription WHERE account_id = %s AND kind = %s", (row["account_id"], row["kind"])
        ).fetchone()
    with acting_as(who), app_connection() as conn:
        if row["kind"] == "figures":
            return figures_letter(conn, who, told["last"] if told else None)
        day = data_span(conn).current_day
        due = _due_reports(who, day)
        return reports_letter(conn, who, due) if due else None


def _put_back(row: dict[str, Any]) -> None:
    """Nothing of it has gone: it is made again later."""
    with loader_connection() as conn:
        conn.execute(
            "UPDATE mail_outbox SET state = CASE WHEN attempts < %s THEN 'queued' ELSE 'failed' END, error = 'made',"
            " next_at = clock_timestamp() + %s WHERE id = %s AND state = 'sending'",
            (MOST_ATTEMPTS, _pause(row), row["id"]),
        )


def _pause(row: dict[str, Any]) -> dt.timedelta:
    attempts: int = row["attempts"]
    return LONGEST_PAUSE if attempts > MOST_ATTEMPTS else min(FIRST_PAUSE * (1 << (attempts - 1)), LONGEST_PAUSE)


def _drop(row: dict[str, Any]) -> None:
    with loader_connection() as conn:
        conn.execute(
            "UPDATE mail_outbox SET state = 'dropped', error = 'recipient' WHERE id = %s AND state = 'sending'",
            (row["id"],),
        )


def _message(row: dict[str, Any], letter: Letter, settings: Settings) -> Any:
    sender = settings.smtp_from or ""
    domain = sender.rpartition("@")[2]
    return message(letter.subject, letter.body, letter.html, row["address"], sender, row["made_at"], domain)


def _ended(row: dict[str, Any], letter: Letter, outcome: Outcome) -> None:
    """Write what became of it; what was told is what the next mail compares with once this one has gone."""
    pause = _pause(row)
    may_wait = outcome.fate in ("again", "away")
    state = ("failed" if row["attempts"] >= MOST_ATTEMPTS else "queued") if may_wait else outcome.fate
    said = "away" if outcome.fate == "away" else "process" if outcome.fate == "unknown" else outcome.said
    if state != "sent":
        log.warning("mail %s: %s (%s)", row["id"], state, outcome.said)
    with loader_connection() as conn:
        conn.execute(
            "UPDATE mail_outbox SET state = %s, error = %s, next_at = clock_timestamp() + %s, scope = %s, subject = %s,"
            " body = %s, html = %s, sent_at = CASE WHEN %s = 'sent' THEN clock_timestamp() END"
            " WHERE id = %s AND state = 'sending'",
            (
                state,
                None if state == "sent" else said,
                pause if state == "queued" else dt.timedelta(0),
                *(letter.scope, letter.subject, letter.body, letter.html),
                state,
                row["id"],
            ),
        )
        if outcome.fate == "away":  # so it is for all of them
            conn.execute(
                "UPDATE mail_outbox SET next_at = clock_timestamp() + %s, error = %s"
                " WHERE state = 'queued' AND next_at <= clock_timestamp()",
                (pause, said),
            )
        if state in ("sent", "unknown") and letter.told:
            conn.execute(
                "UPDATE mail_subscription SET last = %s WHERE account_id = %s AND kind = %s",
                (Jsonb(letter.told), row["account_id"], row["kind"]),
            )
