-- Which venues were reached in a period: reminded, by a reminder that was not withdrawn, or met by a visit. The status, and
-- whether there is a QR, are those of the period's last day. Reports and the list of bodies count by it.
CREATE OR REPLACE FUNCTION reached_in(p_from date, p_to date)
RETURNS TABLE (venue_id integer, ward_id integer, has_qr boolean, reached boolean, reminders bigint)
LANGUAGE sql STABLE
AS $$
    SELECT p.venue_id, p.ward_id, p.has_qr,
           told.reminders > 0 OR EXISTS (
               SELECT FROM case_file AS c JOIN case_entry AS e ON e.case_id = c.id AND e.step = 'record'
               WHERE c.venue_id = p.venue_id AND c.process = 'visit' AND c.state = 'recorded'
                 AND e.day BETWEEN p_from AND p_to AND e.facts ->> 'outcome' NOT IN ('closed', 'not_found')
           ),
           told.reminders
    FROM status_period AS p
    CROSS JOIN LATERAL (
        SELECT count(*) AS reminders FROM reminders_of(p.venue_id) AS r
        WHERE r.reminded_on BETWEEN p_from AND p_to AND r.withdrawn_on IS NULL
    ) AS told
    WHERE p.from_day <= p_to AND p.to_day >= p_to
$$;

REVOKE ALL ON FUNCTION reached_in(date, date) FROM PUBLIC;
