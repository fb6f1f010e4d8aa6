-- What the app's role may do with accounts. It has no right to secrets: these functions check or set them for it
-- (SECURITY DEFINER), and ask themselves who calls where that matters (settings of the transaction, data/access/caller.py).

CREATE OR REPLACE FUNCTION caller_account() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT NULLIF(current_setting('app.account', true), '')::integer $$;


-- Seconds that somebody must wait before the next attempt of this login, 0: the attempt is counted, as failed until
-- sign_in_succeeded() says otherwise, and the password may be looked at. Counted by browser where it has signed in with
-- this login before, else by address: who guesses from elsewhere does not hold up the person at the known machine.
-- Five are free in a quarter of an hour; each further one waits twice as long as the last, up to a quarter of an hour.
-- OWASP: Authentication Cheat Sheet, "Login Throttling"; "Slow Down Online Guessing Attacks with Device Cookies".
CREATE OR REPLACE FUNCTION begin_sign_in(p_login text, p_browser text, p_address text)
RETURNS TABLE (seconds integer, attempt bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    counted_by text := 'address ' || p_address;
    failed integer;
    newest timestamptz;
BEGIN
    IF EXISTS (
        SELECT FROM sign_in_attempt AS a
        WHERE a.login = p_login AND a.source = 'browser ' || p_browser AND a.succeeded
    ) THEN
        counted_by := 'browser ' || p_browser;
    END IF;
    -- Attempts made at once are counted one after the other.
    PERFORM pg_advisory_xact_lock(sign_in_lock_space(), hashtext(p_login || ' ' || counted_by));
    SELECT count(*), max(a.at) INTO failed, newest
    FROM sign_in_attempt AS a
    WHERE a.login = p_login AND a.source = counted_by AND NOT a.succeeded
      AND a.at > clock_timestamp() - interval '15 minutes'
      AND a.at > COALESCE((
          SELECT max(s.at) FROM sign_in_attempt AS s
          WHERE s.login = p_login AND s.source = counted_by AND s.succeeded
      ), '-infinity');
    seconds := CASE WHEN failed < 5 THEN 0 ELSE
        GREATEST(0, ceil(extract(epoch FROM newest - clock_timestamp()) + LEAST(900, 5 * 2 ^ (failed - 5)))) END;
    -- One address that tries many logins is slowed down as a whole; known browsers are not counted by it.
    IF seconds = 0 AND counted_by LIKE 'address %' AND (
        SELECT count(*) >= 100 FROM sign_in_attempt AS a
        WHERE a.at > clock_timestamp() - interval '15 minutes' AND a.source = counted_by AND NOT a.succeeded
    ) THEN
        seconds := 60;
    END IF;
    IF seconds = 0 THEN
        INSERT INTO sign_in_attempt (login, source) VALUES (p_login, counted_by) RETURNING id INTO attempt;
        DELETE FROM sign_in_attempt AS a
        WHERE a.at < clock_timestamp() - interval '1 day'
          AND (NOT a.succeeded OR a.at < clock_timestamp() - interval '1 year');
    END IF;
    RETURN NEXT;
END
$$;

-- The attempt was right; from now on the browser is known for its login.
CREATE OR REPLACE FUNCTION sign_in_succeeded(p_attempt bigint, p_browser text) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    UPDATE sign_in_attempt SET succeeded = true WHERE id = p_attempt;
    INSERT INTO sign_in_attempt (login, source, succeeded)
    SELECT a.login, 'browser ' || p_browser, true FROM sign_in_attempt AS a
    WHERE a.id = p_attempt AND p_browser <> '' AND a.source <> 'browser ' || p_browser;
$$;


-- What is needed to check a password; no row: no such account, or it is disabled.
CREATE OR REPLACE FUNCTION sign_in_facts(p_login text)
RETURNS TABLE (account_id integer, password_hash text, is_expired boolean)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT a.id, a.password_hash, COALESCE(a.one_time_until < clock_timestamp(), false)
    FROM account AS a WHERE a.login = p_login AND a.disabled_at IS NULL
$$;

CREATE OR REPLACE FUNCTION begin_session(p_account integer, p_token_hash bytea, p_address text) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT set_config('app.own_session', p_account::text, true);  -- who signs in is known by what they are about to get
    INSERT INTO session (token_hash, account_id, address) VALUES (p_token_hash, p_account, p_address);
    SELECT set_config('app.own_session', '', true);
$$;

-- Whose account it is that the provider calls p_subject. Where that is nobody's yet, it becomes that of the account for
-- which an administrator has written p_email (NULL: the provider does not vouch for it), unless somebody else was bound
-- to it before: an address that passes to another person must not pass on the account. No row: of no account.
CREATE OR REPLACE FUNCTION account_of_identity(p_issuer text, p_subject text, p_email text)
RETURNS TABLE (account_id integer, login text, is_disabled boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    UPDATE account_identity AS i SET issuer = p_issuer, subject = p_subject, bound_at = clock_timestamp()
    FROM account AS a
    WHERE a.id = i.account_id AND a.disabled_at IS NULL AND i.email = lower(p_email) AND i.subject IS NULL
      AND NOT EXISTS (SELECT FROM account_identity AS o WHERE o.issuer = p_issuer AND o.subject = p_subject);
    RETURN QUERY
    SELECT a.id, a.login, a.disabled_at IS NOT NULL
    FROM account_identity AS i JOIN account AS a ON a.id = i.account_id
    WHERE i.issuer = p_issuer AND i.subject = p_subject;
END
$$;

-- As begin_session(), of whom the provider has proved; p_is_proved_twice: by more than one factor; p_proved_at: when it
-- asked them, which may be long ago (NULL: it does not say).
CREATE OR REPLACE FUNCTION begin_session_by_identity(
    p_account integer, p_token_hash bytea, p_address text, p_is_proved_twice boolean, p_proved_at timestamptz
) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT set_config('app.own_session', p_account::text, true);
    INSERT INTO session (token_hash, account_id, address, began_by, second_factor_at, proved_at)
    VALUES (p_token_hash, p_account, p_address, 'oidc', CASE WHEN p_is_proved_twice THEN clock_timestamp() END,
            p_proved_at);
    SELECT set_config('app.own_session', '', true);
$$;

-- The session goes on under another token: whoever had the one from before the proof has nothing (OWASP ASVS 3.2.1).
CREATE OR REPLACE FUNCTION renew_session(p_token_hash bytea, p_new_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    UPDATE session SET token_hash = p_new_hash
    WHERE token_hash = p_token_hash AND account_id = caller_account() AND ended_at IS NULL
$$;

-- Whether the caller has proved within p_within who they are, and the session began since: a provider that answers from
-- a session of its own asks nobody for anything.
CREATE OR REPLACE FUNCTION session_is_fresh(p_token_hash bytea, p_within interval) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM session AS s
        WHERE s.token_hash = p_token_hash AND s.account_id = caller_account()
          AND s.began_at > clock_timestamp() - p_within
          AND (s.began_by = 'password' OR s.proved_at > clock_timestamp() - p_within)
    )
$$;


-- Who holds the token, if the session stands: not ended, seen within p_idle, begun within p_lifetime, account enabled.
-- The moment it was seen is written once a minute at most: not every tile is a write.
CREATE OR REPLACE FUNCTION session_account(
    p_token_hash bytea, p_idle interval, p_lifetime interval, p_is_used boolean
)
RETURNS TABLE (
    account_id integer, login text, name text, role text, wards integer[], units integer[],
    has_authenticator boolean, second_factor_at timestamptz, must_change_password boolean
)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT a.id, a.login, a.name, a.role,
           ARRAY(SELECT w.ward_id FROM account_ward AS w WHERE w.account_id = a.id ORDER BY 1),
           -- a unit that was merged is the venue that stands for it
           ARRAY(SELECT DISTINCT COALESCE(v.merged_into, v.id) FROM account_unit AS u
                 JOIN venue AS v ON v.code = u.venue_code WHERE u.account_id = a.id ORDER BY 1),
           a.authenticator_since IS NOT NULL, s.second_factor_at,
           -- whoever came by OpenID Connect needs no password
           a.one_time_until IS NOT NULL AND s.began_by = 'password'
    FROM session AS s JOIN account AS a ON a.id = s.account_id
    WHERE s.token_hash = p_token_hash AND s.ended_at IS NULL AND a.disabled_at IS NULL
      AND s.seen_at > clock_timestamp() - p_idle AND s.began_at > clock_timestamp() - p_lifetime;
    -- another request of the same browser may just be writing it
    IF FOUND AND p_is_used AND NOT current_setting('transaction_read_only')::boolean THEN
        UPDATE session AS s SET seen_at = clock_timestamp()
        WHERE s.token_hash = (
            SELECT t.token_hash FROM session AS t
            WHERE t.token_hash = p_token_hash AND t.seen_at < clock_timestamp() - interval '1 minute'
            FOR UPDATE SKIP LOCKED
        );
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION end_session(p_token_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT set_config('app.own_session', s.account_id::text, true) FROM session AS s WHERE s.token_hash = p_token_hash;
    UPDATE session SET ended_at = clock_timestamp(), end_reason = 'signed_out'
    WHERE token_hash = p_token_hash AND ended_at IS NULL;
    SELECT set_config('app.own_session', '', true);
$$;


-- Refuses whoever asks for another's account without the right to administer accounts.
CREATE OR REPLACE FUNCTION require_own_account(p_account integer) RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF p_account IS DISTINCT FROM caller_account() AND NOT caller_may('accounts') THEN
        RAISE EXCEPTION 'account % is not the caller''s', p_account USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;

-- All sessions of the account but the one named (NULL: all) are over.
CREATE OR REPLACE FUNCTION end_sessions(p_account integer, p_reason text, p_but bytea DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    ended integer;
BEGIN
    PERFORM require_own_account(p_account);
    UPDATE session SET ended_at = clock_timestamp(), end_reason = p_reason
    WHERE account_id = p_account AND ended_at IS NULL AND token_hash IS DISTINCT FROM p_but;
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END
$$;

-- The caller's own hash, to check the password anew before it is changed.
CREATE OR REPLACE FUNCTION own_password_hash() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ SELECT a.password_hash FROM account AS a WHERE a.id = caller_account() $$;

-- p_until: given out by an administrator, to be changed at first use until then; NULL: chosen by the person.
CREATE OR REPLACE FUNCTION set_password(p_account integer, p_hash text, p_until timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM require_own_account(p_account);
    UPDATE account SET password_hash = p_hash, one_time_until = p_until WHERE id = p_account;
END
$$;

-- The caller's authenticator: the key, whether it is proved, and the last step taken.
CREATE OR REPLACE FUNCTION own_authenticator()
RETURNS TABLE (authenticator_key text, is_proved boolean, authenticator_step bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT a.authenticator_key, a.authenticator_since IS NOT NULL, a.authenticator_step
    FROM account AS a WHERE a.id = caller_account()
$$;

-- A new key for the caller, as long as none is proved: a stolen session must not replace it.
CREATE OR REPLACE FUNCTION offer_authenticator(p_key text) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    UPDATE account SET authenticator_key = p_key
    WHERE id = caller_account() AND authenticator_since IS NULL
$$;

-- Takes the code of a time step for the caller's session; false: that step, or a later one, was taken before.
CREATE OR REPLACE FUNCTION take_authenticator_step(p_step bigint, p_token_hash bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    UPDATE account SET authenticator_step = p_step, authenticator_since = COALESCE(authenticator_since, clock_timestamp())
    WHERE id = caller_account() AND (authenticator_step IS NULL OR authenticator_step < p_step);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE session SET second_factor_at = clock_timestamp()
    WHERE token_hash = p_token_hash AND account_id = caller_account();
    RETURN true;
END
$$;

-- Which of the codes are no venue's, in the order asked: who administers sees no venue, and hands out accounts of some.
CREATE OR REPLACE FUNCTION unknown_venues(p_codes text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    IF NOT caller_may('accounts') THEN
        RAISE EXCEPTION 'only an administrator' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN ARRAY(
        SELECT asked.code FROM unnest(p_codes) WITH ORDINALITY AS asked (code, place)
        WHERE NOT EXISTS (SELECT FROM venue AS v WHERE v.code = asked.code) ORDER BY asked.place
    );
END
$$;

-- A lost telephone: the next sign-in asks for a new authenticator.
CREATE OR REPLACE FUNCTION forget_authenticator(p_account integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    IF NOT caller_may('accounts') THEN
        RAISE EXCEPTION 'only an administrator' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE account SET authenticator_key = NULL, authenticator_since = NULL, authenticator_step = NULL
    WHERE id = p_account;
END
$$;


-- Accounts themselves are their administrator's. Made where they are missing alone: making a policy waits for every
-- query on its table, and each request asks of these.
DO $$
DECLARE
    target text;
BEGIN
    FOREACH target IN ARRAY ARRAY[
        'account', 'account_ward', 'account_unit', 'account_identity', 'session', 'sign_in_attempt'
    ] LOOP
        IF NOT (SELECT c.relrowsecurity FROM pg_class AS c WHERE c.oid = target::regclass) THEN
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target);
        END IF;
        CONTINUE WHEN target = 'sign_in_attempt'  -- read through functions alone
            OR EXISTS (SELECT FROM pg_policy WHERE polrelid = target::regclass AND polname = 'administered');
        EXECUTE format('CREATE POLICY administered ON %I USING ((SELECT caller_may(''accounts'')))', target);
    END LOOP;
END
$$;


-- All that the page calls: it signs people in, asks of their session, and changes what the caller may change.
DO $$
DECLARE
    called text;
BEGIN
    FOREACH called IN ARRAY ARRAY[
        'begin_sign_in(text, text, text)',
        'sign_in_succeeded(bigint, text)',
        'sign_in_facts(text)',
        'begin_session(integer, bytea, text)',
        'session_account(bytea, interval, interval, boolean)',
        'end_session(bytea)',
        'end_sessions(integer, text, bytea)',
        'own_password_hash()',
        'set_password(integer, text, timestamptz)',
        'own_authenticator()',
        'offer_authenticator(text)',
        'take_authenticator_step(bigint, bytea)',
        'unknown_venues(text[])',
        'forget_authenticator(integer)',
        'account_of_identity(text, text, text)',
        'begin_session_by_identity(integer, bytea, text, boolean, timestamptz)',
        'renew_session(bytea, bytea)',
        'session_is_fresh(bytea, interval)'
    ] LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', called);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO qr_app', called);
    END LOOP;
END
$$;
