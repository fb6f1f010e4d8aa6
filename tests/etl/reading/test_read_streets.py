"""Networks of streets in each format and CRS, and maps that are none."""

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from shapely.geometry import LineString, MultiLineString, Point, box

from etl.errors import UnusableFile
from etl.validation.read import read
from etl.validation.table import BoundaryFile, StreetFile
from tests.etl.loading.street_files import line, streets, write

TRAN_PHU = LineString([(105.78, 20.97), (105.79, 20.98)])


def read_streets(path: Path, **said: Any) -> StreetFile:
    file = read(path, **said)
    assert isinstance(file, StreetFile)
    return file


def geojson(path: Path, *features: tuple[Any, dict[str, Any]]) -> Path:
    content = [
        {"type": "Feature", "properties": said, "geometry": shapely.geometry.mapping(shape) if shape else None}
        for shape, said in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": content}), "utf-8")
    return path


@pytest.mark.parametrize("crs", [4326, 3405, 5897, 32648])
@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp"])
def test_each_format_in_each_crs(tmp_path: Path, suffix: str, crs: int) -> None:
    file = read_streets(write(streets(), tmp_path / f"duong{suffix}", crs))
    assert (file.kind, file.rows_read, file.rejects) == ("streets", 6, [])
    assert file.frame["name"].tolist()[:4] == ["Phố 0", "Phố 1", "Phố 2", "Ngõ 0"]
    assert file.frame["oneway"].tolist() == [1, 0, 0, 0, 0, 0]
    assert file.frame["_row"].tolist() == [1, 2, 3, 4, 5, 6]
    wanted = streets().to_crs(4326).total_bounds
    assert file.frame.total_bounds == pytest.approx(wanted, abs=1e-6)


def test_vn2000_without_a_crs_is_asked_for(tmp_path: Path) -> None:
    path = write(streets(), tmp_path / "duong.shp", 5897)
    path.with_suffix(".prj").unlink()
    with pytest.raises(UnusableFile, match=r"không ghi hệ tọa độ.*--crs"):
        read(path)
    assert read_streets(path, crs="EPSG:5897").frame.crs.to_epsg() == 4326
    plain = json.loads(streets().to_crs(5897).to_json())
    plain.pop("crs", None)
    path = tmp_path / "duong.geojson"
    path.write_text(json.dumps(plain), "utf-8")
    with pytest.raises(UnusableFile, match=r"không ghi hệ tọa độ.*--crs"):
        read(path)
    found = read_streets(path, crs="EPSG:5897").frame.total_bounds
    assert found == pytest.approx(streets().to_crs(4326).total_bounds, abs=1e-6)


def test_outlines_in_metres_without_a_crs_are_asked_for_the_same_way(tmp_path: Path) -> None:
    ward = gpd.GeoDataFrame({"name": ["Mộ Lao"]}, geometry=[box(581000, 2319000, 582000, 2320000)], crs=None)
    path = tmp_path / "phuong.geojson"
    path.write_text(ward.to_json(), "utf-8")
    with pytest.raises(UnusableFile, match="không ghi hệ tọa độ"):
        read(path)
    assert isinstance(read(path, crs="EPSG:5897"), BoundaryFile)


def test_lines_in_three_dimensions_and_of_several_parts(tmp_path: Path) -> None:
    high = LineString([(105.78, 20.97, 5.0), (105.79, 20.98, 7.5)])
    parts = MultiLineString([[(105.78, 20.97), (105.78, 20.98)], [(105.79, 20.97), (105.79, 20.98)]])
    file = read_streets(geojson(tmp_path / "a.geojson", (high, {"ten": "Cầu Đen"}), (parts, {"ten": "Tô Hiệu"})))
    assert not shapely.has_z(file.frame.geometry.to_numpy()).any()
    assert file.frame.geometry.geom_type.tolist() == ["LineString", "MultiLineString"]
    assert file.frame["name"].tolist() == ["Cầu Đen", "Tô Hiệu"]


def test_who_may_go_which_way(tmp_path: Path) -> None:
    said: list[dict[str, Any]] = [
        {"highway": "residential", "oneway": "-1"},
        {"highway": "residential", "oneway": "no"},
        {"highway": "residential", "oneway": True},
        {"highway": "footway"},
        {"highway": "tertiary", "junction": "roundabout"},
        {"highway": "motorway", "name": "Pháp Vân – Cầu Giẽ"},
        {"railway": "light_rail", "name": "Cát Linh – Hà Đông"},
        {"highway": "construction"},
    ]
    file = read_streets(geojson(tmp_path / "a.geojson", *((TRAN_PHU, one) for one in said)))
    assert file.frame["oneway"].tolist() == [-1, 0, 1, 0, 1]
    assert file.frame["foot_only"].tolist() == [False, False, False, True, False]
    assert [reject.row for reject in file.rejects] == [6, 7, 8]
    assert "«motorway» – không phải đường phố đi được" in file.rejects[0].message
    assert file.rows_read == 8
    ours = [
        {"Tên đường": "Ngõ 4", "Một chiều": "x", "Đi bộ": ""},
        {"Tên đường": "Ngõ 6", "Một chiều": "", "Đi bộ": "có"},
    ]
    file = read_streets(geojson(tmp_path / "b.geojson", *((TRAN_PHU, one) for one in ours)))
    assert file.frame["name"].tolist() == ["Ngõ 4", "Ngõ 6"]
    assert (file.frame["oneway"].tolist(), file.frame["foot_only"].tolist()) == ([1, 0], [False, True])


def test_what_is_no_line_beside_streets_is_said(tmp_path: Path) -> None:
    square = box(105.78, 20.97, 105.79, 20.98)
    said = {"highway": "pedestrian"}
    path = geojson(tmp_path / "a.geojson", (TRAN_PHU, said), (square, said), (Point(105.78, 20.97), said), (None, said))
    file = read_streets(path)
    assert [(reject.row, reject.value) for reject in file.rejects] == [(2, "Polygon"), (3, "Point"), (4, "")]
    assert (len(file.frame), file.rows_read) == (1, 4)


def test_areas_are_no_streets(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    geojson(path, (box(105.78, 20.97, 105.79, 20.98), {"name": "Mộ Lao"}))
    assert isinstance(read(path), BoundaryFile)
    with pytest.raises(UnusableFile, match=r"chứa Polygon; mạng đường phố cần đường"):
        read(path, "streets")
    with pytest.raises(UnusableFile, match="không có đường nào đi được"):
        read(geojson(path, (TRAN_PHU, {"highway": "motorway"})))
    table = tmp_path / "a.csv"
    table.write_text("Mã,Tên\nHD1,A\n", encoding="utf-8")
    with pytest.raises(UnusableFile, match="là bảng, không phải mạng đường phố"):
        read(table, "streets")


def test_a_geopackage_with_wards_beside(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    wards = gpd.GeoDataFrame({"name": ["Mộ Lao"]}, geometry=[box(105.78, 20.97, 105.79, 20.98)], crs=4326)
    streets().to_crs(4326).to_file(path, layer="duong", engine="pyogrio")
    wards.to_file(path, layer="phuong", engine="pyogrio")
    assert read(path).kind == "wards"
    assert read(path, "streets").sheets == ("duong",)
    streets().to_crs(4326).to_file(path, layer="duong 2", engine="pyogrio")
    with pytest.raises(UnusableFile, match=r"đúng một lớp đường.*«duong», «duong 2»"):
        read(path, "streets")


def test_a_zipped_shapefile(tmp_path: Path) -> None:
    write(streets((line((0, 0), (1, 1)), {"name": "Ngõ chéo"})), tmp_path / "duong.shp", 3405)
    path = tmp_path / "duong.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in tmp_path.glob("duong.[!z]*"):
            archive.write(part, part.name)
    assert read_streets(path).rows_read == 7
