-- What decided that a venue is on a list, and how good the evidence is.
--
-- The grade is that of the weakest fact:
--   A  recorded at the door, with a photograph
--   B  recorded at the door
--   C  of a reminder book, linked by code or by a person
--   D  of a book, or with a QR, linked by the machine below policy checks.machine_link; or fewer known days in the window
--      than checks.known_days, where it is the missing scans that tell

-- How a row of a file came to its venue: {"link": code|person|machine, "probability", "linked_by", "file", "sheet",
-- "row", "loaded_by"}; "probability" of the machine alone, "linked_by" the person.
CREATE OR REPLACE FUNCTION row_evidence(p_load integer, p_sheet integer, p_row integer, p_mention integer) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'link', CASE WHEN p_mention IS NULL THEN 'code' ELSE COALESCE(k.linked_by, 'machine') END,
        'probability', CASE WHEN p_mention IS NOT NULL AND k.linked_by IS DISTINCT FROM 'person'
                            THEN round(COALESCE(k.probability, 0)::numeric, 3) END,
        'linked_by', d.decided_by, 'file', l.file_name, 'sheet', l.sheets[p_sheet + 1], 'row', p_row,
        'loaded_by', l.loaded_by
    ))
    FROM (SELECT) AS once
    LEFT JOIN load AS l ON l.id = p_load
    LEFT JOIN link AS k ON k.mention_id = p_mention
    LEFT JOIN mention AS m ON m.id = k.mention_id AND k.linked_by = 'person'
    LEFT JOIN link_decision AS d ON d.mention_key = m.key AND d.verdict IN ('same', 'new')
$$;

-- The grade of such a row: D for a doubtful machine, else C.
CREATE OR REPLACE FUNCTION row_grade(p_row jsonb, p_checks jsonb) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE
        WHEN p_row ->> 'link' = 'machine'
            AND (p_row ->> 'probability')::numeric < (p_checks ->> 'machine_link')::numeric THEN 'D'
        ELSE 'C'
    END
$$;

-- How a reminder is known: {"reminded_on", "reason", "given_by", "method", "how": field|book, "grade"}, at the door with
-- {"login", "photo", "happened_at"}, in a book with what row_evidence() says.
CREATE OR REPLACE FUNCTION reminder_evidence(p_reminder integer, p_checks jsonb) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object('reminded_on', r.reminded_on, 'reason', r.reason, 'given_by', r.given_by, 'method', r.method)
        || CASE WHEN f.id IS NULL
            THEN book.said || jsonb_build_object('how', 'book', 'grade', row_grade(book.said, p_checks))
            ELSE jsonb_build_object(
                'how', 'field', 'login', f.login, 'photo', f.photo, 'happened_at', f.happened_at,
                'grade', CASE WHEN f.photo IS NULL THEN 'B' ELSE 'A' END
            )
        END
    FROM reminder AS r
    CROSS JOIN LATERAL (
        SELECT row_evidence(r.load_id, r.source_sheet, r.source_row, r.mention_id) AS said
    ) AS book
    LEFT JOIN LATERAL (
        SELECT x.id, x.photo, x.login, x.happened_at FROM field_event AS x
        WHERE x.reminder_id = r.id AND x.withdrawn_on IS NULL ORDER BY x.photo IS NULL, x.seq LIMIT 1
    ) AS f ON true
    WHERE r.id = p_reminder
$$;

-- The days of a venue's window from its first known one to p_day: how many of them are known, and which are not.
CREATE OR REPLACE FUNCTION window_evidence(p_venue integer, p_from date, p_day date)
RETURNS TABLE (known_days integer, gaps jsonb)
LANGUAGE sql STABLE
AS $$
    SELECT count(*) FILTER (WHERE d.known)::integer,
           COALESCE(jsonb_agg(d.day ORDER BY d.day) FILTER (WHERE NOT d.known), '[]')
    FROM (
        SELECT g.day::date AS day,
               EXISTS (SELECT FROM scan_known_day AS k WHERE k.day = g.day::date) AND NOT EXISTS (
                   SELECT FROM venue_reading AS v WHERE v.venue_id = p_venue AND v.unknown @> g.day::date
               ) AS known
        FROM generate_series(p_from, p_day, interval '1 day') AS g (day)
    ) AS d
$$;

-- Grade, facts and what is missing of a venue on a day; "missing" are keys: grade, known_days, doubt.<reason>.
CREATE OR REPLACE FUNCTION publication_evidence(p_venue integer, p_day date, p_policy jsonb)
RETURNS TABLE (grade text, facts jsonb, missing text[])
LANGUAGE sql STABLE
AS $$
    WITH counted AS (
        SELECT reminder_evidence(s.reminder_id, p_policy -> 'checks') AS said
        FROM reminder_standing(p_venue, p_day) AS s WHERE s.standing = 'counted'
    ), told AS (
        SELECT COALESCE(jsonb_agg(c.said ORDER BY c.said ->> 'reminded_on'), '[]') AS reminders,
               COALESCE(max(c.said ->> 'grade'), 'D') AS grade,
               COALESCE(bool_or(c.said ->> 'reason' = 'not_scanning'), false) AS of_scans
        FROM counted AS c
    )
    SELECT g.grade,
           jsonb_build_object(
               'reminders', told.reminders, 'last_scan', s.last_scan, 'has_qr', s.has_qr, 'registration', qr.said,
               'window_from', s.window_from, 'known_days', w.known_days, 'gaps', w.gaps,
               'threshold', s.reminder_threshold, 'window_days', s.scanning_window_days
           ),
           CASE WHEN g.grade > p_policy ->> 'grade' THEN ARRAY['grade'] ELSE '{}'::text[] END
               || CASE WHEN g.few_days THEN ARRAY['known_days'] ELSE '{}'::text[] END
               || ARRAY(SELECT DISTINCT 'doubt.' || d.reason FROM venue_doubt AS d WHERE d.venue_id = p_venue ORDER BY 1)
    FROM venue_status(p_venue, p_day) AS s
    CROSS JOIN told
    CROSS JOIN LATERAL window_evidence(p_venue, s.window_from, p_day) AS w
    LEFT JOIN LATERAL (
        SELECT jsonb_build_object('registered_on', q.registered_on)
               || row_evidence(q.load_id, q.source_sheet, q.source_row, q.mention_id) AS said
        FROM registration AS q WHERE q.id = s.registration_id
    ) AS qr ON true
    CROSS JOIN LATERAL (
        SELECT few.few_days, CASE WHEN few.few_days THEN 'D' ELSE GREATEST(told.grade, row_grade(qr.said, p_policy -> 'checks')) END
        FROM (
            SELECT (s.has_qr OR told.of_scans)
                   AND w.known_days < (p_policy -> 'checks' ->> 'known_days')::integer AS few_days
        ) AS few
    ) AS g (few_days, grade)
$$;


REVOKE ALL ON FUNCTION
    row_evidence(integer, integer, integer, integer), row_grade(jsonb, jsonb), reminder_evidence(integer, jsonb),
    window_evidence(integer, date, date), publication_evidence(integer, date, jsonb)
FROM PUBLIC;
