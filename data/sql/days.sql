-- The day that "now" means. A demonstration stands still at the last day its files speak of; a real district's day is
-- today in Asia/Ho_Chi_Minh.
CREATE OR REPLACE FUNCTION today() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date $$;

CREATE OR REPLACE FUNCTION current_day() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN bool_and(is_demo) FILTER (WHERE kind <> 'wards')
                THEN LEAST(max(as_of) FILTER (WHERE is_demo), today())
                ELSE today() END
    FROM load WHERE undone_at IS NULL
$$;
