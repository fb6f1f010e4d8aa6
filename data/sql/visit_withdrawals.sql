-- An outcome that was recorded by mistake is taken back: the step "withdraw" of a visit (cases.sql). By its author on the
-- day of the visit or of its recording, later by whoever may confirm (the ward's chair; of an inspection by nobody), always
-- with a reason, and only as long as nothing was built upon it.

-- Why it may not be, {"why"}; NULL: it may.
CREATE OR REPLACE FUNCTION visit_withdraw_forbids(c case_file, p_facts jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    made visit;
    recorded case_entry;
    said CONSTANT date := COALESCE((p_facts ->> 'day')::date, current_day());
BEGIN
    SELECT * INTO made FROM visit AS x WHERE x.case_id = c.id;
    SELECT * INTO recorded FROM case_entry AS e WHERE e.case_id = c.id AND e.step = 'record' ORDER BY e.id DESC LIMIT 1;
    RETURN CASE
        WHEN btrim(COALESCE(p_facts ->> 'why', '')) = '' THEN '{"why": "no_reason"}'::jsonb
        WHEN said > current_day() THEN jsonb_build_object('why', 'future', 'day', said)
        WHEN NOT caller_may('confirm') AND recorded.login IS DISTINCT FROM COALESCE(current_setting('app.login', true), '')
            THEN '{"why": "withdraw.author"}'
        WHEN NOT caller_may('confirm') AND said NOT IN (made.outcome_on, recorded.day) THEN '{"why": "withdraw.late"}'
        -- another day than today is the phone's to say, which had no network: what a caller states is a claim
        WHEN NOT caller_may('confirm') AND said <> current_day() AND NOT EXISTS (
            SELECT FROM field_event AS f
            WHERE f.kind = 'withdrawal' AND f.about = recorded.client AND f.day = said AND f.clock_said IS NULL
        ) THEN '{"why": "withdraw.late"}'
        WHEN made.signed = 'signed' THEN '{"why": "withdraw.signed"}'
        WHEN EXISTS (
            SELECT FROM audit_entry AS a
            WHERE a.subject = c.venue_code AND a.action = 'document.minutes' AND a.after ->> 'case' = c.id::text
              AND a.at >= recorded.at  -- before it, they were a form for the door
        ) THEN '{"why": "withdraw.printed"}'
        WHEN EXISTS (
            SELECT FROM visit AS x JOIN case_entry AS e ON e.case_id = x.case_id
            WHERE x.follows = c.id AND e.by_name IS NOT NULL  -- not by a rule
        ) THEN '{"why": "withdraw.followed"}'
        WHEN made.outcome IN ('partly', 'not_compliant', 'refused') AND EXISTS (
            SELECT FROM case_file AS o JOIN case_entry AS e ON e.case_id = o.id
            LEFT JOIN visit AS x ON x.case_id = o.id
            WHERE o.venue_id = c.venue_id AND o.id <> c.id AND e.id > recorded.id AND o.state <> 'withdrawn'
              AND (e.step = 'refer' OR e.step = 'plan' AND x.kind = 'inspection' AND x.sign = 'visit'
                                       AND o.state IN ('planned', 'recorded'))
        ) THEN '{"why": "withdraw.ground"}'
    END;
END
$$;


-- Takes the outcome back. The visit is due again on the next working day, as one that was missed; it lapses where it was
-- opened by this very record, or another is open at the venue. So does the visit that was to follow.
CREATE OR REPLACE FUNCTION visit_take_back(c case_file, p_facts jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    said CONSTANT date := COALESCE((p_facts ->> 'day')::date, current_day());
    recorded case_entry;
BEGIN
    SELECT * INTO recorded FROM case_entry AS e WHERE e.case_id = c.id AND e.step = 'record' ORDER BY e.id DESC LIMIT 1;
    UPDATE visit AS x
    SET outcome = NULL, outcome_on = NULL, words = NULL, signed = NULL, signature = NULL, photo = NULL, second = NULL,
        day = NULL, stop_id = NULL
    WHERE x.case_id = c.id;
    UPDATE case_file AS f SET facts = f.facts - ARRAY(SELECT jsonb_object_keys(recorded.facts)) WHERE f.id = c.id;
    UPDATE field_event AS f
    SET withdrawn_on = GREATEST(said, f.day), withdrawn_by = caller_name(), withdrawn_why = p_facts ->> 'why',
        answer = f.answer - 'next'
    WHERE f.id = recorded.client AND f.kind = 'visit';
    PERFORM case_take(f, 'lapse', '{}', NULL, NULL, true)
    FROM case_file AS f JOIN visit AS x ON x.case_id = f.id WHERE x.follows = c.id;
    PERFORM case_take(f, 'lapse', '{}', NULL, NULL, true)
    FROM case_file AS f
    WHERE f.id = c.id AND (
        EXISTS (
            SELECT FROM case_entry AS e
            WHERE e.case_id = c.id AND e.from_state IS NULL AND e.client = md5('plan ' || recorded.client)::uuid
        ) OR EXISTS (
            SELECT FROM case_file AS o
            WHERE o.process = 'visit' AND o.venue_id = c.venue_id AND o.closed_at IS NULL AND o.id <> c.id
        )
    );
END
$$;


REVOKE ALL ON FUNCTION visit_take_back(case_file, jsonb) FROM PUBLIC;
