"""Where venues without coordinates are: from their addresses, with how sure that is; and points moved by hand."""

from etl.locating.hand import apply_hand_points as apply_hand_points
from etl.locating.hand import hand_points as hand_points
from etl.locating.hand import move_by_hand as move_by_hand
from etl.locating.hand import require_in_district as require_in_district
from etl.locating.relocating import OWN_POINT as OWN_POINT
from etl.locating.relocating import locate_incoming as locate_incoming
from etl.locating.relocating import relocate as relocate
from etl.locating.relocating import write_relocated as write_relocated
