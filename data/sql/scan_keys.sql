-- The keys of scan_count into venue and load, held once a statement. A foreign key asks once a row, which made up eight
-- tenths of the time of loading a million counts; asked for all rows of a statement together it costs a fiftieth.
--
-- What a foreign key also does, a lock on the parent against its removal by others meanwhile, is done by the loader's
-- lock (data.periods.LOADER_LOCK): all that writes counts, or removes venues or loads, holds it.

CREATE OR REPLACE FUNCTION check_scan_count_keys() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT n.venue_id FROM new_rows AS n) AS n
        WHERE NOT EXISTS (SELECT FROM venue AS v WHERE v.id = n.venue_id)
    ) OR EXISTS (
        SELECT FROM (SELECT DISTINCT n.load_id FROM new_rows AS n WHERE n.load_id IS NOT NULL) AS n
        WHERE NOT EXISTS (SELECT FROM load AS l WHERE l.id = n.load_id)
    ) THEN
        RAISE EXCEPTION 'scan_count names a venue or a load that is not there' USING ERRCODE = 'foreign_key_violation';
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


-- A load that counts stem from stays.
CREATE OR REPLACE FUNCTION keep_loads_of_scan_counts() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF EXISTS (SELECT FROM scan_count AS s JOIN old_rows AS o ON o.id = s.load_id) THEN
        RAISE EXCEPTION 'scan_count has rows of this load' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER load_removed AFTER DELETE ON load
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_loads_of_scan_counts();
