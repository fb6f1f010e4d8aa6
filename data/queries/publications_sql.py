"""SQL of lists to be published that more than one question asks (``data.queries.publications``, ``waiting_sql``)."""

from typing import LiteralString

# Whether an entry (c, e, of the list whose case is f) may be approved, whoever asks: as publication_approve_forbids()
# (data/sql/publication_rules.sql) decides, asked of thousands at once. The day of its clock is on its case.
IS_READY: LiteralString = """
    (c.state IN ('notified', 'decided') AND f.state IN ('notified', 'approved', 'published')
     AND e.delivered_on IS NOT NULL AND c.due_on IS NOT NULL AND c.due_on < (SELECT current_day())
     AND NOT (e.anonymous_proposed AND e.anonymous IS NULL)
     AND (e.body_kind IS NOT NULL OR (
         c.venue_id IN (
             SELECT p.venue_id FROM status_period AS p CROSS JOIN (SELECT current_day() AS day OFFSET 0) AS today
             WHERE p.status = 'violating' AND p.from_day <= today.day AND p.to_day >= today.day
         ) AND c.venue_id NOT IN (SELECT d.venue_id FROM venue_doubt AS d WHERE d.venue_id IS NOT NULL)
     )))"""

# What was corrected or withdrawn after it had gone out by other ways than the public page, which changes by itself:
# a row for each seal and channel, with whether it was told there. Seals tell whole seconds.
MENDS: LiteralString = """
    SELECT s.list_id, s.leaf, s.version, s.kind, s.sealed_at, used.channel, EXISTS (
        SELECT FROM case_entry AS x
        WHERE x.case_id = s.list_id AND x.step = 'tick' AND x.facts ->> 'channel' = used.channel
          AND x.facts ->> 'correction' = s.leaf::text
    ) AS is_told
    FROM publication_seal AS s
    CROSS JOIN LATERAL (
        SELECT DISTINCT x.facts ->> 'channel' AS channel FROM case_entry AS x
        WHERE x.case_id = s.list_id AND x.step = 'tick' AND NOT x.facts ? 'correction'
          AND date_trunc('second', x.at) <= s.sealed_at AND x.facts ->> 'channel' <> 'page'
    ) AS used
    WHERE s.kind IN ('correction', 'withdrawal')"""
