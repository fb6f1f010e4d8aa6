"""What making a document gives."""

from typing import Any, NamedTuple


class Made(NamedTuple):
    """A document: its bytes, the name of its file, and ``told``, what the audit says of it."""

    content: bytes
    name: str
    media_type: str
    told: dict[str, Any]


MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "html": "text/html",
    "svg": "image/svg+xml",
    "png": "image/png",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}
