-- status_period: every venue's whole history, computed by venue_status() alone, at the days on which a status can change:
-- its status, whether it has a QR and whether it has scans within the window.
-- Periods reach into the future as far as what is known now decides it (a suspension that will end, a closing announced).


-- The days from p_from on, and some before it, on which the status of a venue can change. p_venues NULL: of all venues.
CREATE OR REPLACE FUNCTION status_change_days(p_venues integer[], p_from date DEFAULT '-infinity')
RETURNS TABLE (venue_id integer, day date)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    RETURN QUERY
    WITH opening AS (
        SELECT o.venue_id, o.opened_on, o.closed_on FROM venue_opening AS o
        WHERE p_venues IS NULL OR o.venue_id = ANY (p_venues)
    ),
    -- Days of scans, and stretches that may have some, joined where they meet: on each day of one the venue is scanned.
    -- A later scan is held wherever an earlier one is, so between two of them only the first of them matters.
    scanned AS (
        SELECT s.venue_id, s.day AS from_day, s.day FROM scan_count AS s
        WHERE s.scans > 0 AND s.day >= p_from AND (p_venues IS NULL OR s.venue_id = ANY (p_venues))
        UNION ALL
        -- of earlier ones, only the last can still be let go from p_from on
        SELECT o.venue_id, last.day, last.day FROM opening AS o
        CROSS JOIN LATERAL (
            SELECT s.day FROM scan_count AS s
            WHERE s.venue_id = o.venue_id AND s.day < p_from AND s.scans > 0 ORDER BY s.day DESC LIMIT 1
        ) AS last
        WHERE isfinite(p_from)
        UNION ALL
        SELECT x.venue_id, lower(run), upper(run) - 1
        FROM (
            SELECT x.venue_id, range_agg(daterange(x.from_day, x.to_day + 1)) AS runs FROM scan_stretch AS x
            WHERE p_venues IS NULL OR x.venue_id = ANY (p_venues) GROUP BY x.venue_id
        ) AS x CROSS JOIN LATERAL unnest(x.runs) AS run
    ),
    scan AS (
        SELECT s.venue_id, s.from_day, s.day, COALESCE(c.calendar_id, 0) AS calendar_id,
               lag(s.day) OVER successive IS NULL AS is_first,
               COALESCE(lead(s.from_day) OVER successive, 'infinity') AS next_day
        FROM scanned AS s LEFT JOIN venue_reading AS c ON c.venue_id = s.venue_id
        WINDOW successive AS (PARTITION BY s.venue_id ORDER BY s.from_day, s.day)
    ),
    -- Of millions of scans nearly all are followed by another while the window still holds them: nothing changes there.
    edge_scan AS (
        SELECT s.*, COALESCE(w.to_day, s.day) AS held_until
        FROM scan AS s
        LEFT JOIN scan_reach AS w
            ON w.calendar_id = s.calendar_id AND w.scan_day = s.day AND w.from_day = s.day
        WHERE s.is_first OR s.next_day > COALESCE(w.to_day, s.day)
    )
    SELECT o.venue_id, o.opened_on FROM opening AS o
    UNION
    SELECT o.venue_id, o.closed_on FROM opening AS o WHERE o.closed_on IS NOT NULL
    UNION
    SELECT o.venue_id, p.valid_from
    FROM opening AS o JOIN policy AS p ON p.valid_from > o.opened_on AND p.valid_from < COALESCE(o.closed_on, 'infinity')
    UNION
    SELECT r.venue_id, edge.day
    FROM registration AS r CROSS JOIN LATERAL (VALUES (r.registered_on), (r.ended_on)) AS edge (day)
    WHERE edge.day IS NOT NULL AND (p_venues IS NULL OR r.venue_id = ANY (p_venues))
    UNION
    SELECT r.venue_id, edge.day
    FROM reminder AS r
    CROSS JOIN LATERAL (
        -- a stretch that began before answers on the day of the reminder, which is a day of change anyway
        SELECT LEAST(
            (
                SELECT s.day FROM scan_count AS s
                WHERE r.reason = 'not_scanning'
                  AND s.venue_id = r.venue_id AND s.day >= r.reminded_on AND s.scans > 0 ORDER BY s.day LIMIT 1
            ),
            (
                SELECT x.from_day FROM scan_stretch AS x
                WHERE r.reason = 'not_scanning'
                  AND x.venue_id = r.venue_id AND x.from_day >= r.reminded_on ORDER BY x.from_day LIMIT 1
            )
        ) AS day
    ) AS answer
    CROSS JOIN LATERAL (VALUES (r.reminded_on), (answer.day)) AS edge (day)
    WHERE r.withdrawn_on IS NULL AND edge.day IS NOT NULL AND (p_venues IS NULL OR r.venue_id = ANY (p_venues))
    UNION
    SELECT x.venue_id, edge.day
    FROM suspension AS x
    CROSS JOIN LATERAL (VALUES (x.starts_on), (x.ends_on + 1), (x.lifted_on)) AS edge (day)
    WHERE edge.day IS NOT NULL AND (p_venues IS NULL OR x.venue_id = ANY (p_venues))
    UNION
    -- The first scan, and the first after days on which the window held none.
    SELECT s.venue_id, s.from_day FROM edge_scan AS s WHERE s.is_first
    UNION
    SELECT s.venue_id, s.next_day FROM edge_scan AS s WHERE s.next_day > s.held_until AND isfinite(s.next_day)
    UNION
    -- The days, before the next scan, on which the window lets go of a scan or takes it back in.
    SELECT s.venue_id, edge.day
    FROM edge_scan AS s
    -- one within a longer stretch is followed by what is left of it
    CROSS JOIN LATERAL (SELECT CASE WHEN s.next_day > s.day THEN s.next_day ELSE 'infinity' END AS day) AS next
    LEFT JOIN scan_reach AS w ON w.calendar_id = s.calendar_id AND w.scan_day = s.day AND w.from_day < next.day
    CROSS JOIN LATERAL (VALUES (w.from_day), (COALESCE(w.to_day, s.day) + 1)) AS edge (day)
    WHERE edge.day > s.day AND edge.day < next.day AND isfinite(edge.day);
END
$$;


-- Which venue is asked about in each venue's stead: itself, or one for all those that the rule cannot tell apart, since
-- nothing is known of them but that they opened and closed on the same days: nearly all of a new register.
CREATE OR REPLACE FUNCTION venues_to_ask(p_venues integer[])
RETURNS TABLE (venue_id integer, asked_id integer)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    RETURN QUERY
    SELECT v.id, min(v.id) OVER (PARTITION BY v.openings, v.known_by_events)
    FROM (
        SELECT o.venue_id AS id,
               string_agg(o.opened_on || '/' || COALESCE(o.closed_on, 'infinity'), ' ' ORDER BY o.opened_on)
                   COLLATE "C" AS openings,
               CASE WHEN EXISTS (SELECT FROM registration AS r WHERE r.venue_id = o.venue_id)
                      OR EXISTS (SELECT FROM reminder AS r WHERE r.venue_id = o.venue_id)
                      OR EXISTS (SELECT FROM suspension AS x WHERE x.venue_id = o.venue_id)
                      OR EXISTS (SELECT FROM scan_stretch AS x WHERE x.venue_id = o.venue_id)
                      OR EXISTS (SELECT FROM venue_reading AS c WHERE c.venue_id = o.venue_id)
                      -- last and one by one: EXISTS would read the whole of the largest table for the few that are left
                      OR (SELECT s.venue_id FROM scan_count AS s WHERE s.venue_id = o.venue_id LIMIT 1) IS NOT NULL
                    THEN o.venue_id END AS known_by_events
        FROM venue_opening AS o
        WHERE p_venues IS NULL OR o.venue_id = ANY (p_venues)
        GROUP BY o.venue_id
    ) AS v;
END
$$;


-- The status on a day of a venue of which nothing is known but its opening: rule 6, as nearly all of a new register.
CREATE OR REPLACE FUNCTION status_of_new_venue(p_opened_on date, p_closed_on date, p_reopened_on date, p_day date)
RETURNS venue_status
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN COALESCE(p_opened_on, '-infinity') <= p_day
                     AND (p_closed_on IS NULL OR p_closed_on > p_day OR p_reopened_on <= p_day)
                THEN 'unregistered'::venue_status END
$$;


-- Writes the periods as the rule gives them now into the temporary table new_period (columns of status_period), dropped
-- at the end of the transaction. p_venues NULL: of all venues. In steps, so that each is planned with the sizes known.
-- p_from: of the days before it nothing has changed, so that what is stored stands for them; '-infinity': of none.
CREATE OR REPLACE FUNCTION compute_status_periods(p_venues integer[], p_from date DEFAULT '-infinity') RETURNS void
LANGUAGE plpgsql
SET work_mem = '256MB'
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    asked integer[];
BEGIN
    DROP TABLE IF EXISTS new_period;
    CREATE TEMP TABLE alike ON COMMIT DROP AS SELECT a.venue_id, a.asked_id FROM venues_to_ask(p_venues) AS a;
    ANALYZE alike;
    -- Planning takes long with many venues named, so where most are asked about, all are.
    SELECT CASE WHEN p_venues IS NULL AND 2 * count(DISTINCT a.asked_id) > count(*) THEN NULL
                ELSE COALESCE(array_agg(DISTINCT a.asked_id), '{}') END
    INTO asked FROM alike AS a;
    -- What changes the status of a merged venue changes that of the venue it stands in.
    IF asked IS NOT NULL THEN
        asked := asked || ARRAY(SELECT v.id FROM venue AS v WHERE v.merged_into = ANY (asked));
    END IF;
    CREATE TEMP TABLE change_day ON COMMIT DROP AS
        SELECT COALESCE(v.merged_into, c.venue_id) AS venue_id, c.day
        FROM status_change_days(asked, p_from) AS c
        LEFT JOIN venue AS v ON v.id = c.venue_id AND v.merged_into IS NOT NULL
        WHERE c.day >= p_from AND COALESCE(v.merged_into, c.venue_id) IN (SELECT a.asked_id FROM alike AS a)
        ORDER BY 1, 2;
    ANALYZE change_day;
    CREATE TEMP TABLE day_status ON COMMIT DROP AS
        SELECT c.venue_id, c.day, s.status, s.has_qr, s.has_scans
        FROM change_day AS c CROSS JOIN LATERAL venue_status(c.venue_id, c.day) AS s
        UNION ALL
        SELECT p.venue_id, edge.day, edge.status, p.has_qr, p.has_scans
        FROM status_period AS p
        CROSS JOIN LATERAL (VALUES (p.from_day, p.status), (p.to_day + 1, NULL)) AS edge (day, status)
        WHERE p.from_day < p_from AND edge.day < p_from AND p.venue_id IN (SELECT a.asked_id FROM alike AS a)
          -- where one ends and the next begins, the next says what is
          AND (edge.status IS NOT NULL OR NOT EXISTS (
              SELECT FROM status_period AS next WHERE next.venue_id = p.venue_id AND next.from_day = edge.day
          ));
    CREATE TEMP TABLE new_period ON COMMIT DROP AS
        WITH compared AS (
            SELECT d.*, lag(d.status) OVER successive AS previous_status,
                   lag(d.has_qr) OVER successive AS previous_qr, lag(d.has_scans) OVER successive AS previous_scans
            FROM day_status AS d
            WINDOW successive AS (PARTITION BY d.venue_id ORDER BY d.day)
        ),
        change AS (
            SELECT c.venue_id, c.day AS from_day,
                   COALESCE(lead(c.day) OVER (PARTITION BY c.venue_id ORDER BY c.day) - 1, 'infinity') AS to_day,
                   c.status, c.has_qr, c.has_scans
            FROM compared AS c
            WHERE c.status IS DISTINCT FROM c.previous_status
               OR c.has_qr IS DISTINCT FROM c.previous_qr OR c.has_scans IS DISTINCT FROM c.previous_scans
        )
        SELECT a.venue_id, c.from_day, c.to_day, v.ward_id, c.status, c.has_qr, c.has_scans
        FROM change AS c
        JOIN alike AS a ON a.asked_id = c.venue_id
        JOIN venue AS v ON v.id = a.venue_id
        WHERE c.status IS NOT NULL;
    ALTER TABLE new_period ADD PRIMARY KEY (venue_id, from_day);
    ANALYZE new_period;
    DROP TABLE alike, change_day, day_status;
END
$$;


-- Brings status_period in step for the venues named (NULL: all), writing only what differs; returns how many rows did.
-- p_from: as above.
-- Custom plans are not forced here: the checks of the foreign keys would be planned anew for every row.
CREATE OR REPLACE FUNCTION refresh_status_periods(p_venues integer[], p_from date DEFAULT '-infinity') RETURNS bigint
LANGUAGE plpgsql
SET work_mem = '256MB'
AS $$
DECLARE
    gone bigint;
    come bigint;
BEGIN
    PERFORM compute_status_periods(p_venues, p_from);
    DELETE FROM status_period AS old
    WHERE (p_venues IS NULL OR old.venue_id = ANY (p_venues))
      AND NOT EXISTS (
          SELECT FROM new_period AS new
          WHERE new.venue_id = old.venue_id AND new.from_day = old.from_day AND new.to_day = old.to_day
            AND (new.status, new.has_qr, new.has_scans) = (old.status, old.has_qr, old.has_scans)
            AND new.ward_id IS NOT DISTINCT FROM old.ward_id
      );
    GET DIAGNOSTICS gone = ROW_COUNT;
    INSERT INTO status_period (venue_id, from_day, to_day, ward_id, status, has_qr, has_scans)
    SELECT n.venue_id, n.from_day, n.to_day, n.ward_id, n.status, n.has_qr, n.has_scans FROM new_period AS n
    WHERE NOT EXISTS (
        SELECT FROM status_period AS old WHERE old.venue_id = n.venue_id AND old.from_day = n.from_day
    )
    ORDER BY n.venue_id, n.from_day;
    GET DIAGNOSTICS come = ROW_COUNT;
    RETURN gone + come;
END
$$;


-- Sets venue.status to the periods' status on current_day() and tells the tiles that something may have changed.
-- p_venues: those whose periods may have changed (NULL: all); all are seen to when the day has turned as well.
CREATE OR REPLACE FUNCTION refresh_current_status_of(p_venues integer[]) RETURNS bigint
LANGUAGE plpgsql
SET work_mem = '256MB'
AS $$
DECLARE
    today CONSTANT date := current_day();  -- once: called within a query it would be asked for every row
    named CONSTANT integer[] := CASE WHEN EXISTS (SELECT FROM clock WHERE status_day = today) THEN p_venues END;
    changed bigint;
BEGIN
    UPDATE venue AS v SET status = now.status
    FROM (
        SELECT w.id, p.status FROM venue AS w
        LEFT JOIN status_period AS p ON p.venue_id = w.id AND p.from_day <= today AND p.to_day >= today
        WHERE named IS NULL OR w.id = ANY (named)
    ) AS now
    WHERE now.id = v.id AND now.status IS DISTINCT FROM v.status;
    GET DIAGNOSTICS changed = ROW_COUNT;
    PERFORM refresh_min_zoom();
    INSERT INTO clock (id, status_day, version) VALUES (1, today, 1)
    ON CONFLICT (id) DO UPDATE SET status_day = excluded.status_day, version = clock.version + 1;
    RETURN changed;
END
$$;


CREATE OR REPLACE FUNCTION refresh_current_status() RETURNS bigint
LANGUAGE sql
AS $$ SELECT refresh_current_status_of(NULL) $$;


-- Moves the current status on to today if the day has turned. Callable by the app's reading role (SECURITY DEFINER):
-- it takes nothing from its caller and writes only what follows from the periods.
CREATE OR REPLACE FUNCTION advance_day() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM clock WHERE status_day = current_day()) THEN
        RETURN false;
    END IF;
    -- The loader's lock: a load in progress brings the day with it.
    PERFORM pg_advisory_xact_lock(lock_space(), loader_lock());
    IF EXISTS (SELECT FROM clock WHERE status_day = current_day()) THEN
        RETURN false;
    END IF;
    PERFORM refresh_current_status();
    PERFORM case_settle(), publication_settle();
    RETURN true;
END
$$;
