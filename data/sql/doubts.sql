-- Which venues' statuses rest on doubtful data today, and why: nothing that may name a venue in public counts them.
--   pending_link        rows wait for a person to say whether a description means this venue: its missing registration or
--                       scan may be among them.
--   possible_duplicate  the register rather has this venue twice than not, its events spread over both; that it might is
--                       asked of a person, but takes no violator off the list.
--   missing_export      exports cover days for which they leave this venue out (scan_totals.sql).
--   implausible         a reminder that counts is hard to believe (implausible.sql), and the ward's chair has not said that it is true.
-- What a person has decided is no doubt any more, either way.
--
-- With the owner's rights, and the caller's venues chosen here: whoever may see a venue is told whether its status is in
-- doubt, and must not see the descriptions and decisions that the doubt comes from (access.sql).
CREATE OR REPLACE VIEW venue_doubt WITH (security_barrier = true, security_invoker = false) AS
SELECT doubt.venue_id, doubt.reason
FROM (
    SELECT COALESCE(n.merged_into, n.id) AS venue_id, 'pending_link' AS reason
    FROM link_candidate AS c
    JOIN mention AS m ON m.id = c.mention_id
    JOIN venue AS n ON n.id = c.venue_id
    WHERE c.doubtful
      AND EXISTS (SELECT FROM pending_row AS p WHERE p.mention_id = c.mention_id)
      AND NOT EXISTS (SELECT FROM link AS l WHERE l.mention_id = c.mention_id)
      AND NOT EXISTS (
          SELECT FROM link_decision AS d JOIN venue AS v ON v.code = d.venue_code
          WHERE d.mention_key = m.key AND v.id = c.venue_id AND d.verdict = 'different'
      )
    UNION
    SELECT side.venue_id, 'possible_duplicate'
    FROM duplicate_candidate AS d
    JOIN venue AS a ON a.id = d.first_id
    JOIN venue AS b ON b.id = d.second_id
    CROSS JOIN LATERAL (VALUES (d.first_id), (d.second_id)) AS side (venue_id)
    WHERE d.doubtful AND NOT d.forbidden AND d.probability >= 0.5
      AND a.merged_into IS NULL AND b.merged_into IS NULL
      AND NOT EXISTS (
          SELECT FROM merge_decision AS e
          WHERE (e.duplicate_code, e.kept_code) IN ((a.code, b.code), (b.code, a.code))
      )
    UNION ALL
    SELECT venue_id, 'missing_export' FROM missing_export
    UNION ALL
    SELECT venue_id, 'implausible' FROM implausible_reminder
) AS doubt
JOIN venue AS seen ON seen.id = doubt.venue_id
WHERE (SELECT is_unrestricted())
   OR seen.ward_id = ANY ((SELECT caller_wards())::integer[])
   OR seen.id = ANY ((SELECT caller_units())::integer[]);
