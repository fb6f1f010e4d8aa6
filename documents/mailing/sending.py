"""One mail to the mail server (SMTP, RFC 5321), and what is known of it afterwards.

Until the server is given the content nothing has gone; once it answers that it took it, it has. Where the line breaks
between the two, nobody knows.
"""

import logging
import smtplib
import ssl
from email.message import EmailMessage
from typing import Literal, NamedTuple

from data.settings import Settings

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 20.0
Fate = Literal["sent", "again", "away", "failed", "unknown"]


class Outcome(NamedTuple):
    """``again``: nothing has gone, and it may later; ``away``: nor would any other mail now; ``unknown``: it may have
    gone. ``said``: the server's words."""

    fate: Fate
    said: str = ""


def send(mail: EmailMessage, settings: Settings) -> Outcome:
    """Hand the mail to the server that the settings name."""
    try:
        server = _connected(settings)
    except (OSError, smtplib.SMTPException, UnicodeError) as error:  # smtplib knows logins of ASCII alone
        return Outcome("away", _said(error))
    try:
        return _handed(server, mail)
    finally:
        server.close()


def _connected(settings: Settings) -> smtplib.SMTP:
    host, port = settings.smtp_host or "", settings.smtp_port
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if settings.smtp_security == "tls":
        server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user and settings.smtp_password:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server


def _handed(server: smtplib.SMTP, mail: EmailMessage) -> Outcome:
    try:
        for code, said in (server.mail(str(mail["From"])), server.rcpt(str(mail["To"]))):
            if code >= 400:
                return Outcome("failed" if code >= 500 else "again", f"{code} {said.decode(errors='replace')}")
    except (OSError, smtplib.SMTPException) as error:
        return Outcome("away", _said(error))
    try:
        code, said = server.data(mail.as_bytes())
    except smtplib.SMTPDataError as error:
        return Outcome("failed" if error.smtp_code >= 500 else "again", _said(error))
    except (OSError, smtplib.SMTPException) as error:
        return Outcome("unknown", _said(error))
    words = f"{code} {said.decode(errors='replace')}"
    return Outcome("sent" if code == 250 else "failed" if code >= 500 else "again", words)


def _said(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:300]
