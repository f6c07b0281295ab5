from odoo import models


class QmsStandardClause(models.Model):
    """A section stands for its parts: who audits 8.5 audits 8.5.1 to 8.5.6."""

    _inherit = "qms.standard.clause"

    # === BUSINESS METHODS === #

    def _with_parts(self):
        """Return these clauses with all below them, in one query."""
        if not self:
            return self
        return self.search([("id", "child_of", self._origin.ids)])

    def _without_parts(self, applicable):
        """Return the fewest clauses that stand for these: a section instead of all its parts.

        :param applicable: all clauses that are to be covered; a section stands for its
            parts when all of those that apply are among these
        """
        result, todo = self.browse(), self
        while todo:
            parents = todo.parent_id
            whole = parents.filtered(
                # A chapter is too wide for the plan of an audit.
                lambda parent: parent.level > 1 and not (parent._with_parts() & applicable) - self
            )
            result |= todo.filtered(lambda clause, whole=whole: clause.parent_id not in whole)
            todo = whole
        return result
