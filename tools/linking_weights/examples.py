"""Invented venues told twice, from which the shipped weights are learnt; ``python -m tools.linking_weights.train`` uses
them.

Each venue is a set of facts, told once as a register would and once as a clerk in a hurry would. The measuring set of
``make bench`` is made elsewhere, by other templates and from other words.
"""

import hashlib
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.texts.folding import fold
from etl.linking.engine import words

_TRADES = (
    ("Tạp hóa", "grocery", 9), ("Cửa hàng tạp hóa", "grocery", 4), ("Karaoke", "entertainment", 2),
    ("Nhà thuốc", "pharmacy", 4),
    ("Quán cơm", "eatery", 4), ("Phở", "eatery", 4), ("Bún chả", "eatery", 3), ("Cà phê", "cafe", 6),
    ("Trà sữa", "cafe", 2),
    ("Mầm non", "kindergarten", 2), ("Trường mầm non", "kindergarten", 2), ("Nha khoa", "clinic", 2),
    ("Phòng khám", "clinic", 2),
    ("Salon tóc", "beauty", 3), ("Spa", "beauty", 2), ("Nail", "beauty", 2), ("Shop thời trang", "fashion", 4),
    ("Công ty TNHH", "office", 3), ("Công ty cổ phần", "office", 2), ("Sửa xe máy", "vehicle_repair", 3),
    ("Điện thoại", "electronics", 2), ("Nhà nghỉ", "lodging", 1), ("Gym", "entertainment", 1), ("Bia hơi", "eatery", 2),
    ("Hộ kinh doanh", "other", 3),
)  # fmt: skip
_GIVEN = [
    "Hương",
    "Lan",
    "Dũng",
    "Tuấn",
    "Hạnh",
    "Nga",
    "Thảo",
    "Minh",
    "Sơn",
    "Hải",
    "Cường",
    "Bích",
    "Ngọc",
    "Phương",
    "Trang",
    "Yến",
    "Thu",
    "Hà",
    "Mai",
    "Liên",
    "Oanh",
    "Tâm",
    "Hiền",
    "Vân",
    "Quyên",
    "Huệ",
    "Đào",
    "Tiến",
    "Lâm",
    "Khoa",
    "Bảo",
    "Nhi",
    "Trâm",
    "Diệp",
    "Duyên",
    "Thanh",
    "Tú",
    "Hòa",
    "Thủy",
    "Đạt",
    "Chiến",
    "Thành",
    "Quý",
]
_FANCY = [
    "Ánh Sao",
    "Hoàng Gia",
    "Sunrise",
    "Happy Kids",
    "Tuổi Thơ",
    "Bụi Phấn",
    "Gia Đình",
    "Ruby",
    "Venus",
    "Moon",
    "Cherry",
    "Sài Gòn",
    "Hà Thành",
    "Quê Hương",
    "Mộc",
    "Nhà Gỗ",
    "Sao Việt",
    "An Phát",
    "Đại Lợi",
    "Trường Thọ",
    "Phương Nam",
    "Hồng Phát",
    "Bốn Mùa",
    "Lotus",
    "Paradise",
    "Golden",
    "Thiên Ân",
    "Vườn Xưa",
    "Cỏ Ba Lá",
    "Mùa Xuân",
    "Kim Ngân",
    "Á Đông",
    "Thành Công",
    "Bình An",
    "Hạnh Phúc",
    "Ngân Hà",
    "Rồng Vàng",
    "Mẹ Tôi",
    "Bé Yêu",
    "Xứ Nghệ",
]
_BRANDS = ("WinMart", "Circle K", "Highlands Coffee", "Long Châu", "Thế Giới Di Động", "Con Cưng", "Bách Hóa Xanh")
_STREETS = [
    "Quang Trung",
    "Trần Phú",
    "Lê Trọng Tấn",
    "Nguyễn Khuyến",
    "Tô Hiệu",
    "Phùng Hưng",
    "Văn Khê",
    "Ngô Quyền",
    "Lê Lợi",
    "Bà Triệu",
    "Nguyễn Trãi",
    "Tố Hữu",
    "Vạn Phúc",
    "Chu Văn An",
    "Lê Hồng Phong",
    "Nguyễn Văn Lộc",
    "Phúc La",
    "Hà Trì",
    "Ba La",
    "Mậu Lương",
    "Đa Sỹ",
    "Yên Nghĩa",
    "Thanh Bình",
]
_TOWNS = ["Văn Phú", "Văn Khê", "Xa La", "Dương Nội", "An Hưng", "Mỗ Lao", "Thanh Hà", "Đô Nghĩa", "Văn Quán"]
_TELL_STREET = (
    "{n} {s}",
    "Số {n} {s}",
    "số {n} đường {s}",
    "Số nhà {n} phố {s}",
    "SN {n} {s}",
    "{n} {S}",
    "nhà số {n}, {s}",
)
_TELL_ALLEY = (
    "{n} ngõ {a} {s}",
    "Số {n} ngõ {a} đường {s}",
    "ngõ {a} số {n} {s}",
    "số nhà {n}, ngõ {a}, {s}",
    "Ngõ {a} {s}",
)
_TELL_LOT = ("{l} KĐT {t}", "Lô {l} khu đô thị {t}", "{l} {t}", "lô {m} {k} KĐTM {t}", "{l}, khu đô thị mới {t}")
_TELL_UNIT = (
    "Kiot {m} {b} KĐT {t}",
    "Ki ốt {m} tòa {b}, {t}",
    "{b} KĐT {t}, kiot số {m}",
    "Kiosk {m} chung cư {b} {t}",
    "Tòa {b} KĐT {t}",
)
_TELL_GROUP = ("Tổ {g}", "TDP {g}", "tổ dân phố {g}", "TDP số {g}")
_TELL_WARD = (
    ", {w}",
    ", phường {w}",
    ", P.{w}",
    ", P. {w}, Hà Đông",
    ", {w}, Q. Hà Đông, Hà Nội",
    ", phường {w}, quận Hà Đông",
)


def make(count: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, NDArray[np.int64]]:
    """``count`` venues, half as many mentions, and the position of each mention's venue (-1: not in the register)."""
    rng = np.random.default_rng(seed)
    wards = sorted(words.ward_names())
    facts = [_fact(rng, wards) for _ in range(count)]
    for row in range(0, count, 9):  # one name twice in a street or a new town, as two venues
        if facts[(row + 1) % count]["kind"] not in (0, 2, 3, 4):
            continue
        facts[row] = {**facts[(row + 1) % count], "n": _house(rng), "m": int(rng.integers(1, 80)), "phone": _phone(rng)}
        facts[row] |= {"g": int(rng.integers(1, 20))}
        facts[row] |= {"lon": facts[row]["lon"] + rng.normal(0, 0.001), "lat": facts[row]["lat"] + rng.normal(0, 0.001)}
    venues = pd.DataFrame([_told(fact, rng, wards, hurried=False) for fact in facts])
    chosen = rng.permutation(count)[: count // 2]
    mentions = [_told(facts[row], rng, wards, hurried=True) for row in chosen]
    absent = rng.random(len(chosen)) < 0.12
    hidden = set(chosen[absent].tolist())
    kept = np.array([row for row in range(count) if row not in hidden])
    place = {int(row): position for position, row in enumerate(kept)}
    truth = np.array([place.get(int(row), -1) for row in chosen])
    return pd.DataFrame(mentions), venues.iloc[kept].reset_index(drop=True), truth


def _one(rng: np.random.Generator, listed: tuple[str, ...] | list[str]) -> str:
    return listed[int(rng.integers(len(listed)))]


def _house(rng: np.random.Generator) -> str:
    return f"{rng.integers(1, 400)}{'ABC'[int(rng.integers(3))] if rng.random() < 0.08 else ''}"


def _phone(rng: np.random.Generator) -> str:
    return hashlib.sha256(str(rng.integers(10**9)).encode()).hexdigest()


def _fact(rng: np.random.Generator, wards: list[str]) -> dict[str, Any]:
    weights = np.array([trade[2] for trade in _TRADES], dtype=float)
    trade = _TRADES[int(rng.choice(len(_TRADES), p=weights / weights.sum()))]
    called = _one(rng, _FANCY) if rng.random() < 0.45 else _one(rng, _GIVEN)
    if rng.random() < 0.3:
        called += " " + _one(rng, _GIVEN)
    name, category = f"{trade[0]} {called}", trade[1]
    street = _one(rng, _STREETS)
    through = [ward for ward in wards if fold(ward) in words.street_wards().get(fold(street), ())] or wards
    if rng.random() < 0.06:
        name, category = _one(rng, _BRANDS), "convenience_store"
    kind = rng.choice(5, p=(0.46, 0.2, 0.16, 0.1, 0.08))
    return {
        "name": name, "category": category, "kind": int(kind), "n": _house(rng), "a": int(rng.integers(1, 300)),
        "s": street, "through": through, "b": f"{_one(rng, ('CT', 'HH'))}{rng.integers(1, 12)}",
        "t": _one(rng, _TOWNS), "k": f"{_one(rng, ('LK', 'BT', 'TT'))}{rng.integers(1, 30)}",
        "m": int(rng.integers(1, 80)), "g": int(rng.integers(1, 20)), "w": _one(rng, through), "phone": _phone(rng),
        "lon": 105.77 + rng.normal(0, 0.02), "lat": 20.96 + rng.normal(0, 0.02),
    }  # fmt: skip


def _told(fact: dict[str, Any], rng: np.random.Generator, wards: list[str], *, hurried: bool) -> dict[str, Any]:
    templates = (_TELL_STREET, _TELL_ALLEY, _TELL_LOT, _TELL_GROUP, _TELL_UNIT)[fact["kind"]]
    dash = _one(rng, ("-", " - ", "-", "."))
    values = {**fact, "S": fact["s"].upper(), "l": f"{fact['k']}{dash}{fact['m']}"}
    address = _one(rng, templates).format(**values)
    name, ward, said_ward = fact["name"], fact["w"], rng.random()
    if said_ward < 0.66:
        address += _one(rng, _TELL_WARD).format(w=ward)
    if hurried:
        name, address = _hurried_name(name, rng), _hurried_address(fact, address, rng)
        wrong = rng.random()  # the neighbour of a street on the border, or any other
        ward = _one(rng, fact["through"]) if wrong < 0.06 else _one(rng, wards) if wrong < 0.09 else ward
        ward = "" if rng.random() < 0.3 else ward
    far = 0.0002 if rng.random() < 0.9 else 0.004
    there = rng.random() < (0.4 if hurried else 0.9)
    return {
        "name": name, "address": address, "ward": ward,
        "phone_hash": _told_phone(fact, rng, 0.45 if hurried else 0.8),
        "category": _told_category(fact, rng, 0.6) if hurried else fact["category"],
        "lon": fact["lon"] + rng.normal(0, far) if there else np.nan,
        "lat": fact["lat"] + rng.normal(0, far) if there else np.nan,
    }  # fmt: skip


def _told_phone(fact: dict[str, Any], rng: np.random.Generator, share: float) -> str:
    """Its telephone if it is told at all; one in twenty has another one by now or a line that it shares."""
    drawn = rng.random()
    if drawn > share:
        return ""
    if drawn < 0.05 * share:
        return hashlib.sha256(f"shared {rng.integers(2000)}".encode()).hexdigest()
    return fact["phone"]


def _told_category(fact: dict[str, Any], rng: np.random.Generator, share: float) -> str:
    """Its category if it is told at all; clerks disagree about one in twelve."""
    drawn = rng.random()
    if drawn > share:
        return ""
    return _one(rng, [trade[1] for trade in _TRADES]) if drawn < share / 12 else fact["category"]


def _hurried_name(name: str, rng: np.random.Generator) -> str:
    if rng.random() < 0.12:
        name = _one(rng, ("Hộ kinh doanh ", "HKD ", "Cửa hàng ", "CH ")) + name
    if rng.random() < 0.08 and len(name.split()) > 2:
        name = " ".join(name.split()[1:])
    if rng.random() < 0.06:
        name += " " + _one(rng, ("quán", "shop", "cơ sở 1", "Hà Đông", "- " + _one(rng, _GIVEN)))
    for long, short in (("Công ty TNHH", "Cty TNHH"), ("Cà phê", "Cafe"), ("Trường mầm non", "MN"), ("Nhà nghỉ", "NN")):
        if rng.random() < 0.4:
            name = name.replace(long, short)
    return _mistyped(name, rng, 0.10)


def _hurried_address(fact: dict[str, Any], address: str, rng: np.random.Generator) -> str:
    drawn = rng.random()
    if drawn < 0.05:
        return ""
    if drawn < 0.13:
        return fact["s"] if fact["kind"] < 2 else fact["t"]
    if drawn < 0.16:
        address = ", ".join(address.split(", ")[::-1])
    return _mistyped(address, rng, 0.05)


def _mistyped(text: str, rng: np.random.Generator, share: float) -> str:
    if rng.random() < 0.3:
        text = fold(text) if rng.random() < 0.5 else text.upper()
    if rng.random() < share and len(text) > 4:
        at = int(rng.integers(1, len(text) - 1))
        kind = rng.integers(3)
        text = (
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :],
        )[kind]
    return text
