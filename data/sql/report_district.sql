-- What the district's report gathers: for each week of its period and each ward the newest version that was sent.
CREATE OR REPLACE FUNCTION report_gathered(p_first date, p_last date) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT COALESCE(jsonb_agg(jsonb_build_object(
        'week', week.monday, 'ward', jsonb_build_object('code', w.code, 'name', w.name),
        'report', r.id, 'version', v.number, 'sent_at', v.sent_at, 'sent_on', v.sent_on, 'sent_by', v.sent_by, 'is_late', v.is_late,
        'from', v.from_day, 'to', v.to_day, 'venues', v.figures #> '{venues,0}', 'with_qr', v.figures #> '{with_qr,0}',
        'with_scans', v.figures #> '{with_scans,0}', 'violating', v.figures #> '{statuses,violating,0}',
        'difficulties', COALESCE(v.texts ->> 'difficulties', ''), 'proposals', COALESCE(v.texts ->> 'proposals', '')
    ) ORDER BY week.monday, w.name COLLATE "vi-x-icu", w.code), '[]')  -- noqa: RF05
    FROM (
        SELECT d.day::date AS monday
        FROM generate_series(date_trunc('week', p_first::timestamp), p_last::timestamp, interval '7 days') AS d (day)
    ) AS week
    CROSS JOIN LATERAL report_wards(week.monday) AS w
    LEFT JOIN report AS r
        ON r.kind = 'ward' AND r.ward_vintage = w.vintage AND r.ward_code = w.code AND r.first_day = week.monday
    LEFT JOIN LATERAL (
        SELECT x.* FROM report_version AS x WHERE x.report_id = r.id ORDER BY x.number DESC LIMIT 1
    ) AS v ON true
$$;

REVOKE ALL ON FUNCTION report_gathered(date, date) FROM PUBLIC;
