-- Who asks, as every transaction of the app's role is told (data/database/connection.py, data/access/caller.py): settings that end with
-- the transaction. What is not set allows nothing; after a transaction a setting is '' and not NULL.
--
-- A policy asks these functions in a sub-select, so that they are asked once a query and not once a row. They tell of
-- the caller and of nothing else, so anybody may call them.

-- Whether the whole district may be seen.
CREATE OR REPLACE FUNCTION sees_all() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT COALESCE(current_setting('app.wards', true) = 'all', false) $$;

-- Ids of the wards whose venues may be seen, where it is not all of them.
CREATE OR REPLACE FUNCTION caller_wards() RETURNS integer[]
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT COALESCE(
        string_to_array(NULLIF(NULLIF(current_setting('app.wards', true), ''), 'all'), ',')::integer[], '{}'
    )
$$;

-- Ids of the venues that may be seen in whatever ward they lie.
CREATE OR REPLACE FUNCTION caller_units() RETURNS integer[]
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT COALESCE(string_to_array(NULLIF(current_setting('app.units', true), ''), ',')::integer[], '{}') $$;

-- Whether the caller has any of the rights (data/access/roles.py).
CREATE OR REPLACE FUNCTION caller_may(VARIADIC p_rights text[]) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT COALESCE(string_to_array(NULLIF(current_setting('app.rights', true), ''), ',') && p_rights, false) $$;

-- Whether the caller stands at the desk where files come in and doubts are settled.
CREATE OR REPLACE FUNCTION caller_at_desk() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT caller_may('load', 'undo', 'review', 'move', 'download') $$;

-- What a person's decision is signed with: their name, else their login.
CREATE OR REPLACE FUNCTION caller_name() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT COALESCE(NULLIF(current_setting('app.name', true), ''), current_setting('app.login', true)) $$;

-- As sees_all(), and true for the role that owns the tables: no policy holds for it, and commands run as it. For queries
-- and views, never for a policy: within a function of the owner's rights (SECURITY DEFINER) it says true to anybody.
CREATE OR REPLACE FUNCTION is_unrestricted() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT sees_all() OR NOT row_security_active('venue') $$;


-- Whether the caller may see the venue by its ward or its number. With the owner's rights: the policy of venue asks it
-- of the venue that a merged one stands in, and a policy that reads its own table would never end.
CREATE OR REPLACE FUNCTION sees_venue(p_venue integer) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM venue AS v
        WHERE v.id = p_venue
          AND (sees_all() OR v.ward_id = ANY (caller_wards()) OR v.id = ANY (caller_units()))
    )
$$;

-- Whether any venue is of the ward: which boundaries are in use tells nothing of a venue. With the owner's rights, for
-- somebody of another ward would look through all venues to find none.
CREATE OR REPLACE FUNCTION ward_has_venues(p_ward integer) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ SELECT EXISTS (SELECT FROM venue AS v WHERE v.ward_id = p_ward) $$;

REVOKE ALL ON FUNCTION sees_venue(integer), ward_has_venues(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sees_venue(integer), ward_has_venues(integer) TO qr_app;
