"""Faults that Cosmic Ray does not know: in SQL and in MapLibre's expressions, which are text here, and a lost call."""

import re
from collections.abc import Iterator
from typing import Any

from cosmic_ray.operators.operator import Operator

Position = tuple[tuple[int, int], tuple[int, int]]

# Word or sign of SQL, and what a slip would make of it.
SQL_SLIPS = {
    "<=": "<",
    ">=": ">",
    "<>": "=",
    "<": "<=",
    ">": ">=",
    "=": "<>",
    "AND": "OR",
    "OR": "AND",
    "NOT EXISTS": "EXISTS",
    "EXISTS": "NOT EXISTS",
    "IS NOT NULL": "IS NULL",
    "IS NULL": "IS NOT NULL",
    "LEFT JOIN": "JOIN",
    "UNION ALL": "UNION",
    "DESC": "ASC",
    "min": "max",
    "max": "min",
    "count": "max",
    "NULLS LAST": "NULLS FIRST",
    "LIMIT 1": "LIMIT 2",
}
_SQL = re.compile(
    r"(?<![<>=!:|&@-])(?:<=|>=|<>|<(?![<@-])|>(?![>@])|=(?!>))(?![=|&])"
    r"|\b(?:AND|OR|NOT EXISTS|EXISTS|IS NOT NULL|IS NULL|LEFT JOIN|UNION ALL|DESC|NULLS LAST|LIMIT 1)\b"
    r"|\b(?:min|max|count)(?=\()"
)
_IS_SQL = re.compile(r"\b(?:SELECT|FROM|WHERE|JOIN|ORDER BY|AND|CASE)\b")

# Whole texts of an expression of MapLibre.
EXPRESSION_SLIPS = {
    "==": "!=",
    "!=": "==",
    "all": "any",
    "any": "all",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "has": "!has",
    "!has": "has",
}


class TextSlip(Operator):
    """One slip in a text that is SQL or a word of an expression."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """Where ``node`` can be changed, once for each way."""
        for _ in _slips(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """``node`` with the slip of that number."""
        start, end, slip = _slips(node)[index]
        node.value = node.value[:start] + slip + node.value[end:]
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        """None; Cosmic Ray's own tests ask for them."""
        return ()


class LostCall(Operator):
    """``f(x)`` becomes ``x``: what was to be cleaned, checked or told is not."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """Where ``node`` can be changed."""
        if _only_argument(node) is not None:
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:  # noqa: ARG002 - the interface is Cosmic Ray's
        """The argument alone."""
        prefix = node.get_first_leaf().prefix
        argument = _only_argument(node)
        argument.get_first_leaf().prefix = prefix
        return argument

    @classmethod
    def examples(cls) -> tuple[()]:
        """None; Cosmic Ray's own tests ask for them."""
        return ()


def line_of_slip(node: Any, index: int) -> int:
    """How many lines below the beginning of ``node`` the slip of that number stands."""
    start, _, _ = _slips(node)[index]
    return str(node.value[:start]).count("\n")


def _slips(node: Any) -> list[tuple[int, int, str]]:
    """First and last character and new text of each slip that ``node`` can take."""
    if node.type not in {"string", "fstring_string"}:
        return []
    text = node.value
    word = text.strip("\"'")
    if node.type == "string" and word in EXPRESSION_SLIPS:
        start = text.index(word)
        return [(start, start + len(word), EXPRESSION_SLIPS[word])]
    if not _IS_SQL.search(text):
        return []
    return [(found.start(), found.end(), SQL_SLIPS[found.group()]) for found in _SQL.finditer(text)]


def _only_argument(node: Any) -> Any:
    if node.type not in {"atom_expr", "power"} or len(node.children) != 2:
        return None
    name, call = node.children
    if name.type != "name" or call.type != "trailer" or call.children[0].value != "(" or len(call.children) != 3:
        return None
    argument = call.children[1]
    return None if argument.type in {"arglist", "argument"} else argument
