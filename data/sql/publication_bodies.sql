-- The list of bodies: wards and managing bodies by what they did in a period. No personal data.
--
-- The order can be read as publishing who did not check and urge (section 6); a body is drafted whose share of venues
-- without a QR that were reached (reminded, or visited) in the period lies below policy body_share.

CREATE OR REPLACE FUNCTION publication_bodies(p_from date, p_to date)
RETURNS TABLE (body_kind text, body_code text, name text, figures jsonb, share numeric)
LANGUAGE sql STABLE
AS $$
    WITH place AS MATERIALIZED (
        SELECT * FROM reached_in(p_from, p_to)
    ), body AS (
        SELECT 'ward' AS kind, w.code, w.name, p.* FROM place AS p JOIN ward AS w ON w.id = p.ward_id
        UNION ALL
        SELECT 'unit', a.login, a.name, p.*
        FROM account AS a JOIN account_unit AS u ON u.account_id = a.id JOIN venue AS v ON v.code = u.venue_code
        JOIN place AS p ON p.venue_id = COALESCE(v.merged_into, v.id)
        WHERE a.role = 'managing_body' AND a.disabled_at IS NULL
    )
    SELECT b.kind, b.code, b.name,
           jsonb_build_object(
               'venues', count(*), 'without_qr', count(*) FILTER (WHERE NOT b.has_qr),
               'reached', count(*) FILTER (WHERE NOT b.has_qr AND b.reached),
               'reminders', sum(b.reminders) FILTER (WHERE NOT b.has_qr)
           ),
           CASE b.kind
               -- a managing body looks after units of its own: those with a code
               WHEN 'unit' THEN count(*) FILTER (WHERE b.has_qr)::numeric / count(*)
               ELSE count(*) FILTER (WHERE NOT b.has_qr AND b.reached)::numeric
                    / NULLIF(count(*) FILTER (WHERE NOT b.has_qr), 0)
           END
    FROM body AS b GROUP BY b.kind, b.code, b.name
$$;


REVOKE ALL ON FUNCTION publication_bodies(date, date) FROM PUBLIC;
