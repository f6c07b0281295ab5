"""Agencies of their own for the stories that are not those of the department of finance."""

from odoo.fields import Command

GROUP = "qms_public_admin.group_qms_"


def found(env, name, code, people, language="vi_VN"):
    """Return the environment of an agency and ``{role: user}``; make what is missing.

    :param dict people: ``{role: (login, name)}``; the password is the login
    """
    agencies = env["qms.agency"]
    agency = agencies.search([("code", "=", code)])
    if not agency:
        companies = env["res.company"]
        # Nobody out there is asked about an invented agency.
        quiet = (
            {"iap_enrich_auto_done": True} if "iap_enrich_auto_done" in companies._fields else {}
        )
        company = companies.create({"name": name, **quiet})
        agency = agencies.create({"name": name, "code": code, "company_id": company.id})
    company = agency.company_id
    local = env(context={**env.context, "allowed_company_ids": company.ids})
    users = {role: _user(local, role, *person, language) for role, person in people.items()}
    return local, users


def _user(env, role, login, name, language):
    user = env["res.users"].search([("login", "=", login)])
    if user:
        return user
    known = dict(env["res.lang"].get_installed())
    return env["res.users"].create(
        {
            "login": login,
            "password": login,
            "name": name,
            "company_id": env.company.id,
            "company_ids": [Command.set(env.company.ids)],
            "group_ids": [Command.link(env.ref(f"{GROUP}{role}").id)],
            "tz": "Asia/Ho_Chi_Minh",
            "lang": language if language in known else "en_US",
        }
    )
