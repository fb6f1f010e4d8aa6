-- What follows from a step of a list or of an entry.

CREATE OR REPLACE FUNCTION publication_list_effects(c case_file, p_step text, p_facts jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    IF p_step = 'draft' THEN
        PERFORM publication_draft(c, p_facts);
    ELSIF p_step = 'discard' THEN
        PERFORM publication_all(c.id, 'cease', '{draft,notified,objected,claimed,decided,approved}', '{"why": "discarded"}');
    ELSIF p_step = 'notify' THEN
        PERFORM publication_all(c.id, 'notify', '{draft}', '{}');
    ELSIF p_step = 'approve' THEN
        PERFORM publication_approve_all(c.id);
    ELSIF p_step = 'schedule' THEN
        UPDATE publication AS l SET publish_at = (p_facts ->> 'publish_at')::timestamptz WHERE l.list_id = c.id;
    ELSIF p_step IN ('publish', 'publish_as_set') THEN
        UPDATE publication AS l
        SET published_at = COALESCE(l.published_at, clock_timestamp()),
            published_on = COALESCE(l.published_on, current_day()), publish_at = NULL,
            expires_on = COALESCE(l.expires_on, current_day() + (l.policy ->> 'retention_days')::integer)
        WHERE l.list_id = c.id;
        PERFORM publication_all(c.id, 'publish', '{approved}', '{}');
        PERFORM publication_to_seal(c.id, 'list');
    ELSIF p_step IN ('withdraw', 'expire') THEN
        IF p_step = 'withdraw' THEN
            PERFORM publication_all(c.id, 'withdraw', '{published,contested,pending}', p_facts, false);
            PERFORM publication_all(c.id, 'cease', '{draft,notified,objected,claimed,decided,approved}',
                                    '{"why": "list_withdrawn"}');
            UPDATE published.list AS l SET withdrawn_at = clock_timestamp() WHERE l.id = c.id;
            PERFORM publication_to_seal(c.id, 'withdrawal');
        END IF;
        UPDATE published.seal AS s SET stands = false WHERE s.list_id = c.id;
    ELSIF p_step = 'number' THEN
        INSERT INTO document_number (issuer, year, number, day, signer, subject, recipient, case_id, entered_by)
        SELECT btrim(COALESCE(e.paper ->> 'authority', '')), EXTRACT(YEAR FROM (e.paper ->> 'day')::date),
               btrim(e.paper ->> 'number'), (e.paper ->> 'day')::date, btrim(e.paper ->> 'signer'),
               COALESCE(p_facts ->> 'document', ''), COALESCE(p_facts ->> 'to', ''), c.id, caller_name()
        FROM case_entry AS e WHERE e.case_id = c.id ORDER BY e.id DESC LIMIT 1;
    END IF;
END
$$;

-- The same step of all entries of a list that are in one of the states; p_by_rule: the machine takes it, for the list's
-- step says so. Returns how many.
CREATE OR REPLACE FUNCTION publication_all(
    p_list bigint, p_step text, p_states text[], p_facts jsonb, p_by_rule boolean DEFAULT true
) RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    held case_file;
    taken integer := 0;
BEGIN
    FOR held IN
        SELECT c.* FROM case_file AS c JOIN publication_entry AS e ON e.case_id = c.id
        WHERE e.list_id = p_list AND c.state = ANY (p_states) ORDER BY e.position FOR UPDATE OF c
    LOOP
        PERFORM case_take(held, p_step, p_facts, NULL, NULL, p_by_rule);
        taken := taken + 1;
    END LOOP;
    RETURN taken;
END
$$;

-- All entries that may be approved by the caller now; the others stay where they are.
CREATE OR REPLACE FUNCTION publication_approve_all(p_list bigint) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    held case_file;
BEGIN
    FOR held IN
        SELECT c.* FROM case_file AS c JOIN publication_entry AS e ON e.case_id = c.id
        WHERE e.list_id = p_list AND c.state IN ('notified', 'decided') ORDER BY e.position FOR UPDATE OF c
    LOOP
        IF publication_forbids(held, 'approve', '{}') IS NULL THEN
            PERFORM case_take(held, 'approve', '{}', NULL, NULL);
        END IF;
    END LOOP;
END
$$;


CREATE OR REPLACE FUNCTION publication_effects(c case_file, p_step text, p_facts jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    list bigint;
BEGIN
    SELECT e.list_id INTO list FROM publication_entry AS e WHERE e.case_id = c.id;
    IF p_step = 'name' THEN
        UPDATE publication_entry AS e SET anonymous = (p_facts ->> 'anonymous')::boolean WHERE e.case_id = c.id;
    ELSIF p_step = 'deliver' THEN
        UPDATE publication_entry AS e SET delivered_on = (p_facts ->> 'day')::date WHERE e.case_id = c.id;
    ELSIF p_step IN ('object', 'claim') THEN
        PERFORM publication_pause_now(c.id, CASE p_step WHEN 'object' THEN 'objection' ELSE 'claim' END, true);
    ELSIF p_step IN ('reject', 'refuse') THEN
        PERFORM publication_pause_now(c.id, CASE p_step WHEN 'reject' THEN 'objection' ELSE 'claim' END, false);
    ELSIF p_step = 'answer' THEN
        UPDATE publication_entry AS e SET answer = btrim(p_facts ->> 'words'), answer_printed = NULL WHERE e.case_id = c.id;
    ELSIF p_step = 'moderate' THEN
        UPDATE publication_entry AS e SET answer_printed = (p_facts ->> 'printed')::boolean WHERE e.case_id = c.id;
        UPDATE published.entry AS p SET answer = CASE WHEN e.answer_printed THEN e.answer END
        FROM publication_entry AS e WHERE e.case_id = c.id AND p.slug = e.slug;
    ELSIF p_step IN ('correct', 'moved') THEN
        UPDATE publication_entry AS e
        SET shown = e.shown || CASE p_step
                WHEN 'correct' THEN p_facts - 'why'
                ELSE (SELECT jsonb_build_object('ward', w.name, 'ward_code', w.code) FROM ward AS w WHERE w.id = c.ward_id)
            END,
            corrected_on = current_day()
        WHERE e.case_id = c.id;
        PERFORM publication_to_seal(list, 'correction');
    ELSIF p_step IN ('withdraw', 'take_off') OR p_step = 'uphold' AND EXISTS (
        SELECT FROM published.entry AS p JOIN publication_entry AS e USING (slug) WHERE e.case_id = c.id
    ) THEN
        PERFORM publication_to_seal(list, 'withdrawal');
    END IF;
    IF c.state IN ('notified', 'decided') THEN
        UPDATE case_file AS f SET due_on = publication_deadline(c.id) WHERE f.id = c.id AND p_step <> 'notify';
    END IF;
    IF c.closed_at IS NOT NULL THEN
        UPDATE publication_token AS t SET revoked_at = clock_timestamp() WHERE t.case_id = c.id AND t.revoked_at IS NULL;
    END IF;
    PERFORM publication_show(c);
END
$$;

-- What the list now says has to be signed anew: a correction stays one though a list is published over it.
CREATE OR REPLACE FUNCTION publication_to_seal(p_list bigint, p_as text) RETURNS void
LANGUAGE sql
AS $$ UPDATE publication AS l SET version = l.version + 1, seal_as = p_as WHERE l.list_id = p_list $$;

-- Brings the public page in step with an entry's state: what does not stand is not there, from this moment on. What
-- begins to stand comes with its seal (publication_seals.sql).
CREATE OR REPLACE FUNCTION publication_show(c case_file) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    now_said CONSTANT text := CASE c.state WHEN 'published' THEN 'standing' WHEN 'pending' THEN 'pending'
                                           WHEN 'contested' THEN 'contested' END;
    gone text;
BEGIN
    IF now_said IS NOT NULL THEN
        UPDATE published.entry AS p SET state = now_said
        FROM publication_entry AS e WHERE e.case_id = c.id AND p.slug = e.slug AND p.state <> now_said;
        RETURN;
    END IF;
    DELETE FROM published.entry AS p USING publication_entry AS e WHERE e.case_id = c.id AND p.slug = e.slug
    RETURNING p.slug INTO gone;
    IF gone IS NOT NULL THEN
        UPDATE published.address AS a SET gone_at = clock_timestamp() WHERE a.slug = gone;
    END IF;
END
$$;


REVOKE ALL ON FUNCTION
    publication_list_effects(case_file, text, jsonb), publication_effects(case_file, text, jsonb),
    publication_all(bigint, text, text[], jsonb, boolean), publication_approve_all(bigint), publication_show(case_file),
    publication_to_seal(bigint, text)
FROM PUBLIC;
