"""What is picked: a suggestion while typing, a venue on the map, the venue that the address opens."""

from dataclasses import asdict
from typing import Any

from dash import html
from dash.development.base_component import Component

from callbacks.view.filters import go
from data.queries.search import Suggestion
from data.queries.selection import VenuePoint
from data.texts.catalogue import t


def suggestion_list(found: list[Suggestion], lang: str) -> list[Component]:
    """Venues that may be meant, each a button that opens it; a sentence when a search finds none."""
    if not found:
        return [html.P(t("search.nothing", lang), className="quiet")]
    return [_suggestion(suggestion, lang) for suggestion in found]


def _suggestion(suggestion: Suggestion, lang: str) -> Component:
    place = ", ".join(part for part in (suggestion.address, suggestion.ward_name) if part)
    return html.Button(
        [
            html.Span(className=f"swatch {suggestion.status}", title=t(f"status.{suggestion.status}", lang)),
            html.Span([html.Span(suggestion.name, className="name"), html.Span(place, className="place")]),
            html.Span(suggestion.code, className="code"),
        ],
        type="button",
        role="option",
        className="suggestion",
        tabIndex=-1,
        **go(venue=suggestion.code),
    )


def open_venue(point: VenuePoint | None) -> dict[str, Any] | None:
    """What the map needs of the venue that is open: its id and, where it has one, its point."""
    return asdict(point) if point else None
