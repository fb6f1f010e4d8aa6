"""The language in an address is read in one way and kept in one way."""

import re

import pytest

from callbacks.server.language import in_other_language, language_in, language_pairs, other_language, with_language
from tests.fixtures import accounts


@pytest.mark.parametrize(
    ("query", "lang"),
    [
        (None, "vi"), ("", "vi"), ("?lang=en", "en"), ("ward=1&lang=en", "en"), ("?lang=xx", "vi"), ("?slang=en", "vi"),
        ("?lang=", "vi"),
    ],
)  # fmt: skip
def test_a_query_names_a_language(query: str | None, lang: str) -> None:
    assert language_in(query) == lang


@pytest.mark.parametrize(
    ("address", "english"),
    [("/", "/?lang=en"), ("", "?lang=en"), ("/?venue=HD1", "/?venue=HD1&lang=en"), ("?", "?&lang=en")],
)
def test_an_address_keeps_the_language_unless_it_is_vietnamese(address: str, english: str) -> None:
    assert (with_language(address, "en"), with_language(address, "vi")) == (english, address)


def test_a_page_offers_the_other_language() -> None:
    assert [other_language(lang) for lang in ("vi", "en")] == ["en", "vi"]
    assert (language_pairs("vi"), language_pairs("en")) == ({}, {"lang": "en"})


def test_the_language_last_chosen_holds_on_every_page_and_the_address_still_wins(demo_database: str) -> None:
    from app import server

    client = accounts.client(server)

    def lang_of(address: str, **headers: str) -> str:
        answer = client.get(address, headers={"Accept": "text/html", **headers})
        found = re.search(r'<html lang="(\w+)"', answer.text)
        assert found, address
        return found[1]

    pages = ("/", "/desk/", "/imports/", "/review/", "/quality/", "/field/", "/field/proposals", "/account/")
    assert {lang_of(page) for page in (*pages, "/sign-in")} == {"vi"}
    # what a phone keeps of both languages is no choice
    lang_of("/field/?lang=en", **{"Sec-Fetch-Mode": "cors"})
    assert lang_of("/") == "vi"
    assert lang_of("/quality/?line=jumps&lang=en") == "en"
    assert {lang_of(page) for page in (*pages, "/sign-in")} == {"en"}
    assert lang_of("/imports/?lang=vi") == "vi"
    assert lang_of("/") == "vi"
    assert lang_of("/?lang=xx") == "vi"


@pytest.mark.parametrize(
    ("address", "lang", "other"),
    [
        ("/", "vi", "/?lang=en"),
        ("/quality/?line=jumps&lang=en", "en", "/quality/?line=jumps&lang=vi"),
        ("/?ward=1,2&lang=vi", "vi", "/?ward=1,2&lang=en"),
    ],
)
def test_the_way_to_the_other_language_names_it(address: str, lang: str, other: str) -> None:
    assert in_other_language(address, lang) == other
