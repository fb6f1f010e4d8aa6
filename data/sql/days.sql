-- Whether an administrative area is in force on a day; its last day is included.
CREATE OR REPLACE FUNCTION is_valid_on(p_valid_from date, p_valid_to date, p_day date) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT p_valid_from <= p_day AND (p_valid_to IS NULL OR p_valid_to >= p_day) $$;

-- The day that "now" means. A demonstration stands still at the last day its files speak of; a real district's day is
-- today in Asia/Ho_Chi_Minh.
CREATE OR REPLACE FUNCTION today() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date $$;

-- Which day it is and how far the data reach tell nothing of a venue: with the owner's rights, so that all callers are
-- told the same, and the smallest day of a table is read from its index and not through a policy, row by row.
CREATE OR REPLACE FUNCTION current_day() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT CASE WHEN bool_and(is_demo) FILTER (WHERE kind NOT IN ('wards', 'streets'))
                THEN LEAST(max(as_of) FILTER (WHERE is_demo), today())
                ELSE today() END
    FROM load WHERE undone_at IS NULL
$$;

-- First day of any event, current day, last day with known scans, whether all is a demonstration; the data's version.
CREATE OR REPLACE FUNCTION data_reach()
RETURNS TABLE (first_day date, current_day date, last_scan_day date, is_demo boolean, version bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT LEAST((SELECT min(day) FROM scan_day), (SELECT first_export FROM scan_export_days),
                 (SELECT min(registered_on) FROM registration), (SELECT min(reminded_on) FROM reminder),
                 (SELECT min(starts_on) FROM suspension)),
           current_day(),
           GREATEST(
               (SELECT max(day) FROM scan_day), (SELECT last_day FROM scan_export_days WHERE first_day <= last_day)
           ),
           EXISTS (SELECT FROM load WHERE is_demo AND undone_at IS NULL),
           (SELECT version FROM clock)
$$;

-- What changes with every load and every turn of the day: version and day of the statuses, the moments of the newest
-- load and of the newest that stands.
CREATE OR REPLACE FUNCTION data_stamp()
RETURNS TABLE (version bigint, status_day date, newest_load timestamptz, last_load timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT c.version, c.status_day, (SELECT max(l.finished_at) FROM load AS l),
           (SELECT max(l.finished_at) FROM load AS l WHERE l.undone_at IS NULL)
    FROM clock AS c
$$;

-- Whether low zooms leave venues out (thinning.sql).
CREATE OR REPLACE FUNCTION is_thinned() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ SELECT EXISTS (SELECT FROM venue WHERE min_zoom > 0) $$;

REVOKE ALL ON FUNCTION current_day(), data_reach(), data_stamp(), is_thinned() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_day(), data_reach(), data_stamp(), is_thinned() TO qr_app;
