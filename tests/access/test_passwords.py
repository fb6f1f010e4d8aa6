"""New passwords: what somebody who guesses would try is refused, a sentence of one's own is not."""

import pytest

from data.accounts import passwords

LOGIN, NAME = "lan.vanhoa", "Nguyễn Thị Lan"


@pytest.mark.parametrize(
    "guessed",
    [
        "passwordpassword",
        "123456789012",
        "qwertyuiopasdf",
        "aaaaaaaaaaaaaa",
        "abcdefghijklmn",
        "matkhau123456",
        "hadong123456",
        "anhyeuem123456",
        "nguyenthilan1",
        "Nguyễn Thị Lan",
        "xin lan.vanhoa vào",
        "P@ssw0rd1234",
        "password" * 16,
    ],
)
def test_what_is_commonly_guessed_is_refused(guessed: str) -> None:
    with pytest.raises(passwords.WeakPassword, match="dễ đoán"):
        passwords.require_strong(guessed, LOGIN, NAME)


@pytest.mark.parametrize(
    "good",
    [
        "mùa sen nở ở hồ Văn Quán",
        "trâu xanh ăn mây",
        "trau xanh an may",
        "bún chả đọc báo sớm",
        "correct horse battery staple",
        "kX9-vrT2-qLm7",
        "cầu vồng trên sông Nhuệ " * 5,
    ],
)
def test_a_sentence_of_one_s_own_is_taken(good: str) -> None:
    passwords.require_strong(good, LOGIN, NAME)


def test_those_handed_out_are_taken() -> None:
    for _ in range(20):
        passwords.require_strong(passwords.one_time(), LOGIN, NAME)
