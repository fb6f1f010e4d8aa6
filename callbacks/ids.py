"""Names of the page's components, one each: callbacks, browser scripts and tests speak of them by these alone.

The address bar is the one state of the page. ``URL.search`` is read by everything; it is written by the browser script
``assets/page.js`` alone. Whoever wants to change it sets ``GO`` to a patch of the address, for example
``{"venue": "HD000123"}``, ``{"ward": "09541", "venue": None}`` or ``{"area": None}`` (None takes the key out). Any HTML
element with the attribute ``data-go`` holding such a patch as JSON does the same on a click, without a callback:
``html.Button("...", **{"data-go": '{"venue": "HD000123"}'})``. One with ``data-press`` presses the button it names.
"""

# The shell: there before the language is known.
URL = "url"  # dcc.Location; .search holds the filters (data.queries.filters), the open venue, lang and measure
SCOPE = "scope"  # dcc.Store; the part of URL.search that decides figures, table and map: no venue, no measure
VENUE = "venue"  # dcc.Store; code of the venue in the address, or None
GO = "go"  # dcc.Store; write a patch of the address here
BODY = "body"  # the page in one language
PULSE = "pulse"  # dcc.Interval that asks whether the data changed
MOMENT = "moment"  # dcc.Store {ok, version, day, first_day, today, is_demo, boundary, ...}: which data the page shows
UNREACHABLE = "unreachable"  # assets/contact.js shows it while the server does not answer
OUTAGE = "outage"  # shown while the database does not answer
NOTICES = "notices"  # what is wrong with the address or the data
VENUE_NOTICE = "venue-notice"  # the address names a venue that does not exist
PAGE = "page"  # the frame; its classes say what is folded away

# Top bar
TOP_BAR = "top-bar"
DATA_DAY = "data-day"
FIGURES = "figures"
LANGUAGE = "language"
OVERVIEW = "overview"  # button: opens the drawer on the district

# Left rail
RAIL = "rail"
RAIL_TOGGLE = "rail-toggle"
SEARCH = "search"
TYPED = "typed"  # dcc.Store; what stands in the search box, a moment after the last letter
SUGGESTIONS = "suggestions"
DAY = "day"
DAY_BACK = "day-back"
DAY_FORWARD = "day-forward"
DAY_LATEST = "day-latest"
STATUS_FILTER = "status-filter"  # the legend
WARD_FILTER = "ward-filter"
CATEGORY_FILTER = "category-filter"
MEASURE = "measure"  # what colours the wards at low zoom: compliant | violating | density
UNLOCATED = "unlocated"  # counts of venues without ward, without point, outside their ward; links that filter
CHIPS = "chips"  # filters in force, each with a button that takes it away

# The map
MAP = "map"
MAP_CONFIG = "map-config"  # dcc.Store: texts and settings that the map's script reads once
FACTS = "facts"  # dcc.Store: what the server knows of the view (matches of a search, ward figures, the open venue)
MAP_CLICK = "map-click"  # dcc.Store {"venues": [ids], "lngLat": [lon, lat]}
MAP_WARD = "map-ward"  # dcc.Store {"code": ward code}
MAP_AREA = "map-area"  # dcc.Store {"polygon": [[lon, lat], ...]} or None
MOVE = "move"  # dcc.Store {"venue", "lon", "lat", "sure"} or {"venue", "back"}: a point that a person moves
MOVE_ANSWER = "move-answer"  # dcc.Store {"kind", "text", "job"}: what became of it
MOVE_PULSE = "move-pulse"  # dcc.Interval that asks for it while the worker is at it
OPEN_VENUE = "open-venue"  # dcc.Store {"id", "code", "lon", "lat"} of the venue in the address, or None
MAP_COUNT = "map-count"  # how many are on the map, in the table, without a point

# The drawn area
AREA_PANEL = "area-panel"

# The drawer from the right (callbacks/drawer/levels.py)
DRAWER = "drawer"
DRAWER_BODY = "drawer-body"
DRAWER_CLOSE = "drawer-close"
DRAWER_STATE = "drawer-state"  # dcc.Store: the level, and what of the address it depends on

# The table from below
TABLE_PANEL = "table-panel"
TABLE_TOGGLE = "table-toggle"
TABLE_BODY = "table-body"  # empty until the table is opened for the first time
TABLE = "table"
TICKED = "ticked"  # the bar of what is ticked in the table, with what may be done there (assets/actions.js)
TABLE_HEADING = "table-heading"
TABLE_ROWS = "table-rows"  # dcc.Store: how many rows the table holds for the filters in force
EXPORTS = "exports"
