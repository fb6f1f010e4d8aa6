-- venue.min_zoom: the lowest zoom at which a venue is drawn when nothing is filtered.
--
-- Up to 50,000 venues on the map all are drawn at every zoom (0). Beyond, each cell of a grid of 63 x 63 a tile (cells of
-- about 8 x 8 screen pixels) keeps one venue, so that a tile holds at most 3,969 of them; everything is drawn from zoom
-- 15. The venue that stands for a cell is drawn by lot, the same at every load, so that colours keep their shares; one
-- that stands for a cell also does so in the smaller cell around it at the next zoom, so that nothing vanishes on the way
-- in. A violating venue is always drawn and stands for nobody.
--
-- The three numbers are those of data/reference/thinning.py: all_drawn_up_to(), cells_per_tile(), first_full_zoom().

-- Whether a venue of that status is drawn at every zoom. Text, for what is filtered has its status as text.
CREATE OR REPLACE FUNCTION is_never_thinned(p_status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT p_status = 'violating' $$;

-- Column or row of the cell that holds a coordinate of a tile of 4096 units.
CREATE OR REPLACE FUNCTION cell_of_tile(p_coordinate double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT floor(p_coordinate * cells_per_tile() / 4096) $$;


CREATE OR REPLACE FUNCTION refresh_min_zoom() RETURNS void
LANGUAGE plpgsql
SET work_mem = '256MB'
AS $$
DECLARE
    first_thinned_zoom CONSTANT integer := 9;  -- the district fits on a screen here; below, the same venues are drawn
    last_thinned_zoom CONSTANT integer := first_full_zoom() - 1;
    zoom integer;
BEGIN
    IF (SELECT count(geom) FROM venue) <= all_drawn_up_to() THEN
        UPDATE venue SET min_zoom = 0 WHERE min_zoom <> 0;
        RETURN;
    END IF;

    -- Cells are counted in Web Mercator (EPSG:3857) from the corner of the tile 0/0/0, 20,037,508.34 m from the centre.
    CREATE TEMP TABLE stands_for ON COMMIT DROP AS
    SELECT DISTINCT ON (cell.x, cell.y) v.id, cell.x, cell.y, lot.first, lot.number, last_thinned_zoom AS min_zoom
    FROM (
        -- OFFSET keeps it from being transformed once for x and once for y
        SELECT w.id, w.status, ST_Transform(w.geom, 3857) AS mercator FROM venue AS w
        WHERE w.geom IS NOT NULL AND is_never_thinned(w.status::text) IS NOT true OFFSET 0
    ) AS v
    CROSS JOIN LATERAL (
        SELECT floor((ST_X(v.mercator) / 40075016.68557849 + 0.5) * cells_per_tile() * 2 ^ last_thinned_zoom)::integer AS x,
               floor((0.5 - ST_Y(v.mercator) / 40075016.68557849) * cells_per_tile() * 2 ^ last_thinned_zoom)::integer AS y
    ) AS cell
    CROSS JOIN LATERAL (SELECT v.status IS NULL AS first, hashint4(v.id) AS number) AS lot
    ORDER BY cell.x, cell.y, lot.first, lot.number, v.id;

    FOR zoom IN REVERSE last_thinned_zoom - 1 .. first_thinned_zoom LOOP
        UPDATE stands_for SET min_zoom = zoom
        FROM (
            SELECT DISTINCT ON (s.x >> (last_thinned_zoom - zoom), s.y >> (last_thinned_zoom - zoom)) s.id
            FROM stands_for AS s WHERE s.min_zoom = zoom + 1
            ORDER BY s.x >> (last_thinned_zoom - zoom), s.y >> (last_thinned_zoom - zoom), s.first, s.number, s.id
        ) AS kept
        WHERE kept.id = stands_for.id;
    END LOOP;

    UPDATE stands_for SET min_zoom = 0 WHERE min_zoom = first_thinned_zoom;
    ANALYZE stands_for;
    UPDATE venue AS v SET min_zoom = s.min_zoom FROM stands_for AS s WHERE s.id = v.id AND s.min_zoom <> v.min_zoom;
    UPDATE venue AS v SET min_zoom = CASE WHEN is_never_thinned(v.status::text) THEN 0 ELSE first_full_zoom() END
    WHERE v.geom IS NOT NULL
      AND v.min_zoom <> CASE WHEN is_never_thinned(v.status::text) THEN 0 ELSE first_full_zoom() END
      AND NOT EXISTS (SELECT FROM stands_for AS s WHERE s.id = v.id);
    DROP TABLE stands_for;
END
$$;
