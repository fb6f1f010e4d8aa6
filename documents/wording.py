"""What official documents say, once for every format; sizes and places are the formats' own affair.

Forms of address, capitals, dates and numbers follow Nghị định 30/2020/NĐ-CP, Phụ lục I.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from data.queries.violators import ListFacts, Violator
from data.reference.issuing import Issuer, Signer, has_district, issuer_on, legal_base
from data.texts.catalogue import day as written_day
from data.texts.catalogue import number

COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
BLANK = "……………………"
NOBODY = Issuer("", (BLANK,), (BLANK,), "", BLANK, "Hà Đông", (Signer((), "THỦ TRƯỞNG ĐƠN VỊ"),))
"""Who bears a working paper of a day for which no body is entered: the office writes itself."""
# The office gives the number when the list is signed.
NUMBER_BLANK = "…………"
KIND = "DANH SÁCH"
SUBJECT = "Địa điểm vi phạm quy định về tạo mã và quét mã QR địa điểm"
ORDERED_ON = dt.date(2021, 9, 27)
ORDER = legal_base("order", ORDERED_ON) or BLANK
DEMO = "DỮ LIỆU MINH HỌA"
DEMO_NOTE = "Dữ liệu minh họa: địa điểm và số liệu trong văn bản này không có thật."
DISTRICT_RECIPIENTS = ("Ủy ban nhân dân quận (để báo cáo)", "Phòng Văn hóa và Thông tin", "Công an quận")
OBJECTION_HEADING = "Phản ánh, đính chính"
COLUMNS = (
    "TT",
    "Tên địa điểm",
    "Địa chỉ",
    "Loại hình",
    "Nội dung vi phạm",
    "Số lần nhắc nhở",
    "Ngày nhắc nhở",
)
SUMMARY_COLUMNS = ("Phường", "Số địa điểm")
SUMMARY_HEADING = "Số địa điểm vi phạm theo phường"
TOTAL = "Tổng cộng"
NO_WARD = "Chưa xác định được phường"
NO_ADDRESS = "Chưa có địa chỉ"
PRIVACY_NOTE = "Danh sách không nêu tên chủ, số điện thoại và giấy tờ tùy thân của cá nhân."


@dataclass(frozen=True)
class Section:
    """The violators of one ward; ``first_number`` is the running number of the first, from 1 over the whole list."""

    ward: str
    first_number: int
    rows: tuple[Violator, ...]

    @property
    def heading(self) -> str:
        """For example "Phường Mộ Lao: 12 địa điểm"."""
        return f"{self.ward}: {places(len(self.rows))}"


def sections(rows: Sequence[Violator]) -> list[Section]:
    """Rows, which come sorted by ward, as one section a ward."""
    found: list[Section] = []
    number_of_next = 1
    for (code, name), group in groupby(rows, key=lambda row: (row.ward_code, row.ward)):
        members = tuple(group)
        found.append(Section(ward_name(name if code else None), number_of_next, members))
        number_of_next += len(members)
    return found


def numbered(section: Section) -> Iterator[tuple[int, Violator]]:
    """Rows of the section, each behind its running number."""
    return enumerate(section.rows, section.first_number)


def ward_name(name: str | None) -> str:
    """The ward as it is written on paper: "Phường Mộ Lao"."""
    return f"Phường {name}" if name else NO_WARD


def summary(facts: ListFacts) -> list[tuple[str, int]]:
    """Ward and number of violators, every ward in force, as the list names them."""
    return [(ward_name(count.name), count.violators) for count in facts.by_ward]


def failing(row: Violator) -> str:
    """What was not done."""
    return "Đã tạo mã QR, không có lượt quét" if row.has_qr else "Chưa tạo mã QR"


def reminder_days(row: Violator) -> list[str]:
    """Days of the counted reminders, in order; "12/10/2021 (2 lần)" where two of them fell on one day."""
    return [
        written_day(day) if times == 1 else f"{written_day(day)} ({times} lần)"
        for day, times in Counter(row.reminder_days).items()
    ]


def places(count: int) -> str:
    """For example "1.234 địa điểm"."""
    return f"{number(count)} địa điểm"


def issuer_or_blank(key: str, day: dt.date, ward: str | None = None) -> Issuer:
    """Who bears a working paper of ``day``: the body of that key, or blanks for the office to write on."""
    return issuer_on(key, day, ward) or NOBODY


def signatory(body: Issuer) -> str:
    """In whose place the head of the body signs, in lines; where no signer is entered, the office writes itself."""
    return "\n".join((body.signers or NOBODY.signers)[0].lines)


def issuer(facts: ListFacts) -> Issuer:
    """Who bears the list of violators: the centre, as long as there is a district."""
    return issuer_or_blank("culture_centre", facts.made_on)


def abbreviation(facts: ListFacts) -> str:
    """Of kind and body, as it stands in the number."""
    return f"DS-{issuer(facts).code}"


def recipients(facts: ListFacts) -> list[str]:
    """To whom the list goes; none of a district that is no more."""
    district = DISTRICT_RECIPIENTS if has_district(facts.made_on) else ()
    portal = ("Cổng thông tin điện tử quận",) if district else ()
    return [*district, "Ủy ban nhân dân các phường", *portal, f"Lưu: VT, {issuer(facts).code}"]


def objection(facts: ListFacts) -> str:
    """How to object, and until when it is answered."""
    centre = f" hoặc {issuer(facts).name}" if issuer(facts).name else ""
    return (
        "Chủ địa điểm không đồng ý với nội dung công khai hoặc đã khắc phục gửi ý kiến đến Ủy ban nhân dân phường nơi "
        f"có địa điểm{centre}, nêu mã địa điểm ghi trong danh sách. Yêu cầu đính chính hoặc gỡ tên khỏi danh sách được "
        "giải quyết trong hai ngày làm việc kể từ khi nhận được."
    )


def official_number(abbreviation: str, number: str = "") -> str:
    """The line for the number, which is given at signing: "Số: …………/DS-TTVHTTTT"; one of a digit bears a zero.

    A number that was entered with its abbreviation is written as it was.
    """
    written, _, own = number.partition("/")
    return f"Số: {written.strip().zfill(2) if number else NUMBER_BLANK}/{own.strip() or abbreviation}"


def official_date(day: dt.date, place: str = "Hà Đông") -> str:
    """Place and date: days below 10 and the months 1 and 2 bear a leading zero, other months do not."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"{place}, ngày {day.day:02d} tháng {month} năm {day.year}"


def subject_of(facts: ListFacts) -> str:
    """What the list is about and of which day."""
    return f"{SUBJECT}, tính đến hết ngày {written_day(facts.day)}"


def title_of(facts: ListFacts) -> str:
    """Kind and subject in one line, as a file or a page is titled."""
    subject = subject_of(facts)
    return f"{KIND.capitalize()} {subject[0].lower()}{subject[1:]}"


def legal_bases(facts: ListFacts) -> list[str]:
    """Why the list may be made; the formats set ";" after each and "." after the last."""
    day = written_day(facts.day)
    return [
        f"Căn cứ {ORDER}",
        f"Căn cứ kết quả theo dõi việc tạo mã, quét mã QR và nhắc nhở, số liệu tính đến hết ngày {day}",
    ]


def with_stops(lines: Sequence[str]) -> list[str]:
    """ ";" after each line and "." after the last, as the decree wants bases and recipients to end."""
    return [*(f"{line};" for line in lines[:-1]), *(f"{line}." for line in lines[-1:])]


def count_sentence(facts: ListFacts) -> str:
    """How many, where, and up to which day."""
    day = written_day(facts.day)
    if not facts.total:
        return f"Không có địa điểm vi phạm tính đến hết ngày {day}; phạm vi: {facts.scope}."
    concerned = sum(1 for count in facts.by_ward if count.violators and count.name)
    wards = sum(1 for count in facts.by_ward if count.name)
    return (
        f"Có {places(facts.total)} vi phạm, tại {concerned} trên {wards} phường, tính đến hết ngày {day}; "
        f"phạm vi: {facts.scope}."
    )


def rule_sentence(facts: ListFacts) -> str:
    """Who is listed: the rule in words, with the threshold and the window that were used."""
    return (
        f"Địa điểm vi phạm là địa điểm đã được nhắc nhở từ {facts.threshold} lần trở lên (ngưỡng áp dụng: "
        f"{facts.threshold} lần) mà vẫn chưa tạo mã QR, hoặc đã tạo mã nhưng không có lượt quét trong "
        f"{facts.window_days} ngày gần nhất có số liệu."
    )


def data_sentence(facts: ListFacts) -> str:
    """From when to when the data reach, and that a day without data counts against nobody."""
    reach = (
        f"số liệu lượt quét mới nhất là của ngày {written_day(facts.last_scan_day)}"
        if facts.last_scan_day
        else "chưa có số liệu lượt quét nào được nạp"
    )
    return (
        f"Số liệu có từ ngày {written_day(facts.first_day)}; {reach}. "
        "Ngày chưa có số liệu không bị tính là ngày không quét mã."
    )


def explanations(facts: ListFacts) -> list[str]:
    """How the rule was applied and to which data, and how many venues were left out for doubtful ones."""
    said = [rule_sentence(facts), data_sentence(facts)]
    return [*said, left_out_sentence(facts)] if facts.left_out else said


def left_out_sentence(facts: ListFacts) -> str:
    """How many venues are not named, because what is known of them has still to be checked."""
    return (
        f"Danh sách chưa nêu {places(facts.left_out)} có số liệu còn phải xác minh (chưa ghép xong dữ liệu mã QR, "
        "nghi trùng trong sổ, hoặc thiếu số liệu xuất)."
    )


def statements(facts: ListFacts) -> list[str]:
    """The paragraphs above the tables; an empty list says "nobody" in a frame of its own instead of the first one."""
    return [count_sentence(facts), *explanations(facts)] if facts.total else explanations(facts)
