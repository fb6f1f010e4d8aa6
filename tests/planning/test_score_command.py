"""``python -m planning score``: the table in both languages, and a sentence that says where a file is wrong."""

import re
from pathlib import Path

import pytest

from planning.__main__ import EXIT_UNUSABLE, main

HOLIDAYS = "day,name\n2021-10-05,Nghỉ\n"
ORDER = "venue,day\nE,2021-10-01\nF,01/10/2021\nA,2021-10-04\nB,2021-10-04\nC,2021-10-06\nD,2021-10-06\n"
OUTCOMES = """venue,day,ward,sort,lon,lat,since,found,reminders
A,2021-10-01,X,household,105.75,20.960,2021-09-01,false,1
B,2021-10-01,X,enterprise,105.75,20.970,2021-09-10,true,3
C,2021-10-04,Y,enterprise,105.75,20.980,2021-09-20,false,2
D,2021-10-04,Y,enterprise,105.75,20.990,2021-09-05,true,0
E,2021-10-06,X,household,105.75,20.935,,true,5
F,2021-10-06,Y,household,105.75,21.000,2021-10-04,true,4
"""


def _score(folder: Path, order: str | bytes = ORDER, outcomes: str | bytes = OUTCOMES, *options: str) -> int:
    """Exit code of scoring these files."""
    contents = {"order.csv": order, "outcomes.csv": outcomes, "holidays.csv": HOLIDAYS}
    for name, content in contents.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    files = [str(folder / name) for name in ("order.csv", "outcomes.csv")]
    return main(["score", *files, "--holidays", str(folder / "holidays.csv"), "--start", "105.75,20.95", *options])


def _lines(text: str) -> dict[str, list[str]]:
    """Lines of the table by the name of the order."""
    rows = (re.split(r"\s{2,}", line) for line in text.splitlines())
    return {row[0]: row[1:] for row in rows if len(row) == 7}


def test_the_table_says_what_the_example_gives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _score(tmp_path) == 0
    said = capsys.readouterr().out
    assert "So sánh 6 địa điểm" in said
    assert "3 hộ kinh doanh, 3 doanh nghiệp và đơn vị khác, 2 phường; 4 nơi có vi phạm" in said
    lines = _lines(said)
    assert lines["Thứ tự cần chấm"] == ["0,2 [−1,0; 1,5]", "50%", "–", "75%", "25%", "11,3"]
    assert lines["Biết trước kết quả"] == ["0,8 [−1,0; 1,5]", "75%", "–", "75%", "75%", "8,0"]
    assert len(lines) == 8  # with the heading


def test_the_table_is_told_in_english(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _score(tmp_path, ORDER, OUTCOMES, "--lang", "en") == 0
    assert _lines(capsys.readouterr().out)["The order scored"][0] == "0.2 [−1.0; 1.5]"


def test_who_is_not_compared_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One visit of a Saturday, one venue that the order lacks, one line without an outcome."""
    outcomes = (
        OUTCOMES + "S,2021-10-02,X,household,105.75,20.96,,true,1\nL,2021-10-04,X,household,105.75,20.96,,true,1\n"
    )
    assert _score(tmp_path, ORDER + "S,2021-10-02\nZ,2021-10-04\n", outcomes, "--lang", "en") == 0
    said = capsys.readouterr().out
    assert "Compared: 6 venues" in said
    assert "1 outcomes of free days, 1 outcomes that the order does not have, 2 lines of the order without" in said


def test_arms_are_scored_apart_and_inspectors_never_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arms = "venue;day;arm;inspector\n" + "".join(
        f"{line.replace(',', ';')};{'first' if number % 2 else 'second'};Mr Known\n"
        for number, line in enumerate(ORDER.splitlines()[1:])
    )
    assert _score(tmp_path, arms) == 0
    said = capsys.readouterr().out
    assert {"· nhánh first (3 lượt)", "· nhánh second (3 lượt)"} < set(_lines(said))
    assert "Known" not in said


def test_more_visits_a_day_than_there_were_are_pointed_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _score(tmp_path, re.sub(r"2021-10-0[46]", "2021-10-01", ORDER)) == 0
    assert "có thể là nhờ thêm người" in capsys.readouterr().out


ROW_OF_A = "A,2021-10-01,X,household,105.75,20.960,2021-09-01,false,1"


@pytest.mark.parametrize(
    ("order", "outcomes", "said"),
    [
        (ORDER.replace("2021-10-04", "2021-13-04", 1), OUTCOMES, "order.csv», dòng 4, cột «day»: «2021-13-04»"),
        (ORDER.replace("C,2021-10-06", "C,2021-10-05"), OUTCOMES, "order.csv», dòng 6, cột «day»: «2021-10-05»"),
        (ORDER + "A,2021-10-06\n", OUTCOMES, "order.csv», dòng 8, cột «venue»: «A» không dùng được; cần mỗi địa điểm"),
        (ORDER.replace("venue,day", "venue,date"), OUTCOMES, "order.csv», dòng 1: thiếu cột «day»"),
        (ORDER.replace("venue,day", "venue,day,day"), OUTCOMES, "order.csv», dòng 1: cột «day» có hai lần"),
        (ORDER + "Z,2021-10-06,x\n", OUTCOMES, "order.csv», dòng 8: có 3 ô; cần 2 ô"),
        (ORDER + ",2021-10-06\n", OUTCOMES, "order.csv», dòng 8, cột «venue»: «» không dùng được; cần mã địa điểm"),
        (ORDER + '"Z,2021-10-06\n', OUTCOMES, "order.csv», dòng 8: dấu ngoặc kép không khép"),
        ("venue,day\n", OUTCOMES, "order.csv» không có dòng nào"),
        ("", OUTCOMES, "order.csv», dòng 1: thiếu cột «venue»"),
        ("mã,day\nA,1".encode("cp1258", "replace") + b"\xff", OUTCOMES, "order.csv» không phải là UTF-8"),
        (
            ORDER,
            OUTCOMES.replace("household", "hộ", 1),
            "outcomes.csv», dòng 2, cột «sort»: «hộ» không dùng được; cần hou",
        ),
        (ORDER, OUTCOMES.replace("105.75", "1057.5", 1), "outcomes.csv», dòng 2, cột «lon»: «1057.5»"),
        (ORDER, OUTCOMES.replace("20.960", "nan", 1), "outcomes.csv», dòng 2, cột «lat»: «nan»"),
        (ORDER, OUTCOMES.replace("2021-09-01", "2021-10-04"), "outcomes.csv», dòng 2, cột «since»: «2021-10-04»"),
        (
            ORDER,
            OUTCOMES.replace("false,1", "có,1"),
            "outcomes.csv», dòng 2, cột «found»: «có» không dùng được; cần true",
        ),
        (ORDER, OUTCOMES.replace("false,1", "false,-1"), "outcomes.csv», dòng 2, cột «reminders»: «-1»"),
        (ORDER, OUTCOMES.replace(ROW_OF_A, ROW_OF_A.replace("X", "")), "outcomes.csv», dòng 2, cột «ward»: «»"),
        ("venue,day\nZ,2021-10-04\n", OUTCOMES, "không có địa điểm nào chung"),
        (ORDER, OUTCOMES.replace("true", "false"), "không có vi phạm nào"),
    ],
)
def test_a_fault_is_told_by_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], order: str | bytes, outcomes: str, said: str
) -> None:
    assert _score(tmp_path, order, outcomes) == EXIT_UNUSABLE
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    none = str(tmp_path / "none.csv")
    assert main(["score", none, none, "--holidays", none, "--lang", "en"]) == EXIT_UNUSABLE
    assert "none.csv» cannot be read" in capsys.readouterr().err
