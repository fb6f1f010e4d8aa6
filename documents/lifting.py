"""The draft of the decision that repeals a decision to suspend: prepared with all but number, date and signature.

Who suspended lifts: Luật Phòng, chống bệnh truyền nhiễm 03/2007, art. 52; Nghị định 101/2010/NĐ-CP, art. 15 to 18.
"""

from dataclasses import replace

from data.queries.personal_numbers import without_personal_numbers
from data.reference.issuing import recipients_on
from data.texts.catalogue import day
from documents.case_papers import (
    Format,
    Layout,
    Paper,
    article,
    base,
    centred,
    official_day,
    paper_file,
    paper_of,
    said,
)
from documents.letterheads import BLANK_DATE, letterhead
from documents.typesetting import breakable
from documents.wording import BLANK, NOBODY, with_stops


def lifting(paper: Paper, fmt: Format = "pdf") -> bytes:
    """A draft in the name of the authority that the decision's paper names."""
    entered = paper_of(paper.case, "enter")
    authority = str(entered.get("authority") or BLANK)
    decision = f"Quyết định số {entered.get('number') or BLANK} ngày {official_day(entered.get('day'))} của {authority}"
    standing = paper.case.standing
    since = f", đã tạo mã QR địa điểm ngày {day(standing.registered_on)}" if standing and standing.registered_on else ""
    bases = (
        "Căn cứ Luật Phòng, chống bệnh truyền nhiễm ngày 21 tháng 11 năm 2007",
        "Căn cứ Nghị định số 101/2010/NĐ-CP ngày 30 tháng 9 năm 2010 của Chính phủ",
        f"Căn cứ {breakable(decision)}",
        f"Xét {paper.venue}, {paper.place}{since}",
    )
    articles = [
        article(
            "Điều 1.",
            f"Bãi bỏ {breakable(decision)} đối với {paper.venue} (mã địa điểm {paper.case.line.venue_code}), "
            f"{paper.place}. Cơ sở được hoạt động trở lại từ {BLANK_DATE}.",
        ),
        *said(f"Phạm vi của quyết định bị bãi bỏ: {entered['scope']}." if entered.get("scope") else ""),
        article("Điều 2.", "Quyết định này có hiệu lực kể từ ngày ký và được thông báo như quyết định bị bãi bỏ."),
        article("Điều 3.", f"Công an, Ủy ban nhân dân {paper.ward} và cơ sở nêu tại Điều 1 thi hành Quyết định này."),
    ]
    named = without_personal_numbers(authority).upper()
    is_committee = "NHÂN DÂN" in named or "UBND" in named
    body = _body(paper, named.removeprefix("CHỦ TỊCH "))
    decides = " ".join((*(("CHỦ TỊCH",) if is_committee else ()), *body))
    layout = Layout(
        f"Dự thảo quyết định bãi bỏ việc tạm đình chỉ hoạt động: {paper.venue}",
        letterhead(replace(NOBODY, parent=(), body=body), "QĐ-UBND"),
        [centred(decides), *(base(line) for line in with_stops(bases)), centred("QUYẾT ĐỊNH:"), *articles],
        kind="QUYẾT ĐỊNH",
        subject="Về việc bãi bỏ quyết định tạm đình chỉ hoạt động",
        is_draft=True,
        closing={
            "recipients": with_stops(recipients_on("lifting", paper.case.day)),
            "signatory": "CHỦ TỊCH" if is_committee else "THỦ TRƯỞNG",
        },
    )
    return paper_file(paper, layout, fmt)


def _body(paper: Paper, authority: str) -> tuple[str, ...]:
    """The authority in the lines of a letterhead; blank where it was the district's and there is none any more."""
    is_gone = "QUẬN" in authority.split() and not paper.has_district
    return (BLANK,) if is_gone else tuple(_lines(authority))


def _lines(body: str) -> list[str]:
    """A body's name in lines as a letterhead sets it: broken where its second half begins."""
    body = body.replace("UBND", "ỦY BAN NHÂN DÂN")
    head = "ỦY BAN NHÂN DÂN "
    return [head.strip(), breakable(body.removeprefix(head))] if body.startswith(head) else [breakable(body)]
