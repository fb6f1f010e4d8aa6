-- Working days: Monday to Friday but the holidays of data/reference/holidays.csv. Clocks of cases count in them.

CREATE OR REPLACE FUNCTION is_working_day(p_day date) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT EXTRACT(ISODOW FROM p_day) < 6 AND NOT EXISTS (SELECT FROM holiday AS h WHERE h.day = p_day)
$$;

-- The p_days-th working day after p_day (1: the next one).
CREATE OR REPLACE FUNCTION add_working_days(p_day date, p_days integer) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT (array_agg(d.day::date ORDER BY d.day))[GREATEST(p_days, 1)]
    FROM generate_series(p_day + 1, p_day + 2 * p_days + 30, interval '1 day') AS d (day)
    WHERE is_working_day(d.day::date)
$$;

-- Working days after p_from up to p_to: 0 on the day itself, negative where p_to is before.
CREATE OR REPLACE FUNCTION working_days_between(p_from date, p_to date) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN p_to >= p_from THEN 1 ELSE -1 END * count(*)::integer
    FROM generate_series(LEAST(p_from, p_to) + 1, GREATEST(p_from, p_to), interval '1 day') AS d (day)
    WHERE is_working_day(d.day::date)
$$;
