"""Which trade names are proposed to stand without their name, for they seem to be a person's."""

import pytest

from tests.etl.loading.files import rows

PERSONS = (
    "Quán cô Ba", "Tạp hóa Nguyễn Văn Hùng", "NHÀ THUỐC TRẦN THỊ LAN", "Hộ kinh doanh Thúy Lan", "Bà Tám",
    "Phở Phạm Hoa", "Cắt tóc anh Tuấn", "Tap hoa Nguyen Van A", "Cơ khí Mai Văn Thành", "Lê Hà", "Quán chú Bảy Râu",
)  # fmt: skip
NOT = (
    "Phở Thìn", "Cà phê Hoa Mai", "Công ty TNHH Trần Anh", "Trường THCS Lê Lợi", "Siêu thị Thành Đô", "Quán 5",
    "Cơm bụi Hà Nội", "Bún chả", "Cà phê Hồ Gươm", "Spa Bạch Dương", "Cửa hàng số 12", "Nail Thu",
)  # fmt: skip


@pytest.mark.usefixtures("fresh_database")
def test_a_persons_name_is_told_from_a_shops() -> None:
    found = rows("SELECT n FROM unnest(%s::text[]) AS x (n) WHERE is_persons_name(n)", [*PERSONS, *NOT])
    assert [str(name) for (name,) in found] == list(PERSONS)
