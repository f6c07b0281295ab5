"""What the server does when a list is opened: the rows of the first page, and their count."""

from lxml import etree

from odoo.tools.safe_eval import safe_eval

from .timing import seconds

LIMIT, COUNT_LIMIT = 80, 10001  # the web client's
ROLES = {"clerk": 0, "specialist": 2, "head": 8}
MY_WORK = "qms_public_admin.qms_dossier_step_action_my_work"
DOSSIERS = "qms_public_admin.qms_dossier_action"


def measure(env, agencies, rounds=5):
    """Return milliseconds of the largest agency's users, and of one who sees all agencies."""
    agency, figures = agencies[0], {}
    for role, number in ROLES.items():
        own = as_user(env, agency.user_ids[number])
        figures[f"mywork_{role}_ms"] = opening(own, MY_WORK, rounds)
        figures[f"list_{role}_ms"] = opening(own, DOSSIERS, rounds)
    head = as_user(env, agency.user_ids[ROLES["head"]])
    dossier = head["qms.dossier"].search([("state", "=", "processing")], limit=1)
    code, name = dossier.code or "-", dossier.holder_name or "-"
    figures["search_code_ms"] = _search(head, "code", code[-9:], rounds)
    figures["search_holder_ms"] = _search(head, "holder_name", name, rounds)
    province = _province(env, head.user, agencies)
    figures["list_province_ms"] = opening(province, DOSSIERS, rounds)
    figures["search_province_ms"] = _search(province, "code", code[-9:], rounds)
    return {
        "mywork_ms": max(figures[f"mywork_{role}_ms"] for role in ROLES),
        "list_ms": max(figures[f"list_{role}_ms"] for role in ROLES),
        **figures,
    }


def as_user(env, user_id, companies=None):
    """Return the environment in which the web client works for a user."""
    user = env["res.users"].browse(user_id)
    companies = companies or user.company_ids.ids
    context = {"allowed_company_ids": companies, "lang": "en_US", "tz": "Asia/Ho_Chi_Minh"}
    return env(user=user_id, context=context)


def _province(env, user, agencies):
    """A head who works in every agency (the change is undone with the rest)."""
    ids = [agency.company_id for agency in agencies]
    env["res.users"].browse(user.id).company_ids = [(6, 0, ids)]
    env.flush_all()
    return as_user(env, user.id, ids)


def opening(env, action_xmlid, rounds):
    """Milliseconds of opening the list of an action with its own filters."""
    action = env.ref(action_xmlid).sudo()
    domain = safe_eval(action.domain or "[]", {"uid": env.uid})
    domain += _default_filters(env, action)
    return _read(env, action.res_model, domain, rounds)


def _search(env, field, text, rounds):
    """Milliseconds of typing a text into the search box, no filter set."""
    view = etree.fromstring(env["qms.dossier"].get_view(view_type="search")["arch"])
    node = view.find(f".//field[@name='{field}']")
    template = node.get("filter_domain") if node is not None else None
    domain = safe_eval(template, {"self": text}) if template else [(field, "ilike", text)]
    return _read(env, "qms.dossier", domain, rounds)


def _default_filters(env, action):
    context = safe_eval(action.context or "{}", {"uid": env.uid})
    view = etree.fromstring(env[action.res_model].get_view(view_type="search")["arch"])
    domain = []
    for key in context:
        node = view.find(f".//filter[@name='{key.removeprefix('search_default_')}']")
        if key.startswith("search_default_") and node is not None and node.get("domain"):
            domain += safe_eval(node.get("domain"), {"uid": env.uid})
    return domain


def request(env, model):
    """Return ``(specification, order)`` of a model's list as the web client asks."""
    arch = etree.fromstring(env[model].get_view(view_type="list")["arch"])
    names = [node.get("name") for node in arch.iter("field") if node.get("name")]
    fields = env[model]._fields
    linked = ("many2one", "many2many", "one2many")
    specification = {
        name: {"fields": {"display_name": {}}} if fields[name].type in linked else {}
        for name in names
    }
    return specification, arch.get("default_order") or ""


def _read(env, model, domain, rounds):
    specification, order = request(env, model)

    def work():
        env[model].web_search_read(
            domain, specification, limit=LIMIT, order=order, count_limit=COUNT_LIMIT
        )

    return 1000 * seconds(work, rounds, before=env.invalidate_all)
