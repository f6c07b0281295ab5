"""The peer: tickets of OCA's helpdesk with a service level, as its users make them."""

from odoo.fields import Command

from tests.scenarios import world

#: Half of the peer's best: larger batches are no faster.
BATCH = 200


class Desk:
    """A team with a category, a calendar and one service level of five days."""

    def __init__(self, office):
        env, company = office.env, office.company
        self.env = env
        category = env["helpdesk.ticket.category"].create({"name": "Benchmark"})
        team = env["helpdesk.ticket.team"].create(
            {
                "name": "Benchmark",
                "company_id": company.id,
                "use_sla": True,
                "resource_calendar_id": company._qms_calendar().id,
                "category_ids": [Command.set(category.ids)],
            }
        )
        stage = env["helpdesk.ticket.stage"].search([("closed", "=", True)], limit=1)
        env["helpdesk.sla"].create(
            {"name": "5 days", "team_ids": [Command.set(team.ids)], "days": 5, "stage_id": stage.id}
        )
        user = env["res.users"].create(
            {
                "name": "Benchmark",
                "login": "bench_desk",
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                "group_ids": [Command.link(env.ref("helpdesk_mgmt.group_helpdesk_manager").id)],
            }
        )
        self.vals = {
            "description": "<p>Benchmark</p>",
            "team_id": team.id,
            "category_id": category.id,
        }
        own = {"allowed_company_ids": company.ids, "tz": "Asia/Ho_Chi_Minh"}
        self.ordinary = env(user=user.id, context=own)
        self.quiet = env(user=user.id, context={**own, **world.QUIET})

    def create(self, env):
        """Create a batch of tickets in ``env`` and return how many."""
        env.invalidate_all()
        env["helpdesk.ticket"].create(
            [{**self.vals, "name": f"Benchmark {number}"} for number in range(BATCH)]
        )
        env.flush_all()
        return BATCH
