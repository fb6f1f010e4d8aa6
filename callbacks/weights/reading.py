"""Weights as an address or a form writes them."""

from collections.abc import Mapping
from dataclasses import dataclass

from data.desk.weights import Setting, WeightsRefused
from data.queries.priority import PARTS

INSPECTIONS, TWO_PERSON = "inspections", "two_person"


@dataclass(frozen=True)
class Asked:
    """Weights by part, and what else is to hold."""

    weights: Mapping[str, float]
    inspections_a_year: int
    two_person: bool

    def differs_from(self, setting: Setting) -> bool:
        """Whether anything would change."""
        now = (dict(setting.weights), setting.inspections_a_year, setting.two_person)
        return (dict(self.weights), self.inspections_a_year, self.two_person) != now

    def as_pairs(self) -> dict[str, str]:
        """As the form writes it."""
        pairs = {part: f"{self.weights[part]:g}" for part in PARTS}
        pairs[INSPECTIONS] = str(self.inspections_a_year)
        return pairs | ({TWO_PERSON: "1"} if self.two_person else {})


def of_setting(setting: Setting) -> Asked:
    """What is in force, as if it had been asked for."""
    return Asked(setting.weights, setting.inspections_a_year, setting.two_person)


def read(given: Mapping[str, str]) -> Asked | None:
    """What a form says; None: it says nothing of weights.

    Raises
    ------
    WeightsRefused
        Something in it is no number. Whether it may be set, the database says.
    """
    if not any(part in given for part in PARTS):
        return None
    return Asked(
        {part: _number(given.get(part, ""), "malformed") for part in PARTS},
        int(_number(given.get(INSPECTIONS, ""), "inspections")),
        given.get(TWO_PERSON) == "1",
    )


def _number(text: str, why: str) -> float:
    written = text.strip()
    if not written.isascii() or not written.isdigit() or len(written) > 6:
        raise WeightsRefused(why)
    return int(written)
