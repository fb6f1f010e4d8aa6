"""Who may bear a paper of a day: no body of the district after 30/6/2025; a refusal where nobody may."""

import dataclasses
import datetime as dt
import io

import pypdf
import pytest

from data.queries.poster import LocationCode
from data.reference.issuing import FOLDER, has_district, issuer_on, legal_base, portal_on, recipients_on
from documents import wording
from documents.catalogue import VIOLATORS
from documents.letterheads import NoIssuer, publisher
from documents.poster import poster
from tests.documents.conftest import Listed
from tests.documents.reading import READERS, squeezed

LAST, FIRST_WITHOUT = dt.date(2025, 6, 30), dt.date(2025, 7, 1)
BODIES = ("culture_centre", "district_committee", "command", "police")


def test_bodies_of_the_district_end_with_it_and_wards_stand_on() -> None:
    assert has_district(LAST)
    assert not has_district(FIRST_WITHOUT)
    for key in BODIES:
        before = issuer_on(key, LAST)
        assert before
        assert before.signers
        assert issuer_on(key, FIRST_WITHOUT) is None
    then, now = (issuer_on("ward_committee", day, "Dương Nội") for day in (LAST, FIRST_WITHOUT))
    assert then
    assert now
    assert then.parent == ("ỦY BAN NHÂN DÂN", "QUẬN HÀ ĐÔNG")
    assert now.parent == ()
    assert now.body == ("ỦY BAN NHÂN DÂN", "PHƯỜNG DƯƠNG NỘI")
    assert now.signers[0].lines == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
    assert issuer_on("ward_committee", LAST) is None


def test_who_publishes_and_when_nobody_may() -> None:
    assert publisher(LAST, ["Mộ Lao", "Yết Kiêu"]).key == "culture_centre"
    assert publisher(FIRST_WITHOUT, ["Kiến Hưng", "Kiến Hưng"]).name == "Ủy ban nhân dân phường Kiến Hưng"
    for wards in (["Kiến Hưng", "Dương Nội"], [""], []):
        with pytest.raises(NoIssuer, match="ngày 01/07/2025"):
            publisher(FIRST_WITHOUT, wards)


def test_bases_and_portals_follow_the_day() -> None:
    first, last = dt.date(2026, 6, 30), dt.date(2026, 7, 1)
    assert [portal.basis for day in (first, last) if (portal := portal_on(day, "Hà Đông"))] == [
        "Nghị định số 42/2022/NĐ-CP",
        "Nghị định số 224/2026/NĐ-CP",
    ]
    assert portal_on(LAST, "Mộ Lao") == portal_on(LAST)
    assert portal_on(FIRST_WITHOUT) is None
    assert legal_base("order", dt.date(2021, 9, 26)) is None
    assert legal_base("privacy", dt.date(2026, 1, 1)) == "Luật số 91/2025/QH15 và Nghị định số 356/2025/NĐ-CP"
    written = "".join(file.read_text("utf-8") for file in FOLDER.glob("legal_bases.csv")).lower()
    assert "điều 72" not in written
    assert "xử phạt" not in written


@pytest.mark.parametrize("fmt", VIOLATORS)
def test_the_list_of_violators_bears_no_district_when_there_is_none(fmt: str, listed: Listed) -> None:
    rows, facts = listed
    for day, is_there in ((LAST, True), (FIRST_WITHOUT, False)):
        document = VIOLATORS[fmt](rows, dataclasses.replace(facts, made_on=day))
        text = READERS[fmt](document).text.replace(wording.ORDER, "").replace("toàn quận Hà Đông", "")
        assert ("quận hà đông" in text.lower()) == is_there, text
        assert ("Thông tin và Thể thao" in text or "THÔNG TIN VÀ THỂ THAO" in text) == is_there


def test_a_poster_and_its_properties_bear_no_district_when_there_is_none() -> None:
    code = LocationCode(
        "HD1", "Quán", "1 Tô Hiệu", "Kiến Hưng", None, "https://qr.example/1", None, LAST, is_demo=False
    )
    pages = pypdf.PdfReader(io.BytesIO(poster(code, FIRST_WITHOUT, "pdf")))
    said = squeezed(pages.pages[0].extract_text()) + str(pages.metadata)
    assert "phường Kiến Hưng, Hà Nội" in said
    assert "quận Hà Đông" not in said


def test_to_whom_a_paper_goes_is_data_of_its_day() -> None:
    before, after = dt.date(2021, 11, 28), dt.date(2025, 7, 1)
    assert recipients_on("lifting", before) == ("Như Điều 3", "Công an quận", "Lưu: VT")
    assert recipients_on("lifting", after) == ("Như Điều 3", "Công an", "Lưu: VT")
    assert recipients_on("weekly_report", before, code="UBND") == ("Như trên", "Lưu: VT, UBND")
    assert recipients_on("weekly_report", after) == ("Như trên", "Lưu: VT"), (
        "without a body nothing hangs behind a comma"
    )
    assert "Ủy ban nhân dân phường Mộ Lao (để phối hợp)" in recipients_on("referral", before, ward="phường Mộ Lao")
    assert recipients_on("nothing", before) == ()
