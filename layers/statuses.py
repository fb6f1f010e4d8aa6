"""The statuses as they are drawn: order, colour, size and outline. Map, charts, tables and documents read this.

Colours are from Okabe and Ito's set for colour-blind readers (Color Universal Design, 2008); each status is told apart
in greyscale by size and outline, too. Names on the screen stand in ``data/reference/texts.csv`` as ``status.<code>``.
"""

from dataclasses import dataclass

from data.vocabulary import BY_URGENCY


@dataclass(frozen=True)
class StatusStyle:
    """How one status is drawn; sizes in CSS pixels.

    ``core`` is the colour of a second, smaller disc in the middle, ``core_share`` its share of the radius.
    """

    code: str
    colour: str
    radius: float
    outline: str
    outline_width: float
    is_ring: bool
    core: str | None = None
    core_share: float = 0.0


_STYLES = (
    StatusStyle("violating", "#D55E00", 6.5, "#3A1A00", 1.8, False),
    StatusStyle("suspended", "#3B1F5B", 5.5, "#3B1F5B", 2.4, True),
    StatusStyle("reminded", "#E69F00", 5.0, "#5C4000", 1.2, False, "#5C4000", 0.42),
    StatusStyle("unregistered", "#8A8F98", 4.0, "#6B7079", 1.0, False, "#FFFFFF", 0.62),
    StatusStyle("registered", "#0072B2", 4.0, "#FFFFFF", 0.8, False, "#FFFFFF", 0.36),
    StatusStyle("scanning", "#009E73", 3.4, "#FFFFFF", 0.5, False),
)

STATUS_STYLES: tuple[StatusStyle, ...] = tuple(sorted(_STYLES, key=lambda style: BY_URGENCY.index(style.code)))
"""In the order in which they are listed to a reader; drawn the other way round, so that the first lies on top."""
STYLE_OF: dict[str, StatusStyle] = {style.code: style for style in STATUS_STYLES}
