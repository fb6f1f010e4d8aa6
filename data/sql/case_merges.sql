-- What becomes of open cases where two venues are one (etl/linking/merges.py): they stand at the venue that stands for
-- both (case_put_again()), where nobody is visited twice for one thing, nor asked twice to suspend.
--
-- The later of two open visits of one kind, and of two requests to which nobody has agreed yet beside another, is set
-- aside; a planned visit goes before one that is due, a request that has gone further before another. What stands on a
-- paper, a decision or a referral, and a request that an owner has signed, is left to its own next paper. Where the venues
-- are parted again, what was set aside is taken up. Returns the cases; called by case_settle().
CREATE OR REPLACE FUNCTION case_settle_merges() RETURNS SETOF bigint
LANGUAGE plpgsql
AS $$
DECLARE
    due record;
    held case_file;
BEGIN
    FOR due IN
        WITH open_case AS (
            SELECT c.id, c.state, first_value(c.id) OVER (
                PARTITION BY c.venue_id, c.process, x.kind
                ORDER BY c.state IN ('planned', 'agreed') DESC, c.state = 'confirmed' DESC, c.id
            ) AS kept
            FROM case_file AS c LEFT JOIN visit AS x ON x.case_id = c.id
            WHERE c.process IN ('visit', 'suspension_request') AND c.closed_at IS NULL AND c.venue_id IS NOT NULL
        )
        SELECT o.id, 'set_aside' AS step, jsonb_build_object('kept', o.kept) AS facts
        FROM open_case AS o WHERE o.kept <> o.id AND o.state <> 'agreed'
        UNION ALL
        SELECT c.id, 'take_up', '{}' FROM case_file AS c JOIN case_file AS k ON k.id = (c.facts ->> 'kept')::bigint
        WHERE c.state = 'set_aside' AND c.venue_id <> k.venue_id
        ORDER BY id
    LOOP
        SELECT * INTO held FROM case_file AS c WHERE c.id = due.id FOR UPDATE;
        IF NOT EXISTS (
            SELECT FROM allowed_steps() AS s
            WHERE s.process = held.process AND s.step = due.step AND s.from_state = held.state
        ) THEN
            CONTINUE;  -- somebody has taken a step of it meanwhile
        END IF;
        PERFORM case_take(held, due.step, due.facts, NULL, NULL, true);
        IF due.step = 'take_up' THEN
            UPDATE case_file AS c SET facts = c.facts - 'kept' WHERE c.id = held.id;
            UPDATE visit AS x SET day = NULL, stop_id = NULL WHERE x.case_id = held.id;  -- as of one that was missed
        END IF;
        RETURN NEXT held.id;
    END LOOP;
END
$$;


REVOKE ALL ON FUNCTION case_settle_merges() FROM PUBLIC;
