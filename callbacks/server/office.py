"""The frame of the office's screens: one Dash app each, beside the map's on the same server.

A screen is made by :func:`make`, and its layout by :func:`page`. Nothing is put into its document by itself: it names
the stylesheets and scripts of ``assets/`` that it needs.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

from dash import Dash, Input, Output, ctx, dcc, html, set_props
from dash.development.base_component import Component
from flask import Flask, abort, has_request_context, request
from markupsafe import Markup

from callbacks.server import bar as bars
from callbacks.server import caller, errors
from callbacks.server.language import language_asked, language_of_caller
from data.access.caller import Caller, current_caller
from data.access.roles import AT_CASES, DESK, Right
from data.database.connection import app_connection
from data.errors import UserError
from data.queries.waiting import counts
from data.texts.catalogue import t

log = logging.getLogger(__name__)

NOTICE = "office-notice"
PROPOSALS = "/field/proposals"
PAPERS = "/papers/"
"""The page from which everything that is printed, sent or read out is reached."""
SCREENS: tuple[tuple[str, str, frozenset[Right]], ...] = (
    (DESK, "desk.title", frozenset(get_args(Right))),
    ("/", "office.map", frozenset(("view",))),
    ("/inspections/", "inspections.screen", frozenset(("inspect",))),
    ("/cases/", "case.title", frozenset(AT_CASES)),
    ("/publication/", "publication.title", frozenset(("publish", "approve"))),
    ("/reports/", "reports.title", frozenset(("report", "aggregate", "approve"))),
    (PAPERS, "papers.title", frozenset(("view",))),
    ("/imports/", "imports.title", frozenset(("load",))),
    ("/review/", "review.title", frozenset(("review",))),
    ("/quality/", "quality.title", frozenset(("quality",))),
    ("/priority/", "priority.title", frozenset(("weigh",))),
    ("/effects/", "effects.title", frozenset(("approve", "inspect", "quality"))),
    ("/field/", "field.title", frozenset(("remind",))),
    (PROPOSALS, "field.proposals.short", frozenset(("confirm", "review"))),
    ("/accounts/", "accounts.title", frozenset(("accounts",))),
    ("/audit/", "audit.title", frozenset(("audit",))),
)
"""All screens in the order of the navigation: key of the title, and the rights any one of which opens it and shows the
link. Those that are Dash apps are opened by these rights at the gate; the routes of the others state theirs themselves.
"""


def rights_of(apps: Sequence[Dash]) -> dict[str, frozenset[Right]]:
    """For the prefix of each Dash app the rights any one of which opens it, for the gate."""
    opened_by = {address: rights for address, _, rights in SCREENS}
    return {prefix: opened_by[prefix] for prefix in (app.config.routes_pathname_prefix for app in apps)}


_INDEX = (Path(__file__).parent / "templates" / "office.html").read_text("utf-8")


class Office(Dash):
    """A screen of the office with its first document in the language of the address."""

    def __init__(
        self, *args: Any, title_key: str, styles: Sequence[str], scripts: Sequence[str], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._title_key, self._styles, self._scripts = title_key, styles, scripts

    def _layout_value(self) -> Any:
        """The layout: also asked for once at the start, before any request, for the ids that callbacks may name."""
        if has_request_context():
            return super()._layout_value()  # type: ignore[no-untyped-call]
        with self.server.test_request_context():
            return super()._layout_value()  # type: ignore[no-untyped-call]

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]  # Dash calls it by keyword
        """The document that the browser gets first."""
        lang = language_asked()
        return _INDEX.format(
            **{
                **parts,
                "lang": lang,
                "title": f"{t(self._title_key, lang)} – {t('app.name', lang)}",
                "styles": "".join(f'<link rel="stylesheet" href="/assets/{name}">' for name in self._styles),
                "modules": "".join(_script(name) for name in self._scripts),
            }
        )


def make_shown(
    name: str,
    prefix: str,
    title_key: str,
    server: Flask,
    show: Callable[[str | None], list[Component]],
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
) -> Office:
    """A screen at ``prefix`` ("/quality/") whose whole content follows from its address.

    ``show`` gives it for the query ("?line=jumps&lang=en") and states who may. The word between the slashes names the
    stylesheet, the class of the content, and with ``-url`` and ``-content`` the components; ``styles`` and ``scripts``
    are what it needs besides.
    """
    word = prefix.strip("/")
    app = make(name, prefix, title_key, server, styles=(f"{word}.css", *styles), scripts=scripts)

    def layout() -> Component:
        parts = [dcc.Location(id=f"{word}-url", refresh=False), html.Div(id=f"{word}-content", className=word)]
        return page(parts, title_key, prefix)

    app.layout = layout
    app.callback(Output(f"{word}-content", "children"), Input(f"{word}-url", "search"))(show)
    return app


def make(
    name: str, prefix: str, title_key: str, server: Flask, styles: Sequence[str] = (), scripts: Sequence[str] = ()
) -> Office:
    """A screen at ``prefix`` ("/quality/") on ``server``; ``styles`` and ``scripts`` are files of ``assets/``."""
    app = Office(
        name,
        server=server,
        url_base_pathname=prefix,
        serve_locally=True,
        compress=False,
        update_title="",
        include_assets_files=False,
        on_error=report,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1, viewport-fit=cover"}],
        title_key=title_key,
        styles=styles,
        scripts=scripts,
    )

    def refuse_unknown_paths() -> None:
        if request.endpoint == f"{prefix}<path:path>":
            abort(404)

    server.before_request(refuse_unknown_paths)
    return app


def page(content: Sequence[Component], title_key: str, prefix: str) -> Component:
    """The layout of a screen: heading, navigation, who is at work, room for notices, then ``content``.

    Called while a request is answered: Dash asks for the layout once a visit.
    """
    lang = language_of_caller()
    return html.Div(
        [
            html.A(t("office.skip", lang), href="#office-main", className="skip"),
            bar(prefix, _page_address(prefix), lang),
            html.Div(id=NOTICE, role="status", className="notices"),
            html.Main([html.H1(t(title_key, lang)), *content], id="office-main"),
        ],
        id="office",
        lang=lang,
    )


def _page_address(prefix: str) -> str:
    """The address of the page that asks for its layout, as far as browsers say it."""
    query = (request.referrer or "").partition("?")[2]
    return f"{prefix}?{query}" if query else prefix


def report(error: Exception) -> None:
    """Error of a callback: a sentence where the person looks, what is not foreseen also in the log."""
    lang = language_of_caller()
    errors.note_refusal(error)
    if isinstance(error, UserError):
        sentence = error.sentence(lang)
    else:
        log.error("callback for %s failed", ctx.outputs_list, exc_info=error)
        sentence = t("notice.failed", lang)
    set_props(NOTICE, {"children": [errors.notice(sentence, "wrong")]})


def links(lang: str) -> list[bars.Link]:
    """The screens that the caller may open, in the order of the navigation; the desk bears the sum of what waits."""
    who = current_caller()
    if who is None:
        return []
    found = _counted(who)
    sums = found | {DESK: sum(found.values())}
    return [
        bars.Link(address, t(key, lang), sums.get(address, 0))
        for address, key, rights in SCREENS
        if any(map(caller.may, rights))
    ]


def _counted(who: Caller) -> dict[str, int]:
    try:
        with app_connection() as conn:
            return counts(conn, who)
    except UserError:  # the frame stands without its database, too
        return {}


def bar(here: str, address: str, lang: str) -> Component:
    """The bar of a page: ``here`` is the address of its screen, ``address`` its own with its query."""
    return bars.bar(links(lang), here, address, lang)


def bar_html(here: str, address: str, lang: str) -> Markup:
    """The same for a page of a template."""
    return bars.as_html(bar(here, address, lang))


def _script(name: str) -> str:
    kind = ' type="module"' if name.endswith(".mjs") else ""
    return f'<script src="/assets/{name}"{kind}></script>'
