"""The pages of a slip by their routes: headers, what is sent and kept, and what is refused with which sentence."""

import io
import uuid

import pytest
from flask.testing import FlaskClient
from PIL import Image

from data.access.caller import acting_as
from data.database.connection import desk_connection
from data.desk.publications import new_token
from data.settings import get_settings
from data.texts.catalogue import t
from tests.callbacks.phone_requests import signed_in
from tests.callbacks.test_field_photos_and_proposals import jpeg
from tests.data.cases_world import People, ground
from tests.data.publication_world import drafted, entries, taken
from tests.etl.loading.files import one, rows

pytestmark = pytest.mark.usefixtures("fresh_database")
FOREIGN = {"Origin": "null", "Sec-Fetch-Site": "cross-site"}
"""What a browser says of a form on a page that sends no referrer, at worst."""


@pytest.fixture
def client() -> FlaskClient:
    from app import server

    return server.test_client()


@pytest.fixture
def token(tmp_path_factory: pytest.TempPathFactory, as_district: None) -> str:
    ground(tmp_path_factory.mktemp("so"))
    people = People()
    made = drafted(people)
    taken(people.centre, made.id, "notify")
    with acting_as(people.centre), desk_connection() as conn:
        return new_token(conn, entries(made.id)["V1"])


def kept() -> list[str]:
    return [path.name for path in get_settings().file_store.glob("*.jpg")]


def test_a_token_that_is_typed_opens_its_file_and_the_page_keeps_to_itself(client: FlaskClient, token: str) -> None:
    typed = client.post("/phieu/?lang=en", data={"token": f"{token[:10].lower()} {token[10:]}"}, headers=FOREIGN)
    assert typed.status_code == 303
    assert typed.headers["Location"] == f"/phieu/{'-'.join(token[n : n + 4] for n in range(0, 20, 4))}?lang=en"
    page = client.get(f"/phieu/{token}")
    assert "Quán 1" in page.text
    assert "Quán 5" not in page.text
    for answer in (page, typed, client.get("/phieu/"), client.get("/phieu/nothing")):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
    wrong = client.get("/phieu/0000-0000-0000-0000-0000")
    assert (wrong.status_code, t("slip.refused.unknown") in wrong.text) == (404, True)
    assert t("slip.ask.empty") in client.post("/phieu/", data={"token": " - "}).text


def test_a_photograph_is_made_anew_and_one_too_large_leaves_nothing(client: FlaskClient, token: str) -> None:
    address = f"/phieu/{token}/claim"

    def sent(photo: bytes, **more: str) -> tuple[int, str]:
        form = {"client": str(uuid.uuid4()), "photo": (io.BytesIO(photo), "ảnh.jpg"), **more}
        answer = client.post(address, data=form, headers=FOREIGN)
        return answer.status_code, answer.text

    before = kept()
    status, page = sent(jpeg(), qr="QR-V1", words="Đã treo ở cửa chính")
    assert status == 303
    (photo, content) = rows(
        "SELECT facts ->> 'photo' AS photo, facts ->> 'qr' AS qr FROM case_entry WHERE step = 'claim'"
    )[0]
    assert content == "QR-V1"
    with signed_in(client, People().command):
        shown = client.get(f"/field/photos/{photo}")
        number = one("SELECT case_id FROM case_entry WHERE step = 'claim'")
        case = client.get(f"/cases/?case={number}")
    assert shown.content_type == "image/jpeg"
    assert f"/field/photos/{photo}" in case.text
    assert "Chủ địa điểm, bằng phiếu" in case.text
    assert "Đã treo ở cửa chính" in case.text, "who decides reads the venue's words"
    with Image.open(get_settings().file_store / f"{photo}.jpg") as picture:
        assert not picture.getexif()
    assert len(kept()) == len(before) + 1

    status, page = sent(b"\xff\xd8" + bytes(50 * 1024 * 1024), words="Mã dán ở cửa sau")
    assert (status, t("slip.photo.large", most=12) in page) == (422, True)
    assert "Mã dán ở cửa sau" in page, "what was typed stays"
    status, page = sent(b"no picture", words="Đã dán mã ở cửa")
    assert (status, t("slip.photo.unusable") in page) == (422, True)
    stranger = client.post("/phieu/0000/claim", data={"photo": (io.BytesIO(jpeg((80, 60))), "a.jpg")})
    assert stranger.status_code == 404
    assert client.post(f"/phieu/{token}/approve").status_code == 404
    assert len(kept()) == len(before) + 1
    assert one("SELECT count(*) FROM case_entry WHERE step = 'claim'") == 1


def test_a_form_sent_twice_is_one_step_and_a_refused_one_holds_what_was_typed(client: FlaskClient, token: str) -> None:
    form = {"client": str(uuid.uuid4()), "words": "Quán đã có mã từ tháng trước"}
    for _ in range(2):
        answer = client.post(f"/phieu/{token}/object", data=form)
        assert answer.headers["Location"].endswith("?sent=object")
    shown = client.get(answer.headers["Location"]).text
    assert t("slip.sent.object") in shown
    assert shown.count(form["words"]) == 1
    assert one("SELECT count(*) FROM case_entry WHERE step = 'object'") == 1
    long = client.post(f"/phieu/{token}/answer", data={"client": str(uuid.uuid4()), "words": "dài " * 600})
    assert (long.status_code, t("case.refused.long_words") in long.text) == (422, True)
    assert "dài dài" in long.text
    late = client.post(f"/phieu/{token}/claim", data={"client": str(uuid.uuid4()), "words": "đã dán"})
    assert (late.status_code, "có phản đối" in late.text) == (422, True)
