"""How a file was read, for a clerk to look at and to correct: its kind, its columns, questions, first rows."""

from dataclasses import dataclass, replace
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.imports import ids
from data.queries.imports import File
from data.texts.catalogue import t
from data.texts.sentences import told
from data.vocabulary import LOAD_KINDS
from etl.recognition.columns import heading_keys, ignored_headings, title_of
from etl.values.encodings import TITLES

NOT_READ = "-"
"""Value of the choice "not read": a list of choices knows no None."""
SHOWN_EXAMPLES = 3
OLD = ("tcvn3", "vni", "windows-1258", "windows-1252")
KINDS_WITHOUT_AS_OF = ("wards", "streets", "venues")


@dataclass(frozen=True)
class Line:
    """A column of the file: its heading, how that is told, some of its values, and the canonical column that it is read
    as."""

    heading: str
    told: Any
    examples: tuple[str, ...]
    column: str | None


def lines(file: File) -> list[Line]:
    """The columns of a file as they were read, with what a person has decided since on top.

    Columns of a wide table (a day each) are left out: what they are read as is no choice of a person.
    """
    found: dict[str, Line] = {}
    for table in file.preview.get("tables", ()):
        named = [column["canonical"] for column in table["columns"]]
        for column in table["columns"]:
            heading, name = column["heading"], column["canonical"]
            if heading and (name is None or named.count(name) == 1):
                examples = tuple(dict.fromkeys(filter(None, column["examples"])))
                found.setdefault(heading, Line(heading, column.get("told", heading), examples[:SHOWN_EXAMPLES], name))
    decided = file.options.get("columns") or {}
    return [replace(line, column=decided.get(line.heading, line.column)) for line in found.values()]


def chosen(file: File, heading: str, column: str | None) -> dict[str, str | None]:
    """The whole mapping of a file's columns once ``heading`` is read as ``column``; each column is read once."""
    mapping = {line.heading: line.column for line in lines(file)}
    if column is not None:
        mapping = {other: None if name == column else name for other, name in mapping.items()}
    return mapping | {heading: column}


def is_changed(file: File) -> bool:
    """Whether a person has decided about columns, and the file has not been read again since."""
    decided = file.options.get("columns") or {}
    read = {
        column["heading"]: column["canonical"]
        for table in file.preview.get("tables", ())
        for column in table["columns"]
    }
    return any(read.get(heading) != column for heading, column in decided.items())


def open_questions(file: File) -> list[dict[str, Any]]:
    """Doubts of how the file was read that nobody has answered."""
    return [doubt for doubt in file.preview.get("doubts", ()) if doubt["kind"] not in file.options]


def panel(file: File, lang: str, *, folded: bool) -> Component:
    """Everything on how ``file`` was read; ``folded`` where something else matters more by now."""
    preview = file.preview
    facts = [t("imports.read.rows", lang, rows=preview["rows_read"])]
    if any(preview.get("sheets", ())):
        facts.append(t("imports.read.sheets", lang, sheets=", ".join(f"«{name}»" for name in preview["sheets"])))
    content = [
        *_questions(file, lang),
        html.Div([_kind(file, lang), *_as_of(file, lang)], className="fields"),
        html.P(" · ".join(facts), className="quiet"),
        *_encoding(preview, lang),
        *_faults(preview, lang),
        *_mapping(file, lang),
        *_first_rows(preview, lang),
    ]
    if not folded:
        return html.Div(content, className="reading")
    return html.Details([html.Summary(t("imports.read.title", lang)), *content], className="reading")


def _kind(file: File, lang: str) -> Component:
    titles = {kind: t(f"kind.{kind}", lang) for kind in LOAD_KINDS}
    choices = [{"value": kind, "label": title[0].upper() + title[1:]} for kind, title in titles.items()]
    name = t("imports.read.kind", lang)
    return html.Div(
        [
            html.Span(name, className="label"),
            dcc.Dropdown(
                id=ids.of_file("kind", file.id),
                options=choices,
                value=file.options.get("kind") or file.kind,
                placeholder=t("imports.read.kind_hint", lang),
                clearable=False,
                searchable=False,
            ),
        ],
        className="field",
        role="group",
        **{"aria-label": name},
    )


def _as_of(file: File, lang: str) -> list[Component]:
    if file.kind in KINDS_WITHOUT_AS_OF:
        return []
    said = file.options.get("as_of")
    year, month, day = said.split("-") if said else ("", "", "")
    return [
        html.Label(
            [
                html.Span(t("imports.read.as_of", lang), className="label"),
                dcc.Input(
                    id=ids.of_file("as_of", file.id),
                    value=f"{day}/{month}/{year}" if said else "",
                    placeholder=t("imports.read.as_of_hint", lang),
                    debounce=True,
                    autoComplete="off",
                ),
            ],
            className="field",
        )
    ]


def _questions(file: File, lang: str) -> list[Component]:
    asked = [
        html.Fieldset(
            [
                html.Legend(told(doubt["sentence"], lang)),
                dcc.RadioItems(
                    id=ids.of_answer(file.id, doubt["kind"]),
                    options=[{"value": value, "label": told(label, lang)} for value, label in doubt["choices"]],
                    value=file.options.get(doubt["kind"]),
                    className="choices",
                ),
            ],
            className="question" if doubt["kind"] not in file.options else "question answered",
        )
        for doubt in file.preview.get("doubts", ())
    ]
    title = t("imports.read.questions" if open_questions(file) else "imports.read.answered", lang)
    return [html.Div([html.H4(title), *asked], className="questions")] if asked else []


def _encoding(preview: dict[str, Any], lang: str) -> list[Component]:
    """What a legacy encoding was turned into, to be judged by eye."""
    pairs = preview.get("converted") or []
    if not pairs:
        return []
    shown = [
        html.Li([html.Samp(before), html.Span("→", **{"aria-hidden": "true"}), html.Samp(after)])
        for before, after in pairs[:SHOWN_EXAMPLES]
    ]
    return [
        html.H4(
            t("imports.read.encoding", lang, name=told(TITLES[preview["encoding"]], lang))
            if preview["encoding"] in OLD
            else t("imports.read.marks", lang)
        ),
        html.Ul(shown, className="encoding"),
    ]


def _faults(preview: dict[str, Any], lang: str) -> list[Component]:
    """What the file lacks, and rows that cannot be read."""
    found: list[Component] = []
    if preview.get("missing"):
        names = ", ".join(f"«{told(name, lang)}»" for name in preview["missing"])
        found.append(html.P(t("imports.read.missing", lang, names=names), className="warned"))
    if preview.get("rejects"):
        sentences = html.Ul([html.Li(told(one, lang)) for one in preview["sentences"]], className="sentences")
        summary = html.Summary(t("imports.read.rejected", lang, rows=preview["rejects"]))
        found.append(html.Details([summary, sentences]))
    return found


def _mapping(file: File, lang: str) -> list[Component]:
    found = lines(file)
    if not found or not file.preview["choices"]:
        return []
    kind = file.preview["kind"]
    choices = [
        {"value": column["name"], "label": title_of(kind, column["name"]).told(lang)}
        for column in file.preview["choices"]
    ]
    choices.append({"value": NOT_READ, "label": t("imports.read.not_read", lang)})
    head = html.Tr([html.Th(t(f"imports.read.{name}", lang), scope="col") for name in ("heading", "examples", "as")])
    rows = [
        html.Tr(
            [
                html.Th(told(line.told, lang), scope="row"),
                html.Td(" · ".join(line.examples) or "—", className="examples"),
                html.Td(
                    dcc.Dropdown(
                        id=ids.of_column(file.id, line.heading),
                        options=choices,
                        value=line.column or NOT_READ,
                        clearable=False,
                        searchable=False,
                    )
                ),
            ],
            className="" if line.column else "not-read",
        )
        for line in found
    ]
    apply = html.Button(
        t("imports.read.apply", lang), id=ids.of_file("read", file.id), type="button", className="button"
    )
    changed = html.P([t("imports.read.changed", lang), apply], className="apply") if is_changed(file) else None
    unread = [line for line in found if line.column is None]
    summary = t("imports.read.columns", lang, read=len(found) - len(unread), unread=len(unread))
    table = html.Div(html.Table([html.Thead(head), html.Tbody(rows)]), className="mapping")
    strange = [line for line in unread if ignored_headings().isdisjoint(heading_keys(line.heading))]
    needs_a_look = bool(strange or file.options.get("columns"))
    as_before = (
        html.P(t("imports.read.remembered", lang), className="quiet") if file.options.get("remembered") else None
    )
    parts = [part for part in (as_before, table, changed) if part]
    return [html.Details([html.Summary(summary), *parts], open=needs_a_look)]


def _first_rows(preview: dict[str, Any], lang: str) -> list[Component]:
    return [_rows_of(table, preview["kind"], lang) for table in preview.get("tables", ()) if table["rows"]]


def _rows_of(table: dict[str, Any], kind: str | None, lang: str) -> Component:
    title = t("imports.read.first_rows", lang, rows=len(table["rows"]))
    if table["sheet"]:
        title = f"{title} – «{table['sheet']}»"
    head = html.Tr([html.Th(_head(column, kind, lang), scope="col") for column in table["columns"]])
    body = [html.Tr([html.Td(value) for value in row]) for row in table["rows"]]
    rows = html.Div(
        html.Table([html.Thead(head), html.Tbody(body)]),
        className="scrolled",
        tabIndex="0",
        role="region",
        **{"aria-label": title},
    )
    return html.Details([html.Summary(title), rows], className="first-rows")


def _head(column: dict[str, Any], kind: str | None, lang: str) -> str:
    """What a column was read as; else its heading, which is a sentence where the file has none."""
    if kind and column["canonical"]:
        return title_of(kind, column["canonical"]).told(lang)
    return told(column.get("told", column["heading"]), lang)
