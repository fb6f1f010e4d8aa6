-- before_image: what a load overwrote, so that it can be taken back (etl/undo/undo.py).
--
-- Rows that a load inserts bear its number; rows that it changes or removes are kept here by triggers, while the setting
-- app.load_id names the load (etl/loading/load.py sets it around the writing alone). What is derived from events afterwards is
-- not kept: it is computed anew.

-- Every table that loads write, each after those that it refers to. Such a table has a primary key and load_id, the
-- load that the row comes from.
CREATE OR REPLACE FUNCTION journalled_tables() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ARRAY[
        'policy', 'ward', 'venue', 'venue_contact', 'venue_opening', 'registration', 'scan_day', 'scan_count', 'reminder',
        'suspension', 'scan_export', 'scan_total', 'pending_row', 'street_segment'
    ]
$$;

-- Columns of those tables that are derived.
CREATE OR REPLACE FUNCTION derived_columns() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT ARRAY['status', 'min_zoom', 'merged_into'] $$;


-- Keeps the rows that a statement has changed or removed. A row that this load has inserted itself needs no keeping: it
-- goes with the load. Points and outlines are kept as PostGIS's own text: as GeoJSON, which to_jsonb makes of them, they
-- are rounded, and take three times as long.
CREATE OR REPLACE FUNCTION keep_before_image() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    writing CONSTANT integer := NULLIF(current_setting('app.load_id', true), '')::integer;
    kept text;
BEGIN
    IF writing IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT string_agg(
               format(CASE WHEN a.atttypid = 'geometry'::regtype THEN '%1$I::text AS %1$I' ELSE '%1$I' END, a.attname),
               ', ' ORDER BY a.attnum)
    INTO kept
    FROM pg_attribute AS a
    WHERE a.attrelid = TG_RELID AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      AND a.attname <> ALL (derived_columns());
    EXECUTE format(
        'INSERT INTO before_image (load_id, table_name, was) SELECT $1, $2, to_jsonb(o)'
        ' FROM (SELECT %s FROM old_rows WHERE load_id IS DISTINCT FROM $1) AS o', kept
    ) USING writing, TG_TABLE_NAME;
    RETURN NULL;
END
$$;


DO $$
DECLARE
    target text;
    event text;
BEGIN
    FOREACH target IN ARRAY journalled_tables() LOOP
        FOREACH event IN ARRAY ARRAY['UPDATE', 'DELETE'] LOOP
            CONTINUE WHEN EXISTS (
                SELECT FROM pg_trigger WHERE tgrelid = target::regclass AND tgname = 'before_image_' || lower(event)
            );
            EXECUTE format(
                'CREATE TRIGGER %I AFTER %s ON %I REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT'
                ' EXECUTE FUNCTION keep_before_image()',
                'before_image_' || lower(event), event, target
            );
        END LOOP;
    END LOOP;
END
$$;
