-- Guidance: written, made public, its versions kept. These functions alone write the tables; each asks who may. What they
-- refuse is raised with the state QR001: the key of a text, and its values as JSON.

CREATE OR REPLACE FUNCTION guidance_refuse(p_why text, p_values jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'QR001', MESSAGE = 'guidance.refused.' || p_why, DETAIL = p_values::text;
END
$$;

-- Whether the words are a sheet's: a title, six steps of a heading and a text, whom to ask; each as short as
-- data/reference/guidance.py says.
CREATE OR REPLACE FUNCTION guidance_is_bounded(p_words jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
    SELECT COALESCE(
        jsonb_typeof(p_words) = 'object' AND p_words - ARRAY['title', 'steps', 'ask'] = '{}'
        AND jsonb_typeof(p_words -> 'title') = 'string' AND length(p_words ->> 'title') BETWEEN 1 AND 60
        AND jsonb_typeof(p_words -> 'ask') = 'string' AND length(p_words ->> 'ask') <= 200
        AND jsonb_typeof(p_words -> 'steps') = 'array' AND (
            SELECT count(*) = 6 AND bool_and(COALESCE(
                jsonb_typeof(s) = 'object' AND s - ARRAY['heading', 'text'] = '{}'
                AND jsonb_typeof(s -> 'heading') = 'string' AND length(s ->> 'heading') <= 50
                AND jsonb_typeof(s -> 'text') = 'string' AND length(s ->> 'text') <= 220, false
            ))
            FROM jsonb_array_elements(CASE jsonb_typeof(p_words -> 'steps') WHEN 'array' THEN p_words -> 'steps' ELSE '[]' END) AS s
        ), false
    )
$$;

-- The serial of what is being written, 0 before the first word; refuses who may not, and where somebody has written since the
-- caller looked. Writers of one sheet and language wait for each other.
CREATE OR REPLACE FUNCTION guidance_held(p_sheet text, p_lang text, p_serial integer) RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    held guidance_draft;
BEGIN
    IF NOT caller_may('guide') THEN
        RAISE EXCEPTION 'the caller may not write guidance' USING ERRCODE = 'insufficient_privilege';
    ELSIF p_sheet NOT IN ('owners', 'visitors', 'keepers', 'officers') OR p_lang NOT IN ('vi', 'en') THEN
        PERFORM guidance_refuse('malformed');
    END IF;
    PERFORM pg_advisory_xact_lock(guidance_lock_space(), hashtext(p_sheet || '.' || p_lang));
    SELECT * INTO held FROM guidance_draft AS d WHERE d.sheet = p_sheet AND d.lang = p_lang;
    IF COALESCE(held.serial, 0) <> p_serial THEN
        PERFORM guidance_refuse('changed', jsonb_build_object('by', COALESCE(held.changed_by, '')));
    END IF;
    RETURN COALESCE(held.serial, 0);
END
$$;

-- Keeps the words; returns the new serial. What is there already is kept, and is no change, whoever says it again.
CREATE OR REPLACE FUNCTION guidance_save(p_sheet text, p_lang text, p_serial integer, p_words jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    held integer;
BEGIN
    SELECT d.serial INTO held FROM guidance_draft AS d
    WHERE caller_may('guide') AND d.sheet = p_sheet AND d.lang = p_lang AND d.words = p_words;
    IF FOUND THEN
        RETURN held;
    END IF;
    held := guidance_held(p_sheet, p_lang, p_serial);
    IF NOT guidance_is_bounded(p_words) THEN
        PERFORM guidance_refuse('malformed');
    END IF;
    INSERT INTO guidance_draft AS d (sheet, lang, serial, words, changed_by)
    VALUES (p_sheet, p_lang, held + 1, p_words, caller_name())
    ON CONFLICT (sheet, lang) DO UPDATE
    SET serial = excluded.serial, words = excluded.words, changed_by = excluded.changed_by, changed_at = clock_timestamp();
    RETURN held + 1;
END
$$;

-- Makes public what was written, as the next version; returns its number.
CREATE OR REPLACE FUNCTION guidance_publish(p_sheet text, p_lang text, p_serial integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    held CONSTANT integer := guidance_held(p_sheet, p_lang, p_serial);
    written jsonb;
    version integer;
BEGIN
    SELECT d.words INTO written FROM guidance_draft AS d WHERE d.sheet = p_sheet AND d.lang = p_lang;
    IF held = 0 OR written = (SELECT p.words FROM published.guidance AS p WHERE p.sheet = p_sheet AND p.lang = p_lang) THEN
        PERFORM guidance_refuse('same');
    END IF;
    INSERT INTO guidance_version (sheet, lang, number, words, published_by)
    SELECT p_sheet, p_lang, 1 + count(*), written, caller_name()
    FROM guidance_version AS v WHERE v.sheet = p_sheet AND v.lang = p_lang
    RETURNING number INTO version;
    INSERT INTO published.guidance AS p (sheet, lang, number, words, published_at)
    VALUES (p_sheet, p_lang, version, written, clock_timestamp())
    ON CONFLICT (sheet, lang) DO UPDATE
    SET number = excluded.number, words = excluded.words, published_at = excluded.published_at;
    RETURN version;
END
$$;

REVOKE ALL ON FUNCTION guidance_refuse(text, jsonb), guidance_is_bounded(jsonb), guidance_held(text, text, integer),
    guidance_save(text, text, integer, jsonb), guidance_publish(text, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guidance_save(text, text, integer, jsonb), guidance_publish(text, text, integer) TO qr_app;
