"""Creates the Dash app: configuration, routes, screens; nothing else. Served by gunicorn as ``app:server``."""

from dash import Dash
from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from callbacks import exports, field
from callbacks.access import accounts, gate, oidc, own, sign_in
from callbacks.actions import routes as actions
from callbacks.audit import screen as audit_screen
from callbacks.cases import reminder_checks
from callbacks.cases import screen as cases
from callbacks.codes import screen as codes
from callbacks.desk import screen as desk_screen
from callbacks.drawer import contact
from callbacks.drawer import levels as drawer
from callbacks.effects import screen as effects_screen
from callbacks.guidance import pages as guidance_pages
from callbacks.guidance import screen as guidance
from callbacks.imports import screen as imports_screen
from callbacks.inspections import screen as inspections_screen
from callbacks.letters import broadcasts
from callbacks.letters import hub as papers
from callbacks.letters import screen as letters
from callbacks.map import moving, tiles
from callbacks.map import settings as map_screen
from callbacks.page import answers as page
from callbacks.page.frame import INDEX
from callbacks.posters import screen as posters
from callbacks.public import screen as public
from callbacks.publication import screen as publication
from callbacks.quality import screen as quality_screen
from callbacks.reports import screen as reports
from callbacks.review import screen as review_screen
from callbacks.server import errors, health, metrics, numbers, office, request_log, security
from callbacks.server import language as languages
from callbacks.server.language import language_asked
from callbacks.sharing import links as shared_links
from callbacks.sharing import screen as sharing
from callbacks.slip import screen as slip
from callbacks.view import legend
from callbacks.weights import saving as weights
from callbacks.weights import screen as weights_screen
from data.settings import get_settings
from data.texts.catalogue import t

# The map's scripts are ES modules that load one another: Dash serves them, and puts none into the page by itself.
# The office's screens name their own files.
NOT_THE_MAPS = (
    r".*\.mjs$|(access|audit|cases|codes|desk|effects|field|guidance|imports|inspections|jsqr|letters|office|posters"
    r"|priority|publication|quality|reports|review|session|sharing|slip|tus)\..*"
)


class Page(Dash):
    """The Dash app with its first document in the language of the address."""

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]  # Dash calls it by keyword
        """The document that the browser gets first, in the language of its address."""
        lang = language_asked()
        return INDEX.format(
            **{
                **parts,
                "lang": lang,
                "title": t("app.title", lang),
                "symbols": legend.STYLESHEET,
                "map": map_screen.head(lang),
            }
        )


def create_app() -> Page:
    """The app with every screen and route, ready to be served."""
    app = Page(
        __name__,
        serve_locally=True,
        compress=False,
        update_title="",
        assets_ignore=NOT_THE_MAPS,
        on_error=errors.report,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1, viewport-fit=cover"}],
    )
    # Compresses text as it leaves; vector tiles are left alone (callbacks.map.tiles decides what pays there).
    numbers.register(app.server)
    request_log.register(app.server)
    Compress(app.server)
    for screen in (page, map_screen, drawer, moving):
        screen.register(app)
    for routes in (
        tiles,
        legend,
        exports,
        contact,
        actions,
        cases,
        reminder_checks,
        publication,
        reports,
        posters,
        papers,
        letters,
        broadcasts,
        codes,
        guidance,
        guidance_pages,
        sharing,
        shared_links,
        weights,
        field,
        health,
        metrics,
        errors,
        sign_in,
        oidc,
        own,
        accounts,
        slip,
        public,
    ):
        routes.register(app.server)
    offices = [
        screen.register(app.server)
        for screen in (
            desk_screen,
            imports_screen,
            review_screen,
            quality_screen,
            inspections_screen,
            effects_screen,
            weights_screen,
            audit_screen,
        )
    ]
    gate.register(app.server, office.rights_of([app, *offices]))
    gate.require_stated(app.server, [app, *offices])
    metrics.know_callbacks(app.server, [app, *offices])
    security.register(app)
    languages.register(app.server)
    if proxies := get_settings().trusted_proxies:
        # Address, scheme and host as the browser has them; of what more proxies claim nothing is believed.
        app.server.wsgi_app = ProxyFix(app.server.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)
    # Dash sets itself up at its first request; two first requests at once would find it half done.
    app.server.test_client().get("/assets/favicon.svg")
    return app


app = create_app()
server: Flask = app.server
