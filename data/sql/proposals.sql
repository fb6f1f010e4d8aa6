-- What officers propose at the door: decided by the office (field_decide, field_take_back), carried out by the worker
-- (etl/review/proposals.py), which has what a new venue needs and the loader's lock. Of a proposal's row of field_event:
--
--   waiting                         nobody has decided; answer.why: why the last acceptance could not be carried out
--   applied, carried_out_at NULL    accepted and given to the worker; with answer.back, to be taken back
--   applied, carried_out_at         done; answer.why: why it could not be taken back
--   refused                         declined
--
-- An accepted closure stands whatever files say: like a point moved by hand it is put again after each load. What the
-- file had said of the stretch is kept in the record (answer.opened_on, .was, .closed_on), so that it can come back.

-- Decides a proposal of the caller's wards; one that is accepted is given to the worker. False: there is none to decide.
CREATE OR REPLACE FUNCTION field_decide(p_id uuid, p_accept boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    by_whom CONSTANT text := caller_name();
BEGIN
    IF NOT caller_may('review', 'confirm') THEN
        RAISE EXCEPTION 'the caller may not decide' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE field_event AS e
    SET state = CASE WHEN p_accept THEN 'applied' ELSE 'refused' END, decided_at = clock_timestamp(),
        decided_by = by_whom, answer = CASE WHEN p_accept THEN '{}'::jsonb ELSE '{"why": "declined"}' END
    WHERE e.id = p_id AND e.kind LIKE 'proposal%' AND e.state = 'waiting' AND field_in_wards(e.ward_id);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF p_accept THEN
        PERFORM field_ask_worker(p_id, by_whom);
    END IF;
    RETURN true;
END
$$;


-- Takes a decision back: the proposal waits again, what had been carried out is undone by the worker; what the worker could
-- not do yet is not done any more. False: there is none to take back.
CREATE OR REPLACE FUNCTION field_take_back(p_id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    by_whom CONSTANT text := caller_name();
    taken field_event;
BEGIN
    IF NOT caller_may('review', 'confirm') THEN
        RAISE EXCEPTION 'the caller may not decide' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO taken FROM field_event AS e
    WHERE e.id = p_id AND e.kind LIKE 'proposal%' AND e.decided_at IS NOT NULL AND field_in_wards(e.ward_id)
    FOR UPDATE;
    IF taken.state = 'refused' OR taken.state = 'applied' AND taken.carried_out_at IS NULL AND NOT taken.answer ? 'back' THEN
        UPDATE field_event AS e SET state = 'waiting', decided_at = NULL, decided_by = NULL, answer = '{}' WHERE e.id = p_id;
    ELSIF taken.state = 'applied' THEN
        UPDATE field_event AS e
        SET carried_out_at = NULL,
            answer = e.answer - 'why' || jsonb_build_object('back', true, 'asked_at', clock_timestamp())
        WHERE e.id = p_id;
        PERFORM field_ask_worker(p_id, by_whom);
    ELSE
        RETURN false;
    END IF;
    RETURN true;
END
$$;


CREATE OR REPLACE FUNCTION field_ask_worker(p_record uuid, p_by text) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO job (kind, payload, asked_by) VALUES ('proposal', jsonb_build_object('record', p_record), p_by);
    SELECT pg_notify('job', '')
$$;


-- Closes venues as accepted closures say, where no file has them closed by then; returns the venues of stretches that
-- were written. The caller holds the loader's lock.
CREATE OR REPLACE FUNCTION field_close() RETURNS SETOF integer
LANGUAGE sql
AS $$
    WITH closing AS (
        SELECT DISTINCT ON (o.venue_id, o.opened_on)
               e.id, o.venue_id, o.opened_on, o.closed_on AS was, GREATEST(e.day, o.opened_on + 1) AS closed_on
        FROM field_event AS e
        JOIN venue AS v ON v.code = e.venue_code
        -- a stretch that began later says that it opened again
        JOIN venue_opening AS o ON o.venue_id = v.id AND o.opened_on <= e.day
        WHERE e.kind = 'proposal_closure' AND e.state = 'applied' AND e.carried_out_at IS NOT NULL
          AND COALESCE(o.closed_on, 'infinity') > GREATEST(e.day, o.opened_on + 1)
        ORDER BY o.venue_id, o.opened_on, e.day, e.seq
    ),
    written AS (
        UPDATE venue_opening AS o SET closed_on = c.closed_on FROM closing AS c
        WHERE o.venue_id = c.venue_id AND o.opened_on = c.opened_on RETURNING o.venue_id
    ),
    remembered AS (
        UPDATE field_event AS e
        SET answer = jsonb_build_object('opened_on', c.opened_on, 'was', c.was, 'closed_on', c.closed_on)
        FROM closing AS c WHERE e.id = c.id
    )
    SELECT w.venue_id FROM written AS w
$$;


-- Opens again what field_close() closed, at the venue of one record (NULL: everywhere), as far as it still stands so, and
-- forgets it: what the stretch says then is the file's, and the next field_close() remembers that. So it goes before each
-- load of the register and before whatever changes which closures are accepted. Returns the venues.
CREATE OR REPLACE FUNCTION field_reopen(p_record uuid) RETURNS SETOF integer
LANGUAGE sql
AS $$
    WITH remembered AS (
        SELECT e.id, v.id AS venue_id, (e.answer ->> 'opened_on')::date AS opened_on,
               (e.answer ->> 'was')::date AS was, (e.answer ->> 'closed_on')::date AS closed_on
        FROM field_event AS e JOIN venue AS v ON v.code = e.venue_code
        WHERE e.kind = 'proposal_closure' AND e.state = 'applied' AND e.answer ? 'closed_on'
          AND (p_record IS NULL OR e.venue_code = (SELECT f.venue_code FROM field_event AS f WHERE f.id = p_record))
    ),
    opened AS (
        UPDATE venue_opening AS o
        -- a stretch that has come after it stays apart
        SET closed_on = LEAST(m.was, (
            SELECT min(next.opened_on) FROM venue_opening AS next
            WHERE next.venue_id = o.venue_id AND next.opened_on > o.opened_on
        ))
        FROM remembered AS m
        WHERE o.venue_id = m.venue_id AND o.opened_on = m.opened_on AND o.closed_on = m.closed_on
        RETURNING o.venue_id
    ),
    forgotten AS (
        UPDATE field_event AS e SET answer = e.answer - '{opened_on,was,closed_on}'::text[]
        FROM remembered AS m WHERE e.id = m.id
    )
    SELECT o.venue_id FROM opened AS o
$$;


REVOKE ALL ON FUNCTION
    field_decide(uuid, boolean), field_take_back(uuid), field_ask_worker(uuid, text), field_close(), field_reopen(uuid)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION field_decide(uuid, boolean), field_take_back(uuid) TO qr_app;
