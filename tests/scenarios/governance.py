"""Who leads the system, in what context, at what risks, and who was trained."""

import datetime

from odoo.fields import Command

# Login, role on the committee, also secretary, what they are in charge of.
MEMBERS = (
    ("lanhdao", "head", False, "Chỉ đạo chung; chủ trì họp xem xét của lãnh đạo."),
    ("truongphong", "deputy", False, "Chỉ đạo việc thực hiện quy trình tại các phòng."),
    ("thuky", "secretary", True, "Theo dõi hằng ngày, chuẩn bị đánh giá nội bộ và họp xem xét."),
    ("truongphong2", "member", False, "Thực hiện tại Phòng Giá – Công sản – Doanh nghiệp."),
    ("canbo", "member", False, "Thực hiện tại Bộ phận Tiếp nhận và Trả kết quả."),
)
DECISION = "45/QĐ-STC"
HEADS = (("truongphong", "budget"), ("truongphong2", "price"), ("lanhdao", "board"))
# Kind, name, how they are heard, (need, is it a requirement).
PARTIES = (
    ("citizen", "Tổ chức, cá nhân nộp hồ sơ", "Phiếu lấy ý kiến, hộp thư góp ý, đường dây nóng",
     (("Kết quả đúng hẹn, không phải bổ sung nhiều lần", True),
      ("Biết hồ sơ đang ở đâu mà không phải hỏi", False))),
    ("superior", "Ủy ban nhân dân tỉnh", "Văn bản chỉ đạo, họp giao ban tháng",
     (("Giải quyết đúng hạn từ 95 % số hồ sơ", True),)),
    ("staff", "Công chức các phòng", "Họp phòng hằng tháng",
     (("Khối lượng việc hợp lý, có người thay khi vắng", False),)),
    ("provider", "Bưu điện tỉnh (dịch vụ bưu chính công ích)", "Đối soát, biên bản giao nhận",
     (("Chuyển hồ sơ và kết quả trong ngày làm việc", True),)),
)  # fmt: skip
# Origin, topic, bearing, name, what it means.
ISSUES = (
    ("external", "law", "adverse", "Văn bản pháp luật thay đổi thường xuyên",
     "Danh mục tài liệu bên ngoài dễ lạc hậu; phải cập nhật quy trình trong ba tháng."),
    ("external", "technology", "favourable", "Chuyển đổi số, nộp hồ sơ trực tuyến",
     "Giảm đi lại cho người dân; phải hướng dẫn người mới dùng."),
    ("internal", "people", "adverse", "Công chức làm công tác ISO đều kiêm nhiệm",
     "Việc theo dõi dễ gián đoạn, cần được nhắc việc và có số liệu sẵn."),
    ("external", "climate", "adverse", "Mưa lũ làm gián đoạn việc đi lại, mạng và điện",
     "Bảo đảm tiếp nhận trực tuyến và lưu trữ dự phòng."),
)  # fmt: skip
# Units of those who came to the classes from outside, in turn.
UNITS = ("Trung tâm Y tế", "Trường Trung học cơ sở", "Ban Quản lý dự án", "Trạm Khuyến nông")
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Danh", "Thị", "Võ", "Đặng", "Bùi")
MIDDLES = ("Văn", "Thị", "Minh", "Ngọc")
GIVEN = ("An", "Bình", "Châu", "Dũng", "Hạnh", "Khánh", "Lan", "Phúc", "Quân", "Thảo")
# Days ago, subject, trainer, hours, competence, learners from outside, of these failed.
CLASSES = (
    (300, "Nhận thức chung về TCVN ISO 9001", "Chi cục Tiêu chuẩn Đo lường Chất lượng", 8.0,
     "iso", 62, 0),
    (235, "Kỹ năng đánh giá nội bộ và viết điểm không phù hợp",
     "Chi cục Tiêu chuẩn Đo lường Chất lượng", 16.0, "audit", 60, 3),
    (128, "Lập và nộp hồ sơ tạm cấp kinh phí", "Trưởng phòng Ngân sách – Đầu tư", 4.0, "", 66, 0),
)  # fmt: skip
STAFF = ("canbo", "chuyenvien", "chuyenvien2", "truongphong", "vanthu", "danhgia")


def name_heads(scene):
    """Say who leads which unit: findings and notices go to them."""
    employees = scene.env["hr.employee"]
    for login, unit in HEADS:
        department, user = scene.ref(f"department_{unit}"), scene.ref(f"user_{login}")
        department.manager_id = employees.create(
            {
                "name": user.name,
                "user_id": user.id,
                "company_id": scene.company.id,
                "department_id": department.id,
            }
        )


def found_committee(diary):
    """Set the steering committee up by a decision of the head of the agency."""
    scene = diary.scene
    with diary.at(500) as day:
        committee = scene.as_login("thuky")["qms.committee"].create(
            {
                "date_from": day,
                "signer_name": "Phạm Thị Mẫu",
                "signer_title": "Giám đốc",
                "duties": "<p>Xây dựng, áp dụng, duy trì và cải tiến HTQLCL.</p>",
                "member_ids": [
                    Command.create(
                        {
                            "user_id": scene.ref(f"user_{login}").id,
                            "role": role,
                            "is_secretary": is_secretary,
                            "duties": duties,
                        }
                    )
                    for login, role, is_secretary, duties in MEMBERS
                ],
            }
        )
        committee.action_submit()
        committee.with_env(scene.as_login("lanhdao")).action_approve("Đồng ý kiện toàn")
        committee.write({"decision_no": DECISION, "decision_date": day})
        committee.action_bring_into_force()
    return committee


def describe_context(diary):
    """Enter interested parties and issues, and review them once."""
    scene = diary.scene
    with diary.at(430):
        parties = scene.as_login("thuky")["qms.interested.party"].create(
            [
                {
                    "kind": kind,
                    "name": name,
                    "note": heard,
                    "need_ids": [
                        Command.create({"name": need, "is_requirement": is_requirement})
                        for need, is_requirement in needs
                    ],
                }
                for kind, name, heard, needs in PARTIES
            ]
        )
        issues = scene.as_login("thuky")["qms.context.issue"].create(
            [
                {
                    "origin": origin,
                    "topic": topic,
                    "effect": effect,
                    "name": name,
                    "description": text,
                    "is_climate": topic == "climate",
                }
                for origin, topic, effect, name, text in ISSUES
            ]
        )
    with diary.at(75):
        parties.action_review("unchanged")
        issues[1:].action_review("unchanged")
        issues[:1].action_review("changed", "Thêm quy định mới về tạm cấp kinh phí.")
    return parties, issues


def assess_risks(diary, procedure):
    """Two risks, one of them reduced since, and an opportunity."""
    scene = diary.scene
    officer = scene.as_login("thuky")["qms.risk"]
    head = scene.ref("user_truongphong")
    with diary.at(420):
        late, pressure, online = officer.create(
            [
                {
                    "name": f"Hồ sơ thủ tục {procedure.code} trễ hẹn vì dồn ở bước thẩm định",
                    "kind_id": scene.record("qms_risk_kind_late").id,
                    "cause": "Một chuyên viên thẩm định, không có người thay.",
                    "consequence": "Đơn vị không có kinh phí để chi trả kịp thời.",
                    "owner_id": head.id,
                    "department_id": procedure.department_id.id,
                    "procedure_id": procedure.id,
                    "source": "process",
                },
                {
                    "name": "Công chức gợi ý người nộp hồ sơ “bồi dưỡng” để được giải quyết sớm",
                    "kind_id": scene.record("qms_risk_kind_harassment").id,
                    "cause": "Người nộp hồ sơ không biết hồ sơ đang ở đâu.",
                    "consequence": "Mất lòng tin của người dân; xử lý kỷ luật.",
                    "owner_id": scene.ref("user_lanhdao").id,
                    "source": "context",
                    "controls": "Công khai trạng thái hồ sơ; đường dây nóng; đánh giá bằng mã QR.",
                },
                {
                    "kind": "opportunity",
                    "name": "Nộp hồ sơ trực tuyến toàn trình cho các thủ tục ngân sách",
                    "kind_id": scene.record("qms_risk_kind_digital").id,
                    "consequence": "Bớt bổ sung giấy tờ, rút ngắn thời gian tiếp nhận.",
                    "owner_id": head.id,
                    "department_id": procedure.department_id.id,
                    "source": "context",
                },
            ]
        )
        late.action_assess(4, 4, "12 tháng qua có hồ sơ trễ ở bước thẩm định.")
        pressure.action_assess(2, 5, "Chưa có phản ánh nào, nhưng hậu quả rất nặng.")
        online.action_assess(3, 4, "Đã có chữ ký số và cổng dịch vụ công.")
    with diary.at(75):
        pressure.action_assess(2, 5, "Rà soát lại: chưa có phản ánh, giữ các biện pháp.")
        online.action_assess(4, 4, "Tỷ lệ nộp trực tuyến tăng trong năm.")
    return late, pressure, online


def reduce_risk(diary, risk):
    """The action helped: the risk is treated and assessed anew."""
    with diary.at(22):
        own = risk.with_env(diary.scene.as_login("truongphong"))
        own.write(
            {
                "treatment": "reduce",
                "treatment_plan": "Rút ngắn bước thẩm định, có người thay khi vắng.",
            }
        )
        own.action_treat()
        own.action_assess(2, 4, "Tỷ lệ đúng hẹn sau khi rút ngắn bước thẩm định đã tăng rõ rệt.")


def train(diary):
    """Hold three classes with about two hundred learners, as in reference case B."""
    trainings = diary.scene.as_login("thuky")["qms.training"]
    people = _people()
    for row in CLASSES:
        trainings |= _hold_class(diary, people, *row)
    return trainings


def _hold_class(diary, people, days, subject, trainer, hours, competence, count, failed):
    scene = diary.scene
    with diary.at(days) as day:
        training = scene.as_login("thuky")["qms.training"].create(
            {
                "name": subject,
                "trainer": trainer,
                "is_external": competence != "",
                "hours": hours,
                "place": "Hội trường Sở Tài chính",
                "date_from": day,
                "date_to": day + datetime.timedelta(days=int(hours > 8)),
                "evaluate_how": "Quan sát tại nơi làm việc, so tỷ lệ hồ sơ đúng hẹn trước và sau.",
                "participant_ids": [
                    *(
                        Command.create(
                            {
                                "user_id": scene.ref(f"user_{login}").id,
                                "attended": True,
                                "result": "passed",
                            }
                        )
                        for login in STAFF
                    ),
                    *(
                        Command.create(_learner(next(people), place, failed))
                        for place in range(count)
                    ),
                ],
            }
        )
    with diary.at(days - 3):
        training.action_hold()
    if days > 200:
        with diary.at(days - 95):
            training.action_evaluate(
                "effective", "Học viên lập hồ sơ đúng ngay lần đầu nhiều hơn trước."
            )
    return training


def _learner(name, place, failed):
    """Return the row of somebody from outside; the first ones do not pass, the last is absent."""
    attended = place % 31 != 30
    result = "failed" if place < failed else "passed"
    return {
        "name": name,
        "unit_name": f"{UNITS[place % len(UNITS)]} số {place // len(UNITS) + 1}",
        "attended": attended,
        "result": result if attended else "untested",
    }


def _people():
    """Yield invented names."""
    for given in GIVEN:
        for middle in MIDDLES:
            for family in FAMILIES:
                yield f"{family} {middle} {given}"
