-- How much a venue and its category are usually scanned, and signs that a QR is scanned for the rule's sake alone. All of
-- it looks at the last 28 days for which scans are known; files hold a number a day and no minutes, so that scans all
-- within a minute cannot be seen.

CREATE OR REPLACE FUNCTION habit_days(p_day date)
RETURNS TABLE (day date, place bigint, weekday integer)  -- place 1: the latest; weekday 1: Monday
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT k.day, row_number() OVER (ORDER BY k.day DESC), EXTRACT(ISODOW FROM k.day)::integer
    FROM (SELECT d.day FROM scan_known_day AS d WHERE d.day <= p_day ORDER BY d.day DESC LIMIT 28) AS k
$$;


-- Of categories (NULL: all), over all venues of the district that were scanned: with the owner's rights, so that what is
-- expected of a venue does not depend on who asks. It tells of no single venue.
CREATE OR REPLACE FUNCTION category_habits(p_day date, p_categories text[] DEFAULT NULL)
RETURNS TABLE (
    category text,
    usual numeric,   -- median of a day with scans, Monday to Friday; of two middle ones the lower, here and below
    recent numeric   -- sum over the last 14 known days of the median on each one's weekday
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    first_day CONSTANT date := (SELECT min(k.day) FROM habit_days(p_day) AS k);
BEGIN
    RETURN QUERY
    -- how many days had how many scans: some thousand rows to sort instead of half a million
    WITH counted AS MATERIALIZED (
        SELECT v.category, k.weekday, s.scans, count(*) AS days
        FROM scan_daily AS s JOIN habit_days(p_day) AS k ON k.day = s.day JOIN venue AS v ON v.id = s.venue_id
        WHERE s.scans > 0 AND s.day BETWEEN first_day AND p_day AND s.to_day >= first_day AND s.from_day <= p_day
          AND (p_categories IS NULL OR v.category = ANY (p_categories))
        GROUP BY 1, 2, 3
    ),
    by_weekday AS (
        SELECT c.category, c.weekday, c.scans,
               2 * sum(c.days) OVER (PARTITION BY c.category, c.weekday ORDER BY c.scans) AS twice_below,
               sum(c.days) OVER (PARTITION BY c.category, c.weekday) AS days
        FROM counted AS c
    ),
    on_working_days AS (
        SELECT c.category, c.scans,
               2 * sum(c.days) OVER (PARTITION BY c.category ORDER BY c.scans RANGE UNBOUNDED PRECEDING) AS twice_below,
               sum(c.days) OVER (PARTITION BY c.category) AS days
        FROM counted AS c WHERE c.weekday < 6
    ),
    recent AS (
        SELECT m.category, sum(m.scans) AS scans
        FROM (
            SELECT w.category, w.weekday, min(w.scans) FILTER (WHERE w.twice_below >= w.days) AS scans
            FROM by_weekday AS w GROUP BY w.category, w.weekday
        ) AS m JOIN habit_days(p_day) AS k ON k.weekday = m.weekday AND k.place <= 14
        GROUP BY m.category
    )
    SELECT r.category, u.scans::numeric, r.scans
    FROM recent AS r
    LEFT JOIN (
        SELECT o.category, min(o.scans) FILTER (WHERE o.twice_below >= o.days) AS scans
        FROM on_working_days AS o GROUP BY o.category
    ) AS u ON u.category = r.category;
END
$$;


-- Of the venues named that the caller sees (NULL: of all); one that was not scanned has no row. The counts of venues
-- merged into one are its own, each for itself. With the owner's rights, and the caller's venues chosen here: the policy
-- of scan_count, asked of half a million rows, takes three times as long as all the rest.
CREATE OR REPLACE FUNCTION venue_habits(p_day date, p_venues integer[] DEFAULT NULL)
RETURNS TABLE (
    venue_id integer,
    usual numeric,         -- median of its days with scans, Monday to Friday; NULL: none
    earlier numeric,       -- median of its days with scans before the last 14 known days; NULL: none
    recent numeric,        -- scans on the last 14 known days
    scanned_days integer,  -- days with scans among the 28
    most numeric,          -- scans on the busiest of them
    is_estimated boolean   -- some are shares of what totals say of several days
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
    first_day CONSTANT date := (SELECT min(k.day) FROM habit_days(p_day) AS k);
    sees_all CONSTANT boolean := sees_all();
    wards CONSTANT integer[] := caller_wards();
    units CONSTANT integer[] := caller_units();
    members CONSTANT integer[] := (
        SELECT array_agg(m.id) FROM venue AS m
        WHERE m.id = ANY (p_venues) OR m.merged_into = ANY (p_venues)
    );
BEGIN
    RETURN QUERY
    SELECT v.id,
           (percentile_disc(0.5) WITHIN GROUP (ORDER BY s.scans) FILTER (WHERE k.weekday < 6))::numeric,
           (percentile_disc(0.5) WITHIN GROUP (ORDER BY s.scans) FILTER (WHERE k.place > 14))::numeric,
           COALESCE(sum(s.scans) FILTER (WHERE k.place <= 14), 0), count(*)::integer, max(s.scans)::numeric,
           bool_or(s.basis IN ('interval', 'fall'))
    FROM scan_daily AS s
    JOIN habit_days(p_day) AS k ON k.day = s.day
    JOIN venue AS m ON m.id = s.venue_id
    JOIN venue AS v ON v.id = COALESCE(m.merged_into, m.id)
    WHERE s.scans > 0 AND s.day BETWEEN first_day AND p_day AND s.to_day >= first_day AND s.from_day <= p_day
      AND (p_venues IS NULL OR s.venue_id = ANY (members))
      AND (sees_all OR v.ward_id = ANY (wards) OR v.id = ANY (units))
    GROUP BY v.id;
END
$$;


-- What the last 14 known days of a venue let expect: what its category had on those weekdays, by the venue's size. Its
-- size is its own usual number against its category's, a tenth at least and one at most.
CREATE OR REPLACE FUNCTION expected_scans(p_earlier numeric, p_category_usual numeric, p_category_recent numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    -- GREATEST skips NULL, and of a venue whose size is not known nothing is expected
    SELECT CASE WHEN p_earlier IS NOT NULL AND p_category_usual > 0 THEN
        round(LEAST(1, GREATEST(0.1, p_earlier / p_category_usual)) * p_category_recent, 1)
    END
$$;

-- Known days from one day with scans to the next, at least, among the last 28.
CREATE OR REPLACE FUNCTION shortest_gap(p_venue integer, p_day date) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT min(g.days)::integer FROM (
        SELECT k.place - lag(k.place) OVER (ORDER BY k.place) AS days
        FROM scan_count AS s JOIN habit_days(p_day) AS k ON k.day = s.day
        WHERE s.venue_id = p_venue AND s.scans > 0
    ) AS g
$$;

-- Whether the QR of a venue that complies seems to be scanned for the rule's sake alone; NULL: nothing speaks for it.
--   sparse  one or two scans on three to six days, each just before the window lets go of the last (no gap is shorter
--           than the window less two days), at a kind of venue where five people a day or more are usual.
--   few     less than a fifth of what is expected, where that is 28 scans in 14 days or more.
CREATE OR REPLACE FUNCTION token_sign(
    p_scanned_days integer, p_most numeric, p_shortest_gap integer, p_window integer, p_recent numeric,
    p_expected numeric, p_category_usual numeric
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE
        WHEN p_scanned_days BETWEEN 3 AND 6 AND p_most <= 2 AND p_category_usual >= 5 AND p_shortest_gap >= p_window - 2
            THEN 'sparse'
        WHEN p_expected >= 28 AND p_recent < 0.2 * p_expected THEN 'few'
    END
$$;

-- Who is told of token compliance: whoever goes there, or weighs reasons. It is a reason for a guidance visit and never
-- a status, and stands in no document.
CREATE OR REPLACE FUNCTION may_know_tokens() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT caller_may('inspect', 'remind', 'weigh') $$;

REVOKE ALL ON FUNCTION category_habits(date, text[]), venue_habits(date, integer[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION category_habits(date, text[]), venue_habits(date, integer[]) TO qr_app;
