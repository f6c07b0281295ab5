"""An example of what papers say, for the preview of a legal form. Nobody is in it."""

COMPONENTS = [
    ("Đơn đề nghị theo mẫu", "1", "", ""),
    ("Giấy chứng nhận đăng ký doanh nghiệp", "", "1", ""),
    ("Căn cước của người đại diện theo pháp luật", "", "", "1"),
]
HAND_OVERS = [
    ("Nguyễn Văn Mẫu", "Bộ phận Tiếp nhận và Trả kết quả", "Nguyễn Văn Mẫu", "Lê Thị Ví Dụ", ""),
    ("Bộ phận Tiếp nhận và Trả kết quả", "Phòng Quản lý", "Lê Thị Ví Dụ", "Trần Văn Thử", ""),
    ("Phòng Quản lý", "Lãnh đạo cơ quan", "Trần Văn Thử", "Phạm Thị Mẫu", "Đúng hạn"),
]
VALUES = {
    "number_text": "12/MAU",
    "superior_name": "ỦY BAN NHÂN DÂN TỈNH MẪU",
    "agency_name": "Sở Ví dụ",
    "agency_upper": "SỞ VÍ DỤ",
    "agency_address": "Số 1 đường Mẫu, phường Mẫu",
    "agency_phone": "(024) 0000 0000",
    "agency_email": "motcua@example.com",
    "agency_website": "https://example.com",
    "place_date": "Tỉnh Mẫu, ngày 21 tháng 11 năm 2026",
    "receiving_unit": "Bộ phận Tiếp nhận và Trả kết quả",
    "department_name": "Phòng Quản lý",
    "lead_agency": "Sở Ví dụ",
    "partner_agencies": "Ủy ban nhân dân phường Mẫu",
    "officer_name": "Lê Thị Ví Dụ",
    "officer_position": "Cán bộ tiếp nhận",
    "dossier_code": "H99.01-261121-0001",
    "submission_ref": "TN-000001",
    "procedure_name": "Cấp giấy phép theo mẫu",
    "procedure_code": "1.000001",
    "content": "Cấp giấy phép theo mẫu",
    "holder_name": "Công ty TNHH Ví Dụ",
    "holder_address": "Số 2 đường Mẫu, phường Mẫu, tỉnh Mẫu",
    "holder_phone": "0900 000 000",
    "holder_email": "vidu@example.com",
    "holder_identity": "000000000000",
    "submitter_name": "Nguyễn Văn Mẫu",
    "submitter_phone": "0900 000 000",
    "submitter_identity": "000000000000",
    "other_holder": "Công ty TNHH Ví Dụ",
    "set_qty": "1",
    "legal_time": "5 ngày làm việc",
    "submitted_text": "07 giờ 55 phút, ngày 21 tháng 11 năm 2026",
    "received_text": "08 giờ 05 phút, ngày 21 tháng 11 năm 2026",
    "due_text": "08 giờ 05 phút, ngày 30 tháng 11 năm 2026",
    "old_due_text": "08 giờ 05 phút, ngày 30 tháng 11 năm 2026",
    "new_due_text": "16 giờ 00 phút, ngày 04 tháng 12 năm 2026",
    "reason": "Cần thẩm tra bổ sung tại thực địa.",
    "items": "Bản vẽ mặt bằng có xác nhận.",
    "delaying_unit": "Phòng Quản lý",
    "stage_reached": "Thẩm định hồ sơ",
    "stop_request": "Theo đề nghị của người nộp hồ sơ.",
    "financial_state": "không phát sinh",
    "period_text": "Từ ngày 01/11/2026 đến ngày 21/11/2026",
    "log_text": "4 dòng; mã xác thực của dòng cuối: 0123456789abcdef",
    "lookup_url": "https://example.com/tra-cuu?code=H99.01-261121-0001",
    "lookup_key": "ABCD-2345",
    "rating_url": "https://example.com/qms/rate/example",
    "components": [
        {
            "number": str(number),
            "name": name,
            "original": original,
            "certified": certified,
            "copies": copies,
        }
        for number, (name, original, certified, copies) in enumerate(COMPONENTS, 1)
    ],
    "hand_overs": [
        {
            "giver": giver,
            "receiver": receiver,
            "moment": "08 giờ 05 phút, ngày 21/11/2026",
            "giver_name": giver_name,
            "receiver_name": receiver_name,
            "result": result,
            "note": "",
        }
        for giver, receiver, giver_name, receiver_name, result in HAND_OVERS
    ],
    "register": [
        {
            "number": str(number),
            "code": f"H99.01-261121-{number:04d}",
            "content": "Cấp giấy phép theo mẫu",
            "set_qty": "1",
            "holder_name": "Công ty TNHH Ví Dụ",
            "holder_address": "Số 2 đường Mẫu, phường Mẫu",
            "holder_phone": "•••••••000",
            "accepted": "21/11/2026",
            "due": "30/11/2026",
            "done": "",
            "returned": "",
            "note": "",
        }
        for number in range(1, 4)
    ],
}
