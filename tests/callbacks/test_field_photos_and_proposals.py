"""Photographs taken at the door and what officers propose: shown to those who may see it, decided by the office."""

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from data.access.caller import Caller, acting_as
from data.database.connection import loader_connection
from data.desk import jobs
from etl.worker.jobs import proposal
from tests.callbacks.phone_requests import answers, client_of_two_wards, sent, signed_in, taken
from tests.etl.loading.files import one, rows
from tests.fixtures.officers import officer, ward_id

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
def client(database: str, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_of_two_wards(tmp_path_factory.mktemp("so"))


@pytest.fixture
def lan(client: FlaskClient) -> Caller:
    return officer("lan", "Mộ Lao")


def jpeg(size: tuple[int, int] = (900, 600), *, place: bool = True) -> bytes:
    picture = Image.effect_noise(size, 40).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Hãng máy"
    exif[0x0112] = 6  # lies on its side
    if place:
        exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def keep(client: FlaskClient, who: Caller, content: bytes, kind: str = "image/jpeg") -> Any:
    with signed_in(client, who):
        return client.post("/field/photos", data=content, content_type=kind)


def test_a_photograph_is_made_anew_kept_once_and_shown_to_those_who_see_its_record(
    client: FlaskClient, lan: Caller
) -> None:
    content = jpeg()
    first, again = keep(client, lan, content), keep(client, lan, content)
    assert first.status_code == 201
    sha256 = first.json["sha256"]
    assert again.json["sha256"] == sha256
    with signed_in(client, lan):
        others = client.post("/field/photos?login=minh", data=content, content_type="image/jpeg")
    assert (others.status_code, others.json["login"]) == (409, "lan")
    with signed_in(client, lan):
        assert client.get(f"/field/photos/{sha256}").status_code == 404  # of no record yet
    answers(client, lan, sent(venue="V006", photo=sha256))
    with signed_in(client, lan):
        shown = client.get(f"/field/photos/{sha256}")
    with Image.open(io.BytesIO(shown.data)) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (600, 900)  # upright
        assert dict(picture.getexif()) == {}
        assert not {"exif", "comment", "icc_profile"} & set(picture.info)
    reads = "SELECT count(*) FROM audit_entry WHERE action = 'photo.read' AND subject = 'V006' AND login = 'lan'"
    assert one(reads) == 1
    with signed_in(client, officer("khe", "La Khê")):
        assert client.get(f"/field/photos/{sha256}").status_code == 404
    with signed_in(client, None):
        assert client.get(f"/field/photos/{sha256}").status_code == 401
    assert one(reads) == 1


def test_what_is_no_photograph_is_not_kept(client: FlaskClient, lan: Caller) -> None:
    out = io.BytesIO()
    Image.new("RGB", (10, 10)).save(out, "PNG")
    assert keep(client, lan, out.getvalue()).status_code == 422
    assert keep(client, lan, b"<script>alert(1)</script>").status_code == 422
    assert keep(client, lan, jpeg()[:2000]).status_code == 422
    assert keep(client, lan, jpeg(), "text/html").status_code == 415
    assert keep(client, lan, b"\xff\xd8\xff" * 600_000).status_code == 413
    bomb = io.BytesIO()
    Image.new("L", (9000, 9000)).save(bomb, "JPEG", quality=1)
    assert keep(client, lan, bomb.getvalue()).status_code == 422


def proposals(client: FlaskClient, who: Caller) -> str:
    with signed_in(client, who):
        response = client.get("/field/proposals")
    assert response.status_code == 200
    return str(response.text)


def decide(client: FlaskClient, who: Caller, number: str, decision: str) -> int:
    with signed_in(client, who):
        return int(client.post(f"/field/proposals/{number}", data={"decision": decision}).status_code)


def work() -> None:
    """Do the jobs that proposals asked for, as the worker would."""
    with loader_connection() as conn:
        waiting_jobs = [job for job in jobs.open_jobs(conn) if job.kind == "proposal"]
    for job in waiting_jobs:
        with acting_as(job.asker):
            proposal.run(job, lambda _step, _text: None)


def test_proposals_wait_for_the_office_and_what_is_accepted_is_done(client: FlaskClient, lan: Caller) -> None:
    moved = sent("proposal_move", "V007", payload={"lon": 105.785, "lat": 20.983})
    closed = sent("proposal_closure", "V008", payload={"note": "<b>trả mặt bằng</b>"})
    added = sent(
        "proposal_new",
        payload={
            "name": "Quán mới",
            "address": "Số 9 phố Vạn Phúc",
            "category": "Quán ăn",
            "lon": 105.784,
            "lat": 20.982,
        },
    )
    assert [told["state"] for told in answers(client, lan, moved, closed, added)] == ["waiting"] * 3
    chair, office = officer("ct", "Mộ Lao", role="ward_chair"), officer("vh", role="culture_office")
    page = proposals(client, office)
    assert "Quán mới" in page
    assert "&lt;b&gt;trả mặt bằng" in page
    assert re.search(r"Địa điểm gần nhất đang có: Quán \d+, cách \d m", page)
    assert re.search(r"Cách điểm trên bản đồ 1\d\d m", page)
    assert "Đang chờ quyết định: 3" in proposals(client, chair)
    assert taken(client, chair).json["account"]["proposals"] == 3
    assert taken(client, lan).json["account"]["proposals"] == 0
    assert "Quán mới" not in proposals(client, officer("ct.khe", "La Khê", role="ward_chair"))
    with signed_in(client, lan):
        assert client.get("/field/proposals").status_code == 403
        assert client.post(f"/field/proposals/{moved['id']}", data={"decision": "accept"}).status_code == 403
    for decision in ("accept", "back"):
        assert decide(client, officer("ct.khe", "La Khê", role="ward_chair"), closed["id"], decision) == 303
    assert one("SELECT state FROM field_event WHERE id = %s", closed["id"]) == "waiting"  # not of their ward
    assert decide(client, chair, moved["id"], "accept") == 303
    assert decide(client, office, moved["id"], "accept") == 303  # twice moves once
    assert decide(client, chair, closed["id"], "refuse") == 303
    assert decide(client, chair, added["id"], "accept") == 303
    assert "Đang thực hiện" in proposals(client, chair)
    assert answers(client, lan, moved) == [{"id": moved["id"], "state": "waiting"}]  # accepted, and not done yet
    work()
    page = proposals(client, chair)
    assert "Đang thực hiện" not in page
    assert page.count("Đã thực hiện") == 2
    assert one("SELECT round(ST_X(geom)::numeric, 3)::float8 FROM venue WHERE code = 'V007'") == 105.785
    # the phone hears of it by sending it again
    told = answers(client, lan, moved, closed)
    assert [(answer["state"], answer.get("why")) for answer in told] == [("applied", None), ("refused", "declined")]
    code = one("SELECT venue_code FROM field_event WHERE id = %s", added["id"])
    assert rows("SELECT name, category, status::text, location, ward_id FROM venue WHERE code = %s", code) == [
        ("Quán mới", "eatery", "unregistered", "given", ward_id("Mộ Lao"))
    ]
    assert code in {row[0] for row in taken(client, lan).json["venues"]}
    # taken back, they wait again
    for number in (moved["id"], closed["id"], added["id"]):
        assert decide(client, chair, number, "back") == 303
    assert proposals(client, chair).count("Đang thực hiện") == 2
    work()
    assert "Đang chờ quyết định: 3" in proposals(client, chair)
    assert one("SELECT round(ST_X(geom)::numeric, 3)::float8 FROM venue WHERE code = 'V007'") == 105.784
    assert one("SELECT count(*) FROM venue WHERE code = %s", code) == 0
    assert rows("SELECT action, login FROM audit_entry WHERE subject = %s ORDER BY id", code)[:1] == [
        ("venue.made", "ct")
    ]
