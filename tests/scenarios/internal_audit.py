"""The internal audit of the department, held together with the administrative-reform check.

Reference case Q did both at once and called the audits useless; reference case K had nobody
trained for them. Here the system proposes what to audit, draws the dossiers and asks.
"""

from odoo.fields import Command

#: Days ago: the programme, the plan, the announcement, the visit, the report.
PROGRAMME, PLAN, NOTICE, VISIT, REPORT = 215, 172, 165, 150, 146
#: First and last day of the dossiers looked at, days ago.
LOOKED_AT = (250, 152)
SEED = "20260527"
SIZE, LATE_SIZE = 12, 4
# Login, name of somebody from outside, may lead, what they know.
AUDITORS = (
    ("danhgia", "", True, "Cử nhân hành chính; đã qua lớp đánh giá viên; 6 năm kinh nghiệm."),
    ("thuky", "", False, "Thư ký ISO; am hiểu kiểm soát tài liệu và số liệu giải quyết hồ sơ."),
    ("truongphong2", "", False, "Am hiểu lĩnh vực giá, công sản."),
    ("", "Trương Văn Mẫu", False, "Chuyên gia của Chi cục Tiêu chuẩn Đo lường Chất lượng."),
)
CERTIFICATE = ("Đánh giá viên nội bộ TCVN ISO 9001", "ĐGV-118/2024")
# Answers that are not “conforming”: the report, what the question is about, answer, words.
OBSERVATION = "Sổ theo dõi trên giấy vẫn được ghi song song với phần mềm."
OPPORTUNITY = "Nên gửi tin nhắn cho tổ chức, cá nhân khi hồ sơ chuyển bước."
CONCLUSION = (
    "Hệ thống phù hợp với tiêu chuẩn và được thực hiện. Điểm mạnh: hồ sơ có nhật ký đầy đủ. "
    "Việc cần làm trước: bước thẩm định của thủ tục tạm cấp kinh phí."
)
REFORM_CONCLUSION = (
    "Thực hiện tốt việc công khai và tiếp nhận; còn hồ sơ trễ hẹn ở một thủ tục, đã yêu cầu "
    "khắc phục. Không có phản ánh về thái độ của công chức."
)


def register_auditors(diary):
    """Enter who audits, and what they were trained for."""
    scene = diary.scene
    with diary.at(410) as day:
        register = scene.as_login("thuky")["qms.auditor"].create(
            [
                {
                    **({"user_id": scene.ref(f"user_{login}").id} if login else {}),
                    **({} if login else {"name": name, "employer": "Chi cục TĐC tỉnh"}),
                    "is_lead": is_lead,
                    "competence": competence,
                    "appointed_on": day,
                    "appointment_ref": "46/QĐ-STC",
                    "valid_until": login and day.replace(year=day.year + 3, day=1) or day,
                }
                for login, name, is_lead, competence in AUDITORS
            ]
        )
        name, certificate = CERTIFICATE
        register[:2].write(
            {
                "training_ids": [
                    Command.create(
                        {
                            "name": name,
                            "provider": "Trường Chính trị tỉnh",
                            "date": day,
                            "hours": 24,
                            "certificate_no": certificate,
                        }
                    )
                ]
            }
        )
    return register


def plan_year(diary, procedure):
    """Let the system propose the year, fix the day of one audit, have it approved."""
    scene = diary.scene
    with diary.at(PROGRAMME) as today:
        visit = diary.day(VISIT)
        programme = scene.as_login("thuky")["qms.audit.programme"].create(
            {
                "year": visit.year,
                "objective": "Tìm nguyên nhân hồ sơ trễ hẹn; kiểm tra việc áp dụng văn bản mới.",
                "method": "Phỏng vấn, xem hồ sơ rút mẫu ngẫu nhiên, xem số liệu của hệ thống.",
                "spread_from": max(today, visit.replace(month=1, day=1)),
                "spread_to": visit.replace(month=12, day=20),
            }
        )
        programme.action_propose_year()
        line = _line_of(programme, procedure)
        line.write({"date_from": visit, "date_to": visit})
        programme.action_submit()
    with diary.at(PROGRAMME - 4):
        programme.with_env(scene.as_login("lanhdao")).action_approve("Đồng ý chương trình")
    return programme


def _line_of(programme, procedure):
    """Return the line that audits the procedure; take its proposal where there is none."""
    lines = programme.line_ids.filtered(lambda row: procedure in row.procedure_ids)
    if not lines:
        programme.proposal_ids.filtered(lambda row: row.procedure_id == procedure).action_take()
        lines = programme.line_ids.filtered(lambda row: procedure in row.procedure_ids)
    return lines[:1]


def prepare(diary, programme, procedure):
    """Make the plan: one visit for both purposes, its agenda, its questions, its notice."""
    scene = diary.scene
    line = _line_of(programme, procedure).with_env(scene.as_login("thuky"))
    with diary.at(PLAN):
        line.action_make_audit()
        audit = line.audit_id
        audit.write(
            {
                "qms_purpose": "internal_and_reform",
                "qms_scope": "Tiếp nhận, thẩm định, phê duyệt và trả kết quả tại Phòng Ngân sách – "
                "Đầu tư.",
                "qms_criteria": "TCVN ISO 9001; quy trình nội bộ; văn bản về kiểm soát thủ tục "
                "hành chính.",
                "qms_procedure_ids": [Command.set(procedure.ids)],
                "qms_period_from": diary.day(LOOKED_AT[0]),
                "qms_period_to": diary.day(LOOKED_AT[1]),
                "qms_notice": "Đề nghị phòng bố trí người tiếp đoàn và hồ sơ của kỳ đánh giá.",
                "qms_slot_ids": _agenda(diary, audit, procedure),
            }
        )
        _name_team(scene, audit)
        audit.action_generate_questions()
    with diary.at(NOTICE):
        audit.action_notify()
    return audit.with_env(scene.as_login("danhgia"))


def _name_team(scene, audit):
    """One who leads and one who writes, both of other units."""
    audit.qms_team_ids.unlink()
    register = audit.env["qms.auditor"].search([("company_id", "=", audit.company_id.id)])
    for login, role in (("danhgia", "leader"), ("thuky", "auditor")):
        user = scene.ref(f"user_{login}")
        auditor = register.filtered(lambda row, user=user: row.user_id == user)
        audit.qms_team_ids.create(
            {"audit_id": audit.id, "auditor_id": auditor.id, "user_id": user.id, "role": role}
        )


def _agenda(diary, audit, procedure):
    rows = (
        ("opening", 8, 8, "Họp mở đầu", "Phòng họp số 1"),
        ("audit", 9, 11, "Xem hồ sơ rút mẫu, phỏng vấn chuyên viên", "Phòng Ngân sách – Đầu tư"),
        ("audit", 14, 15, "Kiểm tra theo 13 điểm của Thông tư 26", "Bộ phận Một cửa"),
        ("closing", 16, 16, "Họp kết thúc", "Phòng họp số 1"),
    )
    return [
        Command.create(
            {
                "kind": kind,
                "start": diary.moment(VISIT, first),
                "stop": diary.moment(VISIT, last).replace(minute=50),
                "name": name,
                "place": place,
                "department_id": procedure.department_id.id if kind == "audit" else False,
            }
        )
        for kind, first, last, name, place in rows
    ]


def hold(diary, audit, procedure):
    """Draw the dossiers with a seed the unit named, ask all questions, end the visit."""
    with diary.at(NOTICE - 5):
        sample = draw(audit, procedure)
    with diary.at(VISIT, 8):
        audit.action_start()
    with diary.at(VISIT, 15):
        _answer(audit, sample)
        _note_meetings(diary, audit)
        audit.action_end()
    return sample


def draw(audit, procedure):
    """Draw the sample of the procedure through the dialog of the auditor."""
    wizard = audit.env["qms.audit.draw"].create(
        {
            "audit_id": audit.id,
            "date_from": audit.qms_period_from,
            "date_to": audit.qms_period_to,
            "procedure_ids": [Command.set(procedure.ids)],
            "size": SIZE,
            "late_size": LATE_SIZE,
            "seed": SEED,
        }
    )
    wizard.write({"size": SIZE})
    return audit.env["qms.audit.sample"].browse(wizard.action_draw()["res_id"])


def slow_step(audit):
    """Return the question about the step in which the dossiers lie."""
    version_steps = audit.qms_procedure_ids.version_ids.step_ids
    names = version_steps.filtered(lambda step: step.kind == "process").mapped("name")
    return audit.line_ids.filtered(
        lambda line: (
            (line.qms_key or "").startswith("step:") and any(name in line.name for name in names)
        )
    )[:1]


def _answer(audit, sample):
    """Answer all questions; the step in which dossiers lie too long does not conform."""
    lines = audit.line_ids
    late = sample.line_ids.filtered(lambda row: row.outcome == "late")
    step = slow_step(audit)
    reform = lines.filtered(lambda line: line.qms_purpose == "reform")
    others = lines.filtered(lambda line: line.qms_purpose == "internal") - step
    special = {
        step: ("minor", late_words(sample, late)),
        others[-1:]: ("opportunity", OPPORTUNITY),
        reform.filtered(lambda line: line.qms_point == "1d")[:1] or reform[:1]: (
            "observation",
            OBSERVATION,
        ),
    }
    plain = lines
    for line, (answer, words) in special.items():
        line.write({"qms_answer": answer, "comments": words})
        plain -= line
    plain.write({"qms_answer": "conforming"})
    for row in late:
        step.qms_add_evidence("qms.dossier", row.dossier_id.id)


def late_words(sample, late):
    """Say what the sample shows, in figures that are counted."""
    return (
        f"{len(late)}/{sample.drawn_count} hồ sơ rút mẫu (hạt giống {sample.seed}) trễ hẹn; cả "
        f"{len(late)} hồ sơ đều quá thời gian quy định ở bước thẩm định."
    )


def _note_meetings(diary, audit):
    scene = diary.scene
    people = [scene.ref(f"user_{login}").id for login in ("danhgia", "thuky", "truongphong")]
    audit.write(
        {
            "qms_opening_at": diary.moment(VISIT, 8),
            "qms_opening_place": "Phòng họp số 1",
            "qms_opening_user_ids": [Command.set(people)],
            "qms_closing_at": diary.moment(VISIT, 16),
            "qms_closing_place": "Phòng họp số 1",
            "qms_closing_user_ids": [Command.set(people)],
            "qms_closing_notes": "Đơn vị nhất trí với các phát hiện.",
        }
    )


def report(diary, audit):
    """Conclude for both purposes and have the report approved: findings go to their owners."""
    scene = diary.scene
    with diary.at(REPORT):
        audit.qms_finding_ids.write({"owner_id": scene.ref("user_truongphong").id})
        audit.write({"qms_conclusion": CONCLUSION, "qms_reform_conclusion": REFORM_CONCLUSION})
        audit.action_request_approval()
    with diary.at(REPORT - 1, 14):
        audit.with_env(scene.as_login("lanhdao")).action_approve("Đồng ý báo cáo")
        scene.as_login("lanhdao")["qms.auditor.evaluation"].create(
            {
                "auditor_id": audit.qms_leader_id.auditor_id.id,
                "audit_id": audit.id,
                "score": "4",
                "strengths": "Hỏi đúng trọng tâm, bằng chứng rõ ràng.",
                "improvements": "Ghi nhận phát hiện ngắn gọn hơn.",
            }
        )
    return audit.qms_finding_ids
