-- Who can be in a team that makes visits: the one list of accounts that a planner sees, without anything else of them.

CREATE OR REPLACE FUNCTION officers_for_teams()
RETURNS TABLE (id integer, name text, role text, ward_ids integer[])
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT a.id, a.name, a.role, ARRAY(SELECT w.ward_id FROM account_ward AS w WHERE w.account_id = a.id ORDER BY w.ward_id)
    FROM account AS a
    WHERE caller_may('inspect') AND a.disabled_at IS NULL AND a.role IN ('police', 'ward_officer', 'ward_chair')
    ORDER BY a.role <> 'police', a.name, a.id
$$;

REVOKE ALL ON FUNCTION officers_for_teams() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION officers_for_teams() TO qr_app;
