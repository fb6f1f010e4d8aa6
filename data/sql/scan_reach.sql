-- scan_reach: on which days the scanning window holds a day of scans.
--
-- "Window: the last scanning_window_days (7) days for which scans are known, up to and with the day asked for. A day that
-- is not known proves nothing": days without an export move no window. The window's size is that of the policy in force
-- on the day asked for, so a known day can leave the window and come back when the policy widens it.
--
-- Calendar 0 is read for nearly all venues. One that lacks in exports knows fewer days: each set of days that are unknown
-- for some venue is a calendar of its own (venue_reading.calendar_id), in which its scans are held for longer.

CREATE OR REPLACE VIEW scan_reach_now WITH (security_invoker = true) AS
WITH calendar AS (
    SELECT 0::bigint AS id, '{}'::datemultirange AS unknown
    UNION
    SELECT calendar_id, unknown FROM venue_reading WHERE calendar_id <> 0
),
-- With running totals a scan can also lie on a day of which not all is known: the day of an export, or one between days
-- that a file of counts settles.
possible AS (
    SELECT day, true AS known FROM scan_known_day
    UNION ALL
    SELECT d.day::date, false FROM scan_export_days AS e
    CROSS JOIN LATERAL generate_series(e.first_export - interval '1 day', e.last_export, interval '1 day') AS d (day)
    UNION ALL
    SELECT s.day - 1, false FROM (SELECT DISTINCT day FROM scan_day) AS s WHERE EXISTS (SELECT FROM scan_export)
),
day AS (
    -- number: how many known days there are up to it
    SELECT c.id AS calendar_id, p.day, p.known AND NOT p.day <@ c.unknown AS known,
           count(*) FILTER (WHERE p.known AND NOT p.day <@ c.unknown)
               OVER (PARTITION BY c.id ORDER BY p.day) AS number
    FROM (SELECT day, bool_or(known) AS known FROM possible GROUP BY day) AS p CROSS JOIN calendar AS c
),
rule AS (
    SELECT valid_from AS from_day, COALESCE(lead(valid_from) OVER (ORDER BY valid_from) - 1, 'infinity') AS to_day,
           scanning_window_days AS window_days
    FROM policy
),
-- A day is held until so many known days have come after it that they fill the window.
held AS (
    SELECT d.calendar_id, d.day AS scan_day, GREATEST(d.day, r.from_day) AS from_day,
           LEAST(r.to_day, later.day - 1) AS to_day
    FROM rule AS r
    JOIN day AS d ON d.day <= r.to_day
    LEFT JOIN day AS later
        ON later.known AND later.calendar_id = d.calendar_id AND later.number = d.number + r.window_days
    WHERE later.day IS NULL OR later.day > r.from_day
),
bounded AS (
    SELECT calendar_id, scan_day, from_day, to_day,
           lag(to_day) OVER (PARTITION BY calendar_id, scan_day ORDER BY from_day) AS previous_to_day
    FROM held
),
island AS (
    SELECT calendar_id, scan_day, from_day, to_day,
           count(*) FILTER (WHERE previous_to_day IS NULL OR previous_to_day < from_day - 1)
               OVER (PARTITION BY calendar_id, scan_day ORDER BY from_day) AS number
    FROM bounded
)
SELECT calendar_id, scan_day, min(from_day) AS from_day, max(to_day) AS to_day
FROM island GROUP BY calendar_id, scan_day, number;


-- Brings scan_reach in step with the known days and the policy; returns the venues with scans whose reach changed, and
-- from which day on.
CREATE OR REPLACE FUNCTION refresh_scan_reach()
RETURNS TABLE (changed_id integer, changed_from date)
LANGUAGE plpgsql
AS $$
BEGIN
    DROP TABLE IF EXISTS changed_reach, changed_calendar_day;
    CREATE TEMP TABLE changed_reach (LIKE scan_reach) ON COMMIT DROP;
    WITH gone AS (
        DELETE FROM scan_reach AS old
        WHERE NOT EXISTS (
            SELECT FROM scan_reach_now AS new
            WHERE (new.calendar_id, new.scan_day, new.from_day, new.to_day)
                = (old.calendar_id, old.scan_day, old.from_day, old.to_day)
        )
        RETURNING calendar_id, scan_day, from_day, to_day
    )
    INSERT INTO changed_reach (calendar_id, scan_day, from_day, to_day) SELECT * FROM gone;
    WITH come AS (
        INSERT INTO scan_reach (calendar_id, scan_day, from_day, to_day)
        SELECT calendar_id, scan_day, from_day, to_day FROM scan_reach_now
        ON CONFLICT (calendar_id, scan_day, from_day) DO NOTHING
        RETURNING calendar_id, scan_day, from_day, to_day
    )
    INSERT INTO changed_reach (calendar_id, scan_day, from_day, to_day) SELECT * FROM come;
    IF NOT EXISTS (SELECT FROM changed_reach) THEN
        RETURN;
    END IF;
    CREATE TEMP TABLE changed_calendar_day ON COMMIT DROP AS
        SELECT calendar_id, scan_day,
               -- one stretch in another's stead, from the same day on: up to the end of the shorter they are one
               CASE WHEN count(*) = 2 AND min(from_day) = max(from_day) THEN min(to_day) + 1 ELSE min(from_day) END
                   AS since
        FROM changed_reach GROUP BY calendar_id, scan_day;
    ANALYZE changed_calendar_day;
    RETURN QUERY
    SELECT s.venue_id, min(c.since)
    FROM (
        SELECT venue_id, day FROM scan_count
        WHERE scans > 0 AND day IN (SELECT c.scan_day FROM changed_calendar_day AS c)
        UNION ALL
        SELECT venue_id, to_day FROM scan_stretch WHERE to_day IN (SELECT c.scan_day FROM changed_calendar_day AS c)
    ) AS s
    LEFT JOIN venue_reading AS r ON r.venue_id = s.venue_id
    JOIN changed_calendar_day AS c ON c.calendar_id = COALESCE(r.calendar_id, 0) AND c.scan_day = s.day
    GROUP BY s.venue_id;
    DROP TABLE changed_reach, changed_calendar_day;
END
$$;
