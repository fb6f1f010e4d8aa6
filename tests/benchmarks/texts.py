"""Texts of which the encoding is known: lines as they stand in registers, reports and letters, of 1 to 200 lines.

None of the Vietnamese sentences stands elsewhere in the repository, where the shares of letters were counted.
"""

import random

VIETNAMESE = """Kính gửi các đồng chí bí thư chi bộ và tổ trưởng tổ dân phố
Đề nghị các hộ kinh doanh nghiêm túc thực hiện, nếu không sẽ bị xử lý theo quy định của pháp luật
Trăm năm trong cõi người ta, chữ tài chữ mệnh khéo là ghét nhau
Sáng nay trời mưa to, đường ngập nước nên nhiều người phải nghỉ làm
Hôm qua đoàn liên ngành đã đi dọc phố chợ và gặp từng chủ quán
Bà con tiểu thương rất ủng hộ nhưng điện thoại cũ khó tải phần mềm
Công trình xây dựng chưa che chắn, bụi bay sang nhà bên cạnh
Ông Nguyễn Văn Thắng, chủ quán phở gia truyền, hẹn tuần sau làm xong
Bà Trần Thị Mỹ Hạnh xin bổ sung giấy phép vì mất bản chính
Quán chè bưởi cô Lựu mở cửa từ sáng sớm đến khuya
Xưởng mộc Đức Thịnh, chuyên đóng giường tủ theo yêu cầu
Tiệm sửa khóa Bảy Khéo, đầu ngõ đối diện trạm biến áp
Cơ sở giặt là Thanh Xuân nhận giao tận nơi
Nhà thuốc Ngọc Ánh bán cả dụng cụ y tế
Siêu thị mini Hoa Sữa, tầng trệt khu nhà ở xã hội
Trường mầm non Ánh Dương, lớp chồi và lớp lá
Số 17 ngách 5/26 đường Nguyễn Khuyến
Lô 12 liền kề 9 khu đô thị mới phía tây cầu
Kiốt 41 chợ đầu mối nông sản, dãy rau quả
Đội trật tự lập biên bản ba trường hợp lấn chiếm vỉa hè
Cửa hàng tạm ngừng hoạt động do chủ nhà ốm nặng
Không có người ở nhà, dán thông báo lên cửa cuốn
Chủ quán hứa sẽ in mã khổ lớn và dán ngay quầy thu ngân
Mỗi tuần gửi báo cáo một lần trước mười giờ sáng thứ sáu
Bún chả Hàng Mành, giò chả Ước Lễ, bánh cuốn Thanh Trì
Ga ra ô tô Quyết Tiến rửa xe, thay dầu, vá lốp lưu động
Phòng khám răng hàm mặt bác sĩ Khuê
Quầy vé số, sim thẻ, chuyển tiền nhanh
Hợp tác xã rau sạch, giống cây và phân bón
Lụa tơ tằm dệt tay, áo dài may đo lấy ngay
Chúng tôi cam kết những điều khai trên đây là đúng sự thật
Nước mắm, mật ong rừng, măng khô, miến dong
Văn phòng công chứng và dịch thuật
Karaoke Sao Đêm, hai mươi phòng hát
Tổ hợp thể thao bể bơi bốn mùa
Đường sắt trên cao chạy ngang trước cửa
Phở bò tái lăn, bánh mì sốt vang
Nhà trẻ tư thục Thỏ Trắng
Thợ điện nước Tuấn, gọi là có mặt
Sạp vải Hồng Vân ở cầu thang số hai""".splitlines()

SHORT = """Mộ Lao|Hà Cầu|Yết Kiêu|Vạn Phúc|Phú Lương|Kiến Hưng|Dương Nội|Đồng Mai|Biên Giang|Yên Nghĩa|La Khê|Văn Quán
Quán cơm|Sửa xe|Tạp hóa|Trà sữa|Cắt tóc|Nhà hàng|Bánh mỳ|Hiệu sách|Điện máy|Vàng bạc|Bể bơi|Mỹ phẩm""".replace(
    "\n", "|"
)

ENGLISH = """The shop opens at seven and closes at ten in the evening
Please scan the code at the entrance before you sit down
Coffee House No. 5, ground floor, next to the bank
A new branch will open in the second week of October
Smith & Sons Trading, wholesale and retail
Self-service laundry, 24 hours, no cash""".splitlines()

FRENCH = """Le café de la gare est fermé le dimanche et les jours fériés
Une pâtisserie française vient d'ouvrir près du marché
L'école maternelle accueille les élèves à partir de trois ans
Société générale d'électricité, succursale numéro deux
Crème brûlée, gâteau à l'orange et thé glacé
Élevage de chèvres, fromages affinés et confitures""".splitlines()


def table(rng: random.Random, lines: int) -> str:
    """Rows of a register as a CSV holds them; a single line is a name and an address."""
    rows = [
        f"HD{rng.randrange(9999):04d};{rng.choice(VIETNAMESE)};{rng.choice(SHORT.split('|'))};{rng.randrange(90)}"
        for _ in range(lines)
    ]
    return "\n".join(rows) + "\n"


def prose(rng: random.Random, lines: int) -> str:
    """Sentences, some in capitals as titles are."""
    chosen = [rng.choice(VIETNAMESE) for _ in range(lines)]
    return "\n".join(line.upper() if rng.random() < 0.15 else line for line in chosen) + "\n"


def names(rng: random.Random, lines: int) -> str:
    """One or two words a line: the least that a file can say."""
    return "\n".join(rng.choice(SHORT.split("|")) for _ in range(lines)) + "\n"


def foreign(source: list[str], rng: random.Random, lines: int) -> str:
    """Lines in another language."""
    return "\n".join(rng.choice(source) for _ in range(lines)) + "\n"
