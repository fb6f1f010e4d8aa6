"""SQL of lists of cases (``data.queries.cases``): what is asked of every case, and what of those that are listed."""

# The step that carries a case on, in each state that waits for somebody; other steps (withdraw, annul, …) are at will.
NEXT = """(VALUES
    ('visit', 'planned', 'record'), ('visit', 'due', 'plan'), ('suspension_request', 'requested', 'confirm'),
    ('suspension_request', 'confirmed', 'agree'), ('suspension_decision', 'in_force', 'announce'),
    ('suspension_decision', 'lift_due', 'repeal'), ('referral', 'sent', 'answer')
) AS n (process, state, step)"""
# What is asked of every case; what can be asked once for many (whose turn it is, working days since a day) is.
CASES = f"""
    WITH today AS MATERIALIZED (SELECT current_day() AS day),
    mine AS MATERIALIZED (
        SELECT DISTINCT n.process, n.state FROM {NEXT} JOIN allowed_steps() AS s
            ON s.process = n.process AND s.from_state = n.state AND s.step = n.step
        WHERE caller_may(VARIADIC s.rights)
    ),
    clock AS MATERIALIZED (
        SELECT due.due_on, working_days_between(due.due_on, today.day) AS days_over
        FROM (SELECT DISTINCT c.due_on FROM case_file AS c WHERE c.due_on IS NOT NULL) AS due CROSS JOIN today
    ),
    line AS (
        SELECT c.id, c.process, c.state, c.venue_code, c.venue_id, c.about, w.code AS ward_code, w.name AS ward, x.kind,
               x.day AS planned_for, x.outcome, x.outcome_on, c.opened_by, c.due_on, c.due_at, c.closed_at,
               clock.days_over,
               c.closed_at IS NULL AND COALESCE(c.due_at < clock_timestamp(), clock.days_over > 0, false) AS is_overdue,
               mine.process IS NOT NULL AND (x.kind IS DISTINCT FROM 'inspection' OR (SELECT caller_may('inspect')))
                   AS is_mine
        FROM case_file AS c
        LEFT JOIN ward AS w ON w.id = c.ward_id
        LEFT JOIN visit AS x ON x.case_id = c.id
        LEFT JOIN clock ON clock.due_on = c.due_on
        LEFT JOIN mine ON mine.process = c.process AND mine.state = c.state
    )
"""  # noqa: S608  # named above
# What is asked of those that are listed. Reminders may be withdrawn, or answered by what a later file brings, after a
# step was taken upon them: asked once more of the day of that step.
SHOWN = f"""
    SELECT line.id, line.process, line.state, line.venue_code, v.name AS venue_name, v.address, line.ward_code,
           line.ward, line.kind, line.planned_for, line.outcome, line.outcome_on, line.opened_by, last.day AS since,
           line.due_on, line.due_at, line.closed_at, line.days_over, line.is_overdue, line.is_mine,
           below.why ->> 'why' IS NOT NULL AS is_doubtful, (below.why ->> 'counted')::integer AS counted,
           (below.why ->> 'threshold')::integer AS threshold, n.step AS next_step
    FROM found AS line CROSS JOIN today
    LEFT JOIN {NEXT} ON n.process = line.process AND n.state = line.state
    LEFT JOIN venue AS v ON v.id = line.venue_id
    LEFT JOIN LATERAL (SELECT max(e.day) AS day FROM case_entry AS e WHERE e.case_id = line.id) AS last ON true
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN line.venue_id IS NULL OR line.closed_at IS NOT NULL OR line.process NOT LIKE 'suspension%%' THEN NULL
            ELSE below_threshold(line.venue_id, COALESCE(
                (SELECT CASE e.step WHEN 'enter' THEN (e.paper ->> 'day')::date ELSE e.day END FROM case_entry AS e
                 WHERE e.case_id = line.id AND e.step IN ('enter', 'agree') ORDER BY e.id DESC LIMIT 1), today.day
            ))
        END AS why
    ) AS below
    ORDER BY line.place
"""  # noqa: S608  # named above
