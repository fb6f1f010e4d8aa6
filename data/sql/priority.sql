-- Where to go first: a number for each open venue that anybody can check. It is a sum of parts, each a weight times a
-- value from 0 to 1, both of two decimals; docs/inspections.md says which and why. No part is who visited, and none is
-- known to prove anything: the number puts visits in order, and decides nothing else.

-- The parts in the order in which they are told, with their weights where nobody has set others.
CREATE OR REPLACE FUNCTION priority_parts() RETURNS TABLE (part text, place integer, weight integer)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    VALUES ('status', 1, 40), ('days', 2, 10), ('people', 3, 15), ('risk', 4, 10), ('unseen', 5, 10), ('sure', 6, 5),
           ('token', 7, 10)
$$;

-- The weights in force on a day: those of the policy, else those above.
CREATE OR REPLACE FUNCTION priority_weights(p_day date DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT (SELECT jsonb_object_agg(d.part, d.weight) FROM priority_parts() AS d) || COALESCE(
        (
            SELECT p.priority -> 'weights' FROM policy AS p
            WHERE p.valid_from <= COALESCE(p_day, current_day()) ORDER BY p.valid_from DESC LIMIT 1
        ), '{}'
    )
$$;


-- What the rule says of a venue, from 0 to 1. An assumption of ours: the order names who violates, after its reminders.
CREATE OR REPLACE FUNCTION status_value(p_status venue_status) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE p_status::text WHEN 'violating' THEN 1 WHEN 'suspended' THEN 0.6 WHEN 'reminded' THEN 0.5
                               WHEN 'unregistered' THEN 0.3 WHEN 'registered' THEN 0.2 ELSE 0 END
$$;

-- Days until a venue is visited again after a clean visit: sooner where the risk is high. An assumption of ours.
CREATE OR REPLACE FUNCTION return_days(p_risk numeric) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN p_risk >= 0.9 THEN 30 WHEN p_risk >= 0.5 THEN 60 ELSE 90 END $$;


-- Every open venue that the caller sees (p_venues NULL: all) with its number on a day, what it is made of, and what a
-- visit there would be. p_weights NULL: those in force. Scaled values and points stand in the order of priority_parts();
-- the points' sum is the number, unless something takes all of it back (rests).
CREATE OR REPLACE FUNCTION visit_priority(p_day date, p_weights jsonb DEFAULT NULL, p_venues integer[] DEFAULT NULL)
RETURNS TABLE (
    venue_id integer,
    number numeric,
    scaled numeric[],
    points numeric[],
    rests text,             -- 'compliant': there is no reason to go; 'interval': clean at the last visit; NULL: nothing
    status venue_status,
    since date,             -- its first day of this status without a break; -infinity: not known; NULL: it complies
    people numeric,         -- usual scans of a day; NULL: not known
    people_of text,         -- 'venue', or 'category' where it was not scanned
    risk numeric,
    last_seen date,         -- last reminder or visit
    sure text,              -- 'sure'; 'point': the place is estimated; 'doubt': the status may be wrong
    token text,             -- sign of token compliance
    expected numeric,       -- scans that 14 days let expect, and had; where there is such a sign
    recent numeric,
    sign text,              -- sign of violation
    kind text,              -- what a visit would be
    why_no_inspection text, -- 'yearly', 'not_police'; NULL: an inspection is allowed
    last_inspection date,
    rests_until date,       -- first day after the return interval
    planned_on date,        -- an open visit
    due_on date
)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    weight CONSTANT numeric[] := (
        SELECT array_agg((w.given ->> d.part)::numeric ORDER BY d.place)
        FROM (SELECT priority_weights(p_day) || COALESCE(p_weights, '{}') AS given) AS w CROSS JOIN priority_parts() AS d
    );
    in_force CONSTANT policy := (
        SELECT p FROM policy AS p WHERE p.valid_from <= p_day ORDER BY p.valid_from DESC LIMIT 1
    );
    is_police CONSTANT boolean := caller_may('inspect');
    knows_tokens CONSTANT boolean := may_know_tokens();
BEGIN
    RETURN QUERY
    WITH place AS MATERIALIZED (
        SELECT v.id, v.category, category_risk(v.category) AS risk, v.location, p.status, p.from_day
        FROM venue AS v JOIN status_period AS p ON p.venue_id = v.id AND p_day BETWEEN p.from_day AND p.to_day
        WHERE p_venues IS NULL OR v.id = ANY (p_venues)
    ),
    -- the day before, it had another status or was closed; for one that complies nobody asks
    since AS MATERIALIZED (
        SELECT q.venue_id, max(GREATEST(q.from_day, q.changed)) AS day
        FROM (
            SELECT o.venue_id, o.from_day,
                   CASE WHEN lag(o.status) OVER w = o.status AND lag(o.to_day) OVER w = o.from_day - 1
                        THEN '-infinity' ELSE o.from_day END AS changed
            FROM status_period AS o
            WHERE o.from_day <= p_day AND o.venue_id IN (SELECT n.id FROM place AS n WHERE n.status <> 'scanning')
            WINDOW w AS (PARTITION BY o.venue_id ORDER BY o.from_day)
        ) AS q
        WHERE q.changed = q.from_day
        GROUP BY q.venue_id
    ),
    habit AS MATERIALIZED (SELECT * FROM venue_habits(p_day, p_venues)),
    usual AS MATERIALIZED (
        SELECT * FROM category_habits(
            p_day, CASE WHEN p_venues IS NOT NULL THEN (SELECT array_agg(n.category) FROM place AS n) END
        )
    ),
    seen AS (
        SELECT s.venue_id, max(s.day) AS day FROM (
            SELECT COALESCE(v.merged_into, v.id) AS venue_id, r.reminded_on AS day
            FROM reminder AS r JOIN venue AS v ON v.id = r.venue_id
            WHERE r.withdrawn_on IS NULL AND r.reminded_on <= p_day
              AND (p_venues IS NULL OR COALESCE(v.merged_into, v.id) = ANY (p_venues))
            UNION ALL
            SELECT c.venue_id, x.outcome_on FROM visit AS x JOIN case_file AS c ON c.id = x.case_id
            WHERE x.outcome_on <= p_day
        ) AS s GROUP BY s.venue_id
    ),
    found AS (
        SELECT DISTINCT ON (c.venue_id) c.venue_id, x.outcome, x.outcome_on AS day
        FROM visit AS x JOIN case_file AS c ON c.id = x.case_id WHERE x.outcome_on <= p_day
        ORDER BY c.venue_id, x.outcome_on DESC, x.case_id DESC
    ),
    -- as inspections_of()
    inspected AS (
        SELECT c.venue_id, count(*) AS times, max(COALESCE(x.outcome_on, x.day)) AS day
        FROM visit AS x JOIN case_file AS c ON c.id = x.case_id
        WHERE x.kind = 'inspection' AND c.state IN ('planned', 'recorded')
          AND COALESCE(x.outcome, '') NOT IN ('closed', 'not_found')
          AND abs(COALESCE(x.outcome_on, x.day) - p_day) < 365
        GROUP BY c.venue_id
    ),
    waiting AS (
        SELECT c.venue_id, max(x.day) FILTER (WHERE c.state = 'planned') AS planned_on,
               min(c.due_on) FILTER (WHERE c.state = 'due') AS due_on
        FROM case_file AS c LEFT JOIN visit AS x ON x.case_id = c.id
        WHERE c.process = 'visit' AND c.closed_at IS NULL GROUP BY c.venue_id
    ),
    doubt AS MATERIALIZED (SELECT DISTINCT d.venue_id FROM venue_doubt AS d),
    fact AS MATERIALIZED (
        SELECT p.*, since.day AS since, COALESCE(h.usual, u.usual) AS people,
               CASE WHEN h.usual IS NOT NULL THEN 'venue' WHEN u.usual IS NOT NULL THEN 'category' END AS people_of,
               seen.day AS last_seen, h.recent, expected_scans(h.earlier, u.usual, u.recent) AS expected,
               CASE WHEN d.venue_id IS NOT NULL THEN 'doubt'
                    WHEN p.location IN ('interpolated', 'street', 'ward', 'none', 'unusable') THEN 'point'
                    ELSE 'sure' END AS sure,
               CASE WHEN knows_tokens AND p.status = 'scanning' AND d.venue_id IS NULL AND NOT h.is_estimated THEN
                   token_sign(
                       h.scanned_days, h.most,
                       CASE WHEN h.scanned_days BETWEEN 3 AND 6 THEN shortest_gap(p.id, p_day) END,
                       in_force.scanning_window_days, h.recent, expected_scans(h.earlier, u.usual, u.recent), u.usual
                   )
               END AS token,
               -- as sign_of_violation()
               CASE WHEN p.status IN ('violating', 'suspended', 'reminded') THEN p.status::text
                    WHEN f.outcome IN ('partly', 'not_compliant', 'refused') AND f.day >= p_day - 365 THEN 'visit'
               END AS sign,
               -- what has begun since then speaks against waiting
               CASE WHEN f.outcome IN ('compliant', 'made_on_spot') AND f.day + return_days(p.risk) > p_day
                         AND NOT (p.status IN ('violating', 'suspended') AND since.day > f.day)
                    THEN f.day + return_days(p.risk) END AS rests_until,
               COALESCE(i.times, 0) AS inspections, i.day AS last_inspection, w.planned_on, w.due_on
        FROM place AS p
        LEFT JOIN since ON since.venue_id = p.id
        LEFT JOIN habit AS h ON h.venue_id = p.id
        LEFT JOIN usual AS u ON u.category = p.category
        LEFT JOIN seen ON seen.venue_id = p.id
        LEFT JOIN found AS f ON f.venue_id = p.id
        LEFT JOIN inspected AS i ON i.venue_id = p.id
        LEFT JOIN waiting AS w ON w.venue_id = p.id
        LEFT JOIN doubt AS d ON d.venue_id = p.id
    ),
    valued AS MATERIALIZED (
        SELECT f.*, ARRAY[
                   status_value(f.status),
                   CASE WHEN f.status = 'scanning' THEN 0 WHEN NOT isfinite(f.since) THEN 1
                        ELSE round(LEAST(p_day - f.since + 1, 30) / 30.0, 2) END,
                   CASE WHEN f.people IS NULL THEN 0 ELSE round(LEAST(f.people, 100) / 100, 2) END,
                   f.risk,
                   CASE WHEN f.last_seen IS NULL THEN 1 ELSE round(LEAST(p_day - f.last_seen, 60) / 60.0, 2) END,
                   CASE f.sure WHEN 'sure' THEN 1 WHEN 'point' THEN 0.5 ELSE 0 END,
                   CASE WHEN f.token IS NOT NULL THEN 1 ELSE 0 END
               ]::numeric[] AS scaled,
               CASE WHEN f.rests_until IS NOT NULL THEN 'interval'
                    WHEN f.status = 'scanning' AND f.token IS NULL AND f.sign IS NULL THEN 'compliant' END AS rests,
               CASE WHEN NOT is_police THEN 'not_police'
                    WHEN f.sign IS NULL AND f.inspections >= in_force.inspections_a_year THEN 'yearly'
               END AS why_no_inspection
        FROM fact AS f
    )
    SELECT v.id,
           CASE WHEN v.rests IS NULL THEN p.points[1] + p.points[2] + p.points[3] + p.points[4] + p.points[5]
                                          + p.points[6] + p.points[7] ELSE 0 END,
           v.scaled, p.points, v.rests, v.status, v.since, v.people, v.people_of, v.risk, v.last_seen, v.sure, v.token,
           CASE WHEN v.token IS NOT NULL THEN v.expected END, CASE WHEN v.token IS NOT NULL THEN v.recent END,
           v.sign,
           -- the ward persuades and reminds; police inspect where reminders were of no use, or a visit found something
           CASE WHEN v.sign IN ('violating', 'suspended', 'visit') AND v.why_no_inspection IS NULL THEN 'inspection'
                ELSE 'guidance' END,
           v.why_no_inspection, v.last_inspection, v.rests_until, v.planned_on, v.due_on
    FROM valued AS v
    CROSS JOIN LATERAL (
        SELECT ARRAY[
            round(weight[1] * v.scaled[1], 2), round(weight[2] * v.scaled[2], 2), round(weight[3] * v.scaled[3], 2),
            round(weight[4] * v.scaled[4], 2), round(weight[5] * v.scaled[5], 2), round(weight[6] * v.scaled[6], 2),
            round(weight[7] * v.scaled[7], 2)
        ] AS points
        OFFSET 0
    ) AS p;
END
$$;


-- Whether a venue is an organisation (company, office, school, market, chain) and not a household business: the register
-- does not say it, so its name and category are read; "Hộ kinh doanh …" says itself what it is. For comparing groups of
-- those visited, never for a single one; it changes no number.
CREATE OR REPLACE FUNCTION is_organisation(p_name text, p_category text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT fold(p_name) !~ '\m(ho kinh doanh|ho kd|hkd)\M' AND (
        p_category IN (
            'government', 'school', 'clinic', 'market', 'supermarket', 'convenience_store', 'mall', 'bank', 'office',
            'apartments', 'religious', 'public_place'
        ) OR fold(p_name)
            ~ '\m(cong ty|cty|ctcp|tnhh|co phan|doanh nghiep|dntn|hop tac xa|htx|tap doan|chi nhanh|xi nghiep)\M'
    )
$$;
