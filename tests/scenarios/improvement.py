"""The loop closes: a late procedure is found, its cause treated, the effect measured.

Reference case Q wished for audits fed by sampled dossiers and computed figures, reference
case K for help with audits, nonconformities and follow-up by part-time staff. The year of the
demonstration's department ends today; each act is done by whose it is, at its hour.
"""

from dataclasses import dataclass

from freezegun import freeze_time

from . import (
    corrective,
    governance,
    indicators,
    internal_audit,
    management_review,
    signals,
    slow_procedure,
    world,
)
from .diary import Diary, utc_now


@dataclass
class Loop:
    """The records of the story, for those who look at it."""

    diary: Diary
    procedure: object
    dossiers: object = None
    programme: object = None
    signals: object = None
    dismissed: object = None
    accepted: object = None
    audit: object = None
    sample: object = None
    finding: object = None
    nonconformity: object = None
    actions: object = None
    check: object = None
    version: object = None
    trainings: object = None
    risks: tuple = ()
    indicators: object = None
    objectives: object = None
    last_review: object = None


def load(env):
    """Play the year; return its records, None when they are there."""
    scene = world.enter(env)
    audits = scene.env["mgmtsystem.audit"]
    if audits.search_count([("company_id", "=", scene.company.id)], limit=1):
        return None
    diary = Diary(scene, utc_now())
    loop = Loop(diary, scene.ref(f"procedure_{slow_procedure.SLOW.replace('.', '_')}"))
    freezer = freeze_time(diary.moment(362, 7))
    frozen = freezer.start()
    try:
        year = slow_procedure.Year(diary, frozen)
        _begin(loop)
        year.play(slow_procedure.BEFORE, until=signals.NIGHTS[0])
        for night in signals.NIGHTS:
            year.go_on(until=night)
            year.rate(frozen)
            loop.signals = signals.watch(diary, night)
        year.go_on(until=internal_audit.VISIT)
        _audit(loop)
        year.go_on(until=corrective.PUBLISHED)
        _act(loop)
        year.play(slow_procedure.AFTER)
        loop.dossiers = year.dossiers
        year.rate(frozen)
    finally:
        freezer.stop()
    _end(loop)
    scene.env.flush_all()
    return loop


def _begin(loop):
    """What stands at the beginning: who leads, in what context, what is measured."""
    diary, procedure = loop.diary, loop.procedure
    governance.name_heads(diary.scene)
    governance.found_committee(diary)
    governance.describe_context(diary)
    loop.risks = governance.assess_risks(diary, procedure)
    internal_audit.register_auditors(diary)
    loop.last_review = management_review.hold_last(diary)
    loop.indicators = indicators.define(diary, procedure)


def _audit(loop):
    """Programme, plan, visit, report."""
    diary, procedure = loop.diary, loop.procedure
    loop.programme = internal_audit.plan_year(diary, procedure)
    loop.audit = internal_audit.prepare(diary, loop.programme, procedure)
    loop.sample = internal_audit.hold(diary, loop.audit, procedure)
    findings = internal_audit.report(diary, loop.audit)
    loop.finding = findings.filtered(lambda row: row.grade == "minor")


def _act(loop):
    """What becomes of the signals; cause, plan, a shorter step."""
    diary = loop.diary
    loop.dismissed, loop.accepted = signals.decide(diary, loop.signals)
    loop.nonconformity = corrective.analyse(diary, loop.finding)
    followed = loop.indicators.filtered("procedure_id")
    loop.actions = corrective.plan(diary, loop.nonconformity, followed)
    loop.check = loop.actions.qms_check_ids
    loop.version = corrective.shorten_step(diary, loop.procedure)
    corrective.carry_out(diary, loop.actions)


def _end(loop):
    """What follows when the dossiers of the new version are done."""
    diary = loop.diary
    loop.trainings = governance.train(diary)
    loop.objectives = indicators.set_objectives(diary, loop.indicators)
    indicators.follow_plan(diary, loop.objectives)
    indicators.enter(diary, loop.indicators, loop.trainings)
    corrective.answer_others(diary, loop.audit.qms_finding_ids)
    corrective.judge(diary, loop.check)
    corrective.settle(diary, loop.nonconformity, loop.finding, loop.check)
    governance.reduce_risk(diary, loop.risks[0])
    management_review.end_decisions(diary, loop.last_review)


def look_back(env):
    """Measure, look for signals and prepare this year's review once all else is played.

    :return: the review; none when there is one already
    """
    scene = world.enter(env)
    reviews = scene.env["mgmtsystem.review"].search([("company_id", "=", scene.company.id)])
    if len(reviews) != 1:
        return reviews.browse()
    diary = Diary(scene, utc_now())
    indicators.measure(diary)
    signals.watch(diary, 0)
    review = management_review.prepare_next(diary, reviews)
    scene.env.flush_all()
    return review
