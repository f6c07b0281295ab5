"""Audits, nonconformities, actions and reviews that an agency kept before these addons.

The addons below let a row be of no agency, an action be closed and open at once, and a
review be of no period. Here such rows are made to hold what the addons ask for, by SQL,
before the models are loaded; nothing an agency wrote is lost. Run at the installation and
by the upgrade to 19.0.1.3.0; a second run changes nothing.
"""

#: Tables whose rows get an agency, in the order in which they take it from each other.
PLACED = (
    "mgmtsystem_audit",
    "mgmtsystem_nonconformity",
    "mgmtsystem_action",
    "mgmtsystem_review",
    "mgmtsystem_verification_line",
    "mgmtsystem_review_line",
)
TAKEN_OVER = "Taken over from before the quality management system"


def place_rows(cursor):
    """Give rows without an agency that of who made them, else the first one."""
    changed = 0
    for table in PLACED:
        cursor.execute(
            f"""UPDATE "{table}" row SET company_id = COALESCE(
                    (SELECT company_id FROM res_users WHERE id = row.create_uid),
                    (SELECT min(id) FROM res_company))
                WHERE row.company_id IS NULL"""
        )
        changed += cursor.rowcount
    return changed


def give_actions_their_state(cursor):
    """Read the state of an action from its stage; what was closed has been verified."""
    cursor.execute(
        """ALTER TABLE mgmtsystem_action
            ADD COLUMN IF NOT EXISTS qms_state varchar,
            ADD COLUMN IF NOT EXISTS qms_planned_on date,
            ADD COLUMN IF NOT EXISTS qms_done_at timestamp,
            ADD COLUMN IF NOT EXISTS qms_cancel_reason text"""
    )
    cursor.execute(
        """UPDATE mgmtsystem_action action
              SET qms_state = CASE WHEN data.name = 'stage_cancel' THEN 'cancelled'
                                   WHEN stage.is_ending THEN 'verified'
                                   WHEN stage.is_starting OR stage.id IS NULL THEN 'draft'
                                   ELSE 'open' END,
                  qms_planned_on = action.create_date::date,
                  qms_done_at = CASE WHEN stage.is_ending AND data.name != 'stage_cancel'
                       THEN COALESCE(action.date_closed, action.write_date) END,
                  qms_cancel_reason = CASE WHEN data.name = 'stage_cancel' THEN %s END,
                  date_closed = CASE WHEN stage.is_ending
                       THEN COALESCE(action.date_closed, action.write_date) END
             FROM mgmtsystem_action row
             LEFT JOIN mgmtsystem_action_stage stage ON stage.id = row.stage_id
             LEFT JOIN LATERAL (SELECT COALESCE(max(name), '') AS name FROM ir_model_data
                   WHERE model = 'mgmtsystem.action.stage' AND res_id = stage.id
                     AND module = 'mgmtsystem_action') data ON TRUE
            WHERE row.id = action.id AND action.qms_state IS NULL""",
        (TAKEN_OVER,),
    )
    return cursor.rowcount


def count_days_forward(cursor):
    """The base counts days from the later to the earlier moment: -3 for three days."""
    cursor.execute(
        """UPDATE mgmtsystem_action
              SET number_of_days_to_open = abs(number_of_days_to_open),
                  number_of_days_to_close = CASE WHEN date_closed IS NOT NULL
                      THEN abs(number_of_days_to_close) ELSE 0 END
            WHERE number_of_days_to_open < 0 OR number_of_days_to_close < 0"""
    )
    return cursor.rowcount


def date_nonconformities(cursor):
    """A nonconformity was found when it was written down; only a closed one has an end."""
    cursor.execute(
        "ALTER TABLE mgmtsystem_nonconformity ADD COLUMN IF NOT EXISTS qms_found_on date"
    )
    cursor.execute(
        """UPDATE mgmtsystem_nonconformity
              SET qms_found_on = create_date::date, state = COALESCE(state, 'draft'),
                  closing_date = CASE WHEN state = 'done'
                      THEN COALESCE(closing_date, write_date) END,
                  evaluation_comments = CASE WHEN state = 'done'
                      THEN COALESCE(NULLIF(trim(evaluation_comments), ''), %s)
                      ELSE evaluation_comments END
            WHERE qms_found_on IS NULL""",
        (TAKEN_OVER,),
    )
    return cursor.rowcount


def name_audits(cursor):
    """An audit has a title."""
    cursor.execute(
        """UPDATE mgmtsystem_audit SET name = reference
            WHERE COALESCE(trim(name), '') = ''"""
    )
    return cursor.rowcount


def keep_answers(cursor):
    """A question that was ticked as conforming was answered so."""
    cursor.execute(
        "ALTER TABLE mgmtsystem_verification_line ADD COLUMN IF NOT EXISTS qms_answer varchar"
    )
    cursor.execute(
        """UPDATE mgmtsystem_verification_line SET qms_answer = 'conforming'
            WHERE is_conformed AND qms_answer IS NULL"""
    )
    return cursor.rowcount


def give_reviews_their_period(cursor):
    """A review looked at the year in which it was held; who led it is not guessed."""
    cursor.execute(
        """ALTER TABLE mgmtsystem_review
            ADD COLUMN IF NOT EXISTS qms_date_from date,
            ADD COLUMN IF NOT EXISTS qms_date_to date,
            ADD COLUMN IF NOT EXISTS qms_chair_id integer,
            ADD COLUMN IF NOT EXISTS qms_secretary_id integer"""
    )
    cursor.execute(
        """UPDATE mgmtsystem_review
              SET qms_date_from = date_trunc('year', date)::date,
                  qms_date_to = (date_trunc('year', date) + interval '1 year - 1 day')::date
            WHERE qms_date_from IS NULL"""
    )
    return cursor.rowcount


def keep_causes(cursor):
    """Put the causes that were chosen on the fishbone, from where they are counted now."""
    cursor.execute(
        """INSERT INTO qms_nonconformity_branch
                  (nonconformity_id, company_id, sequence, category_id, cause_id, is_root)
           SELECT row.id, row.company_id, 10, split_part(cause.parent_path, '/', 1)::int,
                  CASE WHEN cause.parent_id IS NOT NULL THEN cause.id END, FALSE
             FROM mgmtsystem_nonconformity_cause_rel chosen
             JOIN mgmtsystem_nonconformity row ON row.id = chosen.nonconformity_id
             JOIN mgmtsystem_nonconformity_cause cause ON cause.id = chosen.cause_id
            WHERE NOT EXISTS (SELECT FROM qms_nonconformity_branch branch
                               WHERE branch.nonconformity_id = chosen.nonconformity_id)"""
    )
    return cursor.rowcount


def give_their_edition(cursor):
    """Audits and reviews of before were held by the edition of their agency."""
    changed = 0
    for table in ("mgmtsystem_audit", "mgmtsystem_review"):
        cursor.execute(
            f"""UPDATE "{table}" row SET qms_standard_id = COALESCE(
                    (SELECT qms_standard_id FROM res_company WHERE id = row.company_id),
                    (SELECT res_id FROM ir_model_data WHERE module = 'qms_public_admin'
                        AND name = 'qms_standard_iso9001_2015'))
                WHERE row.qms_standard_id IS NULL"""
        )
        changed += cursor.rowcount
    return changed


# (what is done, function of the cursor that does it and returns the rows changed)
BEFORE = (
    ("rows that got their agency", place_rows),
    ("actions that got their state", give_actions_their_state),
    ("actions whose days run forward", count_days_forward),
    ("nonconformities that got their day", date_nonconformities),
    ("audits that got a title", name_audits),
    ("questions that keep their answer", keep_answers),
    ("reviews that got their period", give_reviews_their_period),
)
AFTER = (
    ("causes put on the fishbone", keep_causes),
    ("audits and reviews that got their edition", give_their_edition),
)


def run(cursor, steps, logger):
    """Do the steps and log how many rows each changed."""
    for label, step in steps:
        logger.info("%s: %s rows", label, step(cursor))
