-- Links that show one view to whoever has them: figures alone, in the scope of who made the link as it is when it is opened.

-- A new link of the caller's own; p_hash: SHA-256 of its secret. Returns its number.
CREATE OR REPLACE FUNCTION shared_link_make(p_hash bytea, p_query text, p_days integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    made bigint;
BEGIN
    IF NOT caller_may('export') OR caller_account() IS NULL OR p_days NOT BETWEEN 1 AND 30 OR length(p_query) > 4000 THEN
        RAISE EXCEPTION 'the caller may not' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO shared_link (hash, account_id, query, expires_at)
    VALUES (p_hash, caller_account(), p_query, clock_timestamp() + make_interval(days => p_days)) RETURNING id INTO made;
    RETURN made;
END
$$;

-- Ends a link: one's own, or anybody's for whoever gathers reports; false: there is none that stands.
CREATE OR REPLACE FUNCTION shared_link_revoke(p_id bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    UPDATE shared_link AS l SET revoked_at = clock_timestamp()
    WHERE l.id = p_id AND l.revoked_at IS NULL AND (is_own_account(l.account_id) OR caller_may('aggregate'));
    RETURN FOUND;
END
$$;

-- What a secret opens: the view, and its maker as they are now. No row: it is unknown, over, revoked, or its maker may no longer
-- export. Each time it opens is counted and recorded.
CREATE OR REPLACE FUNCTION shared_link_open(p_hash bytea)
RETURNS TABLE (id bigint, query text, expires_at timestamptz, account_id integer, login text, name text, role text,
               wards integer[], units integer[])
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    found_id bigint;
BEGIN
    UPDATE shared_link AS l SET opened = l.opened + 1, opened_at = clock_timestamp()
    FROM account AS a
    WHERE l.hash = p_hash AND l.revoked_at IS NULL AND l.expires_at > clock_timestamp()
      AND a.id = l.account_id AND a.disabled_at IS NULL
    RETURNING l.id INTO found_id;
    IF found_id IS NULL THEN
        RETURN;
    END IF;
    PERFORM audit('link.open', 'link', found_id::text);
    RETURN QUERY
    SELECT l.id, l.query, l.expires_at, a.id, a.login, a.name, a.role,
           ARRAY(SELECT w.ward_id FROM account_ward AS w WHERE w.account_id = a.id ORDER BY 1),
           ARRAY(SELECT DISTINCT COALESCE(v.merged_into, v.id) FROM account_unit AS u
                 JOIN venue AS v ON v.code = u.venue_code WHERE u.account_id = a.id ORDER BY 1)
    FROM shared_link AS l JOIN account AS a ON a.id = l.account_id WHERE l.id = found_id;
END
$$;

REVOKE ALL ON FUNCTION shared_link_make(bytea, text, integer), shared_link_revoke(bigint), shared_link_open(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shared_link_make(bytea, text, integer), shared_link_revoke(bigint), shared_link_open(bytea) TO qr_app;
