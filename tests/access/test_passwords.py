"""New passwords: what somebody who guesses would try is refused, a sentence of one's own is not."""

import time

import pytest

from data import passwords

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
        passwords.one_time(),
        "cầu vồng trên sông Nhuệ " * 5,
    ],
)
def test_a_sentence_of_one_s_own_is_taken(good: str) -> None:
    passwords.require_strong(good, LOGIN, NAME)


def test_the_longest_costs_no_more_than_a_blink() -> None:
    began = time.process_time()
    passwords.require_strong("Tôi đi chợ Hà Đông mua 1234567890 quả na! " * 3, LOGIN, NAME)
    assert time.process_time() - began < 1
