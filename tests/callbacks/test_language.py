"""The language in an address is read in one way and kept in one way."""

import pytest

from callbacks.server.language import language_in, language_pairs, other_language, with_language


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
