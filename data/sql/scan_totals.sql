-- What follows from running totals: the QR account states the scans of a venue since its code was made, up to a moment.
--
-- Between two statements of a venue lies their difference, on the days that the two moments span: both of them included
-- where the hour is within the day. A file without an hour may be of any minute of its day. So a difference proves that
-- there were scans on some of these days, and no more; the status rule reads each of them as a day that may have had one
-- (scan_stretch), because the venue's name may be published. A difference of nothing proves days without scans.
--   first     The first total of a venue says that there were scans, not when: any day up to it.
--   fall      A total that falls: the code was made anew, or two records became one. What it says is counted from then
--             on, so all of it lies since the statement before; of days that it does not prove nothing is known.
--   counted   A day in a file of counts per day is settled by that file for all venues: it is in no stretch, and its
--             scans are taken off the difference that it lies within.
-- Two files that state different totals of a venue at one moment: the larger holds, whichever was loaded first. A total
-- without an hour that is below one of the same day with an hour was read before it, and says nothing more.
--
-- All of it is a function of scan_total, scan_export, scan_day, scan_count and venue.merged_into, in whatever order they
-- came to be there.

-- A venue stands for itself and for those merged into it; a merged venue stands for nothing.
CREATE OR REPLACE VIEW venue_member WITH (security_invoker = true) AS
    SELECT id AS venue_id, id AS member_id FROM venue WHERE merged_into IS NULL
    UNION ALL
    SELECT merged_into, id FROM venue WHERE merged_into IS NOT NULL;


-- Whole days between the first and the last export: days for which totals let scans be known, of the venues in them.
CREATE OR REPLACE VIEW scan_export_days WITH (security_invoker = true) AS
    SELECT min(exported_on + (exported_minute <> 0)::integer) AS first_day, max(exported_on) - 1 AS last_day,
           min(exported_on) AS first_export, max(exported_on) AS last_export
    FROM scan_export;


-- The days for which scans are known.
CREATE OR REPLACE VIEW scan_known_day WITH (security_invoker = true) AS
    SELECT day FROM scan_day
    UNION
    SELECT d.day::date FROM scan_export_days AS e
    CROSS JOIN LATERAL generate_series(e.first_day::timestamp, e.last_day::timestamp, interval '1 day') AS d (day);


-- Scans a day with how each number came to be; of an interval each day has its share, and the shares add up to it.
CREATE OR REPLACE VIEW scan_daily WITH (security_invoker = true) AS
    SELECT venue_id, day, scans::bigint AS scans, 'counted' AS basis, day AS from_day, day AS to_day,
           scans::bigint AS difference
    FROM scan_count
    UNION ALL
    SELECT s.venue_id, s.from_day + n.number - 1,
           s.scans * n.number / length.days - s.scans * (n.number - 1) / length.days,
           s.basis, s.from_day, s.to_day, s.difference
    FROM scan_stretch AS s
    CROSS JOIN LATERAL (SELECT s.to_day - s.from_day + 1 AS days WHERE s.scans IS NOT NULL) AS length
    CROSS JOIN LATERAL generate_series(1, length.days) AS n (number);


-- Venues with a QR of which nothing is known for the newest days that exports cover, and since when.
CREATE OR REPLACE VIEW missing_export WITH (security_invoker = true) AS
    SELECT r.venue_id, min(k.day) AS since
    FROM scan_export_days AS e
    CROSS JOIN LATERAL (
        SELECT m.venue_id, min(q.registered_on) AS registered_on
        FROM venue_member AS m JOIN registration AS q ON q.venue_id = m.member_id
        WHERE is_in_force(q.registered_on, q.ended_on, e.last_day)
        GROUP BY m.venue_id
    ) AS r
    -- one look at each venue's newest total, not at all totals
    CROSS JOIN LATERAL (
        SELECT GREATEST(e.first_day, r.registered_on, max(newest.exported_on)) AS from_day
        FROM venue_member AS m
        CROSS JOIN LATERAL (
            SELECT t.exported_on FROM scan_total AS t
            WHERE t.venue_id = m.member_id ORDER BY t.exported_on DESC LIMIT 1
        ) AS newest
        WHERE m.venue_id = r.venue_id
        OFFSET 0
    ) AS since
    CROSS JOIN LATERAL (
        SELECT k.day FROM scan_known_day AS k WHERE k.day BETWEEN since.from_day AND e.last_day
    ) AS k
    WHERE since.from_day <= e.last_day AND NOT EXISTS (SELECT FROM scan_day AS d WHERE d.day = k.day)
    GROUP BY r.venue_id;


-- The differences between successive totals of the venues named (NULL: all) as the temporary table scan_difference.
-- inner_from and inner_to: the days wholly between the two moments, whatever the hours were.
CREATE OR REPLACE FUNCTION compute_scan_differences(p_venues integer[]) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    DROP TABLE IF EXISTS scan_difference;
    CREATE TEMP TABLE scan_difference ON COMMIT DROP AS
    WITH statement AS (
        SELECT t.venue_id, t.exported_on, t.exported_minute, max(t.total) AS total
        FROM scan_total AS t WHERE p_venues IS NULL OR t.venue_id = ANY (p_venues)
        GROUP BY t.venue_id, t.exported_on, t.exported_minute
    ),
    beside AS (
        SELECT s.*, max(s.total) FILTER (WHERE s.exported_minute >= 0)
                        OVER (PARTITION BY s.venue_id, s.exported_on) AS timed_total
        FROM statement AS s
    ),
    ordered AS (
        SELECT b.venue_id, b.exported_on, b.exported_minute, b.total,
               lag(b.exported_on) OVER successive AS previous_on,
               lag(b.exported_minute) OVER successive AS previous_minute,
               lag(b.total) OVER successive AS previous_total
        FROM beside AS b
        WHERE b.exported_minute >= 0 OR b.timed_total IS NULL OR b.total >= b.timed_total
        WINDOW successive AS (
            -- the latest moment that each may be of
            PARTITION BY b.venue_id
            ORDER BY b.exported_on + (b.exported_minute < 0)::integer, GREATEST(b.exported_minute, 0), b.exported_on
        )
    )
    SELECT o.venue_id,
           COALESCE(o.previous_on, '-infinity') AS from_day,
           o.exported_on - (o.exported_minute = 0)::integer AS to_day,
           COALESCE(o.previous_on + (o.previous_minute <> 0)::integer, '-infinity') AS inner_from,
           o.exported_on - 1 AS inner_to,
           CASE WHEN o.total >= o.previous_total THEN o.total - o.previous_total ELSE o.total END AS scans,
           CASE WHEN o.previous_total IS NULL THEN 'first' WHEN o.total < o.previous_total THEN 'fall'
                ELSE 'difference' END AS basis
    FROM ordered AS o;
END
$$;


-- The stretches of the venues of scan_difference as the temporary table new_stretch (columns of scan_stretch).
CREATE OR REPLACE FUNCTION compute_scan_stretches() RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    counted CONSTANT datemultirange := COALESCE(
        (SELECT range_agg(daterange(d.day, d.day + 1)) FROM (SELECT DISTINCT day FROM scan_day) AS d), '{}'
    );
BEGIN
    DROP TABLE IF EXISTS new_stretch;
    CREATE TEMP TABLE new_stretch ON COMMIT DROP AS
    WITH spanned AS (
        -- several exports on one day
        SELECT d.venue_id, d.from_day, d.to_day, max(d.inner_from) AS inner_from, min(d.inner_to) AS inner_to,
               sum(d.scans)::bigint AS scans,
               CASE WHEN bool_or(d.basis = 'first') THEN 'first' WHEN bool_or(d.basis = 'fall') THEN 'fall'
                    WHEN d.from_day = d.to_day THEN 'difference' ELSE 'interval' END AS basis
        FROM scan_difference AS d WHERE d.scans > 0
        GROUP BY d.venue_id, d.from_day, d.to_day
    ),
    settled AS (
        -- at_least and at_most: scans on the days that no file of counts settles
        SELECT s.*, counted && daterange(s.from_day, s.to_day + 1) AS is_split,
               GREATEST(0, s.scans - known.overlapping) AS at_least, s.scans - known.within AS at_most
        FROM spanned AS s
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(c.scans), 0) AS overlapping,
                   COALESCE(sum(c.scans) FILTER (WHERE c.day BETWEEN s.inner_from AND s.inner_to), 0) AS within
            FROM scan_count AS c
            WHERE c.venue_id = s.venue_id AND c.day BETWEEN s.from_day AND s.to_day
              AND counted && daterange(s.from_day, s.to_day + 1)
        ) AS known
    ),
    run AS (
        SELECT s.venue_id, lower(r.days) AS from_day, upper(r.days) - 1 AS to_day, s.basis, s.at_least, s.scans,
               length.days, sum(length.days) OVER whole AS days_in_all, sum(length.days) OVER through AS days_through
        FROM settled AS s
        CROSS JOIN LATERAL unnest(datemultirange(daterange(s.from_day, s.to_day + 1)) - counted) AS r (days)
        CROSS JOIN LATERAL (
            SELECT CASE WHEN s.basis <> 'first' THEN upper(r.days) - lower(r.days) END AS days
        ) AS length
        WHERE s.at_most > 0
        WINDOW whole AS (PARTITION BY s.venue_id, s.from_day, s.to_day), through AS (whole ORDER BY r.days)
    )
    SELECT r.venue_id, r.from_day, r.to_day,
           -- what is left to one day of several is no count of that day alone
           CASE WHEN bool_or(r.basis = 'first') THEN 'first' WHEN bool_or(r.basis = 'fall') THEN 'fall'
                WHEN bool_or(r.basis = 'interval') THEN 'interval' ELSE 'difference' END AS basis,
           CASE WHEN NOT bool_or(r.basis = 'first') THEN sum(
               div(r.at_least * r.days_through, r.days_in_all)
               - div(r.at_least * (r.days_through - r.days), r.days_in_all)
           )::bigint END AS scans,
           sum(r.scans)::bigint AS difference
    FROM run AS r
    GROUP BY r.venue_id, r.from_day, r.to_day;
END
$$;


-- Adds to new_stretch, for venues that others are merged into, the days on which only these may have been scanned.
CREATE OR REPLACE FUNCTION add_stretches_of_members(p_venues integer[]) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO new_stretch (venue_id, from_day, to_day, basis)
    SELECT own.venue_id, lower(r.days), upper(r.days) - 1, 'member'
    FROM (
        SELECT m.merged_into AS venue_id, range_agg(possible.days) AS days
        FROM venue AS m
        CROSS JOIN LATERAL (
            SELECT daterange(s.from_day, s.to_day + 1) AS days FROM new_stretch AS s WHERE s.venue_id = m.id
            UNION ALL
            SELECT daterange(c.day, c.day + 1) FROM scan_count AS c WHERE c.venue_id = m.id AND c.scans > 0
        ) AS possible
        WHERE m.merged_into IS NOT NULL AND (p_venues IS NULL OR m.merged_into = ANY (p_venues))
        GROUP BY m.merged_into
    ) AS own
    CROSS JOIN LATERAL unnest(own.days - COALESCE(
        (SELECT range_agg(daterange(s.from_day, s.to_day + 1)) FROM new_stretch AS s WHERE s.venue_id = own.venue_id),
        '{}'
    )) AS r (days);
END
$$;


-- Brings scan_stretch in step for the venues named (NULL: all); returns those of which it changed, and from which day on.
-- Leaves scan_difference for refresh_venue_readings().
CREATE OR REPLACE FUNCTION refresh_scan_stretches(p_venues integer[])
RETURNS TABLE (changed_id integer, changed_from date)
LANGUAGE plpgsql
SET work_mem = '256MB'
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    PERFORM compute_scan_differences(p_venues);
    ANALYZE scan_difference;
    PERFORM compute_scan_stretches();
    IF EXISTS (SELECT FROM venue WHERE merged_into IS NOT NULL) THEN
        PERFORM add_stretches_of_members(p_venues);
    END IF;
    ANALYZE new_stretch;
    RETURN QUERY
    DELETE FROM scan_stretch AS old
    WHERE (p_venues IS NULL OR old.venue_id = ANY (p_venues))
      AND NOT EXISTS (
          SELECT FROM new_stretch AS new
          WHERE new.venue_id = old.venue_id AND new.from_day = old.from_day AND new.to_day = old.to_day
            AND new.basis = old.basis AND new.scans IS NOT DISTINCT FROM old.scans
            AND new.difference IS NOT DISTINCT FROM old.difference
      )
    RETURNING old.venue_id, old.from_day;
    RETURN QUERY
    INSERT INTO scan_stretch (venue_id, from_day, to_day, basis, scans, difference)
    SELECT n.venue_id, n.from_day, n.to_day, n.basis, n.scans, n.difference FROM new_stretch AS n
    ORDER BY n.venue_id, n.from_day
    ON CONFLICT (venue_id, from_day, to_day) DO NOTHING
    RETURNING venue_id, from_day;
    DROP TABLE new_stretch;
END
$$;


-- Which days that others' totals cover are not known for a venue: the temporary table new_reading (columns of
-- venue_reading), for the venues named (NULL: all). Days count only after a scan, for before it nothing can be lost, and
-- only where none may have been, for there the venue is read as scanned anyway.
CREATE OR REPLACE FUNCTION compute_venue_readings(p_venues integer[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    -- days known by totals alone
    stated CONSTANT datemultirange :=
        COALESCE((SELECT datemultirange(daterange(first_day, last_day + 1)) FROM scan_export_days
                  WHERE first_day <= last_day), '{}')
        - COALESCE((SELECT range_agg(daterange(d.day, d.day + 1)) FROM (SELECT DISTINCT day FROM scan_day) AS d), '{}');
BEGIN
    DROP TABLE IF EXISTS new_reading;
    CREATE TEMP TABLE new_reading ON COMMIT DROP AS
    WITH covered AS (
        -- a venue's own first to last total; where its total fell, nothing is known
        SELECT d.venue_id,
               datemultirange(daterange(
                   min(d.inner_to + 1 + (d.inner_to + 1 = d.to_day)::integer),
                   GREATEST(max(d.inner_to) + 1, min(d.inner_to + 1 + (d.inner_to + 1 = d.to_day)::integer))
               ))
               - COALESCE(range_agg(daterange(d.from_day, d.to_day + 1)) FILTER (WHERE d.basis = 'fall'), '{}') AS days
        FROM scan_difference AS d GROUP BY d.venue_id
    ),
    missing AS (
        SELECT m.venue_id, range_agg(stated - COALESCE(c.days, '{}')) AS days, min(scan.day) AS first_scan
        FROM venue_member AS m
        LEFT JOIN covered AS c ON c.venue_id = m.member_id
        LEFT JOIN LATERAL (
            SELECT s.day FROM scan_count AS s WHERE s.venue_id = m.member_id AND s.scans > 0 ORDER BY s.day LIMIT 1
        ) AS scan ON true
        WHERE NOT isempty(stated) AND (p_venues IS NULL OR m.venue_id = ANY (p_venues))
          AND (c.days IS NOT NULL OR scan.day IS NOT NULL)
        GROUP BY m.venue_id
    ),
    unknown AS (
        SELECT m.venue_id,
               m.days - possible.days
               - datemultirange(daterange(NULL, LEAST(m.first_scan, possible.first_day, 'infinity'))) AS days
        FROM missing AS m
        CROSS JOIN LATERAL (
            SELECT COALESCE(range_agg(daterange(s.from_day, s.to_day + 1)), '{}') AS days, min(s.from_day) AS first_day
            FROM scan_stretch AS s WHERE s.venue_id = m.venue_id
        ) AS possible
        WHERE NOT isempty(m.days)
    ),
    kept AS (
        SELECT v.merged_into AS venue_id, v.merged_into || array_agg(v.id ORDER BY v.id) AS members
        FROM venue AS v WHERE v.merged_into IS NOT NULL AND (p_venues IS NULL OR v.merged_into = ANY (p_venues))
        GROUP BY v.merged_into
    ),
    special AS (
        SELECT COALESCE(u.venue_id, k.venue_id) AS venue_id, COALESCE(u.days, '{}') AS unknown, k.members
        FROM (SELECT * FROM unknown WHERE NOT isempty(days)) AS u FULL JOIN kept AS k ON k.venue_id = u.venue_id
    ),
    merged AS (
        -- its days are sought by the calendar of the venue that it stands in
        SELECT v.id, s.unknown, '{}'::integer[] FROM venue AS v JOIN special AS s ON s.venue_id = v.merged_into
    )
    SELECT s.venue_id, CASE WHEN isempty(s.unknown) THEN 0 ELSE hashtextextended(s.unknown::text, 0) END AS calendar_id,
           s.unknown, s.members
    FROM (SELECT * FROM special UNION ALL SELECT * FROM merged) AS s;
END
$$;


-- Brings venue_reading in step for the venues named (NULL: all), after refresh_scan_stretches(); returns those of which
-- it changed, and from which day on.
CREATE OR REPLACE FUNCTION refresh_venue_readings(p_venues integer[])
RETURNS TABLE (changed_id integer, changed_from date)
LANGUAGE plpgsql
SET work_mem = '256MB'
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    PERFORM compute_venue_readings(p_venues);
    -- What a venue lacks of its first unknown day on bears on no day before; whose events count, on any.
    RETURN QUERY
    DELETE FROM venue_reading AS old
    WHERE (p_venues IS NULL OR old.venue_id = ANY (p_venues))
      AND NOT EXISTS (
          SELECT FROM new_reading AS new
          WHERE new.venue_id = old.venue_id AND new.unknown = old.unknown
            AND new.members IS NOT DISTINCT FROM old.members
      )
    RETURNING old.venue_id, CASE WHEN old.members IS NULL THEN lower(old.unknown) END;
    RETURN QUERY
    INSERT INTO venue_reading AS own (venue_id, calendar_id, unknown, members)
    SELECT n.venue_id, n.calendar_id, n.unknown, n.members FROM new_reading AS n ORDER BY n.venue_id
    ON CONFLICT (venue_id) DO NOTHING
    RETURNING own.venue_id, CASE WHEN own.members IS NULL THEN lower(own.unknown) END;
    DROP TABLE new_reading, scan_difference;
END
$$;


-- Brings all that follows from scans and merges in step, but for the periods. p_venues: of which events, or what they
-- are merged into, changed (NULL: all), p_from: from which day on, as far as the rule reads these events themselves;
-- p_days_changed: whether the known days or the policy did. Returns the venues whose status may have changed by it, and
-- from which day on (NULL: any); one may stand there several times.
CREATE OR REPLACE FUNCTION refresh_scans(p_venues integer[], p_from date, p_days_changed boolean)
RETURNS TABLE (changed_id integer, changed_from date)
LANGUAGE plpgsql
AS $$
DECLARE
    places integer[];
BEGIN
    IF NOT EXISTS (SELECT FROM scan_export) AND NOT EXISTS (SELECT FROM scan_total)
       AND NOT EXISTS (SELECT FROM scan_stretch) AND NOT EXISTS (SELECT FROM venue_reading)
       AND NOT EXISTS (SELECT FROM venue WHERE merged_into IS NOT NULL) THEN
        -- a district without totals and without merged venues: nothing but windows to move
        RETURN QUERY SELECT named.id, p_from FROM unnest(p_venues) AS named (id);
        IF p_days_changed THEN
            RETURN QUERY SELECT * FROM refresh_scan_reach();
        END IF;
        RETURN;
    END IF;
    -- Known days settle, and leave open, days of any venue.
    IF NOT p_days_changed THEN
        SELECT COALESCE(array_agg(DISTINCT m.member_id), '{}') INTO places
        FROM (
            SELECT COALESCE(v.merged_into, v.id) AS id FROM venue AS v WHERE v.id = ANY (p_venues)
            UNION SELECT unnest(p_venues)
        ) AS place
        JOIN (SELECT venue_id, member_id FROM venue_member UNION SELECT id, id FROM venue WHERE merged_into IS NOT NULL)
            AS m ON m.venue_id = place.id;
    END IF;
    DROP TABLE IF EXISTS changed_scans;
    CREATE TEMP TABLE changed_scans ON COMMIT DROP AS
        SELECT named.id, p_from AS since FROM unnest(p_venues) AS named (id);
    -- one after another, for each reads what the one before has written
    INSERT INTO changed_scans SELECT * FROM refresh_scan_stretches(places);
    INSERT INTO changed_scans SELECT * FROM refresh_venue_readings(places);
    INSERT INTO changed_scans SELECT * FROM refresh_scan_reach();
    RETURN QUERY
    SELECT c.id, c.since FROM changed_scans AS c
    UNION ALL
    SELECT v.merged_into, c.since FROM changed_scans AS c JOIN venue AS v ON v.id = c.id AND v.merged_into IS NOT NULL
    UNION ALL
    SELECT v.id, c.since FROM changed_scans AS c JOIN venue AS v ON v.merged_into = c.id;
    DROP TABLE changed_scans;
END
$$;
