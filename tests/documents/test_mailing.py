"""Mail to a real server: right scope per recipient, again when the server is away, and never twice."""

import datetime as dt
import os
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from psycopg.errors import InsufficientPrivilege

from data.access.caller import Caller, acting_as
from data.accounts import administering
from data.accounts.administering import UnusableAccount
from data.accounts.standing import caller_of
from data.database.connection import app_connection, desk_connection, loader_connection
from data.desk import mail as desk
from data.errors import NotAllowed
from data.project import ROOT
from data.queries import mail as query
from data.settings import get_settings
from documents.mailing import delivering, sending
from documents.mailing.delivering import deliver
from documents.mailing.messages import message
from tests.fixtures.officers import officer, token_of, ward_id
from tests.fixtures.server import free_port

HOST = "127.0.0.1"


class Box:
    """What the server has taken; ``answer`` is what it says to content, ``refused`` whom it does not know."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.answer = "250 taken"
        self.refused = ""
        self.is_holding, self.has_content = False, threading.Event()

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refused and self.refused in address:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            found = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
            self.mails.append((envelope.rcpt_tos[0], found))  # type: ignore[arg-type]
        if self.is_holding:
            self.has_content.set()
            time.sleep(1)  # whoever sends is killed before the answer
        return self.answer

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for to, mail in self.mails if to == address]


class Server:
    """A mail server on a port of its own, which can be away."""

    def __init__(self, **options: Any) -> None:
        self.box, self.port, self._options = Box(), free_port(), options
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(self.box, hostname=HOST, port=self.port, **self._options)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


@pytest.fixture
def server(own_demo_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    del own_demo_database
    made = Server()
    made.start()
    said = {"SMTP_HOST": HOST, "SMTP_PORT": str(made.port), "SMTP_SECURITY": "none", "SMTP_FROM": "qr@hadong.example"}
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    with loader_connection() as conn:
        conn.execute("DELETE FROM mail_outbox")
        conn.execute("DELETE FROM mail_subscription")
        conn.execute("DELETE FROM mail_address")
        conn.execute("UPDATE mail_setting SET is_on = true, reports_checked_on = current_day()")
    yield made
    made.stop()
    get_settings.cache_clear()


def person(login: str, *wards: str, role: str = "ward_chair", address: str = "") -> Caller:
    """An account with an address, by whom mail was wanted before its newest hour came."""
    who = officer(login, *wards, role=role, name=f"Ông {login}")
    token_of(who)
    with loader_connection() as conn:
        row = conn.execute("SELECT id FROM account WHERE login = %s", (login,)).fetchone()
        assert row
        found = caller_of(conn, row["id"])
    assert found
    assert found.account_id
    admin = officer("quan.tri", role="admin")
    with acting_as(admin), desk_connection() as conn:
        administering.mail_address(conn, found.account_id, address or f"{login}@hadong.example")
    with acting_as(found), desk_connection() as conn:
        desk.subscribe(conn, found.account_id, "figures", 0, dt.time(0, 0))
    with loader_connection() as conn:
        conn.execute("UPDATE mail_subscription SET changed_at = changed_at - interval '3 days'")
    return found


def states() -> list[tuple[str, str]]:
    with loader_connection() as conn:
        rows = conn.execute("SELECT kind, state FROM mail_outbox ORDER BY id")
        return [(row["kind"], row["state"]) for row in rows]


def a_day_passes() -> None:
    with loader_connection() as conn:
        conn.execute("UPDATE mail_outbox SET key = key || ' before', next_at = next_at - interval '1 day'")


def venues_of(who: Caller) -> int:
    with acting_as(who), app_connection() as conn:
        row = conn.execute("SELECT count(*) AS n FROM venue WHERE status IS NOT NULL").fetchone()
    assert row
    return int(row["n"])


def test_each_gets_the_figures_of_their_own_venues_and_what_changed(server: Server) -> None:
    chair, office = person("mo.lao", "Mộ Lao"), person("van.hoa", role="culture_office")
    assert deliver() == 2
    for who, scope in ((chair, "phường Mộ Lao"), (office, "quận")):
        (found,) = server.box.to(f"{who.login}@hadong.example")
        text = found.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert scope.lower() in str(found["Subject"]).lower()
        assert f"Địa điểm: {venues_of(who):,}".replace(",", ".") in text
        assert "Đây là thư đầu tiên" in text
        assert "minh họa" in text
        assert who.name in text
        assert f"<td align='right'>{venues_of(who):,}".replace(",", ".") in found.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert venues_of(chair) < venues_of(office)
    assert deliver() == 0, "one occasion is one mail"
    a_day_passes()
    with loader_connection() as conn:
        conn.execute("UPDATE mail_subscription SET last = jsonb_set(last, '{figures,violating}', '0')")
    assert deliver() == 2
    again = server.box.to("mo.lao@hadong.example")[1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "so với thư trước" in again
    assert "(+" in again


def test_a_server_that_is_away_is_asked_again_later_and_gets_each_mail_once(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    person("mo.lao", "Mộ Lao")
    server.stop()
    assert deliver() == 0
    assert states() == [("figures", "queued")]
    with loader_connection() as conn:
        row = conn.execute("SELECT next_at > clock_timestamp() AS waits, error FROM mail_outbox").fetchone()
        assert row
        assert row["waits"]
        assert row["error"]
    server.start()
    assert deliver() == 0, "not before its pause is over"
    with loader_connection() as conn:
        conn.execute("UPDATE mail_outbox SET next_at = clock_timestamp()")
    server.box.answer = "451 try later"
    assert deliver() == 0
    assert states() == [("figures", "queued")]
    server.box.answer = "250 taken"
    with loader_connection() as conn:
        conn.execute("UPDATE mail_outbox SET next_at = clock_timestamp(), attempts = 3")
    assert deliver() == 1
    assert len(server.box.mails) == 1

    a_day_passes()
    died = KeyboardInterrupt("killed between the server's answer and ours")

    def killed(*_: Any) -> None:
        raise died

    with monkeypatch.context() as patch:
        patch.setattr(delivering, "_ended", killed)
        with pytest.raises(KeyboardInterrupt):
            deliver()
    assert len(server.box.mails) == 2
    assert states()[-1] == ("figures", "sending")
    assert deliver() == 0
    with loader_connection() as conn:
        conn.execute("UPDATE mail_outbox SET next_at = next_at - interval '1 hour' WHERE state = 'sending'")
    assert deliver() == 0
    assert states()[-1] == ("figures", "unknown")
    assert len(server.box.mails) == 2, "what may have gone goes again by a person's word alone"
    office = officer("van.hoa", role="culture_office")
    with acting_as(office), desk_connection() as conn:
        (unknown,) = [one for one in query.sent(conn) if one.state == "unknown"]
        assert desk.again(conn, unknown.id)
    assert deliver() == 1


def test_who_is_refused_disabled_or_without_address_gets_nothing_and_the_switch_stops_all(server: Server) -> None:
    chair = person("mo.lao", "Mộ Lao")
    server.box.refused = "mo.lao"
    assert deliver() == 0
    assert states() == [("figures", "failed")]
    server.box.refused = ""
    a_day_passes()
    with loader_connection() as conn:
        conn.execute("UPDATE account SET disabled_at = clock_timestamp() WHERE id = %s", (chair.account_id,))
    assert deliver() == 0
    with loader_connection() as conn:
        conn.execute("UPDATE account SET disabled_at = NULL WHERE id = %s", (chair.account_id,))
    office = officer("van.hoa", role="culture_office")
    with acting_as(office), desk_connection() as conn:
        desk.switch(conn, is_on=False)
    assert deliver() == 0
    with acting_as(chair), desk_connection() as conn, pytest.raises(NotAllowed):
        desk.switch(conn, is_on=True)
    with acting_as(office), desk_connection() as conn:
        desk.switch(conn, is_on=True)
    assert deliver() == 1
    for address in (
        "x",
        "a@b",
        "a b@hadong.example",
        "a@hadong.example\nBcc: z@hadong.example",
        "a@hadong.example,b@c.vn",
    ):
        with acting_as(officer("quan.tri", role="admin")), desk_connection() as conn, pytest.raises(UnusableAccount):
            administering.mail_address(conn, chair.account_id or 0, address)
    other = person("phu.la", "Phú La")
    with acting_as(chair), desk_connection() as conn:
        assert {one.name for one in query.sent(conn)} == {chair.name}
        with pytest.raises(InsufficientPrivilege):
            administering.mail_address(conn, chair.account_id or 0, "a@hadong.example")
        with pytest.raises(NotAllowed):
            desk.subscribe(conn, other.account_id or 0, "figures", None, dt.time(7))


def test_a_chair_is_told_of_a_report_that_is_late_once_a_day(server: Server) -> None:
    person("mo.lao", "Mộ Lao")
    with loader_connection() as conn:
        conn.execute("DELETE FROM mail_subscription")
        conn.execute("UPDATE mail_setting SET reports_checked_on = NULL")
        row = conn.execute(
            "SELECT (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::time >= '07:00' AS is_day"
        ).fetchone()
    assert row
    deliver()
    deliver()
    mails = server.box.to("mo.lao@hadong.example")
    assert len(mails) == row["is_day"], "at night nobody is told"
    if mails:
        text = mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert "Phường Mộ Lao, tuần 47/2021" in text
        assert "quá hạn" in text


def test_without_a_mail_server_nothing_is_written(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    person("mo.lao", "Mộ Lao")
    monkeypatch.delenv("SMTP_HOST")
    get_settings.cache_clear()
    assert deliver() == 0
    assert states() == []
    assert server.box.mails == []


def waits_no_longer() -> None:
    with loader_connection() as conn:
        conn.execute("UPDATE mail_outbox SET next_at = clock_timestamp() WHERE state = 'queued'")


def test_what_waited_is_told_to_its_recipient_as_they_are_when_it_goes(server: Server) -> None:
    moved, former = person("doi.phuong", "Mộ Lao"), person("thoi.viec", "Mộ Lao")
    person("bo.nhan", "Mộ Lao")
    server.stop()
    assert deliver() == 0
    with loader_connection() as conn:
        conn.execute(
            "UPDATE account_ward SET ward_id = %s WHERE account_id = %s", (ward_id("Phú La"), moved.account_id)
        )
        conn.execute("DELETE FROM account_ward WHERE account_id = %s", (former.account_id,))
        conn.execute(
            "DELETE FROM mail_subscription WHERE account_id = (SELECT id FROM account WHERE login = 'bo.nhan')"
        )
        row = conn.execute("SELECT count(*) AS n FROM mail_subscription WHERE last IS NOT NULL").fetchone()
        assert row
        assert row["n"] == 0, "nothing was told yet, to be compared with"
        attempts = conn.execute("SELECT attempts FROM mail_outbox WHERE next_at > clock_timestamp()").fetchall()
    assert sum(one["attempts"] for one in attempts) == 1, "one is asked for all"
    assert len(attempts) == 3
    server.start()
    waits_no_longer()
    assert deliver() == 1
    ((to, mail),) = server.box.mails
    assert to == "doi.phuong@hadong.example"
    assert "phường phú la" in str(mail["Subject"]).lower()
    assert "Mộ Lao" not in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert sorted(states()) == [("figures", "dropped"), ("figures", "dropped"), ("figures", "sent")]
    with loader_connection() as conn:  # never sent, and its newer one is due
        conn.execute("UPDATE mail_outbox SET key = '2000', state = 'queued' WHERE account_id = %s", (moved.account_id,))
    assert deliver() == 1
    assert sorted(states())[-1] == ("figures", "sent")


def test_a_process_that_is_killed_while_it_sends_leaves_what_nobody_sends_again(server: Server) -> None:
    person("mo.lao", "Mộ Lao")
    server.box.is_holding = True
    sender = subprocess.Popen([sys.executable, "-m", "documents", "deliver"], cwd=ROOT, env=os.environ.copy())
    assert server.box.has_content.wait(30)
    sender.kill()
    sender.wait()
    server.box.is_holding = False
    assert deliver() == 0
    assert states() == [("figures", "sending")]
    with loader_connection() as conn:
        conn.execute("UPDATE mail_outbox SET next_at = next_at - interval '1 hour'")
    assert deliver() == 0
    assert states() == [("figures", "unknown")]
    assert len(server.box.mails) == 1


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that no system trusts, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))
    return cert, secret


def _login(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"qr", b"mat khau"))


def test_nothing_goes_before_the_servers_certificate_and_our_password_are_right(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    person("mo.lao", "Mộ Lao")
    cert, key = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    secure = Server(tls_context=context, require_starttls=True, authenticator=_login, auth_required=True)
    secure.start()
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 1.0)
    said = {"SMTP_PORT": str(secure.port), "SMTP_SECURITY": "starttls", "SMTP_USER": "qr", "SMTP_PASSWORD": "mat khau"}
    for trusted, password in (("", "mat khau"), (str(cert), "sai"), (str(cert), "mật khẩu"), (str(cert), "mat khau")):
        for name, value in {**said, "SMTP_PASSWORD": password, "SSL_CERT_FILE": trusted}.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()
        waits_no_longer()
        is_right = (trusted, password) == (str(cert), "mat khau")
        assert deliver() == is_right
        assert len(secure.box.mails) == is_right
        assert states() == [("figures", "sent" if is_right else "queued")]
    secure.stop()
    assert server.box.mails == []


def test_no_name_becomes_a_header_of_its_own() -> None:
    now = dt.datetime.now(dt.UTC)
    made = message("Tuần\r\nBcc: a@b.example", "x", "<p>x", "an@c.example", "qr@c.example", now, "c.example")
    found = message_from_bytes(made.as_bytes(), policy=policy.default)
    assert found["Bcc"] is None
    long = "Số liệu quét mã QR ngày 30/11/2021: phường Mộ Lao, phường Văn Quán, phường Yên Nghĩa"
    sent = message(long, "x", "<p>x", "an@c.example", "qr@c.example", now, "c.example").as_bytes()
    assert message_from_bytes(sent, policy=policy.default)["Subject"] == long
    assert max(map(len, sent.partition(b"From:")[0].splitlines())) <= 78
    with pytest.raises(ValueError, match=r"linefeed|CR or LF|newline"):
        message("x", "x", "x", "an@c.example\r\nBcc: a@b.example", "q@c.vn", now, "c.vn")
