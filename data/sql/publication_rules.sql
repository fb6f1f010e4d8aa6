-- What must be true for a step of a list or of one of its entries besides state, right and paper (case_steps.sql).

CREATE OR REPLACE FUNCTION lacks(p_facts jsonb, p_name text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT btrim(COALESCE(p_facts ->> p_name, '')) = '' $$;

-- Whether the venue violates at this minute, by the periods, which the rule alone makes.
CREATE OR REPLACE FUNCTION is_violating(p_venue integer) RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (
        SELECT FROM status_period AS p CROSS JOIN LATERAL (SELECT current_day() AS day) AS now
        WHERE p.venue_id = p_venue AND p.status = 'violating' AND p.from_day <= now.day AND p.to_day >= now.day
    )
$$;


-- Why a step of a list may not be taken, {"why", ...values of its text}; NULL: it may.
CREATE OR REPLACE FUNCTION publication_list_forbids(c case_file, p_step text, p_facts jsonb, p_paper jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    list publication;
    me CONSTANT text := COALESCE(current_setting('app.login', true), '');
    at CONSTANT text := p_facts ->> 'publish_at';
BEGIN
    IF NOT sees_all() THEN
        RETURN '{"why": "not_yours"}';
    END IF;
    SELECT * INTO list FROM publication AS l WHERE l.list_id = c.id;
    RETURN CASE
        WHEN p_step = 'draft' THEN publication_draft_forbids(p_facts)
        WHEN p_step IN ('discard', 'withdraw') AND lacks(p_facts, 'why') THEN '{"why": "no_reason"}'::jsonb
        WHEN p_step = 'notify' AND NOT EXISTS (
            SELECT FROM publication_entry AS e JOIN case_file AS f ON f.id = e.case_id
            WHERE e.list_id = c.id AND f.state = 'draft'
        ) THEN '{"why": "empty_list"}'
        WHEN p_step = 'approve' AND list.drafted_login = me THEN '{"why": "drafter"}'
        WHEN p_step = 'approve' AND NOT EXISTS (
            SELECT FROM publication_entry AS e JOIN case_file AS f ON f.id = e.case_id
            WHERE e.list_id = c.id AND (
                f.state = 'approved' AND c.state = 'notified'
                OR f.state IN ('notified', 'decided') AND publication_forbids(f, 'approve', '{}') IS NULL
            )
        ) THEN '{"why": "none_ready"}'
        WHEN p_step = 'schedule' AND (
            at IS NULL OR at !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$'
        ) THEN '{"why": "malformed"}'
        WHEN p_step = 'schedule' AND at::timestamptz NOT BETWEEN clock_timestamp() AND clock_timestamp() + interval '31 days'
            THEN '{"why": "publish_at"}'
        WHEN p_step = 'publish' AND NOT EXISTS (
            SELECT FROM publication_entry AS e JOIN case_file AS f ON f.id = e.case_id
            WHERE e.list_id = c.id AND f.state = 'approved'
        ) THEN '{"why": "none_approved"}'
        WHEN p_step = 'tick' AND lacks(p_facts, 'channel') THEN '{"why": "no_channel"}'
        WHEN p_step = 'tick' AND (p_facts ->> 'day')::date > current_day()
            THEN jsonb_build_object('why', 'future', 'day', p_facts ->> 'day')
        WHEN p_step = 'number' AND EXISTS (
            SELECT FROM document_number AS n
            WHERE lower(n.issuer) = lower(btrim(COALESCE(p_paper ->> 'authority', '')))
              AND n.year = EXTRACT(YEAR FROM (p_paper ->> 'day')::date)
              AND lower(n.number) = lower(btrim(p_paper ->> 'number'))
        ) THEN jsonb_build_object('why', 'number_used', 'number', p_paper ->> 'number')
    END;
END
$$;

-- A list of venues freezes a day of which the rule knows; one of bodies a period up to a day.
CREATE OR REPLACE FUNCTION publication_draft_forbids(p_facts jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    day CONSTANT text := p_facts ->> 'day';
    from_day CONSTANT text := p_facts ->> 'from_day';
BEGIN
    IF COALESCE(p_facts ->> 'kind', '') NOT IN ('venues', 'bodies') OR day IS NULL
       OR from_day !~ '^\d{4}-\d\d-\d\d$' OR (p_facts ->> 'kind' = 'bodies') <> (from_day IS NOT NULL)
       OR length(p_facts ->> 'title') > 300 THEN
        RETURN '{"why": "malformed"}';
    END IF;
    RETURN CASE
        WHEN day::date > current_day() THEN jsonb_build_object('why', 'future', 'day', day)
        WHEN from_day::date > day::date OR day::date - from_day::date > 366 THEN '{"why": "period"}'::jsonb
    END;
END
$$;

-- Why a step of an entry may not be taken.
CREATE OR REPLACE FUNCTION publication_forbids(c case_file, p_step text, p_facts jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    e publication_entry;
    list_state text;
    drafter text;
    notified_on date;
BEGIN
    SELECT * INTO e FROM publication_entry AS x WHERE x.case_id = c.id;
    SELECT f.state, l.drafted_login INTO list_state, drafter
    FROM case_file AS f JOIN publication AS l ON l.list_id = f.id WHERE f.id = e.list_id;
    SELECT min(x.day) INTO notified_on FROM case_entry AS x WHERE x.case_id = c.id AND x.step = 'notify';
    RETURN CASE
        WHEN p_step IN ('drop', 'uphold', 'reject', 'take_off', 'refuse', 'not_appropriate', 'correct', 'withdraw')
            AND lacks(p_facts, 'why') THEN '{"why": "no_reason"}'::jsonb
        WHEN p_step IN ('object', 'answer') AND lacks(p_facts, 'words') THEN '{"why": "no_words"}'
        WHEN p_step = 'claim' AND lacks(p_facts, 'photo') AND lacks(p_facts, 'words') THEN '{"why": "no_words"}'
        WHEN length(p_facts ->> 'words') > 2000 THEN '{"why": "long_words"}'
        WHEN p_step IN ('object', 'claim', 'answer') AND COALESCE(p_facts ->> 'channel', '') NOT IN ('slip', 'officer', 'paper')
            THEN '{"why": "malformed"}'
        WHEN p_step IN ('object', 'claim', 'answer') AND (p_facts ->> 'channel' = 'slip') <> caller_may('slip')
            THEN '{"why": "malformed"}'
        WHEN p_step = 'object' AND publication_objected(c) THEN '{"why": "objected_before"}'
        WHEN (p_facts ->> 'day')::date > current_day() THEN jsonb_build_object('why', 'future', 'day', p_facts ->> 'day')
        WHEN p_step = 'name' AND COALESCE(p_facts ->> 'anonymous', '') NOT IN ('true', 'false') THEN '{"why": "malformed"}'
        WHEN p_step = 'name' AND e.body_kind IS NOT NULL THEN '{"why": "body_named"}'
        WHEN p_step = 'deliver' THEN publication_deliver_forbids(e, notified_on, p_facts)
        WHEN p_step = 'moderate' AND (e.answer IS NULL OR COALESCE(p_facts ->> 'printed', '') NOT IN ('true', 'false'))
            THEN '{"why": "no_answer"}'
        WHEN p_step = 'moderate' AND p_facts ->> 'printed' = 'false' AND lacks(p_facts, 'why') THEN '{"why": "no_reason"}'
        WHEN p_step IN ('uphold', 'reject', 'take_off', 'not_appropriate', 'approve') THEN
            COALESCE(publication_decide_forbids(e, drafter),
                     CASE WHEN p_step = 'approve' THEN publication_approve_forbids(c, e, list_state) END)
        WHEN p_step = 'correct' AND NOT p_facts ?| '{name,address,what}' THEN '{"why": "nothing_corrected"}'
    END;
END
$$;

-- Whether an objection was rejected in the same stretch, before the name was published or since: one is decided, and
-- whoever is not content complains on paper. The clock would stand still for ever otherwise.
CREATE OR REPLACE FUNCTION publication_objected(c case_file) RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (
        SELECT FROM case_entry AS x WHERE x.case_id = c.id AND x.step = 'reject' AND (
            c.state <> 'published'
            OR x.id > (SELECT max(p.id) FROM case_entry AS p WHERE p.case_id = c.id AND p.step = 'publish')
        )
    )
$$;

CREATE OR REPLACE FUNCTION publication_deliver_forbids(e publication_entry, p_notified date, p_facts jsonb) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN COALESCE(p_facts ->> 'how', '') NOT IN ('hand', 'post', 'posted') OR lacks(p_facts, 'day')
            THEN '{"why": "malformed"}'::jsonb
        WHEN e.delivered_on IS NOT NULL THEN jsonb_build_object('why', 'delivered', 'day', e.delivered_on)
        WHEN (p_facts ->> 'day')::date < p_notified
            THEN jsonb_build_object('why', 'before_notice', 'day', p_notified)
        -- posted at the door nobody signs, so that a photograph has to show it
        WHEN p_facts ->> 'how' = 'posted' AND lacks(p_facts, 'photo') THEN '{"why": "no_photo"}'
    END
$$;

-- Who decides is neither who drafted nor anybody who recorded a counted reminder of it.
CREATE OR REPLACE FUNCTION publication_decide_forbids(e publication_entry, p_drafter text) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN me.login = p_drafter THEN '{"why": "drafter"}'::jsonb
        WHEN EXISTS (
            SELECT FROM jsonb_path_query(e.facts, 'lax $.reminders[*] ? (@.type() == "object")') AS r (said)  -- of a body a number
            WHERE r.said ->> 'login' = me.login OR lower(btrim(r.said ->> 'given_by')) = lower(me.name)
        ) THEN '{"why": "recorder"}'
    END
    FROM (SELECT COALESCE(current_setting('app.login', true), '') AS login, caller_name() AS name) AS me
$$;

CREATE OR REPLACE FUNCTION publication_approve_forbids(c case_file, e publication_entry, p_list_state text) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN p_list_state NOT IN ('notified', 'approved', 'published') THEN jsonb_build_object('why', 'list_state')
        WHEN e.body_kind IS NULL AND NOT is_violating(c.venue_id) THEN '{"why": "not_violating"}'
        WHEN e.body_kind IS NULL AND EXISTS (SELECT FROM venue_doubt AS d WHERE d.venue_id = c.venue_id)
            THEN '{"why": "doubtful"}'
        WHEN e.anonymous_proposed AND e.anonymous IS NULL THEN '{"why": "name_undecided"}'
        WHEN e.delivered_on IS NULL THEN '{"why": "not_delivered"}'
        WHEN due.day IS NULL THEN '{"why": "clock_still"}'
        WHEN due.day >= current_day() THEN jsonb_build_object('why', 'clock_runs', 'until', due.day)
    END
    FROM (SELECT publication_deadline(c.id) AS day) AS due
$$;
