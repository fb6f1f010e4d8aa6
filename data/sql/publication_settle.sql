-- What follows for lists by itself: after every load, every record at the door and every hour the rule is asked again of
-- the venues with an open entry. Who no longer violates is off the page in the same transaction, and never comes back to
-- the same entry: who violates again waits for the next list.

-- The rule steps that are due; p_venues NULL: everywhere.
CREATE OR REPLACE FUNCTION publication_due_steps(p_venues integer[])
RETURNS TABLE (case_id bigint, state text, step text, facts jsonb)
LANGUAGE sql STABLE
AS $$
    SELECT c.id, c.state,
           CASE WHEN p.expires_on <= current_day() AND c.state IN ('published', 'contested', 'pending') THEN 'expire'
                WHEN e.body_kind IS NOT NULL THEN NULL
                WHEN now.why IS NOT NULL THEN 'cease'
                WHEN now.violating THEN CASE
                    WHEN c.state IN ('published', 'contested', 'pending') AND w.id IS NOT NULL
                        AND w.code <> e.shown ->> 'ward_code' THEN 'moved'
                END
                WHEN s.has_qr OR s.has_scans THEN 'comply'
                ELSE 'cease' END,
           jsonb_strip_nulls(jsonb_build_object('status', s.status, 'why', now.why, 'ward', w.name, 'was', e.shown ->> 'ward'))
    FROM case_file AS c
    JOIN publication_entry AS e ON e.case_id = c.id
    JOIN publication AS p ON p.list_id = e.list_id
    LEFT JOIN venue AS named ON named.code = c.venue_code AND c.venue_code <> ''
    LEFT JOIN ward AS w ON w.id = named.ward_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN e.body_kind IS NOT NULL THEN NULL
                    WHEN named.id IS NULL THEN 'gone'
                    WHEN named.merged_into IS NOT NULL THEN 'merged' END AS why,
               is_violating(named.id) AS violating
    ) AS now
    LEFT JOIN LATERAL (
        SELECT x.status, x.has_qr, x.has_scans FROM venue_status(named.id, current_day()) AS x
        WHERE now.why IS NULL AND NOT now.violating AND e.body_kind IS NULL
    ) AS s ON true
    WHERE c.process = 'publication' AND c.closed_at IS NULL
      AND (p_venues IS NULL OR c.venue_id = ANY (p_venues) OR named.id = ANY (p_venues))
$$;

-- Takes them; returns the cases. Safe to ask again: what is done is not due any more.
CREATE OR REPLACE FUNCTION publication_settle(p_venues integer[] DEFAULT NULL) RETURNS SETOF bigint
LANGUAGE plpgsql
AS $$
DECLARE
    due record;
    held case_file;
BEGIN
    FOR due IN SELECT * FROM publication_due_steps(p_venues) AS d WHERE d.step IS NOT NULL ORDER BY d.case_id LOOP
        SELECT * INTO held FROM case_file AS c WHERE c.id = due.case_id FOR UPDATE;
        CONTINUE WHEN held.closed_at IS NOT NULL OR held.state <> due.state;  -- somebody took a step of it meanwhile
        IF due.step = 'moved' THEN
            UPDATE case_file AS c SET ward_id = v.ward_id FROM venue AS v
            WHERE c.id = held.id AND v.code = c.venue_code RETURNING c.* INTO held;
        END IF;
        PERFORM case_take(held, due.step, CASE due.step
            WHEN 'moved' THEN jsonb_build_object('ward', due.facts ->> 'ward', 'was', due.facts ->> 'was')
            WHEN 'expire' THEN '{}'
            WHEN 'comply' THEN due.facts - '{why,ward,was}'::text[]
            ELSE due.facts - '{ward,was}'::text[] END, NULL, NULL, true);
        RETURN NEXT held.id;
    END LOOP;
    PERFORM publication_settle_clocks(p_venues);
    FOR held IN
        SELECT c.* FROM case_file AS c JOIN publication AS p ON p.list_id = c.id
        WHERE c.process = 'publication_list' AND c.state = 'published' AND p.expires_on <= current_day() FOR UPDATE OF c
    LOOP
        PERFORM case_take(held, 'expire', '{}', NULL, NULL, true);
        RETURN NEXT held.id;
    END LOOP;
END
$$;

-- The clock of a notice stands still while data of its venue are missing or in doubt.
CREATE OR REPLACE FUNCTION publication_settle_clocks(p_venues integer[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    stands record;
BEGIN
    FOR stands IN
        SELECT c.id, doubt.open AS is_doubtful
        FROM case_file AS c
        CROSS JOIN LATERAL (
            SELECT EXISTS (SELECT FROM venue_doubt AS d WHERE d.venue_id = c.venue_id) AS open
        ) AS doubt
        CROSS JOIN LATERAL (
            SELECT EXISTS (
                SELECT FROM publication_pause AS p WHERE p.case_id = c.id AND p.why = 'data' AND p.to_day IS NULL
            ) AS open
        ) AS pause
        WHERE c.process = 'publication' AND c.closed_at IS NULL AND c.venue_id IS NOT NULL
          AND c.state IN ('notified', 'decided', 'objected', 'claimed')
          AND (p_venues IS NULL OR c.venue_id = ANY (p_venues)) AND doubt.open <> pause.open
    LOOP
        PERFORM publication_pause_now(stands.id, 'data', stands.is_doubtful);
    END LOOP;
END
$$;

-- Ends the entries at addresses that have left before and stand again, since the database was restored from before that:
-- no entry comes back. Returns the cases (etl/publishing/tombstones.py).
CREATE OR REPLACE FUNCTION publication_bury(p_slugs text[]) RETURNS SETOF bigint
LANGUAGE plpgsql
AS $$
DECLARE
    held case_file;
BEGIN
    FOR held IN
        SELECT c.* FROM case_file AS c JOIN publication_entry AS e ON e.case_id = c.id
        WHERE e.slug = ANY (p_slugs) AND c.closed_at IS NULL FOR UPDATE OF c
    LOOP
        PERFORM case_take(held, 'cease', '{"why": "restored"}', NULL, NULL, true);
        RETURN NEXT held.id;
    END LOOP;
    UPDATE published.address AS a SET gone_at = clock_timestamp() WHERE a.slug = ANY (p_slugs) AND a.gone_at IS NULL;
END
$$;

-- Every hour, and what was set for an hour: returns the lists that became public so, which are then sealed.
CREATE OR REPLACE FUNCTION publication_tick() RETURNS SETOF bigint
LANGUAGE plpgsql
AS $$
DECLARE
    held case_file;
BEGIN
    PERFORM publication_settle();
    FOR held IN
        SELECT c.* FROM case_file AS c JOIN publication AS p ON p.list_id = c.id
        WHERE c.state = 'approved' AND c.process = 'publication_list' AND p.publish_at <= clock_timestamp() FOR UPDATE OF c
    LOOP
        PERFORM case_take(held, 'publish_as_set', '{}', NULL, NULL, true);
        RETURN NEXT held.id;
    END LOOP;
    IF EXISTS (SELECT FROM publication WHERE published_at IS NOT NULL) THEN
        PERFORM publication_tell_state();
    END IF;
END
$$;


REVOKE ALL ON FUNCTION
    publication_settle(integer[]), publication_settle_clocks(integer[]), publication_due_steps(integer[]),
    publication_tick(), publication_bury(text[])
FROM PUBLIC;
