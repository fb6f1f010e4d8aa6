"""How likely a word is as Vietnamese: its syllables are few, and so are the letters that carry most of its marks.

The shares of letters were counted in the Vietnamese texts of this repository (screens, sentences, streets; 15,000
marked letters); only their order of size matters. They weigh a word against the same bytes read in another code page.
"""

import math
from collections.abc import Iterable
from functools import lru_cache

from etl.values.encodings.letters import ACUTE, DOT, split

_WRITTEN_INITIALS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_WRITTEN_RIMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et
ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu o oc oi om on ong op ot oong ooc
oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet ô ôc ôi ôm ôn ông ôp ôt ôông
ơ ơi ơm ơn ơp ơt u ua uc ui um un ung up ut uân uât uây uâng uê uêch uênh uêu uôc uôi uôm uôn uông uôt uơ uy uya
uych uyên uyêt uynh uyt uyu uyn uyp ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
y yêm yên yêng yêt yêu
"""
INITIALS = ("", *_WRITTEN_INITIALS.split())
RIMES = frozenset(_WRITTEN_RIMES.split())
_STOPS = ("c", "ch", "p", "t")
_LONGEST = 7

_SHARES = (
    "đ1791 ư1224 à939 ạ700 ô562 ố539 ã534 ộ527 ệ524 ê510 ờ505 á497 ị374 ó364 ế340 ợ322 ầ319 ể315 ở259 ơ245 ú234 ă218 "
    "ả207 é198 ớ193 ọ176 ồ170 ắ150 ò147 í146 ì145 ủ131 ừ125 â120 ấ116 ữ115 ễ115 ử108 ổ108 ậ107 ĩ100 ụ94 ù90 ề87 ỉ72 "
    "ặ72 ý55 ỗ51 ự42 ứ42 ỏ39 ằ31 ũ26 õ25 ẫ20 ẩ20 ỡ14 è11 ẻ10 ỹ10 ẽ10 ỷ5 ẹ3 ẵ2 ỳ2 ẳ1 ỵ1"
)
_COUNTS = {entry[0]: int(entry[1:]) + 20 for entry in _SHARES.split()}
VIETNAMESE = "".join(_COUNTS)
"""The 67 letters of Vietnamese that are not ASCII, in lower case."""
_LOG_SHARE = {letter: math.log(count / sum(_COUNTS.values())) for letter, count in _COUNTS.items()}


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Whether ``word`` (NFC, any height) can be a Vietnamese syllable: initial, rime, at most one tone, and a sharp or
    heavy one before c, ch, p, t."""
    if len(word) > _LONGEST:
        return False
    plain, tones = "", []
    for letter in word.lower():
        vowel, tone = split(letter)
        plain += vowel
        tones += [tone] if tone else []
    if len(tones) > 1 or (plain.endswith(_STOPS) and tones not in ([ACUTE], [DOT])):
        return False
    return any(plain.startswith(initial) and plain[len(initial) :] in RIMES for initial in INITIALS) or (
        plain in ("gi", "quy", "qu")
    )


def are_syllables(words: Iterable[str]) -> bool:
    """Whether each of ``words`` can be a Vietnamese syllable."""
    return all(map(is_syllable, words))


def log_share(word: str) -> float:
    """Logarithm of how common the marked letters of a syllable are, together."""
    return sum(_LOG_SHARE.get(letter, 0.0) for letter in word.lower())
