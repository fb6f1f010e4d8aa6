-- The keys of scan_count into venue, load and mention, held once a statement. A foreign key asks once a row, and notes each
-- row for it even where there is nothing to ask: of the time of writing a million counts the three made up most.
--
-- What a foreign key also does, a lock on the parent against its removal by others meanwhile, is done by the loader's
-- lock (data.status.periods.LOADER_LOCK): all that writes counts, or removes venues, loads or descriptions, holds it.

CREATE OR REPLACE FUNCTION check_scan_count_keys() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT n.venue_id, n.load_id, n.mention_id FROM new_rows AS n) AS n
        WHERE NOT EXISTS (SELECT FROM venue AS v WHERE v.id = n.venue_id)
           OR (n.load_id IS NOT NULL AND NOT EXISTS (SELECT FROM load AS l WHERE l.id = n.load_id))
           OR (n.mention_id IS NOT NULL AND NOT EXISTS (SELECT FROM mention AS m WHERE m.id = n.mention_id))
    ) THEN
        RAISE EXCEPTION 'scan_count names a venue, a load or a description that is not there'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER scan_count_inserted AFTER INSERT ON scan_count
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_scan_count_keys();

CREATE OR REPLACE TRIGGER scan_count_updated AFTER UPDATE ON scan_count
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_scan_count_keys();


-- A venue's counts go with it.
CREATE OR REPLACE FUNCTION remove_scan_counts_of_venues() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    DELETE FROM scan_count AS s USING old_rows AS o WHERE s.venue_id = o.id;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER venue_removed AFTER DELETE ON venue
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION remove_scan_counts_of_venues();


-- A load or a description that counts stem from stays; the trigger's argument is their column in scan_count.
CREATE OR REPLACE FUNCTION keep_what_scan_counts_name() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    is_named boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM scan_count AS s JOIN old_rows AS o ON o.id = s.%I)', TG_ARGV[0])
    INTO is_named;
    IF is_named THEN
        RAISE EXCEPTION 'scan_count has rows of this %', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER load_removed AFTER DELETE ON load
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_what_scan_counts_name('load_id');

CREATE OR REPLACE TRIGGER mention_removed AFTER DELETE ON mention
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_what_scan_counts_name('mention_id');
