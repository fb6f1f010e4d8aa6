"""What people decide teaches the engine: pairs like those they called one venue become likelier, and conversely."""

from pathlib import Path

import pytest

from data.database.connection import loader_connection
from etl.review.descriptions import Decision, decide
from tests.etl.loading.files import REGISTER, load_file, one, rows, write_csv

pytestmark = pytest.mark.usefixtures("fresh_database")

FIRST = ("Hoa Mai", "Thanh Xuân", "Bình Minh", "Hải Yến", "Ngọc Lan", "Phương Đông", "Tây Hồ", "Sao Mai")
TRADES = ("Cà phê", "Nhà thuốc", "Cắt tóc", "Tạp hóa", "Bún chả")
NAMES = [f"{trade} {first}" for trade in TRADES for first in FIRST]
DESCRIBED = ("Tên địa điểm", "Địa chỉ", "Phường", "Ngày tạo mã QR", "Mã tài khoản")
ASKED = NAMES[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    register = [
        (f"HD{n:03d}", name, f"Số {2 * n + 1} phố Trần Phú", "Mộ Lao", "Khác", "105.784", "20.982")
        for n, name in enumerate(NAMES)
    ]
    load_file(write_csv(tmp_path / "so.csv", REGISTER, register, "DANH SÁCH ĐỊA ĐIỂM"))
    lines = [(name, f"Số {2 * n + 1} phố Trần Phú", "Mộ Lao", "12/10/2021", f"A{n}") for n, name in enumerate(NAMES)]
    load_file(write_csv(tmp_path / "tai-khoan.csv", DESCRIBED, lines))
    return tmp_path


def probability(account: str) -> float:
    """How likely the engine held the description of that account and the venue of its name to be one."""
    return float(
        one(
            "SELECT c.probability FROM link_candidate AS c JOIN mention AS m ON m.id = c.mention_id"
            " JOIN venue AS v ON v.id = c.venue_id WHERE m.account_code = %s AND v.name = m.name",
            account,
        )
    )


@pytest.mark.parametrize(("verdict", "direction"), [("same", 1), ("different", -1)])
def test_decisions_move_later_probabilities(folder: Path, verdict: str, direction: int) -> None:
    before = probability("A0")
    pairs = rows(
        "SELECT m.id AS mention, v.id AS venue FROM mention AS m JOIN venue AS v ON v.name = m.name"
        " WHERE m.name <> %s ORDER BY m.id",
        ASKED,
    )
    with loader_connection() as conn:
        decide(conn, [Decision(mention, verdict, venue) for mention, venue in pairs], "cán bộ")
    line = (ASKED, "Số 1 phố Trần Phú", "Mộ Lao", "14/10/2021", "B0")
    load_file(write_csv(folder / "tai-khoan-2.csv", DESCRIBED, [line]))
    assert direction * (probability("B0") - before) > 0
