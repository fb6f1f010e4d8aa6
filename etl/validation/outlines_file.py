"""Ward outlines of a map (``etl.validation.map_file``), delivered in EPSG:4326."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from data.texts.sentences import Sentence
from etl.errors import TooLarge, UnusableFile
from etl.validation.map_file import AREAS, MapFeatures, in_degrees
from etl.validation.table import BoundaryFile
from etl.values import cell_values
from etl.values.days import days

MAX_OUTLINES = 20_000

_FIELDS = {
    "name": (
        "name", "ten", "ten phuong", "tenphuong", "ten xa", "tenxa", "ten px", "phuong", "phuong xa", "xa phuong",
        "ward", "ward name", "wardname", "name 3", "name vi", "ten dvhc", "tendvhc", "ten dv", "ten don vi",
        "ten dia danh", "dia danh", "ten phuong xa", "xa", "varname 3",
    ),
    "code": (
        "code", "ma", "ma phuong", "maphuong", "ma xa", "maxa", "ma px", "ward code", "wardcode", "ward id", "ma dvhc",
        "madvhc", "ma don vi", "ma phuong xa", "ma hanh chinh", "cc 3", "ma dv", "maphuongxa", "ma tkt",
    ),
    "vintage": ("vintage", "phien ban", "the he"),
    "valid_from": ("valid from", "hieu luc tu", "tu ngay", "ngay hieu luc"),
    "valid_to": ("valid to", "hieu luc den", "den ngay", "het hieu luc"),
}  # fmt: skip


def boundaries(features: MapFeatures, crs: str | None) -> BoundaryFile:
    """The ward outlines of a map; see ``etl.validation.read`` for ``crs`` and errors."""
    path, outlines = features.path, features.frame
    if len(outlines) > MAX_OUTLINES:
        raise TooLarge(Sentence("refused.outlines", name=path.name, count=len(outlines), most=MAX_OUTLINES))
    _check_polygons(path, outlines)
    outlines = in_degrees(path, outlines, crs)
    fields = features.fields(_FIELDS)
    if "name" not in fields and "code" not in fields:
        found = [f"«{name}»" for name in outlines.columns if name != outlines.geometry.name]
        raise UnusableFile(Sentence("refused.no_ward_field", name=path.name, found=found or Sentence("refused.none")))
    frame: dict[str, Any] = {}
    for name in ("name", "code", "vintage"):
        frame[name] = cell_values.texts(outlines[fields[name]]) if name in fields else [None] * len(outlines)
    for name in ("valid_from", "valid_to"):
        frame[name] = days(outlines[fields[name]].astype(object)).values if name in fields else pd.NaT
    table = pd.DataFrame(frame)
    for name in ("valid_from", "valid_to"):
        table[name] = table[name].astype("datetime64[s]")
    table["_sheet"] = pd.Series(0, index=table.index, dtype="int16")
    table["_row"] = pd.Series(range(1, len(table) + 1), dtype="int32")
    return BoundaryFile(
        path=path,
        sheets=(features.layer,) if features.layer else (),
        frame=gpd.GeoDataFrame(table, geometry=outlines.geometry.to_numpy(), crs="EPSG:4326"),
        file_sha256=features.sha256,
        is_demo=features.is_demo(*(name for name in outlines.columns if name != outlines.geometry.name)),
    )


def _check_polygons(path: Path, outlines: gpd.GeoDataFrame) -> None:
    if not len(outlines):
        raise UnusableFile(Sentence("refused.no_feature", name=path.name))
    missing = outlines.geometry.isna() | outlines.geometry.is_empty
    if missing.any():
        place = int(missing.to_numpy().argmax()) + 1
        raise UnusableFile(Sentence("refused.no_shape", name=path.name, place=place))
    kinds = set(outlines.geometry.geom_type) - set(AREAS)
    if kinds:
        raise UnusableFile(Sentence("refused.shapes", name=path.name, shapes=sorted(kinds)))
