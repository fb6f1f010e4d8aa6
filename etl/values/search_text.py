"""``venue.search_text`` for many venues at once: equal to ``data.texts.folding.fold`` of each."""

from collections.abc import Sequence

from data.texts.folding import fold

_BETWEEN = "\x03"  # a control character that no text holds: readers take them out


def search_texts(texts: Sequence[str]) -> list[str]:
    """``fold(text)`` of each text, each of the few letters that they are written with folded once."""
    together = _BETWEEN.join(texts)
    for letter in set(together):
        if not letter.isascii():
            together = together.replace(letter, " " if letter.isspace() else fold(letter))
    if not together.isascii():  # letters of other scripts are folded by what stands beside them
        return [fold(text) for text in texts]
    return [" ".join(text.split()) for text in together.lower().split(_BETWEEN)] if texts else []
