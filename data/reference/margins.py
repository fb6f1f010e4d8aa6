"""How far a point may lie from the outlines that ship, which are generalised to about 100 m; metres."""

DISTRICT_MARGIN_M = 500
"""A point this far from every ward is not in the district."""
WARD_MARGIN_M = 300
"""A point this far from the ward that its source names is well outside it."""
OUTLINE_ERROR_M = 100
"""A point so near a ward belongs to it."""
