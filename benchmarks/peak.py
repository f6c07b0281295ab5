"""Export one register and print the peak memory of this process, in KiB."""

import datetime
import resource
import sys

from .__main__ import environment
from .lists import as_user


def main(database, user_id, days):
    with environment(database) as env:
        reader = as_user(env, int(user_id))
        register = reader["qms.dossier.register"].create(
            {
                "date_from": datetime.date.today() - datetime.timedelta(days=int(days)),
                "date_to": datetime.date.today(),
            }
        )
        exporter = reader["report.qms_reports.dossier_register_xlsx"].with_context(
            active_model=register._name
        )
        exporter.create_xlsx_report(register.ids, {})
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    main(*sys.argv[1:])
