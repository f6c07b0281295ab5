"""Invented applicants: bodies and companies that exist nowhere."""

PLACES = (
    "xã Hòa Thuận", "xã Tân Lợi", "phường Vĩnh Thanh", "phường An Hòa", "xã Bình Giang",
    "xã Kiên Bình", "phường Dương Đông", "xã Thạnh Hưng", "xã Vĩnh Hòa", "xã Mỹ Thuận",
    "phường Pháo Đài", "xã Hòn Nghệ",
)  # fmt: skip
BODIES = (
    "Trường Mầm non", "Trường Tiểu học", "Trường Trung học cơ sở", "Trạm Y tế",
    "Ban Quản lý dự án", "Trung tâm Văn hóa – Thể thao", "Hội Nông dân", "Ban Quản lý chợ",
)  # fmt: skip
COMPANIES = (
    "Công ty TNHH Thủy sản", "Công ty Cổ phần Lúa gạo", "Công ty TNHH Du lịch",
    "Công ty Cổ phần Cấp nước", "Công ty TNHH Xây dựng", "Công ty Cổ phần Năng lượng",
)  # fmt: skip
NAMES = (
    "Bình Minh", "Hoa Sen", "Hướng Dương", "Tân Tiến", "Phú Quý", "Thuận Hòa", "Biển Xanh",
    "Đông Hồ", "Sao Mai", "Nam Hải", "Kim Cương Xanh", "Vĩnh Lộc", "Hòn Đất Vàng", "Rạch Sỏi Mới",
)  # fmt: skip
REQUESTS = {
    "2.002206": ("Cấp mới mã số đơn vị", "Thay đổi thông tin mã số đơn vị", "Đóng mã số đơn vị"),
    "1.010060": ("Tạm cấp kinh phí theo dự toán được giao", "Tạm cấp kinh phí quý"),
    "1.009644": ("Điều chỉnh nhà đầu tư của dự án",),
    "1.009646": ("Điều chỉnh quy mô và tiến độ dự án", "Điều chỉnh mục tiêu dự án"),
    "1.009659": ("Gia hạn thời hạn hoạt động của dự án",),
    "1.014316": ("Hỗ trợ chi phí đầu tư năm trước",),
    "1.012735": ("Hiệp thương giá hàng hóa giữa hai bên",),
    "1.012744": ("Điều chỉnh giá dịch vụ", "Điều chỉnh giá nước sạch"),
    "3.000257": ("Chuyển giao công trình điện khu dân cư",),
    "3.000291": ("Phê duyệt kế hoạch khai thác nhà, đất", "Bổ sung kế hoạch khai thác nhà, đất"),
    "1.005169": ("Yêu cầu đổi tên doanh nghiệp gây nhầm lẫn",),
}
OF_BODIES = ("2.002206", "1.010060", "3.000291")


def invent(scene, chance, code):
    """Return the applicant's part of a dossier of the procedure ``code``."""
    is_body = code in OF_BODIES
    place = chance.choice(PLACES)
    name = f"{chance.choice(BODIES if is_body else COMPANIES)} {chance.choice(NAMES)}"
    kind = "organisation" if is_body else "business"
    return {
        "content": chance.choice(REQUESTS[code]),
        "holder_name": f"{name} {place}" if is_body else name,
        "holder_kind_id": scene.record(f"applicant_kind_{kind}").id,
        "holder_address": f"{place[0].upper()}{place[1:]}, tỉnh Kiên Giang",
    }
