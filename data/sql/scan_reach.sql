-- scan_reach: on which days the scanning window holds a known day.
--
-- "Window: the last scanning_window_days (7) days for which scans are known, up to and with the day asked for. A day that
-- is not known proves nothing": days without an export move no window. The window's size is that of the policy in force
-- on the day asked for, so a known day can leave the window and come back when the policy widens it.

CREATE OR REPLACE VIEW scan_reach_now WITH (security_invoker = true) AS
WITH known AS (
    SELECT day, row_number() OVER (ORDER BY day) AS number FROM (SELECT DISTINCT day FROM scan_day) AS d
),
-- Between two of these days nothing moves the window.
edge AS (
    SELECT day FROM known
    UNION
    SELECT valid_from FROM policy WHERE valid_from > (SELECT min(day) FROM known)
),
segment AS (
    SELECT e.day AS from_day,
           COALESCE(lead(e.day) OVER (ORDER BY e.day) - 1, 'infinity') AS to_day,
           (SELECT max(k.number) FROM known AS k WHERE k.day <= e.day) AS last_number,
           (SELECT p.scanning_window_days FROM policy AS p
            WHERE p.valid_from <= e.day ORDER BY p.valid_from DESC LIMIT 1) AS window_days
    FROM edge AS e
),
held AS (
    SELECT k.day AS scan_day, s.from_day, s.to_day,
           lag(s.to_day) OVER (PARTITION BY k.day ORDER BY s.from_day) AS previous_to_day
    FROM segment AS s
    JOIN known AS k ON k.number > s.last_number - s.window_days AND k.number <= s.last_number
),
island AS (
    SELECT scan_day, from_day, to_day,
           count(*) FILTER (WHERE previous_to_day IS NULL OR previous_to_day < from_day - 1)
               OVER (PARTITION BY scan_day ORDER BY from_day) AS number
    FROM held
)
SELECT scan_day, min(from_day) AS from_day, max(to_day) AS to_day FROM island GROUP BY scan_day, number;


-- Brings scan_reach in step with the known days and the policy; returns the known days whose reach changed.
CREATE OR REPLACE FUNCTION refresh_scan_reach() RETURNS date[]
LANGUAGE plpgsql
AS $$
DECLARE
    changed date[];
BEGIN
    WITH gone AS (
        DELETE FROM scan_reach AS old
        WHERE NOT EXISTS (
            SELECT FROM scan_reach_now AS new
            WHERE (new.scan_day, new.from_day, new.to_day) = (old.scan_day, old.from_day, old.to_day)
        )
        RETURNING scan_day
    )
    SELECT array_agg(scan_day) INTO changed FROM gone;
    WITH come AS (
        INSERT INTO scan_reach (scan_day, from_day, to_day)
        SELECT scan_day, from_day, to_day FROM scan_reach_now
        ON CONFLICT (scan_day, from_day) DO NOTHING
        RETURNING scan_day
    )
    SELECT COALESCE(changed, '{}') || COALESCE(array_agg(scan_day), '{}') INTO changed FROM come;
    RETURN changed;
END
$$;
