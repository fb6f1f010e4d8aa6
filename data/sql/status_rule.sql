-- The status rule, once. Source of every clause: the order 2962/UBND-VHTT of 27/9/2021 as the design of this product
-- reads it ("Status: one rule, in one place"), each doubt settled in the venue's favour because its name may be published.
--
-- Days are days in Asia/Ho_Chi_Minh. All functions answer as of p_day: nothing that happened later is seen, so that
-- yesterday's map can be drawn again. They are single SELECTs without SET or STRICT, so that PostgreSQL inlines them,
-- and what only explains a status is a sub-select in the list of columns, so that it costs nothing where it is not read.

-- A scan proves scanning on the days on which the window holds its day: scan_reach (see scan_reach.sql) says which, and
-- on its own day in any case. Scans that are known only to lie on some day of a stretch (scan_stretch, see
-- scan_totals.sql) are read in the venue's favour: each day of it may be the day.
--
-- venue_reading says which venues are read otherwise than most: with a calendar of their own, since exports lacked them,
-- or with the events of the venues that are merged into them (members; none for a merged venue itself). A stretch holds
-- the scans of members, too, so that only the other events are asked for by members.


-- The events of a venue: its own, and those of the venues merged into it; its registrations are in registrations.sql.
-- Whether anything is merged at all is asked once a query and not once a venue, so that a district without merged venues
-- pays next to nothing; likewise below for venues with calendars of their own and for stretches.
CREATE OR REPLACE FUNCTION reminders_of(p_venue integer) RETURNS SETOF reminder
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT e.* FROM reminder AS e WHERE e.venue_id = p_venue
    UNION ALL
    SELECT e.* FROM venue_reading AS c JOIN reminder AS e ON e.venue_id = ANY (c.members)
    WHERE (SELECT EXISTS (SELECT FROM venue_reading WHERE members IS NOT NULL))
      AND c.venue_id = p_venue AND e.venue_id <> p_venue
$$;

CREATE OR REPLACE FUNCTION suspensions_of(p_venue integer) RETURNS SETOF suspension
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT e.* FROM suspension AS e WHERE e.venue_id = p_venue
    UNION ALL
    SELECT e.* FROM venue_reading AS c JOIN suspension AS e ON e.venue_id = ANY (c.members)
    WHERE (SELECT EXISTS (SELECT FROM venue_reading WHERE members IS NOT NULL))
      AND c.venue_id = p_venue AND e.venue_id <> p_venue
$$;


-- The last day, up to p_day, that had scans of the venue or may have had one; one row, NULL: none.
CREATE OR REPLACE FUNCTION last_scan_of(p_venue integer, p_day date)
RETURNS TABLE (day date)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT GREATEST(
        (
            SELECT s.day FROM scan_count AS s
            WHERE s.venue_id = p_venue AND s.day <= p_day AND s.scans > 0
            ORDER BY s.day DESC LIMIT 1
        ),
        CASE WHEN (SELECT EXISTS (SELECT FROM scan_stretch)) THEN (
            SELECT LEAST(x.to_day, p_day) FROM scan_stretch AS x
            WHERE x.venue_id = p_venue AND x.from_day <= p_day
            ORDER BY x.from_day DESC, x.to_day DESC LIMIT 1
        ) END
    ) AS day
    OFFSET 0
$$;


-- The last day, up to p_day, on which the venue was compliant: it had a QR, and a scan within the window.
-- Within one registration only the last scan matters, for the window of a later scan never ends sooner.
CREATE OR REPLACE FUNCTION last_compliant_day(p_venue integer, p_day date)
RETURNS TABLE (last_compliant_day date)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT max(LEAST(GREATEST(reach.to_day, last_scan.day), stretch.last_day))
    FROM registrations_of(p_venue) AS r
    CROSS JOIN LATERAL (
        -- LEAST skips NULL: a registration that has not ended lasts until p_day
        SELECT LEAST(r.ended_on - 1, p_day) AS last_day
    ) AS stretch
    CROSS JOIN LATERAL last_scan_of(p_venue, stretch.last_day) AS last_scan
    LEFT JOIN LATERAL (
        SELECT w.to_day FROM scan_reach AS w
        WHERE w.calendar_id = COALESCE(
            CASE WHEN (SELECT EXISTS (SELECT FROM venue_reading)) THEN (
                SELECT c.calendar_id FROM venue_reading AS c WHERE c.venue_id = p_venue
            ) END, 0
        ) AND w.scan_day = last_scan.day AND w.from_day <= stretch.last_day
        ORDER BY w.from_day DESC LIMIT 1
    ) AS reach ON true
    WHERE r.registered_on <= p_day
      AND LEAST(GREATEST(reach.to_day, last_scan.day), stretch.last_day) >= r.registered_on
      AND last_scan.day IS NOT NULL
$$;


-- Every reminder up to p_day, whether it counts, and if not, why:
--   withdrawn          "A withdrawn reminder never counts", not even on the days before its withdrawal.
--   answered           "A no_qr reminder is answered by a registration in force on its day or any later one,
--                      a not_scanning one by a scan on its day or any later one", or by one that may lie there.
--   before_compliance  counted are reminders "after the venue's last compliant day".
--   same_day           "Several of one reason on one day count once": the first stands for all.
--   counted            none of these.
CREATE OR REPLACE FUNCTION reminder_standing(p_venue integer, p_day date)
RETURNS TABLE (
    reminder_id integer, reminded_on date, reason text, standing text, answered_by text, answered_on date
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT r.id, r.reminded_on, r.reason,
        CASE
            WHEN r.withdrawn_on IS NOT NULL THEN 'withdrawn'
            WHEN answer.day IS NOT NULL THEN 'answered'
            WHEN r.reminded_on <= compliant.last_compliant_day THEN 'before_compliance'
            WHEN row_number() OVER (
                PARTITION BY r.withdrawn_on IS NULL, r.reason, r.reminded_on ORDER BY r.id
            ) > 1 THEN 'same_day'
            ELSE 'counted'
        END,
        CASE WHEN answer.day IS NOT NULL THEN
            CASE r.reason WHEN 'no_qr' THEN 'registration' ELSE 'scan' END
        END,
        answer.day
    FROM reminders_of(p_venue) AS r
    CROSS JOIN LATERAL last_compliant_day(p_venue, p_day) AS compliant
    LEFT JOIN LATERAL (
        SELECT min(GREATEST(q.registered_on, r.reminded_on)) AS day
        FROM registrations_of(p_venue) AS q
        WHERE r.reason = 'no_qr'
          AND q.registered_on <= p_day
          AND (q.ended_on IS NULL OR q.ended_on > r.reminded_on)
        UNION ALL
        SELECT LEAST(
            (
                SELECT s.day FROM scan_count AS s
                WHERE s.venue_id = p_venue AND s.day BETWEEN r.reminded_on AND p_day AND s.scans > 0
                ORDER BY s.day LIMIT 1
            ),
            CASE WHEN (SELECT EXISTS (SELECT FROM scan_stretch)) THEN (
                SELECT min(GREATEST(x.from_day, r.reminded_on)) FROM scan_stretch AS x
                WHERE x.venue_id = p_venue AND x.from_day <= p_day AND x.to_day >= r.reminded_on
            ) END
        )
        WHERE r.reason = 'not_scanning'
    ) AS answer ON answer.day IS NOT NULL
    WHERE r.reminded_on <= p_day
$$;


-- The venue's status on p_day with the facts that decided it. One row; status NULL: closed or not yet opened.
CREATE OR REPLACE FUNCTION venue_status(p_venue integer, p_day date)
RETURNS TABLE (
    status venue_status,
    has_qr boolean,
    has_scans boolean,               -- within the window, whether the venue has a QR or not
    is_open boolean,
    counted_reminders integer,
    reminder_threshold integer,      -- policy in force on p_day
    scanning_window_days integer,    -- policy in force on p_day
    registration_id integer,         -- the registration in force, NULL: no QR
    last_scan date,                  -- last day that had scans or may have had one
    scans_count_until date,          -- last day on which the window holds last_scan; infinity: no known day ends it yet
    window_from date,                -- first known day within the window, NULL: no day is known
    last_compliant_day date,
    suspension_id integer            -- the suspension in force
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT
        CASE
            -- "A venue that has closed, or not yet opened, has no status and is in no count."
            WHEN NOT opening.is_open THEN NULL
            -- 1. "a suspension is in force"
            WHEN halted.id IS NOT NULL THEN 'suspended'::venue_status
            -- 4. "has a QR, and scans within the window: compliant"; before 2 and 3, which both ask for "not compliant"
            WHEN registered.id IS NOT NULL AND in_window.has_scans THEN 'scanning'
            -- 2. "not compliant, and at least reminder_threshold counted reminders"
            WHEN reminders.counted >= policy.reminder_threshold THEN 'violating'
            -- 3. "not compliant, and at least one counted reminder"
            WHEN reminders.counted >= 1 THEN 'reminded'
            -- 5. "has a QR, no scans within the window, no counted reminder"
            WHEN registered.id IS NOT NULL THEN 'registered'
            -- 6. "has no QR, no counted reminder"
            ELSE 'unregistered'
        END,
        registered.id IS NOT NULL,
        in_window.has_scans,
        opening.is_open,
        reminders.counted,
        policy.reminder_threshold,
        policy.scanning_window_days,
        registered.id,
        scanned.day,
        COALESCE((
            SELECT w.to_day FROM scan_reach AS w
            WHERE w.calendar_id = reading.calendar_id AND w.scan_day = scanned.day AND w.from_day <= p_day
            ORDER BY w.from_day DESC LIMIT 1
        ), scanned.day),
        (
            SELECT min(w.scan_day) FROM scan_reach AS w
            WHERE w.calendar_id = reading.calendar_id AND w.from_day <= p_day AND w.to_day >= p_day
        ),
        (SELECT c.last_compliant_day FROM last_compliant_day(p_venue, p_day) AS c),
        halted.id
    FROM (
        SELECT p.reminder_threshold, p.scanning_window_days FROM policy AS p
        WHERE p.valid_from <= p_day ORDER BY p.valid_from DESC LIMIT 1
    ) AS policy
    CROSS JOIN (
        SELECT COALESCE(CASE WHEN (SELECT EXISTS (SELECT FROM venue_reading)) THEN (
                   SELECT c.calendar_id FROM venue_reading AS c WHERE c.venue_id = p_venue
               ) END, 0) AS calendar_id,
               COALESCE(CASE WHEN (SELECT EXISTS (SELECT FROM venue_reading)) THEN (
                   SELECT c.members = '{}' FROM venue_reading AS c WHERE c.venue_id = p_venue
               ) END, false) AS is_merged
        OFFSET 0
    ) AS reading
    CROSS JOIN LATERAL (
        -- Stretches do not overlap, so the last one begun decides. A merged venue is open where it is merged into.
        SELECT COALESCE((
            SELECT COALESCE(o.closed_on > p_day, true) FROM venue_opening AS o
            WHERE o.venue_id = p_venue AND o.opened_on <= p_day AND NOT reading.is_merged
            ORDER BY o.opened_on DESC LIMIT 1
        ), false) AS is_open
    ) AS opening
    LEFT JOIN LATERAL registration_in_force(p_venue, p_day) AS registered ON true
    CROSS JOIN LATERAL last_scan_of(p_venue, p_day) AS scanned
    -- The window holds the last scan on p_day.
    LEFT JOIN LATERAL (
        SELECT w.to_day FROM scan_reach AS w
        WHERE w.calendar_id = reading.calendar_id AND w.scan_day = scanned.day
          AND w.from_day <= p_day AND w.to_day >= p_day
        LIMIT 1
    ) AS reach ON true
    CROSS JOIN LATERAL (
        SELECT reach.to_day IS NOT NULL OR COALESCE(scanned.day = p_day, false) AS has_scans
    ) AS in_window
    -- "from its first day to its last (included) or until lifted, and no longer once a registration comes on its first
    -- day or later"; a decision of who has the authority stays until its paper is repealed (lifted_on)
    LEFT JOIN LATERAL (
        SELECT x.id FROM suspensions_of(p_venue) AS x
        WHERE x.starts_on <= p_day
          AND (x.ends_on IS NULL OR x.ends_on >= p_day)
          AND (x.lifted_on IS NULL OR x.lifted_on > p_day)
          AND NOT (x.basis = 'request' AND EXISTS (
              SELECT FROM registrations_of(p_venue) AS r
              WHERE r.registered_on BETWEEN x.starts_on AND p_day
          ))
        ORDER BY x.starts_on DESC LIMIT 1
    ) AS halted ON true
    CROSS JOIN LATERAL (
        -- On a compliant day none counts, for it is the last compliant day itself: nothing to look up.
        SELECT count(*)::integer AS counted FROM reminder_standing(p_venue, p_day) AS s
        WHERE s.standing = 'counted'
          AND NOT (registered.id IS NOT NULL AND in_window.has_scans)
    ) AS reminders
$$;
