"""SQL of lists to be published that more than one question asks (``data.queries.publications``, ``waiting_sql``)."""

from typing import LiteralString

# Whether an entry (c, e, of the list whose case is f) may be approved, whoever asks; what costs is asked last. A day
# is on the case: publication_deadline() in data/sql/publication_clock.sql.
IS_READY: LiteralString = """
    CASE WHEN c.state IN ('notified', 'decided') AND e.delivered_on IS NOT NULL AND c.due_on < (SELECT current_day())
         THEN publication_approve_forbids(c, e, f.state) IS NULL ELSE false END"""

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
