"""Venues with reminders and the people of a chain, for tests of cases; days are those of a real district: today's."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from data.access.caller import Caller, acting_as
from data.database.connection import desk_connection
from data.desk.cases import StepRefused, Taken, open_case, take_step
from data.status.days import today
from tests.etl.loading.files import LA_KHE, MO_LAO, REGISTRATIONS, REMINDERS, load_file, one, register, write_csv
from tests.fixtures.officers import officer

DAY = dt.timedelta(days=1)
PAPER = {"number": "12/QĐ-UBND", "signer": "Nguyễn Văn A", "authority": "UBND quận Hà Đông", "scope": "toàn bộ cơ sở"}
OWNER = {"owner": "Chủ cơ sở", "signed": True}


@dataclass(frozen=True)
class People:
    """Who takes part: the police, the chairs of two wards, the Command, the culture centre."""

    police: Caller = field(default_factory=lambda: officer("an", role="police", name="Công an An"))
    chair: Caller = field(default_factory=lambda: officer("chi", "Mộ Lao", role="ward_chair", name="Chủ tịch Chi"))
    other: Caller = field(default_factory=lambda: officer("khe", "La Khê", role="ward_chair", name="Chủ tịch Khê"))
    command: Caller = field(default_factory=lambda: officer("huy", role="district_command", name="Ban chỉ huy"))
    centre: Caller = field(default_factory=lambda: officer("van", role="culture_centre", name="Trung tâm"))


def ground(folder: Path) -> None:
    """V1 (3 reminders) to V4 in Mộ Lao: with 3, 2, 1 and 0 reminders; V5 in La Khê with 3; none has a QR."""
    places = [(f"V{n}", f"Quán {n}", f"Số {n} phố Trần Phú", "Mộ Lao", "Quán ăn", *MO_LAO) for n in range(1, 5)]
    places.append(("V5", "Quán 5", "Số 5 phố Lê Trọng Tấn", "La Khê", "Quán ăn", *LA_KHE))
    load_file(register(folder / "so.csv", *places))
    told = {"V1": 3, "V2": 2, "V3": 1, "V5": 3}
    rows = [
        (code, f"{today() - DAY * (20 - n):%d/%m/%Y}", "Chưa tạo mã QR", "UBND")
        for code, count in told.items()
        for n in range(count)
    ]
    load_file(write_csv(folder / "nhac.csv", REMINDERS, rows))


def registered(folder: Path, code: str, day: dt.date, name: str = "ma.csv") -> int:
    """A file by which the venue has a QR from ``day`` on; returns the load's number."""
    row = (code, f"{day:%d/%m/%Y}", f"QR-{code}", "Bluezone")
    outcome = load_file(write_csv(folder / name, REGISTRATIONS, [row]))
    assert outcome.load_id
    return outcome.load_id


def open_as(who: Caller, process: str, step: str, venue: str = "V1", **said: Any) -> Taken:
    with acting_as(who), desk_connection() as conn:
        return open_case(conn, process, step, venue, **said)


def step_as(who: Caller, case: Taken | int, step: str, **said: Any) -> Taken:
    number = case if isinstance(case, int) else case.id
    with acting_as(who), desk_connection() as conn:
        return take_step(conn, number, step, **said)


def why_not(who: Caller, *asked: Any, **said: Any) -> str:
    """Why a step is refused: of a case (its number first) or one that would open one."""
    take = step_as if isinstance(asked[0], Taken | int) else open_as
    with pytest.raises(StepRefused) as refused:
        take(who, *asked, **said)
    assert str(refused.value)
    return refused.value.why


def status(code: str = "V1") -> str:
    return str(one("SELECT status FROM venue WHERE code = %s", code))


def state(case: Taken) -> str:
    return str(one("SELECT state FROM case_file WHERE id = %s", case.id))
