"""How well rows fit as the header of a kind: what each column is, and how much that weighs.

Headings are known from the list (``etl.recognition.columns``), or a person has chosen what they are; what is neither is
told by the cells below it (``etl.recognition.content``).
"""

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache

from data.texts.sentences import Sentence
from etl.recognition.claims import Choice, Claims, claims_of, find_heading
from etl.recognition.columns import DESCRIPTION, headings_of, identifying_of, title_of
from etl.recognition.content import tell
from etl.recognition.head import Head
from etl.recognition.header import Header, skip_sub_headings
from etl.recognition.layout import CONTENT, Layout, letters, unnamed
from etl.recognition.titles import reason_of, ward_of
from etl.values.days import NO_PERIOD, Period, period_of

CONTENT_ROWS = 40
"""Rows below the header whose cells may tell what a column is."""
WEIGHT_OF_DAYS = 6
WEIGHT_OF_TIMES = 6

_TIMES = re.compile(
    r"(?:ngay )?(?:nhac (?:nho )?)?(?:ngay )?lan (?:thu )?(?P<number>\d{1,2}|nhat|hai|ba|tu|nam)(?: ngay)?"
)
_period_of = lru_cache(maxsize=64)(period_of)


def weigh(head: Head, headers: Sequence[Header], kind: str, choice: Choice) -> list[Layout]:
    """The layouts of those ``headers`` of a sheet of which at least two columns are known, as of ``kind``; ``choice``
    is what a person has chosen of its columns.
    """
    layouts = (_layout_of(head, header, kind, choice) for header in headers if choice or _may_be(header, kind))
    return [layout for layout in layouts if layout is not None]


def _may_be(header: Header, kind: str) -> bool:
    """Whether a heading of ``kind`` stands in a header at all."""
    headings = headings_of(kind)
    return any(key in headings for texts in header.labels for text in texts for key in header.keys[text])


def _layout_of(head: Head, header: Header, kind: str, choice: Choice) -> Layout | None:
    claims = claims_of(header, kind, choice)
    if not claims.columns:
        return None
    titles = head.titles_above(header.top)
    period, days = _days(head, header, kind, titles, claims)
    times = _times(header, claims) if kind == "reminders" else ()
    if len(claims.columns) + len(claims.context) + bool(days or times) < 2:
        return None
    first_data = skip_sub_headings(head, header.bottom + 1)
    score = claims.score + (WEIGHT_OF_DAYS if days else 0) + (WEIGHT_OF_TIMES if times else 0)
    tells_kind = any(weight > 1 for key, weight in claims.weights.items() if key not in DESCRIPTION)
    unread = _name_by_content(head, header, first_data, kind, claims, {*days, *times})
    return Layout(
        kind=kind,
        first_header=header.top,
        last_header=header.bottom,
        first_data=first_data,
        width=max(len(head.rows[index]) for index in range(header.top, header.bottom + 1)),
        columns=claims.columns,
        headings=claims.headings,
        score=score,
        shared=sum(claims.weights.get(shared, 0) for shared in ("phone", "category")),
        labels=tuple(texts[-1] if texts else "" for texts in header.labels),
        how=claims.how,
        day_columns=days,
        times=times,
        period=period,
        titles=titles,
        ward=ward_of(titles, head.name),
        reason=reason_of((*titles, *(header.labels[at][-1] for at in times))) if kind == "reminders" else None,
        clash=_clash(kind, claims, days),
        unread=unread,
        tells_kind=tells_kind or bool(days or times),
    )


def _days(
    head: Head, header: Header, kind: str, titles: tuple[str, ...], claims: Claims
) -> tuple[Period, dict[int, dt.date]]:
    """The time that a table of scans covers, and the columns of a wide one with the day that each counts."""
    if kind != "scans" or not any(column in claims.columns for column in identifying_of(kind)):
        return NO_PERIOD, {}
    period = _period_of(titles)
    if "day" in claims.columns:
        return period, {}
    days = _day_columns(head, header, period, claims.taken - {claims.columns.get("scans", -1)})
    if days:  # a total beside the days is no count of a day
        claims.forget("scans")
    return period, days


def _day_columns(head: Head, header: Header, period: Period, taken: set[int]) -> dict[int, dt.date]:
    """The day is read from the lowest cell of a column, or from one that spans the rows."""
    days: dict[int, dt.date] = {}
    levels = range(header.bottom, header.top - 1, -1)
    for position in range(len(header.labels)):
        filled = [at for at in levels if head.says(at, position)]
        if position in taken or not filled:
            continue
        highest = (head.texts[filled[-1]][position],)
        above = find_heading(highest, headings_of("scans"), header.keys) if len(filled) > 1 else None
        if above is not None and above.canonical != "scans":
            continue  # a cell of data below a heading of its own
        day = period.day_from_heading(head.rows[filled[0]][position])
        if day is not None:
            days[position] = day
    return days


def _times(header: Header, claims: Claims) -> tuple[int, ...]:
    """Columns "lần 1", "lần 2", … of a reminder book, each with the day of one reminder."""
    found = tuple(
        position
        for position, texts in enumerate(header.labels)
        if any(_TIMES.fullmatch(key) for text in texts for key in header.keys[text])
    )
    if not found or ("reminded_on" in claims.columns and claims.columns["reminded_on"] not in found):
        return ()
    for canonical in [name for name, position in claims.columns.items() if position in found]:
        claims.forget(canonical)
    for position in found:
        claims.strange.pop(position, None)
    return found


def _name_by_content(
    head: Head, header: Header, first_data: int, kind: str, claims: Claims, dated: set[int]
) -> tuple[str, ...]:
    """Let the cells below the header say what its unknown columns are, those ``dated`` apart; returns the headings of
    which nothing is known even so."""
    nameless = {position: unnamed(position) for position, texts in enumerate(header.labels) if not texts}
    unknown = [position for position in claims.strange if position not in dated]
    rows = range(first_data, min(first_data + CONTENT_ROWS, len(head.rows)))
    cells = {
        position: [head.rows[at][position] for at in rows if head.says(at, position)]
        for position in (*unknown, *nameless)
    }  # fmt: skip
    found = tell(kind, cells, claims.columns, has_days=bool(dated))
    for canonical, position in found.items():
        claims.columns[canonical], claims.headings[canonical] = position, (claims.strange | nameless)[position]
        claims.how[position] = CONTENT
    return tuple(claims.strange[position] for position in unknown if position not in found.values())


def _clash(kind: str, claims: Claims, days: dict[int, dt.date]) -> str | None:
    """What two columns of one header both claim to be, as the middle of a sentence; ``None`` when none do."""
    for name, (first, second) in claims.doubled.items():
        title = title_of(kind, name)
        return Sentence("refused.clash.title", first=letters(first), second=letters(second), title=title)
    for position, day in days.items():
        first = next(other for other, same in days.items() if same == day)
        if first != position:
            return Sentence("refused.clash.day", first=letters(first), second=letters(position), day=day)
    return None
