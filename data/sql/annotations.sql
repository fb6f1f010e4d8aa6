-- Notes on days: put there, and taken back, by whoever gathers the wards' reports.
CREATE OR REPLACE FUNCTION annotation_add(p_first date, p_last date, p_text text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    made bigint;
BEGIN
    IF NOT caller_may('aggregate') THEN
        RAISE EXCEPTION 'the caller may not put notes on days' USING ERRCODE = 'insufficient_privilege';
    ELSIF p_first IS NULL OR p_last IS NULL OR p_first > p_last OR p_last - p_first > 400
       OR p_first NOT BETWEEN '2020-01-01' AND current_day() + 400 THEN
        PERFORM report_refuse('period');
    ELSIF btrim(COALESCE(p_text, '')) = '' OR length(btrim(p_text)) > 200 THEN
        PERFORM report_refuse('note');
    END IF;
    INSERT INTO annotation (first_day, last_day, words, made_by) VALUES (p_first, p_last, btrim(p_text), caller_name())
    RETURNING id INTO made;
    RETURN made;
END
$$;

-- False: there is none, or somebody took it back before.
CREATE OR REPLACE FUNCTION annotation_remove(p_id bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    IF NOT caller_may('aggregate') THEN
        RAISE EXCEPTION 'the caller may not put notes on days' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE annotation AS a SET removed_by = caller_name(), removed_at = clock_timestamp()
    WHERE a.id = p_id AND a.removed_at IS NULL;
    RETURN FOUND;
END
$$;

REVOKE ALL ON FUNCTION annotation_add(date, date, text), annotation_remove(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION annotation_add(date, date, text), annotation_remove(bigint) TO qr_app;
