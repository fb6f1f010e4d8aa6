"""What the screen of weights shows: the form, what would change, the venues that come first. Pure functions of rows."""

import datetime as dt
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.server.errors import notice
from callbacks.server.language import language_pairs, with_language
from callbacks.weights.effect import FIRST, Effect, Moved, Share, number_by
from callbacks.weights.reading import INSPECTIONS, TWO_PERSON, Asked
from callbacks.weights.saving import SINCE
from data.desk.weights import Setting
from data.queries.priority import PARTS, Candidate
from data.texts.catalogue import change, number, t
from data.texts.reasons import part_name

DONE = ("set", "back", "nothing")
MOST_WARDS = 17


def said(done: str | None, problem: str | None, lang: str) -> list[Component]:
    """What came of the last act, and what of the address cannot be."""
    told = [notice(t(f"priority.done.{done}", lang), "aside")] if done in DONE else []
    told += [notice(problem, "wrong")] if problem else []
    return [html.Div(told, className="notices", role="status")] if told else []


def introduction(setting: Setting, day: dt.date, lang: str) -> list[Component]:
    """What the number is, and by whose weights."""
    by = (
        t("priority.set_by", lang, name=setting.by or "–", moment=setting.at)
        if setting.at
        else t("priority.set_by_nobody", lang)
    )
    return [html.P(t("priority.intro", lang, day=day)), html.P(by, className="quiet")]


def form(shown: Asked, prefix: str, lang: str) -> Component:
    """The weights as fields, which become the address: a trial can be kept and sent."""
    head = html.Thead(html.Tr([html.Th(t(f"priority.form.{name}", lang), scope="col") for name in ("part", "weight")]))
    body = html.Tbody([_weight(part, shown.weights[part], lang) for part in PARTS])
    more = html.Div(
        [
            html.Label([t("priority.form.inspections", lang), _field(INSPECTIONS, shown.inspections_a_year, 1, 12)]),
            html.Label([t("priority.form.two_person", lang), _choice(TWO_PERSON, lang, is_set=shown.two_person)]),
        ],
        className="more",
    )
    hidden = [dcc.Input(type="hidden", name=name, value=value) for name, value in language_pairs(lang).items()]
    go = html.Button(t("priority.form.try", lang), type="submit", className="button main")
    return html.Form(
        [html.Div(html.Table([head, body]), className="scrolled"), more, *hidden, go],
        method="get",
        action=prefix,
        className="weights",
        # made anew when the address says other weights: fields keep what was typed in them
        key=urlencode(shown.as_pairs()),
    )


def _weight(part: str, weight: float, lang: str) -> Component:
    label = html.Label(
        [html.Strong(part_name(part, lang)), html.Span(t(f"priority.scale.{part}", lang))], htmlFor=f"weight-{part}"
    )
    return html.Tr([html.Td(label), html.Td(_field(part, int(weight), 0, 100))])


def _field(name: str, value: int, least: int, most: int) -> Component:
    return dcc.Input(
        id=f"weight-{name}", type="number", name=name, value=value, min=least, max=most, step=1, required=True
    )


def _choice(name: str, lang: str, *, is_set: bool) -> Component:
    options = [
        html.Option(
            t(f"priority.{word}", lang), value=value, **({"selected": True} if is_set == (value == "1") else {})
        )
        for word, value in (("no", "0"), ("yes", "1"))
    ]
    return html.Select(options, name=name, id=f"weight-{name}")


def would_change(found: Effect, asked: Asked, setting: Setting, day: dt.date, lang: str) -> list[Component]:
    """Who enters and leaves the first, and the button that sets the weights."""
    sentence = t("priority.effect", lang, count=len(found.entering), first=found.count)
    pairs = asked.as_pairs() | {SINCE: setting.at.isoformat() if setting.at else ""}
    fields = [dcc.Input(type="hidden", name=name, value=value) for name, value in pairs.items()]
    save = html.Button(t("priority.save", lang, day=day), type="submit", className="button main")
    action = with_language("/priority/set", lang)
    moved = [
        _moved("entering", found.entering, lang),
        _moved("leaving", found.leaving, lang),
        _shares(found, lang),
    ]
    return [
        html.Section(
            [
                html.H2(t("priority.effect.title", lang)),
                html.P(html.Strong(sentence), role="status"),
                html.Div(moved if found.entering else moved[2:], className="effect"),
                html.Div(
                    [
                        html.Form([*fields, save], method="post", action=action, className="save"),
                        html.A(t("priority.leave", lang), href=with_language("/priority/", lang), className="button"),
                    ],
                    className="buttons",
                ),
            ],
            className="would-change",
        )
    ]


def _moved(name: str, ones: Sequence[Moved], lang: str) -> Component:
    items = [
        html.Li(
            [
                html.A(one.venue.name, href=_on_map(one.venue, lang)),
                html.Span(
                    f"{one.venue.ward or t('priority.no_ward', lang)} · "
                    f"{number(one.was, lang)} → {number(one.becomes, lang)}",
                    className="quiet",
                ),
            ]
        )
        for one in ones
    ]
    return html.Div(
        [html.H3(t(f"priority.effect.{name}", lang, count=len(ones))), html.Ol(items, tabIndex=0)], className=name
    )


def _shares(found: Effect, lang: str) -> Component:
    named = [
        *((t(f"priority.{one.name}", lang), one) for one in (found.households, found.organisations)),
        *((one.name or t("priority.no_ward", lang), one) for one in found.wards[:MOST_WARDS]),
    ]
    heads = [html.Th(t(f"priority.effect.{name}", lang), scope="col") for name in ("among", "was", "becomes")]
    return html.Div(
        html.Table([html.Thead(html.Tr(heads)), html.Tbody([_share(name, one, lang) for name, one in named])]),
        className="scrolled shares",
    )


def _share(name: str, one: Share, lang: str) -> Component:
    moved = f" ({change(one.becomes - one.was, lang)})" if one.becomes != one.was else ""
    return html.Tr(
        [
            html.Th(name, scope="row"),
            html.Td(number(one.was, lang), className="number"),
            html.Td(f"{number(one.becomes, lang)}{moved}", className="number"),
        ]
    )


def way_back(setting: Setting, lang: str) -> list[Component]:
    """The button that sets again what was before, where something was."""
    if setting.at is None:
        return []
    back = html.Button(t("priority.back", lang), type="submit", className="button")
    return [html.Form(back, method="post", action=with_language("/priority/back", lang), className="back-to")]


def first(ranked: Sequence[Candidate], weights: Mapping[str, float], lang: str, *, is_tried: bool) -> Component:
    """The venues that come first, each with its number and what it is made of."""
    title = t("priority.first.tried" if is_tried else "priority.first", lang, first=min(FIRST, len(ranked)))
    if not ranked:
        return html.Section([html.H2(title), html.P(t("priority.none", lang), className="empty")])
    heads = ("place", "venue", "ward", "status", "kind", "points", "number")
    head = html.Thead(html.Tr([html.Th(t(f"priority.first.{name}", lang), scope="col") for name in heads]))
    rows = [_first(place, one, weights, lang) for place, one in enumerate(ranked[:FIRST], start=1)]
    table = html.Div(html.Table([head, html.Tbody(rows)]), className="scrolled stacked first", tabIndex="0")
    return html.Section(
        [html.H2(title), html.P(t("priority.of_all", lang, count=len(ranked)), className="quiet"), table]
    )


def _first(place: int, one: Candidate, weights: Mapping[str, float], lang: str) -> Component:
    values = {part.part: part.value for part in one.parts}
    points = [
        f"{t(f'priority.short.{part}', lang)} {number(weights[part] * values[part], lang, 2)}"
        for part in PARTS
        if weights[part] * values[part]
    ]
    venue = [html.A(one.name, href=_on_map(one, lang)), html.Span(one.address or one.code, className="quiet")]
    return html.Tr(
        [
            html.Td(number(place, lang), className="place"),
            html.Td(venue, className="venue"),
            html.Td(one.ward or t("priority.no_ward", lang)),
            html.Td(t(f"status.{one.status}", lang)),
            html.Td(t(f"case.kind.{one.kind}", lang)),
            html.Td(" + ".join(points), className="points"),
            html.Td(html.Strong(number(number_by(one, weights), lang, 2)), className="number"),
        ]
    )


def _on_map(one: Candidate, lang: str) -> str:
    return "/?" + urlencode({"venue": one.code} | language_pairs(lang))
