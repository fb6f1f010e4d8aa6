-- What loads leave standing of what was recorded at the door (field.sql) and of accepted closures (proposals.sql).

-- After a load: what was recorded at the door stands in reminder, whatever files said or said no more. Rows that went come
-- back under their numbers, so that what was kept of them (before_image) still fits; withdrawn ones stay withdrawn.
-- The caller holds the loader's lock; returns the venues of rows that were written.
CREATE OR REPLACE FUNCTION field_put_again() RETURNS SETOF integer
LANGUAGE plpgsql
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM field_event) THEN
        RETURN;
    END IF;
    UPDATE field_event AS e SET venue_id = v.id, ward_id = v.ward_id
    FROM venue AS named JOIN venue AS v ON v.id = COALESCE(named.merged_into, named.id)
    WHERE named.code = e.venue_code AND e.state <> 'refused' AND (e.venue_id, e.ward_id) IS DISTINCT FROM (v.id, v.ward_id);
    RETURN QUERY
        INSERT INTO reminder AS r (id, venue_id, reminded_on, reason, given_by, method)
        SELECT DISTINCT ON (e.reminder_id) e.reminder_id, v.id, e.day, e.reason, e.recorded_by, 'tại chỗ'
        FROM field_event AS e JOIN venue AS v ON v.code = e.venue_code
        WHERE e.reminder_id IS NOT NULL AND NOT EXISTS (SELECT FROM reminder AS x WHERE x.id = e.reminder_id)
        ORDER BY e.reminder_id, e.seq
        ON CONFLICT DO NOTHING
        RETURNING r.venue_id;
    -- where a file brought the same reminder meanwhile, its row stands for the record
    UPDATE field_event AS e SET reminder_id = r.id
    FROM venue AS v, reminder AS r
    WHERE e.reminder_id IS NOT NULL AND v.code = e.venue_code AND r.venue_id = v.id AND r.reminded_on = e.day
      AND r.reason = e.reason AND r.given_by = e.recorded_by AND r.id <> e.reminder_id
      AND NOT EXISTS (SELECT FROM reminder AS x WHERE x.id = e.reminder_id);
    RETURN QUERY
        UPDATE reminder AS r SET withdrawn_on = said.withdrawn_on
        FROM (
            SELECT e.reminder_id, CASE WHEN bool_and(e.withdrawn_on IS NOT NULL) THEN max(e.withdrawn_on) END AS withdrawn_on
            FROM field_event AS e WHERE e.reminder_id IS NOT NULL GROUP BY e.reminder_id
        ) AS said
        WHERE r.id = said.reminder_id AND r.withdrawn_on IS NULL AND said.withdrawn_on IS NOT NULL
        RETURNING r.venue_id;
    RETURN QUERY SELECT field_close();
    -- who recorded them, and what was done with them since, has its entries; that they stand again is one for all
    PERFORM audit_gather('reminder', 'reminder.put_again', ARRAY(
        SELECT jsonb_build_object('id', e.reminder_id)::text FROM field_event AS e WHERE e.reminder_id IS NOT NULL
    ));
END
$$;


-- Before loads are taken back: rows that came from no file give way to what was kept of those that did.
CREATE OR REPLACE FUNCTION field_set_aside() RETURNS SETOF integer
LANGUAGE sql
AS $$
    WITH gone AS (
        DELETE FROM reminder AS r USING field_event AS e WHERE r.id = e.reminder_id AND r.load_id IS NULL
        RETURNING r.venue_id
    )
    SELECT g.venue_id FROM gone AS g UNION ALL SELECT field_reopen(NULL)
$$;


REVOKE ALL ON FUNCTION field_put_again(), field_set_aside() FROM PUBLIC;
