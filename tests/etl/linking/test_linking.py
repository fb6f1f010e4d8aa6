"""The traps, the parts of names and addresses, and the quality that is promised."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.texts.folding import fold
from etl.linking.engine import UPPER, Weights, candidates, decide, describe, duplicates
from etl.linking.engine.evidence import LEVELS
from tests.benchmarks import linking as bench
from tools.linking_weights import retellings


def _frame(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["name", "address", "ward"])


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        (
            "12A ngõ 4 ngách 4/12 Quang Trung, P. Quang Trung",
            {"house": "12a", "alleys": "4/12", "street": "quang trung"},
        ),
        ("Số 3 ngách 12 ngõ 4 Ngô Quyền", {"house": "3", "alleys": "4/12", "street": "ngo quyen"}),
        ("Số 5-7 phố Nguyễn Khuyến, Văn Quán, Q. Hà Đông", {"house": "5-7", "ward_key": "van quan"}),
        ("LK12-34 KĐT Văn Khê, La Khê", {"lot": "lk12-34", "quarter": "van khe", "ward_key": "la khe"}),
        ("lô 34 LK12 khu đô thị Văn Khê", {"lot": "lk12-34", "quarter": "van khe"}),
        ("Kiot 3 chợ Hà Đông", {"unit": "3"}),
        ("Tầng 2, TTTM Mê Linh Plaza, đường Tô Hiệu", {"floor": "2", "street": "to hieu", "quarter": "me linh plaza"}),
        ("TDP 5 phường Kiến Hưng", {"group": "5", "ward_key": "kien hung"}),
        ("40 ngõ 41 đ. Ngô Quyền", {"house": "40", "alleys": "41", "street": "ngo quyen"}),
        ("126 P. Hà Trì, Hà Cầu", {"house": "126", "street": "ha tri", "ward_key": "ha cau"}),
        ("Quầy 14, chợ Văn Quán, Hà Đông", {"unit": "14", "quarter": "van quan", "street": ""}),
        ("Ki ốt số 05, tòa CT7E, Dương Nội", {"unit": "5", "building": "ct7e", "lot": "", "street": ""}),
        ("T.1 Hồ Gươm Plaza, Trần Phú", {"floor": "1", "street": "tran phu", "quarter": "ho guom plaza"}),
        ("Tầng trệt Mê Linh Plaza, đường Tô Hiệu", {"floor": "1", "street": "to hieu"}),
        ("Thôn La Dương, P. Dương Nội", {"quarter": "la duong", "ward_key": "duong noi", "street": ""}),
        ("Lô CL18-07 khu đô thị Phú Lương", {"lot": "cl18-7", "quarter": "phu luong"}),
        ("Km 17 QL6, Yên Nghĩa", {"house": "km17", "street": "route6"}),
        ("Số 9 đường 19/5, Văn Quán", {"house": "9", "street": "muoi chin thang nam"}),
        ("TT4-A7, Xa La", {"lot": "tt4-a7", "quarter": "xa la"}),
        ("A7 TT4 KĐT Xa La", {"lot": "tt4-a7", "quarter": "xa la"}),
        ("Shophouse 05 tòa The K Park", {"lot": "sh5"}),
        ("Q15 chợ Vạn Phúc", {"unit": "15", "quarter": "van phuc"}),
        ("Tòa nhà số 3 KĐT Văn Phú", {"building": "3", "quarter": "van phu"}),
        ("Km12 +300 đường 21B", {"house": "km12+300", "street": "route21b"}),
        ("Ngã tư Lê Trọng Tấn", {"house": "", "street": "le trong tan"}),
        ("Khu A KĐT Geleximco, A12-05", {"lot": "a12-5"}),
    ],
)
def test_an_address_is_taken_apart(address: str, parts: dict[str, str]) -> None:
    described = describe(_frame(("x", address, ""))).iloc[0]
    assert {part: described[part] for part in parts} == parts


@pytest.mark.parametrize(
    ("name", "core", "kind"),
    [
        ("Hộ kinh doanh Karaoke Ánh Sao", "karaoke anh sao", "household"),
        ("CTY TNHH MTV Hoa Sen", "hoa sen", "company"),
        ("CH tạp hoá Hương", "tap hoa huong", "shop"),
        ("Tạp hóa Cửa Hàng Mới", "tap hoa cua hang moi", ""),
        ("Công ty", "cong ty", ""),
        ("VinMart+ CT2 Văn Khê", "winmart", ""),
    ],
)
def test_legal_words_are_taken_off_the_front_only(name: str, core: str, kind: str) -> None:
    described = describe(_frame((name, "", ""))).iloc[0]
    assert (described["core"], described["type"]) == (core, kind)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Karaoke Ánh Sao", "13 Quang Trung"), ("Karaoke Ánh Sao", "6 Quang Trung")),
        (("Mầm non Hoa Hồng", "Lô 26 KĐT Văn Phú"), ("Mầm non Hoa Hồng", "Lô 30 KĐT Văn Phú")),
        (("Tạp hóa Hương", "12 ngõ 4 Ngô Quyền"), ("Tạp hóa Hương", "15 ngõ 4 Ngô Quyền")),
        (("Trà sữa Moon", "Tầng 1 TTTM Mê Linh"), ("Trà sữa Moon", "Tầng 3 TTTM Mê Linh")),
        (("Vải Lan", "Kiot 3 chợ La Khê"), ("Vải Lan", "Kiot 8 chợ La Khê")),
        (("Chè Xoan", "SN 18 tổ 6 Phú La"), ("Chè Xoan", "SN 18 TDP 8 Phú La")),
        (("Circle K cơ sở 1", "9 Trần Phú"), ("Circle K cơ sở 2", "9 Trần Phú")),
        (("Moon Spa", "9 Trần Phú"), ("Moon Coffee", "9 Trần Phú")),
        (("Trường Tiểu học Kim Đồng", "9 Trần Phú"), ("Trường THCS Kim Đồng", "9 Trần Phú")),
        (("Tạp hóa An Khang", "9 Trần Phú"), ("Quán cơm An Khang", "9 Trần Phú")),
    ],
)
def test_a_clear_difference_forbids_an_automatic_link(one: tuple[str, str], other: tuple[str, str]) -> None:
    same_phone = {"phone_hash": "a" * 64}
    mention = _frame((*one, "La Khê")).assign(**same_phone)
    venue = _frame((*other, "La Khê")).assign(**same_phone)
    found = candidates(mention, venue, Weights.shipped())
    assert found["forbidden"].all()
    assert "linked" not in set(decide(found)["verdict"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Happy Kids Kindergarten", "BT5-7 Xa La"), ("Trường mầm non Happy Kids", "BT5 ô số 7 KĐT Xa La")),
        (("Thời trang Hạnh Nguyên", "130 Tô Hiệu"), ("Hạnh Nguyên Fashion", "số 130, Tô Hiệu")),
        (("Me Linh Spa", "12 Tô Hiệu"), ("Melinh Spa Hà Đông", "12 Tô Hiệu")),
        (("Gội đầu Bna Mai", "12 ngõ 4 Tô Hiệu"), ("Gội đầu Ban Mai", "12 ngõ 4 Tô Hiệu")),
        (("Bún đậu Mạc Văn Khoa", "12 Tô Hiệu"), ("Bún đậu MVK", "12 Tô Hiệu")),
        (("Mì cay Sasin - Tô Hiệu", "24 Tô Hiệu"), ("Mỳ cay Sasin", "Số 24 Tô Hiệu")),
        (("CHXD 71", "Km 14 QL6"), ("Cửa hàng xăng dầu số 71", "Km14 quốc lộ 6")),
    ],
)
def test_one_name_told_in_two_ways_at_one_door_is_linked(one: tuple[str, str], other: tuple[str, str]) -> None:
    found = candidates(_frame((*one, "Hà Cầu")), _frame((*other, "Hà Cầu")), Weights.shipped())
    assert decide(found)["verdict"].tolist() == ["linked"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Phở Hùng", "chợ Vạn Phúc", "Vạn Phúc"), ("Phở Hưng", "chợ Vạn Phúc", "Vạn Phúc")),
        (("Mixue", "10 Lê Lai", ""), ("Mixue", "10 Lê Lợi", "")),
        (("Trạm y tế phường Phú La", "", "Phú La"), ("Trạm y tế phường Phúc La", "", "Phúc La")),
        (("Phở Hà", "22 ngõ 8 Lê Lợi", ""), ("Phở Hà", "22 ngõ 9 Lê Lợi", "")),
    ],
)
def test_what_is_spelled_alike_is_not_one(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    found = candidates(_frame(one), _frame(other), Weights.shipped())
    assert "linked" not in decide(found)["verdict"].tolist()


@pytest.mark.parametrize("address", ["", "Số 99 Tô Hiệu"])
def test_a_person_sees_the_venue_of_the_name_in_the_ward_whatever_the_address_says(address: str) -> None:
    told = _frame(("Karaoke Ánh Sao", address, "Hà Cầu"))
    venues = _frame(("Karaoke Ánh Sao", "12 Tô Hiệu", "Hà Cầu"), ("Spa Ngọc Lan", "99 Tô Hiệu", "Hà Cầu"))
    found = candidates(told, venues, Weights.shipped())
    assert 0 in found["venue"].tolist()
    assert decide(found)["verdict"].tolist() == ["waiting"]
    assert found.set_index("venue").loc[0, "forbidden"] == bool(address)


def test_a_name_that_stands_once_in_the_register_says_more() -> None:
    others = retellings.make(8_000, 10, seed=3)[1]
    told = _frame(("Mầm non Cá Heo Xanh", "", "Hà Cầu"))
    alone = _frame(("Mầm non Cá Heo Xanh", "12 Tô Hiệu", "Hà Cầu"))
    twice = _frame(("Mầm non Cá Heo Xanh", "12 Tô Hiệu", "Hà Cầu"), ("MN Cá Heo Xanh", "LK5-7 Xa La", "Phúc La"))
    once, both = (
        candidates(told, pd.concat([others, venues], ignore_index=True), Weights.shipped())["probability"].max()
        for venues in (alone, twice)
    )
    assert once >= 0.3
    assert once > 2 * both


def test_the_probability_is_the_share_that_is_right() -> None:
    figures = bench.quality(Weights.shipped(), retellings.make(20_000, 10_000, seed=10))
    off = [(abs(said - right), pairs) for said, right, pairs in figures.calibration if pairs >= 50]
    assert max(apart for apart, _ in off) < 0.25
    assert sum(apart * pairs for apart, pairs in off) / sum(pairs for _, pairs in off) < 0.05


def test_the_right_one_of_two_of_a_name_is_linked_and_two_equal_ones_wait() -> None:
    venues = _frame(
        ("Karaoke Ánh Sao", "13 Quang Trung", "Quang Trung"), ("Karaoke Ánh Sao", "6 Quang Trung", "Quang Trung")
    )
    told = _frame(
        ("KARAOKE ANH SAO", "số 13 đường Quang Trung", "Quang Trung"), ("Karaoke Ánh Sao", "Quang Trung", "Quang Trung")
    )
    decided = decide(candidates(told, venues, Weights.shipped())).set_index("mention")
    assert tuple(decided.loc[0, ["verdict", "venue"]]) == ("linked", 0)
    assert 1 not in decided.index or decided.loc[1, "verdict"] == "waiting"


def test_a_street_on_the_border_may_be_told_with_either_ward() -> None:
    told = _frame(("Spa Ngọc Lan", "88 Lê Trọng Tấn", "La Khê"))
    venues = _frame(("Spa Ngọc Lan", "88 Lê Trọng Tấn", "Dương Nội"), ("Spa Ngọc Lan", "88 Lê Trọng Tấn", "Đồng Mai"))
    reasons = candidates(told, venues, Weights.shipped()).set_index("venue")["reasons"]
    wards = [next(one["verdict"] for one in json.loads(text) if one["part"] == "ward") for text in reasons.sort_index()]
    assert wards[0] == "similar"
    assert "different" in wards[1:] or len(wards) == 1


def test_the_same_evidence_says_less_in_a_larger_register() -> None:
    weights = Weights.shipped()
    levels = {part: np.zeros(1, dtype=np.int8) for part in LEVELS} | {"name": np.full(1, 9, dtype=np.int8)}
    small, large = (weights.probability(levels, np.array([False]), venues)[0] for venues in (30_000, 400_000))
    assert large < small


def test_duplicates_of_a_register_are_found_once() -> None:
    venues = _frame(
        ("Tạp hóa Hương Lan", "12 Tô Hiệu", "Hà Cầu"), ("CH tạp hoá Hương Lan", "Số 12 đường Tô Hiệu", "Hà Cầu")
    )
    found = duplicates(venues, Weights.shipped())
    assert found[["first", "second"]].to_numpy().tolist() == [[0, 1]]


def test_decisions_teach_slowly_and_in_their_direction() -> None:
    venues = _frame(("Phở Hùng", "12 Tô Hiệu", "Hà Cầu"))
    told = _frame(("Phở Hùng", "Tô Hiệu", "Hà Cầu"))
    before = candidates(told, venues, Weights.shipped()).iloc[0]
    decided = pd.DataFrame({"reasons": [before["reasons"]] * 30, "same": [False] * 30})
    once = candidates(told, venues, Weights.shipped().taught(decided.head(1)))["probability"].max()
    often = candidates(told, venues, Weights.shipped().taught(decided))["probability"].max()
    assert not often > once
    assert not once > before["probability"]


def test_reasons_are_json_with_what_differs() -> None:
    found = candidates(
        _frame(("Phở Hùng", "12 Tô Hiệu", "")), _frame(("Phở Hùng", "12 Tô Hiệu", "Hà Cầu")), Weights.shipped()
    )
    house = next(reason for reason in json.loads(found["reasons"][0]) if reason["part"] == "house")
    assert house == {"part": "house", "mention": "12", "venue": "12", "verdict": "same"}


@settings(deadline=None)  # the machine may be busy
@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạ 0123456789/,-.", max_size=40))
def test_marks_and_case_do_not_matter(text: str) -> None:
    parts = [
        describe(_frame((one, one, one))).drop(columns=["name", "address", "ward"])
        for one in (text, fold(text).upper())
    ]
    pd.testing.assert_frame_equal(parts[0], parts[1])
    pd.testing.assert_frame_equal(describe(parts[0]), parts[0])


def test_automatic_links_of_a_made_set_keep_the_promise() -> None:
    figures = bench.quality(Weights.shipped(), retellings.make(8_000, 4_000, seed=9))
    assert figures.precision >= bench.PRECISION
    assert figures.recall >= bench.RECALL
    assert figures.waiting < 0.15
    assert UPPER >= 0.9
