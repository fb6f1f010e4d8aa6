-- What the policy says of publication. A list keeps what was in force when it was drafted (publication.policy).

-- notice_days: working days from the delivery of a notice until its entry may be approved; retention_days: calendar days
-- that an entry stands; grade: the worst evidence with which a name is published; body_share: a ward or managing body is
-- drafted that reached less than this share of its venues without a QR; valid_days: how long a copy of the public page
-- holds; title and word: of public paper, in the order's own words (2962/UBND-VHTT, section 6).
-- checks: what makes a reminder implausible (implausible.sql) or evidence weak (publication_evidence.sql).
CREATE OR REPLACE FUNCTION publication_defaults() RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT jsonb_build_object(
        'notice_days', 10, 'retention_days', 180, 'grade', 'C', 'body_share', 0.5, 'valid_days', 7,
        'title_venues', 'Danh sách địa điểm chưa nghiêm túc thực hiện tạo mã và quét mã QR',
        'title_bodies', 'Danh sách đơn vị chưa nghiêm túc kiểm tra, đôn đốc tạo và quét mã QR',
        'word_venues', 'chưa nghiêm túc thực hiện tạo mã và quét mã QR',
        'word_bodies', 'chưa nghiêm túc kiểm tra, đôn đốc tạo và quét mã QR',
        'checks', jsonb_build_object(
            'burst_doors', 40, 'burst_minutes', 10, 'street_venues', 15, 'street_share', 0.5, 'note_letters', 30,
            'known_days', 5, 'machine_link', 0.95
        )
    )
$$;

-- The same as it is on a day, with what the policy says otherwise.
CREATE OR REPLACE FUNCTION publication_policy(p_day date) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT d.said || COALESCE(p.publication, '{}')
        || jsonb_build_object('checks', (d.said -> 'checks') || COALESCE(p.publication -> 'checks', '{}'))
    FROM (SELECT publication_defaults() AS said) AS d
    LEFT JOIN LATERAL (
        SELECT x.publication FROM policy AS x WHERE x.valid_from <= p_day ORDER BY x.valid_from DESC LIMIT 1
    ) AS p ON true
$$;

-- A code in the alphabet of Crockford's Base32 (no I, L, O, U), five bits each, from PostgreSQL's strong random numbers.
CREATE OR REPLACE FUNCTION random_code(p_length integer) RETURNS text
LANGUAGE sql VOLATILE
AS $$
    SELECT string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + (get_byte(drawn.bytes, 0) & 31), 1), '')
    FROM generate_series(1, p_length) AS place (number)
    CROSS JOIN LATERAL (
        SELECT uuid_send(gen_random_uuid()) AS bytes WHERE place.number > 0  -- drawn anew for each
    ) AS drawn
$$;
