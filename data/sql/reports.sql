-- Reports: opened, written, sent, corrected. These functions alone write the tables; each asks who may. What they refuse is
-- raised with the state QR001: the key of a text, and its values as JSON.

CREATE OR REPLACE FUNCTION report_refuse(p_why text, p_values jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'QR001', MESSAGE = 'report.refused.' || p_why, DETAIL = p_values::text;
END
$$;

-- Whether the caller may write the report: the ward's chair, or for the district whoever gathers the wards' reports.
CREATE OR REPLACE FUNCTION report_is_theirs(p_kind text, p_ward integer) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT CASE p_kind
        WHEN 'ward' THEN caller_may('report') AND field_in_wards(p_ward)
        ELSE caller_may('aggregate') AND sees_all()
    END
$$;

-- Whether a version of the report was sent: for the policy of report, by which that of report_version goes.
CREATE OR REPLACE FUNCTION report_was_sent(p_report bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ SELECT EXISTS (SELECT FROM report_version AS v WHERE v.report_id = p_report) $$;

-- The report of a ward and a week, made at the first question. Weeks begin on p_monday.
CREATE OR REPLACE FUNCTION report_open(p_ward_code text, p_monday date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    place record;
    opened bigint;
BEGIN
    IF NOT caller_may('report') THEN
        RAISE EXCEPTION 'the caller may not write reports' USING ERRCODE = 'insufficient_privilege';
    ELSIF EXTRACT(isodow FROM p_monday) <> 1 OR p_monday > current_day() OR p_monday < '2020-01-01' THEN
        PERFORM report_refuse('week');
    END IF;
    SELECT w.ward_id, w.vintage, w.code, w.name INTO place FROM report_wards(p_monday) AS w
    WHERE w.code = p_ward_code AND field_in_wards(w.ward_id) LIMIT 1;
    IF place.ward_id IS NULL THEN
        PERFORM report_refuse('ward');
    END IF;
    INSERT INTO report (kind, ward_id, ward_vintage, ward_code, ward_name, first_day, last_day, opened_by, changed_by)
    VALUES ('ward', place.ward_id, place.vintage, place.code, place.name, p_monday, p_monday + 6, caller_name(), caller_name())
    ON CONFLICT (ward_vintage, ward_code, first_day) WHERE kind = 'ward' DO NOTHING
    RETURNING id INTO opened;
    RETURN COALESCE(opened, (
        SELECT r.id FROM report AS r WHERE r.kind = 'ward' AND r.ward_vintage = place.vintage AND r.ward_code = place.code
          AND r.first_day = p_monday
    ));
END
$$;

-- The district's report of a period, of 400 days at most.
CREATE OR REPLACE FUNCTION report_open_district(p_first date, p_last date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    opened bigint;
BEGIN
    IF NOT caller_may('aggregate') OR NOT sees_all() THEN
        RAISE EXCEPTION 'the caller may not gather reports' USING ERRCODE = 'insufficient_privilege';
    ELSIF p_first > p_last OR p_first > current_day() OR p_last - p_first > 400 OR p_first < '2020-01-01' THEN
        PERFORM report_refuse('period');
    END IF;
    INSERT INTO report (kind, first_day, last_day, opened_by, changed_by)
    VALUES ('district', p_first, p_last, caller_name(), caller_name())
    ON CONFLICT (first_day, last_day) WHERE kind = 'district' DO NOTHING
    RETURNING id INTO opened;
    RETURN COALESCE(opened, (
        SELECT r.id FROM report AS r WHERE r.kind = 'district' AND r.first_day = p_first AND r.last_day = p_last
    ));
END
$$;

-- The report, locked, where it is the caller's to write.
CREATE OR REPLACE FUNCTION report_held(p_report bigint) RETURNS report
LANGUAGE plpgsql
AS $$
DECLARE
    held report;
BEGIN
    SELECT * INTO held FROM report AS r WHERE r.id = p_report FOR UPDATE;
    IF held.id IS NULL OR NOT report_is_theirs(held.kind, held.ward_id) THEN
        RAISE EXCEPTION 'no such report of the caller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN held;
END
$$;

-- Refuses where somebody has written since the caller looked, and says what.
CREATE OR REPLACE FUNCTION report_must_be(p_held report, p_serial integer) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    IF p_held.state <> 'draft' THEN
        PERFORM report_refuse('sent');
    ELSIF p_held.serial <> p_serial THEN
        PERFORM report_refuse('changed', jsonb_build_object(
            'by', p_held.changed_by, 'at', p_held.changed_at, 'serial', p_held.serial, 'texts', p_held.texts
        ));
    END IF;
END
$$;

-- Keeps the texts; returns the new serial.
CREATE OR REPLACE FUNCTION report_save(p_report bigint, p_serial integer, p_texts jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    held CONSTANT report := report_held(p_report);
BEGIN
    PERFORM report_must_be(held, p_serial);
    IF EXISTS (
        SELECT FROM jsonb_each(p_texts) AS t
        WHERE t.key NOT IN ('difficulties', 'proposals', 'note') OR jsonb_typeof(t.value) <> 'string'
           OR length(t.value #>> '{}') > 4000
    ) THEN
        PERFORM report_refuse('texts');
    END IF;
    UPDATE report AS r SET texts = r.texts || p_texts, serial = r.serial + 1, changed_by = caller_name(),
        changed_at = clock_timestamp()
    WHERE r.id = held.id;
    RETURN held.serial + 1;
END
$$;

-- From which to which day a report counts what happened: a ward's from where its report of the week before ended, so that
-- what happened after a Friday's report is in the next one.
CREATE OR REPLACE FUNCTION report_span(p_report report) RETURNS TABLE (from_day date, to_day date)
LANGUAGE sql STABLE
AS $$
    SELECT COALESCE((
        SELECT v.to_day + 1 FROM report AS r JOIN report_version AS v ON v.report_id = r.id
        WHERE p_report.kind = 'ward' AND r.kind = 'ward' AND r.ward_vintage = p_report.ward_vintage
          AND r.ward_code = p_report.ward_code AND r.first_day = p_report.first_day - 7
        ORDER BY v.number DESC LIMIT 1
    ), p_report.first_day), LEAST(p_report.last_day, current_day())
$$;

-- The figures as they are now.
CREATE OR REPLACE FUNCTION report_now_figures(p_report report) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT report_figures(p_report.ward_id, s.from_day, s.to_day) || CASE p_report.kind
        WHEN 'ward' THEN jsonb_build_object(
            'week', to_char(p_report.first_day, 'IYYY-"W"IW'),
            'ward', jsonb_build_object('code', p_report.ward_code, 'name', p_report.ward_name)
        )
        ELSE jsonb_build_object('week', NULL, 'reports', report_gathered(p_report.first_day, p_report.last_day))
    END
    FROM report_span(p_report) AS s
$$;

-- The same for whoever may see the report; NULL where its ward is no longer known.
CREATE OR REPLACE FUNCTION report_live(p_report bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT report_now_figures(r) FROM report AS r
    WHERE r.id = p_report AND (r.kind = 'district' OR r.ward_id IS NOT NULL)
      AND (report_is_theirs(r.kind, r.ward_id) OR caller_may('aggregate', 'approve') AND sees_all())
$$;

-- What identifies a version: SHA-256 of its number, figures and texts as PostgreSQL writes JSON (keys in one order).
CREATE OR REPLACE FUNCTION report_hash(p_number integer, p_figures jsonb, p_texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT encode(sha256(convert_to(jsonb_build_object('version', p_number, 'figures', p_figures, 'texts', p_texts)::text,
                                    'UTF8')), 'hex')
$$;

-- Sends the report as it is: figures and texts are frozen as its next version, whose number is returned.
CREATE OR REPLACE FUNCTION report_send(p_report bigint, p_serial integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    held CONSTANT report := report_held(p_report);
    version CONSTANT integer := 1 + (SELECT count(*) FROM report_version AS v WHERE v.report_id = p_report);
    figures jsonb;
BEGIN
    PERFORM report_must_be(held, p_serial);
    IF held.kind = 'ward' AND held.ward_id IS NULL THEN
        PERFORM report_refuse('ward');
    ELSIF held.kind = 'ward' AND report_opens_on(held.first_day) > current_day() THEN
        PERFORM report_refuse('early', jsonb_build_object('day', report_opens_on(held.first_day)));
    END IF;
    figures := report_now_figures(held);
    INSERT INTO report_version (report_id, number, from_day, to_day, figures, texts, why, sha256, is_late, sent_by, sent_login,
                                sent_on)
    VALUES (held.id, version, (figures ->> 'from')::date, (figures ->> 'to')::date, figures, held.texts, held.why,
            report_hash(version, figures, held.texts),
            held.kind = 'ward' AND version = 1 AND report_now() > report_due_at(held.first_day),
            caller_name(), current_setting('app.login'), current_day());
    UPDATE report AS r SET state = 'sent', why = '', serial = r.serial + 1, changed_by = caller_name(),
        changed_at = clock_timestamp()
    WHERE r.id = held.id;
    DELETE FROM report_presence AS p WHERE p.report_id = held.id;
    RETURN version;
END
$$;

-- A version's file; each format once, by whom has just sent it.
CREATE OR REPLACE FUNCTION report_paper_add(p_report bigint, p_number integer, p_format text, p_sha256 text, p_name text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    held CONSTANT report := report_held(p_report);
BEGIN
    INSERT INTO report_paper (report_id, number, format, sha256, file_name)
    VALUES (held.id, p_number, p_format, p_sha256, p_name);
END
$$;

-- Opens a sent report again, for its next version; returns the serial.
CREATE OR REPLACE FUNCTION report_correct(p_report bigint, p_why text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    held CONSTANT report := report_held(p_report);
BEGIN
    IF held.state <> 'sent' THEN
        PERFORM report_refuse('not_sent');
    ELSIF btrim(COALESCE(p_why, '')) = '' OR length(p_why) > 1000 THEN
        PERFORM report_refuse('no_reason');
    END IF;
    UPDATE report AS r SET state = 'draft', why = btrim(p_why), serial = r.serial + 1, changed_by = caller_name(),
        changed_at = clock_timestamp()
    WHERE r.id = held.id;
    RETURN held.serial + 1;
END
$$;

-- Says that the caller has the report open, and returns who else has had within half a minute.
CREATE OR REPLACE FUNCTION report_present(p_report bigint) RETURNS TABLE (login text, name text, seen_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    me CONSTANT text := current_setting('app.login');
BEGIN
    IF NOT EXISTS (SELECT FROM report AS r WHERE r.id = p_report AND report_is_theirs(r.kind, r.ward_id)) THEN
        RAISE EXCEPTION 'no such report of the caller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO report_presence AS p (report_id, login, name) VALUES (p_report, me, caller_name())
    ON CONFLICT (report_id, login) DO UPDATE SET seen_at = clock_timestamp(), name = EXCLUDED.name;
    RETURN QUERY SELECT p.login, p.name, p.seen_at FROM report_presence AS p
    WHERE p.report_id = p_report AND p.login <> me AND p.seen_at > clock_timestamp() - interval '30 seconds'
    ORDER BY p.name;
END
$$;

REVOKE ALL ON FUNCTION report_refuse(text, jsonb), report_is_theirs(text, integer), report_was_sent(bigint), report_held(bigint),
    report_must_be(report, integer), report_span(report), report_now_figures(report), report_open(text, date),
    report_open_district(date, date), report_save(bigint, integer, jsonb), report_live(bigint), report_send(bigint, integer),
    report_paper_add(bigint, integer, text, text, text), report_correct(bigint, text), report_present(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report_open(text, date), report_open_district(date, date), report_save(bigint, integer, jsonb),
    report_live(bigint), report_send(bigint, integer), report_paper_add(bigint, integer, text, text, text),
    report_correct(bigint, text), report_present(bigint) TO qr_app;
GRANT EXECUTE ON FUNCTION report_is_theirs(text, integer), report_was_sent(bigint) TO qr_app;
