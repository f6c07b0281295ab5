"""From a finding to a proven effect: causes, a shorter step, before and after, the end.

The head of the unit works on it, the ISO officer publishes the new version of the procedure,
the auditor verifies, the leader closes: nobody judges their own work.
"""

from odoo.fields import Command

#: Days ago.
ANALYSED, ANSWERED, STARTED, PUBLISHED, IN_FORCE = 141, 140, 137, 122, 120
DONE, VERIFIED, COUNTED, CLOSED = 118, 112, 26, 24
#: Days looked at before the action started, and after it was done.
WINDOW = 90
#: Hours of the step in which dossiers lay too long, from and to; the promise stays.
HOURS, FEWER_HOURS = 46.0, 32.0
DECISION = "88/QĐ-STC"
CAUSE = (
    "Quy trình giao bước thẩm định cho một chuyên viên và cho phép dùng gần hết thời hạn; khi "
    "chuyên viên vắng hoặc dồn việc thì không còn thời gian dự phòng."
)
WHYS = (
    ("Vì sao hồ sơ trễ hẹn?", "Vì bước thẩm định kéo dài quá thời gian quy định."),
    ("Vì sao bước thẩm định kéo dài?", "Vì chuyên viên thụ lý nhiều hồ sơ cùng lúc."),
    ("Vì sao dồn việc?", "Vì chỉ có một vị trí thẩm định và không có người thay khi vắng."),
    ("Vì sao không bố trí người thay?", "Vì quy trình nội bộ không quy định."),
    ("Vì sao quy trình không quy định?",
     "Vì quy trình dành 46/64 giờ cho một bước và chưa được rà soát từ khi ban hành."),
)  # fmt: skip
# Bone of the fishbone, cause on it, what exactly, is it the root.
BRANCHES = (
    ("process", "step_untimed", "Bước thẩm định chiếm 46/64 giờ, không còn dự phòng", True),
    ("people", "no_stand_in", "Một chuyên viên, không có người thay khi vắng", True),
    ("people", "overloaded", "Dồn hồ sơ vào cuối tháng", False),
    ("measurement", "no_check", "Không theo dõi hồ sơ sắp đến hạn theo bước", False),
)
CORRECTION = "Đã trả hết kết quả các hồ sơ trễ, gửi thư xin lỗi và hẹn lại."
CONTAINMENT = "Trưởng phòng xem danh sách hồ sơ sắp đến hạn vào mỗi sáng thứ Hai và thứ Năm."
NOTE = (
    "Rút bước thẩm định từ 46 giờ còn 32 giờ, giữ nguyên thời hạn đã công bố; 14 giờ còn lại là "
    "thời gian dự phòng. Trưởng phòng phân công người thay khi chuyên viên vắng."
)

# Grade: what is done about it, days ago.
OTHERS = {
    "observation": ("Bỏ sổ giấy từ tháng sau, in sổ từ phần mềm khi cần.", 139),
    "opportunity": ("Đưa việc nhắn tin vào kế hoạch chuyển đổi số.", 6),
}


def analyse(diary, finding):
    """The head answers the finding and looks for the cause of its nonconformity."""
    scene = diary.scene
    head = scene.as_login("truongphong")
    row = finding.nonconformity_id.with_env(head)
    with diary.at(ANALYSED):
        row.action_qms_analyse()
        row.write(
            {
                "analysis": CAUSE,
                "qms_correction": CORRECTION,
                "qms_corrected_on": diary.day(ANALYSED),
                "qms_corrected_by_id": head.uid,
                "qms_containment": CONTAINMENT,
                "qms_contained_on": diary.day(ANALYSED),
                "qms_contained_by_id": head.uid,
                "qms_verifier_id": scene.ref("user_danhgia").id,
                "manager_user_id": scene.ref("user_lanhdao").id,
                "qms_why_ids": _whys(),
                "qms_branch_ids": _branches(scene),
            }
        )
    with diary.at(ANSWERED):
        finding.with_env(head).action_answer(CAUSE, NOTE, diary.day(IN_FORCE))
    with diary.at(ANSWERED - 1):
        finding.with_env(scene.as_login("danhgia")).action_accept("Nguyên nhân rõ ràng.")
    return row


def _whys():
    return [
        Command.create({"sequence": place, "question": question, "answer": answer})
        for place, (question, answer) in enumerate(WHYS, 1)
    ]


def _branches(scene):
    return [
        Command.create(
            {
                "category_id": scene.record(f"cause_{category}").id,
                "cause_id": scene.record(f"cause_{cause}").id,
                "note": note,
                "is_root": is_root,
            }
        )
        for category, cause, note, is_root in BRANCHES
    ]


def plan(diary, row, indicator):
    """Plan two actions, the first followed by an indicator, and start them; return them."""
    scene = diary.scene
    with diary.at(STARTED):
        row.action_qms_plan()
        common = {
            "type_action": "correction",
            "company_id": row.company_id.id,
            "nonconformity_ids": [Command.link(row.id)],
            "qms_department_id": row.qms_department_id.id,
            "qms_verifier_id": scene.ref("user_danhgia").id,
        }
        actions = row.env["mgmtsystem.action"].create(
            [
                {
                    **common,
                    "name": "Rút ngắn bước thẩm định, bố trí người thay",
                    "description": f"<p>{NOTE}</p>",
                    "user_id": scene.ref("user_truongphong").id,
                    "date_deadline": diary.day(IN_FORCE - 5),
                },
                {
                    **common,
                    "name": "Hướng dẫn các đơn vị lập hồ sơ đúng ngay lần đầu",
                    "user_id": scene.ref("user_chuyenvien").id,
                    "date_deadline": diary.day(IN_FORCE - 5),
                },
            ]
        )
        row.env["qms.effectiveness.check"].create(
            {
                "action_id": actions[0].id,
                "indicator_id": indicator.id,
                "days_before": WINDOW,
                "days_after": WINDOW,
            }
        )
        row.action_qms_start()
    return actions


def shorten_step(diary, procedure):
    """Publish a version whose examination has fewer hours; return it."""
    officer = diary.scene.as_login("thuky")
    with diary.at(PUBLISHED):
        number = procedure.with_env(officer).action_new_version()["res_id"]
        version = officer["qms.procedure.version"].browse(number)
        version.write(
            {
                "name": "Quy trình nội bộ lần 2",
                "decision_no": DECISION,
                "decision_date": diary.day(PUBLISHED),
                "effective_from": diary.day(IN_FORCE),
            }
        )
        step = version.step_ids.filtered(lambda one: one.hours == HOURS)
        step.write({"hours": FEWER_HOURS, "time_text": "4 ngày làm việc"})
        version.action_publish()
    return version


def carry_out(diary, actions):
    """The owners report done; the auditor looks whether it is so."""
    scene = diary.scene
    words = (
        f"Đã ban hành quy trình lần 2 (Quyết định {DECISION}); đã phân công người thay.",
        "Đã hướng dẫn cho kế toán các đơn vị, gửi mẫu tờ trình.",
    )
    for action, login, text in zip(actions, ("truongphong", "chuyenvien"), words, strict=True):
        with diary.at(DONE):
            action.with_env(scene.as_login(login)).action_qms_done(text)
        with diary.at(VERIFIED):
            auditor = action.with_env(scene.as_login("danhgia"))
            auditor.action_qms_verify("Đã xem quy trình mới và bảng phân công.")


def judge(diary, check):
    """The figures after the action are counted by night; the auditor says what they mean."""
    with diary.at(COUNTED, 8):
        check.sudo()._compute_company(diary.scene.company)
    with diary.at(CLOSED, 8):
        auditor = check.with_env(diary.scene.as_login("danhgia"))
        auditor.action_judge("effective", f"Trước: {check.before_text}; sau: {check.after_text}.")


def answer_others(diary, findings):
    """The observation is put right; the opportunity is answered and waits for the auditor."""
    scene = diary.scene
    head, auditor = scene.as_login("truongphong"), scene.as_login("danhgia")
    for finding in findings.filtered(lambda row: row.state == "open").sorted("number"):
        is_settled = finding.grade == "observation"
        answer, days = OTHERS[finding.grade]
        with diary.at(days):
            finding.with_env(head).action_answer("", answer, diary.day(days - 30))
        if is_settled:
            with diary.at(days - 2):
                finding.with_env(auditor).action_accept("Đồng ý.")
            with diary.at(days - 40):
                finding.with_env(auditor).action_verify("Sổ giấy đã bỏ, số liệu lấy từ phần mềm.")


def settle(diary, row, finding, check):
    """Verify, close by another person with the effect in figures, verify the finding."""
    scene, words = diary.scene, f"Tỷ lệ đúng hẹn từ {check.before_text} lên {check.after_text}."
    with diary.at(CLOSED):
        auditor = scene.as_login("danhgia")
        row.with_env(auditor).action_qms_verify("Các hành động đã thực hiện đủ.")
        finding.with_env(auditor).action_verify(words)
    with diary.at(CLOSED - 1):
        row.with_env(scene.as_login("lanhdao")).action_qms_close(words)
