-- Posters in one file: asked for and cancelled by their asker alone; whoever makes them is the owner (documents/poster_orders.py).

-- Whether the caller asked for the order.
CREATE OR REPLACE FUNCTION is_own_account(p_account integer) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT COALESCE(p_account = caller_account(), false) $$;

-- A new order; NULL: the caller has as many as may be open at once.
CREATE OR REPLACE FUNCTION poster_order_ask(p_asked jsonb, p_labels text[], p_total integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    me CONSTANT integer := caller_account();
    made bigint;
BEGIN
    IF NOT caller_may('view') OR me IS NULL THEN
        RAISE EXCEPTION 'the caller prints no posters' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM account AS a WHERE a.id = me FOR UPDATE;
    IF (SELECT count(*) FROM poster_order AS o WHERE o.account_id = me AND o.state IN ('queued', 'running')) < 2 THEN
        INSERT INTO poster_order (account_id, asked, labels, total) VALUES (me, p_asked, p_labels, p_total)
        RETURNING id INTO made;
    END IF;
    RETURN made;
END
$$;

-- False: it is not the caller's, or has ended.
CREATE OR REPLACE FUNCTION poster_order_cancel(p_order bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    UPDATE poster_order AS o SET state = 'cancelled', finished_at = clock_timestamp()
    WHERE o.id = p_order AND o.state IN ('queued', 'running') AND is_own_account(o.account_id);
    RETURN FOUND;
END
$$;

REVOKE ALL ON FUNCTION poster_order_ask(jsonb, text[], integer), poster_order_cancel(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poster_order_ask(jsonb, text[], integer), poster_order_cancel(bigint) TO qr_app;
