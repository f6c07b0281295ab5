from collections import defaultdict

from odoo import api, models

from .improvement_texts import GROUP_HEAD, GROUP_PROVINCIAL, JUDGES

STAFF = "qms_public_admin.group_qms_staff"


class QmsCompetence(models.Model):
    """Persons × competences: what positions call for, what people are able to do, the gaps."""

    _inherit = "qms.competence"

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def qms_matrix(self, department_id=False):
        """Return the matrix for the screen; staff see their own row alone.

        :param int department_id: persons with a position in this unit or below it
        :rtype: dict with columns, rows of cells, units and the number of gaps
        """
        company = self.env.company
        users = self._shown_people(company, department_id)
        required = self._required(company, users)
        current = self.env["qms.competence.assessment"]._current(company, users)
        keys = {key for key in (*required, *current)}
        titles = self._titles(users, company)
        columns = self.search([("id", "in", [competence for _user, competence in keys])])
        rows = [
            {
                "id": user.id,
                "name": user.name,
                "title": ", ".join(titles[user.id]),
                "cells": [self._cell(user, column, required, current) for column in columns],
            }
            for user in users.sorted("name")
            if any(key[0] == user.id for key in keys)
        ]
        cells = [cell for row in rows for cell in row["cells"]]
        return {
            "columns": [{"id": column.id, "name": column.name} for column in columns],
            "rows": rows,
            "gaps": sum(1 for cell in cells if cell["state"] == "gap"),
            "required": sum(1 for cell in cells if cell["required"]),
            "levels": [{"value": value, "name": name} for value, name in self._level_names()],
            "units": self._units(company),
            "department_id": department_id or False,
            "can_plan": self.env.user.has_group("qms_public_admin.group_qms_officer"),
        }

    @api.model
    def qms_plan_gaps(self, department_id=False):
        """Enter a need for each competence people lack, the units together; open them.

        What is open already is not entered twice.
        """
        company = self.env.company
        needs = self.env["qms.training.need"]
        needs.check_access("create")
        known = set(
            needs.search([("company_id", "=", company.id), ("state", "=", "open")]).mapped(
                lambda need: (need.user_id.id, need.competence_id.id)
            )
        )
        gaps = {
            key: level
            for key, level in self._gaps(company, department_id).items()
            if key not in known
        }
        created = needs.create(
            [
                {
                    "reason": "gap",
                    "competence_id": competence,
                    "level": str(level),
                    "user_id": user,
                    "company_id": company.id,
                }
                for (user, competence), level in gaps.items()
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_training_need_action"
        )
        context = {"search_default_open": 1, "search_default_group_competence": 1}
        return {**action, "context": context} if created or known else False

    @api.model
    def _gaps(self, company, department_id=False):
        """Return ``{(user id, competence id): level called for}`` of what is lacking."""
        users = self._shown_people(company, department_id)
        current = self.env["qms.competence.assessment"]._current(company, users)
        return {
            key: level
            for key, level in self._required(company, users).items()
            if current.get(key, 0) < level
        }

    @api.model
    def _people(self, company):
        """Return the staff of an agency, in elevated mode."""
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", self.env.ref(STAFF).id),
                    ("company_ids", "in", company.id),
                    ("share", "=", False),
                ]
            )
        )

    @api.model
    def _shown_people(self, company, department_id):
        user = self.env.user
        people = self._people(company)
        if not user.has_groups(f"{JUDGES},{GROUP_HEAD},{GROUP_PROVINCIAL}"):
            return people & user
        if not department_id:
            return people
        units = self.env["hr.department"].sudo().search([("id", "child_of", department_id)])
        held = self.env["qms.position"].sudo().search([("department_id", "in", units.ids)])
        return people & (held.holder_ids | units.member_ids.user_id)

    @api.model
    def _required(self, company, users):
        """Return ``{(user id, competence id): highest level a position calls for}``."""
        lines = (
            self.env["qms.position.competence"]
            .sudo()
            .search([("company_id", "in", [False, company.id]), ("position_id.active", "=", True)])
        )
        wanted = defaultdict(int)
        for line in lines:
            for user in line.position_id.holder_ids & users:
                key = user.id, line.competence_id.id
                wanted[key] = max(wanted[key], int(line.level))
        return dict(wanted)

    @api.model
    def _titles(self, users, company):
        """Return ``{user id: names of the positions held in the agency}``."""
        positions = (
            self.env["qms.position"]
            .sudo()
            .search([("company_id", "in", [False, company.id]), ("holder_ids", "in", users.ids)])
        )
        titles = defaultdict(list)
        for position in positions:
            for user in position.holder_ids:
                titles[user.id].append(position.name)
        return titles

    @api.model
    def _cell(self, user, competence, required, current):
        key = user.id, competence.id
        wanted, level = required.get(key, 0), current.get(key, 0)
        state = "none"
        if wanted:
            state = "met" if level >= wanted else "part" if level else "gap"
        elif level:
            state = "extra"
        return {
            "competence_id": competence.id,
            "required": wanted,
            "level": level,
            "state": "gap" if state == "part" else state,
            "is_part": state == "part",
        }

    @api.model
    def _level_names(self):
        field = self.env["qms.position.competence"]._fields["level"]
        return [(int(value), name) for value, name in field._description_selection(self.env)]

    @api.model
    def _units(self, company):
        units = self.env["hr.department"].sudo().search([("company_id", "in", [False, company.id])])
        return [{"id": unit.id, "name": unit.display_name} for unit in units]
