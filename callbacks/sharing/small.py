"""Which numbers of a table anybody may read: none so small that it could mean somebody, nor one that would tell such a
one by subtraction.
"""

from collections.abc import Iterator, Sequence

Place = tuple[int, int]


def hidden(table: Sequence[Sequence[int]], least: int) -> set[Place]:
    """Places (row, column) that are not told of ``table``, whose last row and column are the sums of the others.

    Those from 1 to ``least`` - 1, and as many more of each line as it takes for what is missing of its sum to be of two
    numbers at least, and no less than ``least`` together.
    """
    found = {(row, column) for row, line in enumerate(table) for column, value in enumerate(line) if 0 < value < least}
    is_settled = False
    while not is_settled:
        is_settled = True
        for line in _lines(len(table), len(table[0])):
            more = _one_more(table, line, found, least)
            if more is not None:
                found.add(more)
                is_settled = False
    return found


def _lines(rows: int, columns: int) -> Iterator[list[Place]]:
    """Each row and each column, its sum last."""
    yield from ([(row, column) for column in range(columns)] for row in range(rows))
    yield from ([(row, column) for row in range(rows)] for column in range(columns))


def _one_more(table: Sequence[Sequence[int]], line: list[Place], found: set[Place], least: int) -> Place | None:
    """A place of the line that has to be hidden as well: the smallest that is not nothing; None: it tells nothing."""
    not_told = [place for place in line if place in found]
    is_sum_told = line[-1] not in found
    missing = sum(table[row][column] for row, column in not_told)
    if not not_told or not (len(not_told) == 1 or (is_sum_told and missing < least)):
        return None
    others = [place for place in line[:-1] if place not in found] or [line[-1]]
    others = [place for place in others if place not in found]
    return min(others, key=lambda place: (table[place[0]][place[1]] == 0, table[place[0]][place[1]]), default=None)
