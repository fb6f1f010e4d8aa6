"""Teams as they are drawn: a colour by the team's number. Map, lists and the sheets on paper read this.

The colours were searched for: told apart by readers with red-, green- and blue-blind eyes (CIE76 after the models of
Machado 2009), and far from those of the statuses, with which they share the map. After eight they begin again: the
number stands beside the colour wherever it is shown.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class TeamLook:
    """A colour, and that of the number on it (contrast of 4.5 at least)."""

    colour: str
    ink: str


LOOKS: tuple[TeamLook, ...] = (
    TeamLook("#0033FF", "#FFFFFF"),
    TeamLook("#AA8811", "#000000"),
    TeamLook("#111111", "#FFFFFF"),
    TeamLook("#4499BB", "#000000"),
    TeamLook("#9977FF", "#000000"),
    TeamLook("#667755", "#FFFFFF"),
    TeamLook("#001177", "#FFFFFF"),
    TeamLook("#004466", "#FFFFFF"),
)
"""Of the first team, the second, …; after the last the first again."""
NOBODY = TeamLook("#FFFFFF", "#1F2937")
"""Of a stop to which nobody goes."""
