-- The offices' own layouts of letters: uploaded as versions, and which of them is used.

-- Which office changes which kind: whoever bears the letter, or for the wards the culture office.
CREATE OR REPLACE FUNCTION template_is_theirs(p_kind text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT caller_may('templates') AND CASE
        WHEN p_kind IN ('suspension_request', 'minutes', 'referral') THEN current_setting('app.role', true) IN ('police', 'admin')
        ELSE current_setting('app.role', true) IN ('culture_office', 'culture_centre', 'admin')
    END
$$;

-- A new version, which is used from now on; returns its number. The file of the newest again is no new version.
CREATE OR REPLACE FUNCTION template_add(p_kind text, p_sha256 text, p_name text, p_fields text[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    made integer;
BEGIN
    IF NOT template_is_theirs(p_kind) THEN
        RAISE EXCEPTION 'the caller may not' USING ERRCODE = 'insufficient_privilege';
    END IF;
    LOCK TABLE document_template IN SHARE ROW EXCLUSIVE MODE;
    SELECT d.number INTO made FROM document_template AS d
    WHERE d.kind = p_kind AND d.sha256 = p_sha256
      AND d.number = (SELECT max(e.number) FROM document_template AS e WHERE e.kind = p_kind);
    IF NOT FOUND THEN
        INSERT INTO document_template (kind, number, sha256, file_name, fields, uploaded_by)
        SELECT p_kind, 1 + COALESCE(max(d.number), 0), p_sha256, p_name, p_fields, caller_name()
        FROM document_template AS d WHERE d.kind = p_kind
        RETURNING number INTO made;
    END IF;
    PERFORM template_use_set(p_kind, made);
    RETURN made;
END
$$;

-- Uses a version from now on; NULL: the product's own layout. False: there is no such version.
CREATE OR REPLACE FUNCTION template_use_set(p_kind text, p_number integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    IF NOT template_is_theirs(p_kind) THEN
        RAISE EXCEPTION 'the caller may not' USING ERRCODE = 'insufficient_privilege';
    ELSIF p_number IS NOT NULL AND NOT EXISTS (
        SELECT FROM document_template AS d WHERE d.kind = p_kind AND d.number = p_number
    ) THEN
        RETURN false;
    END IF;
    INSERT INTO template_use AS u (kind, number, changed_by) VALUES (p_kind, p_number, caller_name())
    ON CONFLICT (kind) DO UPDATE SET number = EXCLUDED.number, changed_by = EXCLUDED.changed_by, changed_at = clock_timestamp();
    RETURN true;
END
$$;

REVOKE ALL ON FUNCTION template_add(text, text, text, text[]), template_use_set(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION template_add(text, text, text, text[]), template_use_set(text, integer) TO qr_app;
