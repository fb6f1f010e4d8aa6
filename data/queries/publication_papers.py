"""What papers of publication are made from: letters of a list, its sealed version, what was mended, numbers, delivery.

Whoever may see the list's case sees these rows (row-level security); texts that people wrote are cleaned of numbers of
persons before anything else sees them.
"""

import datetime as dt
import json
from typing import Any, NamedTuple

from data.database.connection import Connection
from data.queries.personal_numbers import without_personal_numbers
from data.queries.publication_letters import (
    CountedReminder,
    Delivery,
    Figure,
    Letter,
    Mend,
    Notice,
    OutgoingDocument,
)
from data.status.days import data_span


class Addressed(NamedTuple):
    """A letter, and the entry (its case's number) that it is of."""

    entry: int
    letter: Letter


class SealedList(NamedTuple):
    """A list with its last sealed version: ``row`` of list and seal, ``entries`` that stand, by position, the hash of
    each entry that was sealed by its slug, and the wards of all entries.
    """

    row: dict[str, Any]
    entries: list[dict[str, Any]]
    sealed: dict[str, str]
    wards: tuple[str, ...]


def notice_of(conn: Connection, list_id: int, site: str) -> Notice | None:
    """What the letters of a list share; None: there is no such list, or not for who asks."""
    row = conn.execute("SELECT kind, title, day, from_day, policy FROM publication WHERE list_id = %s", (list_id,))
    found = row.fetchone()
    if found is None:
        return None
    span, policy = data_span(conn), found["policy"]
    return Notice(
        list_id,
        found["kind"],
        found["title"],
        policy[f"word_{found['kind']}"],
        found["day"],
        found["from_day"],
        policy["notice_days"],
        policy["retention_days"],
        max(span.current_day, found["day"]),
        site,
        span.is_demo,
    )


def letters_of(conn: Connection, list_id: int, entry: int | None = None) -> list[Addressed]:
    """Letters of the entries that were notified and have none delivered yet, in the order of the list; of one entry
    that is open, whatever has become of it since.
    """
    rows = conn.execute(
        """
        SELECT e.case_id, e.shown, e.facts, e.body_kind, e.delivered_on, publication_deadline(e.case_id) AS due_on
        FROM publication_entry AS e JOIN case_file AS c ON c.id = e.case_id
        WHERE e.list_id = %(list)s AND c.closed_at IS NULL AND c.state <> 'draft'
          AND (e.case_id = %(entry)s OR %(entry)s::bigint IS NULL AND c.state = 'notified' AND e.delivered_on IS NULL)
        ORDER BY e.position
        """,
        {"list": list_id, "entry": entry},
    )
    return [Addressed(row["case_id"], _letter(row)) for row in rows]


def _letter(row: dict[str, Any]) -> Letter:
    shown, facts = row["shown"], row["facts"]
    is_ward = row["body_kind"] == "ward"
    name = _cleaned(shown.get("name"))
    last = facts.get("last_scan")
    return Letter(
        name,
        _cleaned(shown.get("address")),
        name if is_ward else shown.get("ward") or "",
        body_kind=row["body_kind"] or "",
        has_qr=bool(facts.get("has_qr")),
        last_scan=dt.date.fromisoformat(last) if last else None,
        reminders=tuple(_reminder(each) for each in facts.get("reminders") or ()),
        figures=figures_of(shown),
        delivered_on=row["delivered_on"],
        due_on=row["due_on"],
    )


def _cleaned(text: str | None) -> str:
    return without_personal_numbers(text or "")


def _reminder(said: dict[str, Any]) -> CountedReminder:
    source = "photo" if said.get("photo") else said["how"]
    day = dt.date.fromisoformat(said["reminded_on"])
    return CountedReminder(day, said["reason"], _cleaned(said.get("given_by")), source)


def figures_of(shown: dict[str, Any]) -> tuple[Figure, ...]:
    """Figures of a body, in the order in which they are told."""
    found = shown.get("figures") or {}
    order = [name for name in ("venues", "without_qr", "reached", "reminders") if name in found]
    order += sorted(found.keys() - set(order))
    return tuple(Figure(name, str(found[name])) for name in order if found[name] is not None)


def sealed_list(conn: Connection, list_id: int) -> SealedList | None:
    """The list's last sealed version and what of it stands; None: there is none, or not for who asks."""
    row = conn.execute(
        """
        SELECT p.*, s.version AS seal_version, s.leaf, s.manifest, s.sha256, s.root, s.key_id, s.sealed_at,
               n.number, n.day AS signed_on
        FROM publication AS p
        JOIN publication_seal AS s ON s.list_id = p.list_id AND s.version = p.sealed_version
        LEFT JOIN LATERAL (
            SELECT x.number, x.day FROM document_number AS x
            WHERE x.case_id = p.list_id AND x.subject = p.title ORDER BY x.id DESC LIMIT 1
        ) AS n ON true
        WHERE p.list_id = %s
        """,
        (list_id,),
    ).fetchone()
    if row is None:
        return None
    entries = conn.execute(
        """
        SELECT e.slug, e.shown, e.anonymous, e.corrected_on, e.body_kind, c.state,
               CASE WHEN e.answer_printed THEN e.answer END AS answer,
               c.state IN ('published', 'pending', 'contested') AS stands
        FROM publication_entry AS e JOIN case_file AS c ON c.id = e.case_id
        WHERE e.list_id = %s AND c.state NOT IN ('held_back', 'dropped') ORDER BY e.position
        """,
        (list_id,),
    ).fetchall()
    wards = tuple(sorted({each["shown"].get("ward") or "" for each in entries}))
    sealed = {each["slug"]: each["sha256"] for each in json.loads(row["manifest"])["entries"]}
    return SealedList(row, [each for each in entries if each["stands"]], sealed, wards)


def mends_of(conn: Connection, list_id: int) -> list[Mend]:
    """What was corrected in a list since it was published, or taken back; of who has left, not what was corrected."""
    rows = conn.execute(
        """
        SELECT e.position, e.slug, e.shown, e.anonymous, x.step, x.day, x.facts
        FROM case_entry AS x JOIN publication_entry AS e ON e.case_id = x.case_id
        JOIN case_file AS c ON c.id = e.case_id
        WHERE e.list_id = %s AND EXISTS (
            SELECT FROM case_entry AS b WHERE b.case_id = x.case_id AND b.step = 'publish' AND b.id < x.id
        ) AND (
            x.step IN ('withdraw', 'uphold', 'take_off')
            OR x.step IN ('correct', 'moved') AND c.state IN ('published', 'pending', 'contested')
        )
        ORDER BY x.id
        """,
        (list_id,),
    )
    found = [_mend(row) for row in rows]
    return [each for each in found if each.fields or not each.is_correction]


def _mend(row: dict[str, Any]) -> Mend:
    facts = row["facts"]
    # The name of an entry without one is told on no paper, and neither is that of one taken back.
    named = {"name", "address", "ward", "what"} - ({"name"} if row["anonymous"] else set())
    is_correction = row["step"] in ("correct", "moved")
    return Mend(
        row["position"],
        row["slug"],
        is_correction,
        "" if row["anonymous"] or not is_correction else _cleaned(row["shown"].get("name")),
        row["day"],
        _cleaned(facts.get("why")),
        tuple((name, _cleaned(facts[name])) for name in sorted(named & facts.keys())) if is_correction else (),
    )


def taken_back_why(conn: Connection, list_id: int) -> str:
    """Why the list as a whole was taken back; "": it was not."""
    row = conn.execute(
        "SELECT facts ->> 'why' AS why FROM case_entry WHERE case_id = %s AND step = 'withdraw'", (list_id,)
    ).fetchone()
    return _cleaned(row["why"]) if row else ""


def outgoing_documents(conn: Connection, year: int) -> list[OutgoingDocument]:
    """Documents of a year of which the number was entered: body by body, in the order of their days."""
    rows = conn.execute(
        "SELECT issuer, number, day, subject, recipient, signer FROM document_number WHERE year = %s"
        ' ORDER BY issuer COLLATE "vi-x-icu", day, id',
        (year,),
    )
    return [
        OutgoingDocument(
            _cleaned(row["issuer"]),
            row["number"],
            row["day"],
            _cleaned(row["subject"]),
            _cleaned(row["recipient"]),
            _cleaned(row["signer"]),
        )
        for row in rows
    ]


def delivery_of(conn: Connection, entry: int, site: str) -> Delivery | None:
    """How the notice of an entry was delivered, or a form for it; None: no such entry is open for who asks."""
    row = conn.execute(
        """
        SELECT e.list_id, x.facts FROM publication_entry AS e
        LEFT JOIN case_entry AS x ON x.case_id = e.case_id AND x.step = 'deliver'
        WHERE e.case_id = %s ORDER BY x.id DESC LIMIT 1
        """,
        (entry,),
    ).fetchone()
    letters = letters_of(conn, row["list_id"], entry) if row else []
    notice = notice_of(conn, row["list_id"], site) if row else None
    if row is None or notice is None or not letters:
        return None
    facts = row["facts"] or {}
    return Delivery(
        letters[0].letter,
        notice,
        facts.get("how"),
        _cleaned(facts.get("by")),
        _cleaned(facts.get("to")),
        facts.get("signed") is False,
        _cleaned(facts.get("note")),
    )
