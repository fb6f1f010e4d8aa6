"""A small office: keys in a folder, a log of three leaves, and the files that it published."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proof import keys
from proof.manifest import Latest, LeafKind, Seal, Version, published_file, seal, standing_file

MADE = dt.datetime(2026, 11, 2, 1, 30, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
NOW = MADE + 5 * HOUR
NAMES = ["Quán cà phê “Phở & Bún” <1>", "Tạp hóa \u00e9\u0065\u0301 😀", 'Xưởng "mộc" \\ Đa Sỹ']
ENTRIES: list[dict[str, Any]] = [
    {
        "slug": f"slug{place:012d}",
        "ward": "Phường Hà Cầu",
        "name": name,
        "address": f"Số {place}, phố Tô Hiệu",
        "what": "chưa tạo mã QR",
        "reminder_days": ["2026-10-01", "2026-10-08", "2026-10-15"],
        "since": "2026-10-15",
        "corrected_on": "",
    }
    for place, name in enumerate(NAMES, start=1)
]


@dataclass
class Office:
    """Keeps what it sealed in order."""

    folder: Path
    leaves: list[bytes]
    seals: list[Seal]

    def register(self) -> tuple[keys.Key, ...]:
        return keys.load_register(self.folder)

    def seal(
        self,
        entries: list[dict[str, Any]],
        list_id: str = "12",
        number: int = 1,
        leaf: LeafKind = "list",
        at: dt.datetime = MADE + HOUR,
    ) -> Seal:
        key = keys.key_in_force(self.register(), at)
        version = Version(list_id, "venues", number, leaf, dt.date(2026, 10, 31), "Danh sách thử", at)
        before = self.seals[-1].manifest if self.seals else None
        made = seal(version, entries, before, self.leaves, key.id, keys.load_private(self.folder, key))
        self.seals.append(made)
        self.leaves.append(made.leaf_hash)
        return made

    def publish(self, entries: list[dict[str, Any]], **how: Any) -> bytes:
        made = self.seal(entries, **how)
        return published_file(made.manifest, made.signature, entries)

    def standing(self, *lists: Latest, at: dt.datetime = MADE + 4 * HOUR) -> bytes:
        key = keys.key_in_force(self.register(), at)
        private = keys.load_private(self.folder, key)
        return standing_file(lists, self.leaves, at, at + 24 * HOUR, key.id, private)


def office(folder: Path) -> Office:
    """An office with one key that has sealed one earlier list."""
    keys.new_key(folder, MADE)
    made = Office(folder, [], [])
    made.seal(ENTRIES[:1], list_id="11")
    return made
