"""Ward outlines from GeoJSON, GeoPackage and Shapefile (plain or zipped), in any CRS, delivered in EPSG:4326."""

import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
from pyproj import CRS
from pyproj.exceptions import CRSError

from data.texts.folding import fold
from data.texts.sentences import Sentence
from etl.errors import TooLarge, UnusableFile
from etl.readers.container import Shape, fingerprint
from etl.recognition.columns import heading_key
from etl.recognition.head import DEMO_MARK
from etl.validation.table import BoundaryFile
from etl.values import cell_values
from etl.values.days import days

MAX_GEOJSON_BYTES = 200_000_000
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

_SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def read_boundaries(path: Path, shape: Shape, crs: str | None) -> BoundaryFile:
    """Read outlines; see ``etl.readers.read`` for arguments and errors. ``crs`` is used only where the file names
    none.
    """
    if shape is Shape.GEOJSON:
        layer, outlines, parts = "", _from_geojson(path), [path]
    elif shape is Shape.GEOPACKAGE:
        layer = _polygon_layer(path)
        outlines, parts = _from_gdal(path, path.name, layer=layer), [path]
    elif shape is Shape.ZIPPED_SHAPEFILE:
        layer, parts = "", [path]
        with tempfile.TemporaryDirectory(prefix="ranh-gioi-") as folder:
            outlines = _from_shapefile(_unpacked(path, Path(folder)), path.name)
    else:
        layer, parts = "", parts_of(path)
        outlines = _from_shapefile(path, path.name)
    return _boundary_file(path, layer, outlines, crs, fingerprint(*parts).sha256)


def _boundary_file(path: Path, layer: str, outlines: gpd.GeoDataFrame, crs: str | None, sha256: str) -> BoundaryFile:
    if len(outlines) > MAX_OUTLINES:
        raise TooLarge(Sentence("refused.outlines", name=path.name, count=len(outlines), most=MAX_OUTLINES))
    _check_polygons(path, outlines)
    outlines = _in_degrees(path, outlines, crs)
    fields = _fields(outlines)
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
    attributes = outlines.drop(columns=outlines.geometry.name)
    is_demo = any(DEMO_MARK in fold(str(value)) for name in attributes for value in attributes[name])
    return BoundaryFile(
        path=path,
        sheets=(layer,) if layer else (),
        frame=gpd.GeoDataFrame(table, geometry=outlines.geometry.to_numpy(), crs="EPSG:4326"),
        file_sha256=sha256,
        is_demo=is_demo,
    )


def _fields(outlines: gpd.GeoDataFrame) -> dict[str, str]:
    """Canonical name -> the file's column, the one listed first of several that fit."""
    found: dict[str, str] = {}
    keys = {heading_key(str(name)): str(name) for name in outlines.columns if name != outlines.geometry.name}
    for canonical, words in _FIELDS.items():
        hit = next((keys[word] for word in words if word in keys), None)
        if hit is not None:
            found[canonical] = hit
    return found


def _check_polygons(path: Path, outlines: gpd.GeoDataFrame) -> None:
    if not len(outlines):
        raise UnusableFile(Sentence("refused.no_feature", name=path.name))
    missing = outlines.geometry.isna() | outlines.geometry.is_empty
    if missing.any():
        place = int(missing.to_numpy().argmax()) + 1
        raise UnusableFile(Sentence("refused.no_shape", name=path.name, place=place))
    kinds = set(outlines.geometry.geom_type) - {"Polygon", "MultiPolygon"}
    if kinds:
        raise UnusableFile(Sentence("refused.shapes", name=path.name, shapes=sorted(kinds)))


def _in_degrees(path: Path, outlines: gpd.GeoDataFrame, crs: str | None) -> gpd.GeoDataFrame:
    """The outlines in EPSG:4326."""
    if outlines.crs is None:
        given = crs or _crs_of_degrees(outlines)
        if given is None:
            raise UnusableFile(Sentence("refused.no_crs", name=path.name))
        try:
            outlines = outlines.set_crs(CRS.from_user_input(given))
        except CRSError as error:
            raise UnusableFile(Sentence("refused.unknown_crs", crs=given)) from error
    named = outlines.crs.to_string() if outlines.crs.to_authority() else outlines.crs.name
    try:
        turned = outlines.to_crs("EPSG:4326")
    except (CRSError, ValueError) as error:
        raise UnusableFile(Sentence("refused.no_way_to_degrees", name=path.name, crs=named)) from error
    west, south, east, north = turned.total_bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise UnusableFile(Sentence("refused.wrong_crs", name=path.name, crs=named))
    return turned


def _crs_of_degrees(outlines: gpd.GeoDataFrame) -> str | None:
    """WGS 84 where all coordinates lie in or near Vietnam as degrees; metres are never guessed for outlines."""
    west, south, east, north = outlines.total_bounds
    return "EPSG:4326" if 100 <= west <= east <= 112 and 6 <= south <= north <= 25 else None


def _from_geojson(path: Path) -> gpd.GeoDataFrame:
    """Parsed here, not by GDAL: what GDAL opens as JSON includes files that point to others on the network."""
    if path.stat().st_size > MAX_GEOJSON_BYTES:
        raise TooLarge(Sentence("refused.heavy_geojson", name=path.name, most=MAX_GEOJSON_BYTES // 1_000_000))
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        features = content["features"] if content["type"] == "FeatureCollection" else None
        if not isinstance(features, list) or not features:
            raise UnusableFile(Sentence("refused.no_features", name=path.name))
        outlines = gpd.GeoDataFrame.from_features(features, crs="EPSG:4326")
        named = content.get("crs", {}) or {}
        name = named.get("properties", {}).get("name") if isinstance(named, dict) else None
        # GeoJSON is WGS 84 (RFC 7946); the older "crs" member, which QGIS still writes for other systems, is obeyed.
        return outlines.set_crs(CRS.from_user_input(name), allow_override=True) if name else outlines
    except UnicodeDecodeError as error:
        raise UnusableFile(Sentence("refused.geojson_not_utf8", name=path.name)) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError, CRSError) as error:
        raise UnusableFile(Sentence("refused.no_geojson", name=path.name)) from error


def _polygon_layer(path: Path) -> str:
    """The one layer of polygons of a GeoPackage; raises UnusableFile for none or several."""
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind and "Polygon" in str(kind)]
    except pyogrio.errors.DataSourceError as error:
        raise UnusableFile(Sentence("refused.no_geopackage", name=path.name)) from error
    if len(layers) != 1:
        found = [f"«{name}»" for name in layers] or Sentence("refused.none")
        raise UnusableFile(Sentence("refused.layers", name=path.name, found=found))
    return layers[0]


def _from_shapefile(path: Path, shown: str) -> gpd.GeoDataFrame:
    lacking = [suffix for suffix in (".shx", ".dbf") if _part(path, suffix) is None]
    if lacking:
        raise UnusableFile(Sentence("refused.shapefile_parts", name=shown, parts=lacking))
    if _part(path, ".cpg") is None:
        # Without a code page GDAL takes Latin-1; today's programs write UTF-8, which announces itself by decoding at
        # all.
        try:
            return _from_gdal(path, shown, encoding="UTF-8")
        except UnicodeDecodeError:
            return _from_gdal(path, shown, encoding="CP1258")
    return _from_gdal(path, shown)


def _from_gdal(path: Path, shown: str, **options: Any) -> gpd.GeoDataFrame:
    try:
        return gpd.read_file(path, engine="pyogrio", **options)
    except UnicodeDecodeError:
        raise
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        RuntimeError,
        ValueError,
    ) as error:
        raise UnusableFile(Sentence("refused.broken_map", name=shown)) from error


def _part(path: Path, suffix: str) -> Path | None:
    """The sibling of a shapefile with ``suffix`` in either case."""
    return next((path.with_suffix(s) for s in (suffix, suffix.upper()) if path.with_suffix(s).is_file()), None)


def parts_of(path: Path) -> list[Path]:
    """The files that a plain shapefile consists of, in the order in which its fingerprint is taken."""
    return [part for part in (path, *(_part(path, suffix) for suffix in _SHAPE_PARTS[1:])) if part is not None]


def _unpacked(path: Path, folder: Path) -> Path:
    """The one shapefile of an archive, its parts written into ``folder`` under names of ours."""
    with zipfile.ZipFile(path) as archive:
        # Macs add "__MACOSX/._x.shp" beside each file.
        names = [name for name in archive.namelist() if not name.startswith("__MACOSX/")]
        shapes = [name for name in names if name.lower().endswith(".shp")]
        if len(shapes) != 1:
            raise UnusableFile(Sentence("refused.shapefiles", name=path.name, count=len(shapes)))
        stem = shapes[0][:-4]
        for name in names:
            if name[:-4] == stem and name[-4:].lower() in _SHAPE_PARTS:
                (folder / f"outlines{name[-4:].lower()}").write_bytes(archive.read(name))
    return folder / "outlines.shp"
