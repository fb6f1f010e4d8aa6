-- What must be true for a step of a case besides its state, right and paper, and what the step does (cases.sql).

-- What speaks for a violation at the venue on a day: its status, or what the last visit within a year found. NULL: nothing.
CREATE OR REPLACE FUNCTION sign_of_violation(p_venue integer, p_day date) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN s.status IN ('violating', 'suspended') THEN s.status::text
        WHEN s.counted_reminders > 0 THEN 'reminded'
        WHEN last_visit.outcome IN ('partly', 'not_compliant', 'refused') THEN 'visit'
    END
    FROM venue_status(p_venue, p_day) AS s
    LEFT JOIN LATERAL (
        SELECT x.outcome FROM visit AS x JOIN case_file AS c ON c.id = x.case_id
        WHERE c.venue_id = p_venue AND x.outcome_on BETWEEN p_day - 365 AND p_day
        ORDER BY x.outcome_on DESC, x.case_id DESC LIMIT 1
    ) AS last_visit ON true
$$;

-- Inspections of the venue within a year before or after a day, planned or made, without the case p_but; where nobody was
-- met none was made. "At most one a year": Nghị quyết 198/2025/QH15 art. 4.
CREATE OR REPLACE FUNCTION inspections_of(p_venue integer, p_day date, p_but bigint DEFAULT NULL)
RETURNS TABLE (case_id bigint, day date)
LANGUAGE sql STABLE
AS $$
    SELECT x.case_id, COALESCE(x.outcome_on, x.day) FROM visit AS x JOIN case_file AS c ON c.id = x.case_id
    WHERE c.venue_id = p_venue AND x.kind = 'inspection' AND c.state IN ('planned', 'recorded')
      AND COALESCE(x.outcome, '') NOT IN ('closed', 'not_found')
      AND abs(COALESCE(x.outcome_on, x.day) - p_day) < 365 AND x.case_id IS DISTINCT FROM p_but
$$;

CREATE OR REPLACE FUNCTION needs_follow_up(p_outcome text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT p_outcome IN ('partly', 'not_compliant', 'refused', 'closed') $$;


-- Why a step may not be taken, {"why", ...values of its text}; NULL: it may.
CREATE OR REPLACE FUNCTION case_forbids(c case_file, p_step text, p_facts jsonb, p_paper jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN CASE c.process
        WHEN 'visit' THEN visit_forbids(c, p_step, p_facts)
        WHEN 'suspension_request' THEN request_forbids(c, p_step, p_facts)
        WHEN 'suspension_decision' THEN decision_forbids(c, p_step, p_facts, p_paper)
        WHEN 'publication_list' THEN publication_list_forbids(c, p_step, p_facts, p_paper)
        WHEN 'publication' THEN publication_forbids(c, p_step, p_facts)
        ELSE referral_forbids(c, p_step, p_facts)
    END;
END
$$;


-- Why the case cannot be opened beside others that are open at its venue.
CREATE OR REPLACE FUNCTION excluded_by(c case_file) RETURNS SETOF text
LANGUAGE sql STABLE
AS $$ SELECT x.why FROM excluded_at(c.venue_id, c.id) AS x WHERE x.opening = c.process $$;


CREATE OR REPLACE FUNCTION visit_forbids(c case_file, p_step text, p_facts jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    planned visit;
    of_policy record;
    sort text;
    planned_for CONSTANT date := COALESCE((p_facts ->> 'day')::date, current_day());
BEGIN
    SELECT * INTO planned FROM visit AS x WHERE x.case_id = c.id;
    SELECT p.inspections_a_year, p.two_person INTO of_policy FROM policy AS p
    WHERE p.valid_from <= current_day() ORDER BY p.valid_from DESC LIMIT 1;
    -- what the plan of a day says of a visit is said by who plans one
    IF p_facts ?| '{stop,drawn,reasons}' AND NOT caller_may('inspect')
        OR jsonb_typeof(p_facts -> 'reasons') <> 'array' OR p_facts @? '$.reasons[*] ? (@.type() != "object")' THEN
        RETURN '{"why": "malformed"}';
    END IF;
    sort := CASE WHEN p_step IN ('plan', 'replan') THEN COALESCE(p_facts ->> 'kind', planned.kind) ELSE planned.kind END;
    IF sort IS NULL OR sort NOT IN ('guidance', 'inspection') THEN
        RETURN '{"why": "malformed"}';
    END IF;
    IF 'inspection' IN (sort, planned.kind) AND NOT caller_may('inspect') THEN
        RETURN '{"why": "not_police"}';  -- nor do others make one a visit of another kind
    END IF;
    IF p_step IN ('miss', 'waive') THEN
        RETURN CASE WHEN btrim(COALESCE(p_facts ->> 'why', '')) = '' THEN '{"why": "no_reason"}'::jsonb END;
    END IF;
    IF p_step = 'withdraw' THEN
        RETURN visit_withdraw_forbids(c, p_facts);
    END IF;
    IF p_step = 'record' THEN
        RETURN COALESCE(
            visit_record_forbids(c, sort, p_facts, of_policy.two_person),
            CASE WHEN sort = 'inspection' THEN made_forbids(c, planned_for, planned.sign, of_policy.inspections_a_year) END
        );
    END IF;
    IF c.venue_id IS NULL THEN
        RETURN '{"why": "gone"}';
    END IF;
    IF planned_for < current_day() THEN
        RETURN jsonb_build_object('why', 'past_day', 'day', planned_for);
    END IF;
    IF NOT (SELECT s.is_open FROM venue_status(c.venue_id, current_day()) AS s) THEN
        RETURN '{"why": "closed"}';
    END IF;
    IF 'already_planned' IN (SELECT excluded_by(c)) OR EXISTS (
        SELECT FROM case_file AS o JOIN visit AS x ON x.case_id = o.id
        WHERE o.process = 'visit' AND o.venue_id = c.venue_id AND o.id <> c.id AND o.state = 'due' AND x.kind = sort
    ) THEN
        RETURN '{"why": "already_planned"}';
    END IF;
    RETURN CASE WHEN sort = 'inspection' THEN inspection_forbids(c, planned_for, p_facts, of_policy.inspections_a_year) END;
END
$$;

-- A sign of violation as somebody says it: a word or two are none.
CREATE OR REPLACE FUNCTION recorded_sign(p_facts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN length(btrim(p_facts ->> 'sign')) >= 10 THEN btrim(p_facts ->> 'sign') END $$;

-- "At most one a year without clear signs of violation"; a random share is drawn only among places with a sign.
CREATE OR REPLACE FUNCTION inspection_forbids(c case_file, p_day date, p_facts jsonb, p_most integer) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN sign_of_violation(c.venue_id, current_day()) IS NOT NULL OR recorded_sign(p_facts) IS NOT NULL THEN NULL
        WHEN (p_facts ->> 'drawn')::boolean THEN '{"why": "drawn_without_sign"}'::jsonb
        WHEN (SELECT count(*) FROM inspections_of(c.venue_id, p_day, c.id)) >= p_most THEN jsonb_build_object(
            'why', 'yearly', 'most', p_most, 'day', (SELECT max(i.day) FROM inspections_of(c.venue_id, p_day, c.id) AS i)
        )
    END
$$;

-- The same of one that was made: on another day than it was planned for, or at a venue that is two of before.
CREATE OR REPLACE FUNCTION made_forbids(c case_file, p_day date, p_sign text, p_most integer) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN c.venue_id IS NULL THEN '{"why": "gone"}'::jsonb
        WHEN p_sign IS NULL AND sign_of_violation(c.venue_id, current_day()) IS NULL AND made.count >= p_most
            THEN jsonb_build_object('why', 'yearly', 'most', p_most, 'day', made.last)
    END
    FROM (
        SELECT count(*) AS count, max(i.day) AS last
        FROM inspections_of(c.venue_id, p_day, c.id) AS i JOIN visit AS x ON x.case_id = i.case_id
        WHERE x.outcome IS NOT NULL
    ) AS made
$$;

CREATE OR REPLACE FUNCTION visit_record_forbids(c case_file, p_kind text, p_facts jsonb, p_two_person boolean) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN COALESCE(p_facts ->> 'outcome', '') NOT IN (
            'compliant', 'made_on_spot', 'partly', 'not_compliant', 'closed', 'refused', 'not_found'
        ) THEN '{"why": "malformed"}'::jsonb
        WHEN (p_facts ->> 'day')::date < current_day() - 60 THEN jsonb_build_object('why', 'past_day', 'day', p_facts ->> 'day')
        WHEN (p_facts ->> 'day')::date > current_day() THEN jsonb_build_object('why', 'future', 'day', p_facts ->> 'day')
        WHEN p_kind = 'inspection' AND p_two_person AND NOT EXISTS (
            SELECT FROM account AS a
            WHERE a.login = p_facts ->> 'second' AND a.login <> COALESCE(current_setting('app.login', true), '')
              AND a.disabled_at IS NULL AND a.role IN ('police', 'ward_officer', 'ward_chair')
        ) THEN '{"why": "two_person"}'
    END
$$;


-- Below the threshold nobody is suspended, and nobody whose reminders have been answered.
CREATE OR REPLACE FUNCTION below_threshold(p_venue integer, p_day date) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN NOT s.is_open THEN '{"why": "closed"}'::jsonb
        WHEN s.counted_reminders < s.reminder_threshold THEN jsonb_build_object(
            'why', 'below_threshold', 'counted', s.counted_reminders, 'threshold', s.reminder_threshold
        )
    END
    FROM venue_status(p_venue, p_day) AS s
$$;

CREATE OR REPLACE FUNCTION request_forbids(c case_file, p_step text, p_facts jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    today CONSTANT date := current_day();
    starts CONSTANT date := (p_facts ->> 'starts_on')::date;
    facts record;
BEGIN
    IF p_step IN ('decline', 'refuse', 'withdraw', 'end', 'annul') THEN
        RETURN CASE WHEN btrim(COALESCE(p_facts ->> 'why', '')) = '' THEN '{"why": "no_reason"}'::jsonb END;
    END IF;
    SELECT * INTO facts FROM venue_status(c.venue_id, today);
    RETURN CASE
        WHEN c.venue_id IS NULL THEN '{"why": "gone"}'::jsonb
        WHEN facts.registration_id IS NOT NULL THEN '{"why": "has_qr"}'
        WHEN below_threshold(c.venue_id, today) IS NOT NULL THEN below_threshold(c.venue_id, today)
        WHEN facts.suspension_id IS NOT NULL OR 'already_suspended' IN (SELECT excluded_by(c)) THEN
            '{"why": "already_suspended"}'
        WHEN p_step = 'request' AND 'already_open' IN (SELECT excluded_by(c)) THEN '{"why": "already_open"}'
        WHEN p_step = 'agree' AND (
            btrim(COALESCE(p_facts ->> 'owner', '')) = '' OR p_facts ->> 'signed' IS DISTINCT FROM 'true'
        ) THEN '{"why": "no_owner"}'
        WHEN p_step = 'agree' AND starts NOT BETWEEN today AND today + 30
            THEN jsonb_build_object('why', 'starts', 'from', today, 'to', today + 30)
        WHEN p_step = 'agree' AND (p_facts ->> 'ends_on')::date < starts THEN '{"why": "ends"}'
    END;
END
$$;

CREATE OR REPLACE FUNCTION decision_forbids(c case_file, p_step text, p_facts jsonb, p_paper jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    today CONSTANT date := current_day();
    signed CONSTANT date := (p_paper ->> 'day')::date;
    starts CONSTANT date := (p_facts ->> 'starts_on')::date;
    lifted CONSTANT date := (p_facts ->> 'lifted_on')::date;
    entered case_entry;
BEGIN
    SELECT * INTO entered FROM case_entry AS e WHERE e.case_id = c.id AND e.step = 'enter';
    RETURN CASE
        WHEN p_step = 'annul' AND btrim(COALESCE(p_facts ->> 'why', '')) = '' THEN '{"why": "no_reason"}'::jsonb
        -- what was entered by mistake; later, or by another, it would be a way to lift a decision without a paper
        WHEN p_step = 'annul' AND NOT caller_may('approve') AND (
            entered.day <> today OR entered.login IS DISTINCT FROM COALESCE(current_setting('app.login', true), '')
        ) THEN '{"why": "annul"}'
        WHEN p_step = 'announce' AND btrim(COALESCE(p_facts ->> 'medium', '')) = '' THEN '{"why": "no_medium"}'
        WHEN p_step = 'announce' AND (p_facts ->> 'day')::date NOT BETWEEN (entered.paper ->> 'day')::date AND today
            THEN jsonb_build_object('why', 'announced', 'from', entered.paper ->> 'day', 'to', today)
        WHEN p_step = 'repeal' AND (lifted < (c.facts ->> 'starts_on')::date OR lifted < signed) THEN '{"why": "lifted"}'
        -- a case that is closed while the suspension goes on would be out of anybody's hands
        WHEN p_step = 'repeal' AND lifted > signed + 30 THEN jsonb_build_object('why', 'lifted_late', 'to', signed + 30)
        WHEN p_step <> 'enter' THEN NULL
        WHEN c.venue_id IS NULL THEN '{"why": "gone"}'
        WHEN below_threshold(c.venue_id, signed) IS NOT NULL THEN below_threshold(c.venue_id, signed)
        WHEN starts < signed OR starts > signed + 30
            THEN jsonb_build_object('why', 'starts', 'from', signed, 'to', signed + 30)
        WHEN (p_facts ->> 'ends_on')::date < starts THEN '{"why": "ends"}'
        WHEN 'already_open' IN (SELECT excluded_by(c)) THEN '{"why": "already_open"}'
        -- numbers are of one series per issuing body and year: Nghị định 30/2020 art. 15
        WHEN EXISTS (
            SELECT FROM case_entry AS e JOIN case_file AS o ON o.id = e.case_id
            WHERE e.step = 'enter' AND o.state <> 'annulled' AND o.venue_id IS DISTINCT FROM c.venue_id
              AND lower(btrim(e.paper ->> 'authority')) = lower(btrim(p_paper ->> 'authority'))
              AND lower(btrim(e.paper ->> 'number')) = lower(btrim(p_paper ->> 'number'))
              AND left(e.paper ->> 'day', 4) = left(p_paper ->> 'day', 4)
              AND NOT COALESCE((p_facts ->> 'same_paper')::boolean, false)
        ) THEN jsonb_build_object('why', 'number_used', 'number', p_paper ->> 'number')
    END;
END
$$;

CREATE OR REPLACE FUNCTION referral_forbids(c case_file, p_step text, p_facts jsonb) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN p_step = 'withdraw' AND btrim(COALESCE(p_facts ->> 'why', '')) = '' THEN '{"why": "no_reason"}'::jsonb
        WHEN p_step = 'answer' AND btrim(COALESCE(p_facts ->> 'answer', '')) = '' THEN '{"why": "no_answer"}'
        WHEN p_step <> 'refer' THEN NULL
        WHEN c.venue_id IS NULL THEN '{"why": "gone"}'
        WHEN btrim(COALESCE(p_facts ->> 'to', '')) = '' OR btrim(COALESCE(p_facts ->> 'for_what', '')) = ''
            THEN '{"why": "no_addressee"}'
        WHEN COALESCE(sign_of_violation(c.venue_id, current_day()), 'reminded') = 'reminded' THEN '{"why": "no_ground"}'
        WHEN 'already_open' IN (SELECT excluded_by(c)) THEN '{"why": "already_open"}'
    END
$$;


-- What follows from a step that was taken.
CREATE OR REPLACE FUNCTION case_effects(c case_file, p_step text, p_facts jsonb, p_by_rule boolean) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    IF c.process = 'visit' THEN
        PERFORM visit_effects(c, p_step, p_facts);
    ELSIF c.process = 'publication_list' THEN
        PERFORM publication_list_effects(c, p_step, p_facts);
    ELSIF c.process = 'publication' THEN
        PERFORM publication_effects(c, p_step, p_facts);
    -- what follows from a rule, the status rule knows by itself
    ELSIF c.process LIKE 'suspension%' AND NOT p_by_rule AND p_step NOT IN ('request', 'confirm', 'announce') THEN
        PERFORM case_write_soon();
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION visit_effects(c case_file, p_step text, p_facts jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    IF p_step IN ('plan', 'replan') THEN
        INSERT INTO visit AS x (case_id, kind, day, stop_id, drawn, reasons, sign)
        VALUES (c.id, COALESCE(p_facts ->> 'kind', (SELECT v.kind FROM visit AS v WHERE v.case_id = c.id)),
                COALESCE((p_facts ->> 'day')::date, current_day()), (p_facts ->> 'stop')::bigint,
                COALESCE((p_facts ->> 'drawn')::boolean, false), COALESCE(p_facts -> 'reasons', '[]'),
                COALESCE(recorded_sign(p_facts), sign_of_violation(c.venue_id, current_day())))
        ON CONFLICT (case_id) DO UPDATE
        SET kind = COALESCE(excluded.kind, x.kind), day = excluded.day, stop_id = excluded.stop_id,
            drawn = x.drawn OR excluded.drawn,  -- whom the lot chose stays chosen, on whichever day somebody goes
            reasons = CASE WHEN excluded.reasons = '[]' THEN x.reasons ELSE excluded.reasons END,
            sign = COALESCE(excluded.sign, x.sign);
        UPDATE case_file AS f SET due_on = x.day FROM visit AS x WHERE f.id = c.id AND x.case_id = c.id;
    ELSIF p_step = 'miss' THEN
        UPDATE visit AS x SET day = NULL, stop_id = NULL WHERE x.case_id = c.id;
    ELSIF p_step = 'withdraw' THEN
        PERFORM visit_take_back(c, p_facts);
    ELSIF p_step = 'lapse' THEN
        UPDATE visit AS x SET follows = NULL WHERE x.case_id = c.id;  -- another may have to follow
    ELSIF p_step = 'record' THEN
        UPDATE visit AS x
        SET outcome = p_facts ->> 'outcome', outcome_on = COALESCE((p_facts ->> 'day')::date, current_day()),
            words = NULLIF(p_facts ->> 'words', ''), signed = p_facts ->> 'signed', signature = p_facts ->> 'signature',
            photo = p_facts ->> 'photo', second = p_facts ->> 'second'
        WHERE x.case_id = c.id;
        IF needs_follow_up(p_facts ->> 'outcome') THEN
            PERFORM visit_follow(c, COALESCE((p_facts ->> 'day')::date, current_day()));
        END IF;
    END IF;
END
$$;

-- Opens the one visit that has to follow on another, due on the third working day, unless one is open there already, or
-- there is nowhere to go: the venue has closed, or went with the load that had brought it.
CREATE OR REPLACE FUNCTION visit_follow(c case_file, p_day date) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    opened case_file;
    due CONSTANT date := add_working_days(GREATEST(p_day, current_day()), 3);
BEGIN
    IF NOT COALESCE((SELECT s.is_open FROM venue_status(c.venue_id, current_day()) AS s), false) OR EXISTS (
        SELECT FROM case_file AS o
        WHERE o.process = 'visit' AND o.venue_id = c.venue_id AND o.closed_at IS NULL AND o.id <> c.id
    ) THEN
        RETURN;
    END IF;
    INSERT INTO case_file (process, state, venue_code, venue_id, ward_id, about)
    VALUES ('visit', '', c.venue_code, c.venue_id, c.ward_id, c.id) RETURNING * INTO opened;
    PERFORM case_take(opened, 'follow', '{}', NULL, NULL, true);
    INSERT INTO visit (case_id, kind, sign, follows)
    SELECT opened.id, x.kind, sign_of_violation(c.venue_id, current_day()), c.id FROM visit AS x WHERE x.case_id = c.id;
    UPDATE case_file AS f SET due_on = due WHERE f.id = opened.id;
END
$$;


REVOKE ALL ON FUNCTION
    case_effects(case_file, text, jsonb, boolean), visit_effects(case_file, text, jsonb), visit_follow(case_file, date)
FROM PUBLIC;
