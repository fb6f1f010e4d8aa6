"""The lines of each kind of waiting things (``data.queries.waiting``): title, said, detail, since, due_on, due_at,
reference, venue (its code; NULL: it is of none).
"""

from typing import LiteralString

from data.queries.publications_sql import IS_READY, MENDS
from data.queries.quality import SILENT_WARDS


def _cases(condition: LiteralString) -> LiteralString:
    """Open cases: the venue, its address, since the day of the last step, due as the case says."""
    return f"""
        SELECT COALESCE(v.name, c.venue_code) AS title, 'case.state.' || c.state AS said,
               concat_ws(' · ', NULLIF(v.address, ''), w.name) AS detail,
               (SELECT max(e.day) FROM case_entry AS e WHERE e.case_id = c.id) AS since,
               c.due_on, c.due_at, c.id::text AS reference, v.code AS venue
        FROM case_file AS c LEFT JOIN venue AS v ON v.id = c.venue_id LEFT JOIN ward AS w ON w.id = c.ward_id
        WHERE {condition}"""  # noqa: S608


def _venues(condition: LiteralString) -> LiteralString:
    """Venues as they are on the current day, since the first day of their status."""
    return f"""
        SELECT v.name AS title, 'status.' || p.status AS said,
               concat_ws(' · ', NULLIF(v.address, ''), w.name) AS detail,
               NULLIF(p.from_day, '-infinity') AS since, NULL::date AS due_on, NULL::timestamptz AS due_at,
               v.code AS reference, v.code AS venue
        FROM (SELECT current_day() AS day OFFSET 0) AS today
        JOIN status_period AS p ON p.from_day <= today.day AND p.to_day >= today.day
        JOIN venue AS v ON v.id = p.venue_id LEFT JOIN ward AS w ON w.id = v.ward_id
        WHERE {condition}"""  # noqa: S608


# An announcement is due within hours of the decision, and ends the clock (allowed_steps() in data/sql/cases.sql).
ANNOUNCE = _cases("c.process = 'suspension_decision' AND c.closed_at IS NULL AND c.due_at IS NOT NULL")
# "three times a day, for seven days": Nghị định 101/2010; the first of them has its clock.
ANNOUNCE_AGAIN = _cases("""
    c.process = 'suspension_decision' AND c.closed_at IS NULL AND c.due_at IS NULL AND EXISTS (
        SELECT FROM case_entry AS e WHERE e.case_id = c.id AND e.step = 'announce'
        HAVING (SELECT current_day()) - min(COALESCE((e.facts ->> 'day')::date, e.day)) BETWEEN 0 AND 6
           AND count(*) FILTER (WHERE COALESCE((e.facts ->> 'day')::date, e.day) = (SELECT current_day())) < 3
    )""")
LIFT = _cases("c.process = 'suspension_decision' AND c.state = 'lift_due'")
CONFIRM = _cases("c.process = 'suspension_request' AND c.state = 'requested'")
IMPLAUSIBLE: LiteralString = """
    SELECT r.venue_name AS title, 'case.reminders.check.' || min(k.name) AS said, r.address AS detail,
           min(r.reminded_on) AS since, NULL::date AS due_on, NULL::timestamptz AS due_at, '' AS reference,
           r.venue_code AS venue
    FROM reminder_checks_open() AS r CROSS JOIN LATERAL jsonb_object_keys(r.checks) AS k (name)
    GROUP BY r.venue_code, r.venue_name, r.address
"""
AGREE = _cases("c.process = 'suspension_request' AND c.state = 'confirmed'")
# Inspections wait for who inspects, and for nobody else who sees them.
_THEIRS: LiteralString = """c.process = 'visit' AND ((SELECT caller_may('inspect')) OR NOT EXISTS (
        SELECT FROM visit AS x WHERE x.case_id = c.id AND x.kind = 'inspection'
    ))"""
VISITS = _cases(f"{_THEIRS} AND c.state = 'planned' AND c.due_on <= (SELECT current_day())")
FOLLOW_UPS = _cases(f"{_THEIRS} AND c.state = 'due'")
# What the machine has ended is told to those concerned, for a week.
ENDED = _cases("""
    c.process = 'suspension_request' AND c.state IN ('ended', 'withdrawn') AND jsonb_exists(c.facts, 'registered_on')
    AND (SELECT max(e.day) FROM case_entry AS e WHERE e.case_id = c.id) > (SELECT current_day()) - 7""")
REFERRALS = _cases("c.process = 'referral' AND c.state = 'sent'")


def _lists(condition: LiteralString) -> LiteralString:
    """Lists to be published, by their titles: since the day of the last step, due as the case says."""
    return f"""
        SELECT l.title, 'case.state.' || f.state AS said, f.opened_by AS detail,
               (SELECT max(e.day) FROM case_entry AS e WHERE e.case_id = f.id) AS since,
               f.due_on, NULL::timestamptz AS due_at, f.id::text AS reference, NULL AS venue
        FROM publication AS l JOIN case_file AS f ON f.id = l.list_id WHERE {condition}"""  # noqa: S608


def _entries(condition: LiteralString, due_on: LiteralString = "c.due_on") -> LiteralString:
    """Names of lists (c, e; f is the list, which officers of a ward do not see), as officers know them."""
    return f"""
        SELECT e.shown ->> 'name' AS title, 'case.state.' || c.state AS said,
               concat_ws(' · ', NULLIF(e.shown ->> 'address', ''), NULLIF(e.shown ->> 'ward', '')) AS detail,
               (SELECT max(x.day) FROM case_entry AS x WHERE x.case_id = c.id) AS since,
               {due_on} AS due_on, NULL::timestamptz AS due_at, c.id::text AS reference, NULL AS venue
        FROM publication_entry AS e JOIN case_file AS c ON c.id = e.case_id
        LEFT JOIN case_file AS f ON f.id = e.list_id
        WHERE {condition}"""  # noqa: S608


LISTS_TO_NOTIFY = _lists("f.state = 'draft'")
LISTS_TO_PUBLISH = _lists("f.state = 'approved' AND l.publish_at IS NULL")
LISTS_UNSEALED = _lists("l.published_at IS NOT NULL AND l.version > l.sealed_version")
# Where a published list went has to be told once; what was corrected or withdrawn, in each channel that was used.
LISTS_TO_TICK = _lists(f"""
    (f.state = 'published' AND NOT EXISTS (SELECT FROM case_entry AS x WHERE x.case_id = f.id AND x.step = 'tick'))
    OR l.list_id IN (SELECT m.list_id FROM ({MENDS}) AS m WHERE NOT m.is_told)""")  # noqa: S608
ENTRIES_TO_DELIVER = _entries("c.state = 'notified' AND e.delivered_on IS NULL")
ENTRIES_READY = _entries(f"f.state IN ('notified', 'approved', 'published') AND ({IS_READY})", "NULL::date")
OBJECTIONS = _entries("c.state IN ('objected', 'contested')")
CLAIMS = _entries("c.state IN ('claimed', 'pending')")

UNPLANNED = _venues("""
    p.status = 'violating' AND NOT EXISTS (
        SELECT FROM case_file AS c WHERE c.venue_id = v.id AND c.process = 'visit' AND c.closed_at IS NULL
    )""")
NEW_VIOLATORS = _venues("p.status = 'violating' AND p.from_day > today.day - 7")
POINTS_OF_SALE = _venues(
    "p.status = 'violating' AND v.category IN (SELECT g.code FROM category AS g WHERE g.is_point_of_sale)"
)
NOT_COMPLIANT = _venues("p.status <> 'scanning'")

PROPOSALS: LiteralString = """
    SELECT COALESCE(v.name, e.payload ->> 'name', e.venue_code) AS title, 'field.kind.' || e.kind AS said,
           e.recorded_by AS detail, e.day AS since, NULL::date AS due_on, NULL::timestamptz AS due_at, '' AS reference,
           NULL AS venue
    FROM field_event AS e LEFT JOIN venue AS v ON v.id = e.venue_id
    WHERE e.kind LIKE 'proposal%%' AND e.state = 'waiting'"""
FILES: LiteralString = """
    SELECT f.file_name AS title, 'waiting.file.' || f.state AS said, f.received_by AS detail,
           (f.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS since, NULL::date AS due_on,
           NULL::timestamptz AS due_at, '' AS reference, NULL AS venue
    FROM received_file AS f WHERE f.state IN ('read', 'checked', 'refused')"""
# What the worker has been asked to do already is left out by the screen itself; it is soon done.
DESCRIBED: LiteralString = """
    SELECT m.name AS title, NULL AS said, NULLIF(m.address, '') AS detail, NULL::date AS since, NULL::date AS due_on,
           NULL::timestamptz AS due_at, '' AS reference, NULL AS venue
    FROM mention AS m
    WHERE EXISTS (SELECT FROM pending_row AS p WHERE p.mention_id = m.id)
      AND NOT EXISTS (SELECT FROM link AS l WHERE l.mention_id = m.id)
      AND NOT EXISTS (SELECT FROM link_decision AS d WHERE d.mention_key = m.key)"""
TWINS: LiteralString = """
    SELECT a.name AS title, NULL AS said, b.name || ' · ' || b.code AS detail, NULL::date AS since,
           NULL::date AS due_on, NULL::timestamptz AS due_at, '' AS reference, NULL AS venue
    FROM duplicate_candidate AS d JOIN venue AS a ON a.id = d.first_id JOIN venue AS b ON b.id = d.second_id
    WHERE d.doubtful AND NOT d.forbidden AND a.merged_into IS NULL AND b.merged_into IS NULL AND NOT EXISTS (
        SELECT FROM merge_decision AS e WHERE (e.duplicate_code, e.kept_code) IN ((a.code, b.code), (b.code, a.code))
    )"""
PASSWORDS: LiteralString = """
    SELECT a.name AS title, NULL AS said, a.login AS detail,
           (a.created_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS since, NULL::date AS due_on,
           a.one_time_until AS due_at, '' AS reference, NULL AS venue
    FROM account AS a WHERE a.one_time_until IS NOT NULL AND a.disabled_at IS NULL"""
SILENT: LiteralString = f"""
    SELECT s.name AS title, NULL AS said, NULL AS detail, s.as_of AS since, NULL::date AS due_on,
           NULL::timestamptz AS due_at, '' AS reference, NULL AS venue
    FROM ({SILENT_WARDS}) AS s"""  # noqa: S608  # data.queries.quality's own


def _reports(condition: LiteralString) -> LiteralString:
    """Reports of wards that could have been sent: due by the hour, in the data's calendar."""
    return f"""
        SELECT m.ward AS title, CASE WHEN m.is_late THEN 'report.overdue' ELSE 'report.to_send' END AS said,
               to_char(m.first_day, 'IW/IYYY') AS detail, m.first_day AS since,
               (m.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS due_on, NULL::timestamptz AS due_at,
               to_char(m.first_day, 'IYYY-"W"IW') AS reference, NULL AS venue
        FROM report_missing() AS m WHERE {condition}"""  # noqa: S608


REPORTS = _reports("true")
REPORTS_LATE = _reports("m.is_late")
