"""The import of a file: an event a row, six completed steps a dossier."""

import base64
import csv
import datetime
import io

HEADER = (
    "Mã hồ sơ",
    "Mã TTHC",
    "Chủ hồ sơ",
    "Công việc",
    "Thời điểm",
    "Người thực hiện",
    "Hẹn trả",
)
START = datetime.datetime(2025, 3, 3, 8, 0)


def file_of(procedure, count, mark):
    """Return the bytes of a CSV file with ``count`` dossiers of six steps each.

    :param str mark: makes the codes of this file its own
    """
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(HEADER)
    version = procedure._version_at(START)
    steps = [(step.name, step.unit_position or step.position_id.name) for step in version.step_ids]
    for number in range(count):
        begun = START + datetime.timedelta(minutes=7 * (number % 50000))
        due = f"{begun + datetime.timedelta(days=20):%d/%m/%Y %H:%M}"
        for turn, (step, person) in enumerate(steps):
            moment = begun + datetime.timedelta(hours=20 * turn, seconds=number % 3600)
            writer.writerow(
                (
                    f"{mark}-{number:07d}", procedure.code, f"Nguyễn Văn {number}", step,
                    f"{moment:%d/%m/%Y %H:%M:%S}", person, due,
                )
            )  # fmt: skip
    return stream.getvalue().encode()


def upload(officer, company, content, name):
    """Upload a file as the ISO officer does; return the import, its mapping set."""
    record = officer["qms.dossier.import"].create(
        {
            "file": base64.b64encode(content),
            "file_name": name,
            "company_id": company.id,
            "shape": "event",
        }
    )
    record.write({"close_rule": "last_event"})
    return record


def run(record):
    """Check and run, as the screen does; nothing is committed."""
    record.action_check()
    record.action_run()
    record._work(lambda done, remaining=0: float("inf"))
    return record
