"""Words for the findings of the publication check: what is wrong, what to do."""

from markupsafe import Markup

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

LEVEL_CLASSES = {
    "error": "text-bg-danger",
    "warning": "text-bg-warning",
    "info": "text-bg-info",
    "ok": "text-bg-success",
}
LEVEL_LABELS = {
    "error": _lt("Error"),
    "warning": _lt("Warning"),
    "info": _lt("Remark"),
    "ok": _lt("Ready"),
}
CHANNEL_LABELS = {"direct": _lt("Direct"), "online": _lt("Online"), "post": _lt("Post")}

_SET_TIME = _lt("Look the time up in the decision and set it in hours, or confirm the times.")
# code: (message, what to do)
TEXTS = {
    "code_missing": (
        _lt("The procedure has no national code."),
        _lt("Enter the code from the national database, or keep it for a local procedure."),
    ),
    "code_malformed": (
        _lt("The code “%(code)s” is not a national code (one digit, a point, six digits)."),
        _lt("Correct the code on the procedure."),
    ),
    "procedure_abolished": (
        _lt("The procedure is repealed by decision %(decision)s."),
        _lt("Look at its publications; a repealed procedure is not published again."),
    ),
    "decision_missing": (
        _lt("No decision approves this version."),
        _lt("Enter number, date and issuer of the decision."),
    ),
    "document_missing": (
        _lt("No ISO document describes the procedure."),
        _lt("Link the ISO document on the procedure."),
    ),
    "document_not_effective": (
        _lt("The ISO document “%(document)s” is not in force."),
        _lt("Bring the document into force or link another one."),
    ),
    "components_missing": (
        _lt("The list of dossier components is empty."),
        _lt("Add the components, or leave it empty when nothing is to be handed in."),
    ),
    "component_nameless": (
        _lt("%(count)s components have no name."),
        _lt("Complete the list of components from the published procedure."),
    ),
    "partial_online_without_reason": (
        _lt("The service is partly online and no reason is published."),
        _lt("Enter the published reason on the procedure (Decree 224/2026, art. 14)."),
    ),
    "channel_kinds_mixed": (
        _lt("Some channels count in working days, others in calendar days."),
        _lt("Find out which is meant and set all channels alike."),
    ),
    "channel_repeated": (
        _lt("%(place)sthe channel is listed several times with different time limits."),
        _lt("Tie each line to a case, or remove what does not apply."),
    ),
    "no_steps": (
        _lt("The internal process has no steps."),
        _lt("Add the steps or import the internal process."),
    ),
    "step_without_time": (
        _lt("Steps without a time: %(steps)s."),
        _lt("Set the hours of each step, or mark the step as not counted."),
    ),
    "step_without_position": (
        _lt("Steps without a position: %(steps)s."),
        _lt("Choose who does the step; the printed unit is kept beside it."),
    ),
    "position_without_people": (
        _lt("Nobody holds the position of these steps: %(steps)s."),
        _lt("Add holders to the positions."),
    ),
    "negative_time": (_lt("A time is negative."), _lt("Correct the time.")),
    "no_closing_step": (
        _lt("%(place)sno step issues or returns the result: there is no way to the end."),
        _lt("Set the kind of the closing step to Issue or Return the result."),
    ),
    "step_label_repeated": (
        _lt("%(place)sstep numbers occur twice: %(steps)s."),
        _lt("Correct the numbers if they are misprints."),
    ),
    "stage_sum_mismatch": (
        _lt("%(place)sthe stage “%(stage)s” states %(stated)s, its steps make %(steps)s."),
        _lt("Correct the steps or the title of the stage."),
    ),
    "stated_total_mismatch": (
        _lt("%(place)sthe steps make %(steps)s, the printed total is %(stated)s."),
        _lt("Find out which is right; correct the steps or the printed total."),
    ),
    "term_missing": (
        _lt("%(place)sno time limit is known."),
        _lt("Enter the legal limit, or say that there is none."),
    ),
    "committed_exceeds_legal": (
        _lt("%(place)sthe committed limit %(committed)s exceeds the legal limit %(legal)s."),
        _lt("An agency may promise less than the law, never more."),
    ),
    "calendar_not_whole_days": (
        _lt("%(place)sa limit in calendar days must be whole days."),
        _lt("Count in working days or set whole days."),
    ),
    "steps_exceed_committed": (
        _lt("%(place)sthe steps make %(steps)s, more than the committed %(committed)s."),
        _lt("Shorten steps, or promise a later date within the legal limit."),
    ),
    "slack": (
        _lt("%(place)sthe steps make %(steps)s of the committed %(committed)s."),
        _lt("Nothing to do: the rest is a reserve."),
    ),
    "no_step_times": (
        _lt("%(place)sthe procedure has a time limit but its steps have none."),
        _lt("Set hours so that each step has a deadline."),
    ),
    "time_missing": (_lt("%(place)sno time is given."), _SET_TIME),
    "time_missing_unit": (_lt("%(place)sa bare number without a unit."), _SET_TIME),
    "time_ambiguous_day": (
        _lt("%(place)s“ngày” may mean working days or calendar days."),
        _SET_TIME,
    ),
    "time_ambiguous_hour": (
        _lt("%(place)s“giờ” may mean working hours or hours of the clock."),
        _SET_TIME,
    ),
    "time_mixed_units": (
        _lt("%(place)sthe decision counts in working days and in days at once."),
        _SET_TIME,
    ),
    "time_several_values": (_lt("%(place)sthe text names several times."), _SET_TIME),
    "time_several_totals": (
        _lt("%(place)sseveral totals are printed and none equals the sum of the steps."),
        _SET_TIME,
    ),
    "time_unparsed": (_lt("%(place)sthe time is told in words without a number."), _SET_TIME),
}


def message(env, finding):
    """Return one line that says what is wrong."""
    template = env._(TEXTS[finding["code"]][0])
    return template % _params(env, finding["params"])


def advice(env, finding):
    """Return one line that says what to do about it."""
    return env._(TEXTS[finding["code"]][1])


def as_html(env, findings):
    """Return the findings as a table: level, what is wrong, what to do."""
    if not findings:
        return Markup('<p class="text-success">%s</p>') % env._(
            "Nothing stands against publishing this version."
        )
    rows = Markup().join(
        Markup(
            '<tr><td><span class="badge %s">%s</span></td><td>%s</td>'
            '<td class="text-muted">%s</td></tr>'
        )
        % (
            LEVEL_CLASSES[finding["level"]],
            env._(LEVEL_LABELS[finding["level"]]),
            message(env, finding),
            advice(env, finding),
        )
        for finding in findings
    )
    return Markup('<table class="table table-sm"><tbody>%s</tbody></table>') % rows


def duration_text(env, hours):
    """Return hours and the days they make, in the figures of the user's language."""
    sign = env["res.lang"]._get_data(code=env.lang or "en_US").decimal_point or "."
    hours_text, days_text = (
        f"{number:g}".replace(".", sign) for number in (hours, round(hours / 8, 4))
    )
    return env._("%(hours)s h (%(days)s d)", hours=hours_text, days=days_text)


def _params(env, params):
    words = {
        name: duration_text(env, value) if isinstance(value, float | int) else value
        for name, value in params.items()
        if name != "count"
    }
    words["count"] = params.get("count", "")
    words["place"] = _place(env, params)
    return words


def _place(env, params):
    channel = params.get("channel")
    parts = [
        params.get("case"),
        params.get("where"),
        env._(CHANNEL_LABELS[channel]) if channel else "",
        params.get("steps") if isinstance(params.get("steps"), str) else "",
    ]
    named = " – ".join(part for part in parts if part)
    return f"{named}: " if named else ""
