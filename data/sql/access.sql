-- Row-level security: of every table with a venue in it the app's role, which owns nothing, sees what the caller may
-- see (caller.sql), and of contacts nothing but one at a time through contact_of(). The owner loads, and no policy holds
-- for it (FORCE is not set): COPY FROM is refused under one.
--
-- A condition compares with a sub-select of a setting, so that it is computed once a query. The spatial index stays in
-- use because geometry_overlaps is marked LEAKPROOF (data/cluster/server.py); see docs/access.md for a database where it is not.


-- Makes the policy of a table, unless it stands there in the same words: making one waits for every query on the table.
CREATE OR REPLACE FUNCTION pg_temp.allow(p_table text, p_condition text, p_write text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    target CONSTANT regclass := p_table::regclass;
    wording text;
    kind text;
BEGIN
    IF NOT (SELECT c.relrowsecurity FROM pg_class AS c WHERE c.oid = target) THEN
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    END IF;
    FOREACH kind IN ARRAY ARRAY['select', 'insert', 'update', 'delete'] LOOP
        wording := CASE kind
            WHEN 'select' THEN format('FOR SELECT TO qr_app USING (%s)', p_condition)
            WHEN 'insert' THEN format('FOR INSERT TO qr_app WITH CHECK (%s)', p_write)
            WHEN 'delete' THEN format('FOR DELETE TO qr_app USING (%s)', p_write)
            ELSE format('FOR UPDATE TO qr_app USING (%1$s) WITH CHECK (%1$s)', p_write)
        END;
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_policy AS p
            WHERE p.polrelid = target AND p.polname = 'caller_' || kind
              AND obj_description(p.oid, 'pg_policy') = md5(wording)
        );
        EXECUTE format('DROP POLICY IF EXISTS %I ON %s', 'caller_' || kind, target);
        CONTINUE WHEN kind <> 'select' AND p_write IS NULL;
        EXECUTE format('CREATE POLICY %I ON %s %s', 'caller_' || kind, target, wording);
        EXECUTE format('COMMENT ON POLICY %I ON %s IS %L', 'caller_' || kind, target, md5(wording));
    END LOOP;
END
$$;


DO $$
DECLARE
    -- The functions of caller.sql written out: each would be parsed anew with every plan, and a small tile of 2 ms feels it.
    sees_all CONSTANT text := $q$(SELECT current_setting('app.wards', true) = 'all')$q$;
    ids CONSTANT text :=
        $q$(SELECT string_to_array(NULLIF(NULLIF(current_setting('%s', true), ''), 'all'), ',')::integer[])::integer[]$q$;
    by_ward CONSTANT text := format(
        '%s OR ward_id = ANY (%s) OR %%I = ANY (%s)', sees_all, format(ids, 'app.wards'), format(ids, 'app.units')
    );
    -- venue's own policy decides
    by_venue CONSTANT text := sees_all || ' OR EXISTS (SELECT FROM venue AS v WHERE v.id = %I)';
    by_code CONSTANT text := sees_all || ' OR EXISTS (SELECT FROM venue AS v WHERE v.code = %I)';
    at_desk CONSTANT text := '(SELECT caller_at_desk())';
    -- routes are for whoever plans, also while they are looked for
    of_job CONSTANT text :=
        'CASE WHEN kind = ''plan'' THEN (SELECT caller_may(''inspect'')) ELSE (SELECT caller_at_desk()) END';
    -- the quality screen counts what waits
    counting CONSTANT text := '(SELECT caller_may(''load'', ''undo'', ''review'', ''move'', ''download'', ''quality''))';
    at_cases CONSTANT text := '(SELECT caller_may(''inspect'', ''suspend'', ''confirm'', ''remind'', ''approve'', ''publish'', ''quality''))';
    target text;
BEGIN
    -- A venue merged into one that is seen is seen, too: its events are that one's.
    PERFORM pg_temp.allow(
        'venue', format(by_ward, 'id') || ' OR (merged_into IS NOT NULL AND sees_venue(merged_into))'
    );
    -- bears its ward, for a look at the venue a row would be six times slower
    PERFORM pg_temp.allow('status_period', format(by_ward, 'venue_id'));
    FOREACH target IN ARRAY ARRAY[
        'venue_opening', 'registration', 'scan_count', 'reminder', 'suspension', 'scan_total', 'scan_stretch',
        'venue_reading'
    ] LOOP
        PERFORM pg_temp.allow(target, format(by_venue, 'venue_id'));
    END LOOP;
    PERFORM pg_temp.allow('venue_point', format(by_code, 'venue_code'));

    -- Descriptions of places not yet known to be a venue have no ward: they are the desk's.
    PERFORM pg_temp.allow('mention', counting);
    PERFORM pg_temp.allow('pending_row', counting);
    FOREACH target IN ARRAY ARRAY['link', 'link_candidate'] LOOP
        PERFORM pg_temp.allow(target, format('%s AND (%s)', counting, format(by_venue, 'venue_id')));
    END LOOP;
    PERFORM pg_temp.allow(
        'duplicate_candidate',
        format('%s AND (%s) AND (%s)', at_desk, format(by_venue, 'first_id'), format(by_venue, 'second_id'))
    );
    FOREACH target IN ARRAY ARRAY['link_decision', 'decided_venue', 'merge_decision'] LOOP
        PERFORM pg_temp.allow(target, at_desk);
    END LOOP;

    -- Which job takes which right is held in the app (callbacks); here, that there is one.
    PERFORM pg_temp.allow('job', of_job, of_job);
    PERFORM pg_temp.allow('received_file', at_desk, '(SELECT caller_may(''load''))');
    PERFORM pg_temp.allow('column_mapping', at_desk, '(SELECT caller_may(''load''))');
    -- Cases are for whoever may take a step of one, of the venues that they see; teams and their routes for whoever plans.
    PERFORM pg_temp.allow('case_file', format('%s AND (%s)', at_cases, format(by_venue, 'venue_id')));
    FOREACH target IN ARRAY ARRAY['case_entry', 'visit'] LOOP
        PERFORM pg_temp.allow(target, 'EXISTS (SELECT FROM case_file AS c WHERE c.id = case_id)');
    END LOOP;
    FOREACH target IN ARRAY ARRAY['publication_entry', 'publication_pause'] LOOP
        PERFORM pg_temp.allow(target, 'EXISTS (SELECT FROM case_file AS c WHERE c.id = case_id)');
    END LOOP;
    FOREACH target IN ARRAY ARRAY['publication', 'publication_seal'] LOOP
        PERFORM pg_temp.allow(target, 'EXISTS (SELECT FROM case_file AS c WHERE c.id = list_id)');
    END LOOP;
    -- Reports are their ward's and the culture office's; the Command sees what has been sent.
    PERFORM pg_temp.allow(
        'report', '(SELECT report_is_theirs(''district'', NULL)) OR kind = ''ward'' AND report_is_theirs(kind, ward_id)'
        ' OR (SELECT caller_may(''approve'')) AND (SELECT sees_all()) AND (state = ''sent'' OR report_was_sent(id))'
    );
    FOREACH target IN ARRAY ARRAY['report_version', 'report_paper', 'report_presence'] LOOP
        PERFORM pg_temp.allow(target, 'EXISTS (SELECT FROM report AS r WHERE r.id = report_id)');
    END LOOP;
    PERFORM pg_temp.allow('poster_order', 'is_own_account(account_id)');
    FOREACH target IN ARRAY ARRAY['mail_subscription', 'mail_outbox'] LOOP
        PERFORM pg_temp.allow(target, 'is_own_account(account_id) OR (SELECT caller_may(''aggregate''))');
    END LOOP;
    PERFORM pg_temp.allow('mail_address', 'is_own_account(account_id) OR (SELECT caller_may(''aggregate'', ''accounts''))');
    PERFORM pg_temp.allow('mail_setting', '(SELECT caller_may(''view'', ''accounts''))');
    PERFORM pg_temp.allow('shared_link', 'is_own_account(account_id) OR (SELECT caller_may(''aggregate''))');
    FOREACH target IN ARRAY ARRAY['document_template', 'template_use'] LOOP
        PERFORM pg_temp.allow(target, '(SELECT caller_may(''view''))');
    END LOOP;
    PERFORM pg_temp.allow('broadcast', 'broadcast_is_theirs(ward_id) OR (SELECT caller_may(''aggregate'', ''approve''))');
    FOREACH target IN ARRAY ARRAY['guidance_draft', 'guidance_version'] LOOP
        PERFORM pg_temp.allow(target, '(SELECT caller_may(''guide''))');
    END LOOP;
    PERFORM pg_temp.allow('annotation', '(SELECT caller_may(''view''))');
    PERFORM pg_temp.allow('document_number', '(SELECT caller_may(''publish'', ''approve''))');
    PERFORM pg_temp.allow(
        'reminder_check', format('(SELECT caller_may(''confirm'', ''publish'', ''approve'')) AND (%s)', format(by_code, 'venue_code'))
    );
    FOREACH target IN ARRAY ARRAY['visit_plan', 'plan_stop'] LOOP
        PERFORM pg_temp.allow(target, '(SELECT caller_may(''inspect''))', '(SELECT caller_may(''inspect''))');
    END LOOP;
    -- Teams of an assigned plan change by change_team_members() alone, those of a closed one no more.
    PERFORM pg_temp.allow(
        'plan_team', '(SELECT caller_may(''inspect''))',
        '(SELECT caller_may(''inspect'')) AND EXISTS (SELECT FROM visit_plan AS p WHERE p.id = plan_id AND p.state = ''draft'')'
    );
    -- Names of files and what came of them: the page tells everybody how old the figures are.
    FOREACH target IN ARRAY ARRAY['load', 'refused_file'] LOOP
        PERFORM pg_temp.allow(
            target, '(SELECT caller_may(''view'', ''load'', ''undo'', ''review'', ''move'', ''download'', ''quality''))'
        );
    END LOOP;

    -- The app's role has no right to these at all (data/database/migrate.py); without a policy a right given by mistake shows
    -- nothing.
    FOREACH target IN ARRAY ARRAY['venue_contact', 'before_image', 'linking_secret', 'sign_in_attempt', 'publication_token'] LOOP
        CONTINUE WHEN (SELECT c.relrowsecurity FROM pg_class AS c WHERE c.oid = target::regclass);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target);
    END LOOP;
END
$$;


-- Scans and venues with a row a day, of the caller's wards, the owner's rights: under the policy of scan_count millions of
-- rows would be read in the order of their venues and not by their day.
CREATE OR REPLACE FUNCTION ward_scans(p_from date, p_to date)
RETURNS TABLE (ward_id integer, day date, scans bigint, venues bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT v.ward_id, s.day, sum(s.scans), count(*)
    FROM scan_count AS s JOIN venue AS v ON v.id = s.venue_id
    WHERE s.day BETWEEN p_from AND p_to AND ((SELECT sees_all()) OR v.ward_id = ANY ((SELECT caller_wards())::integer[]))
    GROUP BY v.ward_id, s.day
$$;

REVOKE ALL ON FUNCTION ward_scans(date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ward_scans(date, date) TO qr_app;


-- Owner and telephone of one venue; no row where the caller may not see contacts, or not this venue.
-- The one way to them for the app's role. VOLATILE: a look at personal data is something that happens,
-- and stands in the audit (audit.sql); in a transaction that does not write it is refused.
CREATE OR REPLACE FUNCTION contact_of(p_venue integer) RETURNS TABLE (owner_name text, phone text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    IF NOT caller_may('contacts') OR NOT sees_venue(p_venue) THEN
        RETURN;
    END IF;
    PERFORM audit('contact.read', 'venue', (SELECT v.code FROM venue AS v WHERE v.id = p_venue));
    RETURN QUERY SELECT c.owner_name, c.phone FROM venue_contact AS c WHERE c.venue_id = p_venue;
END
$$;

REVOKE ALL ON FUNCTION contact_of(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION contact_of(integer) TO qr_app;
