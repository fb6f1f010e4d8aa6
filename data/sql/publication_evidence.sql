-- What decided that a venue is on a list, and how good the evidence is.
--
-- The grade is that of the weakest fact:
--   A  recorded at the door, with a photograph
--   B  recorded at the door
--   C  of a reminder book, linked by code or by a person
--   D  of a book, linked by the machine below policy checks.machine_link; or fewer known days than checks.known_days

-- How a reminder is known: {"reminded_on", "reason", "given_by", "how": field|book, "photo", "login", "link", "grade"}.
CREATE OR REPLACE FUNCTION reminder_evidence(p_reminder integer, p_checks jsonb) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'reminded_on', r.reminded_on, 'reason', r.reason, 'given_by', r.given_by, 'method', r.method,
        'how', CASE WHEN f.id IS NOT NULL THEN 'field' ELSE 'book' END, 'photo', f.photo, 'login', f.login,
        'file', l.file_name, 'link', k.link, 'probability', k.probability,
        'grade', CASE
            WHEN f.photo IS NOT NULL THEN 'A'
            WHEN f.id IS NOT NULL THEN 'B'
            WHEN k.link = 'machine' AND k.probability < (p_checks ->> 'machine_link')::numeric THEN 'D'
            ELSE 'C'
        END
    )
    FROM reminder AS r
    LEFT JOIN load AS l ON l.id = r.load_id
    LEFT JOIN LATERAL (
        SELECT x.id, x.photo, x.login FROM field_event AS x
        WHERE x.reminder_id = r.id AND x.withdrawn_on IS NULL ORDER BY x.photo IS NULL, x.seq LIMIT 1
    ) AS f ON true
    CROSS JOIN LATERAL (SELECT 'code'::text AS link, 1::numeric AS probability) AS k
    WHERE r.id = p_reminder
$$;

-- Grade, facts and what is missing of a venue on a day.
CREATE OR REPLACE FUNCTION publication_evidence(p_venue integer, p_day date, p_policy jsonb)
RETURNS TABLE (grade text, facts jsonb, missing text[])
LANGUAGE sql STABLE
AS $$
    WITH counted AS (
        SELECT reminder_evidence(s.reminder_id, p_policy -> 'checks') AS said
        FROM reminder_standing(p_venue, p_day) AS s WHERE s.standing = 'counted'
    ), doubt AS (
        SELECT d.reason FROM venue_doubt AS d WHERE d.venue_id = p_venue
    )
    SELECT g.grade,
           jsonb_build_object(
               'reminders', COALESCE((SELECT jsonb_agg(c.said ORDER BY c.said ->> 'reminded_on') FROM counted AS c), '[]'),
               'last_scan', s.last_scan, 'has_qr', s.has_qr, 'window_from', s.window_from,
               'threshold', s.reminder_threshold, 'window_days', s.scanning_window_days
           ),
           CASE WHEN g.grade > p_policy ->> 'grade' THEN ARRAY['grade'] ELSE '{}'::text[] END
               || ARRAY(SELECT 'doubt.' || d.reason FROM doubt AS d ORDER BY 1)
    FROM venue_status(p_venue, p_day) AS s
    CROSS JOIN LATERAL (SELECT COALESCE(max(c.said ->> 'grade'), 'D') AS grade FROM counted AS c) AS g
$$;


REVOKE ALL ON FUNCTION reminder_evidence(integer, jsonb), publication_evidence(integer, date, jsonb) FROM PUBLIC;
