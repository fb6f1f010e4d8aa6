-- The clock of a notice: until which day a venue may object or comply before its name can be approved.
--
-- It starts with the delivery and counts working days (working_days.sql); it stands still on the days of a pause, both
-- included: while data of the venue are missing, and while an objection or a claim waits for its decision.

-- The p_days-th working day after p_from on which no pause stands; the day itself for 0. NULL: a pause is not over.
CREATE OR REPLACE FUNCTION clock_end(p_from date, p_days integer, p_pauses datemultirange) RETURNS date
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
    day date := p_from;
    counted integer := 0;
BEGIN
    IF upper_inf(p_pauses) THEN
        RETURN NULL;
    END IF;
    WHILE counted < p_days LOOP
        day := day + 1;
        IF is_working_day(day) AND NOT p_pauses @> day THEN
            counted := counted + 1;
        END IF;
    END LOOP;
    RETURN day;
END
$$;

-- The last day of the notice of an entry; NULL: it was not delivered, or the clock stands still.
CREATE OR REPLACE FUNCTION publication_deadline(p_case bigint) RETURNS date
LANGUAGE sql STABLE
AS $$
    SELECT clock_end(
        e.delivered_on, (l.policy ->> 'notice_days')::integer,
        COALESCE((
            SELECT range_agg(daterange(p.from_day, p.to_day, '[]'))
            FROM publication_pause AS p WHERE p.case_id = e.case_id
        ), '{}')
    )
    FROM publication_entry AS e JOIN publication AS l ON l.list_id = e.list_id
    WHERE e.case_id = p_case AND e.delivered_on IS NOT NULL
$$;

-- Begins a pause today, or ends the one of this reason, and tells the case its new day.
CREATE OR REPLACE FUNCTION publication_pause_now(p_case bigint, p_why text, p_runs boolean) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    IF p_runs THEN
        INSERT INTO publication_pause (case_id, from_day, why)
        SELECT p_case, current_day(), p_why
        WHERE NOT EXISTS (
            SELECT FROM publication_pause AS p WHERE p.case_id = p_case AND p.why = p_why AND p.to_day IS NULL
        );
    ELSE
        UPDATE publication_pause AS p SET to_day = GREATEST(current_day(), p.from_day)
        WHERE p.case_id = p_case AND p.why = p_why AND p.to_day IS NULL;
    END IF;
    UPDATE case_file AS c SET due_on = publication_deadline(p_case)
    WHERE c.id = p_case AND c.state IN ('notified', 'decided');
END
$$;


REVOKE ALL ON FUNCTION publication_pause_now(bigint, text, boolean) FROM PUBLIC;
