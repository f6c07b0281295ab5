"""The invented agency of the demonstration, for databases that may not have it."""

import datetime
from dataclasses import dataclass, field

from odoo.modules import Manifest
from odoo.tools import convert_file

ADDON = "qms_public_admin"
PREFIX = f"{ADDON}.demo_"
HANOI = datetime.timedelta(hours=7)  # no daylight saving
# Comfort of the screens that a story of a thousand dossiers can do without.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}


def utc(text):
    """Naive UTC of ``YYYY-MM-DD HH:MM`` in Hanoi."""
    return datetime.datetime.strptime(text, "%Y-%m-%d %H:%M") - HANOI


def _world_files():
    """The files of the demonstration without its dossiers and its language."""
    for name in Manifest.for_addon(ADDON)["demo"]:
        if name.startswith(("demo/core/", "demo/procedure/")) and "language" not in name:
            yield name


@dataclass
class World:
    """The agency with its people, each acting in an environment of their own."""

    env: object
    company: object
    envs: dict = field(default_factory=dict)
    refs: dict = field(default_factory=dict)

    def ref(self, name):
        """Return a record of the demonstration by the end of its identifier."""
        return self.record(f"demo_{name}")

    def record(self, name):
        """Return a record of the addon by its identifier, looked up once."""
        if name not in self.refs:
            self.refs[name] = self.env.ref(f"{ADDON}.{name}")
        return self.refs[name]

    def as_user(self, user):
        """Return the environment in which ``user`` works."""
        if user.id not in self.envs:
            context = {
                **QUIET,
                "allowed_company_ids": self.company.ids,
                "tz": "Asia/Ho_Chi_Minh",
                "lang": user.lang,
            }
            self.envs[user.id] = self.env(user=user.id, context=context)
        return self.envs[user.id]

    def as_login(self, login):
        return self.as_user(self.ref(f"user_{login}"))


def enter(env):
    """Return the world of the demonstration; make it where it is missing."""
    if not env.ref(f"{PREFIX}company_finance", raise_if_not_found=False):
        for name in _world_files():
            convert_file(env, ADDON, name, {}, mode="init", noupdate=True)
    company = env.ref(f"{PREFIX}company_finance")
    context = {**env.context, **QUIET, "allowed_company_ids": company.ids}
    return World(env(context=context), company)
