-- Registrations: whose they are, and which one is in force on a day. The one place that says when a venue has a QR.
-- Single SELECTs without SET or STRICT, so that PostgreSQL inlines them (status_rule.sql).

-- "A registration can end; from then on the venue has no QR." Of its columns and not by a look-up, for whoever reads many.
CREATE OR REPLACE FUNCTION is_in_force(p_registered_on date, p_ended_on date, p_day date) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT p_registered_on <= p_day AND (p_ended_on IS NULL OR p_ended_on > p_day) $$;


-- The registrations of a venue: its own, and those of the venues merged into it (status_rule.sql, on other events).
CREATE OR REPLACE FUNCTION registrations_of(p_venue integer) RETURNS SETOF registration
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT e.* FROM registration AS e WHERE e.venue_id = p_venue
    UNION ALL
    SELECT e.* FROM venue_reading AS c JOIN registration AS e ON e.venue_id = ANY (c.members)
    WHERE (SELECT EXISTS (SELECT FROM venue_reading WHERE members IS NOT NULL))
      AND c.venue_id = p_venue AND e.venue_id <> p_venue
$$;


-- The registration of a venue that is in force on a day, none or one: of several the newest, and of those of one day the
-- one of the highest code.
CREATE OR REPLACE FUNCTION registration_in_force(p_venue integer, p_day date) RETURNS SETOF registration
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT r.* FROM registrations_of(p_venue) AS r
    WHERE is_in_force(r.registered_on, r.ended_on, p_day)
    ORDER BY r.registered_on DESC, r.qr_code DESC LIMIT 1
$$;
