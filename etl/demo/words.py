"""Names of people, shops, new towns and villages for the demonstration; all shops and people are invented."""

import csv
from pathlib import Path


def _names(wanted: str) -> list[str]:
    with (Path(__file__).parent / "names.csv").open(encoding="utf-8", newline="") as lines:
        return [row["text"] for row in csv.DictReader(lines) if row["list"] == wanted]


FAMILY = _names("family")
FAMILY_WEIGHTS = (30, 11, 10, 8, 6, 4, 4, 3, 3, 3, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1)
MIDDLE = _names("middle")
GIVEN = _names("given")
LUCKY_FIRST = _names("lucky_first")
LUCKY_SECOND = _names("lucky_second")
FLOWERS = _names("flowers")
BODIES = ("UBND", "HĐND", "Công an", "Ban Chỉ huy Quân sự")

# Ward code -> new towns with the letters of their lots (LK: terraced, BT: villa, TT: low-rise).
NEW_TOWNS = {
    "09541": (("KĐT Mỗ Lao", ("TT", "LK", "BT")),),
    "09542": (("KĐT Văn Quán", ("TT", "BT", "LK")),),
    "09551": (("KĐT Văn Khê", ("LK", "BT")), ("KĐT Usilk", ("CT", "LK"))),
    "09552": (("KĐT Văn Phú", ("TT", "LK", "BT")),),
    "09553": (("KĐT Xa La", ("TT", "LK")),),
    "09565": (("KĐT Thanh Hà", ("LK", "BT")), ("KĐT Kiến Hưng", ("LK", "TT"))),
    "09571": (("KĐT Thanh Hà B", ("LK", "BT")),),
    "09886": (("KĐT Dương Nội", ("LK", "BT", "TT")), ("KĐT An Hưng", ("LK", "TT"))),
    "09562": (("KĐT Đô Nghĩa", ("LK", "BT")),),
}

# Ward code -> villages of old, today residential groups; wards that are not named have numbered groups only.
VILLAGES = {
    "09562": ("Nghĩa Lộ", "Do Lộ", "Yên Lộ"),
    "09565": ("Mậu Lương", "Đa Sỹ"),
    "09568": ("Thanh Lãm", "Huyền Kỳ", "Quang Lãm"),
    "09571": ("Nhân Trạch", "Văn Nội", "Thượng Mạo", "Bắc Lãm", "Trinh Lương"),
    "09886": ("Ỷ La", "La Dương", "La Nội"),
    "10117": ("Cổ Bản", "Y Sơn", "Nhân Huệ"),
    "10123": ("Phượng Bãi",),
}
RURAL = frozenset(("09562", "09568", "09571", "10117", "10123", "09886", "09565"))

# Wards as clerks mistype them, and what is no ward of the district.
MISSPELT = {
    "09538": "Nguyễn Chãi",
    "09541": "Mộ Lau",
    "09542": "Văn Quánn",
    "09544": "Vạng Phúc",
    "09547": "Yếch Kiêu",
    "09550": "Quan Trung",
    "09551": "La Kê",
    "09552": "Phú Lạ 2",
    "09553": "Phúc Lạ 1",
    "09556": "Hà Kầu",
    "09562": "Yên Ngĩa",
    "09565": "Kiến Hưg",
    "09568": "Phú Lẫmm",
    "09571": "Phú Lươg",
    "09886": "Dươg Nội",
    "10117": "Đồng May",
    "10123": "Biên Gian",
}
UNKNOWN_WARDS = ("Khu phố mới", "Thanh Xuân Nam", "Cự Khê", "chưa rõ")

NO_QR_WORDS = (
    "Chưa tạo mã QR",
    "chưa có mã QR địa điểm",
    "Không có QR",
    "Chưa đăng ký mã QR",
    "Chưa dán mã QR tại cửa",
    "chưa tạo mã",
)
NOT_SCANNING_WORDS = (
    "Không quét mã",
    "Chưa có lượt quét",
    "chưa phát sinh lượt quét",
    "Không yêu cầu khách quét mã",
    "Có mã nhưng không quét",
)
UNCLEAR_REASONS = ("Khác", "Nhắc chung", "xem biên bản")
METHODS = ("Trực tiếp", "Trực tiếp tại cơ sở", "Điện thoại", "Văn bản", "Zalo tổ dân phố", "Loa phát thanh")
GIVERS = (
    "Tổ COVID cộng đồng số {}",
    "Cán bộ văn hóa phường",
    "Công an phường",
    "Tổ công tác số {} UBND phường",
    "Tổ trưởng tổ dân phố {}",
)
APP_WORDS = {
    "Bluezone": ("Bluezone", "Blue Zone", "BLUEZONE"),
    "NCOVI": ("NCOVI", "Ncovi"),
    "Vietnam Health Declaration": ("Vietnam Health Declaration", "VHD", "Khai báo y tế"),
    "VNeID": ("VNeID", "VNEID"),
}
