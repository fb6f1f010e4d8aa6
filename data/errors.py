"""Errors that a person is told of: each carries one Vietnamese sentence that says what is wrong and what to do.

``HTTP_STATUS`` says once which status a route answers with, so that no route decides that for itself.
"""

import datetime as dt


class UserError(Exception):
    """Something the person at the screen or the terminal can understand and mend; ``str()`` is the sentence."""


class DatabaseUnavailable(UserError):
    """The database does not answer."""

    def __init__(self, hint: str = "Hãy thử lại sau ít phút; nếu vẫn vậy, chạy `make run` trên máy chủ.") -> None:
        super().__init__(f"Không kết nối được cơ sở dữ liệu. {hint}")


class NotMigrated(UserError):
    """The database lacks tables or functions of this version."""

    def __init__(self) -> None:
        super().__init__("Cơ sở dữ liệu chưa được chuẩn bị cho phiên bản này. Hãy chạy `python -m data migrate`.")


class FutureDay(UserError):
    """A day after today was asked for."""

    def __init__(self, day: dt.date) -> None:
        super().__init__(f"Ngày {day:%d/%m/%Y} chưa tới; hãy chọn ngày hôm nay hoặc một ngày đã qua.")


class BeforeData(UserError):
    """A day before the first day of which anything is known was asked for."""

    def __init__(self, day: dt.date, first_day: dt.date | None) -> None:
        known = f"số liệu bắt đầu từ ngày {first_day:%d/%m/%Y}" if first_day else "chưa có số liệu nào được nạp"
        super().__init__(f"Không có số liệu cho ngày {day:%d/%m/%Y}: {known}.")


class UnknownFilter(UserError):
    """A filter in an address names something that does not exist or cannot be read."""


class UnknownVenue(UserError):
    """No venue bears the code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Không có địa điểm nào mang mã «{code}».")


class NotRegistered(UserError):
    """The venue has no registration in force, so there is no code to print."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Địa điểm «{name}» chưa tạo mã QR, nên chưa có mã để in.")


class NoQrContent(UserError):
    """The venue has a registration, but its file did not say what the code holds."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Địa điểm «{name}» đã tạo mã QR nhưng tệp đăng ký đã nạp không ghi nội dung mã, nên chưa in được; "
            "hãy nạp tệp đăng ký có cột nội dung mã QR."
        )


class QrContentTooLong(UserError):
    """No QR code holds as much as the registration says."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Nội dung mã QR của địa điểm «{name}» quá dài, không mã QR nào chứa hết; hãy kiểm tra lại tệp đăng ký."
        )


HTTP_STATUS: dict[type[UserError], int] = {
    DatabaseUnavailable: 503,
    NotMigrated: 503,
    FutureDay: 400,
    BeforeData: 400,
    UnknownFilter: 400,
    UnknownVenue: 404,
    NotRegistered: 404,
    NoQrContent: 404,
}


def http_status(error: UserError) -> int:
    """Status for ``error``: of its class or the nearest parent listed, else 400."""
    return next((HTTP_STATUS[kind] for kind in type(error).__mro__ if kind in HTTP_STATUS), 400)
