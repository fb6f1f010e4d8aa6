"""Ward outlines in each format and CRS, and such that cannot be used."""

import datetime as dt
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, box

from etl.errors import UnusableFile
from etl.validation.read import read
from etl.validation.table import BoundaryFile


def outlines(**columns: Any) -> gpd.GeoDataFrame:
    """Two squares in Hà Đông, by default with a name and a code."""
    columns = columns or {"TEN_PHUONG": ["Mộ Lao", "Văn Quán"], "MA_PHUONG": ["09541", "09542"]}
    shapes = [box(105.778, 20.974, 105.785, 20.989), box(105.785, 20.974, 105.799, 20.986)]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def boundaries(path: Path, crs: str | None = None) -> BoundaryFile:
    file = read(path, crs=crs)
    assert isinstance(file, BoundaryFile)
    return file


def check(file: BoundaryFile) -> None:
    assert file.kind == "wards"
    assert file.frame["name"].tolist() == ["Mộ Lao", "Văn Quán"]
    assert file.frame["code"].tolist() == ["09541", "09542"]
    assert file.frame["_row"].tolist() == [1, 2]
    assert file.frame.crs.to_epsg() == 4326
    assert file.frame.total_bounds == pytest.approx([105.778, 20.974, 105.799, 20.989], abs=1e-6)
    assert file.rows_read == 2
    assert len(file.file_sha256) == 64


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32648", "EPSG:3405", "EPSG:5897"])
@pytest.mark.parametrize("driver", ["GeoJSON", "GPKG", "ESRI Shapefile"])
def test_each_format_in_each_crs_under_any_name(tmp_path: Path, driver: str, crs: str) -> None:
    suffix = {"GeoJSON": "geojson", "GPKG": "gpkg", "ESRI Shapefile": "shp"}[driver]
    path = tmp_path / f"tệp.{suffix}"
    options = {"RFC7946": "NO"} if driver == "GeoJSON" else {}
    outlines().to_crs(crs).to_file(path, driver=driver, engine="pyogrio", encoding="UTF-8", **options)
    if driver != "ESRI Shapefile":
        path = path.rename(tmp_path / "khong-ten.dat")
    check(boundaries(path))


@pytest.mark.parametrize("folder", ["", "ranh giới/"])
def test_a_zipped_shapefile(tmp_path: Path, folder: str) -> None:
    outlines().to_crs("EPSG:3405").to_file(tmp_path / "phuong.shp", engine="pyogrio", encoding="UTF-8")
    path = tmp_path / "phuong.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/._phuong.shp", "x")
        for part in tmp_path.glob("phuong.[!z]*"):
            archive.write(part, folder + part.name)
    check(boundaries(path))


def test_a_shapefile_without_crs_or_code_page(tmp_path: Path) -> None:
    path = tmp_path / "phuong.shp"
    outlines().to_crs("EPSG:3405").to_file(path, engine="pyogrio", encoding="UTF-8")
    path.with_suffix(".prj").unlink()
    path.with_suffix(".cpg").unlink()
    with pytest.raises(UnusableFile, match=r"không ghi hệ tọa độ.*--crs"):
        read(path)
    check(boundaries(path, "EPSG:3405"))
    with pytest.raises(UnusableFile, match="Không biết hệ tọa độ «EPSG:99999»"):
        read(path, crs="EPSG:99999")
    path.with_suffix(".shx").unlink()
    with pytest.raises(UnusableFile, match=r"thiếu phần \.shx"):
        read(path)


def test_the_fingerprint_of_a_shapefile_covers_its_parts(tmp_path: Path) -> None:
    path = tmp_path / "phuong.shp"
    outlines().to_file(path, engine="pyogrio", encoding="UTF-8")
    before = boundaries(path).file_sha256
    outlines(name=["Mộ Lao", "Hà Cầu"], code=["09541", "09556"]).to_file(path, engine="pyogrio", encoding="UTF-8")
    assert boundaries(path).file_sha256 != before


def test_vintage_and_validity(tmp_path: Path) -> None:
    frame = outlines(
        name=["Hà Đông", "Kiến Hưng"], vintage=["2025-07", "2025-07"], valid_from=["01/07/2025", "2025-07-01"]
    )
    frame.to_file(tmp_path / "a.geojson", driver="GeoJSON", engine="pyogrio")
    file = boundaries(tmp_path / "a.geojson")
    assert file.frame["vintage"].tolist() == ["2025-07", "2025-07"]
    assert file.frame["valid_from"].dt.date.tolist() == [dt.date(2025, 7, 1)] * 2
    assert pd.isna(file.frame["valid_to"]).all()
    assert file.frame["code"].tolist() == [None, None]


def test_a_geopackage_with_a_layer_of_lines_beside(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    lines = gpd.GeoDataFrame(
        {"ten": ["Quang Trung"]}, geometry=[LineString([(105.7, 20.9), (105.8, 21)])], crs="EPSG:4326"
    )
    lines.to_file(path, layer="duong", driver="GPKG", engine="pyogrio")
    outlines().to_file(path, layer="phuong", driver="GPKG", engine="pyogrio")
    file = boundaries(path)
    assert file.sheets == ("phuong",)
    check(file)
    outlines().to_file(path, layer="phuong 2", driver="GPKG", engine="pyogrio")
    with pytest.raises(UnusableFile, match=r"đúng một lớp vùng.*«phuong», «phuong 2»"):
        read(path)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("{}", "không phải GeoJSON"),
        ('{"type": "FeatureCollection", "features": []}', "không phải FeatureCollection"),
        ('{"type": "FeatureCollection", "features": [1]}', "không phải GeoJSON"),
        ("[1, 2]", "không phải GeoJSON"),
        ('{"type": "FeatureColl', "không phải GeoJSON"),
        ("[" * 200_000, "không phải GeoJSON"),
        (
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {},'
            ' "geometry": {"type": "LineString", "coordinates": [[105.7, 20.9]]}}]}',
            "không phải GeoJSON",
        ),
    ],
)
def test_json_that_is_no_outline(tmp_path: Path, content: str, word: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnusableFile, match=word):
        read(path)


def test_a_zipped_shapefile_is_not_unpacked_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for suffix in (".shx", ".dbf", ".shp"):
            archive.writestr(f"a{suffix}", bytes(40_000_000 if suffix == ".shp" else 100))
    tracemalloc.start()
    with pytest.raises(UnusableFile, match="bị hỏng"):
        read(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20_000_000


def test_points_missing_shapes_and_missing_names(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    frame = outlines()
    frame.set_geometry(frame.geometry.centroid).to_file(path, driver="GeoJSON", engine="pyogrio")
    with pytest.raises(UnusableFile, match="chứa Point"):
        read(path)
    outlines(dien_tich=[1, 2]).to_file(path, driver="GeoJSON", engine="pyogrio")
    with pytest.raises(UnusableFile, match=r"không có cột tên hay mã phường.*«dien_tich»"):
        read(path)
    content = json.loads(outlines().to_json())
    content["features"][1]["geometry"] = None
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(UnusableFile, match="đối tượng thứ 2 không có hình"):
        read(path)


def test_damaged_files(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    outlines().to_file(path, driver="GPKG", engine="pyogrio")
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(UnusableFile, match="GeoPackage"):
        read(path)
    path = tmp_path / "b.shp"
    outlines().to_file(path, engine="pyogrio")
    path.write_bytes(path.read_bytes()[:120])
    with pytest.raises(UnusableFile):
        read(path)


def test_a_table_is_no_outline_and_an_outline_no_table(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("Mã,Tên\nHD1,A\n", encoding="utf-8")
    with pytest.raises(UnusableFile, match="là bảng, không phải ranh giới"):
        read(table, "wards")
    path = tmp_path / "b.geojson"
    outlines().to_file(path, driver="GeoJSON", engine="pyogrio")
    with pytest.raises(UnusableFile, match="tệp bản đồ"):
        read(path, "venues")
