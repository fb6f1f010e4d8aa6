-- Reminders that are hard to believe: one table of checks, their thresholds in policy publication.checks.
--   burst      its account recorded reminders at burst_doors venues or more within burst_minutes, by the phones' clocks
--   street     books have street_venues venues or more of one street, and street_share of the street, on one day by one giver
--   closed     the venue was closed, or not yet open, on that day
--   suspended  its business was suspended, and had been before that day
--   note       another officer wrote the same words, of note_letters letters or more, on the same day
-- Only where it decides: counted reminders of venues that violate today. Looked up reminder by reminder, so that asking
-- for one venue is as cheap as it should be.

-- Whether the venue was "closed" on a day, or "suspended" since before it; NULL: neither. Not inlined: the rule is asked
-- of the few venues that have been either.
CREATE OR REPLACE FUNCTION shut_on(p_venue integer, p_day date) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM suspensions_of(p_venue) AS x WHERE x.starts_on < p_day) AND NOT EXISTS (
        SELECT FROM venue_opening AS o WHERE o.venue_id = p_venue AND (o.opened_on > p_day OR o.closed_on <= p_day)
    ) THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT CASE WHEN NOT s.is_open THEN 'closed' WHEN x.starts_on < p_day THEN 'suspended' END
        FROM venue_status(p_venue, p_day) AS s LEFT JOIN suspension AS x ON x.id = s.suspension_id
    );
END
$$;

-- Whether a reminder is one of those that count on a day; dear, for the rule is asked: after everything else.
CREATE OR REPLACE FUNCTION reminder_counts(p_reminder integer, p_venue integer, p_day date) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100000
AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM reminder_standing(p_venue, p_day) AS s WHERE s.reminder_id = p_reminder AND s.standing = 'counted'
    );
END
$$;

CREATE OR REPLACE VIEW implausible_reminder WITH (security_invoker = true) AS
SELECT v.id AS venue_id, v.ward_id, r.id AS reminder_id, n.code AS venue_code, r.reminded_on, r.reason,
       COALESCE(r.given_by, '') AS given_by, sign.of_check, sign.detail
FROM venue AS v
CROSS JOIN (
    SELECT d.day, p.said -> 'checks' AS checks
    FROM current_day() AS d (day) CROSS JOIN publication_policy(current_day()) AS p (said)
) AS now
CROSS JOIN LATERAL reminders_of(v.id) AS r
JOIN venue AS n ON n.id = r.venue_id
CROSS JOIN LATERAL (
    -- the streets of which a giver's books have so many venues on a day; remembered from row to row
    SELECT jsonb_object_agg(f.ward_id || '/' || f.street, f.venues) AS streets
    FROM (
        SELECT m.ward_id, m.street, count(DISTINCT o.venue_id) AS venues
        FROM reminder AS o JOIN venue AS m ON m.id = o.venue_id
        WHERE o.reminded_on = r.reminded_on AND o.given_by = r.given_by AND o.load_id IS NOT NULL
          AND m.ward_id IS NOT NULL AND m.street IS NOT NULL
        GROUP BY m.ward_id, m.street
        HAVING count(DISTINCT o.venue_id) >= (now.checks ->> 'street_venues')::integer
    ) AS f
) AS book
CROSS JOIN LATERAL (
    SELECT 'burst' AS of_check, jsonb_build_object('venues', burst.venues) AS detail
    FROM field_event AS e
    CROSS JOIN LATERAL (SELECT make_interval(mins => (now.checks ->> 'burst_minutes')::integer) AS span) AS within
    CROSS JOIN LATERAL (
        SELECT max(w.venues) AS venues
        FROM (
            -- from each venue's moment on: how many come in the span that begins there
            SELECT near.at,
                   count(*) OVER (ORDER BY near.at RANGE BETWEEN CURRENT ROW AND within.span FOLLOWING) AS venues
            FROM (
                SELECT min(g.happened_at) AS at FROM field_event AS g
                WHERE g.account_id = e.account_id AND g.kind = 'reminder' AND g.clock_said IS NULL
                  AND g.happened_at BETWEEN e.happened_at - within.span AND e.happened_at + within.span
                GROUP BY g.venue_code
            ) AS near
        ) AS w
        WHERE w.at <= e.happened_at
    ) AS burst
    WHERE e.venue_id = v.id AND e.reminder_id = r.id AND e.kind = 'reminder' AND e.clock_said IS NULL
      AND e.withdrawn_on IS NULL AND burst.venues >= (now.checks ->> 'burst_doors')::integer
    UNION ALL
    SELECT 'street', jsonb_build_object('street', n.street, 'venues', here.reminded, 'of', here.venues)
    FROM (
        SELECT (book.streets ->> (n.ward_id || '/' || n.street))::integer AS reminded, (
            SELECT count(*) FROM venue AS m
            WHERE m.street = n.street AND m.ward_id = n.ward_id AND m.merged_into IS NULL
              AND book.streets ? (n.ward_id || '/' || n.street)
        ) AS venues
        WHERE r.load_id IS NOT NULL
    ) AS here
    WHERE here.reminded >= here.venues * (now.checks ->> 'street_share')::numeric
    UNION ALL
    SELECT off.why, '{}' FROM (SELECT shut_on(v.id, r.reminded_on) AS why) AS off WHERE off.why IS NOT NULL
    UNION ALL
    SELECT 'note', jsonb_build_object('login', min(o.login), 'other', count(*))
    FROM field_event AS e
    JOIN field_event AS o ON lower(o.payload ->> 'note') = lower(e.payload ->> 'note')
    WHERE e.venue_id = v.id AND e.reminder_id = r.id AND e.kind = 'reminder' AND e.withdrawn_on IS NULL
      AND length(e.payload ->> 'note') >= (now.checks ->> 'note_letters')::integer
      AND o.kind = 'reminder' AND o.login <> e.login AND o.day = e.day
    HAVING count(*) > 0
) AS sign
WHERE v.status = 'violating' AND r.withdrawn_on IS NULL AND r.reminded_on <= now.day
  AND reminder_counts(r.id, v.id, now.day) AND sign.of_check IS NOT NULL
  AND NOT EXISTS (
      SELECT FROM reminder_check AS k
      WHERE (k.venue_code, k.reminded_on, k.reason, k.given_by) = (n.code, r.reminded_on, r.reason, COALESCE(r.given_by, ''))
        AND k.is_true
  );
