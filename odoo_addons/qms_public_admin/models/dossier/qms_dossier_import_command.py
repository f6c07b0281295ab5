import base64
import pathlib

from odoo import api, models
from odoo.exceptions import AccessError, UserError

ALL, SOME, NOTHING = 0, 1, 2


class QmsDossierImport(models.Model):
    """The import as a command of Odoo's own command line."""

    _inherit = "qms.dossier.import"

    @api.model
    def _run_command(self, options, out, err):
        """Check, run and report one file; each batch is committed.

        :param options: ``file``, ``mapping``, ``dry_run``, ``company``, ``user``,
            ``result`` as parsed by ``cli/qms_import.py``
        :return: exit code: 0 all, 1 some rows rejected, 2 nothing imported
        """
        try:
            record = self._command_record(options)
            record._check_file()
            if not options.dry_run:
                self.env["ir.cron"]._commit_progress()
                self._command_run(record, out)
            self._command_report(record, options, out)
        except (UserError, AccessError, OSError, *self._kernel_errors()) as error:
            self.env.cr.rollback()
            err.write(f"{error}\n")
            return NOTHING
        has_failed = record.state not in ("done", "checked")
        has_nothing = record.total_count and record.rejected_count >= record.total_count
        code = NOTHING if has_failed or has_nothing else SOME if record.rejected_count else ALL
        if options.dry_run:
            self.env.cr.rollback()
        return code

    def _command_record(self, options):
        company = self._command_company(options.company)
        imports = self.with_company(company)
        if options.user:
            imports = imports.with_user(self._command_user(options.user))
        imports = imports.with_context(allowed_company_ids=company.ids, lang=imports.env.user.lang)
        imports.browse()._check_officer()
        mapping = imports._command_mapping(options.mapping, company)
        content = options.file.read_bytes()
        return imports._create_import(options.file.name, content, company, mapping, "command")

    def _command_run(self, record, out):
        def commit(done, *, remaining=0):
            if done:
                out.write(f"{record.position}/{record.total_count}\n")
                out.flush()
            return self.env["ir.cron"]._commit_progress(done)

        record.action_run()
        record._work(commit)
        record.invalidate_recordset()

    def _command_company(self, name):
        companies = self.env["res.company"].sudo()
        if not name:
            return self.env.user.company_id
        found = companies.search(
            ["|", "|", ("qms_agency_id.code", "=", name), ("name", "=", name),
             ("company_registry", "=", name)]
        )  # fmt: skip
        if len(found) != 1:
            raise UserError(
                self.env._("%(count)s agencies are called “%(name)s”.", count=len(found), name=name)
            )
        return found

    def _command_user(self, login):
        user = self.env["res.users"].sudo().search([("login", "=", login)])
        if not user:
            raise UserError(self.env._("There is no user “%(login)s”.", login=login))
        return user

    def _command_mapping(self, name, company):
        """Find the mapping by code or name, or read it from a JSON file."""
        mappings = self.env["qms.dossier.import.mapping"]
        path = pathlib.Path(name)
        if path.is_file() or path.suffix.lower() == ".json":
            data = mappings._parse_json(path.read_bytes())
            return mappings.new({"definition": data})._kernel_mapping()
        found = mappings._find(name, company)
        if not found:
            raise UserError(
                self.env._("There is no mapping “%(name)s” for this agency.", name=name)
            )
        return found._kernel_mapping()

    def _command_report(self, record, options, out):
        """Print the counts and the rejected rows, and write the workbook."""
        labels = record.fields_get(
            ["total_count", "new_count", "updated_count", "unchanged_count", "rejected_count"]
        )
        for name, info in labels.items():
            out.write(f"{info['string']}: {record[name]}\n")
        for error in record.sudo().error_ids.filtered(lambda e: not e.is_warning)[:20]:
            out.write(f"  {error.row}: {error.dossier_code or ''} {error.message}\n")
        if record.failure:
            out.write(f"{record.failure}\n")
        if options.result:
            if not record.result_file:
                record._store_result()
            record = record.with_context(bin_size=False)
            options.result.write_bytes(base64.b64decode(record.result_file))
