-- Mail: whose address is what, who gets what and when, and the one switch. Whoever delivers is the owner
-- (documents/mailing); nothing goes to an address that is no account's.

CREATE OR REPLACE FUNCTION mail_require(p_may boolean) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    IF NOT COALESCE(p_may, false) THEN
        RAISE EXCEPTION 'the caller may not' USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;

-- Where an account's mail goes; '': nowhere. Raises check_violation where it is no address.
CREATE OR REPLACE FUNCTION mail_address_set(p_account integer, p_address text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM mail_require(caller_may('accounts'));
    IF btrim(p_address) = '' THEN
        DELETE FROM mail_address AS a WHERE a.account_id = p_account;
        UPDATE mail_outbox AS o SET state = 'dropped', error = 'address' WHERE o.account_id = p_account AND o.state = 'queued';
    ELSE
        INSERT INTO mail_address AS a (account_id, address, set_by) VALUES (p_account, btrim(p_address), caller_name())
        ON CONFLICT (account_id) DO UPDATE SET address = EXCLUDED.address, set_by = EXCLUDED.set_by, set_at = clock_timestamp();
    END IF;
END
$$;

-- What an account gets: of one's own, or of anybody for whoever gathers reports; p_weekday NULL: no more.
CREATE OR REPLACE FUNCTION mail_subscribe(p_account integer, p_kind text, p_weekday integer, p_at time) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM mail_require(caller_may('view') AND (p_account = caller_account() OR caller_may('aggregate')));
    IF p_weekday IS NULL THEN
        DELETE FROM mail_subscription AS s WHERE s.account_id = p_account AND s.kind = p_kind;
    ELSE
        INSERT INTO mail_subscription AS s (account_id, kind, weekday, at, changed_by)
        VALUES (p_account, p_kind, p_weekday, p_at, caller_name())
        ON CONFLICT (account_id, kind) DO UPDATE SET weekday = EXCLUDED.weekday, at = EXCLUDED.at,
            changed_by = EXCLUDED.changed_by, changed_at = clock_timestamp();
    END IF;
END
$$;

-- Stops all mail, or lets it go again.
CREATE OR REPLACE FUNCTION mail_switch(p_is_on boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM mail_require(caller_may('aggregate'));
    UPDATE mail_setting AS m SET is_on = p_is_on, changed_by = caller_name(), changed_at = clock_timestamp() WHERE m.id = 1;
END
$$;

-- Sends again what failed, or of which nobody knows whether it went; false: it is not so.
CREATE OR REPLACE FUNCTION mail_again(p_mail bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM mail_require(caller_may('aggregate'));
    UPDATE mail_outbox AS o SET state = 'queued', attempts = 0, next_at = clock_timestamp(), error = NULL
    WHERE o.id = p_mail AND o.state IN ('failed', 'unknown');
    RETURN FOUND;
END
$$;

-- Names of those whose mail and links the caller may look after: of all accounts in use, or their own.
CREATE OR REPLACE FUNCTION mail_people() RETURNS TABLE (account_id integer, name text, role text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT a.id, a.name, a.role FROM account AS a
    WHERE a.disabled_at IS NULL AND a.role <> 'admin' AND (caller_may('aggregate') OR is_own_account(a.id))
$$;

-- Subscriptions whose hour has come, each with the newest hour alone: after an outage one mail goes, not one a week missed.
CREATE OR REPLACE FUNCTION mail_due() RETURNS TABLE (account_id integer, kind text, key text)
LANGUAGE sql STABLE
AS $$
    SELECT s.account_id, s.kind, to_char(slot.moment, 'YYYY-MM-DD"T"HH24:MI')
    FROM mail_subscription AS s
    JOIN mail_address AS a ON a.account_id = s.account_id
    JOIN account AS c ON c.id = s.account_id AND c.disabled_at IS NULL
    CROSS JOIN LATERAL (
        SELECT clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh' AS moment
    ) AS here
    CROSS JOIN LATERAL (
        SELECT max(d.day + s.at) AS moment
        FROM (SELECT here.moment::date - n.ago AS day FROM generate_series(0, 7) AS n (ago)) AS d
        WHERE d.day + s.at <= here.moment AND s.weekday IN (0, EXTRACT(ISODOW FROM d.day))
    ) AS slot
    WHERE slot.moment AT TIME ZONE 'Asia/Ho_Chi_Minh' > s.changed_at AND s.kind = 'figures'
      AND NOT EXISTS (
          SELECT FROM mail_outbox AS o
          WHERE o.account_id = s.account_id AND o.kind = s.kind AND o.key = to_char(slot.moment, 'YYYY-MM-DD"T"HH24:MI')
      )
$$;

-- Whether there is anything to do for whoever delivers.
CREATE OR REPLACE FUNCTION mail_waits() RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT m.is_on AND (
        EXISTS (SELECT FROM mail_due())
        OR EXISTS (SELECT FROM mail_outbox AS o WHERE o.state = 'queued' AND o.next_at <= clock_timestamp())
        OR EXISTS (SELECT FROM mail_outbox AS o WHERE o.state = 'sending' AND o.next_at < clock_timestamp() - interval '10 minutes')
        OR m.reports_checked_on IS DISTINCT FROM current_day()
           AND (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::time >= '07:00'
           AND EXISTS (SELECT FROM mail_address)
    )
    FROM mail_setting AS m
$$;

REVOKE ALL ON FUNCTION mail_require(boolean), mail_address_set(integer, text),
    mail_subscribe(integer, text, integer, time), mail_switch(boolean), mail_again(bigint), mail_people(), mail_due(), mail_waits() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail_address_set(integer, text), mail_subscribe(integer, text, integer, time),
    mail_switch(boolean), mail_again(bigint), mail_people() TO qr_app;
