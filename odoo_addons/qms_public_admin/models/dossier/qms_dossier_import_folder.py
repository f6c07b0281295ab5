import base64
import configparser
import contextlib
import hashlib
import logging
import os
import pathlib
import shutil
import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

from ...tools import tabular
from .qms_dossier_import_mapping import CODE_PATTERN

_logger = logging.getLogger(__name__)

SECTION = "qms_public_admin"
OPTION = "import_dir"
# A file written to within this time (seconds) may still be on its way.
SETTLE_SECONDS = 30
DONE, FAILED = "done", "failed"


class QmsDossierImport(models.Model):
    """Files that another system puts into a folder of the server.

    The folder is named in Odoo's configuration file, which no user reaches::

        [qms_public_admin]
        import_dir = /srv/one-stop

    Below it lies one folder for each database, in it one for each mapping, named
    by the mapping's code: ``/srv/one-stop/mydb/igate-export/file.xlsx``. A file
    that went through moves to ``done`` beside it, one that did not to ``failed``,
    each with its result workbook. Links are not followed.
    """

    _inherit = "qms.dossier.import"

    @api.model
    def _cron_watch_folder(self):
        """Import what lies in the watched folder, one file a transaction."""
        found = list(self._watched_files())
        cron = self.env["ir.cron"]
        seconds = cron._commit_progress(remaining=len(found))
        for mapping, path in found:
            if not seconds:
                return
            self._import_path(mapping, path, cron._commit_progress)
            seconds = cron._commit_progress(1)

    @api.model
    def _watched_root(self):
        """Give the folder of this database, None when none is configured."""
        parser = configparser.RawConfigParser()
        parser.read(config["config"] or [])
        directory = parser.get(SECTION, OPTION, fallback="")
        if not directory:
            return None
        root = pathlib.Path(directory) / self.env.cr.dbname
        if not root.is_dir() or root.is_symlink():
            _logger.info("No folder %s to import from", root)
            return None
        return root.resolve()

    @api.model
    def _watched_files(self):
        """Yield ``(mapping, path)`` of the files that wait, oldest first."""
        root = self._watched_root()
        if root is None:
            return
        mappings = self.env["qms.dossier.import.mapping"].sudo().search([("code", "!=", False)])
        for mapping in mappings:
            folder = root / mapping.code
            is_ours = CODE_PATTERN.fullmatch(mapping.code) and folder.is_dir()
            if is_ours and not folder.is_symlink() and folder.resolve().parent == root:
                for path in _waiting(folder):
                    yield mapping, path

    @api.model
    def _import_path(self, mapping, path, commit):
        """Import one file and move it away with its result workbook."""
        record, failure = self.browse(), ""
        company = mapping.company_id or self.env["res.company"].sudo().search([], limit=1)

        def commit_all(done, *, remaining=0):
            commit(done)
            return float("inf")  # a file is finished before it is put away

        try:
            with self.env.cr.savepoint():
                content = _read_file(path)
                record = self._interrupted(content, company) or self._started(
                    path.name, content, company, mapping
                )
            record._work(commit_all)
            record.invalidate_recordset()
        except (UserError, OSError, *self._kernel_errors()) as error:
            _logger.warning("File %s was not imported: %s", path, error)
            failure, record = str(error), self.browse()
        try:
            _put_away(path, record, failure)
        except OSError as error:  # imported again next time, which changes nothing
            _logger.error("File %s cannot be put away: %s", path, error)

    @api.model
    def _interrupted(self, content, company):
        """Give the import of the same file that was interrupted, if there is one."""
        return self.search(
            [
                ("state", "=", "running"),
                ("origin", "=", "folder"),
                ("company_id", "=", company.id),
                ("file_hash", "=", hashlib.sha256(content).hexdigest()),
            ],
            limit=1,
        )

    @api.model
    def _started(self, file_name, content, company, mapping):
        record = self._create_import(
            file_name, content, company, mapping._kernel_mapping(), "folder"
        )
        record._check_file()
        record.action_run()
        return record

    @api.model
    def _create_import(self, file_name, content, company, mapping, origin):
        """Create an import that applies ``mapping`` to a file, for unattended use.

        :param mapping_kernel.Mapping mapping: what the columns mean
        :raises UserError: when the file cannot be read
        """
        record = self.with_company(company).create(
            {
                "file": base64.b64encode(content),
                "file_name": file_name,
                "company_id": company.id,
                "encoding": mapping.encoding or False,
                "delimiter": mapping.delimiter or False,
                "sheet": mapping.sheet or False,
                "header_row": mapping.header_row,
            }
        )
        record._lifecycle_write({"origin": origin})
        record._apply_mapping(mapping)
        return record


def _waiting(folder):
    """List the files of a folder that are complete, the oldest first."""
    now = time.time()
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            ending = entry.name.rpartition(".")[2].lower()
            if entry.name.startswith(".") or ending not in tabular.EXTENSIONS:
                continue
            if not entry.is_file(follow_symlinks=False):
                continue
            written = entry.stat(follow_symlinks=False).st_mtime
            if now - written >= SETTLE_SECONDS:
                found.append((written, entry.name))
    return [folder / name for _written, name in sorted(found)]


def _read_file(path):
    """Read a file without following a link put there meanwhile."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read(tabular.LIMITS.max_bytes + 1)


def _put_away(path, record, failure):
    """Move a file to ``done`` or ``failed`` with what came of it beside it."""
    has_failed = not record or record.state != "done" or bool(record.rejected_count)
    folder = path.parent / (FAILED if has_failed else DONE)
    folder.mkdir(exist_ok=True)
    stamp = fields.Datetime.now().strftime("%Y%m%d-%H%M%S")
    target = folder / f"{stamp}-{path.name}"
    shutil.move(path, target)
    with contextlib.suppress(OSError):
        if record:
            record = record.with_context(bin_size=False)
            workbook = base64.b64decode(record.result_file or b"")
            if workbook:
                target.with_name(f"{target.name}.result.xlsx").write_bytes(workbook)
        if failure or not record:
            target.with_name(f"{target.name}.error.txt").write_text(failure + "\n", "utf-8")
