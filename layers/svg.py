"""Elements of SVG as text: escaped, with numbers as short as they may be."""

from html import escape

FACE = "Liberation Serif"
"""The face of documents; typst has no other."""


def element(name: str, content: str = "", **attributes: object) -> str:
    """One element; ``content`` is markup, attributes are escaped, "_" in their names stands for "-"."""
    said = "".join(f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items())
    return f"<{name}{said}>{content}</{name}>" if content else f"<{name}{said}/>"


def words(text: str, x: float, y: float, size: float, *, anchor: str = "start", bold: bool = False) -> str:
    """A line of text whose base line begins, or has its middle or end, at the place."""
    weight = {"font_weight": "bold"} if bold else {}
    return element("text", escape(text), x=x, y=y, font_size=size, font_family=FACE, text_anchor=anchor, **weight)


def picture(width: float, height: float, *parts: str) -> str:
    """The whole: a unit is a quarter of a millimetre of paper."""
    return element(
        "svg",
        "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        width=width,
        height=height,
    )


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return escape(str(value), quote=True)
