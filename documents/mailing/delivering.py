"""What is due is written, and what is written goes: ``python -m documents deliver``, which the worker starts.

A mail is marked ``sending`` before the server is asked, in a transaction of its own: whoever dies meanwhile leaves one
of which nobody knows whether it went, and it is not sent again by itself. Each occasion has one row.
"""

import datetime as dt
import logging
from typing import Any

from psycopg.types.json import Jsonb

from data.access.caller import Caller, acting_as
from data.accounts.standing import caller_of
from data.database.connection import Connection, app_connection, loader_connection
from data.queries.report_board import missing
from data.settings import Settings, get_settings
from documents.mailing.messages import Letter, figures_letter, message, reports_letter
from documents.mailing.sending import send

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
    _write_figures()
    _write_reports()
    return _send_all(settings)


def _write_figures() -> None:
    with loader_connection() as conn:
        due = conn.execute("SELECT account_id, kind, key FROM mail_due()").fetchall()
    for one in due:
        with loader_connection() as conn:
            who = _recipient(conn, one["account_id"])
            row = conn.execute(
                "SELECT last FROM mail_subscription WHERE account_id = %s AND kind = 'figures'", (one["account_id"],)
            ).fetchone()
        if who is None or row is None:
            continue
        with acting_as(who), app_connection() as conn:
            letter = figures_letter(conn, who, row["last"])
        with loader_connection() as conn:
            _write(conn, one["account_id"], "figures", one["key"], letter)
            conn.execute(
                "UPDATE mail_subscription SET last = %s WHERE account_id = %s AND kind = 'figures'",
                (Jsonb(letter.told), one["account_id"]),
            )


def _write_reports() -> None:
    """Once a day: to each chair what is due and not sent; from the day on which it is due."""
    with loader_connection() as conn:
        checked = conn.execute(
            "UPDATE mail_setting SET reports_checked_on = current_day() WHERE reports_checked_on IS DISTINCT FROM"
            " current_day() AND (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::time >= '07:00'"
            " RETURNING current_day() AS day"
        ).fetchone()
        chairs = conn.execute(
            "SELECT a.id FROM account AS a JOIN mail_address AS m ON m.account_id = a.id WHERE a.disabled_at IS NULL"
        ).fetchall()
    if checked is None:
        return
    for row in chairs:
        with loader_connection() as conn:
            who = _recipient(conn, row["id"])
        if who is None or "report" not in who.rights:
            continue
        with acting_as(who), app_connection() as conn:
            due = [one for one in missing(conn) if one.is_late or one.due_at.date() == checked["day"]]
            letter = reports_letter(conn, who, due) if due else None
        if letter:
            with loader_connection() as conn:
                _write(conn, row["id"], "reports", checked["day"].isoformat(), letter)


def _recipient(conn: Connection, account: int) -> Caller | None:
    who = caller_of(conn, account)
    return who if who and "view" in who.rights else None


def _write(conn: Connection, account: int, kind: str, key: str, letter: Letter) -> None:
    conn.execute(
        "INSERT INTO mail_outbox (account_id, kind, key, scope, subject, body, html)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (account_id, kind, key) DO NOTHING",
        (account, kind, key, letter.scope, letter.subject, letter.body, letter.html),
    )


def _send_all(settings: Settings) -> int:
    gone = 0
    for _ in range(MOST_AT_ONCE):
        claimed = _claimed()
        if claimed is None:
            return gone
        outcome = send(_message(claimed, settings), settings)
        gone += outcome.fate == "sent"
        _ended(claimed, outcome.fate, outcome.said)
        if outcome.fate == "again":  # the server is away for all of them
            return gone
    return gone


def _claimed() -> dict[str, Any] | None:
    """The next mail that may go, marked as being sent; those whose recipient is no more are dropped on the way."""
    while True:
        with loader_connection() as conn:
            row = conn.execute(
                """
                UPDATE mail_outbox SET state = 'sending', attempts = attempts + 1, next_at = clock_timestamp()
                WHERE id = (SELECT o.id FROM mail_outbox AS o
                            WHERE o.state = 'queued' AND o.next_at <= clock_timestamp()
                            ORDER BY o.id LIMIT 1 FOR UPDATE SKIP LOCKED)
                RETURNING id, account_id, subject, body, html, made_at, attempts,
                          (SELECT m.address FROM mail_address AS m
                           WHERE m.account_id = mail_outbox.account_id) AS address
                """
            ).fetchone()
            if row is None:
                return None
            if row["address"] and _recipient(conn, row["account_id"]):
                return row
            conn.execute("UPDATE mail_outbox SET state = 'dropped', error = 'recipient' WHERE id = %s", (row["id"],))


def _message(row: dict[str, Any], settings: Settings) -> Any:
    sender = settings.smtp_from or ""
    domain = sender.rpartition("@")[2]
    return message(row["subject"], row["body"], row["html"], row["address"], sender, row["made_at"], domain)


def _ended(row: dict[str, Any], fate: str, said: str) -> None:
    pause = min(FIRST_PAUSE * 2 ** (row["attempts"] - 1), LONGEST_PAUSE)
    is_given_up = fate == "again" and row["attempts"] >= MOST_ATTEMPTS
    state = {"sent": "sent", "again": "failed" if is_given_up else "queued"}.get(fate, fate)
    if state != "sent":
        log.warning("mail %s: %s (%s)", row["id"], state, said)
    with loader_connection() as conn:
        conn.execute(
            "UPDATE mail_outbox SET state = %s, error = %s, next_at = clock_timestamp() + %s,"
            " sent_at = CASE WHEN %s = 'sent' THEN clock_timestamp() END WHERE id = %s AND state = 'sending'",
            (
                state,
                None if state == "sent" else said,
                pause if state == "queued" else dt.timedelta(0),
                state,
                row["id"],
            ),
        )
