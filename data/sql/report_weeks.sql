-- Weeks of reports: when a ward's report is due, and which are missing (2962/UBND-VHTT, 27/9/2021: "report every week").

-- due_day, due_time: day of the ISO week (1: Monday) and time by which a ward's report is due; opens_before: how many days
-- before it may be sent; missed_weeks: for how many weeks back a report that was not sent is asked for.
CREATE OR REPLACE FUNCTION report_policy(p_day date) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT jsonb_build_object('due_day', 5, 'due_time', '17:00', 'opens_before', 1, 'missed_weeks', 8) || COALESCE((
        SELECT p.reports FROM policy AS p WHERE p.valid_from <= p_day ORDER BY p.valid_from DESC LIMIT 1
    ), '{}')
$$;

-- The moment by which the report of the week that begins on p_monday is due.
CREATE OR REPLACE FUNCTION report_due_at(p_monday date) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT (p_monday + (p.said ->> 'due_day')::integer - 1 + (p.said ->> 'due_time')::time) AT TIME ZONE 'Asia/Ho_Chi_Minh'
    FROM report_policy(p_monday) AS p (said)
$$;

-- The first day on which it may be sent.
CREATE OR REPLACE FUNCTION report_opens_on(p_monday date) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT p_monday + GREATEST((p.said ->> 'due_day')::integer - 1 - (p.said ->> 'opens_before')::integer, 0)
    FROM report_policy(p_monday) AS p (said)
$$;

-- "Now" in the data's calendar: a demonstration stands still at its last day, and its hours go on.
CREATE OR REPLACE FUNCTION report_now() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT (current_day() + (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::time) AT TIME ZONE 'Asia/Ho_Chi_Minh'
$$;

-- The wards that report on a week: those in force on its first day that have venues, and those that did report.
CREATE OR REPLACE FUNCTION report_wards(p_monday date)
RETURNS TABLE (ward_id integer, vintage text, code text, name text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT w.id, w.vintage, w.code, w.name FROM ward AS w
    WHERE (is_valid_on(w.valid_from, w.valid_to, p_monday) AND EXISTS (SELECT FROM venue AS v WHERE v.ward_id = w.id)
           OR EXISTS (SELECT FROM report AS r WHERE r.ward_id = w.id AND r.first_day = p_monday))
      AND (caller_may('aggregate', 'approve') AND (SELECT sees_all()) OR caller_may('report') AND field_in_wards(w.id))
$$;

-- Reports that could have been sent and were not, of the caller's wards: of this week, of the one before, and of earlier
-- ones since the first report there was. A report that is corrected at the moment was sent.
CREATE OR REPLACE FUNCTION report_missing()
RETURNS TABLE (ward_id integer, ward_code text, ward text, first_day date, due_at timestamptz, is_late boolean, report bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT w.ward_id, w.code, w.name, week.monday, report_due_at(week.monday), report_now() > report_due_at(week.monday), r.id
    FROM (SELECT current_day() AS day) AS today
    CROSS JOIN LATERAL (
        SELECT date_trunc('week', today.day)::date - 7 * back.number AS monday
        FROM generate_series(0, (report_policy(today.day) ->> 'missed_weeks')::integer) AS back (number)
        WHERE back.number <= 1
           OR date_trunc('week', today.day)::date - 7 * back.number
              >= (SELECT min(first.first_day) FROM report AS first WHERE first.kind = 'ward')
    ) AS week
    CROSS JOIN LATERAL report_wards(week.monday) AS w
    LEFT JOIN report AS r
        ON r.kind = 'ward' AND r.ward_vintage = w.vintage AND r.ward_code = w.code AND r.first_day = week.monday
    WHERE report_opens_on(week.monday) <= today.day
      AND NOT EXISTS (SELECT FROM report_version AS sent WHERE sent.report_id = r.id)
$$;

REVOKE ALL ON FUNCTION report_wards(date), report_missing() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report_wards(date), report_missing() TO qr_app;
