-- Who goes instead of whom while a plan is assigned: the one way to change a team then, for its policy (access.sql) lets
-- nobody write a team of a plan that is not a draft.

-- Whether the account would see the stop on its phone: one at least of its venues lies in the account's wards.
CREATE OR REPLACE FUNCTION team_stop_is_for(p_account integer, p_stop plan_stop) RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT NOT EXISTS (SELECT FROM account_ward AS w WHERE w.account_id = p_account) OR EXISTS (
        SELECT FROM jsonb_array_elements(p_stop.venues) AS planned
        JOIN venue AS named ON named.code = planned ->> 'code'
        JOIN venue AS v ON v.id = COALESCE(named.merged_into, named.id)
        JOIN account_ward AS w ON w.account_id = p_account AND w.ward_id = v.ward_id
    )
$$;


-- What it would come to if p_members were the team's: {"gone": [{name, recorded, holds}], "come": [{name, sees, elsewhere}],
-- "open": stops to which somebody has still to go}. recorded: visits of the team's stops that they have recorded, holds: stops
-- that they have taken for themselves, sees: stops that will be on their phone, elsewhere: another team of that day.
CREATE OR REPLACE FUNCTION team_members_told(p_plan bigint, p_team bigint, p_members integer[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    WITH team AS (
        SELECT t.id, t.members, p.day FROM plan_team AS t JOIN visit_plan AS p ON p.id = t.plan_id
        WHERE caller_may('inspect') AND p.id = p_plan AND t.id = p_team
    ),
    stop AS (
        SELECT s AS stop, s.id, EXISTS (
            SELECT FROM visit AS x JOIN case_file AS c ON c.id = x.case_id WHERE x.stop_id = s.id AND c.state IN ('planned', 'due')
        ) AS is_open
        FROM team AS t JOIN plan_stop AS s ON s.team_id = t.id
    )
    SELECT jsonb_build_object(
        'gone', (
            SELECT COALESCE(jsonb_agg(jsonb_build_object(
                'name', a.name,
                'recorded', (
                    SELECT count(DISTINCT c.id) FROM stop AS s JOIN visit AS x ON x.stop_id = s.id
                    JOIN case_file AS c ON c.id = x.case_id JOIN case_entry AS e ON e.case_id = c.id
                    WHERE c.state = 'recorded' AND e.step = 'record' AND e.account_id = a.id
                ),
                'holds', (
                    SELECT count(*) FROM stop AS s CROSS JOIN LATERAL stop_holder(s.id) AS h WHERE s.is_open AND h.login = a.login
                )
            ) ORDER BY a.name, a.id), '[]')
            FROM account AS a WHERE a.id = ANY (t.members) AND a.id <> ALL (p_members)
        ),
        'come', (
            SELECT COALESCE(jsonb_agg(jsonb_build_object(
                'name', a.name,
                'sees', (SELECT count(*) FROM stop AS s WHERE team_stop_is_for(a.id, s.stop)),
                'elsewhere', (
                    SELECT string_agg(other.name || ' (' || p.title || ')', ', ' ORDER BY p.id, other.number)
                    FROM plan_team AS other JOIN visit_plan AS p ON p.id = other.plan_id
                    WHERE p.day = t.day AND p.state = 'assigned' AND other.id <> t.id AND a.id = ANY (other.members)
                )
            ) ORDER BY a.name, a.id), '[]')
            FROM officers_for_teams() AS a WHERE a.id = ANY (p_members) AND a.id <> ALL (t.members)
        ),
        'open', (SELECT count(*) FROM stop AS s WHERE s.is_open)
    )
    FROM team AS t
$$;


-- Gives the team of an assigned plan other members, and keeps who left, who came, why, by whom and when. What has been
-- recorded stays; stops that somebody who left had taken are the team's again (stop_holder).
-- Raises QR001 (plan.refused.…), or insufficient_privilege for whoever may not plan.
CREATE OR REPLACE FUNCTION change_team_members(p_plan bigint, p_team bigint, p_members integer[], p_why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    why CONSTANT text := left(btrim(COALESCE(p_why, '')), 200);
    known record;
    refused text;
BEGIN
    IF NOT caller_may('inspect') THEN
        RAISE EXCEPTION 'the caller may not plan' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT p.state, t.members INTO known FROM visit_plan AS p JOIN plan_team AS t ON t.plan_id = p.id
    WHERE p.id = p_plan AND t.id = p_team FOR UPDATE;
    refused := CASE
        WHEN NOT FOUND THEN 'no_such_team'
        WHEN known.state <> 'assigned' THEN 'members_' || known.state
        WHEN known.members <@ p_members AND p_members <@ known.members THEN 'members_same'
        WHEN EXISTS (
            SELECT FROM unnest(p_members) AS m
            WHERE m <> ALL (known.members) AND m NOT IN (SELECT o.id FROM officers_for_teams() AS o)
        ) THEN 'members_unknown'
        WHEN NOT known.members <@ p_members AND why = '' THEN 'members_why'
    END;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'QR001', MESSAGE = 'plan.refused.' || refused, DETAIL = '{}';
    END IF;
    UPDATE plan_team AS t
    SET members = ARRAY(SELECT DISTINCT m FROM unnest(p_members) AS m ORDER BY m),
        turnover = t.turnover || jsonb_build_object(
            'at', clock_timestamp(), 'by', caller_name(), 'why', why,
            'gone', (
                SELECT COALESCE(jsonb_agg(a.name ORDER BY a.name, a.id), '[]') FROM account AS a
                WHERE a.id = ANY (known.members) AND a.id <> ALL (p_members)
            ),
            'come', (
                SELECT COALESCE(jsonb_agg(a.name ORDER BY a.name, a.id), '[]') FROM account AS a
                WHERE a.id = ANY (p_members) AND a.id <> ALL (known.members)
            )
        )
    WHERE t.id = p_team;
END
$$;


REVOKE ALL ON FUNCTION
    team_stop_is_for(integer, plan_stop), team_members_told(bigint, bigint, integer[]),
    change_team_members(bigint, bigint, integer[], text)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    team_members_told(bigint, bigint, integer[]), change_team_members(bigint, bigint, integer[], text)
TO qr_app;
