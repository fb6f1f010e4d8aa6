-- audited tables: which tables the audit records row by row, and the triggers that do (audit.sql).

-- Tables that people write, row by row. What a load writes is in the load's own entry and in before_image; rows of its
-- tables that no load has written are recorded like the others.
CREATE OR REPLACE FUNCTION audited_tables()
RETURNS TABLE (name text, subject_kind text, subject text, omitted text, on_insert text, on_update text, on_delete text)
LANGUAGE sql IMMUTABLE
AS $$
    VALUES
        -- Not each code that is taken: the session tells of it.
        ('account', 'account', 'login', 'authenticator_step', 'true', 'true', 'true'),
        ('account_ward', 'account', 'account_id', '', 'true', 'true', 'true'),
        ('account_unit', 'account', 'account_id', '', 'true', 'true', 'true'),
        ('account_identity', 'account', 'account_id', '', 'true', 'true', 'true'),
        -- Begun, proved by a second factor, ended; not each look.
        ('session', 'account', 'account_id', 'token_hash,seen_at', 'true',
         $c$OLD.ended_at IS DISTINCT FROM NEW.ended_at OR OLD.second_factor_at IS DISTINCT FROM NEW.second_factor_at
            OR OLD.account_id <> NEW.account_id$c$, 'true'),
        -- Asked for, and how it ended; not each step.
        ('job', 'job', 'id', 'result,progress,step,steps,started_at,finished_at,asked_as', 'true',
         $c$OLD.payload IS DISTINCT FROM NEW.payload OR OLD.asked_by IS DISTINCT FROM NEW.asked_by
            OR OLD.kind <> NEW.kind OR (OLD.state <> NEW.state AND NEW.state IN ('done', 'failed'))$c$, 'true'),
        -- Not each piece, nor what the machine finds in it.
        ('received_file', 'file', 'id', 'received_bytes,preview,report', 'true',
         $c$OLD.options IS DISTINCT FROM NEW.options OR OLD.file_name <> NEW.file_name
            OR (OLD.state <> NEW.state AND (OLD.state = 'discarded' OR NEW.state NOT IN ('read', 'checked')))$c$, 'true'),
        ('column_mapping', 'mapping', 'layout_key', '', 'true', 'true', 'true'),
        ('load', 'load', 'id', '', 'true', 'true', 'true'),
        ('refused_file', 'file', 'file_name', 'said', 'true', 'true', 'true'),
        ('link_decision', 'venue', 'venue_code', 'reasons', 'true', 'true', 'true'),
        ('decided_venue', 'venue', 'code', '', 'true', 'true', 'true'),
        ('merge_decision', 'venue', 'duplicate_code', '', 'true', 'true', 'true'),
        ('venue_point', 'venue', 'venue_code', '', 'true', 'true', 'true'),
        ('policy', 'policy', 'valid_from', '', 'true', 'true', 'true'),
        ('ward', 'ward', 'code', '', 'true', 'true', 'true'),
        -- What an officer wrote beside it is theirs to read who see the record.
        -- Which rows it stands in follows from files and loads; that the worker has done it, from the decision.
        ('field_event', 'venue', 'venue_code', 'seq,payload,answer,venue_id,ward_id,reminder_id,carried_out_at,rights,wards',
         'true', 'true', 'true'),
        -- A case's steps tell who did what; its own row follows from them.
        ('case_entry', 'case', 'case_id', 'id,facts,client', 'true', 'true', 'true'),
        ('case_file', 'venue', 'venue_code', 'facts,venue_id,ward_id,due_on,due_at', 'true',
         'OLD.state <> NEW.state', 'true'),
        ('publication', 'case', 'list_id', 'policy,left_out', 'true', 'true', 'true'),
        ('publication_entry', 'case', 'case_id', 'facts,shown,answer', 'true', 'true', 'true'),
        ('publication_seal', 'case', 'list_id', 'manifest,signature,hash', 'true', 'true', 'true'),
        ('publication_token', 'case', 'case_id', 'hash,opened', 'true', 'OLD.revoked_at IS DISTINCT FROM NEW.revoked_at', 'true'),
        ('document_number', 'case', 'case_id', '', 'true', 'true', 'true'),
        -- Each version tells what was sent; what is being written is not told letter by letter.
        ('report', 'report', 'id', 'texts,serial,changed_by,changed_at', 'true', 'OLD.state <> NEW.state', 'true'),
        ('report_version', 'report', 'report_id', 'figures,texts', 'true', 'true', 'true'),
        ('report_paper', 'report', 'report_id', '', 'true', 'true', 'true'),
        ('poster_order', 'poster_order', 'id', 'made,seen_at', 'true', 'OLD.state <> NEW.state', 'true'),
        ('mail_address', 'account', 'account_id', '', 'true', 'true', 'true'),
        ('mail_subscription', 'account', 'account_id', 'last', 'true', 'OLD.changed_at <> NEW.changed_at', 'true'),
        ('mail_outbox', 'account', 'account_id', 'subject,body,html,next_at', 'true', 'OLD.state <> NEW.state', 'true'),
        ('mail_setting', 'account', 'id', 'reports_checked_on', 'true', 'OLD.is_on <> NEW.is_on', 'true'),
        ('shared_link', 'link', 'id', 'hash,opened,opened_at', 'true', 'OLD.revoked_at IS DISTINCT FROM NEW.revoked_at', 'true'),
        ('document_template', 'document', 'kind', '', 'true', 'true', 'true'),
        ('template_use', 'document', 'kind', '', 'true', 'true', 'true'),
        ('broadcast', 'broadcast', 'id', '', 'true', 'true', 'true'),
        -- Each version tells what was made public; what is being written is not told word by word.
        ('guidance_draft', 'guidance', 'sheet', 'words,serial,changed_by,changed_at', 'true', 'true', 'true'),
        ('guidance_version', 'guidance', 'sheet', '', 'true', 'true', 'true'),
        ('annotation', 'annotation', 'id', '', 'true', 'true', 'true'),
        ('reminder_check', 'venue', 'venue_code', '', 'true', 'true', 'true'),
        ('visit', 'case', 'case_id', 'reasons,words,sign', 'true', 'true', 'true'),
        ('visit_plan', 'plan', 'id', 'solved,area,options', 'true', 'true', 'true'),
        ('plan_team', 'plan', 'plan_id', 'turnover', 'true', 'true', 'true'),
        ('registration', 'venue', 'venue_id', '', 'NEW.load_id IS NULL', 'OLD.load_id IS NULL OR NEW.load_id IS NULL',
         'OLD.load_id IS NULL'),
        ('reminder', 'venue', 'venue_id', '', 'NEW.load_id IS NULL', 'OLD.load_id IS NULL OR NEW.load_id IS NULL',
         'OLD.load_id IS NULL'),
        ('suspension', 'venue', 'venue_id', 'reason', 'NEW.load_id IS NULL', 'OLD.load_id IS NULL OR NEW.load_id IS NULL',
         'OLD.load_id IS NULL')
$$;

-- Each event has a trigger of its own, for their conditions differ. One that is there is left alone, so that migrating
-- again locks nothing: a changed condition takes a migration that drops the old trigger.
DO $$
DECLARE
    audited record;
    keys text;
    event record;
BEGIN
    FOR audited IN SELECT * FROM audited_tables() AS t WHERE to_regclass(t.name) IS NOT NULL LOOP
        SELECT string_agg(a.attname, ',' ORDER BY a.attnum) INTO keys
        FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        WHERE i.indrelid = audited.name::regclass AND i.indisprimary;
        FOR event IN VALUES ('insert', audited.on_insert), ('update', audited.on_update), ('delete', audited.on_delete),
                            ('truncate', '') LOOP
            CONTINUE WHEN EXISTS (SELECT FROM pg_trigger WHERE tgrelid = audited.name::regclass
                                  AND tgname = 'audit_' || event.column1);
            EXECUTE format(
                'CREATE TRIGGER %I AFTER %s ON %I %s EXECUTE FUNCTION audit_row(%L, %L, %L, %L)',
                'audit_' || event.column1, upper(event.column1), audited.name,
                CASE WHEN event.column1 = 'truncate' THEN 'FOR EACH STATEMENT'
                     ELSE format('FOR EACH ROW WHEN (%s)', event.column2) END,
                audited.subject_kind, audited.subject, keys, audited.omitted
            );
        END LOOP;
    END LOOP;
END
$$;
