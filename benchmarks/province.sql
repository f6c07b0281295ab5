-- Dossiers of two years with their steps and whole logs, a slice at a time.
-- Parameters: base, step_base, first, count, total, agencies, turns.

CREATE TEMP TABLE made ON COMMIT DROP AS
WITH drawn AS MATERIALIZED (
    SELECT n, %(base)s + n AS id,
           -- One agency in ten dossiers (a land office); the others from large to small.
           CASE WHEN random() < 0.105 THEN 1
                ELSE least(%(agencies)s, 2 + floor(power(random(), 1.6) * (%(agencies)s - 1))::int)
                END AS agency_no,
           1 + floor(random() * %(turns)s)::int AS turn,
           random() AS speed, random() AS fate, random() AS hour, random() AS end_hour,
           random() AS wait, random() AS pause, random() AS name_1, random() AS name_2,
           random() AS name_3
      FROM generate_series(%(first)s, %(first)s + %(count)s - 1) n
), begun AS MATERIALIZED (
    SELECT drawn.*, process.company_id, process.clerk, process.clerk_name,
           process.agency_code, process.version_id, process.procedure_id, process.field_id,
           process.legal_hours, process.committed_hours, process.unit_id,
           process.committed_hours / 8 * 1.4 * interval '1 day' AS term,
           date_trunc('day', now() - (730 * (1 - n::float8 / %(total)s)) * interval '1 day')
               AS day
      FROM drawn JOIN process USING (agency_no, turn)
), opened AS MATERIALIZED (
    SELECT begun.*,
           (day - CASE extract(isodow FROM day) WHEN 6 THEN 1 WHEN 7 THEN 2 ELSE 0 END
                * interval '1 day' + interval '1 hour' + hour * interval '7 hours'
           )::timestamp(0) AS submitted_at
      FROM begun
), planned AS MATERIALIZED (
    SELECT opened.*,
           submitted_at + (300 + floor(wait * 3000)) * interval '1 second' AS accepted_plan,
           term * CASE WHEN fate < 0.97 THEN 0.25 + 0.7 * speed
                       WHEN fate < 0.99 THEN 1 + speed
                       ELSE 3 + 5 * speed END AS length
      FROM opened
), ended AS MATERIALIZED (
    SELECT planned.*,
           greatest(
               accepted_plan + interval '1 hour',
               date_trunc('day', accepted_plan + length)
               + CASE extract(isodow FROM accepted_plan + length)
                     WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END * interval '1 day'
               + interval '1 hour' + end_hour * interval '8 hours'
           )::timestamp(0) AS done_plan,
           (date_trunc('day', accepted_plan + term) + interval '9 hours 30 minutes')::timestamp(0)
               AS due_plan,
           (date_trunc('day', accepted_plan + legal_hours / 8 * 1.4 * interval '1 day')
            + interval '9 hours 30 minutes')::timestamp(0) AS legal_plan
      FROM planned
), told AS MATERIALIZED (
    SELECT ended.*,
           (done_plan + power(wait, 3) * 6 * interval '1 day')::timestamp(0) AS returned_plan,
           (accepted_plan + length * 0.3)::timestamp(0) AS broken_plan,
           extract(epoch FROM localtimestamp - accepted_plan)
               / extract(epoch FROM done_plan - accepted_plan) AS progress
      FROM ended
), stated AS MATERIALIZED (
    SELECT told.*,
           CASE WHEN accepted_plan > localtimestamp THEN 'submitted'
                WHEN pause < 0.005 THEN 'refused'
                WHEN pause < 0.020 AND broken_plan < localtimestamp THEN 'withdrawn'
                WHEN pause < 0.025 AND broken_plan < localtimestamp THEN 'stopped'
                WHEN returned_plan <= localtimestamp THEN 'returned'
                WHEN done_plan <= localtimestamp THEN 'done'
                WHEN progress < 0.2 THEN 'accepted'
                WHEN pause < 0.08 THEN 'supplement'
                ELSE 'processing' END AS state
      FROM told
)
SELECT stated.*,
       CASE WHEN state NOT IN ('submitted', 'refused') THEN accepted_plan END AS accepted_at,
       CASE WHEN state IN ('done', 'returned') THEN done_plan END AS done_at,
       CASE WHEN state = 'returned' THEN returned_plan END AS returned_at,
       CASE state WHEN 'refused' THEN accepted_plan WHEN 'returned' THEN returned_plan
                  WHEN 'withdrawn' THEN broken_plan WHEN 'stopped' THEN broken_plan END
           AS closed_at,
       CASE WHEN state IN ('submitted', 'refused') THEN NULL
            WHEN state = 'returned' THEN 6 WHEN state = 'done' THEN 5
            WHEN state IN ('withdrawn', 'stopped') THEN 1
            ELSE least(4, floor(5 * progress))::int END AS steps_done
  FROM stated;

INSERT INTO qms_dossier_step (
    id, dossier_id, company_id, handler_company_id, procedure_step_id, ordinal, round,
    position_id, position_name, department_id, department_name, name, kind, result, hours,
    state, planned_due_at, started_at, due_at, done_at, done_by_id, done_by_name, outcome,
    hours_used)
SELECT %(step_base)s + (n - 1) * 6 + ordinal, id, company_id, company_id, step_id, ordinal, 1,
       position_id, position_name, department_id, department_name, name, kind, result, hours,
       state, due_at, started_at, due_at, done_at, CASE WHEN done_at IS NOT NULL THEN holder END,
       CASE WHEN done_at IS NOT NULL THEN holder_name END,
       CASE WHEN done_at > due_at THEN 'late' WHEN done_at IS NOT NULL THEN 'early' END,
       CASE WHEN done_at IS NOT NULL THEN round((hours * (0.3 + 0.7 * speed))::numeric, 2) END
  FROM (
    SELECT made.id, made.n, made.company_id, made.speed, plan.*,
           plan.holders[1 + made.id %% cardinality(plan.holders)] AS holder,
           plan.holder_names[1 + made.id %% cardinality(plan.holders)] AS holder_name,
           CASE WHEN plan.ordinal <= steps_done THEN 'done'
                WHEN plan.ordinal = steps_done + 1 THEN 'current' ELSE 'waiting' END AS state,
           CASE WHEN plan.ordinal <= steps_done + 1 THEN
               (accepted_at + (done_plan - accepted_at) * least(plan.ordinal - 1, 5) / 5
               )::timestamp(0) END AS started_at,
           CASE WHEN plan.ordinal > steps_done THEN NULL
                WHEN plan.ordinal = 6 THEN returned_at
                ELSE (accepted_at + (done_plan - accepted_at) * plan.ordinal / 5)::timestamp(0)
           END AS done_at,
           (accepted_at + (due_plan - accepted_at) * least(plan.ordinal, 5) / 5)::timestamp(0)
               AS due_at
      FROM made JOIN plan USING (version_id)
     WHERE accepted_at IS NOT NULL
  ) step;

CREATE TEMP TABLE told_event ON COMMIT DROP AS
WITH act AS (
    SELECT id, 1 AS rank, submitted_at AS at, 'submitted' AS event_type, 'submitted' AS state,
           NULL::int AS ordinal FROM made
 UNION ALL
    SELECT id, 2, accepted_at, 'accepted', 'accepted', NULL FROM made
     WHERE accepted_at IS NOT NULL
 UNION ALL
    SELECT dossier_id, 3 + ordinal, done_at, 'step_completed',
           CASE ordinal WHEN 5 THEN 'done' ELSE 'processing' END, ordinal
      FROM qms_dossier_step
     WHERE id BETWEEN %(step_base)s + (%(first)s - 1) * 6 + 1
                  AND %(step_base)s + (%(first)s + %(count)s - 1) * 6
       AND done_at IS NOT NULL AND ordinal < 6
 UNION ALL
    SELECT id, 10, done_at, 'done', 'done', NULL FROM made WHERE done_at IS NOT NULL
 UNION ALL
    SELECT id, 11, returned_at, 'returned', 'returned', 6 FROM made
     WHERE returned_at IS NOT NULL
 UNION ALL
    SELECT id, 9, closed_at, state, state, NULL FROM made
     WHERE state IN ('refused', 'withdrawn', 'stopped')
 UNION ALL
    SELECT id, 9,
           (accepted_at + (done_plan - accepted_at) * (steps_done + 0.01) / 5)::timestamp(0),
           'supplement_requested', 'supplement', NULL
      FROM made WHERE state = 'supplement'
)
SELECT act.id AS dossier_id, made.company_id, act.at, act.at AS recorded_at, act.event_type,
       act.state, act.ordinal,
       row_number() OVER (PARTITION BY act.id ORDER BY act.at, act.rank)::int AS sequence,
       CASE WHEN act.rank > 1 AND accepted_at IS NOT NULL THEN due_plan END AS due_at,
       CASE WHEN act.event_type = 'done' THEN %(outcome)s END AS outcome,
       step.name AS activity, step.department_name AS unit_name,
       step.position_name AS from_position_name, following.position_name AS to_position_name,
       CASE WHEN act.ordinal IS NOT NULL
            THEN %(step_base)s + (made.n - 1) * 6 + act.ordinal END AS step_id,
       CASE WHEN act.event_type IN ('refused', 'withdrawn', 'stopped', 'supplement_requested')
            THEN 'Benchmark' END AS reason,
       COALESCE(step.holders[1 + act.id %% cardinality(step.holders)], made.clerk) AS user_id,
       COALESCE(step.holder_names[1 + act.id %% cardinality(step.holders)], made.clerk_name)
           AS user_name,
       NULL::text AS on_behalf_of_name, FALSE AS is_imported, NULL::text AS source_file,
       NULL::text AS source_hash, NULL::int AS source_row
  FROM act
  JOIN made USING (id)
  LEFT JOIN plan step ON step.version_id = made.version_id AND step.ordinal = act.ordinal
  LEFT JOIN plan following ON following.version_id = made.version_id
       AND following.ordinal = act.ordinal + 1;

INSERT INTO qms_dossier_event (
    dossier_id, company_id, sequence, at, recorded_at, event_type, state, due_at, outcome,
    activity, unit_name, from_position_name, to_position_name, step_id, reason, user_id,
    user_name, is_imported, previous_hash, hash)
SELECT dossier_id, company_id, sequence, at, recorded_at, event_type, state, due_at, outcome,
       activity, unit_name, from_position_name, to_position_name, step_id, reason, user_id,
       user_name, is_imported, lag(hash) OVER (PARTITION BY dossier_id ORDER BY sequence), hash
  FROM (
    SELECT told_event.*,
           pg_temp.chained(%(payload)s) OVER (PARTITION BY dossier_id ORDER BY sequence) AS hash
      FROM told_event
  ) hashed;

INSERT INTO qms_dossier (
    id, company_id, procedure_id, procedure_field_id, version_id, receiving_unit_id, state, code,
    submission_ref, intake_channel, set_qty, holder_name, holder_identity, holder_phone,
    submitted_at, accepted_at, clock_start_at, transferred_at, transfer_due_at, done_at,
    returned_at, closed_at, legal_hours, committed_hours, duration_kind, has_due, due_at,
    first_due_at, judged_due_at, legal_due_at, outcome, legal_outcome, is_terminal,
    supplement_count, current_step_id, current_position_id, current_department_id,
    first_event_at, last_event_at, event_count, event_head, is_priority, is_imported,
    is_non_territorial, is_inter_agency, needs_review, create_uid, write_uid, create_date,
    write_date)
SELECT made.id, company_id, procedure_id, field_id,
       CASE WHEN accepted_at IS NOT NULL THEN made.version_id END, unit_id, state,
       CASE WHEN accepted_at IS NOT NULL
            THEN agency_code || to_char(accepted_at, '-YYMMDD-') || lpad(made.id::text, 7, '0') END,
       'T' || to_char(submitted_at, 'YYYYMMDD-') || lpad(made.id::text, 7, '0'),
       CASE WHEN wait < 0.55 THEN 'online' WHEN wait < 0.97 THEN 'direct' ELSE 'post' END, 1,
       surnames[1 + floor(name_1 * cardinality(surnames))::int] || ' '
           || middles[1 + floor(name_2 * cardinality(middles))::int] || ' '
           || givens[1 + floor(name_3 * cardinality(givens))::int],
       '0' || lpad(floor(name_2 * 1e11)::bigint::text, 11, '0'),
       '09' || lpad(floor(name_3 * 1e8)::bigint::text, 8, '0'),
       submitted_at, accepted_at, accepted_at,
       CASE WHEN steps_done > 0 THEN
           (accepted_at + (done_plan - accepted_at) / 5)::timestamp(0) END,
       accepted_at + interval '6 hours', done_at, returned_at, closed_at, legal_hours,
       committed_hours, 'working', accepted_at IS NOT NULL,
       CASE WHEN accepted_at IS NOT NULL THEN due_plan END,
       CASE WHEN accepted_at IS NOT NULL THEN due_plan END,
       CASE WHEN accepted_at IS NOT NULL THEN due_plan END,
       CASE WHEN accepted_at IS NOT NULL THEN legal_plan END,
       CASE WHEN done_at IS NOT NULL THEN %(outcome)s END,
       CASE WHEN done_at IS NOT NULL THEN %(outcome)s END,
       state = 'stopped', CASE WHEN state = 'supplement' THEN 1 ELSE 0 END,
       CASE WHEN steps_done < 6 THEN
           %(step_base)s + (made.n - 1) * 6 + steps_done + 1 END,
       position_id, plan.department_id, submitted_at, last.at, last.sequence, last.hash,
       pause > 0.97, FALSE, FALSE, FALSE, FALSE, 1, 1, localtimestamp, localtimestamp
  FROM made
  CROSS JOIN names
  JOIN (
    SELECT DISTINCT ON (dossier_id) dossier_id, at, sequence, hash
      FROM qms_dossier_event
     WHERE dossier_id BETWEEN %(base)s + %(first)s AND %(base)s + %(first)s + %(count)s - 1
  ORDER BY dossier_id, sequence DESC
  ) last ON last.dossier_id = made.id
  LEFT JOIN plan ON plan.version_id = made.version_id AND plan.ordinal = steps_done + 1;

INSERT INTO qms_dossier_interruption (
    dossier_id, company_id, kind, state_before, reason, started_at, clock_mode, old_due_at,
    create_uid, write_uid, create_date, write_date)
SELECT id, company_id, 'supplement', 'processing', 'Benchmark',
       (accepted_at + (done_plan - accepted_at) * (steps_done + 0.01) / 5)::timestamp(0),
       'restart', due_plan, 1, 1, localtimestamp, localtimestamp
  FROM made WHERE state = 'supplement';

DROP TABLE made, told_event;
