"""Last year's management review with what became of its decisions, and this year's."""

import datetime

from odoo.fields import Command

#: Days ago of last year's meeting; days until this year's.
LAST, NEXT = 380, 8
PLACE = "Phòng họp số 1"
GUESTS = ("truongphong", "truongphong2", "canbo", "danhgia")
# Kind, words, owner, days ago due, what became of it.
DECISIONS = (
    ("improvement", "Rà soát thời gian các bước của thủ tục có tỷ lệ trễ hẹn cao", "truongphong",
     130, "done"),
    ("resource", "Mua máy tính bảng lấy ý kiến tại quầy", "canbo", 200, "reported"),
    ("change", "Chuyển đổi HTQLCL sang phiên bản mới của tiêu chuẩn", "thuky", 60, "late"),
)  # fmt: skip
COMMENTS = {
    "a": "Hai trong ba kết luận đã thực hiện; việc chuyển đổi phiên bản chậm so với kế hoạch.",
    "c3": "Hồ sơ tạm cấp kinh phí trễ hẹn trong nửa đầu kỳ; sau khi rút ngắn bước thẩm định thì "
    "đúng hẹn gần như toàn bộ.",
    "c4": "Điểm không phù hợp đã đóng sau khi đo được hiệu lực.",
}


def hold_last(diary):
    """Hold last year's review; its decisions are approved and followed."""
    scene = diary.scene
    with diary.at(LAST + 15):
        review = _plan(scene, diary.moment(LAST), diary.day(LAST + 365), "năm trước")
        review.action_invite()
    with diary.at(LAST, 16):
        review.action_hold()
        review.action_compile()
        review.action_all_present()
        review.qms_input_ids.write({"verdict": "good", "minutes": "<p>Thống nhất số liệu.</p>"})
        review.write({"conclusion": "<p>HTQLCL phù hợp, đầy đủ và có hiệu lực.</p>"})
        scene.as_login("thuky")["qms.review.decision"].create(
            [
                {
                    "review_id": review.id,
                    "kind": kind,
                    "name": words,
                    "owner_id": scene.ref(f"user_{login}").id,
                    "due_date": diary.day(due),
                }
                for kind, words, login, due, _end in DECISIONS
            ]
        )
        review.action_submit()
    with diary.at(LAST - 2):
        review.with_env(scene.as_login("lanhdao")).action_approve("Đồng ý biên bản")
    with diary.at(LAST - 4):
        _follow(diary, review)
    return review


def _plan(scene, meeting, since, mark):
    return scene.as_login("thuky")["mgmtsystem.review"].create(
        {
            "name": f"Họp xem xét của lãnh đạo {mark}",
            "date": meeting,
            "qms_date_from": since,
            "qms_place": PLACE,
            "qms_chair_id": scene.ref("user_lanhdao").id,
            "qms_attendance_ids": [
                Command.create({"user_id": scene.ref(f"user_{login}").id}) for login in GUESTS
            ],
        }
    )


def _follow(diary, review):
    """Make actions of the decisions that need one."""
    for decision, (*_row, end) in zip(review.qms_output_ids, DECISIONS, strict=True):
        if end != "reported":
            decision.action_make_action()


def end_decisions(diary, review):
    """One was carried out, one is reported done, one is late."""
    scene = diary.scene
    for decision, (_kind, _words, login, due, end) in zip(
        review.qms_output_ids, DECISIONS, strict=True
    ):
        own = decision.with_env(scene.as_login(login))
        with diary.at(due + 5):
            action = own.action_id
            if end == "reported":
                own.action_report_done("Đã mua hai máy, đặt tại quầy số 1 và số 3.")
            elif action.qms_state == "draft":
                action.with_env(scene.as_login("thuky")).action_qms_start()
            if end == "done":
                action.action_qms_done("Đã rà soát, đưa vào chương trình đánh giá nội bộ.")


def prepare_next(diary, last):
    """Plan this year's review, compile it, comment what the figures show, invite."""
    scene = diary.scene
    meeting = diary.coming(NEXT, 8)
    with diary.at(1, 10):
        review = _plan(scene, meeting, last.qms_date_to + datetime.timedelta(days=1), "năm nay")
        review.action_compile()
        for row in review.qms_input_ids:
            if row.letter in COMMENTS:
                row.comment = f"<p>{COMMENTS[row.letter]}</p>"
        review.action_invite()
    return review
