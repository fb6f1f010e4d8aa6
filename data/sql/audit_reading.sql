-- reading the audit: who may, and what a venue's history tells of it.

-- The owner reads all (python -m data verify-audit), the app what its caller may.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = 'audit_entry'::regclass AND polname = 'audit_entry_read') THEN
        ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
        ALTER TABLE audit_pending ENABLE ROW LEVEL SECURITY;  -- and no policy: it is for nobody
        CREATE POLICY audit_entry_read ON audit_entry FOR SELECT
        USING ((SELECT 'audit' = ANY (string_to_array(current_setting('app.rights', true), ','))));
    END IF;
END
$$;

-- Of a picture what the caller may be told in a venue's history.
CREATE OR REPLACE FUNCTION audit_told_of(picture jsonb) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN picture IS NULL OR caller_may('audit') THEN picture ELSE COALESCE((
        SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(picture) AS e
        WHERE e.key IN ('kind', 'verdict', 'kept_code', 'withdrawn_on') OR (e.key = 'mention' AND caller_at_desk())
    ), '{}') END
$$;

-- What happened to a venue, newest first, for whoever sees the venue; without addresses and requests. Of what was before
-- and after whoever may not audit gets only what a sentence of the history is made of, and the name of a description only
-- at the desk; that somebody looked at personal data is for those who may look themselves.
CREATE OR REPLACE FUNCTION audit_of_venue(code text, most integer)
RETURNS TABLE (id bigint, at timestamptz, login text, role text, action text, subject text, before jsonb, after jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT e.id, e.at, e.login, e.role, e.action, e.subject, audit_told_of(e.before), audit_told_of(e.after)
    FROM (
        (SELECT * FROM audit_entry AS own WHERE own.subject = audit_of_venue.code AND own.subject_kind = 'venue'
         AND (own.action NOT LIKE '%.read' OR (SELECT caller_may('contacts', 'audit')))
         ORDER BY own.id DESC LIMIT most)
        UNION
        (SELECT * FROM audit_entry AS merged WHERE merged.action LIKE 'merge_decision.%'
         AND COALESCE(merged.after ->> 'kept_code', merged.before ->> 'kept_code') = audit_of_venue.code
         ORDER BY merged.id DESC LIMIT most)
    ) AS e
    WHERE EXISTS (
        SELECT FROM venue AS v WHERE v.code = audit_of_venue.code AND sees_venue(v.id)
    )
    ORDER BY e.id DESC LIMIT most
$$;

REVOKE ALL ON audit_entry, audit_pending, refused_sign_in FROM PUBLIC;
REVOKE ALL ON FUNCTION
    audit(text, text, text, jsonb, jsonb), audit_of_venue(text, integer), audit_refused_sign_in(text, text, text),
    audit_row(), audit_append()
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    audit(text, text, text, jsonb, jsonb), audit_of_venue(text, integer), audit_refused_sign_in(text, text, text)
TO qr_app;
