"""The quality management system of the department: documents, reading, law, transition.

Drafted by the ISO officer, reviewed by a head, approved by the director's deputy; some are
still on their way, so that everybody finds something to do.
"""

import datetime

from freezegun import freeze_time

from odoo.fields import Command

from . import world

# Kind, title, owner, clauses of 2015, months ago in force, paragraphs.
DOCUMENTS = (
    ("policy", "Chính sách chất lượng", "office", ("5.2",), 9, (
        "Phục vụ tổ chức, cá nhân đúng luật, đúng hẹn, đúng thái độ.",
        "Công khai thủ tục, thời hạn, lệ phí và tình trạng từng hồ sơ.",
        "Cải tiến hằng năm dựa trên số liệu giải quyết hồ sơ và ý kiến của người dân.")),
    ("objectives", "Mục tiêu chất lượng năm 2026", "office", ("6.2",), 9, (
        "Tỷ lệ hồ sơ trước hạn và đúng hạn đạt từ 99 %.",
        "Tỷ lệ hài lòng đạt từ 95 %, có ít nhất 30 % người nộp hồ sơ cho ý kiến.",
        "100 % văn bản mới được cập nhật vào quy trình trong ba tháng.")),
    ("manual", "Sổ tay chất lượng", "office", ("4.3", "4.4", "5.3"), 26, (
        "Phạm vi: các thủ tục hành chính thuộc thẩm quyền giải quyết của cơ quan.",
        "Sơ đồ các quá trình và trách nhiệm của từng vị trí.")),
    ("system", "Quy trình kiểm soát thông tin dạng văn bản", "office", ("7.5",), 20, ()),
    ("system", "Quy trình đánh giá nội bộ", "office", ("9.2",), 20, ()),
    ("system", "Quy trình xử lý sự không phù hợp và hành động khắc phục", "office",
     ("8.7", "10.2"), 20, ()),
    ("system", "Quy trình quản lý rủi ro và cơ hội", "office", ("6.1",), 20, ()),
    ("operating", "Quy trình cấp mã số đơn vị có quan hệ với ngân sách", "budget",
     ("8.1", "8.5"), 14, ()),
    ("operating", "Quy trình điều chỉnh dự án đầu tư", "budget", ("8.1", "8.5"), 13, ()),
    ("operating", "Quy trình hiệp thương giá", "price", ("8.1", "8.5"), 12, ()),
    ("instruction", "Hướng dẫn tiếp nhận hồ sơ tại quầy", "one_stop", ("7.1", "8.2"), 8, (
        "Chào hỏi, hỏi nhu cầu, kiểm tra giấy tờ theo thành phần hồ sơ đã công bố.",
        "Trao giấy hẹn, chỉ dẫn cách tra cứu tình trạng hồ sơ.")),
    ("form", "Phiếu kiểm soát quá trình giải quyết hồ sơ", "one_stop", ("7.5", "8.6"), 8, ()),
    ("record_list", "Danh mục hồ sơ chất lượng cần lưu", "office", ("7.5",), 8, ()),
)  # fmt: skip
SECTIONS = (
    ("1. Mục đích", "Thống nhất cách làm, trách nhiệm và hồ sơ phải lưu."),
    ("2. Phạm vi", "Áp dụng cho các phòng, đơn vị có liên quan."),
    ("3. Tài liệu viện dẫn", "Các văn bản pháp luật và tài liệu nội bộ hiện hành."),
    ("4. Định nghĩa, viết tắt", "HTQLCL: hệ thống quản lý chất lượng."),
    ("5. Nội dung quy trình", "Các bước, trách nhiệm, thời gian, biểu mẫu."),
    ("6. Biểu mẫu", "Theo danh mục biểu mẫu ban hành kèm theo."),
    ("7. Hồ sơ cần lưu", "Lưu tại đơn vị 05 năm, sau đó chuyển lưu trữ cơ quan."),
)
# The title of the document, why it is amended, how far it has come.
UNDER_WAY = (
    ("Quy trình đánh giá nội bộ", "Bổ sung cách chọn mẫu hồ sơ khi đánh giá", "approval"),
    ("Quy trình quản lý rủi ro và cơ hội", "Cập nhật theo phiên bản 2026", "review"),
    ("Hướng dẫn tiếp nhận hồ sơ tại quầy", "Thêm hướng dẫn thanh toán trực tuyến", "draft"),
)
READ = "Chính sách chất lượng"
READERS = ("canbo", "chuyenvien", "truongphong", "lanhdao")
LEGAL = (
    ("19/2014/QĐ-TTg", "Về việc áp dụng hệ thống quản lý chất lượng theo tiêu chuẩn quốc gia "
     "TCVN ISO 9001 vào hoạt động của các cơ quan, tổ chức thuộc hệ thống hành chính nhà nước",
     "Thủ tướng Chính phủ", "2014-03-05", "2014-05-18"),
    ("26/2014/TT-BKHCN", "Quy định chi tiết thi hành Quyết định 19/2014/QĐ-TTg",
     "Bộ Khoa học và Công nghệ", "2014-10-10", "2014-12-01"),
)  # fmt: skip
# What changes under three operating procedures; numbers that no province gives out.
OLD_LAW = ("9031/2019/QĐ-UBND", "Quy định phối hợp giải quyết thủ tục về ngân sách, đầu tư và giá")
NEW_LAW = ("9052/2026/QĐ-UBND", "Quy định mới về phối hợp giải quyết thủ tục")
LATE_LAW = ("9040/2026/NQ-HĐND", "Mức thu phí, lệ phí trên địa bàn tỉnh")
TRANSITION = "Chuyển đổi sang ISO 9001:2026"


def load(env):
    """Build the system; return its documents, none when they are there."""
    scene = world.enter(env)
    pages = scene.env["document.page"]
    if pages.search_count([("qms_kind_id", "!=", False), *_own(scene)], limit=1):
        return pages
    scene.company.qms_standard_id = scene.record("qms_standard_iso9001_2015")
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    legal = _register(scene)
    for kind, title, owner, clauses, months, lines in DOCUMENTS:
        with freeze_time(now - datetime.timedelta(days=30 * months)):
            pages |= _issue(scene, legal, kind, title, owner, clauses, lines)
    by_title = {page.name: page for page in pages}
    with freeze_time(now - datetime.timedelta(days=4)):
        for title, reason, state in UNDER_WAY:
            _amend(scene, by_title[title], reason, state)
    with freeze_time(now - datetime.timedelta(days=6)):
        _ask_to_read(scene, by_title[READ])
    with freeze_time(now - datetime.timedelta(days=30)):
        _plan_transition(scene, now.date())
    with freeze_time(now - datetime.timedelta(days=10)):
        _follow_the_law(scene, by_title, now.date())
    scene.env.flush_all()
    return pages


def _own(scene):
    return [("company_id", "=", scene.company.id)]


def _register(scene):
    """Enter the law on which the system itself rests."""
    documents = scene.as_login("thuky")["qms.legal.document"]
    known = documents._by_numbers([row[0] for row in LEGAL], scene.company)
    found = documents.union(*known.values())
    for number, name, issuer, issued, effective in LEGAL:
        if not found.filtered(lambda one, number=number: one.number == number):
            found |= documents.create(
                {
                    "number": number,
                    "name": name,
                    "issuer": issuer,
                    "issued_on": issued,
                    "effective_date": effective,
                }
            )
    return found


def issue(scene, kind, title, owner, clauses):
    """Return a further document in force."""
    return _issue(scene, scene.env["qms.legal.document"], kind, title, owner, clauses, ())


def _issue(scene, legal, kind, title, owner, clauses, lines):
    officer = scene.as_login("thuky")
    page = officer["document.page"].create(
        {
            "name": title,
            "qms_kind_id": scene.record(f"qms_document_kind_{kind}").id,
            "qms_owner_id": scene.ref(f"department_{owner}").id,
            "company_id": scene.company.id,
            "content": _text(lines),
            "qms_legal_ids": [Command.set(legal.ids)],
            "qms_clause_ids": [
                Command.set(
                    [scene.record(f"qms_clause_2015_{one.replace('.', '_')}").id for one in clauses]
                )
            ],
        }
    )
    revision = page.qms_open_revision_id
    revision.effective_from = datetime.date.today()
    _pass(scene, revision, "approved")
    return page


def _text(lines):
    if lines:
        return "".join(f"<p>{line}</p>" for line in lines)
    return "".join(f"<h2>{heading}</h2><p>{text}</p>" for heading, text in SECTIONS)


def _pass(scene, revision, until):
    """Bring a draft on its way, each step by who does it."""
    if until == "draft":
        return
    revision.action_submit()
    if until == "review":
        return
    revision.with_env(scene.as_login("truongphong")).action_confirm_review("Đã soát xét")
    if until == "approved":
        revision.with_env(scene.as_login("lanhdao")).action_approve("Đồng ý ban hành")


def _amend(scene, page, reason, state):
    draft = page.with_env(scene.as_login("thuky"))._new_revision(reason=reason)
    draft.write({"content": f"{draft.content}<p>{reason}.</p>"})
    _pass(scene, draft, state)


def _ask_to_read(scene, page):
    """Half of those asked have read it."""
    campaign = scene.as_login("thuky")["qms.acknowledgement.campaign"].create(
        {
            "revision_id": page.qms_effective_id.id,
            "is_for_all": True,
            "date_due": datetime.date.today() + datetime.timedelta(days=14),
        }
    )
    campaign.action_open()
    for login in READERS:
        user = scene.ref(f"user_{login}")
        asked = campaign.acknowledgement_ids.filtered(lambda row, user=user: row.user_id == user)
        asked.with_env(scene.as_login(login)).action_acknowledge()


def _plan_transition(scene, today):
    """The move to the edition of 2026 has begun."""
    officer = scene.as_login("thuky")
    project = officer["qms.standard.transition"].create(
        {
            "name": TRANSITION,
            "from_standard_id": scene.record("qms_standard_iso9001_2015").id,
            "to_standard_id": scene.record("qms_standard_iso9001_2026").id,
            "basis": "Kế hoạch của cơ quan",
            "date_start": today - datetime.timedelta(days=30),
            "date_end": today + datetime.timedelta(days=330),
        }
    )
    project.action_start()
    project.line_ids.owner_id = scene.ref("user_thuky")
    project.action_carry_over()
    project.action_schedule()


def _follow_the_law(scene, by_title, today):
    """One change is half done; another is late and waits for a resolution."""
    laws = scene.as_login("thuky")["qms.legal.document"]
    scene.company.qms_change_proposal = "none"
    old = _law(laws, OLD_LAW, "2019-08-01")
    for title in [row[1] for row in DOCUMENTS if row[0] == "operating"]:
        by_title[title].with_env(laws.env).qms_legal_ids += old
    new = _law(laws, NEW_LAW, today - datetime.timedelta(days=40), replaces=old)
    change = laws.env["qms.change.request"].browse(new.action_open_change()["res_id"])
    first, second, *_rest = change.line_ids
    first.action_justify("Quy định mới không đụng đến trình tự của quy trình này.")
    second.action_start()
    late = _law(laws, LATE_LAW, today - datetime.timedelta(days=120), replaces=old)
    waiting = laws.env["qms.change.request"].browse(late.action_open_change()["res_id"])
    waiting.action_wait("Chờ văn bản hướng dẫn của Sở Tư pháp", "Văn bản hướng dẫn thi hành")
    scene.company.qms_change_proposal = "activity"


def _law(laws, law, effective, replaces=None):
    number, name = law
    acts = replaces and [Command.create({"kind": "amends", "to_id": replaces.id})]
    return laws.create(
        {
            "number": number,
            "name": name,
            "issuer": "HĐND tỉnh" if "HĐND" in number else "UBND tỉnh",
            "issued_on": effective,
            "effective_date": effective,
            "outgoing_ids": acts or [],
        }
    )
