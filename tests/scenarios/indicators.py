"""What the department measures by quarter, and what it set out to reach."""

import datetime

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

# Code, measure, procedure of the story only, target, name.
INDICATORS = (
    ("CS-01", "dossiers_on_time", False, 0.95, "Hồ sơ giải quyết trước và đúng hạn, toàn Sở"),
    ("CS-02", "dossiers_on_time", True, 0.95, "Hồ sơ tạm cấp kinh phí đúng hạn"),
    ("CS-03", "ratings_satisfied", False, 0.90, "Tổ chức, cá nhân hài lòng"),
    ("CS-04", "response_rate", False, 0.30, "Tỷ lệ người nộp hồ sơ cho ý kiến"),
    ("CS-05", "steps_on_time", False, 0.95, "Các bước hoàn thành đúng thời gian quy định"),
)
BY_HAND = ("CS-06", "Số lớp tập huấn đã tổ chức", 1.0)
#: Quarters looked back at.
QUARTERS = 5
# Indicator, words, target, by the last closed quarter, plan.
OBJECTIVES = (
    ("CS-01", "Từ 95 % hồ sơ được giải quyết trước và đúng hạn", 0.95, False,
     ("Rà soát thời gian từng bước của các quy trình nội bộ", "thuky")),
    ("CS-02", "Từ 95 % hồ sơ tạm cấp kinh phí đúng hạn", 0.95, True,
     ("Bố trí người thẩm định thay khi chuyên viên vắng", "truongphong")),
    ("CS-03", "Từ 85 % người cho ý kiến hài lòng", 0.85, False,
     ("Đặt máy tính bảng lấy ý kiến tại quầy", "canbo")),
)  # fmt: skip
EVIDENCE = "https://sotaichinh.example.com/tap-huan"


def quarter_start(day, back=0):
    """Return the first day of the quarter of a day, or of an earlier one."""
    first = datetime.date(day.year, day.month - (day.month - 1) % 3, 1)
    return first - relativedelta(months=3 * back)


def last_closed(today, closing_days=10):
    """Return the last day of the last quarter whose figures are fixed."""
    start = quarter_start(today)
    if today <= start + datetime.timedelta(days=closing_days):
        start = quarter_start(today, 1)
    return start - datetime.timedelta(days=1)


def define(diary, procedure):
    """Define the indicators; they count from the quarter a year ago."""
    scene = diary.scene
    since = quarter_start(diary.now.date(), QUARTERS - 1)
    with diary.at(370):
        officer = scene.as_login("thuky")["qms.indicator"]
        counted = officer.create(
            [
                {
                    "code": code,
                    "name": name,
                    "measure_key": key,
                    "procedure_id": is_of_story and procedure.id,
                    "measured_from": since,
                    "has_target": True,
                    "target": target,
                    "owner_id": scene.ref("user_thuky").id,
                }
                for code, key, is_of_story, target, name in INDICATORS
            ]
        )
        code, name, target = BY_HAND
        by_hand = officer.create(
            {
                "code": code,
                "name": name,
                "measure_key": "manual",
                "kind": "count",
                "better": "up",
                "unit": "lớp",
                "measured_from": since,
                "has_target": True,
                "target": target,
                "owner_id": scene.ref("user_thuky").id,
            }
        )
    return counted | by_hand


def set_objectives(diary, indicators):
    """Set the objectives of the year at its beginning, approved and posted."""
    scene = diary.scene
    fixed = last_closed(diary.now.date())
    january = (diary.now.date() - datetime.date(fixed.year, 1, 12)).days
    by_code = indicators.grouped("code")
    with diary.at(january):
        year = scene.as_login("thuky")["qms.objective.year"].create(
            {
                "year": fixed.year,
                "introduction": "Từ chính sách chất lượng và kết luận họp xem xét của lãnh đạo.",
                "objective_ids": [
                    Command.create(
                        {
                            "name": name,
                            "indicator_id": by_code[code].id,
                            "target": target,
                            "due_date": fixed if is_early else datetime.date(fixed.year, 12, 31),
                            "owner_id": scene.ref(f"user_{login}").id,
                            "resources": "Trong dự toán được giao.",
                            "evaluation": "Thư ký ISO báo cáo theo quý.",
                            "task_ids": [
                                Command.create(
                                    {
                                        "name": task,
                                        "owner_id": scene.ref(f"user_{login}").id,
                                        "date_deadline": datetime.date(fixed.year, 6, 30),
                                    }
                                )
                            ],
                        }
                    )
                    for code, name, target, is_early, (task, login) in OBJECTIVES
                ],
            }
        )
        year.action_submit()
        year.with_env(scene.as_login("lanhdao")).action_approve("Đồng ý mục tiêu")
    return year


def follow_plan(diary, year):
    """Two of the three did what was planned; the third is late."""
    tasks = year.objective_ids.task_ids
    for task, login, days in zip(tasks, ("thuky", "truongphong"), (150, 118), strict=False):
        with diary.at(days):
            action = task.action_id.with_env(diary.scene.as_login(login))
            action.action_qms_done("Đã thực hiện theo kế hoạch.")


def enter(diary, indicators, trainings):
    """Enter what no record counts, with the address of the evidence."""
    by_hand = indicators.filtered(lambda row: row.code == BY_HAND[0])
    days = [training.date_from for training in trainings]
    for back in range(1, QUARTERS):
        first = quarter_start(diary.now.date(), back)
        last = first + relativedelta(months=3, days=-1)
        held = sum(first <= day <= last for day in days)
        by_hand.action_enter(first, {"part": held, "link": EVIDENCE})


def measure(diary):
    """Count all quarters, fix what is over, follow the objectives, as each night."""
    scene = diary.scene
    scene.env["qms.indicator"]._measure_company(scene.company)
    scene.env["qms.objective"]._follow_company(scene.company)
