"""Points in degrees and metres, in any order, against the shipped wards; no database."""

import json

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from data.project import ROOT
from etl.locating.districts import District
from etl.locating.points import LOCATIONS, UnknownCrs, locate, parse_crs
from etl.values.ward_names import ward_key


@pytest.fixture(scope="module")
def hadong() -> District:
    features = json.loads((ROOT / "data" / "reference" / "wards.geojson").read_text("utf-8"))["features"]
    return District(
        vintage="2021",
        ids=np.arange(1, len(features) + 1),
        codes=tuple(feature["properties"]["code"] for feature in features),
        names=tuple(feature["properties"]["name"] for feature in features),
        outlines=np.array([shapely.geometry.shape(feature["geometry"]) for feature in features], dtype=object),
    )


@pytest.fixture(scope="module")
def spots(hadong: District) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ward ids and points strewn over each ward (degrees): at borders the grids of one meridian differ."""
    draw = np.random.default_rng(2962)
    west, south, east, north = shapely.total_bounds(hadong.outlines)
    lon, lat = draw.uniform(west, east, 3000), draw.uniform(south, north, 3000)
    wards = hadong.at(lon, lat)
    for outline in hadong.outlines:
        shapely.prepare(outline)
    within = np.any([shapely.contains_xy(outline, lon, lat) for outline in hadong.outlines], axis=0)
    return wards[within], lon[within], lat[within]


def nowhere(number: int) -> np.ndarray:
    return np.zeros(number, dtype=np.int64)


@pytest.mark.parametrize("epsg", [5897, 3405, 32648, 9210])
@pytest.mark.parametrize("north_first", [False, True])
def test_metres_are_recognised_by_the_wards_they_fall_into(
    hadong: District, spots: tuple[np.ndarray, np.ndarray, np.ndarray], epsg: int, north_first: bool
) -> None:
    wards, lon, lat = spots
    east, north = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform(lon, lat)
    frame = pd.DataFrame({"x": north, "y": east} if north_first else {"x": east, "y": north})
    points = locate(frame, hadong, wards)
    assert points.crs
    assert points.crs.startswith(f"EPSG:{epsg} ")
    assert set(points.location) == {"projected"}
    assert np.abs(points.lon - lon).max() < 1e-4  # VN-2000 and WGS 84 are tied together within some metres
    assert np.abs(points.lat - lat).max() < 1e-4


def test_metres_without_wards_are_said_to_fit_others_too(
    hadong: District, spots: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    _, lon, lat = spots
    east, north = pyproj.Transformer.from_crs(4326, 5897, always_xy=True).transform(lon[:1], lat[:1])
    points = locate(pd.DataFrame({"x": east, "y": north}), hadong, nowhere(1))
    assert points.crs
    assert points.crs.startswith("EPSG:5897")
    assert len(points.also_fits) >= 1


def test_a_crs_that_is_said_is_taken(hadong: District, spots: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    wards, lon, lat = spots
    east, north = pyproj.Transformer.from_crs(4326, 3405, always_xy=True).transform(lon, lat)
    points = locate(pd.DataFrame({"x": east, "y": north}), hadong, nowhere(len(wards)), parse_crs("EPSG:3405"))
    assert np.abs(points.lat - lat).max() < 1e-4


@pytest.mark.parametrize("name", ["EPSG:999999", "VN-3000", "12"])
def test_an_unknown_crs_is_named(name: str) -> None:
    with pytest.raises(UnknownCrs, match=name):
        parse_crs(name)


def test_degrees_swapped_outside_half_and_missing(hadong: District) -> None:
    frame = pd.DataFrame({
        "lon": [105.784, 20.982, 106.7, 105.784, np.nan, 0.0],
        "lat": [20.982, 105.784, 10.8, np.nan, np.nan, 0.0],
    })  # fmt: skip
    points = locate(frame, hadong, nowhere(6))
    assert points.location.tolist() == ["given", "swapped", "unusable", "unusable", "none", "unusable"]
    assert points.counts() == {"given": 1, "swapped": 1, "projected": 0, "unusable": 3, "none": 1}
    assert set(points.counts()) == set(LOCATIONS)
    assert np.isfinite(points.lon).tolist() == [True, True, False, False, False, False]


def test_metres_in_the_columns_of_degrees(hadong: District, spots: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    wards, lon, lat = spots
    east, north = pyproj.Transformer.from_crs(4326, 5897, always_xy=True).transform(lon, lat)
    points = locate(pd.DataFrame({"lon": east, "lat": north}), hadong, wards)
    assert set(points.location) == {"projected"}


def test_just_outside_the_district_is_kept_and_far_outside_is_not(hadong: District) -> None:
    west = shapely.union_all(hadong.outlines).bounds[0]
    [row] = [ward for ward in hadong.outlines if ward.bounds[0] == west]
    lat = shapely.get_coordinates(row)[shapely.get_coordinates(row)[:, 0].argmin(), 1]
    degree = 103_900.0  # metres of a degree of longitude at 20.95° north
    lon = np.array([west - 400 / degree, west - 700 / degree])
    assert hadong.holds(lon, np.array([lat, lat])).tolist() == [True, False]
    assert hadong.at(lon, np.array([lat, lat])).tolist() == [0, 0], "more than the error of the outlines away"


def test_a_point_is_in_the_ward_around_it(hadong: District, spots: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    wards, lon, lat = spots
    centres = shapely.point_on_surface(hadong.outlines)
    assert hadong.at(shapely.get_x(centres), shapely.get_y(centres)).tolist() == hadong.ids.tolist()
    assert not hadong.well_outside(lon, lat, wards).any()
    assert hadong.well_outside(lon, lat, np.full(len(wards), hadong.ids[-1])).mean() > 0.5


@pytest.mark.parametrize(
    "words",
    [
        "Mộ Lao",
        "Phường Mộ Lao",
        "P. Mộ Lao",
        "P.Mộ Lao",
        "phuong mo lao",
        "MỘ LAO, Hà Đông",
        "Mộ Lao (Hà Đông)",
        "9541",
        "09541",
    ],
)
def test_a_ward_is_known_by_name_or_code(hadong: District, words: str) -> None:
    expected = hadong.ids[hadong.names.index("Mộ Lao")]
    assert hadong.named(pd.Series([words, None], dtype=object)).tolist() == [expected, 0]


def test_names_that_begin_like_the_word_for_ward_stay_whole() -> None:
    assert ward_key("Phú Lãm") == "phu lam"
    assert ward_key("P Phú La") == "phu la"
    assert ward_key("Phường Phúc La") == "phuc la"
