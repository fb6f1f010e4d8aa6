"""Which faults there are in a file, what each is called, and which are taken."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cosmic_ray.plugins
import parso
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from tools.mutation.operators import LostCall, TextSlip, line_of_slip

# Decorators that are lost end the import; variables and exceptions are replaced by what nobody would write.
NOT_TAKEN = ("NoOp", "RemoveDecorator", "VariableReplacer", "VariableInserter", "ExceptionReplacer")
OWN = {"own/TextSlip": TextSlip, "own/LostCall": LostCall}


@dataclass(frozen=True)
class Mutant:
    """One fault: ``occurrence`` of ``operator`` in ``file``.

    ``name`` says where it is without the file and the line's number, so that it is found again after a move: the
    function, the line's text, the operator and which of several alike it is.
    """

    file: str
    operator: str
    occurrence: int
    line: int
    name: str


def mutants_of(root: Path, file: str) -> Iterator[Mutant]:
    """All faults of a file, one a place: of several (``<`` to ``<=``, to ``==`` …) the one drawn by its name."""
    source = (root / file).read_text(encoding="utf-8")
    tree, lines = get_ast(source), source.splitlines()
    places: dict[Any, list[Mutant]] = {}
    alike: Counter[str] = Counter()
    for name, operator in _operators():
        occurrence = -1
        for node in ast_nodes(tree):
            for index, (start, end) in enumerate(operator.mutation_positions(node)):
                occurrence += 1
                if _says_nothing(node):
                    continue
                line = start[0] + (line_of_slip(node, index) if name == "own/TextSlip" else 0)
                inside = f"{_inside(node)} | {lines[line - 1].strip()} | {name}"
                alike[inside] += 1
                mutant = Mutant(file, name, occurrence, line, f"{inside} | {alike[inside]}")
                # Each slip of a text is a place of its own; a number or a sign is one, whatever becomes of it.
                place = mutant.name if name in OWN else (start, end)
                places.setdefault(place, []).append(mutant)
    for found in places.values():
        yield min(found, key=lambda mutant: _drawn("", mutant))


def sample(mutants: Iterable[Mutant], number: int, seed: str) -> list[Mutant]:
    """``number`` of them, drawn by seed and name: the same as long as they exist."""
    return sorted(mutants, key=lambda mutant: _drawn(seed, mutant))[:number]


def changed(source: str, mutant: Mutant) -> str:
    """The file's text with the fault. Raises ``ValueError`` where there is none of that number."""
    code = mutate_code(source, dict(_operators())[mutant.operator], mutant.occurrence)
    if code is None:
        raise ValueError(f"no such mutant: {asdict(mutant)}")
    return str(code)


def _operators() -> Iterator[tuple[str, Any]]:
    for name in cosmic_ray.plugins.operator_names():
        operator = cosmic_ray.plugins.get_operator(name)
        if not operator.arguments() and not any(part in name for part in NOT_TAKEN):
            yield name, operator()
    for name, own in OWN.items():
        yield name, own()


def _drawn(seed: str, mutant: Mutant) -> str:
    return hashlib.sha256(f"{seed} {mutant.name}".encode()).hexdigest()


def _inside(node: Any) -> str:
    names = []
    while node := node.parent:
        if node.type in {"funcdef", "classdef"}:
            names.append(node.name.value)
    return ".".join(reversed(names))


def _says_nothing(node: Any) -> bool:
    """Whether it stands in a docstring, a type or what a decorator is told, or is the star of ``*args``."""
    if node.type == "operator" and node.parent.type in {"parameters", "param", "argument", "arglist", "star_expr"}:
        return True
    while parent := node.parent:
        if parent.type == "simple_stmt" and node.type == "string":
            return True
        if parent.type == "annassign" and node is parent.children[1]:
            return True
        if parent.type == "param" and node is parent.annotation:
            return True
        if parent.type == "funcdef" and node is parent.annotation:
            return True
        if parent.type == "decorator":
            return True
        if isinstance(parent, parso.python.tree.ExprStmt) and _is_type(parent):
            return True
        node = parent
    return False


def _is_type(statement: Any) -> bool:
    """``Connection = psycopg.Connection[dict[str, Any]]``: a name for a type."""
    return bool(statement.get_defined_names()) and ".Connection[" in statement.get_code()
