"""What the whole project stands on: where it lies, and which time its days are of. Standard library alone."""

from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
TIMEZONE = ZoneInfo("Asia/Ho_Chi_Minh")
