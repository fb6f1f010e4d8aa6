-- case_file: processes of allowed steps. What may follow on what, who may take it and which paper it needs stands in one
-- table, allowed_steps() (case_steps.sql); what must be true besides, and what a step does, in case_rules.sql,
-- visit_withdrawals.sql and publication_rules.sql.
--
-- case_open() and case_step() alone write cases. They have the owner's rights and ask themselves who calls, by the
-- settings of the transaction (data/access/caller.py): a check that the app forgets is made here again. A step that is not
-- allowed raises QR001, whose message is the key of a text and whose detail its values (data/desk/cases.py).
--
-- The order speaks of a request to suspend (police with the ward) and of a referral to who may decide; who decides on a
-- compulsory suspension in an epidemic, and how it is announced: Luật 03/2007 art. 52, Nghị định 101/2010 art. 15, 17, 18.

-- While a case of a process is open (in the state, where one is named), no other is opened at its venue of which `opening`
-- says the process, and why.
CREATE OR REPLACE FUNCTION open_cases_exclude()
RETURNS TABLE (process text, state text, opening text, why text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    VALUES
        ('visit', 'planned', 'visit', 'already_planned'),
        ('suspension_request', NULL::text, 'suspension_request', 'already_open'),
        ('suspension_decision', NULL, 'suspension_request', 'already_suspended'),  -- one that begins later, too
        ('suspension_decision', NULL, 'suspension_decision', 'already_open'),
        ('referral', NULL, 'referral', 'already_open')
$$;

-- Which cases cannot be opened at the venue beside those that are open there (p_but aside), as far as the caller sees them.
CREATE OR REPLACE FUNCTION excluded_at(p_venue integer, p_but bigint DEFAULT NULL)
RETURNS TABLE (opening text, why text, by_case bigint)
LANGUAGE sql STABLE
AS $$
    SELECT x.opening, x.why, o.id
    FROM case_file AS o
    JOIN open_cases_exclude() AS x ON x.process = o.process AND (x.state IS NULL OR x.state = o.state)
    WHERE o.venue_id = p_venue AND o.closed_at IS NULL AND o.id IS DISTINCT FROM p_but
$$;


CREATE OR REPLACE FUNCTION case_refuse(p_why text, p_values jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'QR001', MESSAGE = 'case.refused.' || p_why, DETAIL = p_values::text;
END
$$;


-- What a step that was sent before was answered; NULL: it is new.
CREATE OR REPLACE FUNCTION case_answer_of(p_client uuid) RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
    known record;
BEGIN
    SELECT e.login, c.id, e.to_state, c.due_on INTO known
    FROM case_entry AS e JOIN case_file AS c ON c.id = e.case_id WHERE e.client = p_client;
    IF known.id IS NULL THEN
        RETURN NULL;
    END IF;
    IF known.login IS DISTINCT FROM COALESCE(current_setting('app.login', true), '') THEN
        PERFORM case_refuse('not_yours');
    END IF;
    RETURN jsonb_build_object('id', known.id, 'state', known.to_state, 'due_on', known.due_on);
END
$$;


-- Opens a case at the venue with p_step. A visit that is due there already is taken up instead, by whoever may make
-- it: nobody is visited twice for one thing. The same p_client again is the same step.
-- Returns {"id", "state", "due_on"}; raises QR001, or insufficient_privilege for whoever may not take such a step at all.
CREATE OR REPLACE FUNCTION case_open(
    p_process text, p_step text, p_venue text, p_facts jsonb DEFAULT '{}', p_paper jsonb DEFAULT NULL,
    p_client uuid DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    place record;
    opened case_file;
    known jsonb;
BEGIN
    PERFORM case_require_right(p_process, p_step);
    SELECT v.id, v.code, v.ward_id INTO place FROM venue AS named
    JOIN venue AS v ON v.id = COALESCE(named.merged_into, named.id) WHERE named.code = p_venue;
    IF place.id IS NULL THEN
        PERFORM case_refuse('no_venue', jsonb_build_object('code', p_venue));
    END IF;
    IF NOT field_in_wards(place.ward_id) THEN
        PERFORM case_refuse('not_yours');
    END IF;
    -- one after another at a venue, and of one number: what must be true is asked when no other step can be on its way
    IF p_step = 'enter' THEN
        PERFORM pg_advisory_xact_lock(paper_lock_space(), hashtext(lower(btrim(p_paper ->> 'number'))));
    END IF;
    PERFORM pg_advisory_xact_lock(case_lock_space(), place.id);
    known := case_answer_of(p_client);
    IF known IS NOT NULL THEN
        RETURN known;
    END IF;
    SELECT c.* INTO opened FROM case_file AS c JOIN visit AS x ON x.case_id = c.id
    WHERE p_process = 'visit' AND p_step = 'plan' AND c.process = 'visit' AND c.venue_id = place.id AND c.state = 'due'
      AND (x.kind = 'guidance' OR caller_may('inspect'))
    ORDER BY x.kind IS DISTINCT FROM p_facts ->> 'kind', c.id LIMIT 1 FOR UPDATE OF c;
    IF NOT FOUND THEN
        INSERT INTO case_file (process, state, venue_code, venue_id, ward_id, opened_by, opened_login)
        VALUES (p_process, '', place.code, place.id, place.ward_id, caller_name(),
                COALESCE(current_setting('app.login', true), ''))
        RETURNING * INTO opened;
    END IF;
    RETURN case_take(opened, p_step, COALESCE(p_facts, '{}'), p_paper, p_client);
END
$$;


-- Takes a step of a case; returns and raises as case_open().
CREATE OR REPLACE FUNCTION case_step(
    p_case bigint, p_step text, p_facts jsonb DEFAULT '{}', p_paper jsonb DEFAULT NULL, p_client uuid DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    taken case_file;
    known jsonb;
BEGIN
    SELECT * INTO taken FROM case_file AS c WHERE c.id = p_case;
    IF taken.id IS NULL OR NOT field_in_wards(taken.ward_id) THEN
        PERFORM case_refuse('not_yours');
    END IF;
    PERFORM case_require_right(taken.process, p_step);
    PERFORM pg_advisory_xact_lock(case_lock_space(), COALESCE(taken.venue_id, 0));
    SELECT * INTO taken FROM case_file AS c WHERE c.id = p_case FOR UPDATE;
    known := case_answer_of(p_client);
    IF known IS NOT NULL THEN
        RETURN known;
    END IF;
    RETURN case_take(taken, p_step, COALESCE(p_facts, '{}'), p_paper, p_client);
END
$$;


CREATE OR REPLACE FUNCTION case_require_right(p_process text, p_step text) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM allowed_steps() AS s
        WHERE s.process = p_process AND s.step = p_step AND s.rights <> '{}' AND caller_may(VARIADIC s.rights)
    ) THEN
        RAISE EXCEPTION 'the caller may not take the step % of %', p_step, p_process
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;


-- Checks a step and takes it. p_by_rule: the machine takes it, for a rule says so.
CREATE OR REPLACE FUNCTION case_take(
    p_case case_file, p_step text, p_facts jsonb, p_paper jsonb, p_client uuid, p_by_rule boolean DEFAULT false
) RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
    allowed record;
    forbidden jsonb;
    taken case_file;
    said CONSTANT jsonb := case_days_of(p_step, p_facts, p_paper) || jsonb_strip_nulls(p_facts);
BEGIN
    SELECT s.* INTO allowed FROM allowed_steps() AS s
    WHERE s.process = p_case.process AND s.step = p_step AND s.from_state = p_case.state
      AND CASE WHEN p_by_rule THEN s.rights = '{}' ELSE s.rights <> '{}' AND caller_may(VARIADIC s.rights) END;
    IF allowed.step IS NULL THEN
        PERFORM case_refuse('state', jsonb_build_object('state', p_case.state));
    END IF;
    IF EXISTS (SELECT FROM jsonb_object_keys(p_facts) AS k (name) WHERE k.name <> ALL (allowed.facts)) THEN
        PERFORM case_refuse('malformed');
    END IF;
    IF NOT p_by_rule THEN
        PERFORM case_require_days(said, p_paper);
        PERFORM case_require_paper(allowed.paper, p_paper);
        forbidden := case_forbids(p_case, p_step, said, p_paper);
        IF forbidden IS NOT NULL THEN
            PERFORM case_refuse(forbidden ->> 'why', forbidden - 'why');
        END IF;
    END IF;
    UPDATE case_file AS c
    SET state = allowed.to_state, facts = c.facts || said,
        due_on = CASE WHEN allowed.due_days IS NOT NULL THEN add_working_days(current_day(), allowed.due_days) END,
        due_at = CASE
            WHEN allowed.due_hours IS NOT NULL THEN
                LEAST((said ->> 'issued_at')::timestamptz, clock_timestamp())  -- of which the first may not be said
                + make_interval(hours => allowed.due_hours)
        END,
        closed_at = CASE WHEN allowed.closes THEN clock_timestamp() END
    WHERE c.id = p_case.id RETURNING c.* INTO taken;
    INSERT INTO case_entry (
        case_id, step, from_state, to_state, day, account_id, login, by_name, role, facts, paper, client
    )
    SELECT taken.id, p_step, NULLIF(p_case.state, ''), taken.state, current_day(),
           CASE WHEN NOT p_by_rule THEN NULLIF(current_setting('app.account', true), '')::integer END,
           CASE WHEN p_by_rule THEN '' ELSE COALESCE(current_setting('app.login', true), '') END,
           CASE WHEN NOT p_by_rule THEN caller_name() END,
           CASE WHEN p_by_rule THEN '' ELSE COALESCE(current_setting('app.role', true), '') END,
           said, p_paper, p_client;
    PERFORM case_effects(taken, p_step, said, p_by_rule);
    RETURN jsonb_build_object('id', taken.id, 'state', taken.state, 'due_on', taken.due_on);
END
$$;


-- The days that a step means where it does not say them: today, or the day of its paper.
CREATE OR REPLACE FUNCTION case_days_of(p_step text, p_facts jsonb, p_paper jsonb) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN p_step = 'agree' THEN jsonb_build_object('starts_on', current_day())
        WHEN p_step = 'enter' THEN jsonb_build_object('starts_on', p_paper ->> 'day')
        WHEN p_step = 'end' THEN jsonb_build_object('lifted_on', current_day())
        WHEN p_step = 'repeal' THEN jsonb_build_object('lifted_on', p_paper ->> 'day')
        ELSE '{}'
    END
$$;


-- Days are kept as they were said and read again on other days: each is one day of the calendar, and none of the words
-- that PostgreSQL reads as days (today, infinity); nor so far off that working days up to it take long to count.
CREATE OR REPLACE FUNCTION case_require_days(p_facts jsonb, p_paper jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    moment CONSTANT text := p_facts ->> 'issued_at';
    said text;
BEGIN
    IF moment !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?$' THEN
        PERFORM case_refuse('malformed');
    END IF;
    FOREACH said IN ARRAY ARRAY[
        p_facts ->> 'day', p_facts ->> 'starts_on', p_facts ->> 'ends_on', p_facts ->> 'lifted_on', left(moment, 10),
        NULLIF(btrim(p_paper ->> 'day'), '')
    ] LOOP
        IF said !~ '^\d{4}-\d\d-\d\d$' THEN
            PERFORM case_refuse('malformed');
        ELSIF said::date NOT BETWEEN current_day() - 3660 AND current_day() + 731 THEN
            PERFORM case_refuse('far', jsonb_build_object('day', said));
        END IF;
    END LOOP;
END
$$;


-- The paper that a step rests on: a number and signature are entered from it, never made up here.
CREATE OR REPLACE FUNCTION case_require_paper(p_needed text[], p_paper jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    missing text;
BEGIN
    SELECT n.name INTO missing FROM unnest(p_needed) AS n (name)
    WHERE btrim(COALESCE(p_paper ->> n.name, '')) = '' LIMIT 1;
    IF missing IS NOT NULL THEN
        PERFORM case_refuse('paper.' || missing);
    END IF;
    IF 'day' = ANY (p_needed) AND (p_paper ->> 'day')::date > current_day() THEN
        PERFORM case_refuse('paper.future', jsonb_build_object('day', p_paper ->> 'day'));
    END IF;
END
$$;


REVOKE ALL ON FUNCTION
    case_open(text, text, text, jsonb, jsonb, uuid), case_step(bigint, text, jsonb, jsonb, uuid), case_answer_of(uuid),
    case_take(case_file, text, jsonb, jsonb, uuid, boolean)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    case_open(text, text, text, jsonb, jsonb, uuid), case_step(bigint, text, jsonb, jsonb, uuid)
TO qr_app;
