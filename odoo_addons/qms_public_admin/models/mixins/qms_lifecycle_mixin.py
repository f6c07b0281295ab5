from odoo import api, models
from odoo.exceptions import LockError, UserError, ValidationError

from .bulk_rows import write_rows

# JSON cannot carry this object, so no client can put it into a context.
_WRITER = object()


class QmsLifecycleMixin(models.AbstractModel):
    """A state that only moves along one table, whoever asks and by any way in.

    A model sets ``_transitions`` and lists in ``_protected_fields`` what only
    its verbs may write. The same :meth:`_transition_error` answers the verbs,
    the ``can_*`` fields behind the buttons and direct calls over RPC. Elevated
    rights (``sudo``) lift access rights, never this guard.
    """

    _name = "qms.lifecycle.mixin"
    _description = "Lifecycle with one transition table"
    _inherit = ["qms.placement.mixin"]

    _lifecycle_field = "state"
    _lifecycle_initial = "draft"
    _transitions = {}
    _protected_fields = ()
    # {state: fields that can no longer be written in that state}; "*" = all
    # but the fields of _never_frozen_fields.
    _frozen_fields = {}
    _never_frozen_fields = frozenset(
        {
            "activity_ids",
            "message_ids",
            "message_follower_ids",
            "message_main_attachment_id",
            "message_partner_ids",
            "rating_ids",
            "website_message_ids",
        }
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        is_writer = self._is_lifecycle_writer()
        if not is_writer:
            defaults = self.default_get(list(self._guarded_fields()))
            for vals in (defaults, *vals_list):
                self._check_protected_vals(vals, creating=True)
        records = super().create(vals_list)
        if not is_writer:
            records._check_born_initial()
        return records

    def write(self, vals):
        if not self._is_lifecycle_writer():
            self._check_protected_vals(vals)
            self._check_frozen_vals(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        for record in self:
            if record[self._lifecycle_field] != self._lifecycle_initial:
                raise UserError(
                    self.env._(
                        "“%(name)s” has left its first state and is kept as evidence: "
                        "it cannot be deleted.",
                        name=record.display_name,
                    )
                )

    # === BUSINESS METHODS === #

    def _transition_error(self, target):
        """Return why this record cannot move to ``target``, '' when it can.

        Override to add roles, ownership and completeness; call ``super`` first
        so that the edge itself is always checked.
        """
        self.ensure_one()
        source = self[self._lifecycle_field]
        if target in self._transitions.get(source, ()):
            return ""
        return self.env._(
            "“%(name)s” is in state “%(state)s”: this action is not possible from there. "
            "Reload the page to see what happened meanwhile.",
            name=self.display_name,
            state=self._lifecycle_label(source),
        )

    def _transition(self, target, vals=None):
        """Move all records to ``target`` or none, and write ``vals`` with it.

        :raise UserError: with one line for each record that may not move
        """
        self._lock_lifecycle()
        self._raise_errors(record._transition_error(target) for record in self)
        self._lifecycle_write({self._lifecycle_field: target, **(vals or {})})

    def _raise_errors(self, errors):
        """Raise one message with all that stands in the way, if anything does."""
        found = [error for error in errors if error]
        if found:
            raise UserError("\n".join(found))

    def _lock_lifecycle(self):
        """Lock the rows so that of two users at once only one goes on."""
        try:
            self.sudo().lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is working on the same record at this very moment. "
                    "Nothing was changed; reload the page and look before trying again."
                )
            ) from error

    def _lifecycle_write(self, vals):
        """Write protected fields; the only way they ever change."""
        return self.sudo().with_context(_qms_lifecycle=_WRITER).write(vals)

    def _lifecycle_write_each(self, vals_by_id):
        """Write protected fields that differ from record to record: ``{id: values}``.

        One UPDATE for all of them. It does not pass through ``write()``: what is to
        follow from an act of a verb follows from its event (``_follow_up``).
        """
        if "message_ids" in self._fields:
            self.sudo()._track_prepare({name for vals in vals_by_id.values() for name in vals})
        write_rows(self.sudo(), vals_by_id)

    @api.model
    def _lifecycle_create(self, vals_list):
        """Create records that are born with protected values (import, copies)."""
        records = self.sudo().with_context(_qms_lifecycle=_WRITER).create(vals_list)
        return records.with_env(self.env)

    def _keeping_files(self):
        """Return the records whose files are kept: all that left their first state."""
        if self._is_lifecycle_writer():
            return self.browse()
        return self.filtered(
            lambda record: record[self._lifecycle_field] != self._lifecycle_initial
        )

    def _open_form(self):
        """Return the action that opens this record on its form."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _tell_verdict(self, is_whole, whole, changed):
        """Return the action that tells whether a content is still that of its fingerprint."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if is_whole else "danger",
                "sticky": not is_whole,
                "message": whole if is_whole else changed,
            },
        }

    # === GUARD === #

    def _is_lifecycle_writer(self):
        return self.env.context.get("_qms_lifecycle") is _WRITER

    def _guarded_fields(self):
        return {self._lifecycle_field, *self._protected_fields}

    def _check_protected_vals(self, vals, creating=False):
        refused = sorted(
            name
            for name in self._guarded_fields() & vals.keys()
            if not (creating and self._is_harmless_at_birth(name, vals[name]))
        )
        if refused:
            raise ValidationError(
                self.env._(
                    "These fields change only through the actions of the record: %(fields)s",
                    fields=", ".join(self._field_labels(refused)),
                )
            )

    def _check_frozen_vals(self, vals):
        names = vals.keys() - self._never_frozen_fields
        if not names or not self._frozen_fields:
            return
        for record in self:
            frozen = self._frozen_fields.get(record[self._lifecycle_field], ())
            refused = sorted(names if frozen == "*" else names & set(frozen))
            if refused:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is in state “%(state)s”; these fields can no longer "
                        "be changed: %(fields)s",
                        name=record.display_name,
                        state=self._lifecycle_label(record[self._lifecycle_field]),
                        fields=", ".join(self._field_labels(refused)),
                    )
                )

    def _check_born_initial(self):
        """Catch defaults (``default_state`` in a context) that bring a state along."""
        for name in self._guarded_fields():
            born_with = self._filled(name)
            if any(not self._is_harmless_at_birth(name, record[name]) for record in born_with):
                raise ValidationError(
                    self.env._(
                        "A new record starts in its first state; “%(field)s” cannot be given.",
                        field=self._field_labels([name])[0],
                    )
                )

    def _filled(self, name):
        """Those of these records whose field is not empty, as far as the cache knows."""
        known = self._fields[name]._get_cache(self.env)
        return self.browse(record_id for record_id in self._ids if known.get(record_id, True))

    def _is_harmless_at_birth(self, name, value):
        if name == self._lifecycle_field:
            return not value or value == self._lifecycle_initial
        return not value

    def _field_labels(self, names):
        descriptions = self.fields_get(names, ["string"])
        return [descriptions.get(name, {}).get("string", name) for name in names]

    def _lifecycle_label(self, state):
        field = self._fields[self._lifecycle_field]
        return dict(field._description_selection(self.env)).get(state, state)
