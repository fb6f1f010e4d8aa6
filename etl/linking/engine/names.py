"""The name of a venue taken apart: legal type in front, what it is called, its branch."""

import re
from dataclasses import dataclass

from etl.linking.engine import words

_PUNCTUATION = re.compile(r"[^\w+]+")
_BRANCH = re.compile(r"\b(?:co so|cs|chi nhanh|cn|so|chxd|ch)\s*(?:so\s*)?(\d+)\b|\bstore\s*(\d+)")
_FIGURE = re.compile(r"\d+")
_ASIDE = re.compile(r"\([^)]*\)")
_AFTER_DASH = re.compile(r"\s[-–|]\s*([^-–|]+)$")
LONGEST = 8  # words of a name that are compared


@dataclass(slots=True)
class Name:
    """Parts of a name, folded."""

    core: str = ""  # words of the name, its trade included
    called: str = ""  # what tells it from others of its trade; the core where nothing does
    trade: str = ""  # trades that its words say, by ";"
    type: str = ""
    branch: str = ""  # number of the branch, or the figures within the name
    chain: str = ""
    place: str = ""  # what a chain adds to tell its branches apart


def parse(folded: str) -> Name:
    """The parts of a folded name. Legal words are taken off the front only; a name of nothing else keeps them."""
    found = Name()
    text = folded.replace("co.op", "coop").replace("4.0", "40")
    if match := _BRANCH.search(text):
        found.branch = match[1] or match[2]
        text = text[: match.start()] + " " + text[match.end() :]
    text = _without_place(_ASIDE.sub(" ", text).strip() or text)
    tokens = [token for token in _PUNCTUATION.sub(" ", text).replace("+", " + ").split() if token]
    found.type, tokens = _legal(tokens)
    found.chain, found.place, tokens, before = _chain(tokens)
    if found.branch and tokens and not found.chain:
        tokens.append(found.branch)  # "cơ sở 2" and "2" tell the same
    tokens = _spelled(tokens)
    found.trade, called = (_trade(_spelled(before))[0], tokens) if found.chain else _trade(tokens)
    found.called = " ".join(called)
    if not found.branch:
        found.branch = "-".join(_FIGURE.findall(" ".join(tokens)))
    found.core = " ".join(tokens)
    return found


def _without_place(text: str) -> str:
    """Without what only repeats the address behind the name: "Hà Đông", or a street or ward after a dash."""
    if (match := _AFTER_DASH.search(text)) and (match[1] in words.streets() or match[1] in words.wards()):
        text = text[: match.start()]
    shorter = text.removesuffix(" ha noi").removesuffix(" ha dong").rstrip(" -,")
    return shorter if len(shorter.split()) > 1 else text


def _trade(tokens: list[str]) -> tuple[str, list[str]]:
    """Trades that the words in front and at the end say, and the words between; all words where none is left."""
    known = words.trades()
    said: list[str] = []
    first, last = 0, len(tokens)
    while found := _phrase(known, tokens[first:last], in_front=True, anywhere_only=first > 0):
        said.append(found[0])
        first += found[1]
    while found := _phrase(known, tokens[first:last], in_front=False, anywhere_only=True):
        said.append(found[0])
        last -= found[1]
    return ";".join(sorted({trade for trade in said if trade})), tokens[first:last] or tokens


def _phrase(
    known: dict[tuple[str, ...], tuple[str, bool]], tokens: list[str], *, in_front: bool, anywhere_only: bool
) -> tuple[str, int] | None:
    """Trade and length of the longest known phrase at one end; short ambiguous words ("hoa") only lead a name."""
    for length in range(min(5, len(tokens)), 0, -1):
        part = tuple(tokens[:length] if in_front else tokens[-length:])
        if (found := known.get(part)) is not None and (found[1] or length > 1 or not anywhere_only):
            return found[0], length
    return None


def _legal(tokens: list[str]) -> tuple[str, list[str]]:
    kind = ""
    while tokens:
        for length in range(min(7, len(tokens) - 1), 0, -1):
            if (said := words.legal().get(tuple(tokens[:length]))) is not None:
                kind, tokens = kind or said, tokens[length:]
                break
        else:
            break
    return kind, tokens


def _chain(tokens: list[str]) -> tuple[str, str, list[str], list[str]]:
    """Brand, what follows it, the brand's words, and the words before it; the words as they are where none is known."""
    for start in range(min(3, len(tokens))):
        for length in range(min(6, len(tokens) - start), 0, -1):
            if (brand := words.chains().get(tuple(tokens[start : start + length]))) is not None:
                rest = " ".join(tokens[start + length :]).replace("coffee", "").replace("cafe", "")
                return brand, " ".join(rest.split()), brand.split(), tokens[:start]
    return "", "", tokens, []


def _spelled(tokens: list[str]) -> list[str]:
    spelled: list[str] = []
    at = 0
    while at < len(tokens):
        for length in (4, 3, 2, 1):
            meant = words.spellings().get(tuple(tokens[at : at + length]))
            if meant is not None and at + length <= len(tokens):
                spelled.extend(meant)
                at += length
                break
        else:
            spelled.append(tokens[at])
            at += 1
    return [token for index, token in enumerate(spelled) if index == 0 or token != spelled[index - 1]] or tokens
