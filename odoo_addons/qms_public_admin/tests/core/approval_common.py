from freezegun import freeze_time

from odoo import fields
from odoo.tests import new_test_user

from .. import common


class ApprovalCommon(common.QmsCommon):
    """Versions of procedures need approval: first the head, then the leader.

    The ISO officer writes and submits; head and leader hold the positions of the steps.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.qms_version_approval = True
        cls.model_version = cls.env["ir.model"]._get("qms.procedure.version")
        cls.review_step = cls._create_step("Reviewed", reviewer_id=cls.user_head.id)
        cls.approve_step = cls._create_step("Approved", reviewer_id=cls.user_leader.id)
        cls.draft = cls._create_draft("9.000101")

    def setUp(self):
        super().setUp()
        freezer = freeze_time(common.NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    # === DATA === #

    @classmethod
    def _create_step(cls, name, **vals):
        steps = cls.env["tier.definition"]
        return steps.create(
            {
                "name": name,
                "model_id": cls.model_version.id,
                "review_type": "individual",
                "approve_sequence": True,
                "company_id": cls.company.id,
                "sequence": 10 * (1 + len(steps.search([("company_id", "=", cls.company.id)]))),
                **vals,
            }
        )

    @classmethod
    def _create_draft(cls, code):
        """Return a draft written by the ISO officer."""
        procedure = cls.env["qms.procedure"].create(
            {"code": code, "name": f"Procedure {code}", "company_id": cls.company.id}
        )
        return (
            cls._as(cls.env["qms.procedure.version"], cls.user_officer)
            .create(
                {
                    "procedure_id": procedure.id,
                    "decision_no": "2/QĐ-UBND",
                    "effective_from": "2026-12-01",
                    "legal_hours": 40,
                    "committed_hours": 24,
                    "duration_kind": "working",
                    "has_due": True,
                    "component_ids": [
                        fields.Command.create({"name": "Application", "original_qty": 1})
                    ],
                    "step_ids": cls._step_commands(),
                }
            )
            .with_env(cls.env)
        )

    @classmethod
    def _colleague_officer(cls):
        return new_test_user(
            cls.env,
            login="qms_officer_2",
            groups="qms_public_admin.group_qms_officer",
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.company.ids)],
        )

    @classmethod
    def _delegate(cls, absent, substitute, **vals):
        """Return a delegation in force, as the person absent records it."""
        delegation = cls._as(cls.env["qms.delegation"], absent).create(
            {
                "user_id": absent.id,
                "substitute_id": substitute.id,
                "company_id": cls.company.id,
                "date_from": "2026-11-01",
                "date_to": "2026-11-30",
                "reason": "Leave",
                "with_approval": True,
                **vals,
            }
        )
        delegation.action_activate()
        return delegation

    # === UTILITIES === #

    def _request(self, version=None):
        version = version or self.draft
        self._as(version, self.user_officer).action_request_approval()
        return version

    def _verbs(self, version=None):
        return (version or self.draft).decision_ids.sorted("sequence").mapped("verb")

    def _assert_chain_whole(self, version=None):
        version = version or self.draft
        self.env.flush_all()
        found = self.env["qms.decision"]._verify_chains(version)
        self.assertIsNone(found[version.id])
