"""``odoo-bin qms_import``: import dossiers without a screen."""

import contextlib
import sys
from pathlib import Path

import odoo
from odoo.cli.command import Command
from odoo.modules.registry import Registry
from odoo.tools import config


class QmsImport(Command):
    """Import dossiers from a file of a one-stop system (XLSX or CSV)"""

    name = "qms_import"
    epilog = """
        The exit code is 0 when every row was imported, 1 when rows were rejected (the
        others are in), 2 when nothing could be imported.

        Example:
          odoo-bin qms_import -c odoo.conf -d agency dossiers.xlsx --mapping igate --dry-run
    """

    def run(self, cmdargs):
        self._add_arguments()
        options = self.parser.parse_args(cmdargs)
        config.parse_config(self._server_arguments(options), setup_logging=True)
        names = config["db_name"]
        if len(names) != 1:
            self.parser.error("name one database with -d")
        with contextlib.ExitStack() as stack:
            cr = stack.enter_context(Registry(names[0]).cursor())
            env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
            sys.exit(_import(env, options))

    def _add_arguments(self):
        add = self.parser.add_argument
        add("file", type=Path, metavar="FILE", help="XLSX or CSV")
        add("-c", "--config", help="configuration file of Odoo")
        add("-d", "--database", help="database name")
        add("--addons-path", help="addons path, when the configuration file has none")
        add(
            "--mapping",
            required=True,
            metavar="NAME",
            help="code or name of a saved mapping, or a JSON file",
        )
        add("--dry-run", action="store_true", help="check only, write no dossier")
        add("--company", metavar="CODE", help="code or name of the agency (default: the first)")
        add("--user", metavar="LOGIN", help="ISO officer in whose name to import")
        add("--result", type=Path, metavar="FILE.xlsx", help="write the result workbook here")

    def _server_arguments(self, options):
        given = {"-c": options.config, "-d": options.database}
        arguments = ["--no-http"]
        for name, value in given.items():
            if value:
                arguments += [name, value]
        if options.addons_path:
            arguments.append(f"--addons-path={options.addons_path}")
        return arguments


def _import(env, options):
    if "qms.dossier.import" not in env:
        sys.stderr.write("The addon qms_public_admin is not installed in this database.\n")
        return 2
    return env["qms.dossier.import"]._run_command(options, sys.stdout, sys.stderr)
