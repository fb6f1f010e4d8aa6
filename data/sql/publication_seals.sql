-- Sealing: a list becomes public with its signed manifest, and not before (etl/publishing/sealing.py makes and signs it).

-- Whether the caller, or the machine by a rule, may seal: who may publish, correct or withdraw; the owner of the tables.
--
-- Writes the seal of the list's version and what anybody may read of it: p_entries are the public entries in the order of
-- the list [{"slug", "ward", "ward_code", "name", "address", …, "said": {…}, "answer"}]. Of them only those are written
-- whose entry is published in the database, and all of those have to be there: else QR001 "seal".
CREATE OR REPLACE FUNCTION publication_seal(
    p_list bigint, p_version integer, p_leaf integer, p_manifest text, p_signature text, p_key text, p_root text,
    p_sealed_at timestamptz, p_entries jsonb
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    list publication;
    list_state text;
    sha CONSTANT text := encode(sha256(convert_to(p_manifest, 'UTF8')), 'hex');
BEGIN
    IF NOT caller_may('publish', 'approve') THEN
        RAISE EXCEPTION 'the caller may not seal a list' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(case_lock_space(), 0);
    SELECT * INTO list FROM publication AS l WHERE l.list_id = p_list FOR UPDATE;
    SELECT c.state INTO list_state FROM case_file AS c WHERE c.id = p_list;
    IF list_state NOT IN ('published', 'withdrawn', 'expired') OR p_version <> list.version
       OR list.sealed_version >= p_version OR p_leaf <> (SELECT count(*) FROM publication_seal) THEN
        PERFORM case_refuse('seal');
    END IF;
    IF p_sealed_at < (SELECT max(s.sealed_at) FROM publication_seal AS s)
       OR p_sealed_at > clock_timestamp() + interval '1 minute' THEN
        PERFORM case_refuse('clock_back');
    END IF;
    IF (SELECT array_agg(x.slug ORDER BY x.slug) FROM jsonb_to_recordset(p_entries) AS x (slug text)) IS DISTINCT FROM (
        SELECT array_agg(e.slug ORDER BY e.slug) FROM publication_entry AS e JOIN case_file AS c ON c.id = e.case_id
        WHERE e.list_id = p_list AND c.state IN ('published', 'contested', 'pending')
    ) THEN
        PERFORM case_refuse('seal');
    END IF;
    INSERT INTO publication_seal (
        leaf, list_id, version, kind, manifest, sha256, signature, key_id, root, hash, sealed_at
    )
    VALUES (p_leaf, p_list, p_version, list.seal_as, p_manifest, sha, p_signature, p_key, p_root,
            sha256('\x00'::bytea || convert_to(p_manifest, 'UTF8')), p_sealed_at);
    UPDATE publication AS l SET sealed_version = p_version WHERE l.list_id = p_list;
    PERFORM publication_make_public(list, list_state, p_entries);
END
$$;

-- The hashes of the log in its order, for whoever seals: lists are signed one after another.
CREATE OR REPLACE FUNCTION publication_log() RETURNS SETOF bytea
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ SELECT s.hash FROM publication_seal AS s WHERE caller_may('publish', 'approve') ORDER BY s.leaf $$;

-- The manifest of the last leaf, for whoever seals; NULL: nothing was ever sealed.
CREATE OR REPLACE FUNCTION publication_last_manifest() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ SELECT s.manifest FROM publication_seal AS s WHERE caller_may('publish', 'approve') ORDER BY s.leaf DESC LIMIT 1 $$;

-- Puts what was sealed where anybody may read it.
CREATE OR REPLACE FUNCTION publication_make_public(list publication, p_state text, p_entries jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO published.list AS l (id, kind, title, word, day, published_at, expires_on, version)
    VALUES (list.list_id, list.kind, list.title, list.policy ->> ('word_' || list.kind), list.day, list.published_at,
            list.expires_on, list.version)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version;
    INSERT INTO published.address (slug) SELECT x.slug FROM jsonb_to_recordset(p_entries) AS x (slug text)
    ON CONFLICT (slug) DO UPDATE SET gone_at = NULL;
    DELETE FROM published.entry AS p WHERE p.list_id = list.list_id;
    INSERT INTO published.entry (
        slug, list_id, position, state, ward_code, ward, name, search_text, said, answer
    )
    SELECT e.slug, e.list_id, e.position,
           CASE c.state WHEN 'published' THEN 'standing' ELSE c.state END, COALESCE(e.shown ->> 'ward_code', ''),
           x.said ->> 'ward', x.said ->> 'name',
           fold(concat_ws(' ', x.said ->> 'name', x.said ->> 'address', x.said ->> 'ward')), x.said,
           CASE WHEN e.answer_printed THEN x.answer END
    FROM jsonb_to_recordset(p_entries) AS x (slug text, said jsonb, answer text)
    JOIN publication_entry AS e ON e.slug = x.slug
    JOIN case_file AS c ON c.id = e.case_id
    WHERE e.list_id = list.list_id AND c.state IN ('published', 'contested', 'pending');
    UPDATE published.seal AS s SET stands = false WHERE s.list_id = list.list_id;
    INSERT INTO published.seal
    SELECT s.leaf, s.list_id, s.version, s.kind, s.manifest, s.sha256, s.signature, s.key_id, s.root, s.sealed_at,
           p_state = 'published'
    FROM publication_seal AS s WHERE s.list_id = list.list_id AND s.version = list.version;
    PERFORM publication_tell_state();
END
$$;

-- Every change of what is published has a number: pages that were rendered before it are rendered anew.
CREATE OR REPLACE FUNCTION publication_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    UPDATE published.state SET serial = serial + 1;
    RETURN NULL;
END
$$;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'published.entry'::regclass AND tgname = 'publication_changed') THEN
        CREATE TRIGGER publication_changed AFTER INSERT OR UPDATE OR DELETE ON published.entry
        FOR EACH STATEMENT EXECUTE FUNCTION publication_changed();
    END IF;
END
$$;

-- As of when what is published holds: asked after each change and every hour.
CREATE OR REPLACE FUNCTION publication_tell_state() RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO published.state AS s (
        id, extract_day, checked_at, valid_until, serial, objections, upheld, mean_days, is_demo
    )
    SELECT 1, current_day(), clock_timestamp(),
           clock_timestamp() + make_interval(days => (publication_policy(current_day()) ->> 'valid_days')::integer), 0,
           count(*), count(*) FILTER (WHERE d.step = 'uphold'),
           round(avg(working_days_between(d.objected_on, d.day)))::integer,
           EXISTS (SELECT FROM load WHERE is_demo AND undone_at IS NULL)
    FROM (
        SELECT e.step, e.day, (
            SELECT max(o.day) FROM case_entry AS o WHERE o.case_id = e.case_id AND o.step = 'object' AND o.id < e.id
        ) AS objected_on
        FROM case_entry AS e JOIN case_file AS c ON c.id = e.case_id
        WHERE c.process = 'publication' AND e.step IN ('uphold', 'reject')
    ) AS d
    ON CONFLICT (id) DO UPDATE
    SET extract_day = excluded.extract_day, checked_at = excluded.checked_at, valid_until = excluded.valid_until,
        objections = excluded.objections, upheld = excluded.upheld, mean_days = excluded.mean_days,
        is_demo = excluded.is_demo
$$;

-- Until when what is published holds, for whoever signs that; NULL: nothing was ever published.
CREATE OR REPLACE FUNCTION publication_valid_until() RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ SELECT s.valid_until FROM published.state AS s WHERE caller_may('publish', 'approve') $$;

-- Keeps the signed file of how all lists stand (etl/publishing/sealing.py), for whoever verifies one without a network.
CREATE OR REPLACE FUNCTION publication_keep_standing(p_standing text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    IF NOT caller_may('publish', 'approve') THEN
        RAISE EXCEPTION 'the caller may not seal a list' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE published.state SET standing = p_standing;
END
$$;


REVOKE ALL ON FUNCTION
    publication_seal(bigint, integer, integer, text, text, text, text, timestamptz, jsonb),
    publication_make_public(publication, text, jsonb), publication_tell_state(), publication_log(), publication_last_manifest(),
    publication_valid_until(), publication_keep_standing(text)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    publication_seal(bigint, integer, integer, text, text, text, text, timestamptz, jsonb), publication_log(), publication_last_manifest(),
    publication_valid_until(), publication_keep_standing(text)
TO qr_app;
