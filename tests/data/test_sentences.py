"""A sentence is Vietnamese text that is kept with its values and told to each reader in their language."""

import datetime as dt
import json

import pytest

from data.errors import FutureDay, UserError
from data.texts import catalogue
from data.texts.sentences import Sentence, as_json, told
from etl.errors import on_screen


def kept(said: object) -> object:
    """``said`` as the database gives it back."""
    return json.loads(json.dumps(as_json(said)))


def test_a_sentence_is_text_and_is_told_in_both_languages() -> None:
    kinds = [Sentence("kind.venues"), Sentence("kind.scans")]
    said = Sentence("refused.no_header", name="a.csv", wanted=Sentence("refused.any_kind", titles=kinds), rows=1234)
    assert said == (
        "Tệp «a.csv» không có dòng tiêu đề nào của một trong các loại: sổ địa điểm, lượt quét trong 1.234 dòng đầu. "
        "Hãy xem lại tên các cột."
    )
    english = (
        "«a.csv» has no header of any of these kinds: register of venues, scans within its first 1,234 rows. Look at "
        "the names of its columns."
    )
    assert said.told("en") == told(kept(said), "en") == english
    assert told(kept(said), "vi") == str(said)


def test_what_is_no_sentence_is_told_as_it_stands() -> None:
    assert (told(kept("Tệp cũ."), "en"), UserError("Tệp cũ.").sentence("en")) == ("Tệp cũ.", "Tệp cũ.")


def test_a_sentence_whose_text_is_gone_or_asks_for_more_stays_vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    said = kept(Sentence("refused.empty", name="a.csv"))
    english = dict(catalogue.texts()["en"])
    monkeypatch.setitem(catalogue.texts(), "en", english)
    english["refused.empty"] = "{name} {size}"
    assert told(said, "en") == "Tệp «a.csv» rỗng, không có nội dung nào."
    del english["refused.empty"]
    assert told(said, "en") == "Tệp «a.csv» rỗng, không có nội dung nào."


def test_what_is_taken_out_of_a_sentence_is_in_no_language() -> None:
    told_of = Sentence("row.also", expected=Sentence("row.expected.day"), column="x", value="0912345678", also="y")
    hidden = told_of.changed(lambda text: text.replace("0912345678", "•••"))
    assert "0912345678" not in json.dumps(as_json(hidden))
    assert "must be a day" in hidden.told("en")
    option = Sentence("refused.kind", title=Sentence("kind.scans"), option=" (--kind scans)")
    assert (str(option), str(on_screen(option))) == ("«lượt quét» (--kind scans)", "«lượt quét»")
    assert told(as_json(on_screen(option)), "en") == "«scans»"


def test_errors_with_days_are_told_in_both_languages() -> None:
    error = FutureDay(dt.date(2999, 1, 2))
    assert "02/01/2999" in str(error)
    assert "02/01/2999" in error.sentence("en") != str(error)
