"""A network of streets is cut where they meet, mended, replaced as a whole, refused where broken, taken back."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiLineString

from etl.loading.kinds.streets import BrokenNetwork
from etl.loading.load import Options, load
from etl.loading.report import report
from etl.locating.street_topology import build
from etl.undo.undo import undo
from etl.validation.read import read
from tests.etl.loading.files import load_file, one, register, rows
from tests.etl.loading.street_files import BLOCK_M, at, line, streets, write

pytestmark = pytest.mark.usefixtures("fresh_database")


def network() -> dict[str, Any]:
    [(segments, junctions, metres)] = rows(
        "SELECT count(*) / 2 AS segments, count(DISTINCT junction) AS junctions, sum(metres) / 2 AS metres"
        " FROM street_segment, LATERAL (VALUES (source), (target)) AS ends (junction)"
    )
    return {"segments": segments, "junctions": junctions, "metres": float(metres or 0)}


def shifted(east: float, north: float, metres: float) -> tuple[float, float]:
    """A place of the grid so many metres further east."""
    x, y = at(east, north)
    return x + metres, y


@pytest.mark.parametrize(("suffix", "crs"), [(".geojson", 4326), (".gpkg", 3405), (".shp", 5897)])
def test_streets_are_cut_where_they_meet(tmp_path: Path, suffix: str, crs: int) -> None:
    outcome = load_file(write(streets(), tmp_path / f"duong{suffix}", crs))
    assert (outcome.kind, outcome.rows_read, outcome.accepted, outcome.unchanged) == ("streets", 6, 6, 0)
    assert network() == {"segments": 12, "junctions": 9, "metres": pytest.approx(12 * BLOCK_M, rel=1e-4)}
    assert one("SELECT count(*) FROM street_segment WHERE oneway") == 2
    assert one("SELECT count(DISTINCT source_row) FROM street_segment") == 6
    assert one("SELECT bool_and(abs(ST_Length(geom::geography) / metres - 1) < 0.002) FROM street_segment")
    assert "Mạng đường phố: 12 đoạn, 2.400 m." in outcome.sentences


def test_a_bridge_does_not_meet_the_street_below(tmp_path: Path) -> None:
    bridge = line((0, 0), (2, 2))  # over the junction in the middle, where it has no vertex
    load_file(write(streets((bridge, {"name": "Cầu"})), tmp_path / "a.geojson"))
    assert rows("SELECT name, round(metres) FROM street_segment WHERE name = 'Cầu'") == [("Cầu", round(400 * 2**0.5))]


def test_near_misses_are_joined_and_said_and_others_are_not(tmp_path: Path) -> None:
    short = LineString([shifted(0, 0.5, 0.8), at(1, 0.5)])  # 0.8 m short of Ngõ 0; ends on Ngõ 1 without a vertex
    gap = LineString([shifted(2, 2, 0.6), at(3, 2)])  # 0.6 m from the end of Phố 2
    far = LineString([shifted(0, 1.5, 1.5), shifted(0, 1.5, 60)])  # 1.5 m short
    outcome = load_file(
        write(streets(*((each, {"name": "Thêm"}) for each in (short, gap, far))), tmp_path / "a.gpkg", 3405)
    )
    assert outcome.remarks["streets_joined"] == 3
    assert network()["segments"] == 12 + 1 + 2 + 1  # short, Ngõ 0 and Ngõ 1 cut by it, gap
    assert [(reject.row, reject.value) for reject in outcome.rejects] == [(9, "Thêm")]
    assert "không nối với mạng đường" in outcome.rejects[0].message
    told = "\n".join(report(outcome))
    assert "3 đầu đường hở không quá 1 m đã được nối vào đường bên cạnh" in told
    assert "Không nối với mạng: 1 đoạn (1 mảng, tổng 58 m), đã để lại ngoài." in told


def test_lines_drawn_twice_without_length_in_parts_or_against_their_way(tmp_path: Path) -> None:
    twice = line((2, 1), (1, 1), (0, 1))  # Phố 1 from the other end
    nothing = LineString([at(1, 1), at(1, 1)])
    parts = MultiLineString([[at(2, 0), at(3, 0)], [at(2, 1), at(3, 1)]])
    against = {"name": "Ngược", "oneway": "-1"}
    outcome = load_file(
        write(
            streets(
                (twice, {}), (nothing, {"name": "Không"}), (parts, {"name": "Mảng"}), (line((3, 0), (3, 1)), against)
            ),
            tmp_path / "a.geojson",
        )
    )
    assert outcome.remarks["streets_repeated"] == 2
    assert [(reject.row, reject.value) for reject in outcome.rejects] == [(8, "Không")]
    assert network()["segments"] == 12 + 3
    assert one("SELECT ST_Y(ST_StartPoint(geom)) > ST_Y(ST_EndPoint(geom)) FROM street_segment WHERE name = 'Ngược'")
    assert one("SELECT oneway FROM street_segment WHERE name = 'Ngược'")


def test_a_broken_network_is_refused_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    before = load_file(write(streets(), tmp_path / "tot.geojson"))
    broken = streets()
    broken["geometry"] = [shapely.LineString([shape.coords[0], shape.coords[-1]]) for shape in broken.geometry]
    broken = broken[broken["name"] != "Ngõ 0"]  # ends that met, but for the corners, do not any more
    broken["geometry"] = [shapely.affinity.scale(shape, 0.9, 0.9) for shape in broken.geometry]
    with pytest.raises(BrokenNetwork, match=r"bị đứt: 80 % chiều dài \(1\.440 m, 4 mảng\)"):
        load_file(write(broken, tmp_path / "dut.geojson"))
    assert one("SELECT count(*) FROM load") == 1
    assert rows("SELECT DISTINCT load_id FROM street_segment") == [(before.load_id,)]


def test_streets_of_another_place_or_in_another_zone_are_refused(tmp_path: Path) -> None:
    hue = streets()
    hue["geometry"] = hue.translate(xoff=200_000, yoff=-500_000)
    with pytest.raises(BrokenNetwork, match="không có đường nào trong quận"):
        load_file(write(hue, tmp_path / "hue.geojson"))
    path = write(streets(), tmp_path / "mui.shp", 5897)
    path.with_suffix(".prj").unlink()
    with pytest.raises(BrokenNetwork, match="hệ tọa độ"):
        load(read(path, crs="EPSG:5899"), Options(), lambda _step, _text: None)


def test_what_lies_far_off_or_crosses_the_world_is_left_out_and_said(tmp_path: Path) -> None:
    frame = streets((line((0, 0), (0, 100)), {"name": "Ra xa"})).to_crs(4326)
    more = gpd.GeoDataFrame(
        {"name": ["Huế", "Vòng trái đất", "Dài"], "oneway": None},
        geometry=[
            LineString([(107.59, 16.46), (107.60, 16.47)]),
            LineString([(179.9, 20.9), (-179.9, 20.98)]),
            LineString([(105.78, 20.97), (106.9, 20.97)]),
        ],
        crs=4326,
    )
    both = gpd.GeoDataFrame(gpd.pd.concat([frame, more], ignore_index=True), crs=4326)
    outcome = load_file(write(both, tmp_path / "a.geojson"))
    assert [(reject.row, reject.value) for reject in outcome.rejects] == [
        (7, "Ra xa"), (8, "Huế"), (9, "Vòng trái đất"), (10, "Dài"),
    ]  # fmt: skip
    assert network()["segments"] == 12


def test_another_file_is_the_whole_network_and_undo_brings_the_earlier_back(tmp_path: Path) -> None:
    path = write(streets(), tmp_path / "duong.gpkg")
    first = load_file(path)
    before = rows("SELECT * FROM street_segment ORDER BY id")
    assert load_file(path).loaded_before
    second = load_file(write(streets(size=4), tmp_path / "moi.gpkg"))
    assert (second.changes.removed, second.changes.supersedes) == (12, first.load_id)
    assert f"Thay cho toàn bộ mạng đường của lần nạp số {first.load_id} (12 đoạn)." in second.sentences
    assert network()["segments"] == 24
    load_file(register(tmp_path / "so.csv", ("A", "quán", "", "Mộ Lao", "", "105.784", "20.982")))
    undone = undo(second.load_id, "ai đó", lambda _step, _text: None)
    assert (undone.reloaded, undone.rows) == (0, {"street_segment": {"added": 24, "changed": 0, "removed": 12}})
    assert rows("SELECT * FROM street_segment ORDER BY id") == before
    undo(first.load_id, None, lambda _step, _text: None)
    assert network()["segments"] == 0
    assert not load_file(path).loaded_before


def test_the_first_file_again_after_another_is_the_network_again(tmp_path: Path) -> None:
    path = write(streets(), tmp_path / "cu.gpkg")
    load_file(path)
    load_file(write(streets(size=4), tmp_path / "moi.gpkg"))
    assert not load_file(path).loaded_before
    assert network()["segments"] == 12


def test_streets_do_not_end_a_demonstration(demo_files: Path, tmp_path: Path) -> None:
    load_file(next(path for path in sorted(demo_files.iterdir()) if path.suffix == ".xlsx"))
    day = one("SELECT current_day()")
    outcome = load_file(write(streets(), tmp_path / "duong.gpkg"))
    assert one("SELECT current_day()") == day
    assert outcome.turned_day is None


def test_a_network_of_many_lines_hangs_together() -> None:
    """Chains of thousands of segments, each labelled from its end: the worst case for looking for parts."""
    east = [LineString([(x, y * 50), (x + 50, y * 50)]) for y in range(40) for x in range(0, 5000, 50)]
    north = [LineString([(0, y * 50), (0, (y + 1) * 50)]) for y in range(39)]
    lines = np.array(east[::-1] + north, dtype=object)
    found = build(lines, np.zeros(len(lines), dtype=bool))
    assert found.is_main.all()
    assert len(found.pieces) == len(lines)
    assert len(np.unique([found.source, found.target])) == 40 * 101
