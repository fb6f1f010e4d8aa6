-- Visits as officers record them at the door (kinds visit and visit_missed of field_event), withdraw them, the stops that members of a
-- team share out among themselves (stop_claim), and the routes that a phone takes along.
--
-- A visit becomes a step of its case (cases.sql), taken as its author with the rights and wards that they had when they
-- recorded it, whoever's request or job applies it. What the step refuses stays a conflict (answer.why, the end of the key
-- of a text case.refused.…): the phone keeps it, and its author corrects or drops it.

-- Whether nobody has decided the proposal yet, or what was accepted is still to be carried out: a visit of the place waits.
CREATE OR REPLACE FUNCTION proposal_is_open(p_id uuid) RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (
        SELECT FROM field_event AS p
        WHERE p.id = p_id AND p.kind = 'proposal_new'
          AND (p.state = 'waiting' OR p.state = 'applied' AND p.carried_out_at IS NULL)
    )
$$;


-- Takes the step of one record; the caller holds the loader's lock, and speaks as the record's author.
CREATE OR REPLACE FUNCTION field_visit(e field_event) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    number bigint := (e.payload ->> 'case')::bigint;
    named_code CONSTANT text := COALESCE(
        e.venue_code, (SELECT p.venue_code FROM field_event AS p WHERE p.id = e.about AND p.state = 'applied')
    );
    place CONSTANT integer := (SELECT COALESCE(v.merged_into, v.id) FROM venue AS v WHERE v.code = named_code);
    told CONSTANT jsonb := e.payload - '{case,kind,sign,lon,lat}'::text[];
    missed record;
    taken jsonb;
    why text;
    said text;
BEGIN
    IF named_code IS NULL THEN
        UPDATE field_event AS f SET state = 'conflict', answer = '{"why": "declined"}' WHERE f.id = e.id;
        RETURN;
    ELSIF e.kind = 'visit_missed' THEN
        SELECT y.by_name, y.login INTO missed FROM case_file AS c JOIN case_entry AS y ON y.case_id = c.id
        WHERE c.id = number AND c.venue_id = place AND field_in_wards(c.ward_id) AND c.state = 'due' AND y.step = 'miss'
        ORDER BY y.id DESC LIMIT 1;
        IF FOUND THEN  -- another of the team has said so before
            UPDATE field_event AS f SET state = 'duplicate', answer = jsonb_build_object('by', missed.by_name) WHERE f.id = e.id;
            RETURN;
        END IF;
    END IF;
    BEGIN
        IF e.kind = 'visit' THEN  -- one that was set aside for another of the same place and kind is that one
            number := COALESCE(
                (SELECT (c.facts ->> 'kept')::bigint FROM case_file AS c WHERE c.id = number AND c.state = 'set_aside'), number
            );
        END IF;
        IF number IS NULL THEN
            number := field_walk_in(e, named_code, place);
        ELSIF NOT EXISTS (
            SELECT FROM case_file AS c WHERE c.id = number AND c.process = 'visit' AND c.venue_id IS NOT DISTINCT FROM place
        ) THEN
            PERFORM case_refuse('gone');
        END IF;
        taken := CASE e.kind
            WHEN 'visit' THEN case_step(number, 'record', told || jsonb_strip_nulls(
                jsonb_build_object('day', e.day, 'photo', e.photo)), NULL, e.id)
            ELSE case_step(number, 'miss', told, NULL, e.id)
        END;
    EXCEPTION
        WHEN SQLSTATE 'QR001' THEN
            GET STACKED DIAGNOSTICS why = MESSAGE_TEXT, said = PG_EXCEPTION_DETAIL;
            UPDATE field_event AS f
            SET state = 'conflict', answer = jsonb_build_object(
                'why', replace(why, 'case.refused.', ''), 'values', COALESCE(NULLIF(said, ''), '{}')::jsonb
            ) || field_venue_now(place)
            WHERE f.id = e.id;
            RETURN;
        WHEN insufficient_privilege THEN
            UPDATE field_event AS f SET state = 'conflict', answer = '{"why": "not_police"}' WHERE f.id = e.id;
            RETURN;
    END;
    UPDATE field_event AS f
    SET state = 'applied', venue_code = named_code, venue_id = place, answer = jsonb_strip_nulls(jsonb_build_object(
        'case', number, 'next', (SELECT c.due_on FROM visit AS x JOIN case_file AS c ON c.id = x.case_id WHERE x.follows = number)
    )) || field_venue_now(place)
    WHERE f.id = e.id;
END
$$;


-- Takes the outcome of a recorded visit back, as the step of its case (visit_withdrawals.sql), which marks the record, too.
-- Returns {"why", "values"} where the step refuses; {}: it is taken.
CREATE OR REPLACE FUNCTION field_withdraw_visit(p_target field_event, p_said field_event) RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
    why text;
    said text;
BEGIN
    PERFORM case_step((p_target.answer ->> 'case')::bigint, 'withdraw',
                      jsonb_build_object('why', p_said.payload ->> 'why', 'day', p_said.day), NULL, p_said.id);
    UPDATE field_event AS f SET answer = f.answer || field_venue_now(f.venue_id) WHERE f.id = p_target.id;
    RETURN '{}';
EXCEPTION
    WHEN SQLSTATE 'QR001' THEN
        GET STACKED DIAGNOSTICS why = MESSAGE_TEXT, said = PG_EXCEPTION_DETAIL;
        RETURN jsonb_build_object(
            'why', replace(why, 'case.refused.', ''), 'values', COALESCE(NULLIF(said, ''), '{}')::jsonb
        );
    WHEN insufficient_privilege THEN
        RETURN '{"why": "not_police"}';
END
$$;


-- The case of a visit that nobody had planned: the one of this kind that is planned there after all, else a new one.
CREATE OR REPLACE FUNCTION field_walk_in(e field_event, p_code text, p_venue integer) RETURNS bigint
LANGUAGE sql
AS $$
    SELECT COALESCE(
        (
            SELECT c.id FROM case_file AS c JOIN visit AS x ON x.case_id = c.id
            WHERE c.process = 'visit' AND c.state = 'planned' AND c.venue_id = p_venue AND x.kind = e.payload ->> 'kind'
            ORDER BY c.id LIMIT 1
        ),
        (case_open(
            'visit', 'plan', p_code, jsonb_strip_nulls(jsonb_build_object(
                'kind', e.payload ->> 'kind', 'sign', e.payload ->> 'sign')), NULL, md5('plan ' || e.id)::uuid
        ) ->> 'id')::bigint
    )
$$;


-- Who has a stop of a team: who said so last, in the order in which the server heard, has not given it back since, and is
-- still of the team.
CREATE OR REPLACE FUNCTION stop_holder(p_stop bigint) RETURNS TABLE (login text, name text)
LANGUAGE sql STABLE
AS $$
    SELECT taken.login, taken.recorded_by
    FROM (
        SELECT e.seq, e.login, e.recorded_by, e.account_id FROM field_event AS e
        WHERE e.kind = 'stop_claim' AND e.state = 'applied' AND e.payload ->> 'stop' = p_stop::text
          AND e.payload ? 'mine'
        ORDER BY e.seq DESC LIMIT 1
    ) AS taken
    WHERE EXISTS (
        SELECT FROM plan_stop AS s JOIN plan_team AS t ON t.id = s.team_id
        WHERE s.id = p_stop AND taken.account_id = ANY (t.members)
    ) AND NOT EXISTS (
        SELECT FROM field_event AS back
        WHERE back.kind = 'stop_claim' AND back.state = 'applied' AND back.payload ->> 'stop' = p_stop::text
          AND NOT back.payload ? 'mine' AND back.login = taken.login AND back.seq > taken.seq
    )
$$;

-- Answers "I take this stop" and "I give it back" of a member of its team; answer.by: from whom it was taken.
CREATE OR REPLACE FUNCTION field_claim(e field_event) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE field_event AS f
    SET state = CASE WHEN asked.is_member THEN 'applied' ELSE 'refused' END,
        answer = jsonb_strip_nulls(jsonb_build_object(
            'why', CASE WHEN NOT asked.is_member THEN 'not_yours' END,
            'by', CASE WHEN asked.is_member AND e.payload ? 'mine' THEN asked.holder END
        ))
    FROM (
        SELECT EXISTS (
            SELECT FROM plan_stop AS s JOIN plan_team AS t ON t.id = s.team_id JOIN visit_plan AS p ON p.id = s.plan_id
            WHERE s.id = (e.payload ->> 'stop')::bigint AND p.state = 'assigned' AND e.account_id = ANY (t.members)
        ) AS is_member,
        (
            SELECT h.name FROM stop_holder((e.payload ->> 'stop')::bigint) AS h WHERE h.login <> e.login
        ) AS holder
    ) AS asked
    WHERE f.id = e.id;
END
$$;


-- A venue of a stop as its team is shown it; flags: what has changed since the plan was made.
CREATE OR REPLACE FUNCTION route_venue(p_stop plan_stop, p_planned jsonb, p_since timestamptz) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'code', v.code, 'name', v.name, 'address', v.address, 'ward', w.name, 'status', v.status, 'has_qr', q.id IS NOT NULL,
        'case', c.id, 'kind', COALESCE(x.kind, p_planned ->> 'kind'), 'state', c.state, 'outcome', x.outcome,
        'reasons', COALESCE(NULLIF(x.reasons, '[]'), p_planned -> 'reasons', '[]'), 'sign', x.sign, 'drawn', x.drawn,
        'by', last.by_name, 'why', last.facts ->> 'why', 'flags', to_jsonb(array_remove(ARRAY[
            CASE WHEN v.status IS NULL THEN 'closed' END,
            CASE WHEN v.status = 'scanning' THEN 'complies' END,
            CASE WHEN v.status = 'suspended' THEN 'suspended' END,
            CASE WHEN v.status <> 'scanning' AND r.registered_on >= p_since::date THEN 'registered' END,
            CASE WHEN jsonb_array_length(p_stop.venues) = 1 AND ST_DistanceSphere(
                v.geom, ST_SetSRID(ST_MakePoint(p_stop.lon, p_stop.lat), 4326)) > 100 THEN 'moved' END
        ], NULL)),
        'lon', ST_X(v.geom), 'lat', ST_Y(v.geom)
    )
    FROM venue AS named
    JOIN venue AS v ON v.id = COALESCE(named.merged_into, named.id)
    LEFT JOIN ward AS w ON w.id = v.ward_id
    LEFT JOIN LATERAL registration_in_force(v.id, current_day()) AS q ON true
    LEFT JOIN registration AS r ON r.id = q.id
    LEFT JOIN LATERAL (
        SELECT f.* FROM case_file AS f JOIN visit AS y ON y.case_id = f.id
        WHERE f.process = 'visit' AND f.venue_id = v.id
          AND (f.id = (p_planned ->> 'case')::bigint OR y.stop_id = p_stop.id)
        ORDER BY f.id DESC LIMIT 1
    ) AS c ON true
    LEFT JOIN visit AS x ON x.case_id = c.id
    LEFT JOIN LATERAL (
        SELECT e.by_name, e.facts FROM case_entry AS e
        WHERE e.case_id = c.id AND e.step IN ('record', 'miss', 'waive') ORDER BY e.id DESC LIMIT 1
    ) AS last ON true
    WHERE named.code = p_planned ->> 'code' AND field_in_wards(v.ward_id)
$$;

-- Stops of a team in the order in which they are to be made, each with those of its venues that the caller may see.
CREATE OR REPLACE FUNCTION route_stops(p_team plan_team, p_since timestamptz) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT COALESCE(jsonb_agg(
        jsonb_build_object(
            'id', s.id, 'shift', s.shift, 'position', s.position, 'arrives', to_char(s.arrives, 'HH24:MI'),
            'minutes', s.minutes, 'title', s.title, 'lon', s.lon, 'lat', s.lat, 'opens', to_char(s.opens, 'HH24:MI'),
            'closes', to_char(s.closes, 'HH24:MI'), 'holder', h.login, 'holder_name', h.name, 'venues', seen.venues
        ) ORDER BY s.shift NULLS LAST, s.position NULLS LAST, s.id
    ), '[]')
    FROM plan_stop AS s
    LEFT JOIN LATERAL stop_holder(s.id) AS h ON true
    CROSS JOIN LATERAL (
        SELECT jsonb_agg(told.venue ORDER BY planned.place) AS venues
        FROM jsonb_array_elements(s.venues) WITH ORDINALITY AS planned (said, place)
        CROSS JOIN LATERAL (SELECT route_venue(s, planned.said, p_since) AS venue) AS told
        WHERE told.venue IS NOT NULL
    ) AS seen
    WHERE s.team_id = p_team.id AND seen.venues IS NOT NULL
$$;

-- The caller's routes of the data's day, of the week to come (taken along the evening before) and, as long as something of
-- them is open, of the week before: one for each team of an assigned plan that they are a member of; the day's own first,
-- then those to come, then the latest of before. And what their phone needs to record a visit: may they inspect, does it
-- take two, and who may be the second.
CREATE OR REPLACE FUNCTION field_route() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT CASE WHEN caller_may('remind') THEN jsonb_build_object(
        'day', current_day(), 'may_inspect', caller_may('inspect'),
        'two_person', (
            SELECT p.two_person FROM policy AS p WHERE p.valid_from <= current_day() ORDER BY p.valid_from DESC LIMIT 1
        ),
        'officers', (
            SELECT COALESCE(jsonb_agg(jsonb_build_object('login', a.login, 'name', a.name) ORDER BY a.name, a.login), '[]')
            FROM account AS a
            WHERE caller_may('inspect') AND a.disabled_at IS NULL AND a.role IN ('police', 'ward_officer', 'ward_chair')
              AND a.id IS DISTINCT FROM caller_account()
        ),
        'routes', (
            SELECT COALESCE(jsonb_agg(jsonb_build_object(
                'plan', p.id, 'day', p.day, 'title', p.title, 'version', p.version, 'changed_at', p.changed_at, 'changed_by', p.changed_by,
                'team', t.id, 'team_name', t.name, 'number', t.number, 'travel', t.travel, 'shifts', t.shifts,
                'members', (
                    SELECT COALESCE(jsonb_agg(a.name ORDER BY a.name), '[]') FROM account AS a WHERE a.id = ANY (t.members)
                ),
                'stops', route_stops(t, p.created_at)
            ) ORDER BY p.day < current_day() ASC, abs(p.day - current_day()) ASC, p.id ASC, t.number ASC), '[]')
            FROM visit_plan AS p JOIN plan_team AS t ON t.plan_id = p.id
            WHERE p.state = 'assigned' AND caller_account() = ANY (t.members)
              AND (p.day BETWEEN current_day() AND current_day() + 7 OR p.day BETWEEN current_day() - 7 AND current_day() AND EXISTS (
                  SELECT FROM plan_stop AS s JOIN visit AS x ON x.stop_id = s.id JOIN case_file AS c ON c.id = x.case_id
                  WHERE s.team_id = t.id AND c.state = 'planned'
              ))
        )
    ) END
$$;


REVOKE ALL ON FUNCTION
    field_visit(field_event), field_withdraw_visit(field_event, field_event), proposal_is_open(uuid),
    field_walk_in(field_event, text, integer), stop_holder(bigint), field_claim(field_event),
    route_venue(plan_stop, jsonb, timestamptz), route_stops(plan_team, timestamptz), field_route()
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION field_route() TO qr_app;
