"""What citizens asked, complained about and wrote in the last weeks, and what became of it."""

import datetime

from freezegun import freeze_time

from . import world

# Days ago, kind, channel, sender, title, text; then what was done: (days ago, who, verb, values).
TICKETS = (
    (26, "complaint", "written", "Lê Hoàng Nam", "Phải bổ sung giấy tờ đến hai lần",
     "Lần bổ sung thứ hai yêu cầu một giấy tờ không có trong danh mục đã niêm yết.",
     ((25, "truongphong", "classify", {"ticket_class": "conduct"}),
      (19, "truongphong", "answer", {
          "answer": "Phòng đã kiểm tra: yêu cầu lần hai không đúng thành phần hồ sơ đã công bố. "
          "Cơ quan xin lỗi và đã nhắc nhở người thụ lý.", "finding": "founded"}),
      (18, "truongphong", "publish", {"place": "Cổng thông tin điện tử của Sở"}))),
    (17, "complaint", "post", "Trần Thị Bích Liên", "Đề nghị gộp hai tờ khai thành một",
     "Hai tờ khai của thủ tục cấp mã số có nội dung trùng nhau, đề nghị gộp lại.",
     ((16, "thuky", "classify", {"ticket_class": "regulation"}),
      (9, "thuky", "answer", {
          "answer": "Sở ghi nhận và đã đưa vào kế hoạch rà soát thủ tục năm tới.",
          "finding": "partly"}))),
    (12, "complaint", "telephone", "Phan Văn Dũng", "Đường vào chợ ngập nước",
     "Đường vào chợ ngập từ đầu tháng, xe tải không vào được.",
     ((11, "canbo", "classify", {"ticket_class": "not_ours"}),
      (10, "truongphong", "transfer", {"agency": "Ủy ban nhân dân phường Vĩnh Thanh"}))),
    (10, "complaint", "electronic", "Ngô Thị Hạnh", "Nộp trực tuyến hay báo lỗi",
     "Khi đính kèm tệp lớn, trang báo lỗi và mất hết phần đã điền.",
     ((9, "canbo", "classify", {"ticket_class": "regulation"}),)),
    (9, "complaint", "electronic", "Huỳnh Công Thành", "Trả lời điện thoại chậm",
     "Gọi số tiếp nhận ba lần trong buổi sáng đều không có người nghe.", ()),
    (8, "question", "telephone", "Bùi Minh Khôi", "Có làm việc sáng thứ Bảy không?",
     "Tôi muốn nộp hồ sơ vào sáng thứ Bảy.",
     ((8, "canbo", "answer", {
         "answer": "Bộ phận Tiếp nhận và Trả kết quả làm việc từ thứ Hai đến thứ Sáu. Hồ sơ trực "
         "tuyến nộp được mọi lúc."}),)),
    (3, "request", "electronic", "Trường Mầm non Hoa Sen", "Cấp mã số cho đơn vị mới thành lập",
     "Đơn vị mới thành lập tháng này, đề nghị cấp mã số đơn vị có quan hệ với ngân sách.", ()),
    (2, "request", "electronic", "Trạm Y tế Bình Minh", "Thay đổi tên đơn vị",
     "Đề nghị thay đổi tên đơn vị theo quyết định sắp xếp.", ()),
    (1, "question", "electronic", "Đặng Thu Trang", "Hồ sơ nộp qua bưu chính cần những gì?",
     "Xin cho biết có cần bản chứng thực không.", ()),
)  # fmt: skip
REQUESTED = "procedure_2_002206"
MESSAGE = "Kính gửi cơ quan, tôi có thể nhận kết quả qua bưu chính được không?"
REPLY = "Được. Ông/Bà vui lòng đến quầy hoặc gọi điện để đăng ký địa chỉ nhận trước ngày hẹn trả."


def load(env):
    """Play the tickets and two messages; return the tickets, none when they are there."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    scene = world.enter(env)
    tickets = scene.env["helpdesk.ticket"]
    if tickets.search_count([("company_id", "=", scene.company.id)], limit=1):
        return tickets
    for ticket in TICKETS:
        tickets |= _play(scene, now, *ticket)
    _write_messages(scene, now)
    scene.env.flush_all()
    return tickets


def _play(scene, now, days, kind, channel, sender, title, text, deeds):
    with freeze_time(now - datetime.timedelta(days=days)):
        ticket = scene.as_login("canbo")["helpdesk.ticket"].create(
            {
                "qms_kind": kind,
                "qms_received_via": channel,
                "name": title,
                "description": text,
                "company_id": scene.company.id,
                "partner_name": sender,
                "qms_phone": "0900 000 000",
                "qms_address": "Tỉnh Kiên Giang",
                "qms_procedure_id": kind == "request" and scene.ref(REQUESTED).id,
            }
        )
    for days_ago, login, verb, vals in deeds:
        with freeze_time(now - datetime.timedelta(days=days_ago)):
            acting = ticket.with_env(scene.as_login(login))
            getattr(acting, f"action_qms_{verb}")(**vals)
    return ticket.with_env(scene.env)


def _write_messages(scene, now):
    """Two applicants ask; one has the answer already."""
    open_dossiers = scene.env["qms.dossier"].search(
        [("company_id", "=", scene.company.id), ("state", "=", "processing")], limit=2
    )
    for dossier in open_dossiers:
        with freeze_time(now - datetime.timedelta(days=1)):
            dossier.sudo()._receive_message("lookup", MESSAGE, [])
    answering = open_dossiers[:1].with_env(scene.as_login("canbo"))
    answering.action_write_applicant(body=REPLY)
