-- Setting the weights of the priority (priority.sql) and what else of inspections the policy says.

-- Why weights may not be set, {"why", ...values of its text}; NULL: they may. Each is a whole number from 0 to 100, so
-- that points have two decimals, and one is more than nothing.
CREATE OR REPLACE FUNCTION weights_forbid(p_weights jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE
        WHEN p_weights IS NULL OR jsonb_typeof(p_weights) <> 'object' THEN '{"why": "malformed"}'::jsonb
        ELSE COALESCE(
            (
                SELECT CASE WHEN d.part IS NULL THEN jsonb_build_object('why', 'unknown', 'part', given.key)
                            ELSE jsonb_build_object('why', 'bounds', 'part', given.key) END
                FROM jsonb_each(p_weights) AS given LEFT JOIN priority_parts() AS d ON d.part = given.key
                WHERE d.part IS NULL
                   OR CASE WHEN jsonb_typeof(given.value) = 'number'
                           THEN given.value::text::numeric NOT BETWEEN 0 AND 100
                                OR given.value::text::numeric <> round(given.value::text::numeric)
                           ELSE true END
                ORDER BY d.part IS NOT NULL, given.key LIMIT 1
            ),
            CASE WHEN NOT EXISTS (
                SELECT FROM jsonb_each(
                    (SELECT jsonb_object_agg(d.part, d.weight) FROM priority_parts() AS d) || p_weights
                ) AS w WHERE w.value <> '0' AND w.value::text::numeric > 0
            ) THEN '{"why": "nothing"}'::jsonb END
        )
    END
$$;


-- As weights_forbid(), of all that is set together.
CREATE OR REPLACE FUNCTION setting_forbids(p_weights jsonb, p_inspections integer) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT COALESCE(
        weights_forbid(p_weights),
        CASE WHEN p_inspections IS NULL OR p_inspections NOT BETWEEN 1 AND 12 THEN '{"why": "inspections"}'::jsonb END
    )
$$;


-- From the current day on; threshold and window stay as they are. What was in force before is kept beside it, so that it
-- can be set again. Raises QR001, whose message is the key of a text and whose detail its values (data/desk/weights.py),
-- and insufficient_privilege for whoever may not weigh.
CREATE OR REPLACE FUNCTION set_priority(p_weights jsonb, p_inspections integer, p_two_person boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    forbidden jsonb;
    today CONSTANT date := current_day();
    before policy;
    kept jsonb;
    by_two CONSTANT boolean := COALESCE(p_two_person, false);
BEGIN
    IF NOT caller_may('weigh') THEN
        RAISE EXCEPTION 'the caller may not weigh' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- one after another, so that each keeps what it replaced
    LOCK TABLE policy IN SHARE ROW EXCLUSIVE MODE;
    -- a part that is not said stays as it is in force: what is looked at is what will be
    forbidden := setting_forbids(priority_weights(today) || p_weights, p_inspections);
    IF forbidden IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'QR001', MESSAGE = 'priority.refused.' || (forbidden ->> 'why'), DETAIL = (forbidden - 'why')::text;
    END IF;
    SELECT * INTO before FROM policy AS p WHERE p.valid_from <= today ORDER BY p.valid_from DESC LIMIT 1;
    -- what binds the police is not theirs to loosen
    IF (p_inspections > before.inspections_a_year OR before.two_person AND NOT by_two) AND NOT caller_may('approve') THEN
        RAISE EXCEPTION USING ERRCODE = 'QR001', MESSAGE = 'priority.refused.approve', DETAIL = '{}';
    END IF;
    kept := jsonb_build_object(
        'weights', priority_weights(today) || p_weights, 'by', caller_name(), 'at', clock_timestamp(),
        'before', jsonb_build_object('weights', priority_weights(today), 'inspections', before.inspections_a_year,
                                     'two_person', before.two_person)
    );
    INSERT INTO policy AS p (valid_from, reminder_threshold, scanning_window_days, inspections_a_year, two_person, priority)
    VALUES (today, before.reminder_threshold, before.scanning_window_days, p_inspections, by_two, kept)
    ON CONFLICT (valid_from) DO UPDATE
    SET inspections_a_year = excluded.inspections_a_year, two_person = excluded.two_person, priority = excluded.priority;
    -- a threshold that is to change on a later day is no reason to weigh otherwise from then on
    UPDATE policy AS p SET inspections_a_year = p_inspections, two_person = by_two, priority = kept
    WHERE p.valid_from > today;
END
$$;

-- Sets again what was in force before the last setting; false: nobody has set anything. Done twice, nothing has changed.
CREATE OR REPLACE FUNCTION unset_priority() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    before CONSTANT jsonb := (
        SELECT p.priority -> 'before' FROM policy AS p
        WHERE p.valid_from <= current_day() ORDER BY p.valid_from DESC LIMIT 1
    );
BEGIN
    IF NOT caller_may('weigh') THEN
        RAISE EXCEPTION 'the caller may not weigh' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF before IS NULL THEN
        RETURN false;
    END IF;
    PERFORM set_priority(before -> 'weights', (before ->> 'inspections')::integer, (before ->> 'two_person')::boolean);
    RETURN true;
END
$$;

REVOKE ALL ON FUNCTION set_priority(jsonb, integer, boolean), unset_priority() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION set_priority(jsonb, integer, boolean), unset_priority() TO qr_app;
