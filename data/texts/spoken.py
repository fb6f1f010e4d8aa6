"""Numbers and days as they are read out in Vietnamese.

num2words reads 1,050 as "một nghìn lẻ năm mươi", which nobody says, and is under the LGPL; the rule is short.
"""

import datetime as dt

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu", "tỷ")
LARGEST = 10**12 - 1


def spoken(number: int) -> str:
    """A whole number from 0 to LARGEST in words: 1050 is "một nghìn không trăm năm mươi".

    Raises
    ------
    ValueError
        It lies outside.
    """
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number} cannot be read out")
    if number == 0:
        return _DIGITS[0]
    groups = []
    while number:
        number, group = divmod(number, 1000)
        groups.append(group)
    words = []
    for place in range(len(groups) - 1, -1, -1):
        if groups[place]:
            words.append(_group(groups[place], is_first=place == len(groups) - 1))
            words.append(_GROUPS[place])
    return " ".join(filter(None, words))


def spoken_day(day: dt.date) -> str:
    """A day as it is read out: "ngày mùng ba tháng mười hai năm hai nghìn không trăm hai mươi mốt"."""
    month = "tư" if day.month == 4 else spoken(day.month)
    number = f"mùng {spoken(day.day)}" if day.day <= 10 else spoken(day.day)
    return f"ngày {number} tháng {month} năm {spoken(day.year)}"


def _group(number: int, *, is_first: bool) -> str:
    """Three digits; behind others the hundreds are said even where there are none."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = [f"{_DIGITS[hundreds]} trăm"] if hundreds or not is_first else []
    if tens == 0 and ones:
        words.append(f"{'lẻ ' if words else ''}{_DIGITS[ones]}")
    elif tens == 1:
        words.append(f"mười{f' {_last(ones, tens)}' if ones else ''}")
    elif tens:
        words.append(f"{_DIGITS[tens]} mươi{f' {_last(ones, tens)}' if ones else ''}")
    return " ".join(words)


def _last(ones: int, tens: int) -> str:
    if ones == 5:
        return "lăm"
    return "mốt" if ones == 1 and tens > 1 else _DIGITS[ones]
