"""An address taken apart: house, chain of alleys, lot, floor or kiosk, street, quarter, ward.

Works on folded text (lower case, no diacritics), so "ngõ" and "Ngô" are told apart by the figure that follows an alley.
"""

import re
from dataclasses import dataclass, field

from rapidfuzz import process

from etl.linking.engine import words

MISSPELT = 80.0  # rapidfuzz ratio of a ward's name as it is written and as it is

# A letter after a blank is part of the number only where it cannot be the "đ." or "p." of a street.
_NUMBER = r"\d+(?:bis|[a-h]\d?(?!\s?\.)|\s[a-c](?=\s*(?:,|$|ngo|ngach|hem|duong|pho)))?(?![a-z0-9])"
# "Văn Quán, Hà Đông" is a ward before the district, not "quận Hà Đông".
_DISTRICT = re.compile(
    r"\b(?:(?:q|(?<!van )quan|tp|thanh pho|t)\b[. ]*)?(?:ha dong|ha noi|hn)\b(?!\s+(?:plaza|center))|\bviet nam\b"
)
_WARD = re.compile(r"(?:\bphuong\b|(?<![a-z0-9])p\s?\.|(?<![a-z0-9])p(?= [a-z]))\s*([a-z][a-z ]*)")
_FLOOR = re.compile(
    r"\b(?:tang|lau|floor)\s*(?:so\s*)?(\d+|tret|ham|g)\b"
    r"|(?<![a-z0-9])(?<!toa )(?<!nha )(?<!block )t\s?\.?\s?(\d{1,2})(?![a-z0-9/-])"
)
_GROUND = {"tret": "1", "g": "1"}  # in the north the ground floor is the first
_UNIT = re.compile(
    r"\b(ki\s?-?\s?ot|ki\s?-?\s?os[kc]?|kiosque|quay|sap|gian hang|gian|shop ?house|sh|phong|can ho|can)"
    r"\s*(?:so\s*)?[:.]?\s*"
    r"([a-z]{0,2}\d+[a-z]?(?:\s?[-.]\s?\d+)?)\b(?!\s*[-.]?\s*(?:lk|bt|tt))"
)
_ALLEY = re.compile(rf"\b(ngo|ngach|hem|ng\.|ngh\.|kiet)\s*(?:so\s*)?((?:{_NUMBER})(?:\s?/\s?(?:{_NUMBER}))*)")
_DEPTH = {"ngo": 0, "ng.": 0, "kiet": 0, "ngach": 1, "ngh.": 1, "hem": 2}
_LOT_BLOCK = re.compile(
    r"\b(?:lo\s*)?(lk|lkv|bt|btlk|btsl|tt|nv|sh|cl|dg|tm|lien ke|biet thu|bl)\s*[-.]?\s*(\d+[a-z]?)"
    r"((?:\s?[-./]\s?[a-z]?\d+[a-z]?)*)\b"
)
_LOT_CODE = re.compile(
    r"(?:^|,)\s*((?!ct|hh|[uv]\d)[a-z]{1,2}\d+[a-z]?)(?:\s?-\s?(\d+[a-z]?)|(?=\s+(?:khu|kdt|kdtm)\b))"
)  # "A12-05"
_LOT_FIRST = re.compile(r"(?:^|,)\s*(?:can|so|o|lo)?\s*([a-z]\d+[a-z]?)\s*(?=,|$)")  # "A12 TT9"
_LOT = re.compile(
    r"\b(?:lo|o)(?:(?=\d)|\b)\s*(?:dat\s*|so\s*)?([a-z]{0,2}\s?-?\s?\d+[a-z]?(?:\s?[-./]\s?\d+[a-z]?)*)\b"
)
_BUILDING = re.compile(
    r"\b(?:toa(?: nha)?|chung cu|cc|nha|don nguyen|block|thap|sanh)\s+(?!so\s)([a-z]{1,3}\s?\d+[a-z]?|[a-h])\b"
    r"|\b(?:toa(?: nha)?|thap|block)\s+(?:so\s*)?(\d+[a-z]?)\b"
    r"|\b((?:ct|hh|v|u)\d+[a-z]?)\b"
)
_GROUP = re.compile(r"\b(?:to dan pho|tdp|to|khu pho|kp|doi|xom|cum)\s*(?:so\s*)?(\d+)\b")
_RANGE = rf"(?:{_NUMBER})(?:\s?[-+&]\s?(?:{_NUMBER}))?(?:\s?/\s?(?:{_NUMBER}))*"
_HOUSE_SAID = re.compile(rf"\b(?:so nha|nha so|sn|so)\s*[.:]?\s*({_RANGE})")
_KILOMETRE = re.compile(r"\bkm\s?\.?\s?(\d+)(?:\s?\+\s?(\d+))?\b")  # stands for a house on the numbered roads
_HOUSE_FIRST = re.compile(rf"(?:^|[,;])\s*({_RANGE})(?!\s*(?:thang|moi|m2)\b)")
# "Thôn La Dương" ends like a street's first word; only where a name follows is it one ("đường").
_QUARTER = re.compile(
    r"\b(?:khu do thi moi|khu do thi|kdtm|kdt|to dan pho|tdp|khu pho|khu nha o"
    r"|khu dan cu|kdc|khu|thon|lang|xom|du an|cho|tttm|chung cu)\s+"
    r"([a-z][a-z ]*?)(?=\s*(?:,|$|;|\(|\)|\b(?:phuong|duong(?=\s+[a-z])|pho)\b))"
)
# "Dương Nội" is a ward and a town: once folded it looks like a street ("đường").
_STREET = re.compile(r"(?:\b(?:mat )?(?:duong(?!\s+noi\b)|pho)\b|(?<![a-z])(?:d|dg|ph)\s?\.)\s*([a-z][a-z0-9 /]*)")
_SPLIT = re.compile(r"[,;()|]|\s-\s")
_ALIASES_IN_TEXT = (
    (re.compile(r"\bshop ?house\s+(?=sh\s?-?\s?\d)"), ""),
    (re.compile(r"\bshop ?house\s*(?:so\s*)?-?\s*(?=\d)"), "sh"),
    (re.compile(r"\bq\s?(?=\d+,? cho\b)"), "quay "),
    (re.compile(r"\b19\s?[/.-]\s?5\b"), "muoi chin thang nam"),
    (re.compile(r"\b19 thang 5\b"), "muoi chin thang nam"),
    (re.compile(r"\b(?:duong )?(?:ql|tl|dt|quoc lo|tinh lo|tinh)\s?(\d+[a-z]?)\b"), r"route\1,"),
    (re.compile(r"\bduong (6|21b|70|72|430)( moi)?\b"), r"route\1,"),
)  # fmt: skip
_DIGIT = re.compile(r"\d")
_BESIDE = re.compile(r"\b(?:nga (?:ba|tu|nam)|doi dien|gan|canh|ben canh|dau|cuoi|cong)\s+(?=[a-z])")
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")


@dataclass(slots=True)
class Address:
    """Parts of an address, folded; empty where it does not say."""

    house: str = ""
    alleys: str = ""  # outermost first: "4/12"
    slashed: bool = False  # house and alleys share one figure ("12/4"), whose order nobody can tell
    lot: str = ""
    unit: str = ""  # floor, kiosk, stall, building
    floor: str = ""
    building: str = ""
    street: str = ""
    quarter: str = ""
    group: str = ""
    ward: str = ""
    rest: list[str] = field(default_factory=list)


def parse(folded: str) -> Address:
    """The parts of a folded address."""
    found = Address()
    text = f" {folded} ".replace("_", " ")
    if _DIGIT.search(text):
        for pattern, plain in _ALIASES_IN_TEXT:
            text = pattern.sub(plain, text)
    text = _HYPHEN.sub(" ", _BESIDE.sub(", ", text))
    text = _DISTRICT.sub(",", text).strip(" .,")
    text = _ward(text, found)
    if "tang " in text or _DIGIT.search(text):
        text = _numbers(text, found)
    _names(text, found)
    return found


def _ward(text: str, found: Address) -> str:
    known = words.wards()

    def keep(match: re.Match[str]) -> str:
        name = match[1].strip()
        for length in range(min(3, len(name.split())), 0, -1):
            if (ward := known.get(" ".join(name.split()[:length]))) is not None:
                found.ward = ward
                return "," + " ".join(name.split()[length:])
        said = match[0].lstrip().startswith("phuong")
        if _is_street(name) or not (said or process.extractOne(name, known, score_cutoff=MISSPELT)):
            return f", pho {name}"  # "P. Hà Trì" is a street, and so is "P." before what is like no ward
        found.ward = name
        return ","

    return _WARD.sub(keep, text)


def _is_street(name: str) -> bool:
    parts = name.split()
    return any(" ".join(parts[:length]) in words.streets() for length in range(min(4, len(parts)), 0, -1))


def _numbers(text: str, found: Address) -> str:
    """Take floor, unit, lot, alleys and house out of ``text``, in the order in which one could be taken for another."""

    def floor(match: re.Match[str]) -> str:
        said = match[1] or match[2]
        found.floor = _GROUND.get(said) or said.lstrip("0")
        return ","

    def building(match: re.Match[str]) -> str:
        found.building = (match[1] or match[2] or match[3]).replace(" ", "").lstrip("0")
        return ","

    def unit(match: re.Match[str]) -> str:
        found.unit = re.sub(r"[\s.-]+", "-", match[2]).lstrip("0")
        return ","

    def group(match: re.Match[str]) -> str:
        found.group = match[1].lstrip("0")
        return ","

    text = _FLOOR.sub(floor, text)
    text = _lots(text, found)
    text = _GROUP.sub(group, text)
    text = _UNIT.sub(unit, text)
    text = _BUILDING.sub(building, text)
    text = _alleys(text, found)
    return _house(text, found)


def _lots(text: str, found: Address) -> str:
    """Block and number of a lot: "LK12-34", "lô 34 LK12", "BT5 ô số 7"."""
    blocks: list[str] = []
    numbers: list[str] = []

    def block(match: re.Match[str]) -> str:
        letters = {"lien ke": "lk", "biet thu": "bt"}.get(match[1], match[1])
        blocks.append(letters + match[2].lstrip("0"))
        numbers.extend(part.strip().lstrip("0") for part in re.split(r"[-./]", match[3]) if part.strip())
        return ","

    def lot(match: re.Match[str]) -> str:
        numbers.append(re.sub(r"[\s./-]+", "-", match[1].strip()).lstrip("0"))
        return ","

    text = _LOT_BLOCK.sub(block, text)
    text = _LOT.sub(lot, text)
    if blocks and not numbers and (first := _LOT_FIRST.search(text)):
        numbers.append(first[1])
        text = text.replace(first[0], ",", 1)
    if not blocks and not numbers and (code := _LOT_CODE.search(text)):
        numbers.extend(part.lstrip("0") for part in code.groups() if part)
        text = text[: code.start()] + "," + text[code.end() :]
    if blocks and not numbers and (house := _HOUSE_FIRST.search(text) or _HOUSE_SAID.search(text)):
        numbers.append(house[1].strip())  # "số 34 LK12": the house of a block is its lot
        text = text.replace(house[0], ",", 1)
    found.lot = "-".join(blocks[:1] + numbers)
    return text


def _alleys(text: str, found: Address) -> str:
    """The chain of alleys, outermost first: "ngõ 4 ngách 4/12" repeats the alley within its branch."""
    chains: list[tuple[int, list[str]]] = []

    def alley(match: re.Match[str]) -> str:
        chains.append((_DEPTH[match[1]], [_plain(part) for part in match[2].split("/")]))
        return ","

    text = _ALLEY.sub(alley, text)
    chain: list[str] = []
    for _, part in sorted(chains):
        chain = part if part[: len(chain)] == chain else chain + part
    found.alleys = "/".join(chain)
    return text


def _house(text: str, found: Address) -> str:
    match = _HOUSE_SAID.search(text) or _HOUSE_FIRST.search(text)
    if match is None:
        if stone := _KILOMETRE.search(text):
            found.house = "km" + "+".join(part for part in stone.groups() if part)
            text = text[: stone.start()] + "," + text[stone.end() :]
        return text
    first, *others = [_plain(part) for part in match[1].split("/")]
    if others and not found.alleys:
        found.house, found.alleys, found.slashed = first, "/".join(others), True
    else:
        found.house = first
        if others:
            found.alleys = "/".join([found.alleys, *others])
    return text[: match.start()] + "," + text[match.end() :]


def _plain(number: str) -> str:
    return re.sub(r"\s", "", number).replace("+", "-").replace("&", "-").lstrip("0")


def _names(text: str, found: Address) -> None:
    streets, wards = words.streets(), words.wards()
    if match := _STREET.search(text):
        found.street = _street(match[1], streets)
        text = text[: match.start()] + "," + text[match.end() :]
    if match := _QUARTER.search(text):
        found.quarter = match[1].strip()
        text = text[: match.start()] + "," + text[match.end() :]
    parts = [part for piece in _SPLIT.split(text) if len(part := piece.strip(" .-:/")) > 1 and not part.isdigit()]
    numbered = bool(found.house or found.alleys)
    inside = bool(found.lot or found.building or found.unit) and not numbered  # of a new town, a tower or a market
    known = any(part in streets and part not in wards for part in parts)
    for place, part in enumerate(parts):
        leads = place == 0 and not inside
        named = part in streets and (leads or place > 0) and (part not in wards or (leads and numbered))
        if not found.street and (named or part.startswith("route") or (leads and numbered and not known)):
            found.street = _street(part, streets)
        elif part in wards and not found.ward:
            found.ward = wards[part]
        elif not found.quarter:
            found.quarter = part


def _street(name: str, known: dict[str, str]) -> str:
    """The street that ``name`` begins with, if it is a known one; otherwise its first four words."""
    parts = name.split()
    if parts and parts[0].startswith("route"):
        return parts[0].removesuffix("a")  # quốc lộ 6A is the old sign of quốc lộ 6
    for length in range(min(5, len(parts)), 0, -1):
        if (street := known.get(" ".join(parts[:length]))) is not None:
            return street
    return " ".join(parts[:4])
