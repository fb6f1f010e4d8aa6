"""The six statuses as they are drawn: order, colour, size and outline. Map, charts, tables and documents read this.

Colours are from Okabe and Ito's set for colour-blind readers (Color Universal Design, 2008); each status is told apart
in greyscale by size and outline, too. Names on the screen stand in ``data/reference/texts.csv`` as ``status.<code>``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class StatusStyle:
    """How one status is drawn; sizes in CSS pixels, ``rank`` from drawn last (0) to drawn first.

    ``core`` is the colour of a second, smaller disc in the middle, ``core_share`` its share of the radius.
    """

    code: str
    colour: str
    radius: float
    outline: str
    outline_width: float
    is_ring: bool
    rank: int
    core: str | None = None
    core_share: float = 0.0


# In the order in which they are listed to a reader: what needs action first.
STATUS_STYLES: tuple[StatusStyle, ...] = (
    StatusStyle("violating", "#D55E00", 6.5, "#3A1A00", 1.8, False, 0),
    StatusStyle("suspended", "#3B1F5B", 5.5, "#3B1F5B", 2.4, True, 1),
    StatusStyle("reminded", "#E69F00", 5.0, "#5C4000", 1.2, False, 2, "#5C4000", 0.42),
    StatusStyle("unregistered", "#8A8F98", 4.0, "#6B7079", 1.0, False, 3, "#FFFFFF", 0.62),
    StatusStyle("registered", "#0072B2", 4.0, "#FFFFFF", 0.8, False, 4, "#FFFFFF", 0.36),
    StatusStyle("scanning", "#009E73", 3.4, "#FFFFFF", 0.5, False, 5),
)

STYLE_OF: dict[str, StatusStyle] = {style.code: style for style in STATUS_STYLES}
