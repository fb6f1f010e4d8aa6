"""The table from below: the venues in words, which is also the text alternative of the map."""

from typing import Any

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

from callbacks import ids
from callbacks.actions import buttons
from callbacks.actions.registry import of_caller
from callbacks.server.language import with_language
from data.queries.options import Options
from data.queries.table import DEFAULT_SORT, Sort, TableRow
from data.texts.catalogue import day, t

ROWS_PER_REQUEST = 100
# What the community edition shows in words; keys are ag-grid's own.
_GRID_TEXTS = (
    "loadingOoo",
    "loadingError",
    "noRowsToShow",
    "ariaLabelLoading",
    "ariaLabelLoadingError",
    "ariaSortableColumn",
    "ariaRowSelect",
    "ariaRowDeselect",
)
_COLUMNS = (
    # key, width, grows, sortable
    ("code", 118, 0, True),
    ("name", 220, 2, True),
    ("status", 175, 0, True),
    ("address", 240, 3, True),
    ("ward", 130, 0, True),
    ("category", 170, 1, True),
    ("counted_reminders", 120, 0, False),
    ("last_scan", 130, 0, False),
)


def panel(lang: str) -> Component:
    """The folded panel: its heading with the count, the exports, and the grid that fills when it is opened."""
    return html.Section(
        [
            html.Div(
                [
                    html.Button(
                        [
                            html.Span("▴", className="chevron", **{"aria-hidden": "true"}),
                            html.Span(id=ids.TABLE_HEADING),
                        ],
                        id=ids.TABLE_TOGGLE,
                        type="button",
                        **{"aria-expanded": "false", "aria-controls": ids.TABLE_BODY},
                    ),
                    html.P(id=ids.MAP_COUNT, **{"aria-live": "polite"}),
                    _ticked(lang),
                    html.Div(id=ids.EXPORTS),
                ],
                className="table-bar",
            ),
            html.Div(id=ids.TABLE_BODY),
        ],
        id=ids.TABLE_PANEL,
        **{"aria-label": t("table.title", lang)},
    )


def _ticked(lang: str) -> Component:
    """The bar of the rows that are ticked; ``assets/actions.js`` shows it and counts."""
    count = html.Span(**{"data-count": t("action.ticked", lang), "aria-live": "polite"})
    clear = html.Button(t("action.untick", lang), type="button", className="small-button", **{"data-untick": ""})
    label = {"aria-label": t("action.bar", lang)}
    printed = html.A(t("posters.of_ticked", lang), href=with_language("/posters/", lang), className="small-button")
    return html.Div(
        [count, *buttons.at_ticked(lang), printed, clear], id=ids.TICKED, role="group", hidden=True, **label
    )


def grid(lang: str) -> Component:
    """The grid; it asks for its rows block by block, in the order chosen."""
    return dag.AgGrid(
        id=ids.TABLE,
        rowModelType="infinite",
        columnDefs=[*_tick(lang), *(_column(*column, lang) for column in _COLUMNS)],
        defaultColDef={"resizable": True, "suppressHeaderMenuButton": True},
        getRowId="params.data.code",
        style={"height": "100%", "width": "100%"},
        dashGridOptions={
            "theme": {"function": "tableTheme(themeQuartz)"},
            "localeText": {key: t(f"grid.{key}", lang) for key in _GRID_TEXTS},
            "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
            "cacheBlockSize": ROWS_PER_REQUEST,
            "maxBlocksInCache": 20,
            "maxConcurrentDatasourceRequests": 1,
            "rowBuffer": 0,
            "infiniteInitialRowCount": 1,
            "suppressCellFocus": False,
            "ensureDomOrder": True,
        },
    )


def _tick(lang: str) -> list[dict[str, Any]]:
    """The column of boxes, for who may do something with what they tick. The grid leaves its blanks to them."""
    if not of_caller():
        return []
    column = {
        "colId": "tick",
        "headerName": t("action.tick", lang),
        "width": 78,
        "sortable": False,
        "resizable": False,
        "cellClass": "cell-tick",
        "cellRenderer": "Tick",
        "cellRendererParams": {"label": t("action.tick", lang)},
        "suppressKeyboardEvent": {"function": "params.event.key === ' '"},
    }
    return [column]


def _column(field: str, width: int, grows: int, sortable: bool, lang: str) -> dict[str, Any]:
    column: dict[str, Any] = {
        "field": field,
        "headerName": t(f"table.{field}", lang),
        "width": width,
        "sortable": sortable,
        "cellClass": f"cell-{field}",
    }
    if grows:
        column |= {"flex": grows, "minWidth": 150}
    if field == "code":
        column["valueFormatter"] = {"function": "params.value || '…'"}  # a row on its way
    if field == "status":
        column |= {"valueGetter": {"function": "params.data ? params.data.status_name : ''"}}
        column["cellClass"] = {"function": "params.data ? ['cell-status', params.data.status] : 'cell-status'"}
    if field == "counted_reminders":
        column |= {"type": "rightAligned", "cellClass": "ag-right-aligned-cell cell-counted_reminders"}
    return column


def sort_of(request: dict[str, Any]) -> Sort:
    """The order that the grid asks for; without one, what needs action first."""
    return tuple((item["colId"], item["sort"]) for item in request.get("sortModel") or ()) or DEFAULT_SORT


def grid_rows(rows: list[TableRow], options: Options, lang: str) -> list[dict[str, Any]]:
    """Rows as the grid shows them: names for codes, days as dd/mm/yyyy."""
    return [_grid_row(row, options, lang) for row in rows]


def _grid_row(row: TableRow, options: Options, lang: str) -> dict[str, Any]:
    category = options.category(row.category)
    return {
        "id": row.id,
        "code": row.code,
        "name": row.name,
        "address": row.address,
        "ward": row.ward or t("ward.none", lang),
        "category": category.name(lang) if category else row.category,
        "status": row.status,
        "status_name": t(f"status.{row.status}", lang),
        "counted_reminders": row.counted_reminders,
        "last_scan": day(row.last_scan) if row.last_scan else t("table.no_scan", lang),
    }


def heading(count: int, lang: str) -> str:
    """Title of the panel with how many venues it lists."""
    return t("table.heading", lang, count=count)
