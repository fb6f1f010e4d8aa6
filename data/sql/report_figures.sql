-- The figures of a report, by the rule: what the periods and the events say of a ward (NULL: of the district) from a day
-- to a day. All of it is one JSON, which is frozen when the report is sent.
--
-- [now, before]: on the last day, and on the day before the first; null where nothing is known of that day.

CREATE OR REPLACE FUNCTION report_counts(p_ward integer, p_day date)
RETURNS TABLE (venues bigint, with_qr bigint, with_scans bigint, statuses jsonb)
LANGUAGE sql STABLE
AS $$
    SELECT count(*), count(*) FILTER (WHERE p.has_qr), count(*) FILTER (WHERE p.has_scans),
           (
               SELECT jsonb_object_agg(s.code, COALESCE(n.venues, 0))
               FROM unnest(enum_range(NULL::venue_status)) AS s (code)
               LEFT JOIN (
                   SELECT q.status, count(*) AS venues FROM status_period AS q
                   WHERE q.from_day <= p_day AND q.to_day >= p_day AND (p_ward IS NULL OR q.ward_id = p_ward)
                   GROUP BY q.status
               ) AS n ON n.status = s.code
           )
    FROM status_period AS p
    WHERE p.from_day <= p_day AND p.to_day >= p_day AND (p_ward IS NULL OR p.ward_id = p_ward)
$$;

-- Whom which reminders came from, by reason; those that were withdrawn are none.
CREATE OR REPLACE FUNCTION report_reminders(p_ward integer, p_from date, p_to date) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    WITH given AS (
        SELECT COALESCE(btrim(r.given_by), '') AS giver, r.reason, v.id AS venue_id
        FROM reminder AS r JOIN venue AS named ON named.id = r.venue_id
        JOIN venue AS v ON v.id = COALESCE(named.merged_into, named.id)
        WHERE r.reminded_on BETWEEN p_from AND p_to AND r.withdrawn_on IS NULL AND (p_ward IS NULL OR v.ward_id = p_ward)
    )
    SELECT jsonb_build_object(
        'total', count(*), 'venues', count(DISTINCT g.venue_id),
        'reasons', jsonb_build_object(
            'no_qr', count(*) FILTER (WHERE g.reason = 'no_qr'),
            'not_scanning', count(*) FILTER (WHERE g.reason = 'not_scanning')
        ),
        'givers', COALESCE((
            SELECT jsonb_agg(
                jsonb_build_object('giver', b.giver, 'no_qr', b.no_qr, 'not_scanning', b.not_scanning)
                ORDER BY -(b.no_qr + b.not_scanning), b.giver
            )
            FROM (
                SELECT x.giver, count(*) FILTER (WHERE x.reason = 'no_qr') AS no_qr,
                       count(*) FILTER (WHERE x.reason = 'not_scanning') AS not_scanning
                FROM given AS x GROUP BY x.giver
            ) AS b
        ), '[]')
    )
    FROM given AS g
$$;

-- What changed between two days: newly violating, solved (violating or suspended before, neither now), newly suspended.
CREATE OR REPLACE FUNCTION report_changes(p_ward integer, p_before date, p_to date) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'newly_violating', count(*) FILTER (WHERE now.status = 'violating' AND old.status IS DISTINCT FROM 'violating'),
        'solved', count(*) FILTER (
            WHERE old.status IN ('violating', 'suspended') AND now.status NOT IN ('violating', 'suspended')
        ),
        'newly_suspended', count(*) FILTER (WHERE now.status = 'suspended' AND old.status IS DISTINCT FROM 'suspended')
    )
    FROM status_period AS now
    LEFT JOIN status_period AS old
        ON old.venue_id = now.venue_id AND old.from_day <= p_before AND old.to_day >= p_before
    WHERE now.from_day <= p_to AND now.to_day >= p_to AND (p_ward IS NULL OR now.ward_id = p_ward)
$$;

-- Lines of a table by category, managing body or ward, in that order of p_by.
CREATE OR REPLACE FUNCTION report_lines(p_ward integer, p_day date, p_by text) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    WITH place AS MATERIALIZED (
        SELECT p.venue_id, p.ward_id, p.status, p.has_qr, p.has_scans FROM status_period AS p
        WHERE p.from_day <= p_day AND p.to_day >= p_day AND (p_ward IS NULL OR p.ward_id = p_ward)
    ), named AS (
        SELECT p.*, c.code, c.name_vi AS name, c.position AS place
        FROM place AS p JOIN venue AS v ON v.id = p.venue_id JOIN category AS c ON c.code = v.category
        WHERE p_by = 'categories'
        UNION ALL
        SELECT p.*, a.login, a.name, 0
        FROM account AS a JOIN account_unit AS u ON u.account_id = a.id JOIN venue AS v ON v.code = u.venue_code
        JOIN place AS p ON p.venue_id = COALESCE(v.merged_into, v.id)
        WHERE p_by = 'units' AND a.role = 'managing_body' AND a.disabled_at IS NULL
        UNION ALL
        SELECT p.*, COALESCE(w.code, ''), COALESCE(w.name, ''), (w.id IS NULL)::integer
        FROM place AS p LEFT JOIN ward AS w ON w.id = p.ward_id
        WHERE p_by = 'wards'
    )
    SELECT COALESCE(jsonb_agg(to_jsonb(line) - 'place' ORDER BY line.place, line.name, line.code), '[]')
    FROM (
        SELECT n.code, n.name, n.place, count(*) AS venues, count(*) FILTER (WHERE n.has_qr) AS with_qr,
               count(*) FILTER (WHERE n.has_scans) AS with_scans, count(*) FILTER (WHERE n.status = 'reminded') AS reminded,
               count(*) FILTER (WHERE n.status = 'violating') AS violating,
               count(*) FILTER (WHERE n.status = 'suspended') AS suspended
        FROM named AS n GROUP BY n.code, n.name, n.place
    ) AS line
$$;

-- The ten streets with most venues that violate, then that are reminded.
CREATE OR REPLACE FUNCTION report_streets(p_ward integer, p_day date) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT COALESCE(jsonb_agg(to_jsonb(line) ORDER BY -line.violating, -line.reminded, line.street, line.ward), '[]')
    FROM (
        SELECT v.street, COALESCE(w.name, '') AS ward, count(*) AS venues,
               count(*) FILTER (WHERE p.status = 'violating') AS violating,
               count(*) FILTER (WHERE p.status = 'reminded') AS reminded,
               count(*) FILTER (WHERE NOT p.has_qr) AS without_qr
        FROM status_period AS p JOIN venue AS v ON v.id = p.venue_id LEFT JOIN ward AS w ON w.id = p.ward_id
        WHERE p.from_day <= p_day AND p.to_day >= p_day AND (p_ward IS NULL OR p.ward_id = p_ward) AND v.street IS NOT NULL
        GROUP BY v.street, w.name
        HAVING count(*) FILTER (WHERE p.status IN ('violating', 'reminded')) > 0
        ORDER BY -count(*) FILTER (WHERE p.status = 'violating'), -count(*) FILTER (WHERE p.status = 'reminded'), v.street,
                 w.name
        LIMIT 10
    ) AS line
$$;

-- What the data lack: days without known scans, and venues without a point, a ward, a street, or of whose status there is doubt.
CREATE OR REPLACE FUNCTION report_lacks(p_ward integer, p_from date, p_to date) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'unknown_days', COALESCE((
            SELECT jsonb_agg(d.day::date ORDER BY d.day)
            FROM generate_series(p_from::timestamp, p_to::timestamp, interval '1 day') AS d (day)
            WHERE NOT EXISTS (SELECT FROM scan_known_day AS k WHERE k.day = d.day::date)
        ), '[]'),
        'no_point', count(*) FILTER (WHERE v.geom IS NULL), 'no_ward', count(*) FILTER (WHERE p.ward_id IS NULL),
        'no_street', count(*) FILTER (WHERE v.street IS NULL),
        'doubted', (
            SELECT count(DISTINCT d.venue_id) FROM venue_doubt AS d JOIN venue AS x ON x.id = d.venue_id
            WHERE p_ward IS NULL OR x.ward_id = p_ward
        )
    )
    FROM status_period AS p JOIN venue AS v ON v.id = p.venue_id
    WHERE p.from_day <= p_to AND p.to_day >= p_to AND (p_ward IS NULL OR p.ward_id = p_ward)
$$;

-- Venues by status on each day of eight weeks, by differences in one pass (as data/queries/trend.py).
CREATE OR REPLACE FUNCTION report_series(p_ward integer, p_first date, p_last date) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    WITH change AS (
        SELECT p.status, edge.day, sum(edge.change) AS change
        FROM status_period AS p
        CROSS JOIN LATERAL (
            VALUES (GREATEST(p.from_day, p_first), 1), (CASE WHEN p.to_day < p_last THEN p.to_day + 1 END, -1)
        ) AS edge (day, change)
        WHERE p.from_day <= p_last AND p.to_day >= p_first AND edge.day IS NOT NULL
          AND (p_ward IS NULL OR p.ward_id = p_ward)
        GROUP BY p.status, edge.day
    ), counted AS (
        SELECT s.code, d.day, sum(COALESCE(c.change, 0)) OVER (PARTITION BY s.code ORDER BY d.day) AS venues
        FROM unnest(enum_range(NULL::venue_status)) AS s (code)
        CROSS JOIN generate_series(p_first::timestamp, p_last::timestamp, interval '1 day') AS d (day)
        LEFT JOIN change AS c ON c.status = s.code AND c.day = d.day::date
    )
    SELECT jsonb_build_object('first', p_first, 'last', p_last, 'statuses', jsonb_object_agg(x.code, x.days))
    FROM (SELECT c.code, jsonb_agg(c.venues ORDER BY c.day) AS days FROM counted AS c GROUP BY c.code) AS x
$$;

-- The whole, of a ward or of the district, from p_from to p_to; the caller's right is asked by who calls it.
CREATE OR REPLACE FUNCTION report_figures(p_ward integer, p_from date, p_to date) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    WITH day AS (
        SELECT p_from - 1 AS before, p_from - 1 >= r.first_day AS is_known, r.is_demo, r.version FROM data_reach() AS r
    )
    SELECT jsonb_build_object(
        'format', 1, 'kind', CASE WHEN p_ward IS NULL THEN 'district' ELSE 'ward' END,
        'ward', (SELECT jsonb_build_object('code', w.code, 'name', w.name) FROM ward AS w WHERE w.id = p_ward),
        'from', p_from, 'to', p_to, 'before', d.before, 'threshold', s.reminder_threshold, 'window', s.scanning_window_days,
        'is_demo', d.is_demo, 'data_version', d.version,
        'venues', jsonb_build_array(now.venues, CASE WHEN d.is_known THEN old.venues END),
        'with_qr', jsonb_build_array(now.with_qr, CASE WHEN d.is_known THEN old.with_qr END),
        'with_scans', jsonb_build_array(now.with_scans, CASE WHEN d.is_known THEN old.with_scans END),
        'statuses', (
            SELECT jsonb_object_agg(
                e.key, jsonb_build_array(e.value, CASE WHEN d.is_known THEN old.statuses -> e.key END)
            )
            FROM jsonb_each(now.statuses) AS e
        ),
        'reminders', report_reminders(p_ward, p_from, p_to),
        'reached', (
            SELECT jsonb_build_object('without_qr', count(*), 'reached', count(*) FILTER (WHERE r.reached))
            FROM reached_in(p_from, p_to) AS r WHERE NOT r.has_qr AND (p_ward IS NULL OR r.ward_id = p_ward)
        ),
        'changes', report_changes(p_ward, d.before, p_to),
        'categories', report_lines(p_ward, p_to, 'categories'), 'units', report_lines(p_ward, p_to, 'units'),
        'wards', CASE WHEN p_ward IS NULL THEN report_lines(NULL, p_to, 'wards') ELSE '[]'::jsonb END,
        'streets', report_streets(p_ward, p_to), 'lacks', report_lacks(p_ward, p_from, p_to),
        'series', report_series(p_ward, LEAST(p_from, p_to - 55), p_to),
        'annotations', COALESCE((
            SELECT jsonb_agg(jsonb_build_object('first', a.first_day, 'last', a.last_day, 'text', a.words) ORDER BY a.first_day, a.id)
            FROM annotation AS a
            WHERE a.removed_at IS NULL AND a.first_day <= p_to AND a.last_day >= LEAST(p_from, p_to - 55)
        ), '[]'),
        'reports', '[]'::jsonb
    )
    FROM day AS d
    CROSS JOIN report_counts(p_ward, p_to) AS now
    CROSS JOIN report_counts(p_ward, d.before) AS old
    CROSS JOIN LATERAL (
        SELECT x.reminder_threshold, x.scanning_window_days FROM policy AS x
        WHERE x.valid_from <= p_to ORDER BY x.valid_from DESC LIMIT 1
    ) AS s
$$;

REVOKE ALL ON FUNCTION report_counts(integer, date), report_reminders(integer, date, date),
    report_changes(integer, date, date), report_lines(integer, date, text), report_streets(integer, date),
    report_lacks(integer, date, date), report_series(integer, date, date), report_figures(integer, date, date) FROM PUBLIC;
