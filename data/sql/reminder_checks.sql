-- What the ward's chair says of reminders that are hard to believe (implausible.sql): each is true, or it counts no more.

-- What waits for the caller: one row a reminder, with the checks that speak against it, {check: detail}.
CREATE OR REPLACE FUNCTION reminder_checks_open()
RETURNS TABLE (
    venue_code text, venue_name text, address text, ward_name text, reminded_on date, reason text, given_by text,
    checks jsonb
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT i.venue_code, v.name, v.address, w.name, i.reminded_on, i.reason, i.given_by,
           jsonb_object_agg(i.of_check, i.detail)
    FROM implausible_reminder AS i JOIN venue AS v ON v.id = i.venue_id LEFT JOIN ward AS w ON w.id = i.ward_id
    WHERE caller_may('confirm') AND field_in_wards(i.ward_id)
    GROUP BY i.venue_code, v.name, v.address, w.name, i.reminded_on, i.reason, i.given_by
    ORDER BY w.name, v.name, i.venue_code, i.reminded_on, i.reason, i.given_by
$$;

-- Decides one of them: it is true and counts, or it is withdrawn today. False: no such reminder waits for the caller.
-- Raises insufficient_privilege without the right "confirm", check_violation without a reason of why it is wrong.
CREATE OR REPLACE FUNCTION reminder_check_decide(
    p_venue_code text, p_day date, p_reason text, p_given_by text, p_is_true boolean, p_why text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    place integer;
BEGIN
    IF NOT caller_may('confirm') THEN
        RAISE EXCEPTION 'the caller may not decide' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT p_is_true AND btrim(COALESCE(p_why, '')) = '' THEN
        RAISE EXCEPTION 'a reminder is wrong for a reason' USING ERRCODE = 'check_violation';
    END IF;
    SELECT i.venue_id INTO place
    FROM venue AS named
    JOIN implausible_reminder AS i ON i.venue_id = COALESCE(named.merged_into, named.id)
    WHERE named.code = p_venue_code AND field_in_wards(i.ward_id)
      AND (i.venue_code, i.reminded_on, i.reason, i.given_by) = (p_venue_code, p_day, p_reason, p_given_by)
    LIMIT 1;
    IF place IS NULL THEN
        RETURN false;
    END IF;
    INSERT INTO reminder_check (venue_code, reminded_on, reason, given_by, is_true, why, decided_by, decided_login)
    VALUES (
        p_venue_code, p_day, p_reason, p_given_by, p_is_true, btrim(COALESCE(p_why, '')), caller_name(),
        COALESCE(current_setting('app.login', true), '')
    )
    ON CONFLICT (venue_code, reminded_on, reason, given_by) DO UPDATE
    SET is_true = EXCLUDED.is_true, why = EXCLUDED.why, decided_by = EXCLUDED.decided_by,
        decided_login = EXCLUDED.decided_login, decided_at = clock_timestamp();
    PERFORM reminder_checks_apply();
    PERFORM field_refresh(place);
    RETURN true;
END
$$;

-- Withdraws what was said to be wrong, after a load, too, which may have brought it again; returns the venues touched.
CREATE OR REPLACE FUNCTION reminder_checks_apply() RETURNS SETOF integer
LANGUAGE sql
AS $$
    UPDATE reminder AS r SET withdrawn_on = GREATEST(current_day(), r.reminded_on)
    FROM reminder_check AS k JOIN venue AS v ON v.code = k.venue_code
    WHERE NOT k.is_true AND r.venue_id = v.id AND r.withdrawn_on IS NULL
      AND (r.reminded_on, r.reason, COALESCE(r.given_by, '')) = (k.reminded_on, k.reason, k.given_by)
    RETURNING COALESCE(v.merged_into, v.id)
$$;


REVOKE ALL ON FUNCTION
    reminder_checks_open(), reminder_check_decide(text, date, text, text, boolean, text), reminder_checks_apply()
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reminder_checks_open(), reminder_check_decide(text, date, text, text, boolean, text) TO qr_app;
