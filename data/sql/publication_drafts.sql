-- Drafting a list: the rule's result of a day is frozen, name by name, with what decided.

-- Opens a list with its entries; p_facts {kind, day, from_day, title}. The same p_client again is the same list.
-- Returns and raises as case_open() (cases.sql).
CREATE OR REPLACE FUNCTION publication_open(p_facts jsonb, p_client uuid DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    opened case_file;
    known jsonb;
BEGIN
    PERFORM case_require_right('publication_list', 'draft');
    PERFORM pg_advisory_xact_lock(case_lock_space(), 0);
    known := case_answer_of(p_client);
    IF known IS NOT NULL THEN
        RETURN known;
    END IF;
    INSERT INTO case_file (process, state, venue_code, opened_by, opened_login)
    VALUES ('publication_list', '', '', caller_name(), COALESCE(current_setting('app.login', true), ''))
    RETURNING * INTO opened;
    RETURN case_take(opened, 'draft', COALESCE(p_facts, '{}'), NULL, p_client);
END
$$;


-- Writes the list and its entries, once the step "draft" is taken.
CREATE OR REPLACE FUNCTION publication_draft(c case_file, p_facts jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    list publication;
    entry record;
    places integer := 0;
BEGIN
    INSERT INTO publication (list_id, kind, day, from_day, title, policy, drafted_login)
    SELECT c.id, said.kind, said.day, (p_facts ->> 'from_day')::date,
           COALESCE(NULLIF(btrim(p_facts ->> 'title'), ''), said.policy ->> ('title_' || said.kind)), said.policy,
           COALESCE(current_setting('app.login', true), '')
    FROM (
        SELECT p_facts ->> 'kind' AS kind, (p_facts ->> 'day')::date AS day,
               publication_policy((p_facts ->> 'day')::date) AS policy
    ) AS said
    RETURNING * INTO list;
    FOR entry IN
        SELECT * FROM publication_venues_to_draft(list) WHERE list.kind = 'venues'
        UNION ALL
        SELECT * FROM publication_bodies_to_draft(list) WHERE list.kind = 'bodies'
    LOOP
        places := places + 1;
        PERFORM publication_draft_entry(c.id, places, to_jsonb(entry));
    END LOOP;
    UPDATE publication AS l
    SET left_out = jsonb_build_object('in_another_list', (
        SELECT count(*) FROM status_period AS p
        WHERE l.kind = 'venues' AND p.status = 'violating' AND p.from_day <= l.day AND p.to_day >= l.day
          AND publication_open_at(p.venue_id, c.id)
    ))
    WHERE l.list_id = c.id;
END
$$;

-- Whether an entry of another list than p_list is open at the venue: nobody is named twice.
CREATE OR REPLACE FUNCTION publication_open_at(p_venue integer, p_list bigint) RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (
        SELECT FROM case_file AS o JOIN publication_entry AS e ON e.case_id = o.id
        WHERE o.process = 'publication' AND o.venue_id = p_venue AND o.closed_at IS NULL AND e.list_id <> p_list
    )
$$;

-- Whether a name ends as persons are called: a family name with one to three syllables after it (two at least where the
-- family name is a common word, too), or "cô", "chú", "bà", … with one or two. With its diacritics, unless it has none at
-- all. Names of companies, schools and offices are not asked.
CREATE OR REPLACE FUNCTION is_persons_name(p_name text) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
    SELECT fold(n.said) !~ '^(cong ty|chi nhanh|van phong|truong|tru so|ngan hang|benh vien|tram|chung cu|toa nha|cho|dinh|den|chua) '
        AND (
            n.said ~ '(^| )(nguyễn|trần|lê|phạm|phan|vũ|võ|đặng|bùi|đỗ|ngô|đinh|trịnh|đoàn|phùng|nghiêm|hoàng)( [[:alpha:]]+){1,3}$'
            OR n.said ~ '(^| )(hồ|dương|lý|tạ|lương|mai|cao|chu|bạch|đào|hà|tô|huỳnh)( [[:alpha:]]+){2,3}$'
            OR n.said ~ '(^| )(cô|chú|bà|ông|bác|dì|thím|mợ|cậu|anh|chị)( [[:alpha:]]+){1,2}$'
            OR n.said ~ '^(hộ kinh doanh|hkd)( [[:alpha:]]+){2,4}$'
            OR (n.said = fold(n.said) AND n.said ~ '(^| )(nguyen|tran|pham|phan|trinh|dinh|dang|bui)( [a-z]+){1,3}$')
        )
    FROM (SELECT lower(normalize(btrim(p_name), NFC) COLLATE "vi-x-icu") AS said) AS n
$$;

-- Whether the venue's name seems to be that of a person: it holds its owner's name, or is_persons_name(). It is proposed
-- to a person, never decided here.
CREATE OR REPLACE FUNCTION names_a_person(p_venue integer) RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (
        SELECT FROM venue AS v LEFT JOIN venue_contact AS k ON k.venue_id = v.id
        WHERE v.id = p_venue AND (
            fold(v.name) LIKE '%' || NULLIF(fold(btrim(k.owner_name)), '') || '%' OR is_persons_name(v.name)
        )
    )
$$;

-- The venues that violate on the list's day, each with its evidence, in the order of the list.
CREATE OR REPLACE FUNCTION publication_venues_to_draft(list publication)
RETURNS TABLE (
    venue_id integer, venue_code text, ward_id integer, body_kind text, body_code text, grade text, facts jsonb,
    missing text[], shown jsonb, anonymous_proposed boolean
)
LANGUAGE sql STABLE
AS $$
    SELECT v.id, v.code, v.ward_id, NULL, NULL, said.grade, said.facts, said.missing,
           jsonb_build_object(
               'name', v.name, 'address', v.address, 'ward', COALESCE(w.name, ''), 'ward_code', COALESCE(w.code, ''),
               'category', g.name_vi, 'what', CASE WHEN p.has_qr THEN 'not_scanning' ELSE 'no_qr' END,
               'reminder_days', (
                   SELECT COALESCE(jsonb_agg(r.said ->> 'reminded_on' ORDER BY r.said ->> 'reminded_on'), '[]')
                   FROM jsonb_array_elements(said.facts -> 'reminders') AS r (said)
               ),
               'since', p.from_day
           ),
           names_a_person(v.id)
    FROM status_period AS p
    JOIN venue AS v ON v.id = p.venue_id
    JOIN category AS g ON g.code = v.category
    LEFT JOIN ward AS w ON w.id = v.ward_id
    CROSS JOIN LATERAL publication_evidence(v.id, list.day, list.policy) AS said
    WHERE p.status = 'violating' AND p.from_day <= list.day AND p.to_day >= list.day
      AND NOT publication_open_at(v.id, list.list_id)
    ORDER BY w.name COLLATE "vi-x-icu" ASC NULLS LAST, v.name COLLATE "vi-x-icu" ASC, v.code ASC  -- noqa: RF05
$$;

CREATE OR REPLACE FUNCTION publication_bodies_to_draft(list publication)
RETURNS TABLE (
    venue_id integer, venue_code text, ward_id integer, body_kind text, body_code text, grade text, facts jsonb,
    missing text[], shown jsonb, anonymous_proposed boolean
)
LANGUAGE sql STABLE
AS $$
    SELECT NULL::integer, '', NULL::integer, b.body_kind, b.body_code, NULL, b.figures, '{}'::text[],
           jsonb_build_object('name', b.name, 'address', '', 'ward', '', 'ward_code', '', 'what', b.body_kind,
                              'reminder_days', '[]'::jsonb, 'since', list.from_day, 'figures', b.figures),
           false
    FROM publication_bodies(list.from_day, list.day) AS b
    WHERE b.share < (list.policy ->> 'body_share')::numeric
    ORDER BY b.body_kind DESC, b.name COLLATE "vi-x-icu" ASC, b.body_code ASC  -- noqa: RF05
$$;

-- One entry: a case, drafted or held back.
CREATE OR REPLACE FUNCTION publication_draft_entry(p_list bigint, p_position integer, e jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    opened case_file;
BEGIN
    INSERT INTO case_file (process, state, venue_code, venue_id, ward_id, about)
    VALUES ('publication', '', e ->> 'venue_code', (e ->> 'venue_id')::integer, (e ->> 'ward_id')::integer, p_list)
    RETURNING * INTO opened;
    INSERT INTO publication_entry (
        case_id, list_id, position, slug, body_kind, body_code, grade, facts, missing, shown, anonymous_proposed
    )
    VALUES (
        opened.id, p_list, p_position, random_code(16), e ->> 'body_kind', e ->> 'body_code', e ->> 'grade', e -> 'facts',
        ARRAY(SELECT jsonb_array_elements_text(e -> 'missing')), e -> 'shown', (e ->> 'anonymous_proposed')::boolean
    );
    PERFORM case_take(opened, CASE WHEN e -> 'missing' = '[]' THEN 'draft' ELSE 'hold' END, '{}', NULL, NULL, true);
END
$$;


REVOKE ALL ON FUNCTION
    publication_open(jsonb, uuid), publication_draft(case_file, jsonb), publication_draft_entry(bigint, integer, jsonb),
    publication_venues_to_draft(publication), publication_bodies_to_draft(publication), names_a_person(integer),
    is_persons_name(text),
    publication_open_at(integer, bigint)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION publication_open(jsonb, uuid) TO qr_app;
