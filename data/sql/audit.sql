-- audit: who did what, when, from where, before and after; a chain of hashes in which nothing can be changed unseen.
--
-- audit(...) and the triggers of audited_tables.sql write into audit_pending, which belongs to the transaction; a
-- deferred trigger moves what waits there into audit_entry as the transaction commits. Only then is the chain's lock
-- taken: a load that runs for minutes holds it for the last milliseconds, and the order of the chain is the order of the
-- commits. docs/audit.md says what is recorded, and what is not; audit_reading.sql who reads it.

-- Who asks, as the transaction was told (data/access/caller.py).
CREATE OR REPLACE FUNCTION audit_told(OUT account_id bigint, OUT login text, OUT role text, OUT address text,
                                      OUT request_id text)
LANGUAGE sql STABLE
AS $$
    SELECT NULLIF(current_setting('app.account', true), '')::bigint,
           CASE WHEN told.role IS NULL THEN session_user::text
                ELSE left(COALESCE(current_setting('app.login', true), ''), 200) END,
           COALESCE(told.role, 'database'),
           left(COALESCE(current_setting('app.address', true), ''), 200),
           left(COALESCE(current_setting('app.request', true), ''), 200)
    FROM (SELECT left(NULLIF(current_setting('app.role', true), ''), 200) AS role) AS told
$$;

-- The same for a job, whose worker acts as the person who asked (data/desk/jobs.py).
CREATE OR REPLACE FUNCTION audit_told_as_json() RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object('account', a.account_id, 'login', a.login, 'role', a.role, 'address', a.address,
                              'request', a.request_id)
    FROM audit_told() AS a
$$;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_attrdef WHERE adrelid = 'job'::regclass
                   AND pg_get_expr(adbin, adrelid) = 'audit_told_as_json()') THEN
        ALTER TABLE job ALTER COLUMN asked_as SET DEFAULT audit_told_as_json();
    END IF;
END
$$;


-- --- Pictures of rows -------------------------------------------------------------------------------------------------

-- What may stand in an entry: no value is longer than 500 characters, a point is its coordinates, of an outline one sees
-- whether it changed, and what is secret, personal or written freely by an officer is only a mark, however deep it lies.
-- The mark tells values apart until the entry is made (a changed password is a change), and nothing afterwards.
CREATE OR REPLACE FUNCTION audit_picture(whole jsonb, omitted text[] DEFAULT '{}') RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    picture jsonb := '{}';
    e record;
    told jsonb;
BEGIN
    FOR e IN SELECT * FROM jsonb_each(whole) AS x WHERE x.key <> ALL (omitted) LOOP
        told := CASE
            WHEN e.value = 'null' THEN e.value
            WHEN e.key ~ '(password|secret|token|authenticator_key|otp|salt|hash|recovery|phone|owner|email|signature|photo|note|why)'
                THEN to_jsonb('***' || encode(sha256(convert_to(e.value::text, 'UTF8')), 'hex'))
            WHEN e.value ->> 'type' = 'Point' AND e.value ? 'coordinates' THEN e.value -> 'coordinates'
            WHEN e.value ? 'coordinates'
                THEN to_jsonb(e.value ->> 'type' || '…#'
                              || left(encode(sha256(convert_to(e.value::text, 'UTF8')), 'hex'), 12))
            WHEN jsonb_typeof(e.value) = 'object' THEN audit_picture(e.value)
            WHEN jsonb_path_exists(e.value, 'strict $[*] ? (@.type() == "object")', silent => true) THEN (
                SELECT jsonb_agg(CASE jsonb_typeof(x.part) WHEN 'object' THEN audit_picture(x.part) ELSE x.part END
                                 ORDER BY x.place)
                FROM jsonb_array_elements(e.value) WITH ORDINALITY AS x (part, place)
            )
            ELSE e.value END;
        IF length(audit_unmarked(told)::text) > 500 THEN
            told := to_jsonb(left(audit_unmarked(told) #>> '{}', 480) || '…#'
                             || left(encode(sha256(convert_to(e.value::text, 'UTF8')), 'hex'), 12));
        END IF;
        picture := picture || jsonb_build_object(e.key, told);
    END LOOP;
    RETURN CASE WHEN whole IS NOT NULL THEN picture END;
END
$$;

-- Marks without what told them apart.
CREATE OR REPLACE FUNCTION audit_unmarked(picture jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$ SELECT regexp_replace(picture::text, '"\*\*\*[0-9a-f]{64}"', '"***"', 'g')::jsonb $$;

-- Of one picture what differs from the other, and the columns that name the row.
CREATE OR REPLACE FUNCTION audit_differing(picture jsonb, other jsonb, named text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
    SELECT audit_unmarked(jsonb_object_agg(e.key, e.value))
    FROM jsonb_each(picture) AS e
    WHERE other IS NULL OR e.key = ANY (named) OR e.value IS DISTINCT FROM other -> e.key
$$;


-- --- Writing -----------------------------------------------------------------------------------------------------------

-- Record what is no row of a table: an export, a read of personal data, a sign-in, a refusal. The caller's transaction
-- must be one that writes; the entry stands once it has committed.
CREATE OR REPLACE FUNCTION audit(action text, subject_kind text, subject text, before jsonb DEFAULT NULL,
                                 after jsonb DEFAULT NULL) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    INSERT INTO audit_pending (transaction, account_id, login, role, address, request_id, action, subject_kind, subject,
                               before, after)
    SELECT pg_current_xact_id()::text::bigint, told.*, left(audit.action, 200), left(audit.subject_kind, 200),
           left(COALESCE(audit.subject, ''), 200), audit_picture(audit.before), audit_picture(audit.after)
    FROM audit_told() AS told
$$;

-- Record that somebody was refused who tried to sign in as p_login ('': as no account that there is): at once, and from
-- then on at most once a minute for the same login and p_network (data/access/network.py), with the number of attempts since the
-- last entry. A stranger can thus not make the chain grow by as much as they like from one place. A count is kept for a
-- day.
CREATE OR REPLACE FUNCTION audit_refused_sign_in(p_action text, p_login text, p_network text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    place CONSTANT text := left(p_network, 200);
    known refused_sign_in;
BEGIN
    DELETE FROM refused_sign_in AS r WHERE r.told_at < clock_timestamp() - interval '1 day';
    INSERT INTO refused_sign_in VALUES (p_action, p_login, place, '-infinity', 0) ON CONFLICT DO NOTHING;
    SELECT * INTO known FROM refused_sign_in AS r
    WHERE r.action = p_action AND r.login = p_login AND r.address = place FOR UPDATE;
    IF known.told_at > clock_timestamp() - interval '1 minute' THEN
        known.untold := known.untold + 1;
    ELSE
        -- no row: a call at the same time has just taken it away as too old
        PERFORM audit(
            p_action, 'account', p_login, NULL, jsonb_build_object('attempts', COALESCE(known.untold, 0) + 1)
        );
        known.told_at := clock_timestamp();
        known.untold := 0;
    END IF;
    UPDATE refused_sign_in AS r SET told_at = known.told_at, untold = known.untold
    WHERE r.action = p_action AND r.login = p_login AND r.address = place;
END
$$;

-- Records a row that was written. Arguments: kind of the subject, column that names it, columns of the key, columns left
-- out, each list with commas. Several writes to one row in one transaction become one entry.
CREATE OR REPLACE FUNCTION audit_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    old_row CONSTANT jsonb := CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN to_jsonb(OLD) END;
    new_row CONSTANT jsonb := CASE WHEN TG_OP IN ('UPDATE', 'INSERT') THEN to_jsonb(NEW) END;
    one CONSTANT jsonb := COALESCE(old_row, new_row);
    omitted CONSTANT text[] := string_to_array(TG_ARGV[3], ',');
    key CONSTANT jsonb := (SELECT jsonb_object_agg(k, one -> k) FROM unnest(string_to_array(TG_ARGV[2], ',')) AS k);
    named text := one ->> TG_ARGV[1];
    told record;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM audit(TG_TABLE_NAME || '.truncate', TG_ARGV[0], '');
        RETURN NULL;
    END IF;
    IF TG_ARGV[1] = 'venue_id' THEN
        named := COALESCE((SELECT v.code FROM venue AS v WHERE v.id = named::integer), named);
    ELSIF TG_ARGV[1] = 'account_id' THEN
        named := COALESCE((SELECT a.login FROM account AS a WHERE a.id = named::bigint), named);
    END IF;
    SELECT * INTO told FROM audit_told();
    -- Who signs in is only now known to be who they are, and who signs out need not be told: begin_session(),
    -- begin_session_by_identity() and end_session() say that it is the session's own account, and nobody else does.
    IF TG_TABLE_NAME = 'session' AND told.role = 'database'
       AND current_setting('app.own_session', true) = one ->> 'account_id' THEN
        SELECT a.id, a.login, a.role, one ->> 'address', '' INTO told.account_id, told.login, told.role, told.address,
               told.request_id
        FROM account AS a WHERE a.id = (one ->> 'account_id')::integer;
    END IF;
    INSERT INTO audit_pending AS p (transaction, row_table, row_key, account_id, login, role, address, request_id,
                                    subject_kind, subject, before, after)
    VALUES (pg_current_xact_id()::text::bigint, TG_TABLE_NAME, key::text, told.account_id, told.login, told.role,
            told.address, told.request_id, TG_ARGV[0], left(COALESCE(named, ''), 200),
            audit_picture(audit_known(old_row), omitted), audit_picture(audit_known(new_row), omitted))
    ON CONFLICT (transaction, row_table, row_key) DO UPDATE SET after = excluded.after;
    RETURN NULL;
END
$$;

-- Makes the entries of this transaction about some rows of a table one entry, which says how many rows differ; none where
-- none does. For rows that follow from others that are recorded themselves. p_keys: as audit_row() writes row_key. The
-- venue's number is none of the row's own: it is another when a register comes again.
CREATE OR REPLACE FUNCTION audit_gather(p_table text, p_action text, p_keys text[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    differing integer;
BEGIN
    WITH gathered AS (
        DELETE FROM audit_pending AS p
        WHERE p.transaction = pg_current_xact_id()::text::bigint AND p.row_table = p_table AND p.row_key = ANY (p_keys)
        RETURNING p.before - 'venue_id' IS DISTINCT FROM p.after - 'venue_id' AS differs
    )
    SELECT count(*) INTO differing FROM gathered AS g WHERE g.differs;
    IF differing > 0 THEN
        PERFORM audit(p_action, p_table, '', NULL, jsonb_build_object('rows', differing));
    END IF;
END
$$;

-- A description's key is made of a place's name, address and telephone: an entry names it by its name.
CREATE OR REPLACE FUNCTION audit_known(written jsonb) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN written ? 'mention_key' THEN written - 'mention_key' || jsonb_build_object(
        'mention', (SELECT m.name FROM mention AS m WHERE m.key = written ->> 'mention_key')
    ) ELSE written END
$$;

-- The text over which an entry's hash is made: a JSON array of its fields, each a string or null, as jsonb writes it.
-- Nothing can be moved from one field to another without changing it. data/audit/chain.py makes the same by itself.
CREATE OR REPLACE FUNCTION audit_canonical(entry audit_entry) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_array(
        entry.id::text, to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), entry.account_id::text,
        entry.login, entry.role, entry.address, entry.request_id, entry.action, entry.subject_kind, entry.subject,
        entry.before::text, entry.after::text
    )::text
$$;

-- Moves what waits into the chain; fires as the transaction commits, for each row in the order written.
CREATE OR REPLACE FUNCTION audit_append() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    waiting audit_pending;
    entry audit_entry;
    last_id bigint;
    keys text[];
BEGIN
    DELETE FROM audit_pending AS p WHERE p.id = NEW.id RETURNING * INTO waiting;
    IF NOT FOUND THEN
        RETURN NULL;  -- gathered with others (audit_gather)
    END IF;
    IF waiting.row_table IS NOT NULL AND waiting.before IS NOT DISTINCT FROM waiting.after THEN
        RETURN NULL;  -- nothing that is recorded differs in the end
    END IF;
    keys := ARRAY(SELECT jsonb_object_keys(waiting.row_key::jsonb)) || 'mention'::text;  -- for mention_key: audit_known()
    -- The chain is read below by a snapshot taken once the lock is held; in other isolation it would be an older one.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE 'what is audited is written in READ COMMITTED transactions' USING ERRCODE = 'invalid_transaction_state';
    END IF;
    PERFORM pg_advisory_xact_lock(lock_space(), audit_lock());
    SELECT e.id, e.hash INTO last_id, entry.previous_hash FROM audit_entry AS e ORDER BY e.id DESC LIMIT 1;
    entry.id := COALESCE(last_id, 0) + 1;
    entry.previous_hash := COALESCE(entry.previous_hash, decode(repeat('00', 32), 'hex'));
    entry.at := clock_timestamp();
    entry.account_id := waiting.account_id;
    entry.login := waiting.login;
    entry.role := waiting.role;
    entry.address := waiting.address;
    entry.request_id := waiting.request_id;
    entry.subject_kind := waiting.subject_kind;
    entry.subject := waiting.subject;
    entry.action := COALESCE(waiting.action, waiting.row_table || CASE
        WHEN waiting.before IS NULL THEN '.insert' WHEN waiting.after IS NULL THEN '.delete' ELSE '.update' END);
    entry.before := audit_differing(waiting.before, waiting.after, keys);
    entry.after := audit_differing(waiting.after, waiting.before, keys);
    entry.hash := sha256(entry.previous_hash || convert_to(audit_canonical(entry), 'UTF8'));
    INSERT INTO audit_entry SELECT entry.*;
    RETURN NULL;
END
$$;


-- --- The chain only grows ----------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE 'audit_entry only grows: nobody may % it', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'audit_entry'::regclass AND tgname = 'audit_only_grows') THEN
        CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
        ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_only_grows;  -- as a replica, too
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'audit_pending'::regclass AND tgname = 'audit_append') THEN
        CREATE CONSTRAINT TRIGGER audit_append AFTER INSERT ON audit_pending DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION audit_append();
    END IF;
END
$$;
