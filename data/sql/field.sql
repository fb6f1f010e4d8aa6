-- field_event: what officers record at the door, and the rows of reminder that follow from it; visits: field_visits.sql.
--
-- Of what is here the page's role may call field_record() and nothing else; it has the owner's rights and asks itself who
-- calls, by the settings of the transaction (data/access/caller.py). A record is kept at once, whatever is being loaded; what
-- follows from it is written behind the loader's lock, in the same transaction where the lock is free or comes free soon,
-- else by the worker's job "field". What becomes of a proposal: proposals.sql. Its state then:
--
--   waiting    confirmed to the phone, but not written yet; of a proposal: nobody has decided yet
--   applied    written; of a proposal: accepted
--   duplicate  written, and somebody else reminded the same venue for the same reason on that day: counts once by the rule
--   conflict   nothing written, since something spoke against it (answer.why); its author confirms or withdraws it
--   refused    never to be written (answer.why)

-- Whether the caller's wards hold the ward; NULL, no ward: only those of the whole district.
CREATE OR REPLACE FUNCTION field_in_wards(p_ward integer) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT sees_all() OR COALESCE(p_ward = ANY (caller_wards()), false) $$;


-- Row-level security: who records or decides sees what they recorded themselves, and what was recorded in their wards.
ALTER TABLE field_event ENABLE ROW LEVEL SECURITY;
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_policy WHERE polrelid = 'field_event'::regclass AND polname = 'field_event_seen'
    ) THEN
        CREATE POLICY field_event_seen ON field_event FOR SELECT TO qr_app USING (
            (SELECT caller_may('remind', 'confirm', 'review')) AND (
                (SELECT sees_all()) OR ward_id = ANY ((SELECT caller_wards())::integer[])
                OR account_id = (SELECT caller_account())
            )
        );
    END IF;
END
$$;


-- Keeps a record and writes what follows from it. The same number again gives the same answer, whatever it says now.
-- p_wait: whether to wait a moment for the loader's lock; who has waited in vain for one record need not for the next.
-- p_sent_at: what the phone's clock says as it sends, so that a clock that is wrong is noticed and its times put right.
-- p_doubtful: the phone's clock has been set since, so that this says nothing. Where the time cannot be known the answer
-- is the conflict "clock", and nothing is kept: the phone keeps it, and sends it again with the day that its author states
-- (p_stated). NULL: a phone that still runs a screen that cannot ask, and would drop it: the future is taken as now.
-- Returns {"state", "why", ...}; raises insufficient_privilege for a caller who may not remind at all.
CREATE OR REPLACE FUNCTION field_record(
    p_id uuid, p_kind text, p_venue text, p_reason text, p_about uuid, p_happened_at timestamptz, p_sent_at timestamptz,
    p_payload jsonb, p_photo text, p_wait boolean DEFAULT true, p_stated date DEFAULT NULL, p_doubtful boolean DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    tolerated CONSTANT interval := '2 minutes';  -- of difference between two clocks that both are right
    oldest CONSTANT interval := '60 days';
    caller_login CONSTANT text := COALESCE(current_setting('app.login', true), '');
    caller_id CONSTANT integer := NULLIF(current_setting('app.account', true), '')::integer;
    -- a demonstration's today is the last day of its files
    behind CONSTANT integer := today() - current_day();
    known field_event;
    place record;
    -- in seconds: a day of an interval is a calendar's, and Vietnam's clocks were an hour ahead until 1975
    skew interval := make_interval(secs => extract(epoch FROM clock_timestamp() - p_sent_at)::float8);
    happened timestamptz;
    refused text;
BEGIN
    IF NOT caller_may('remind') THEN
        RAISE EXCEPTION 'the caller may not remind' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO known FROM field_event AS e WHERE e.id = p_id;
    IF NOT FOUND THEN
        IF skew BETWEEN -tolerated AND tolerated THEN
            skew := '0';
        END IF;
        happened := p_happened_at + skew;
        IF p_stated > today() OR p_stated IS NULL AND p_doubtful IS NOT NULL AND (
            p_doubtful OR happened NOT BETWEEN clock_timestamp() - oldest AND clock_timestamp() + tolerated
        ) THEN
            RETURN jsonb_build_object('state', 'conflict', 'why', 'clock', 'today', today());
        END IF;
        IF p_stated IS NOT NULL THEN
            happened := (p_stated + time '12:00') AT TIME ZONE 'Asia/Ho_Chi_Minh';
        END IF;
        happened := LEAST(happened, clock_timestamp());
        SELECT v.id, v.code, v.ward_id INTO place FROM venue AS named
        JOIN venue AS v ON v.id = COALESCE(named.merged_into, named.id) WHERE named.code = p_venue;
        IF p_kind = 'proposal_new' THEN
            SELECT w.id INTO place.ward_id FROM ward AS w
            WHERE field_in_wards(w.id)
            -- of the division that the venues are told by
            ORDER BY EXISTS (SELECT FROM venue AS v WHERE v.ward_id = w.id) DESC, ST_Distance(w.geom, ST_SetSRID(
                ST_MakePoint((p_payload ->> 'lon')::float8, (p_payload ->> 'lat')::float8), 4326)), w.id
            LIMIT 1;
        ELSIF p_kind = 'visit' AND p_venue IS NULL THEN  -- of a place that is proposed
            SELECT f.ward_id INTO place.ward_id FROM field_event AS f WHERE f.id = p_about;
        END IF;
        refused := CASE
            WHEN happened < clock_timestamp() - oldest THEN 'too_old'
            WHEN p_venue IS NOT NULL AND place.id IS NOT NULL AND NOT field_in_wards(place.ward_id) THEN 'not_yours'
            WHEN EXISTS (
                SELECT FROM field_event AS about
                WHERE about.id = p_about AND about.login <> caller_login AND NOT field_in_wards(about.ward_id)
            ) THEN 'not_yours'
        END;
        INSERT INTO field_event (
            id, account_id, login, recorded_by, may_confirm, rights, wards, kind, venue_code, venue_id, ward_id, about, reason,
            happened_at, clock_said, skew_seconds, day, payload, photo, state, answer
        ) VALUES (
            p_id, caller_id, caller_login, caller_name(),
            caller_may('confirm'), COALESCE(current_setting('app.rights', true), ''),
            COALESCE(current_setting('app.wards', true), ''), p_kind, COALESCE(place.code, p_venue),
            CASE WHEN refused IS NULL THEN place.id END, CASE WHEN refused IS NULL THEN place.ward_id END,
            p_about, p_reason, happened, CASE WHEN p_stated IS NOT NULL THEN p_happened_at END,
            extract(epoch FROM skew)::bigint,
            (happened AT TIME ZONE 'Asia/Ho_Chi_Minh')::date - behind, p_payload, p_photo,
            CASE WHEN refused IS NOT NULL THEN 'refused' WHEN p_kind = 'qr_seen' THEN 'applied' ELSE 'waiting' END,
            jsonb_strip_nulls(jsonb_build_object('why', refused))
        ) ON CONFLICT (id) DO NOTHING;
        SELECT * INTO known FROM field_event AS e WHERE e.id = p_id;
        IF known.kind = 'stop_claim' AND known.state = 'waiting' THEN
            PERFORM field_claim(known);
            SELECT * INTO known FROM field_event AS e WHERE e.id = p_id;
        END IF;
    END IF;
    IF known.login <> caller_login THEN
        RETURN jsonb_build_object('state', 'refused', 'why', 'not_yours');
    END IF;
    IF known.state = 'waiting' AND known.kind NOT LIKE 'proposal%' THEN
        PERFORM field_apply_soon(p_wait);
        SELECT * INTO known FROM field_event AS e WHERE e.id = p_id;
    END IF;
    -- what is only decided may still turn out impossible, or be taken back: the phone goes on asking until it is done
    IF known.kind LIKE 'proposal%' AND known.state = 'applied' AND known.carried_out_at IS NULL THEN
        RETURN jsonb_build_object('state', 'waiting');
    END IF;
    RETURN known.answer || jsonb_build_object('state', known.state) || CASE
        WHEN known.kind = 'proposal_new' AND known.state = 'applied' THEN jsonb_build_object('made', known.venue_code)
        ELSE '{}'
    END;
END
$$;


-- Applies what waits, in the order in which it came, where the loader's lock is free or comes free within a moment; else,
-- and the rest of what has piled up behind a long load, has the worker do it.
CREATE OR REPLACE FUNCTION field_apply_soon(p_wait boolean) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    IF p_wait THEN
        BEGIN
            PERFORM set_config('lock_timeout', '1500ms', true);
            PERFORM pg_advisory_xact_lock(lock_space(), loader_lock());
            PERFORM set_config('lock_timeout', '0', true);
            IF field_apply_waiting(20) < 20 THEN
                RETURN;
            END IF;
        EXCEPTION WHEN lock_not_available THEN
            NULL;
        END;
    ELSIF pg_try_advisory_xact_lock(lock_space(), loader_lock()) THEN
        IF field_apply_waiting(20) < 20 THEN
            RETURN;
        END IF;
    END IF;
    INSERT INTO job (kind, payload)
    SELECT 'field', '{}' WHERE NOT EXISTS (SELECT FROM job AS j WHERE j.kind = 'field' AND j.state = 'queued');
    PERFORM pg_notify('job', '');
END
$$;


-- Applies what waits, p_most at most (NULL: all), and returns how many that were. The caller holds the loader's lock. A
-- record that the tables refuse must not keep the others. What is written is written for who recorded it, whoever's
-- request or job it is that comes by: so says the audit.
CREATE OR REPLACE FUNCTION field_apply_waiting(p_most integer DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    caller CONSTANT jsonb := jsonb_build_object(
        'app.account', current_setting('app.account', true), 'app.login', current_setting('app.login', true),
        'app.role', current_setting('app.role', true), 'app.address', current_setting('app.address', true),
        'app.request', current_setting('app.request', true), 'app.name', current_setting('app.name', true),
        'app.rights', current_setting('app.rights', true), 'app.wards', current_setting('app.wards', true)
    );
    number uuid;
    applied integer := 0;
BEGIN
    FOR number IN
        SELECT e.id FROM field_event AS e
        WHERE e.state = 'waiting' AND e.kind IN ('reminder', 'confirmation', 'withdrawal', 'visit', 'visit_missed')
          AND (e.kind <> 'visit' OR e.about IS NULL OR NOT proposal_is_open(e.about))
        ORDER BY e.seq LIMIT p_most
    LOOP
        applied := applied + 1;
        -- a step of a case asks them: what was allowed at the door is allowed, whoever comes by, and no more than that
        PERFORM set_config('app.rights', e.rights, true), set_config('app.wards', e.wards, true),
                set_config('app.name', e.recorded_by, true)
        FROM field_event AS e WHERE e.id = number;
        PERFORM set_config('app.account', e.account_id::text, true), set_config('app.login', e.login, true),
                set_config('app.role', COALESCE(a.role, ''), true)
        FROM field_event AS e LEFT JOIN account AS a ON a.id = e.account_id
        WHERE e.id = number AND e.login IS DISTINCT FROM caller ->> 'app.login';
        IF FOUND THEN
            PERFORM set_config('app.address', '', true), set_config('app.request', '', true);
        END IF;
        BEGIN
            PERFORM field_apply(number);
        EXCEPTION
        WHEN deadlock_detected THEN
            NULL;  -- somebody takes a step at the venue; it waits on, and its phone asks again
        WHEN data_exception OR integrity_constraint_violation THEN
            RAISE WARNING 'field_event %: %', number, SQLERRM;
            UPDATE field_event AS e SET state = 'refused', answer = '{"why": "fault"}' WHERE e.id = number;
        END;
        PERFORM set_config(s.key, COALESCE(s.value, ''), true) FROM jsonb_each_text(caller) AS s;
    END LOOP;
    RETURN applied;
END
$$;


-- Writes what follows from one record. The caller holds the loader's lock.
CREATE OR REPLACE FUNCTION field_apply(p_id uuid) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    e field_event;
    about field_event;
    refused text; told jsonb;
BEGIN
    SELECT * INTO e FROM field_event AS f WHERE f.id = p_id FOR UPDATE;
    IF e.state <> 'waiting' THEN
        RETURN;
    END IF;
    IF e.kind = 'reminder' THEN
        PERFORM field_remind(e, false);
        RETURN;
    ELSIF e.kind IN ('visit', 'visit_missed') THEN
        PERFORM field_visit(e);
        RETURN;
    END IF;
    SELECT * INTO about FROM field_event AS f
    WHERE f.id = e.about AND f.kind IN ('reminder', 'visit', 'visit_missed') FOR UPDATE;
    refused := CASE
        WHEN about.id IS NULL THEN 'unknown'
        -- of the steps of cases an outcome can be taken back; one that was refused is its author's to drop
        WHEN about.kind <> 'reminder' AND (e.kind, about.state) <> ('withdrawal', 'conflict')
            AND (e.kind, about.kind, about.state) <> ('withdrawal', 'visit', 'applied') THEN 'settled'
        WHEN about.state = 'refused' OR about.withdrawn_on IS NOT NULL THEN 'settled'
        WHEN e.kind = 'confirmation' AND about.login <> e.login THEN 'not_yours'
        -- "by its author the same day, later by the chair only"; one of which nothing was written is its author's
        WHEN e.kind = 'withdrawal' AND NOT e.may_confirm AND about.login <> e.login THEN 'not_yours'
        -- and a day that its author states says nothing of that
        WHEN e.kind = 'withdrawal' AND NOT e.may_confirm AND about.state <> 'conflict'
            AND (about.day <> e.day OR e.clock_said IS NOT NULL) THEN 'too_late'
        WHEN e.kind = 'withdrawal' AND COALESCE(e.payload ->> 'why', '') = '' THEN 'no_reason'
    END;
    IF refused IS NULL AND e.kind = 'confirmation' AND about.state = 'conflict' THEN
        PERFORM field_remind(about, true);
    ELSIF refused IS NULL AND e.kind = 'withdrawal' AND about.kind = 'visit' AND about.state = 'applied' THEN
        told := field_withdraw_visit(about, e);
        refused := told ->> 'why';
    ELSIF refused IS NULL AND e.kind = 'withdrawal' THEN
        PERFORM field_withdraw(about, e);
    END IF;
    UPDATE field_event AS f
    SET state = CASE WHEN refused IS NULL THEN 'applied' ELSE 'refused' END,
        venue_code = about.venue_code, venue_id = about.venue_id, ward_id = about.ward_id,
        answer = CASE WHEN refused IS NULL THEN
            COALESCE((SELECT a.answer || jsonb_build_object('about', a.state) FROM field_event AS a WHERE a.id = e.about), '{}')
            ELSE COALESCE(told, jsonb_build_object('why', refused)) END
    WHERE f.id = e.id;
END
$$;


-- Writes the reminder of a record, unless something speaks against it that its author could not know.
CREATE OR REPLACE FUNCTION field_remind(e field_event, p_confirmed boolean) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    place record;
    facts record;
    other record;
    why text;
    written integer;
BEGIN
    SELECT v.id, v.code, v.ward_id INTO place FROM venue AS named
    JOIN venue AS v ON v.id = COALESCE(named.merged_into, named.id) WHERE named.code = e.venue_code;
    IF place.id IS NULL THEN
        UPDATE field_event AS f SET state = 'conflict', answer = '{"why": "gone"}' WHERE f.id = e.id;
        RETURN;
    END IF;
    SELECT s.*, q.registered_on, q.app INTO facts FROM venue_status(place.id, e.day) AS s
    LEFT JOIN registration AS q ON q.id = s.registration_id;
    why := CASE
        WHEN NOT facts.is_open THEN 'closed'
        WHEN facts.status = 'scanning' THEN 'compliant'
        WHEN e.reason = 'no_qr' AND facts.registration_id IS NOT NULL THEN 'registered'
    END;
    IF why IS NOT NULL AND NOT p_confirmed THEN
        UPDATE field_event AS f
        SET state = 'conflict', venue_id = place.id, ward_id = place.ward_id,
            answer = jsonb_strip_nulls(jsonb_build_object(
                'why', why, 'registered_on', facts.registered_on, 'last_scan', facts.last_scan
            )) || field_venue_now(place.id)
        WHERE f.id = e.id;
        RETURN;
    END IF;
    SELECT r.id, r.given_by INTO other FROM reminders_of(place.id) AS r
    WHERE r.reminded_on = e.day AND r.reason = e.reason AND r.withdrawn_on IS NULL ORDER BY r.id LIMIT 1;
    INSERT INTO reminder AS r (venue_id, reminded_on, reason, given_by, method)
    VALUES (place.id, e.day, e.reason, e.recorded_by, 'tại chỗ')
    ON CONFLICT (venue_id, reminded_on, reason, given_by) DO UPDATE SET withdrawn_on = NULL
    RETURNING r.id INTO written;
    PERFORM field_refresh(place.id);
    UPDATE field_event AS f
    SET state = CASE WHEN other.id IS NULL THEN 'applied' ELSE 'duplicate' END, reminder_id = written,
        venue_code = place.code, venue_id = place.id, ward_id = place.ward_id,
        answer = jsonb_strip_nulls(jsonb_build_object('why', CASE WHEN other.id IS NOT NULL THEN 'same_day' END,
                                                      'by', other.given_by))
            || field_venue_now(place.id)
    WHERE f.id = e.id;
END
$$;


-- Withdraws a record; its row of reminder stays and counts no more, unless another record has the same row.
CREATE OR REPLACE FUNCTION field_withdraw(p_target field_event, p_said field_event) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    place integer;
BEGIN
    UPDATE field_event AS f
    SET withdrawn_on = GREATEST(p_said.day, f.day), withdrawn_by = p_said.recorded_by, withdrawn_why = p_said.payload ->> 'why'
    WHERE f.id = p_target.id;
    UPDATE reminder AS r SET withdrawn_on = GREATEST(p_said.day, p_target.day)
    WHERE r.id = p_target.reminder_id AND NOT EXISTS (
        SELECT FROM field_event AS f
        WHERE f.reminder_id = r.id AND f.id <> p_target.id AND f.withdrawn_on IS NULL
    )
    RETURNING r.venue_id INTO place;
    IF place IS NOT NULL THEN
        SELECT COALESCE(v.merged_into, v.id) INTO place FROM venue AS v WHERE v.id = place;
        PERFORM field_refresh(place);
    END IF;
    UPDATE field_event AS f SET answer = f.answer || field_venue_now(COALESCE(place, f.venue_id)) WHERE f.id = p_target.id;
END
$$;


-- Brings the periods and the status of one venue in step, and tells the tiles. The thinning of the map is left for the
-- next load, for it looks at every venue; only a violating venue is drawn at every zoom from now on.
CREATE OR REPLACE FUNCTION field_refresh(p_venue integer) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    day CONSTANT date := current_day();
BEGIN
    PERFORM refresh_status_periods(ARRAY[p_venue]);
    IF NOT EXISTS (SELECT FROM clock WHERE status_day = day) THEN
        PERFORM refresh_current_status_of(ARRAY[p_venue]), publication_settle(ARRAY[p_venue]);
        RETURN;
    END IF;
    UPDATE venue AS v
    SET status = now.status, min_zoom = CASE WHEN is_never_thinned(now.status::text) THEN 0 ELSE v.min_zoom END
    FROM (
        SELECT (SELECT p.status FROM status_period AS p
                WHERE p.venue_id = p_venue AND p.from_day <= day AND p.to_day >= day) AS status
    ) AS now
    WHERE v.id = p_venue AND v.status IS DISTINCT FROM now.status;
    UPDATE clock SET version = version + 1;
    PERFORM publication_settle(ARRAY[p_venue]);
END
$$;


-- What the phone shows of a venue after a record: as on the current day.
CREATE OR REPLACE FUNCTION field_venue_now(p_venue integer) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT COALESCE((
        SELECT jsonb_build_object(
            'venue', v.code, 'status', v.status, 'counted', s.counted_reminders,
            'last', (SELECT max(r.reminded_on) FROM reminders_of(v.id) AS r WHERE r.withdrawn_on IS NULL)
        )
        FROM venue AS v CROSS JOIN LATERAL venue_status(v.id, current_day()) AS s WHERE v.id = p_venue
    ), '{}')
$$;


-- The page calls the first; the rest is called by it and by the worker.
REVOKE ALL ON FUNCTION
    field_record(uuid, text, text, text, uuid, timestamptz, timestamptz, jsonb, text, boolean, date, boolean),
    field_apply_soon(boolean), field_apply_waiting(integer), field_apply(uuid), field_remind(field_event, boolean),
    field_withdraw(field_event, field_event), field_refresh(integer), field_venue_now(integer)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    field_record(uuid, text, text, text, uuid, timestamptz, timestamptz, jsonb, text, boolean, date, boolean)
TO qr_app;
