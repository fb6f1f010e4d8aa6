"""The demonstration's register and the same venues as hurried clerks tell them, with what is the truth about each.

Its names, its addresses and the noise on them have nothing in common with ``tools/linking_weights/examples.py``. The
weights of ``etl.linking`` are calibrated on some seeds of it and measured on others.
"""

import datetime as dt
import hashlib

import numpy as np
import pandas as pd

from data.texts.folding import fold
from etl.demo.ground import Ground
from etl.demo.venues import make_venues, trades

ABSENT, TWINS = 0.10, 0.06  # mentions without a venue; venues beside which one of the same name stands


def make(venues: int, mentions: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Mentions, venues, and the venue (position) of each mention, -1 where it is in no register."""
    rng = np.random.default_rng(seed)
    ground = Ground()
    made = make_venues(ground, venues, dt.date(2021, 11, 30), rng)
    listed = trades()
    register = pd.DataFrame(
        {
            "name": made.names,
            "address": made.addresses,
            "ward": [ground.names[ward] for ward in made.ward.tolist()],
            "phone_hash": [_hash(phone) for phone in made.phones],
            "category": [listed[trade].code for trade in made.trade.tolist()],
            "lon": made.lon,
            "lat": made.lat,
        }
    )
    twins = rng.random(venues) < TWINS  # one name once more in the same street, at another number
    after = np.flatnonzero(twins[:-1])
    register.loc[after + 1, "name"] = register["name"].to_numpy()[after]
    register.loc[rng.random(venues) < 0.25, "phone_hash"] = ""
    register.loc[rng.random(venues) < 0.10, ["lon", "lat"]] = np.nan
    chosen = rng.integers(venues, size=mentions)
    told = register.iloc[chosen].reset_index(drop=True)
    told = _as_told(told, ground.names, rng)
    hidden = rng.random(venues) < ABSENT
    place = np.where(hidden, -1, np.cumsum(~hidden) - 1)
    return told, register[~hidden].reset_index(drop=True), place[chosen]


def _hash(phone: str) -> str:
    return hashlib.sha256(f"salt {phone}".encode()).hexdigest()


def _as_told(told: pd.DataFrame, wards: list[str], rng: np.random.Generator) -> pd.DataFrame:
    told["name"] = [_name(name, rng) for name in told["name"]]
    told["address"] = [
        _address(address, ward, rng) for address, ward in zip(told["address"], told["ward"], strict=True)
    ]
    count = len(told)
    told.loc[rng.random(count) < 0.30, "ward"] = ""
    wrong = rng.random(count) < 0.02
    told.loc[wrong, "ward"] = [wards[int(number)] for number in rng.integers(len(wards), size=int(wrong.sum()))]
    told.loc[rng.random(count) < 0.50, "phone_hash"] = ""
    other = rng.random(count) < 0.02
    told.loc[other, "phone_hash"] = [_hash(f"other {row}") for row in np.flatnonzero(other)]
    told.loc[rng.random(count) < 0.40, "category"] = ""
    told.loc[rng.random(count) < 0.55, ["lon", "lat"]] = np.nan
    told["lon"] += rng.normal(0, 0.0002, count)
    told["lat"] += rng.normal(0, 0.0002, count)
    return told


_SHORT = (
    ("Công ty TNHH", ("CTY TNHH", "Cty TNHH", "CT TNHH")), ("Cửa hàng", ("CH", "C.hàng")),
    ("Cà phê", ("Cafe", "Coffee")),
    ("Trường Mầm non", ("MN", "Mầm non")), ("Phòng khám", ("PK",)), ("Khách sạn", ("KS",)), ("Siêu thị", ("ST",)),
    ("Nhà thuốc", ("Nhà thuốc tây", "NT")), ("Trung tâm", ("TT",)), ("Ngân hàng", ("NH",)),
    ("Tạp hóa", ("Tạp hoá", "T.hóa")),
)  # fmt: skip


def _name(name: str, rng: np.random.Generator) -> str:
    for long, short in _SHORT:
        if long in name and rng.random() < 0.35:
            name = name.replace(long, short[int(rng.integers(len(short)))])
    drawn = rng.random()
    if drawn < 0.06:
        name = f"HKD {name}"
    elif drawn < 0.10:
        name = f"{name} ({('chủ mới', 'cũ', 'tầng 1', 'mặt đường')[int(rng.integers(4))]})"
    elif drawn < 0.13:
        words = name.split()
        name = " ".join(words[1:] if len(words) > 2 else words)
    return _keyed(name, rng, 0.07)


def _address(address: str, ward: str, rng: np.random.Generator) -> str:
    drawn = rng.random()
    if drawn < 0.03:
        return ""
    if drawn < 0.08:
        address = "".join(letter for letter in address if not letter.isdigit())
    address = address.replace("đường ", ("đường ", "đ. ", "", "phố ")[int(rng.integers(4))])
    address = address.replace(
        "phố ", ("phố ", "", "P. ")[min(2, int(rng.integers(20)) // 8)] if rng.random() < 0.3 else "phố "
    )
    if rng.random() < 0.3:
        address = address.replace("Số ", "").replace("KĐT ", "khu đô thị ")
    if rng.random() < 0.4:
        address += (f", P.{ward}", f" - {ward}", f", phường {ward}, HĐ", f", {ward}, Hà Đông, HN")[int(rng.integers(4))]
    return _keyed(address, rng, 0.04)


def _keyed(text: str, rng: np.random.Generator, share: float) -> str:
    """As it comes off a keyboard: without marks, in capitals, a wrong, missing or swapped letter, blanks gone."""
    drawn = rng.random()
    if drawn < 0.2:
        text = fold(text)
    elif drawn < 0.35:
        text = text.upper()
    elif drawn < 0.38:
        text = text.replace(", ", ",").replace(". ", ".")
    if len(text) > 5 and rng.random() < share:
        at = int(rng.integers(1, len(text) - 1))
        wrong = "asdfghjklnmoieu"[int(rng.integers(15))]
        text = (
            text[:at] + wrong + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :],
        )[int(rng.integers(3))]
    return text
