"""The bar over every page: name, navigation, what the page itself puts there, account, language.

One tree of components for pages of Dash and, as HTML, for those of templates: it is the same everywhere, in the same
order, and on a phone the navigation folds into a button (``assets/frame.js``, ``assets/frame.css``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from callbacks.server.language import in_other_language, other_language, with_language
from data.access.caller import current_caller
from data.texts.catalogue import number, t

FOLDED_IN = "screens"
"""Id of what the button of the navigation opens."""
_WIDTHS = (760, 1000, 1200, 1440, 1600, 1900)
"""Of windows, in pixels, from which on ``assets/frame.css`` can unfold the navigation."""
_LETTER, _PADDING, _REST = 7.2, 20, 500
"""Pixels of a letter, around a link, and of what else stands in the bar."""
_ATTRIBUTES = {"className": "class", "htmlFor": "for", "hrefLang": "hreflang"}


@dataclass(frozen=True)
class Link:
    """A screen in the navigation; ``waiting``: how much waits for the caller there."""

    address: str
    title: str
    waiting: int

    def text(self, lang: str) -> str:
        """What the link says."""
        return f"{self.title} ({number(self.waiting, lang)})" if self.waiting else self.title


def navigation(links: Sequence[Link], here: str, lang: str, besides: int = 0) -> list[Component]:
    """The screens; ``here`` is the address of the one that is open. Whoever is not signed in has none.

    ``besides``: pixels of what the page itself puts into the bar. Where the links have no room they are folded.
    """
    if not links:
        return []
    need = _REST + besides + sum(len(link.text(lang)) * _LETTER + _PADDING for link in links)
    width = next((width for width in _WIDTHS if width >= need), _WIDTHS[-1])
    waiting = next((link.waiting for link in links if link.waiting), 0)
    told = f" ({number(waiting, lang)})" if waiting else ""
    label = {"aria-label": t("office.navigation", lang)}
    button = html.Button(
        [
            html.Span("☰", **{"aria-hidden": "true"}),
            html.Span(f" {t('office.menu', lang)}", className="word"),
            html.Span(told),
        ],
        type="button",
        **{
            "aria-label": f"{t('office.navigation', lang)}{told}",
            "data-menu": FOLDED_IN,
            "aria-expanded": "false",
            "aria-controls": FOLDED_IN,
        },
    )
    anchors = [
        html.A(
            link.text(lang),
            href=with_language(link.address, lang),
            **({"aria-current": "page"} if link.address == here else {}),
        )
        for link in links
    ]
    listed = html.Div(anchors, id=FOLDED_IN)
    return [html.Nav([button, listed], className=f"screens from-{width}", **label)]


def account(lang: str) -> list[Component]:
    """Who is signed in, and the ways to their account and out; nothing where nobody is."""
    who = current_caller()
    if who is None:
        return []
    query = with_language("", lang)
    name = html.A(
        [html.Span(who.name, className="full"), html.Span(t("access.own.short", lang), className="short")],
        href=f"/account/{query}",
        title=t("access.own.title", lang),
    )
    leave = html.Form(html.Button(t("access.sign_out", lang), type="submit"), method="POST", action=f"/sign-out{query}")
    return [html.Div([name, leave], className="account")]


def language(address: str, lang: str, **more: str) -> Component:
    """The way to the same page in the other language, which is then kept (``callbacks.server.language``)."""
    other = other_language(lang)
    return html.A(
        t("language.other", lang),
        href=in_other_language(address, lang),
        className="language",
        lang=other,
        hrefLang=other,
        **more,
    )


def bar(links: Sequence[Link], here: str, address: str, lang: str) -> Component:
    """The bar of a page that puts nothing of its own there. ``here``: address of its screen; ``address``: its own, with
    its query."""
    name = html.P(t("app.name", lang), className="name")
    parts = [name, *navigation(links, here, lang), *account(lang), language(address, lang)]
    return html.Header(parts, className="bar")


def as_html(component: Component | str) -> Markup:
    """A tree of plain elements as HTML, escaped."""
    if isinstance(component, str):
        return Markup.escape(component)
    told: dict[str, Any] = component.to_plotly_json()
    properties = dict(told["props"])
    children = properties.pop("children", None)
    below = children if isinstance(children, list) else [] if children is None else [children]
    tag = told["type"].lower()
    written = Markup("").join(
        Markup(' {}="{}"').format(_ATTRIBUTES.get(name, name), value) for name, value in properties.items()
    )
    return Markup("<{0}{1}>{2}</{0}>").format(tag, written, Markup("").join(map(as_html, below)))
