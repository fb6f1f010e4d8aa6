-- streets: distances along the network of streets (street_segment), by pgRouting where the database has it.
--
-- A point is brought to the nearest street, at a fraction of one of its segments, where the street is cut for the
-- question: what is between two cuts is a street of its own. On foot a street may be used in both directions.
-- plpgsql, for its bodies are not looked at before they run: without pgRouting nothing here fails to be made.

-- Whether distances along streets can be told: there is a network, and pgRouting.
CREATE OR REPLACE FUNCTION streets_serve() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT EXISTS (SELECT FROM pg_extension AS e WHERE e.extname = 'pgrouting') AND EXISTS (SELECT FROM street_segment)
$$;


-- The nearest street of each point (degrees) that lies at most p_within metres from one: number of the point from 0, the
-- segment, the fraction of it where the point is nearest, and how far off it is in metres.
-- Of the eight nearest by degrees, in which a metre to the east is longer than one to the north, the nearest by metres.
-- Within 10 m of a junction it is at the junction: nobody rides round the block for the last steps of a one-way street.
CREATE OR REPLACE FUNCTION streets_nearest(
    p_lon double precision[], p_lat double precision[], p_on_foot boolean, p_within double precision
)
RETURNS TABLE (number integer, segment integer, fraction double precision, metres double precision)
LANGUAGE sql STABLE
AS $$
    SELECT p.number::integer - 1, s.id,
           CASE WHEN s.fraction * s.length < 10 THEN 0 WHEN (1 - s.fraction) * s.length < 10 THEN 1 ELSE s.fraction END,
           s.metres
    FROM (
        SELECT given.number, ST_SetSRID(ST_Point(given.lon, given.lat), 4326) AS geom
        FROM unnest(p_lon, p_lat) WITH ORDINALITY AS given (lon, lat, number)
    ) AS p
    CROSS JOIN LATERAL (
        SELECT near.id, near.metres AS length, ST_LineLocatePoint(near.geom, p.geom) AS fraction,
               ST_Distance(near.geom::geography, p.geom::geography) AS metres
        FROM (
            SELECT street.id, street.geom, street.metres FROM street_segment AS street
            WHERE p_on_foot OR NOT street.foot_only
            ORDER BY street.geom <-> p.geom LIMIT 8
        ) AS near
        ORDER BY ST_Distance(near.geom::geography, p.geom::geography), near.id LIMIT 1
    ) AS s
    WHERE s.metres <= p_within
    ORDER BY p.number
$$;


-- The streets as pgRouting takes them, as the text of a query: those with points on them cut there. Point n of the two
-- arrays, from 1, is the junction -n.
CREATE OR REPLACE FUNCTION streets_as_edges(p_segments integer[], p_fractions double precision[], p_on_foot boolean)
RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT format(
        $edges$
        WITH point AS (
            SELECT at.segment, at.fraction, -at.number AS junction
            FROM unnest(%1$L::integer[], %2$L::double precision[]) WITH ORDINALITY AS at (segment, fraction, number)
        ), cut AS (
            SELECT p.segment, p.fraction, p.junction FROM point AS p
            UNION ALL
            SELECT s.id, ends.fraction, ends.junction
            FROM street_segment AS s CROSS JOIN LATERAL (VALUES (-1, s.source), (2, s.target)) AS ends (fraction, junction)
            WHERE s.id IN (SELECT p.segment FROM point AS p)
        ), piece AS (
            SELECT c.segment, c.junction AS source, lead(c.junction) OVER along AS target,
                   lead(LEAST(c.fraction, 1)) OVER along - GREATEST(c.fraction, 0) AS share
            FROM cut AS c
            WINDOW along AS (PARTITION BY c.segment ORDER BY c.fraction, c.junction)
        )
        SELECT row_number() OVER () AS id, e.source, e.target, e.metres AS cost,
               CASE WHEN e.oneway AND e.metres > 0 AND NOT %3$L::boolean THEN -1 ELSE e.metres END AS reverse_cost
        FROM (
            SELECT s.source, s.target, s.metres, s.oneway, s.foot_only FROM street_segment AS s
            WHERE s.id NOT IN (SELECT p.segment FROM point AS p)
            UNION ALL
            SELECT p.source, p.target, p.share * s.metres, s.oneway, s.foot_only
            FROM piece AS p JOIN street_segment AS s ON s.id = p.segment
            WHERE p.target IS NOT NULL
        ) AS e
        WHERE %3$L::boolean OR NOT e.foot_only
        $edges$,
        p_segments, p_fractions, p_on_foot
    )
$$;


-- How far it is along the streets, in metres, from each of the points in p_from (numbers from 1 into the arrays) to all
-- points of the arrays: a row for each, with pairs of number (int4) and metres (float8) one after the other, for rows of
-- their own would be millions. What cannot be reached, or with p_within lies further than so many metres, is not in it.
CREATE OR REPLACE FUNCTION street_distances(
    p_segments integer[], p_fractions double precision[], p_from integer[], p_on_foot boolean,
    p_within double precision DEFAULT NULL
)
RETURNS TABLE (start integer, reached bytea)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    edges CONSTANT text := streets_as_edges(p_segments, p_fractions, p_on_foot);
    starts CONSTANT bigint[] := (SELECT array_agg(-n::bigint) FROM unnest(p_from) AS n);
    ends CONSTANT bigint[] := (SELECT array_agg(-n::bigint) FROM generate_subscripts(p_segments, 1) AS n);
    -- pgRouting 3.6 has renamed the column of the start.
    start_column CONSTANT text := CASE WHEN EXISTS (
        SELECT FROM pg_proc AS p WHERE p.proname = 'pgr_drivingdistance' AND 'start_vid' = ANY (p.proargnames)
    ) THEN 'start_vid' ELSE 'from_v' END;
BEGIN
    IF p_within IS NULL THEN
        RETURN QUERY
        SELECT -c.start_vid::integer, string_agg(int4send(-c.end_vid::integer) || float8send(c.agg_cost), ''::bytea)
        FROM pgr_dijkstraCost(edges, starts, ends, directed => true) AS c
        GROUP BY c.start_vid;
    ELSE
        RETURN QUERY EXECUTE format(
            'SELECT -d.%1$I::integer, string_agg(int4send(-d.node::integer) || float8send(d.agg_cost), ''''::bytea)'
            ' FROM pgr_drivingDistance($1, $2, $3, directed => true) AS d WHERE d.node < 0 GROUP BY d.%1$I',
            start_column
        ) USING edges, starts, p_within;
    END IF;
END
$$;
