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


-- What was typed, as the token is written: Crockford's Base32 reads O as 0, I and L as 1, small letters as capitals, and
-- signs between the groups as nothing. Never NULL.
CREATE OR REPLACE FUNCTION slip_code(p_typed text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT translate(regexp_replace(upper(left(COALESCE(p_typed, ''), 200)), '[^0-9A-Z]', '', 'g'), 'OIL', '011') $$;

-- Looks for the entry that a token opens: {"case"} or {"refused": often|unknown|closed|newer|expired, ...}. Each look is
-- counted by network (data/access/network.py): in a quarter of an hour 20 wrong ones and 120 right ones, and 500 wrong ones
-- altogether, which keep out nobody whose network has opened a slip within 30 days. Whoever never had a slip learns of
-- none; who has one learns how its entry ended, or that there is a newer one. What is wrong is recorded once a minute and
-- network, with how often.
CREATE OR REPLACE FUNCTION slip_look(p_token text, p_network text) RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
    place CONSTANT text := 'slip ' || left(COALESCE(p_network, ''), 190);
    since CONSTANT timestamptz := clock_timestamp() - interval '15 minutes';
    looked record;
    found record;
    refused jsonb;
BEGIN
    PERFORM pg_advisory_xact_lock(sign_in_lock_space(), hashtext(place));  -- looks made at once are counted one by one
    SELECT count(*) FILTER (WHERE a.source = place AND NOT a.succeeded) AS wrong,
           count(*) FILTER (WHERE a.source = place AND a.succeeded) AS opened,
           count(*) FILTER (WHERE NOT a.succeeded) AS wrong_anywhere, min(a.at) AS first,
           min(a.at) FILTER (WHERE a.source = place) AS first_here
    INTO looked FROM sign_in_attempt AS a WHERE a.login = '' AND a.source LIKE 'slip %' AND a.at > since;
    IF looked.wrong >= 20 OR looked.opened >= 120 OR looked.wrong_anywhere >= 500 AND NOT EXISTS (
        SELECT FROM sign_in_attempt AS a
        WHERE a.login = '' AND a.source = place AND a.succeeded AND a.at > clock_timestamp() - interval '30 days'
    ) THEN
        PERFORM audit_refused_sign_in('slip.refused', '', COALESCE(p_network, ''));
        RETURN jsonb_build_object('refused', 'often', 'seconds', GREATEST(1, ceil(extract(
            epoch FROM CASE WHEN looked.wrong_anywhere >= 500 THEN looked.first ELSE looked.first_here END - since))));
    END IF;
    SELECT t.case_id, t.revoked_at, c.state, c.closed_at, c.venue_code,
           -- while its list stands, and a month after; of one that was never published, as long as it would have stood
           COALESCE(l.expires_on + 30 < current_day(),
                    t.made_at + make_interval(days => (l.policy ->> 'retention_days')::integer + 30) < clock_timestamp())
               AS is_expired
    INTO found
    FROM publication_token AS t
    JOIN case_file AS c ON c.id = t.case_id
    JOIN publication_entry AS e ON e.case_id = t.case_id
    JOIN publication AS l ON l.list_id = e.list_id
    WHERE t.hash = sha256(convert_to(slip_code(p_token), 'UTF8'));
    INSERT INTO sign_in_attempt (login, source, succeeded) VALUES ('', place, found.case_id IS NOT NULL);
    DELETE FROM sign_in_attempt AS a
    WHERE a.login = '' AND a.source LIKE 'slip %' AND a.at < clock_timestamp() - interval '31 days';
    IF found.case_id IS NULL THEN
        PERFORM audit_refused_sign_in('slip.refused', '', COALESCE(p_network, ''));
        RETURN '{"refused": "unknown"}';
    END IF;
    refused := CASE
        WHEN found.closed_at IS NOT NULL THEN jsonb_build_object('refused', 'closed', 'state', found.state)
        WHEN found.revoked_at IS NOT NULL THEN '{"refused": "newer"}'
        WHEN found.is_expired THEN '{"refused": "expired"}'
    END;
    IF refused IS NOT NULL THEN
        PERFORM audit('slip.ended', 'venue', found.venue_code, NULL, refused || jsonb_build_object('case_id', found.case_id));
        RETURN refused;
    END IF;
    RETURN jsonb_build_object('case', found.case_id);
END
$$;

-- The file of the entry that the token opens, or why it opens none, as slip_look() says. Each opening is counted and
-- recorded, with the address from which it came.
CREATE OR REPLACE FUNCTION slip_open(p_token text, p_network text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    found CONSTANT jsonb := slip_look(p_token, p_network);
    code text;
    times integer;
BEGIN
    IF found ? 'refused' THEN
        RETURN found;
    END IF;
    UPDATE publication_token AS t SET opened = t.opened + 1 WHERE t.hash = sha256(convert_to(slip_code(p_token), 'UTF8'))
    RETURNING t.opened INTO times;
    SELECT c.venue_code INTO code FROM case_file AS c WHERE c.id = (found ->> 'case')::bigint;
    PERFORM audit('slip.opened', 'venue', code, NULL, jsonb_build_object('case_id', found -> 'case', 'opened', times));
    RETURN slip_file((found ->> 'case')::bigint);
END
$$;

-- Which office gave a reminder, as a kind of office: a slip passes through many hands, and names no officer. '': unknown.
CREATE OR REPLACE FUNCTION slip_office(p_reminder jsonb) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN a.role IN ('ward_officer', 'ward_chair') OR said.by ~ '^(ubnd|uy ban|phuong)( |$)' THEN 'ward'
        WHEN a.role = 'police' OR said.by ~ '^(cong an|canh sat)( |$)' THEN 'police'
        WHEN said.by ~ '^(to dan pho|tdp|to covid|to giam sat|to tu quan)( |$)' THEN 'neighbourhood'
        WHEN said.by ~ '^(phong van hoa|phong vh|trung tam van hoa)( |$)' THEN 'culture'
        ELSE '' END
    FROM (SELECT fold(COALESCE(p_reminder ->> 'given_by', '')) AS by) AS said
    LEFT JOIN account AS a ON a.login = p_reminder ->> 'login' AND p_reminder ->> 'how' = 'field'
$$;

-- What the holder of its slip may know of an entry: of no other one, and of no person.
CREATE OR REPLACE FUNCTION slip_file(p_case bigint) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'case', c.id, 'state', c.state, 'title', l.title, 'word', l.policy ->> ('word_' || l.kind), 'day', l.day,
        'name', e.shown -> 'name', 'address', e.shown -> 'address', 'ward', e.shown -> 'ward', 'what', e.shown -> 'what',
        'body_kind', e.body_kind, 'anonymous', COALESCE(e.anonymous, false), 'last_scan', e.facts -> 'last_scan',
        'reminders', COALESCE((
            SELECT jsonb_agg(jsonb_build_object(
                'day', r.said -> 'reminded_on', 'reason', r.said -> 'reason', 'office', slip_office(r.said),
                'source', CASE WHEN r.said ->> 'how' = 'field' THEN CASE WHEN r.said ->> 'photo' IS NULL THEN 'field' ELSE 'photo' END
                               ELSE 'book' END
            ) ORDER BY r.said ->> 'reminded_on')
            FROM jsonb_path_query(e.facts, 'lax $.reminders[*] ? (@.type() == "object")') AS r (said)
        ), '[]'),
        'notice_days', l.policy -> 'notice_days', 'retention_days', l.policy -> 'retention_days',
        'delivered_on', e.delivered_on, 'deadline', due.day, 'is_over', COALESCE(due.day < current_day(), false), 'due_on', c.due_on,
        'still', ARRAY(SELECT p.why FROM publication_pause AS p WHERE p.case_id = c.id AND p.to_day IS NULL ORDER BY p.id),
        'expires_on', l.expires_on, 'slug', (SELECT p.slug FROM published.entry AS p WHERE p.slug = e.slug),
        'answer', e.answer, 'answer_printed', e.answer_printed,
        'said', COALESCE((
            SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                'day', x.day, 'step', x.step, 'words', x.facts -> 'words', 'why', x.facts -> 'why',
                'photo', x.facts ? 'photo', 'qr', x.facts -> 'qr'
            )) ORDER BY x.id)
            FROM case_entry AS x
            WHERE x.case_id = c.id AND (x.facts ->> 'channel' = 'slip' OR x.step IN ('reject', 'refuse'))
        ), '[]'),
        'is_demo', EXISTS (SELECT FROM load AS d WHERE d.is_demo AND d.undone_at IS NULL),
        'steps', ARRAY(
            SELECT s.step FROM publication_steps() AS s
            WHERE s.process = c.process AND 'slip' = ANY (s.rights) AND c.state = ANY (s.from_states)
              AND publication_forbids(c, s.step, '{"channel": "officer", "words": "…"}') IS NULL
            ORDER BY s.step
        )
    )
    FROM case_file AS c
    JOIN publication_entry AS e ON e.case_id = c.id
    JOIN publication AS l ON l.list_id = e.list_id
    CROSS JOIN LATERAL (SELECT publication_deadline(c.id) AS day) AS due
    WHERE c.id = p_case
$$;

-- Takes a step with the right that nobody has, in the name of whoever holds the slip. The caller's settings are put back;
-- an error takes them back with all else.
CREATE OR REPLACE FUNCTION slip_take(p_case bigint, p_step text, p_facts jsonb, p_client uuid) RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
    before CONSTANT jsonb := jsonb_build_object(
        'app.rights', current_setting('app.rights', true), 'app.login', current_setting('app.login', true),
        'app.account', current_setting('app.account', true), 'app.name', current_setting('app.name', true)
    );
    taken case_file;
    done jsonb;
BEGIN
    PERFORM slip_act_as('{"app.rights": "slip", "app.login": "", "app.account": "", "app.name": "Chủ địa điểm, bằng phiếu"}');
    SELECT * INTO taken FROM case_file AS c WHERE c.id = p_case;
    PERFORM pg_advisory_xact_lock(case_lock_space(), COALESCE(taken.venue_id, 0));
    SELECT * INTO taken FROM case_file AS c WHERE c.id = p_case FOR UPDATE;
    done := case_answer_of(p_client);
    IF (done ->> 'id')::bigint <> p_case THEN
        PERFORM case_refuse('malformed');
    END IF;
    IF done IS NULL AND (
        SELECT count(*) >= 20 FROM case_entry AS e
        WHERE e.case_id = p_case AND e.facts ->> 'channel' = 'slip' AND e.at > clock_timestamp() - interval '1 day'
    ) THEN
        PERFORM case_refuse('slip_often');
    END IF;
    IF done IS NULL THEN
        done := case_take(taken, p_step, p_facts || '{"channel": "slip"}', NULL, p_client);
    END IF;
    PERFORM slip_act_as(before);
    RETURN done;
END
$$;

CREATE OR REPLACE FUNCTION slip_act_as(p_settings jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM set_config(s.key, COALESCE(s.value, ''), true) FROM jsonb_each_text(p_settings) AS s;
END
$$;

-- What the venue says by its slip: object, claim or answer, with {"words", "photo", "qr"}; the same p_client again is the
-- same step. Returns as case_step(), or why the token opens nothing; raises QR001 as case_step().
CREATE OR REPLACE FUNCTION slip_say(p_token text, p_network text, p_step text, p_facts jsonb, p_client uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    found CONSTANT jsonb := slip_look(p_token, p_network);
    said CONSTANT jsonb := jsonb_strip_nulls(COALESCE(p_facts, '{}'));
BEGIN
    IF found ? 'refused' THEN
        RETURN found;
    END IF;
    IF COALESCE(p_step, '') NOT IN ('object', 'claim', 'answer') OR p_client IS NULL
       OR said - '{words,photo,qr}'::text[] <> '{}' OR said ->> 'photo' !~ '^[0-9a-f]{64}$' OR length(said ->> 'qr') > 600 THEN
        PERFORM case_refuse('malformed');
    END IF;
    RETURN slip_take((found ->> 'case')::bigint, p_step, said, p_client);
END
$$;


REVOKE ALL ON FUNCTION
    publication_token_new(bigint), slip_look(text, text), slip_open(text, text), slip_office(jsonb), slip_file(bigint),
    slip_take(bigint, text, jsonb, uuid), slip_act_as(jsonb), slip_say(text, text, text, jsonb, uuid)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    publication_token_new(bigint), slip_open(text, text), slip_say(text, text, text, jsonb, uuid)
TO qr_app;
