"""Maps as files: GeoJSON, GeoPackage and Shapefile (plain or zipped), in any CRS, delivered in EPSG:4326."""

import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError

from data.texts.folding import fold
from data.texts.sentences import Sentence
from etl.errors import TooLarge, UnusableFile
from etl.readers.container import Shape, fingerprint
from etl.readers.unpacking import pieces_of
from etl.recognition.columns import heading_key
from etl.recognition.head import DEMO_MARK

MAX_GEOJSON_BYTES = 200_000_000
AREAS, LINES = ("Polygon", "MultiPolygon"), ("LineString", "MultiLineString")
_SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
# No degree is so large, and no point of northern Vietnam in metres so small.
_LARGEST_DEGREE = 1_000


@dataclass(frozen=True)
class MapFeatures:
    """The features of a file as they stand in it: shapes of any kind or none, in its CRS (None: it names none)."""

    path: Path
    layer: str
    frame: gpd.GeoDataFrame
    sha256: str

    def is_demo(self, *columns: str) -> bool:
        """Whether a text in these columns of the file says that it belongs to the demonstration."""
        texts = {str(value) for name in columns for value in self.frame[name].dropna().unique()}
        return any(DEMO_MARK in fold(text) for text in texts)

    def fields(self, words: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """Canonical name -> the file's column, the one listed first in ``words`` of several that fit."""
        found: dict[str, str] = {}
        keys = {heading_key(str(name)): str(name) for name in self.frame.columns if name != self.frame.geometry.name}
        for canonical, headings in words.items():
            hit = next((keys[word] for word in headings if word in keys), None)
            if hit is not None:
                found[canonical] = hit
        return found


def read_features(path: Path, shape: Shape, wanted: Sequence[str] | None) -> MapFeatures:
    """Read a map; ``wanted`` (AREAS or LINES) chooses the layer of a GeoPackage, None: of areas, else of lines.

    Raises UnusableFile, TooLarge.
    """
    if shape is Shape.GEOJSON:
        return MapFeatures(path, "", _from_geojson(path), fingerprint(path).sha256)
    if shape is Shape.GEOPACKAGE:
        layer = _layer(path, wanted)
        return MapFeatures(path, layer, _from_gdal(path, path.name, layer=layer), fingerprint(path).sha256)
    if shape is Shape.ZIPPED_SHAPEFILE:
        with tempfile.TemporaryDirectory(prefix="ban-do-") as folder:
            return MapFeatures(
                path, "", _from_shapefile(_unpacked(path, Path(folder)), path.name), fingerprint(path).sha256
            )
    return MapFeatures(path, "", _from_shapefile(path, path.name), fingerprint(*parts_of(path)).sha256)


def in_degrees(path: Path, features: gpd.GeoDataFrame, crs: str | None) -> gpd.GeoDataFrame:
    """The features in EPSG:4326; ``crs`` is used only where the file names none. Raises UnusableFile."""
    if features.crs is None:
        given = crs or _crs_of_degrees(features)
        if given is None:
            raise UnusableFile(Sentence("refused.no_crs", name=path.name))
        try:
            features = features.set_crs(CRS.from_user_input(given))
        except CRSError as error:
            raise UnusableFile(Sentence("refused.unknown_crs", crs=given)) from error
    named = features.crs.to_string() if features.crs.to_authority() else features.crs.name
    try:
        turned = features.to_crs("EPSG:4326")
    except (CRSError, ValueError) as error:
        raise UnusableFile(Sentence("refused.no_way_to_degrees", name=path.name, crs=named)) from error
    west, south, east, north = turned.total_bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise UnusableFile(Sentence("refused.wrong_crs", name=path.name, crs=named))
    return turned


def _crs_of_degrees(features: gpd.GeoDataFrame) -> str | None:
    """WGS 84 where all coordinates lie in or near Vietnam as degrees; metres are never guessed for maps."""
    west, south, east, north = features.total_bounds
    return "EPSG:4326" if 100 <= west <= east <= 112 and 6 <= south <= north <= 25 else None


def _from_geojson(path: Path) -> gpd.GeoDataFrame:
    """Parsed here, not by GDAL: what GDAL opens as JSON includes files that point to others on the network."""
    if path.stat().st_size > MAX_GEOJSON_BYTES:
        raise TooLarge(Sentence("refused.heavy_geojson", name=path.name, most=MAX_GEOJSON_BYTES // 1_000_000))
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        listed = content["features"] if content["type"] == "FeatureCollection" else None
        if not isinstance(listed, list) or not listed:
            raise UnusableFile(Sentence("refused.no_features", name=path.name))
        features = gpd.GeoDataFrame.from_features(listed, crs="EPSG:4326")
        named = content.get("crs", {}) or {}
        name = named.get("properties", {}).get("name") if isinstance(named, dict) else None
        # GeoJSON is WGS 84 (RFC 7946); the older "crs" member, which QGIS still writes for other systems, is obeyed.
        if name:
            return features.set_crs(CRS.from_user_input(name), allow_override=True)
        # Metres all the same, as some programs write them: of which system, a person has to say.
        is_metric = bool((np.abs(features.total_bounds) > _LARGEST_DEGREE).any())
        return features.set_crs(None, allow_override=True) if is_metric else features
    except UnicodeDecodeError as error:
        raise UnusableFile(Sentence("refused.geojson_not_utf8", name=path.name)) from error
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        IndexError,
        CRSError,
        ShapelyError,
    ) as error:
        raise UnusableFile(Sentence("refused.no_geojson", name=path.name)) from error


def _layer(path: Path, wanted: Sequence[str] | None) -> str:
    """The one layer of the wanted shapes of a GeoPackage; raises UnusableFile for none or several."""
    try:
        shapes = {str(name): str(kind) for name, kind in pyogrio.list_layers(path) if kind}
    except pyogrio.errors.DataSourceError as error:
        raise UnusableFile(Sentence("refused.no_geopackage", name=path.name)) from error
    areas, lines = ([name for name, kind in shapes.items() if word in kind] for word in ("Polygon", "LineString"))
    of_lines = wanted is LINES or (wanted is None and not areas and bool(lines))
    layers = lines if of_lines else areas
    if len(layers) != 1:
        found = [f"«{name}»" for name in layers] or Sentence("refused.none")
        key = "refused.layers.lines" if of_lines else "refused.layers"
        raise UnusableFile(Sentence(key, name=path.name, found=found))
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
        ShapelyError,
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
                with (folder / f"features{name[-4:].lower()}").open("wb") as part:
                    part.writelines(pieces_of(path, archive.getinfo(name)))  # never as a whole in memory
    return folder / "features.shp"
