"""``python -m data.settings_table``: the settings as the table of ``docs/deployment.md``, which a test compares."""

from pathlib import Path
from types import UnionType
from typing import get_args

from pydantic.fields import FieldInfo

from data.project import ROOT
from data.settings import SECRETS, Settings


def table() -> str:
    """Every setting with its default and meaning, as Markdown."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    lines += [_line(name, field) for name, field in Settings.model_fields.items()]
    return "\n".join(lines)


def _line(name: str, field: FieldInfo) -> str:
    variable = f"`{name.upper()}`" + (f" or `{name.upper()}_FILE`" if name in SECRETS else "")
    return f"| {variable} | {_default(field)} | {field.description} |"


def _default(field: FieldInfo) -> str:
    value = field.default
    optional = isinstance(field.annotation, UnionType) and type(None) in get_args(field.annotation)
    if value is None and optional:
        return "–"
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, Path):
        return f"`{value.relative_to(ROOT)}`" if value.is_relative_to(ROOT) else f"`{value}`"
    return f"`{value}`"


if __name__ == "__main__":
    print(table())
