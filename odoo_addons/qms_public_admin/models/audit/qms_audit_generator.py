from odoo import api, fields, models

from ...tools.vietnamese import fold


class QmsAuditGenerator(models.AbstractModel):
    """Makes the questions of an audit out of what is to be audited.

    Five sources, in the order of the list: the clauses and the chosen checklists, the steps
    of the versions in force, the legal basis, findings that are still open. Each question
    has a key of its source, so that generating again adds what is new, takes away what fell
    out and was not begun, and leaves alone what was answered or added by hand.
    """

    _name = "qms.audit.generator"
    _description = "Generator of audit questions"

    # === BUSINESS METHODS === #

    @api.model
    def _generate(self, audit):
        """Bring the questions of an audit up to date.

        :return: how many were added, kept and taken away
        """
        lines = audit.sudo().line_ids
        wanted = self._wanted(audit, lines)
        by_key = {line.qms_key: line for line in lines if line.qms_key}
        gone = lines.browse(
            line.id for key, line in by_key.items() if key not in wanted and not line._is_begun()
        )
        writable = lines._as_generator()
        writable.browse(gone.ids).unlink()
        new = [{**vals, "audit_id": audit.id} for key, vals in wanted.items() if key not in by_key]
        for key in wanted.keys() & by_key.keys():
            self._renew(writable.browse(by_key[key].id), wanted[key])
        writable.create(new)
        return len(new), len(lines) - len(gone), len(gone)

    @api.model
    def _wanted(self, audit, lines):
        """Return ``{key: values}`` of all questions, in order, each text once a report."""
        sources = (
            self._from_checklists(audit),
            self._from_steps(audit),
            self._from_law(audit),
            self._from_findings(audit),
        )
        by_hand = lines.filtered(lambda line: not line.qms_key)
        seen = {(line.qms_purpose, fold(line.name)) for line in by_hand}
        wanted = {}
        for key, vals in (pair for pairs in sources for pair in pairs):
            text = (vals["qms_purpose"], fold(vals["name"]))
            if text not in seen:
                seen.add(text)
                wanted[key] = {**vals, "qms_key": key, "seq": 10 * (len(wanted) + 1)}
        return wanted

    @api.model
    def _renew(self, line, vals):
        """Carry new words over to a question that nobody has begun to answer."""
        names = ("name", "qms_look_at", "qms_section", "qms_point", "qms_source_kind")
        changed = {name: vals[name] for name in names if (line[name] or "") != (vals[name] or "")}
        if line.seq != vals["seq"]:
            changed["seq"] = vals["seq"]
        if changed and (changed.keys() == {"seq"} or not line._is_begun()):
            line.write(changed)

    # === SOURCES === #

    @api.model
    def _from_checklists(self, audit):
        """Yield the questions of the chosen lists that fit clauses and edition."""
        clauses = self._clauses(audit)
        edition = self._edition(audit)
        chapters = {clause.number: clause for clause in edition.clause_ids if clause.level == 1}
        purposes = audit._qms_purposes()
        lists = audit.qms_checklist_ids.filtered(lambda one: one.purpose in purposes)
        for question in lists.sorted().question_ids:
            checklist = question.checklist_id
            own = question.clause_ids.filtered(lambda clause: clause.standard_id == edition)
            is_wanted = bool(own & clauses) if checklist.kind == "clause" else True
            if not is_wanted or (question.clause_ids and not own):
                continue
            yield (
                f"question:{question.id}",
                {
                    "name": question.name,
                    "qms_look_at": question.look_at,
                    "qms_section": self._section(checklist, own & clauses or own, chapters),
                    "qms_point": question.point,
                    "qms_source_kind": question.source_kind,
                    "qms_purpose": checklist.purpose,
                    "qms_clause_ids": [fields.Command.set(own.ids)],
                    "qms_question_id": question.id,
                },
            )

    @api.model
    def _from_steps(self, audit):
        """Yield one question for each step of the versions in force at the end of the period."""
        clause = self._clause(audit, "8.5.1")
        for procedure in audit.qms_procedure_ids:
            version = procedure._version_at(self._day(audit))
            steps = version.step_ids.filtered(lambda step: step._is_handed_over())
            for step in steps.sorted(version._step_order) if version else steps:
                yield (
                    f"step:{step.id}",
                    {
                        "name": self.env._(
                            "%(procedure)s, step “%(step)s”: is it done by who has to, in the "
                            "time laid down, with the result laid down?",
                            procedure=procedure.code or procedure.name,
                            step=step.display_name,
                        ),
                        "qms_look_at": self._step_facts(step),
                        "qms_section": procedure.display_name,
                        "qms_point": False,
                        "qms_source_kind": "dossier",
                        "qms_purpose": audit._qms_purposes()[0],
                        "qms_clause_ids": [fields.Command.set(clause.ids)],
                        "qms_procedure_id": procedure.id,
                        "qms_department_id": step.department_id.id,
                    },
                )

    @api.model
    def _from_law(self, audit):
        """Yield a question for each text the procedures rest on, with what the system knows."""
        procedures = audit.qms_procedure_ids
        documents = procedures.legal_document_ids
        changes = self._changes(audit, documents)
        clause = self._clause(audit, "7.5.3.2")
        section = self.env._("Legal basis of the procedures")
        common = {
            "qms_section": section,
            "qms_point": False,
            "qms_source_kind": "document",
            "qms_purpose": audit._qms_purposes()[0],
            "qms_clause_ids": [fields.Command.set(clause.ids)],
        }
        for document in documents:
            resting = procedures.filtered(lambda one, text=document: text in one.legal_document_ids)
            yield (
                f"law:{document.id}",
                {
                    "name": self.env._(
                        "“%(number)s”: is the text still in force, and was its last change "
                        "applied in time?",
                        number=document.display_name,
                    ),
                    "qms_look_at": self._law_facts(audit, document, resting, changes),
                    "qms_procedure_id": resting.id if len(resting) == 1 else False,
                    **common,
                },
            )
        for procedure in procedures.filtered(lambda one: not one.legal_document_ids):
            yield (
                f"no-law:{procedure.id}",
                {
                    "name": self.env._(
                        "“%(procedure)s” is linked to no text of the register: on which does "
                        "it rest, and are they in force?",
                        procedure=procedure.display_name,
                    ),
                    "qms_look_at": procedure.legal_basis or "",
                    "qms_procedure_id": procedure.id,
                    **common,
                },
            )

    @api.model
    def _from_findings(self, audit):
        """Yield a question for each finding of the same units that is not verified yet."""
        domain = [
            ("company_id", "=", audit.company_id.id),
            ("audit_id", "!=", audit.id),
            ("state", "in", ("open", "answered", "accepted")),
        ]
        if audit.qms_department_ids:
            domain.append(("department_id", "in", [False, *audit.qms_department_ids.ids]))
        clause = self._clause(audit, "10.2.1")
        for finding in self.env["qms.audit.finding"].search(domain, order="due_date, id"):
            yield (
                f"finding:{finding.id}",
                {
                    "name": self.env._(
                        "Finding %(code)s of an earlier audit: was it put right, and did it help?",
                        code=finding.code,
                    ),
                    # A confidential one is named by its number alone.
                    "qms_look_at": "" if finding.is_confidential else finding.name,
                    "qms_section": self.env._("Findings of earlier audits"),
                    "qms_point": False,
                    "qms_source_kind": "record",
                    "qms_purpose": audit._qms_purposes()[0],
                    "qms_clause_ids": [fields.Command.set(clause.ids)],
                    "qms_procedure_id": finding.procedure_id.id,
                    "qms_department_id": finding.department_id.id,
                },
            )

    # === WORDS === #

    @api.model
    def _section(self, checklist, clauses, chapters):
        """Return the heading of a question: the chapter of its clause, or its list.

        :param dict chapters: ``{number: clause}`` of the edition
        """
        if checklist.kind != "clause" or not clauses:
            return checklist.name
        first = clauses.sorted("sort_key")[:1]
        chapter = chapters.get(first.chapter, first)
        return f"{chapter.number}. {chapter.name}"

    @api.model
    def _step_facts(self, step):
        facts = [
            (self.env._("Who"), step.position_id.name or step.unit_position),
            (self.env._("Unit"), step.department_id.name),
            (self.env._("Time"), step.hours and self.env._("%(hours)g hours", hours=step.hours)),
            (self.env._("Result"), step.result),
            (self.env._("Form"), step.form_name),
        ]
        return "\n".join(f"{label}: {' '.join(value.split())}" for label, value in facts if value)

    @api.model
    def _law_facts(self, audit, document, procedures, changes):
        """Return in words what the register knows: status, term, what was done."""
        statuses = dict(document._fields["status"]._description_selection(self.env))
        status, link = document._status_at(self._day(audit))
        lines = [
            self.env._("Procedures: %(names)s", names="; ".join(procedures.mapped("display_name"))),
            self.env._("Status in the register: %(status)s", status=statuses[status])
            + (f" ({link.display_name})" if link else ""),
        ]
        found = changes.get(document)
        if not found:
            lines.append(self.env._("No change request for this text."))
        for change in found or ():
            lines.append(self._change_words(change))
        return "\n".join(lines)

    @api.model
    def _change_words(self, change):
        def day(value):
            return value.strftime("%d/%m/%Y") if value else "–"

        closed = fields.Date.context_today(change, change.closed_at) if change.closed_at else None
        is_late = change.due_date and (closed or fields.Date.context_today(self)) > change.due_date
        return self.env._(
            "Change request %(code)s: in force %(start)s, apply by %(due)s, closed %(closed)s "
            "(%(verdict)s)",
            code=change.code,
            start=day(change.effective_date),
            due=day(change.due_date),
            closed=day(closed),
            verdict=self.env._("late") if is_late else self.env._("in time"),
        )

    # === UTILITIES === #

    @api.model
    def _changes(self, audit, documents):
        """Return ``{document: change requests}`` of the texts and of what changes them."""
        later = documents.incoming_ids.from_id
        changes = self.env["qms.change.request"].search(
            [
                ("company_id", "=", audit.company_id.id),
                ("legal_document_id", "in", (documents | later).ids),
                ("state", "!=", "cancelled"),
            ]
        )
        return {
            document: changes.filtered(
                lambda one, texts=document | document.incoming_ids.from_id: (
                    one.legal_document_id in texts
                )
            )
            for document in documents
        }

    @api.model
    def _edition(self, audit):
        return audit.qms_standard_id or audit.company_id._qms_standard()

    @api.model
    def _clauses(self, audit):
        """Return the clauses audited with those below them; all where none is chosen."""
        edition = self._edition(audit)
        chosen = audit.qms_clause_ids.filtered(lambda clause: clause.standard_id == edition)
        if not chosen:
            return edition.clause_ids
        return self.env["qms.standard.clause"].search([("id", "child_of", chosen.ids)])

    @api.model
    def _clause(self, audit, number):
        """Return the clause of a number in the edition of the audit, if it has one."""
        return self._edition(audit).clause_ids.filtered(lambda one: one.number == number)[:1]

    @api.model
    def _day(self, audit):
        return audit.qms_period_to or fields.Date.context_today(audit)
