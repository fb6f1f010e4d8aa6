"""What can be wrong with a backup, each as one Vietnamese sentence that says what to do."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.errors import UserError


class BackupError(UserError):
    """A backup cannot be made or used."""


class WrongKey(BackupError):
    """The key does not open the file."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"Khóa không mở được tệp «{file}»: tệp được mã hóa bằng khóa khác, hoặc phần đầu tệp đã hỏng; "
            "hãy chỉ đúng tệp khóa trong BACKUP_KEY_FILE."
        )


class KeyNeeded(BackupError):
    """The file is encrypted and no key is given."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"Tệp «{file}» được mã hóa; hãy chỉ tệp khóa trong BACKUP_KEY_FILE rồi chạy lại.")


class Truncated(BackupError):
    """The file ends too early."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"Tệp «{file}» bị cụt, không còn đủ nội dung; hãy dùng bản sao lưu khác.")


class Changed(BackupError):
    """The file is not what was written."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"Tệp «{file}» đã bị thay đổi hoặc hỏng sau khi sao lưu; hãy dùng bản sao lưu khác.")


class Damaged(BackupError):
    """An encrypted file is cut off or changed: its cipher does not say which."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"Tệp «{file}» bị cụt hoặc đã bị thay đổi sau khi sao lưu; hãy dùng bản sao lưu khác.")


class NotABackup(BackupError):
    """The file is something else."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"Tệp «{file}» không phải là bản sao lưu của chương trình này; hãy kiểm tra lại đường dẫn.")


class NoRoom(BackupError):
    """A disk is full."""

    def __init__(self, place: object) -> None:
        super().__init__(f"Hết dung lượng đĩa ở «{place}» (no space left on device); hãy giải phóng chỗ rồi chạy lại.")


class Different(BackupError):
    """What was restored is not what was backed up."""

    def __init__(self, tables: list[str]) -> None:
        super().__init__(
            f"Dữ liệu khôi phục không khớp với bản sao lưu ở bảng {', '.join(tables)}; "
            "cơ sở dữ liệu vừa khôi phục đã bị xóa, hãy báo người quản trị."
        )


@contextmanager
def plain_faults(place: object) -> Iterator[None]:
    """Faults of the file system as one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise NoRoom(place) from error
        raise BackupError(
            f"Không đọc hoặc ghi được «{error.filename or place}» ({error.strerror or error}); "
            "hãy kiểm tra đường dẫn và quyền rồi chạy lại."
        ) from error
