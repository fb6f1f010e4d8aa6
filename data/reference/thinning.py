"""When low zooms of the map leave venues out; how, ``data/sql/thinning.sql`` says."""

ALL_DRAWN_UP_TO = 50_000
"""So many venues on the map are all drawn at every zoom."""
FIRST_FULL_ZOOM = 15
"""From here on every venue is in its tile."""
CELLS_PER_TILE = 63
"""Along one side of a tile: cells of about 8 x 8 screen pixels, of which each shows one venue."""
