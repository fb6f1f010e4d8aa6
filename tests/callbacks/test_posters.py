"""Posters by the page: what would be printed is said before, in the caller's scope, and a file is its asker's alone."""

import io
import re
from html import unescape

import pikepdf
import pytest
from flask.testing import FlaskClient

from app import server
from data.access.caller import Caller
from data.database.connection import loader_connection
from documents.poster_orders import make_order
from tests.fixtures import accounts
from tests.fixtures.officers import officer, token_of

pytestmark = pytest.mark.usefixtures("own_demo_store")


def client_of(who: Caller) -> FlaskClient:
    return accounts.client(server, token_of(who))


def chair(ward: str = "Mộ Lao") -> FlaskClient:
    return client_of(officer(f"pt.{len(ward)}", ward, role="ward_chair"))


def codes_in(ward: str, *, printable: bool) -> list[str]:
    """Venues of the ward that have a QR of which it is known what it holds, or the others."""
    with loader_connection() as conn:
        rows = conn.execute(
            """
            SELECT v.code FROM venue AS v JOIN ward AS w ON w.id = v.ward_id
            WHERE w.name = %s AND v.status IS NOT NULL AND v.merged_into IS NULL AND %s = EXISTS (
                SELECT FROM registration AS r
                WHERE r.venue_id = v.id AND r.ended_on IS NULL AND r.registered_on <= current_day()
                  AND r.qr_content <> '')
            ORDER BY v.code
            """,
            (ward, printable),
        )
        return [str(row["code"]) for row in rows]


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True))


def listed(text: str) -> dict[str, str]:
    """Codes that are said not to be printed, each with its line."""
    return {found[1]: found[0] for found in re.finditer(r"<li><code>(.*?)</code>.*?</li>", text)}


def test_what_would_be_printed_and_what_cannot_is_said_before() -> None:
    printable, others = codes_in("Mộ Lao", printable=True), codes_in("Mộ Lao", printable=False)
    empty, long = printable[:2]
    with loader_connection() as conn:
        for code, content in ((empty, None), (long, "đ" * 2000)):
            conn.execute(
                "UPDATE registration SET qr_content = %s WHERE venue_id = (SELECT id FROM venue WHERE code = %s)",
                (content, code),
            )
        street, count = conn.execute(
            "SELECT street, count(*) FROM venue WHERE code = ANY(%s) AND street IS NOT NULL GROUP BY 1 ORDER BY 2 DESC",
            (printable[2:],),
        ).fetchone().values()  # fmt: skip
    client = chair()
    text = page(client, "/posters/?all=1")
    assert f"In được {len(printable) - 2} địa điểm" in text
    lines = listed(text)
    assert set(lines) == {*others, empty, long}
    assert "nguồn không cho biết nội dung mã" in lines[empty]
    assert "nội dung mã quá dài" in lines[long]
    assert "chưa có mã QR" in lines[others[0]]
    foreign = codes_in("Văn Quán", printable=True)[0]
    text = page(client, f"/posters/?codes={printable[2]},{foreign}+HD999999")
    assert "In được 1 địa điểm" in text
    assert set(listed(text)) == {foreign, "HD999999"}
    assert f"In được {count} địa điểm" in page(client, f"/posters/?street={street.upper()}")
    text = page(client, "/posters/?filter=status%3Dviolating")
    assert "tình trạng ngày 30/11/2021: Tình trạng: Vi phạm" in text
    assert client.get(f"/posters/?codes={'HD000001+' * 500}").status_code == 400


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({}, "Hãy chọn phường"),
        ({"codes": "HD999999"}, "Không có địa điểm nào trong phạm vi này"),
        ({"all": "1", "labels": "x" * 31}, "dài quá 30 ký tự"),
        ({"all": "1", "labels": "\n".join(map(str, range(21)))}, "Không quá 20 lối vào"),
        ({"all": "1", "labels": "\n".join(map(str, range(20)))}, "Một tệp không quá 5.000 tờ"),
    ],
    ids=["nothing chosen", "none has a code", "long label", "many labels", "many pages"],
)
def test_what_cannot_be_made_is_refused_with_a_sentence(form: dict[str, str], says: str) -> None:
    answer = accounts.client(server).post("/posters/order", data=form)
    assert answer.status_code == 422
    assert says in unescape(answer.get_data(as_text=True))


def test_a_file_is_its_askers_alone() -> None:
    asker, other = chair(), chair("Văn Quán")
    first, second = codes_in("Mộ Lao", printable=True)[2:4]
    form = {"codes": f"{first} {second}", "labels": "Cổng 2\nTầng 3"}
    assert asker.post("/posters/order", data=form).status_code == 303
    number = int(re.findall(r'data-order="(\d+)"', page(asker, "/posters/orders"))[0])
    assert asker.get(f"/posters/{number}.pdf").status_code == 404, "it is not there yet"
    assert "data-order" not in page(other, "/posters/orders")
    other.post(f"/posters/{number}/cancel")
    make_order(number)
    assert other.get(f"/posters/{number}.pdf").status_code == 404
    answer = asker.get(f"/posters/{number}.pdf")
    assert answer.headers["Cache-Control"] == "private, no-store"
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) == 4
    with loader_connection() as conn:
        notes = conn.execute("SELECT login FROM audit_entry WHERE action = 'document.posters'").fetchall()
    assert [note["login"] for note in notes] == ["pt.6", "pt.6"], "that it was made, and that it was taken"


def test_the_screen_at_a_door_is_for_who_may_see_the_venue_and_tells_nothing_of_them() -> None:
    client, code = chair(), codes_in("Mộ Lao", printable=True)[2]
    answer = client.get(f"/posters/screen/{code}")
    text = unescape(answer.get_data(as_text=True))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert code in text
    assert "pt.6" not in text
    assert client.get(f"/posters/screen/{codes_in('Văn Quán', printable=True)[0]}").status_code == 404
    assert client.get(f"/posters/screen/{codes_in('Mộ Lao', printable=False)[0]}").status_code == 404
    nobody = server.test_client().get(f"/posters/screen/{code}", headers={"Accept": "text/html"})
    assert nobody.status_code == 303
    assert f"next=/posters/screen/{code}" in nobody.headers["Location"]
    assert server.test_client().get("/posters/orders").status_code == 401
