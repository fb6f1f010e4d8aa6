"""Guidance on paper: each sheet is one page, nothing of it is clipped or lost, and what is too much is refused."""

import io
import re
from xml.etree import ElementTree

import pdfplumber
import pikepdf
import pytest

from data.reference.guidance import LANGUAGES, LONGEST, SHEETS, Sheet, sheet_of_parts, shipped
from data.texts.catalogue import t
from documents.guidance import ORDERED_ON, PAPERS, GuidanceUnfit, check_fits, guidance_pdf
from documents.guidance_drawings import DRAWINGS, GREY, INK, PICTURES, drawing

MM = 72 / 25.4
SIZES = {"a4": (210, 297), "a5": (148, 210)}
SENTENCE = "Nghiêng điện thoại, đưa máy ảnh tới giữa mã rồi giữ yên cho đến khi màn hình báo đã quét xong; "


def longest(letters: str) -> Sheet:
    parts = shipped("owners", "vi").parts()
    return sheet_of_parts({part: (letters * 300)[: LONGEST[part.rpartition(".")[2]]].strip() for part in parts})


def squeezed(text: str) -> str:
    return re.sub(r"\s|\u200b", "", text)


def pages_of(sheet: str, words: Sheet, lang: str, paper: str) -> pdfplumber.PDF:
    return pdfplumber.open(io.BytesIO(guidance_pdf(sheet, words, lang, paper, "Bản 1", ORDERED_ON)))


def check_page(pdf: pdfplumber.PDF, words: Sheet, paper: str) -> None:
    """One page of the paper's size; every word is on it, within its margins; every step has its picture."""
    assert len(pdf.pages) == 1
    page = pdf.pages[0]
    wide, high = (round(float(side) / MM) for side in (page.width, page.height))
    assert (wide, high) == SIZES[paper]
    share = wide / 210
    beside = page.crop((47 * share * MM, 0, page.width, page.height))  # of the pictures
    said = squeezed(page.extract_text()) + squeezed(beside.extract_text())
    assert [part for part in words.parts().values() if squeezed(part) not in said] == []
    for char in (each for each in page.chars if each["text"].strip()):
        assert 11.5 * share <= char["x0"] / MM <= char["x1"] / MM <= wide - 11.5 * share
        assert 8 * share <= char["top"] / MM <= char["bottom"] / MM <= high - 4 * share
    shapes = [shape for shape in (*page.curves, *page.rects, *page.lines) if shape["width"] < 40 * MM]
    assert all(11 * share <= shape["x0"] / MM and shape["x1"] / MM <= wide - 11 * share for shape in shapes)
    # no smaller than a newspaper's letters, even on the small sheet
    assert min(char["size"] for char in beside.chars if char["top"] / MM < high - 17 * share) >= 8.4


@pytest.mark.parametrize("sheet", SHEETS)
def test_each_sheet_as_shipped_is_one_page_with_all_its_words(sheet: str) -> None:
    for lang in LANGUAGES:
        words = shipped(sheet, lang)
        check_fits(sheet, words, lang, ORDERED_ON)
        for paper in PAPERS:
            with pages_of(sheet, words, lang, paper) as pdf:
                check_page(pdf, words, paper)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_longest_words_fit_both_papers(paper: str) -> None:
    words = longest(SENTENCE)
    check_fits("owners", words, "vi", ORDERED_ON)
    with pages_of("owners", words, "vi", paper) as pdf:
        check_page(pdf, words, paper)


def test_what_is_too_much_is_refused_and_says_which() -> None:
    with pytest.raises(GuidanceUnfit, match="một trang"):
        check_fits("owners", longest("W"), "vi", ORDERED_ON)
    parts = shipped("owners", "vi").parts()
    for part in ("title", "3.heading", "6.text", "ask"):
        most = LONGEST[part.rpartition(".")[2]]
        with pytest.raises(GuidanceUnfit, match=str(most)) as refused:
            check_fits("owners", sheet_of_parts(parts | {part: "a" * (most + 1)}), "vi", ORDERED_ON)
        assert part[0] in str(refused.value) or "." not in part
    for lacking in ({"title": " "}, {"2.heading": ""}):
        with pytest.raises(GuidanceUnfit):
            check_fits("owners", sheet_of_parts(parts | lacking), "vi", ORDERED_ON)


def test_words_are_never_markup() -> None:
    hostile = "#set page(width: 1pt) $x$ *b* @a \\ <script>alert(1)</script> \u202e{{ 7*7 }}\x00 A\u0302"
    words = sheet_of_parts(shipped("owners", "vi").parts() | {"1.text": hostile, "title": "#pagebreak() <b>"})
    assert "\x00" not in words.steps[0].text
    assert "\u202e" not in words.steps[0].text
    check_fits("owners", words, "vi", ORDERED_ON)
    with pages_of("owners", words, "vi", "a4") as pdf:
        check_page(pdf, Sheet(words.title, words.steps[1:], words.ask), "a4")
        assert "<script>alert(1)</script>{{7*7}}" in squeezed(pdf.pages[0].extract_text())


def test_the_file_is_for_screen_readers_and_to_keep() -> None:
    content = guidance_pdf("visitors", shipped("visitors", "en"), "en", "a4", "Version 1", ORDERED_ON)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.Lang == "en"
        about = pdf.open_metadata()
        assert about["pdfuaid:part"] == "1"
        assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("2", "A")
        alts = [str(one.Alt) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]
    assert alts == [t(f"guidance.drawing.{name}", "en") for name in PICTURES["visitors"]]


def test_drawings_are_lines_in_one_ink_and_one_grey_that_stay_within_their_field() -> None:
    used = {name for names in PICTURES.values() for name in names}
    assert used == set(DRAWINGS)
    for name in DRAWINGS:
        text = drawing(name, "vi")
        ElementTree.fromstring(text)  # noqa: S314
        assert set(re.findall(r"#[0-9a-f]{3,6}", text)) <= {INK, GREY, "#fff"}
        assert not re.search(r"href|url\(|<style|<script|<image", text)
        places = [float(x) for pair in re.findall(r'points="([^"]*)"', text) for x in re.split(r"[ ,]", pair)]
        assert all(0 <= place <= 120 for place in places), name
    assert "1.3 m" in drawing("hang", "en")
    assert "1,3 m" in drawing("hang", "vi")
