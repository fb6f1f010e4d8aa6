"""Ward outlines: matched, repaired, and the venues placed anew."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from shapely import affinity

from data.project import ROOT
from etl.loading.kinds.wards import WrongWards
from etl.locating.outline_repair import repair
from tests.etl.loading.files import MO_LAO, load_file, one, register, rows

SHIPPED = ROOT / "data" / "reference" / "wards.geojson"


def outlines(**changes: Any) -> gpd.GeoDataFrame:
    """The shipped outlines with another column layout, as a stand-in for the official ones."""
    features = json.loads(SHIPPED.read_text("utf-8"))["features"]
    frame = gpd.GeoDataFrame(
        {
            "MA_XA": [feature["properties"]["code"] for feature in features],
            "TEN_XA": ["Phường " + feature["properties"]["name"] for feature in features],
        },
        geometry=[shapely.geometry.shape(feature["geometry"]) for feature in features],
        crs=4326,
    )
    for name, shape in changes.items():
        frame.loc[frame["TEN_XA"] == f"Phường {name.replace('_', ' ')}", "geometry"] = shape
    return frame


def of(name: str) -> shapely.Geometry:
    frame = outlines()
    return frame.geometry[frame["TEN_XA"] == f"Phường {name}"].iloc[0]


@pytest.mark.usefixtures("fresh_database")
@pytest.mark.parametrize(("suffix", "epsg"), [(".geojson", 4326), (".gpkg", 3405), (".shp", 32648)])
def test_official_outlines_replace_the_approximate_ones_in_any_format_and_crs(
    tmp_path: Path, suffix: str, epsg: int
) -> None:
    path = tmp_path / f"ranhgioi{suffix}"
    outlines().to_crs(epsg).to_file(path, engine="pyogrio")
    outcome = load_file(path)
    assert (outcome.rows_read, outcome.accepted, outcome.changes.changed) == (17, 17, 17)
    assert rows("SELECT DISTINCT vintage, boundary_source, load_id FROM ward") == [
        (one("SELECT min(vintage) FROM ward"), "official", outcome.load_id)
    ]
    assert one("SELECT bool_and(ST_IsValid(geom)) FROM ward")
    shipped = outlines().to_crs(32648).area.sum() / 1e6
    assert one("SELECT sum(area_km2) FROM ward") == pytest.approx(shipped, rel=0.002)


@pytest.mark.usefixtures("fresh_database")
def test_a_ward_may_have_parts_but_not_two_outlines(tmp_path: Path) -> None:
    path = tmp_path / "ranhgioi.geojson"
    frame = outlines()
    frame.loc[len(frame)] = frame.loc[0]
    frame.to_file(path, driver="GeoJSON", engine="pyogrio")
    name = frame.loc[0, "TEN_XA"].removeprefix("Phường ")
    with pytest.raises(WrongWards, match=f"Phường «{name}» có 2 ranh giới chồng lên nhau"):
        load_file(path)
    west, south, east, north = frame.geometry[0].bounds
    middle = (west + east) / 2
    halves = [shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)]
    frame.loc[0, "geometry"], frame.loc[len(frame) - 1, "geometry"] = (
        frame.geometry[0].intersection(half) for half in halves
    )
    frame.to_file(path, driver="GeoJSON", engine="pyogrio")
    outcome = load_file(path)
    assert outcome.remarks["merged_outlines"] == 1
    assert f"Phường gồm nhiều mảnh: «{name}»." in outcome.sentences


@pytest.mark.usefixtures("fresh_database")
def test_venues_without_a_named_ward_follow_the_outlines_and_the_others_are_flagged(tmp_path: Path) -> None:
    load_file(register(
        tmp_path / "so.csv", ("A", "không ghi", "", None, "", *MO_LAO), ("B", "có ghi", "", "Mộ Lao", "", *MO_LAO),
    ))  # fmt: skip
    # Mộ Lao and its neighbour swap grounds: what is drawn around the point is now called Văn Quán.
    swapped = outlines(Mộ_Lao=of("Văn Quán"), Văn_Quán=of("Mộ Lao"))
    swapped["MA_XA"] = swapped["TEN_XA"].map(dict(zip(outlines()["TEN_XA"], outlines()["MA_XA"], strict=True)))
    swapped.to_file(tmp_path / "w.geojson", engine="pyogrio")
    version = one("SELECT version FROM clock")
    outcome = load_file(tmp_path / "w.geojson")
    assert outcome.remarks["venues_moved"] == 1
    assert rows("SELECT v.code, w.name FROM venue AS v JOIN ward AS w ON w.id = v.ward_id ORDER BY 1") == [
        ("A", "Văn Quán"), ("B", "Mộ Lao"),
    ]  # fmt: skip
    assert rows("SELECT w.name FROM status_period AS p JOIN ward AS w ON w.id = p.ward_id"
                " JOIN venue AS v ON v.id = p.venue_id WHERE v.code = 'A'") == [("Văn Quán",)]  # fmt: skip
    assert one("SELECT version FROM clock") > version


@pytest.mark.usefixtures("fresh_database")
def test_wards_of_the_same_name_elsewhere_are_left_out(tmp_path: Path) -> None:
    hadong = outlines()
    elsewhere = hadong[hadong["TEN_XA"] == "Phường Quang Trung"].copy()
    elsewhere["geometry"] = affinity.translate(elsewhere.geometry.iloc[0], xoff=0.06, yoff=0.05)  # Đống Đa has one, too
    elsewhere["MA_XA"] = "00208"
    both = gpd.GeoDataFrame(gpd.pd.concat([hadong, elsewhere]), crs=4326)
    both.to_file(tmp_path / "hanoi.geojson", engine="pyogrio")
    outcome = load_file(tmp_path / "hanoi.geojson")
    assert (outcome.rows_read, outcome.accepted, outcome.changes.changed) == (18, 17, 17)
    assert [reject.row for reject in outcome.rejects] == [18]
    assert one("SELECT ST_XMax(geom) < 105.8 FROM ward WHERE name = 'Quang Trung'")


@pytest.mark.usefixtures("fresh_database")
def test_a_missing_ward_is_named_and_nothing_is_kept(tmp_path: Path) -> None:
    outlines().iloc[:-1].to_file(tmp_path / "w.geojson", engine="pyogrio")
    lacking = outlines()["TEN_XA"].iloc[-1].removeprefix("Phường ")
    with pytest.raises(WrongWards, match=lacking):
        load_file(tmp_path / "w.geojson")
    assert one("SELECT count(*) FROM ward WHERE boundary_source = 'official'") == 0


@pytest.mark.usefixtures("fresh_database")
def test_a_new_division_stands_beside_the_old_one(tmp_path: Path) -> None:
    load_file(register(tmp_path / "so.csv", ("A", "Quán", "", "Mộ Lao", "", *MO_LAO)))
    whole = shapely.union_all(outlines().geometry.to_numpy())
    west, south, east, north = whole.bounds
    halves = [shapely.box(west, south, 105.76, north), shapely.box(105.76, south, east, north)]
    frame = gpd.GeoDataFrame(
        {"code": ["10015", "09556"], "name": ["Dương Nội", "Hà Đông"], "valid_from": ["2025-07-01"] * 2},
        geometry=[shapely.intersection(whole, half) for half in halves], crs=4326,
    )  # fmt: skip
    frame.to_file(tmp_path / "2025.geojson", engine="pyogrio")
    outcome = load_file(tmp_path / "2025.geojson")
    assert (outcome.changes.new, outcome.changes.changed) == (2, 0)
    assert rows(
        "SELECT vintage, count(*), min(valid_from)::text FROM ward WHERE boundary_source = 'official' GROUP BY 1"
    ) == [("2025", 2, "2025-07-01")]
    # The old name says nothing in the new division: the point does.
    assert rows("SELECT w.name, v.ward_named FROM venue AS v JOIN ward AS w ON w.id = v.ward_id") == [
        ("Hà Đông", "Mộ Lao")
    ]


def squares(gap: float = 0.0, overlap: float = 0.0) -> list[shapely.Polygon]:
    """Two squares of about 1 km side by side in Hà Đông, ``gap`` or ``overlap`` in degrees between them."""
    left = shapely.box(105.75, 20.95, 105.76 + overlap, 20.96)
    return [left, shapely.box(105.76 + gap, 20.95, 105.77, 20.96)]


def repaired(*shapes: shapely.Geometry) -> Any:
    import numpy as np

    return repair(np.array(shapes, dtype=object))


def test_a_gap_between_two_wards_is_filled() -> None:
    result = repaired(*squares(gap=0.0001))
    assert result.gaps_m2 == pytest.approx(10.4 * 1107, rel=0.05)
    assert result.outlines[0].distance(result.outlines[1]) < 1e-9


def test_a_road_between_two_wards_is_no_gap() -> None:
    assert repaired(*squares(gap=0.001)).gaps_m2 == 0


def test_a_small_overlap_is_taken_away_and_said() -> None:
    result = repaired(*squares(overlap=0.0001))
    [(first, second, area)] = result.overlaps
    assert (first, second) == (0, 1)
    assert area == pytest.approx(10.4 * 1107, rel=0.05)
    assert shapely.intersection(*result.outlines).area < 1e-12
    assert result.contradictions == ()


def test_a_large_overlap_is_left_to_its_maker() -> None:
    result = repaired(*squares(overlap=0.003))
    [(first, second, _)] = result.contradictions
    assert (first, second) == (0, 1)


def test_a_bow_tie_is_made_valid() -> None:
    bow_tie = shapely.Polygon([(105.75, 20.95), (105.76, 20.96), (105.76, 20.95), (105.75, 20.96)])
    result = repaired(bow_tie, shapely.box(105.77, 20.95, 105.78, 20.96))
    assert result.made_valid == (0,)
    assert all(shapely.is_valid(result.outlines))
    assert {shape.geom_type for shape in result.outlines} == {"MultiPolygon"}


def test_sound_outlines_stay_as_they_are() -> None:
    result = repaired(*outlines().geometry)
    assert (result.made_valid, result.overlaps, result.contradictions) == ((), (), ())
    before, after = outlines().to_crs(32648).area, gpd.GeoSeries(result.outlines, crs=4326).to_crs(32648).area
    assert (after - before).abs().max() < 100
