"""``python -m documents public --out DIR``: what is public as a folder of files, for a portal that serves files alone.

The folder is written beside its place and put there whole, so that a portal never serves half of it. Every file says
until when it holds: a copy that is not renewed is seen to be old.
"""

import shutil
import tempfile
from pathlib import Path

from data.database.connection import public_connection
from data.errors import TextError
from data.queries import guidance, public
from data.queries.guidance import PublicSheet
from data.reference.guidance import SHEETS
from data.settings import get_settings
from data.texts.catalogue import LANGUAGES
from documents import public_page
from documents.guidance import PAPERS, Places, overview_html, public_pdf, sheet_html
from documents.public_page import Asked, Links, Shown
from documents.published import signed_file
from etl.publishing import tombstones
from proof import keys, verifier_page


class NotLookedThrough(TextError):
    """Somebody stands who had left: the database was restored from before, and the worker has not looked through it."""

    def __init__(self) -> None:
        super().__init__("public.unavailable")


GUIDANCE = Places(
    page=lambda sheet, lang: f"huong-dan{'-' if sheet else ''}{sheet}{'' if lang == 'vi' else '-' + lang}.html",
    paper=lambda sheet, paper, lang: f"huong-dan-{sheet}-{paper}-{lang}.pdf",
    lists="index.html",
)
"""Guidance as files of the folder."""
PAGES = {"": "index.html", "kiem-tra": "kiem-tra.html"}


def write_folder(folder: Path, site: str = "") -> int:
    """Write everything that is public into ``folder``, in the place of what stood there; returns how many entries.

    ``site`` stands before addresses that have to be whole. Raises DatabaseUnavailable, OSError.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        count = _write(building, site)
        building.chmod(0o755)
        _put(building, folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return count


def _write(folder: Path, site: str) -> int:
    links = Links(entry=lambda slug: f"{slug}.html", file=lambda name: PAGES.get(name, name), site=f"{site}/")
    below = Links(entry=links.entry, file=links.file, guidance=GUIDANCE.page("", "vi"))
    with public_connection() as conn:
        if tombstones.risen(conn):
            raise NotLookedThrough
        state, lists, entries = public.state(conn), public.lists(conn), public.entries(conn)
        signed = {each.id: signed_file(conn, each.id) for each in lists}
        standing = public.standing(conn)
        told = [guidance.public_sheet(conn, sheet, lang) for lang in LANGUAGES for sheet in SHEETS]
    shown = Shown(state, lists, entries, len(entries), ())
    register = keys.register_json(keys.load_register(get_settings().publication_keys))
    files = {
        "index.html": public_page.overview_html(shown, Asked(), below, is_folder=True).encode(),
        "danh-sach.json": public_page.overview_json(shown, links),
        "danh-sach.csv": public_page.overview_csv(shown, links),
        "atom.xml": public_page.overview_atom(shown, links),
        "khoa.json": register,
        "kiem-tra.html": verifier_page.verifier_page(register).encode(),
        **({"hien-trang.json": standing.encode()} if standing else {}),
        **_guidance(told),
        **{f"danh-sach/{number}.json": content for number, content in signed.items() if content},
    }
    of = {each.id: each for each in lists}
    for entry in entries:
        files[f"{entry.slug}.html"] = public_page.entry_html(entry, of.get(entry.list_id), state, below, "vi").encode()
    (folder / "danh-sach").mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return len(entries)


def _guidance(told: list[PublicSheet]) -> dict[str, bytes]:
    """Pages and sheets to print of guidance, in both languages."""
    files: dict[str, bytes] = {}
    for lang in LANGUAGES:
        sheets = [each for each in told if each.lang == lang]
        files[GUIDANCE.page("", lang)] = overview_html(sheets, GUIDANCE, lang).encode()
        for each in sheets:
            files[GUIDANCE.page(each.sheet, lang)] = sheet_html(each, GUIDANCE, lang).encode()
            for paper in PAPERS:
                files[GUIDANCE.paper(each.sheet, paper, lang)] = public_pdf(each, paper)
    return files


def _put(building: Path, folder: Path) -> None:
    """The new folder in the place of the old one, which stands until then."""
    if not folder.exists():
        building.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
    folder.rename(old / folder.name)
    building.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
