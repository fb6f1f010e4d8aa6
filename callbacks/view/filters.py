"""The filters of the page: read from the address, offered in the rail, shown as chips."""

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode

from dash import dcc, html
from dash.development.base_component import Component

from callbacks import ids
from callbacks.server.language import language_in, with_language
from callbacks.view.legend import MEASURES, measure_card, unsure_key
from data.errors import UnknownFilter, UserError
from data.queries.figures import Cube, count_by, location_counts
from data.queries.filters import NO_WARD, POINT_OF_SALE, Filters
from data.queries.options import Options
from data.queries.unlocated import UnmatchedWard
from data.status.days import require_known
from data.texts.catalogue import Language, number, t
from layers.statuses import STATUS_STYLES

FILTER_KEYS = ("day", "status", "ward", "category", "q", "area", "located", "venue")


@dataclass(frozen=True)
class View:
    """What an address asks for, as far as it can be read; ``problems`` says in Vietnamese what could not."""

    filters: Filters
    lang: Language
    measure: str = MEASURES[0]
    problems: tuple[str, ...] = ()


def read(search: str | None, day: dt.date, first_day: dt.date | None, options: Options) -> View:
    """The view of an address. Nothing is raised: what cannot be read is left out and named in ``problems``.

    Parameters
    ----------
    search : query of the address, with or without "?"
    day : the day meant when the address names none
    first_day : first day of which anything is known
    options : wards and categories that exist
    """
    given = {key: values[-1] for key, values in parse_qs((search or "").lstrip("?")).items()}
    readable: dict[str, str] = {}
    problems: list[str] = []
    for key in FILTER_KEYS:
        if key not in given:
            continue
        try:
            filters = Filters.from_query_string(urlencode({key: given[key]}), day)
            _require_existing(filters, first_day, day, options)
        except UserError as error:
            problems.append(error.sentence(language_in(search)))
        else:
            readable[key] = given[key]
    return View(
        Filters.from_query_string(urlencode(readable), day),
        language_in(search),
        given["measure"] if given.get("measure") in MEASURES else MEASURES[0],
        tuple(dict.fromkeys(problems)),
    )


def _require_existing(filters: Filters, first_day: dt.date | None, current_day: dt.date, options: Options) -> None:
    """Raise an UserError when the one filter that is set names what is not there."""
    if first_day is not None:
        require_known(filters.day, first_day, current_day)
    for code in sorted(filters.wards - {NO_WARD}):
        if options.ward_name(code) is None:
            raise UnknownFilter("error.filter.ward", code=code)
    for code in sorted(filters.categories - {POINT_OF_SALE}):
        if options.category(code) is None:
            raise UnknownFilter("error.filter.category", code=code)


def go(**patch: str | None) -> dict[str, str]:
    """Attribute of an element that changes the address when clicked; None takes a key out."""
    return {"data-go": json.dumps(patch, ensure_ascii=False)}


def file_query(filters: Filters, lang: str) -> str:
    """Query of an address under ``/exports`` that gives what is filtered, of the day shown."""
    return with_language(f"?{filters.without('venue').to_query_string()}", lang)


# --- The lists of the rail ------------------------------------------------------------------------------------------


def status_options(cube: Cube, filters: Filters, lang: str) -> list[dict[str, Any]]:
    """The legend: every status with its swatch and its venues. Its counts ignore the filter on status itself."""
    counts = count_by(cube.select(filters, ignoring="statuses"), "status")
    return [
        {
            "value": style.code,
            "label": _option_label(
                t(f"status.{style.code}", lang), counts[style.code], lang, html.Span(className=f"swatch {style.code}")
            ),
        }
        for style in STATUS_STYLES
    ]


def ward_options(cube: Cube, filters: Filters, options: Options, lang: str) -> list[dict[str, Any]]:
    """Wards by name with their venues, then those without a ward; the counts ignore the filter on wards itself."""
    counts = count_by(cube.select(filters, ignoring="wards"), "ward")
    named = [(ward.code, ward.name) for ward in options.wards] + [(NO_WARD, t("ward.none", lang))]
    return [{"value": code, "label": _option_label(name, counts[code], lang)} for code, name in named]


def category_options(cube: Cube, filters: Filters, options: Options, lang: str) -> list[dict[str, Any]]:
    """Points of sale as a group with its members below it, then the others; the counts ignore this filter itself."""
    counts: Counter[str] = count_by(cube.select(filters, ignoring="categories"), "category")
    group = sum(counts[code] for code in cube.points_of_sale)
    rows = [{"value": POINT_OF_SALE, "label": _option_label(t("category.point_of_sale", lang), group, lang)}]
    for category in sorted(options.categories, key=lambda category: not category.is_point_of_sale):
        look = " member" if category.is_point_of_sale else ""
        label = _option_label(category.name(lang), counts[category.code], lang, look=look)
        rows.append({"value": category.code, "label": label})
    return rows


def _option_label(name: str, count: int, lang: str, *marks: Component, look: str = "") -> Component:
    return html.Span(
        [*marks, html.Span(name, className="option-name"), html.Span(number(count, lang), className="option-count")],
        className=("option" if count else "option none") + look,
    )


def unlocated(cube: Cube, filters: Filters, unmatched: list[UnmatchedWard], lang: str) -> list[Component]:
    """Venues without a ward, without a point, outside their ward: counted always, each a button that filters."""
    rows = [
        html.Button(
            [
                html.Span(t(f"located.{name}", lang), className="option-name"),
                html.Span(number(count, lang), className="option-count"),
            ],
            type="button",
            className="unlocated-row",
            disabled=count == 0 and filters.located != name,
            title=t(f"located.{name}.why", lang),
            **{"aria-pressed": "true" if filters.located == name else "false"},
            **go(located=None if filters.located == name else name),
        )
        for name, count in location_counts(cube, filters).items()
    ]
    names = [
        html.Li(
            f"{ward.name or t('located.no_name', lang)}: {number(ward.venues, lang)}",
        )
        for ward in unmatched
    ]
    if names:
        rows.append(html.Details([html.Summary(t("located.names", lang)), html.Ul(names)], className="unmatched"))
    return rows


# --- Chips ----------------------------------------------------------------------------------------------------------


def chips(filters: Filters, current_day: dt.date, options: Options, lang: str) -> list[Component]:
    """The filters in force, each with a button that takes it away, and one that takes all away."""
    found = [
        *_day_chip(filters, current_day, lang),
        *(_list_chip("status", filters.statuses, code, t(f"status.{code}", lang), lang) for code in _listed(filters)),
        *(
            _list_chip("ward", filters.wards, code, ward_name(options, code, lang), lang)
            for code in sorted(filters.wards, key=lambda code: ward_name(options, code, lang))
        ),
        *(
            _list_chip("category", filters.categories, code, category_name(options, code, lang), lang)
            for code in sorted(filters.categories, key=lambda code: category_name(options, code, lang))
        ),
    ]
    if filters.query:
        found.append(_chip(f"«{filters.query}»", lang, q=None))
    if filters.area:
        found.append(_chip(t("chip.area", lang), lang, area=None))
    if filters.located:
        found.append(_chip(t(f"located.{filters.located}", lang), lang, located=None))
    if found:
        everything = dict.fromkeys(key for key in FILTER_KEYS if key != "venue")
        found.append(html.Button(t("chip.clear", lang), type="button", className="clear", **go(**everything)))
    return found


def nothing_found(venues: int, found: list[Component], lang: str) -> list[Component]:
    """Said on the map where chips stand and leave no venue; an empty map could be one that is still loading."""
    return [html.P(t("drawer.nothing", lang), className="nothing", role="status")] if found and not venues else []


def describe(filters: Filters, options: Options, lang: str) -> str:
    """The filters in words, for the head of a file: "Tình trạng: Vi phạm; Phường: Mộ Lao"."""
    parts = []
    if filters.statuses:
        names = ", ".join(t(f"status.{code}", lang) for code in _listed(filters))
        parts.append(f"{t('filter.status', lang)}: {names}")
    if filters.wards:
        names = ", ".join(sorted(ward_name(options, code, lang) for code in filters.wards))
        parts.append(f"{t('filter.ward', lang)}: {names}")
    if filters.categories:
        names = ", ".join(sorted(category_name(options, code, lang) for code in filters.categories))
        parts.append(f"{t('filter.category', lang)}: {names}")
    if filters.query:
        parts.append(f"{t('filter.search', lang)}: «{filters.query}»")
    if filters.area:
        parts.append(t("chip.area", lang))
    if filters.located:
        parts.append(t(f"located.{filters.located}", lang))
    return "; ".join(parts) or t("filter.nothing", lang)


def ward_name(options: Options, code: str, lang: str) -> str:
    """Name of a ward or of the lack of one."""
    return options.ward_name(code) or t("ward.none", lang)


def category_name(options: Options, code: str, lang: str) -> str:
    """Name of a category or of the group of points of sale."""
    category = options.category(code)
    return category.name(lang) if category else t("category.point_of_sale", lang)


def _listed(filters: Filters) -> list[str]:
    return [style.code for style in STATUS_STYLES if style.code in filters.statuses]


def _day_chip(filters: Filters, current_day: dt.date, lang: str) -> list[Component]:
    if filters.day == current_day:
        return []
    return [_chip(t("chip.day", lang, day=filters.day), lang, day=None)]


def _list_chip(key: str, chosen: frozenset[str], code: str, name: str, lang: str) -> Component:
    return _chip(name, lang, **{key: ",".join(sorted(chosen - {code})) or None})


def _chip(name: str, lang: str, **patch: str | None) -> Component:
    return html.Span(
        [
            name,
            html.Button("×", type="button", **{"aria-label": t("chip.remove", lang, name=name)}, **go(**patch)),
        ],
        className="chip",
    )


# --- The rail -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rail:
    """What the rail holds when the page opens."""

    view: View
    current_day: dt.date
    first_day: dt.date | None
    lists: dict[str, list[dict[str, Any]]]


def rail(content: Rail) -> Component:
    """The left rail: search, day, legend, wards, categories, and what has no place on the map."""
    lang, filters = content.view.lang, content.view.filters
    return html.Aside(
        [
            html.Button(t("filter.close", lang), type="button", className="rail-close", **{"data-close": "rail"}),
            _search_box(filters, lang),
            _day_field(content),
            _list(ids.STATUS_FILTER, "filter.status", content, filters.statuses, is_open=True),
            unsure_key(lang),
            measure_card(content.view.measure, lang),
            _list(ids.WARD_FILTER, "filter.ward", content, filters.wards, is_open=True),
            _list(
                ids.CATEGORY_FILTER, "filter.category", content, filters.categories, is_open=bool(filters.categories)
            ),
            html.Section(
                [html.H2(t("located.title", lang)), html.Div(id=ids.UNLOCATED)], className="rail-section unlocated"
            ),
        ],
        id=ids.RAIL,
        **{"aria-label": t("filter.title", lang)},
    )


def empty_rail(lang: Language) -> Component:
    """The rail without anything to choose."""
    today_only = dt.date.min
    view = View(Filters(today_only), lang)
    nothing: dict[str, list[dict[str, Any]]] = {ids.STATUS_FILTER: [], ids.WARD_FILTER: [], ids.CATEGORY_FILTER: []}
    return rail(Rail(view, today_only, None, nothing))


def _search_box(filters: Filters, lang: str) -> Component:
    return html.Div(
        [
            html.Label(t("filter.search", lang), htmlFor=ids.SEARCH, className="for-screen-readers"),
            dcc.Input(
                id=ids.SEARCH,
                type="search",
                value=filters.query,
                # The browser script waits for a pause in typing: a value set meanwhile would move the cursor.
                debounce=True,
                placeholder=t("filter.search.hint", lang),
                autoComplete="off",
                maxLength=100,
            ),
            html.Div(id=ids.SUGGESTIONS, role="listbox", **{"aria-label": t("filter.suggestions", lang)}),
        ],
        className="search-box",
    )


def _day_field(content: Rail) -> Component:
    lang = content.view.lang
    return html.Section(
        [
            html.H2(t("filter.day", lang)),
            html.Div(
                [
                    html.Button("‹", id=ids.DAY_BACK, type="button", **{"aria-label": t("filter.day.back", lang)}),
                    dcc.DatePickerSingle(
                        id=ids.DAY,
                        date=content.view.filters.day,
                        min_date_allowed=content.first_day,
                        max_date_allowed=content.current_day,
                        display_format="DD/MM/YYYY",
                        month_format="MM/YYYY",
                        first_day_of_week=1,
                        placeholder=t("filter.day", lang),
                    ),
                    html.Button(
                        "›", id=ids.DAY_FORWARD, type="button", **{"aria-label": t("filter.day.forward", lang)}
                    ),
                    html.Button(
                        t("filter.day.latest", lang),
                        id=ids.DAY_LATEST,
                        type="button",
                        className="quiet",
                        **go(day=None),
                    ),
                ],
                className="day-field",
            ),
        ],
        className="rail-section",
    )


def _list(name: str, title: str, content: Rail, chosen: frozenset[str], *, is_open: bool) -> Component:
    heading = t(title, content.view.lang)
    options = dcc.Checklist(id=name, options=content.lists[name], value=sorted(chosen), className="options")
    return html.Details(
        [html.Summary(html.H2(heading)), html.Div(options, role="group", **{"aria-label": heading})],
        open=is_open,
        className="rail-section",
        **{"data-filter": title.removeprefix("filter.")},
    )


def lists(cube: Cube, filters: Filters, options: Options, lang: str) -> dict[str, list[dict[str, Any]]]:
    """Options of the three lists by their component's id."""
    return {
        ids.STATUS_FILTER: status_options(cube, filters, lang),
        ids.WARD_FILTER: ward_options(cube, filters, options, lang),
        ids.CATEGORY_FILTER: category_options(cube, filters, options, lang),
    }
