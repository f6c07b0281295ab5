from odoo.tests import tagged

from .. import common

PAPER = {"type": "ir.actions.report", "report_type": "qweb-pdf", "report_name": "any"}


@tagged("post_install", "-at_install")
class TestDossierPaperHook(common.QmsCommon):
    """A verb offers its paper once it has been used, whoever prints it."""

    def _offer_papers(self):
        asked = []

        def _paper_action(dossiers, verb):
            asked.append((dossiers, verb))
            return dict(PAPER)

        self.patch(self.registry["qms.dossier"], "_paper_action", _paper_action)
        return asked

    def _dialog(self, verb, dossiers, **vals):
        dialog = self.env["qms.dossier.dialog"].with_user(self.user_clerk)
        return dialog.create({"verb": verb, "dossier_ids": dossiers.ids, **vals})

    def test_without_an_addon_of_papers_the_dialog_closes(self):
        self.patch(self.registry["qms.dossier"], "_paper_action", lambda dossiers, verb: False)
        dossier = self._new_dossier()
        action = self._dialog("refuse", dossier, reason="Not ours").action_confirm()
        self.assertEqual(action, {"type": "ir.actions.act_window_close"})

    def test_the_dialog_gives_one_paper_of_all_dossiers_after_the_verb(self):
        asked = self._offer_papers()
        dossiers = self._new_dossier() | self._new_dossier()
        action = self._dialog("refuse", dossiers, reason="Not ours").action_confirm()
        self.assertEqual(action, {**PAPER, "close_on_report_download": True})
        self.assertEqual(asked, [(dossiers, "refuse")])
        self.assertEqual(set(dossiers.mapped("state")), {"refused"})
