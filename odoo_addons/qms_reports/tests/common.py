import datetime

from freezegun import freeze_time

from odoo.addons.qms_public_admin.tests import common


class ReportsCommon(common.QmsCommon):
    """Dossiers pushed through the real verbs on a frozen clock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.analyst = cls.user_auditor
        cls.env["res.company"].flush_model()

    # === CLOCK === #

    @classmethod
    def _at(cls, text):
        """Freeze the clock at ``YYYY-MM-DD HH:MM`` of Hanoi."""
        local = datetime.datetime.strptime(text, "%Y-%m-%d %H:%M")
        return freeze_time(local - datetime.timedelta(hours=7))

    # === DATA === #

    @classmethod
    def _accept(cls, when, **vals):
        with cls._at(when):
            return cls._accepted_dossier(**vals)

    @classmethod
    def _finish(cls, dossier, when):
        """Complete all steps up to the one that returns the result."""
        users = [cls.user_clerk, cls.user_specialist, cls.user_head]
        with cls._at(when):
            for user in users:
                if dossier.state in ("accepted", "processing"):
                    cls._as(dossier, user).action_complete_step()

    @classmethod
    def _return(cls, dossier, when):
        with cls._at(when):
            cls._as(dossier, cls.user_clerk).action_return_result()

    # === REPORT === #

    @classmethod
    def _report(cls, date_from, date_to, user=None, companies=None, when=None, **vals):
        companies = companies or cls.company
        user = user or cls.analyst
        with cls._at(when or "2027-06-01 12:00"):
            report = (
                cls.env["qms.period.report"]
                .with_user(user)
                .with_context(allowed_company_ids=companies.ids)
                .create(
                    {
                        "date_from": date_from,
                        "date_to": date_to,
                        "company_ids": companies.ids,
                        **vals,
                    }
                )
            )
            report.action_compute()
        return report

    def _figures(self, report, *names):
        """Return the total's figures, by default all parts that are not zero."""
        total = report.total_line_id
        if names:
            return {name: total[name] for name in names}
        wanted = [
            "carried",
            "received_online",
            "received_direct",
            "early",
            "on_time",
            "late",
            "withdrawn",
            "stopped",
            "within",
            "over",
            "paused",
            "unclassified",
            "unaccepted",
        ]
        return {name: total[name] for name in wanted if total[name]}

    def _opened(self, line, figure):
        """Return the dossiers that a click on a figure lists."""
        action = line.action_open_figure(figure)
        return line.env["qms.dossier"].search(action["domain"])
