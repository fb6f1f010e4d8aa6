"""Streets of a map (``etl.validation.map_file``): lines with what they say of who may go which way, in EPSG:4326."""

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.texts.folding import fold
from data.texts.sentences import Sentence
from etl.errors import TooLarge, UnusableFile
from etl.validation.map_file import AREAS, LINES, MapFeatures, in_degrees
from etl.validation.table import Reject, StreetFile
from etl.values import cell_values

MAX_LINES = 400_000

_FIELDS = {
    "name": (
        "name",
        "ten",
        "ten duong",
        "tenduong",
        "ten pho",
        "duong",
        "duong pho",
        "street",
        "street name",
        "name vi",
    ),
    "oneway": ("oneway", "one way", "mot chieu", "1 chieu", "duong mot chieu"),
    "foot_only": ("foot only", "di bo", "chi di bo", "duong di bo"),
    "class": ("highway", "fclass", "loai duong", "loaiduong"),
    "junction": ("junction",),
}
# Values of OpenStreetMap's key "highway" (wiki: Key:highway).
_FOOT = frozenset(("footway", "path", "steps", "pedestrian", "corridor", "bridleway"))
# Not there yet or any more, or not for anybody of ours: motorcycles and people on foot keep off a motorway.
_CLOSED = frozenset(
    ("motorway", "motorway_link", "construction", "proposed", "planned", "abandoned", "razed", "raceway", "platform",
     "elevator", "rest_area", "services", "no")
)  # fmt: skip
# OpenStreetMap's "oneway", and what extracts of it (F, T, B) and makers of navigation (FT, TF) write.
_ALONG = frozenset(("yes", "true", "1", "f", "ft", "x", "co", "mot chieu"))
_AGAINST = frozenset(("-1", "reverse", "t", "tf"))


def are_streets(features: MapFeatures) -> bool:
    """Whether a map whose kind nobody has said is one of streets: lines, with areas only beside a class of road."""
    shapes = set(features.frame.geometry.geom_type)
    is_of_roads = bool({"highway", "fclass"} & set(features.frame.columns))
    return bool(shapes & set(LINES)) and (is_of_roads or not shapes & set(AREAS))


def streets(features: MapFeatures, crs: str | None) -> StreetFile:
    """The streets of the map; see ``etl.validation.read`` for ``crs`` and errors. What is no street is rejected."""
    path, frame = features.path, features.frame
    if not len(frame):
        raise UnusableFile(Sentence("refused.no_feature", name=path.name))
    if len(frame) > MAX_LINES:
        raise TooLarge(Sentence("refused.streets.many", name=path.name, count=len(frame), most=MAX_LINES))
    shapes = frame.geometry.geom_type
    is_line = shapes.isin(LINES).to_numpy() & ~frame.geometry.is_empty.to_numpy()
    if not is_line.any():
        found = sorted(set(shapes.dropna())) or Sentence("refused.none")
        raise UnusableFile(Sentence("refused.shapes.lines", name=path.name, shapes=found))
    fields = features.fields(_FIELDS)
    closed = _class(frame, fields).isin(_CLOSED).to_numpy()
    if "highway" in frame.columns:  # what else a map of OpenStreetMap holds: railways, rivers
        closed = closed | frame["highway"].isna().to_numpy()
    unread = is_line & ~np.array([bool(np.isfinite(shapely.get_coordinates(s)).all()) for s in frame.geometry])
    usable = is_line & ~closed & ~unread
    if not usable.any():
        raise UnusableFile(Sentence("refused.streets.none", name=path.name))
    table = _table(fields, in_degrees(path, frame[usable], crs), np.flatnonzero(usable))
    file = StreetFile(
        path=path,
        sheets=(features.layer,) if features.layer else (),
        frame=table,
        file_sha256=features.sha256,
        is_demo=features.is_demo(*(fields[name] for name in ("name",) if name in fields)),
    )
    file.rejects += _rejects(file, shapes, ~is_line | unread, "row.expected.line")
    file.rejects += _rejects(file, _class(frame, fields), closed & is_line & ~unread, "row.expected.open_street")
    return file


def _class(frame: gpd.GeoDataFrame, fields: dict[str, str]) -> pd.Series:
    """OpenStreetMap's class of each road; "" where the file has none."""
    if "class" not in fields:
        return pd.Series("", index=frame.index, dtype=object)
    return pd.Series(frame[fields["class"]]).fillna("").astype(str).str.strip().str.lower()


def _table(fields: dict[str, str], lines: gpd.GeoDataFrame, rows: np.ndarray) -> gpd.GeoDataFrame:
    columns: dict[str, Any] = {
        "name": cell_values.texts(lines[fields["name"]]) if "name" in fields else [None] * len(rows),
        "oneway": _oneway(lines, fields),
        "foot_only": _class(lines, fields).isin(_FOOT).to_numpy(),
        "_sheet": np.zeros(len(rows), dtype="int16"),
        "_row": (rows + 1).astype("int32"),
    }
    if "foot_only" in fields:
        columns["foot_only"] = columns["foot_only"] | cell_values.answers(lines[fields["foot_only"]])[0]
    geometry = shapely.force_2d(lines.geometry.to_numpy())
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=geometry, crs="EPSG:4326")


def _oneway(lines: gpd.GeoDataFrame, fields: dict[str, str]) -> np.ndarray:
    """1 where vehicles go as the line is drawn, -1 where against it, else 0."""
    found = np.zeros(len(lines), dtype="int8")
    if "oneway" in fields:
        words = lines[fields["oneway"]].map(_word)
        found[words.isin(_ALONG).to_numpy()] = 1
        found[words.isin(_AGAINST).to_numpy()] = -1
    if "junction" in fields:  # a roundabout is one-way, whether it says so or not
        found[(lines[fields["junction"]].map(_word) == "roundabout").to_numpy() & (found == 0)] = 1
    return found


def _word(value: Any) -> str:
    return fold(cell_values.as_text(value)).strip() if not isinstance(value, bool) else str(value).lower()


def _rejects(file: StreetFile, values: pd.Series, which: np.ndarray, expected: str) -> Iterator[Reject]:
    for place in np.flatnonzero(which).tolist():
        value = cell_values.as_text(values.iloc[place])
        yield file.reject(place + 1, Sentence("column.line"), value, Sentence(expected))
