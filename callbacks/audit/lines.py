"""What the screen of the audit shows: the form of the search, the entries, the way to older ones."""

from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.audit import wording
from callbacks.server.language import language_pairs, with_language
from data.project import TIMEZONE
from data.queries.audit import GROUPS, PAGE, AuditRow
from data.texts.catalogue import day, number, t

FIELDS = ("from", "to", "person", "subject")


def form(query: dict[str, str], prefix: str, lang: str) -> Component:
    """The search: its fields become the address, so that a search can be kept and sent."""
    fields = [
        html.Label(
            [
                html.Span(t(f"audit.search.{name}", lang)),
                dcc.Input(
                    name=name,
                    value=query.get(name, ""),
                    placeholder=t(f"audit.hint.{name}", lang),
                    maxLength=100,
                ),
            ]
        )
        for name in FIELDS
    ]
    groups = [html.Option(t("audit.group.all", lang), value="")]
    groups += [
        html.Option(
            t(f"audit.group.{name}", lang), value=name, **({"selected": True} if query.get("what") == name else {})
        )
        for name in GROUPS
    ]
    fields.insert(3, html.Label([html.Span(t("audit.search.what", lang)), html.Select(groups, name="what")]))
    hidden = [dcc.Input(type="hidden", name=name, value=value) for name, value in language_pairs(lang).items()]
    buttons = html.Div(
        [
            html.Button(t("audit.search.go", lang), type="submit", className="button main"),
            html.A(t("audit.search.clear", lang), href=with_language(prefix, lang), className="button"),
        ],
        className="buttons",
    )
    return html.Form([*fields, *hidden, buttons], method="get", action=prefix, className="audit-search", role="search")


def entries(
    rows: list[AuditRow], query: dict[str, str], prefix: str, lang: str, *, leads_to_map: bool
) -> list[Component]:
    """A page of entries, newest first, with the way to older ones; venues lead to the map for who may see it."""
    if not rows:
        return [html.P(t("audit.none", lang), className="empty")]
    shown = rows[:PAGE]
    heads = ("at", "who", "what", "subject", "changes")
    head = html.Thead(html.Tr([html.Th(t(f"audit.column.{name}", lang), scope="col") for name in heads]))
    body = html.Tbody([_row(row, lang, leads_to_map) for row in shown])
    table = html.Div(
        html.Table([html.Caption(t("audit.caption", lang), className="for-screen-readers"), head, body]),
        className="scrolled stacked audit-entries",
        tabIndex="0",
    )
    ways = []
    if "before" in query:
        newest = {name: value for name, value in query.items() if name != "before"}
        ways.append(html.A(t("audit.newest", lang), href=_address(newest, prefix), className="button"))
    if len(rows) > PAGE:
        older = query | {"before": str(shown[-1].id)}
        ways.append(html.A(t("audit.older", lang), href=_address(older, prefix), className="button", rel="next"))
    return [table, html.Nav(ways, className="pages", **{"aria-label": t("audit.pages", lang)})] if ways else [table]


def _row(row: AuditRow, lang: str, leads_to_map: bool) -> Component:
    at = row.at.astimezone(TIMEZONE)
    number_of = html.Span(t("audit.number", lang, id=number(row.id, lang)), className="quiet small")
    from_where = " · ".join(filter(None, (row.address, row.request_id)))
    return html.Tr(
        [
            html.Td([html.Time(f"{at:%H:%M:%S} {day(at)}", dateTime=at.isoformat()), number_of], className="at"),
            html.Td(
                [html.Span(wording.who(row.login, row.role, lang)), html.Span(from_where, className="quiet small")]
            ),
            html.Td(wording.action(row, lang), className="what"),
            html.Td(_subject(row, lang, leads_to_map)),
            html.Td(_changes(row, lang), className="changes"),
        ]
    )


def _subject(row: AuditRow, lang: str, leads_to_map: bool) -> Component:
    if leads_to_map and row.subject_kind == "venue" and row.subject:
        query = {"venue": row.subject} | language_pairs(lang)
        return html.A(row.subject, href="/?" + urlencode(query))
    return html.Span(row.subject, className="subject")


def _changes(row: AuditRow, lang: str) -> Component | str:
    found = wording.changes(row, lang)
    parts: list[Component] = []
    for name, was, now in found:
        parts.append(html.Dt(name))
        if row.before is None or was is None:
            parts.append(html.Dd(now if now is not None else t("audit.nothing", lang)))
        elif row.after is None:
            parts.append(html.Dd(html.Del(was)))
        elif was == now:
            parts.append(html.Dd(now))
        else:
            parts.append(html.Dd([html.Del(was), " → ", html.Ins(now or t("audit.nothing", lang))]))
    return html.Dl(parts) if parts else ""


def _address(query: dict[str, str], prefix: str) -> str:
    return prefix + ("?" + urlencode(query) if query else "")
