from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.orm.model_classes import add_to_registry
from odoo.tests import tagged

from .. import common


class QmsTestPlan(models.Model):
    """A model that is approved: what the documentation calls one line."""

    _module = None  # part of no addon: known to this test alone
    _name = "qms.test.plan"
    _description = "Plan of a test"
    _inherit = ["qms.approval.mixin"]

    _transitions = {
        "draft": ("review",),
        "review": ("approved", "draft"),
        "approved": ("cancelled",),
    }

    name = fields.Char()
    content = fields.Text()
    company_id = fields.Many2one("res.company")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("review", "Review"),
            ("approved", "Approved"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
    )
    outcome = fields.Char()

    def _approval_content(self):
        return self.content or ""

    def _on_approved(self):
        self._lifecycle_write({"outcome": "approved"})

    def _on_rejected(self):
        self._lifecycle_write({"outcome": "rejected"})


class QmsTestOrder(models.Model):
    """A model of another addon that uses the tier module as it comes."""

    _module = None
    _name = "qms.test.order"
    _description = "Order of a test"
    _inherit = ["tier.validation"]

    name = fields.Char()
    state = fields.Selection([("draft", "Draft"), ("confirmed", "Confirmed")], default="draft")


@tagged("post_install", "-at_install")
class TestCoreApprovalModels(common.QmsCommon):
    """The mixin on a model whose state moves, and its neighbours in the tier module."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = []
        for model in (QmsTestPlan, QmsTestOrder):
            add_to_registry(cls.registry, model)
            names.append(model._name)
            cls.addClassCleanup(cls.registry.__delitem__, model._name)
        cls.registry._setup_models__(cls.env.cr, names)
        cls.registry.init_models(cls.env.cr, names, {"models_to_check": True})
        for name in names:
            cls.registry[name]._original_module = "base_tier_validation"
        group = cls.env.ref("base.group_user")
        for name in names:
            model = cls.env["ir.model"]._get(name)
            cls.env["ir.model.access"].create(
                {
                    "name": name,
                    "model_id": model.id,
                    "group_id": group.id,
                    "perm_read": True,
                    "perm_write": True,
                    "perm_create": True,
                    "perm_unlink": True,
                }
            )
            cls.env["tier.definition"].create(
                {
                    "name": "Approved",
                    "model_id": model.id,
                    "reviewer_id": cls.user_head.id,
                    "company_id": cls.company.id,
                }
            )
        cls.plan = cls._as(cls.env["qms.test.plan"], cls.user_specialist).create(
            {"name": "Plan", "content": "Visit unit A", "company_id": cls.company.id}
        )
        cls.order = cls._as(cls.env["qms.test.order"], cls.user_specialist).create(
            {"name": "Order"}
        )

    def _requested(self):
        self.plan._transition("review")
        self.plan.action_request_approval()
        return self._as(self.plan, self.user_head)

    # === OUR MODELS === #

    def test_the_state_moves_with_the_last_approval(self):
        with self.assertRaises(UserError):
            self.plan.action_request_approval()  # a draft is not put before anybody
        head = self._requested()
        with self.assertRaises(UserError):
            self.plan._transition("approved")
        head.action_approve()
        self.assertEqual((self.plan.state, self.plan.outcome), ("approved", "approved"))
        self.assertFalse(self.plan.can_withdraw_request)
        with self.assertRaises(UserError):
            self.plan.action_withdraw_request()

    def test_a_rejection_takes_the_state_back(self):
        self._requested().action_reject("No visit to unit B")
        self.assertEqual((self.plan.state, self.plan.outcome), ("draft", "rejected"))
        self.plan.content = "Visit units A and B"
        self._requested().action_approve()
        self.assertEqual(
            self.plan.decision_ids.sorted("sequence").mapped("verb"),
            ["request", "reject", "request", "approve"],
        )

    def test_no_state_and_no_context_gets_around_the_approval(self):
        """The tier module lets a record be created in its target state."""
        plans = self.plan
        with self.assertRaises(ValidationError):
            plans.create({"name": "Born approved", "state": "approved"})
        with self.assertRaises(ValidationError):
            plans.with_context(default_state="approved").create({"name": "Born approved"})
        self._requested()
        for context in ({"skip_validation_check": True}, {"skip_check_state_condition": True}):
            for vals in ({"state": "approved"}, {"state": "cancelled"}, {"content": "x"}):
                with self.assertRaises(ValidationError):
                    self.plan.with_context(**context).write(vals)

    def test_no_change_of_state_drops_reviews(self):
        """The tier module compares its cancel state letter by letter, and drops reviews."""
        head = self._requested()
        head.action_approve()
        reviews = self.plan.review_ids
        self.plan._transition("cancelled")
        self.assertTrue(reviews.exists())
        self.assertEqual(len(self.plan.decision_ids), 2)

    def test_decisions_of_a_model_one_may_not_read_are_not_told(self):
        self._requested()
        decision = self.plan.decision_ids
        decisions = self._as(self.env["qms.decision"], self.user_colleague)
        reviews = self._as(self.env["tier.review"], self.user_colleague)
        self.assertIn(decision, decisions.search([]))
        self.assertTrue(reviews.search([("model", "=", "qms.test.plan")]))
        self.env["ir.model.access"].search([("model_id.model", "=", "qms.test.plan")]).unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertNotIn(decision, decisions.search([]))
        with self.assertRaises(AccessError):
            decision.with_user(self.user_colleague).read(["words"])
        self.assertFalse(reviews.search([("model", "=", "qms.test.plan")]))
        with self.assertRaises(AccessError):
            self.plan.sudo().review_ids.with_user(self.user_colleague).read(["qms_subject"])

    def test_pages_of_decisions_are_full(self):
        """What may not be read is left out by the database, not from a page."""
        plans = self.plan.create([{"name": str(i), "content": str(i)} for i in range(6)])
        plans._transition("review")
        plans.action_request_approval()
        self.env["ir.rule"].create(
            {
                "name": "Only some",
                "model_id": self.env["ir.model"]._get("qms.test.plan").id,
                "domain_force": f"[('id', 'in', {plans[::2].ids})]",
            }
        )
        decisions = self._as(self.env["qms.decision"], self.user_colleague)
        ours = [("res_model", "=", "qms.test.plan")]
        self.assertEqual(len(decisions.search(ours, limit=3)), 3)
        self.assertEqual(decisions.search_count(ours), 3)
        self.assertEqual(len(decisions.search(ours, limit=2, offset=2)), 1)

    # === MODELS OF OTHERS === #

    def test_the_verbs_of_the_tier_module_go_on_for_other_models(self):
        reviews = self.order.request_validation()
        self.assertEqual(reviews.sudo().status, "pending")
        head = self._as(self.order, self.user_head)
        self.env["res.users"].with_user(self.user_head).review_user_count()
        with self.assertRaises(AccessError):
            reviews.with_user(self.user_specialist).write({"status": "approved"})
        self._as(self.order, self.user_colleague).validate_tier()
        self.assertEqual(reviews.sudo().status, "pending")
        head.validate_tier()
        self.assertEqual(reviews.sudo().status, "approved")
        self.order.write({"state": "confirmed"})
        self.assertEqual(self.order.state, "confirmed")

    def test_other_models_reject_restart_and_are_deleted(self):
        self.order.request_validation()
        self._as(self.order, self.user_head).reject_tier()
        self.assertEqual(self.order.validation_status, "rejected")
        self.order.restart_validation()
        self.assertFalse(self.order.review_ids)
        self.order.request_validation()
        self.order.unlink()

    def test_a_comment_goes_to_own_reviews_of_the_record_alone(self):
        self.env["tier.definition"].search([("model", "=", "qms.test.order")]).has_comment = True
        review = self.order.request_validation().sudo()
        for user, status in ((self.user_colleague, "pending"), (self.user_head, "approved")):
            dialog = (
                self.env["comment.wizard"]
                .with_user(user)
                .create(
                    {
                        "comment": f"by {user.login}",
                        "validate_reject": "validate",
                        "res_model": "qms.test.order",
                        "res_id": self.order.id,
                        "review_ids": review.ids,
                    }
                )
            )
            dialog.add_comment()
            self.assertEqual(review.status, status)
        self.assertEqual(review.comment, "by qms_head")
