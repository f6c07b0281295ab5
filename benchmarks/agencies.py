"""Two hundred agencies with ten people each, and the processes of one of them in all."""

from dataclasses import dataclass

from odoo.fields import Command

from tests.scenarios import world

from .cloning import clone, insert_pairs

COUNT = 200
PASSWORD = "bench"
#: Role of each of the ten people of an agency.
STAFFING = ("clerk", "clerk", *["staff"] * 6, "head", "leader")
#: Which of them hold a position, by the kind of its step; approvals go up the ladder.
HOLDERS = {
    "receive": [(0, 1)],
    "return": [(0, 1)],
    "process": [(2, 3, 4), (5, 6, 7)],
    "approve": [(8,), (9,)],
    "issue": [(1,)],
}
QUIET = {**world.QUIET, "no_reset_password": True}


@dataclass
class Agency:
    """What the benchmarks need to know of one agency."""

    company_id: int
    user_ids: list
    processes: list


def make(env, office, count=COUNT):
    """Make the agencies and return them; the demonstration's own procedures are copied."""
    env = env(context={**env.context, **QUIET})
    companies = _companies(env, office, count)
    people = _people(env, companies)
    versions = _versions(office)
    positions = _positions(env, companies, people, versions)
    processes = _processes(env, companies, versions, positions)
    return [Agency(company.id, people[company.id], processes[company.id]) for company in companies]


def _companies(env, office, count):
    companies = env["res.company"].create(
        [
            {"name": f"Agency {number:03d}", "iap_enrich_auto_done": True}
            for number in range(1, count + 1)
        ]
    )
    env["qms.agency"].create(
        [
            {"name": company.name, "code": f"H88.{company.id:03d}", "company_id": company.id}
            for company in companies
        ]
    )
    companies.qms_on_time_by = office.company.qms_on_time_by
    return companies


def _people(env, companies):
    """Return ``{company id: [ten user ids]}``."""
    patterns = {
        role: env["res.users"].create(
            {
                "name": f"Pattern {role}",
                "login": f"bench_{role}",
                "password": PASSWORD,
                "tz": "Asia/Ho_Chi_Minh",
                "company_id": companies[0].id,
                "company_ids": [Command.set(companies[:1].ids)],
                "group_ids": [Command.link(env.ref(f"qms_public_admin.group_qms_{role}").id)],
            }
        )
        for role in set(STAFFING)
    }
    places = [
        (company, number, role) for company in companies for number, role in enumerate(STAFFING)
    ]
    names = [f"Officer {company.id}-{number}" for company, number, _role in places]
    partners = clone(
        env,
        "res_partner",
        [
            {"_source": patterns[role].partner_id.id, "name": name, "complete_name": name}
            for name, (_company, _number, role) in zip(names, places, strict=True)
        ],
    )
    users = clone(
        env,
        "res_users",
        [
            {
                "_source": patterns[role].id,
                "login": f"bench_{company.id}_{number}",
                "partner_id": partner,
                "company_id": company.id,
            }
            for partner, (company, number, role) in zip(partners, places, strict=True)
        ],
    )
    groups = {role: user.group_ids.ids for role, user in patterns.items()}
    pairs = list(zip(users, places, strict=True))
    insert_pairs(
        env,
        "res_company_users_rel",
        ("cid", "user_id"),
        [(place[0].id, user) for user, place in pairs],
    )
    insert_pairs(
        env,
        "res_groups_users_rel",
        ("gid", "uid"),
        [(group, user) for user, place in pairs for group in groups[place[2]]],
    )
    env.registry.clear_cache()
    people = {}
    for user, place in pairs:
        people.setdefault(place[0].id, []).append(user)
    return people


def _versions(office):
    """The published processes of six steps of the demonstration."""
    versions = office.env["qms.procedure.version"].search(
        [("company_id", "=", office.company.id), ("state", "=", "published")], order="id"
    )
    return versions.filtered(lambda version: len(version.step_ids) == 6)


def _positions(env, companies, people, versions):
    """Return ``{(company id, position of the pattern): (position id, department id)}``."""
    kinds, patterns = {}, versions.step_ids.position_id
    for step in versions[:1].step_ids | versions.step_ids:
        kinds.setdefault(step.position_id, step.kind)
    departments = env["hr.department"].create(
        [
            {"name": f"{part} {company.id}", "company_id": company.id}
            for company in companies
            for part in ("Counter", "Division", "Office")
        ]
    )
    of_company = departments.grouped("company_id")
    places, holders, met = [], [], {}
    for company in companies:
        for pattern in patterns:
            kind = kinds[pattern]
            turn = met[company, kind] = met.get((company, kind), -1) + 1
            choices = HOLDERS[kind]
            part = {"receive": 0, "return": 0, "process": 1}.get(kind, 2)
            department = of_company[company][part].id
            places.append((company.id, pattern, department))
            holders.append(choices[min(turn, len(choices) - 1)])
    ids = clone(
        env,
        "qms_position",
        [
            {"_source": pattern.id, "company_id": company, "department_id": unit, "code": None}
            for company, pattern, unit in places
        ],
    )
    field = env["qms.position"]._fields["holder_ids"]
    insert_pairs(
        env,
        field.relation,
        (field.column1, field.column2),
        [
            (position, people[place[0]][number])
            for position, place, chosen in zip(ids, places, holders, strict=True)
            for number in chosen
        ],
    )
    return {
        (company, pattern): (position, unit)
        for position, (company, pattern, unit) in zip(ids, places, strict=True)
    }


def _processes(env, companies, versions, positions):
    """Copy procedures, versions, papers and steps; return ``{company id: [version ids]}``."""
    places = [(company, version) for company in companies for version in versions]
    procedures = clone(
        env,
        "qms_procedure",
        [
            {
                "_source": version.procedure_id.id,
                "company_id": company.id,
                "external_key": None,
                "department_id": None,
            }
            for company, version in places
        ],
    )
    copies = clone(
        env,
        "qms_procedure_version",
        [
            {
                "_source": version.id,
                "procedure_id": procedure,
                "company_id": company.id,
                "external_key": None,
            }
            for procedure, (company, version) in zip(procedures, places, strict=True)
        ],
    )
    steps, papers = [], []
    for copy, procedure, (company, version) in zip(copies, procedures, places, strict=True):
        own = {
            "version_id": copy,
            "procedure_id": procedure,
            "company_id": company.id,
            "external_key": None,
        }
        for step in version.step_ids:
            position, unit = positions[company.id, step.position_id]
            steps.append(
                {"_source": step.id, **own, "position_id": position, "department_id": unit}
            )
        papers += [{"_source": part.id, **own} for part in version.component_ids]
    clone(env, "qms_procedure_step", steps)
    clone(env, "qms_procedure_component", papers)
    made = {}
    for copy, (company, _version) in zip(copies, places, strict=True):
        made.setdefault(company.id, []).append(copy)
    return made
