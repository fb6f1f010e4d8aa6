-- When the wards' loudspeakers spoke: ticked by the ward's chair, or by the centre that words what they say.

CREATE OR REPLACE FUNCTION broadcast_is_theirs(p_ward integer) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT caller_may('report', 'guide') AND field_in_wards(p_ward) $$;

-- Records one, and told the same again gives the same number. NULL: what is said of it cannot be (a moment to come, or long
-- ago, or nobody who read); 0: the log says something else of that ward and moment.
CREATE OR REPLACE FUNCTION broadcast_add(p_ward integer, p_day date, p_at time, p_times integer, p_by text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    made bigint;
    is_same boolean;
BEGIN
    IF NOT broadcast_is_theirs(p_ward) THEN
        RAISE EXCEPTION 'the caller may not' USING ERRCODE = 'insufficient_privilege';
    ELSIF p_day NOT BETWEEN current_day() - 60 AND current_day() OR p_times NOT BETWEEN 1 AND 20
        OR btrim(p_by) = '' OR length(p_by) > 100 OR p_at IS NULL
        OR p_day + p_at > clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh' THEN
        RETURN NULL;
    END IF;
    LOCK TABLE broadcast IN SHARE ROW EXCLUSIVE MODE;
    SELECT b.id, b.times = p_times AND b.read_by = btrim(p_by) INTO made, is_same FROM broadcast AS b
    WHERE b.ward_id = p_ward AND b.day = p_day AND b.at = p_at AND b.withdrawn_at IS NULL;
    IF FOUND THEN
        RETURN CASE WHEN is_same THEN made ELSE 0 END;
    END IF;
    INSERT INTO broadcast (ward_id, day, at, times, read_by, recorded_by)
    VALUES (p_ward, p_day, p_at, p_times, btrim(p_by), caller_name()) RETURNING id INTO made;
    RETURN made;
END
$$;

-- Takes one back; false: there is none of the caller's, or no reason.
CREATE OR REPLACE FUNCTION broadcast_withdraw(p_id bigint, p_why text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    UPDATE broadcast AS b SET withdrawn_by = caller_name(), withdrawn_at = clock_timestamp(), withdrawn_why = btrim(p_why)
    WHERE b.id = p_id AND b.withdrawn_at IS NULL AND broadcast_is_theirs(b.ward_id)
      AND btrim(COALESCE(p_why, '')) <> '' AND length(p_why) <= 500;
    RETURN FOUND;
END
$$;

REVOKE ALL ON FUNCTION broadcast_add(integer, date, time, integer, text), broadcast_withdraw(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION broadcast_add(integer, date, time, integer, text), broadcast_withdraw(bigint, text) TO qr_app;
