-- What a venue does with its slip, without an account: a token opens the file of one entry. Its hash alone is kept.

-- A new token for the entry, told this once; the one before opens nothing any more. For whoever may publish.
CREATE OR REPLACE FUNCTION publication_token_new(p_case bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    token CONSTANT text := random_code(20);
BEGIN
    IF NOT caller_may('publish') OR NOT EXISTS (
        SELECT FROM case_file AS c WHERE c.id = p_case AND c.process = 'publication' AND c.closed_at IS NULL
    ) THEN
        RAISE EXCEPTION 'the caller may not make a slip of the entry %', p_case USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE publication_token AS t SET revoked_at = clock_timestamp() WHERE t.case_id = p_case AND t.revoked_at IS NULL;
    INSERT INTO publication_token (hash, case_id) VALUES (sha256(convert_to(token, 'UTF8')), p_case);
    RETURN token;
END
$$;


REVOKE ALL ON FUNCTION publication_token_new(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION publication_token_new(bigint) TO qr_app;
