"""The table of a comparison for a terminal, with what it is of and what it cannot say."""

import math
from collections.abc import Iterator

from data.reference.travel import DETOUR
from data.texts.catalogue import number, percent, t
from planning.harness.comparison import Comparison, Population
from planning.harness.measures import LEAST_FOUND
from planning.harness.scoring import DRAWS, Score

COLUMNS = ("order", "days_earlier", "first_half", "wards", "household", "enterprise", "kilometres")
NOTES = ("days_earlier", "first_half", "wards", "kilometres", "cannot")
NONE = "–"


def table(compared: Comparison, lang: str) -> Iterator[str]:
    """Lines of text: who is compared, a line an order, and what the columns mean."""
    population = compared.population
    yield from _population(population, lang)
    yield ""
    rows = [
        [t(f"harness.column.{name}", lang) for name in COLUMNS],
        _row(t("harness.order.order", lang), compared.order, lang),
        *(_row(t("harness.arm", lang, arm=arm.name, visits=arm.visits), arm, lang) for arm in compared.arms),
        *(_row(t(f"harness.order.{line.name}", lang, draws=DRAWS), line, lang) for line in compared.baselines),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    for row in rows:
        yield "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
    yield ""
    factor = number(DETOUR, lang, 2)
    for name in NOTES:
        yield t(f"harness.note.{name}", lang, least=LEAST_FOUND, factor=factor, wards=population.wards_compared)


def _population(population: Population, lang: str) -> Iterator[str]:
    yield t(
        "harness.population",
        lang,
        compared=population.compared,
        household=population.household,
        enterprise=population.enterprise,
        wards=population.wards,
        found=population.found,
    )
    yield t(
        "harness.population.left_out",
        lang,
        on_free_days=population.on_free_days,
        not_in_order=population.not_in_order,
        without_outcome=population.without_outcome,
        outcomes=population.outcomes,
        order=population.order,
    )
    for key, span in (("history", population.history), ("planned", population.planned)):
        yield t(f"harness.span.{key}", lang, first=span.first, last=span.last, most=span.most)
    if population.planned.most > population.history.most:
        yield t("harness.span.more", lang)


def _row(name: str, score: Score, lang: str) -> list[str]:
    return [
        name,
        _earlier(score, lang),
        _share(score.first_half, lang),
        _number(score.wards, lang, 2),
        _share(score.household, lang),
        _share(score.enterprise, lang),
        _number(score.kilometres, lang, 1),
    ]


def _earlier(score: Score, lang: str) -> str:
    mean = _number(score.days_earlier, lang, 1)
    if score.name == "history" or math.isnan(score.low):
        return mean
    return f"{mean} [{_number(score.low, lang, 1)}; {_number(score.high, lang, 1)}]"


def _share(value: float, lang: str) -> str:
    return NONE if math.isnan(value) else percent(value, lang, 0)


def _number(value: float, lang: str, digits: int) -> str:
    return NONE if math.isnan(value) else number(round(value, digits) + 0.0, lang, digits)
