-- Rows of suspension that stand in a case: written from the cases, whatever files say, and ended by what happens.

-- What cases say of suspensions. Where several say something of one first day at one venue (two venues may be merged): a
-- decision in force first, for no other's paper lifts it; a decision before a request; the last of each.
CREATE OR REPLACE FUNCTION case_suspensions()
RETURNS TABLE (
    case_id bigint, venue_id integer, requested_on date, starts_on date, ends_on date, lifted_on date, reason text,
    basis text
)
LANGUAGE sql STABLE
AS $$
    SELECT DISTINCT ON (c.venue_id, said.starts_on)
           c.id, c.venue_id,
           (SELECT min(e.day) FROM case_entry AS e WHERE e.case_id = c.id AND e.step = 'request'),
           said.starts_on, (c.facts ->> 'ends_on')::date,
           CASE
               WHEN c.state = 'annulled' THEN said.starts_on  -- it was never in force
               -- nor was a request whose venue has a QR by its first day, which the status rule counts from then on only
               WHEN c.process = 'suspension_request' AND had_qr.registered_on < said.starts_on THEN said.starts_on
               -- a request that a registration has ended says no day: the status rule knows it
               WHEN c.state IN ('ended', 'repealed') AND c.facts ? 'lifted_on' THEN
                   GREATEST((c.facts ->> 'lifted_on')::date, said.starts_on)
           END,
           c.facts ->> 'reason', CASE c.process WHEN 'suspension_decision' THEN 'decision' ELSE 'request' END
    FROM case_file AS c
    CROSS JOIN LATERAL (SELECT (c.facts ->> 'starts_on')::date AS starts_on) AS said
    LEFT JOIN LATERAL registration_in_force(c.venue_id, said.starts_on) AS in_force ON true
    LEFT JOIN registration AS had_qr ON had_qr.id = in_force.id
    WHERE c.process IN ('suspension_request', 'suspension_decision') AND c.venue_id IS NOT NULL
      AND c.state IN ('agreed', 'ended', 'annulled', 'in_force', 'lift_due', 'repealed', 'expired')
    ORDER BY c.venue_id ASC, said.starts_on ASC, (c.state IN ('in_force', 'lift_due')) DESC, (c.state = 'annulled') ASC,
             (c.process = 'suspension_decision') DESC, c.id DESC
$$;


-- Brings cases back to their venues and the rows of suspension in step with the cases. The caller holds the loader's lock;
-- returns the venues of rows that were written.
CREATE OR REPLACE FUNCTION case_put_again() RETURNS SETOF integer
LANGUAGE plpgsql
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM case_file) THEN
        RETURN;
    END IF;
    UPDATE case_file AS c SET venue_id = v.id, ward_id = v.ward_id
    FROM venue AS named JOIN venue AS v ON v.id = COALESCE(named.merged_into, named.id)
    WHERE named.code = c.venue_code AND (c.venue_id, c.ward_id) IS DISTINCT FROM (v.id, v.ward_id);
    -- of a case that has moved to another venue, a row left behind would outlast its lifting: that of a file ends with it
    RETURN QUERY
        UPDATE suspension AS x SET ends_on = s.ends_on, lifted_on = s.lifted_on
        FROM case_suspensions() AS s
        WHERE s.case_id = x.case_id AND x.load_id IS NOT NULL AND s.venue_id <> x.venue_id
          AND (x.ends_on, x.lifted_on) IS DISTINCT FROM (s.ends_on, s.lifted_on)
        RETURNING x.venue_id;
    RETURN QUERY
        DELETE FROM suspension AS x USING case_file AS c
        WHERE c.id = x.case_id AND x.load_id IS NULL AND c.venue_id <> x.venue_id RETURNING x.venue_id;
    RETURN QUERY
        INSERT INTO suspension AS x (venue_id, requested_on, starts_on, ends_on, lifted_on, reason, basis, case_id)
        SELECT s.venue_id, s.requested_on, s.starts_on, s.ends_on, s.lifted_on, s.reason, s.basis, s.case_id
        FROM case_suspensions() AS s
        ON CONFLICT (venue_id, starts_on) DO UPDATE
        SET requested_on = excluded.requested_on, ends_on = excluded.ends_on, lifted_on = excluded.lifted_on,
            reason = excluded.reason, basis = excluded.basis, case_id = excluded.case_id
        WHERE (x.requested_on, x.ends_on, x.lifted_on, x.reason, x.basis, x.case_id) IS DISTINCT FROM
              (excluded.requested_on, excluded.ends_on, excluded.lifted_on, excluded.reason, excluded.basis, excluded.case_id)
        RETURNING x.venue_id;
END
$$;


-- Before loads are taken back: rows that came from no file give way, until case_put_again().
CREATE OR REPLACE FUNCTION case_set_aside() RETURNS SETOF integer
LANGUAGE sql
AS $$ DELETE FROM suspension AS x WHERE x.case_id IS NOT NULL AND x.load_id IS NULL RETURNING x.venue_id $$;


-- The steps that follow from what has happened, without anybody: an agreed request ends with the registration, a decision
-- is then due to be repealed by who took it, and what has had its last day is over. Where the registration is no longer
-- there (a load was taken back), what followed from it is taken back, too: a request that had not been agreed to yet is
-- the ward's to confirm anew. So is what follows from two venues being one
-- (case_merges.sql). Returns the cases.
CREATE OR REPLACE FUNCTION case_settle() RETURNS SETOF bigint
LANGUAGE plpgsql
AS $$
DECLARE
    today CONSTANT date := current_day();
    due record;
    held case_file;
    overtaken boolean := false;
BEGIN
    RETURN QUERY SELECT case_settle_merges();
    FOR due IN
        SELECT c.id, c.state, s.step, s.facts
        FROM case_file AS c
        CROSS JOIN LATERAL (
            SELECT (c.facts ->> 'ends_on')::date AS ends_on, CASE c.process
                -- that of a decision may have been there when it was taken, so that only a new one answers it
                WHEN 'suspension_decision' THEN
                    (SELECT (e.paper ->> 'day')::date FROM case_entry AS e WHERE e.case_id = c.id AND e.step = 'enter')
                ELSE (c.facts ->> 'starts_on')::date
            END AS since
        ) AS said
        CROSS JOIN LATERAL (
            SELECT COALESCE(
                (SELECT min(r.registered_on) FROM registrations_of(c.venue_id) AS r
                 WHERE r.registered_on BETWEEN said.since AND today),
                (SELECT r.registered_on FROM registration_in_force(c.venue_id, today) AS f
                 JOIN registration AS r ON r.id = f.id WHERE c.process = 'suspension_request')
            ) AS registered_on
        ) AS answer
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN c.state IN ('requested', 'confirmed', 'agreed', 'in_force') AND answer.registered_on IS NOT NULL THEN 'answered'
                WHEN c.state IN ('in_force', 'lift_due') AND said.ends_on < today THEN 'expire'
                WHEN c.state = 'agreed' AND said.ends_on < today THEN 'answered'
                WHEN (c.state = 'lift_due' OR c.state = 'ended' AND c.facts ? 'registered_on')
                    AND answer.registered_on IS NULL THEN 'resume'
                -- not where the QR has ended since: that it was there stays true
                WHEN c.state = 'withdrawn' AND c.facts ? 'registered_on' AND answer.registered_on IS NULL
                    AND NOT EXISTS (
                        SELECT FROM registrations_of(c.venue_id) AS r
                        WHERE r.registered_on = (c.facts ->> 'registered_on')::date
                    )
                    AND NOT EXISTS (
                        SELECT FROM case_file AS o
                        WHERE o.process = c.process AND o.venue_id = c.venue_id AND o.closed_at IS NULL
                    ) THEN 'resume'
            END AS step,
            jsonb_build_object('registered_on', answer.registered_on) AS facts
        ) AS s
        WHERE c.process IN ('suspension_request', 'suspension_decision') AND c.venue_id IS NOT NULL AND s.step IS NOT NULL
          AND (c.closed_at IS NULL OR c.state IN ('ended', 'withdrawn'))
        ORDER BY c.id
    LOOP
        SELECT * INTO held FROM case_file AS c WHERE c.id = due.id FOR UPDATE;
        IF held.state <> due.state THEN
            overtaken := true;
            CONTINUE;
        END IF;
        PERFORM case_take(held, due.step, CASE due.step WHEN 'answered' THEN jsonb_strip_nulls(due.facts) ELSE '{}' END,
                          NULL, NULL, true);
        IF due.step = 'resume' THEN
            UPDATE case_file AS c SET facts = c.facts - 'registered_on' WHERE c.id = due.id;
        END IF;
        RETURN NEXT due.id;
    END LOOP;
    IF overtaken THEN  -- somebody took a step of it meanwhile: the rule is asked again of what stands now
        RETURN QUERY SELECT case_settle();
    END IF;
END
$$;


-- Writes what cases say into suspension and brings the venues' statuses in step, where the loader's lock is free or comes
-- free within a moment; else the worker does it.
CREATE OR REPLACE FUNCTION case_write_soon() RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    BEGIN
        PERFORM set_config('lock_timeout', '1500ms', true);
        PERFORM pg_advisory_xact_lock(lock_space(), loader_lock());
        PERFORM set_config('lock_timeout', '0', true);
        PERFORM case_write();
    -- who holds that lock may wait for this venue's case (field_visits.sql): one of the two gives way
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
        PERFORM set_config('lock_timeout', '0', true);
        INSERT INTO job (kind, payload)
        SELECT 'cases', '{}' WHERE NOT EXISTS (SELECT FROM job AS j WHERE j.kind = 'cases' AND j.state = 'queued');
        PERFORM pg_notify('job', '');
    END;
END
$$;

-- The same for whoever holds the loader's lock.
CREATE OR REPLACE FUNCTION case_write() RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    place integer;
BEGIN
    FOR place IN SELECT DISTINCT COALESCE(v.merged_into, v.id) FROM case_put_again() AS p (id) JOIN venue AS v USING (id) LOOP
        PERFORM field_refresh(place);
    END LOOP;
END
$$;


REVOKE ALL ON FUNCTION case_put_again(), case_set_aside(), case_settle(), case_write_soon(), case_write() FROM PUBLIC;
