-- Which step may follow on which in a case, who may take it, and which paper it needs: one table for all processes.
-- What must be true besides, and what a step does: case_rules.sql, visit_withdrawals.sql, publication_rules.sql.

-- Those of publication, for many of them may be taken from several states. The list is one case, each name on it another;
-- docs/publication.md has the process as a picture, each step with its basis. A right "slip" is nobody's: what a venue says
-- by its slip is taken with it (publication_slips.sql).
CREATE OR REPLACE FUNCTION publication_steps()
RETURNS TABLE (
    process text, step text, from_states text[],
    to_state text,  -- NULL: the same
    rights text[], facts text[], paper text[], due_days integer, closes boolean
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    VALUES
        ('publication_list', 'draft', '{""}'::text[], 'draft', '{publish}'::text[], '{kind,day,from_day,title,note}'::text[],
         '{}'::text[], 2::integer, false),
        ('publication_list', 'discard', '{draft,notified}', 'discarded', '{publish}', '{why,note}', '{}', NULL, true),
        ('publication_list', 'notify', '{draft}', 'notified', '{publish}', '{note}', '{}', NULL, false),
        ('publication_list', 'approve', '{notified}', 'approved', '{approve}', '{note}', '{}', 2, false),
        ('publication_list', 'approve', '{approved,published}', NULL, '{approve}', '{note}', '{}', NULL, false),
        ('publication_list', 'schedule', '{approved}', NULL, '{publish}', '{publish_at,note}', '{}', NULL, false),
        ('publication_list', 'publish', '{approved,published}', 'published', '{publish}', '{note}', '{}', NULL, false),
        ('publication_list', 'publish_as_set', '{approved}', 'published', '{}', '{}', '{}', NULL, false),
        ('publication_list', 'tick', '{published,withdrawn,expired}', NULL, '{publish}',
         '{channel,place,day,photo,correction,note}', '{}', NULL, false),
        ('publication_list', 'number', '{notified,approved,published}', NULL, '{publish}', '{document,to,note}',
         '{number,day,signer}', NULL, false),
        ('publication_list', 'withdraw', '{published}', 'withdrawn', '{publish,approve}', '{why,note}', '{}', NULL, true),
        ('publication_list', 'expire', '{published}', 'expired', '{}', '{}', '{}', NULL, true),

        ('publication', 'draft', '{""}', 'draft', '{}', '{}', '{}', NULL, false),
        ('publication', 'hold', '{""}', 'held_back', '{}', '{}', '{}', NULL, true),
        ('publication', 'drop', '{draft}', 'dropped', '{publish}', '{why,note}', '{}', NULL, true),
        ('publication', 'name', '{draft,notified,decided}', NULL, '{publish,approve}', '{anonymous,why}', '{}', NULL, false),
        ('publication', 'notify', '{draft}', 'notified', '{}', '{}', '{}', 2, false),
        ('publication', 'deliver', '{notified}', NULL, '{publish,remind,confirm}',
         '{day,how,by,to,signed,photo,note}', '{}', NULL, false),
        ('publication', 'object', '{notified,decided,approved}', 'objected', '{publish,remind,confirm,slip}',
         '{words,by,channel,day,photo}', '{}', 5, false),
        ('publication', 'object', '{published}', 'contested', '{publish,remind,confirm,slip}',
         '{words,by,channel,day,photo}', '{}', 5, false),
        ('publication', 'uphold', '{objected,contested}', 'upheld', '{approve}', '{why,note}', '{}', NULL, true),
        ('publication', 'reject', '{objected}', 'decided', '{approve}', '{why,note}', '{}', NULL, false),
        ('publication', 'reject', '{contested}', 'published', '{approve}', '{why,note}', '{}', NULL, false),
        ('publication', 'take_off', '{contested}', 'objected', '{approve}', '{why,note}', '{}', 5, false),
        ('publication', 'claim', '{notified,decided,approved}', 'claimed', '{publish,remind,confirm,slip}',
         '{words,by,channel,day,photo,qr}', '{}', 2, false),
        ('publication', 'claim', '{published}', 'pending', '{publish,remind,confirm,slip}',
         '{words,by,channel,day,photo,qr}', '{}', 2, false),
        ('publication', 'accept', '{claimed,pending}', 'complied', '{publish,remind,confirm}', '{note}', '{}', NULL, true),
        ('publication', 'refuse', '{claimed}', 'decided', '{publish,remind,confirm}', '{why,note}', '{}', NULL, false),
        ('publication', 'refuse', '{pending}', 'published', '{publish,remind,confirm}', '{why,note}', '{}', NULL, false),
        ('publication', 'answer', '{notified,objected,claimed,decided,approved,published,contested,pending}', NULL,
         '{publish,remind,confirm,slip}', '{words,by,channel,day}', '{}', NULL, false),
        ('publication', 'moderate', '{notified,objected,claimed,decided,approved,published,contested,pending}', NULL,
         '{publish}', '{printed,why}', '{}', NULL, false),
        ('publication', 'approve', '{notified,decided}', 'approved', '{approve}', '{note}', '{}', NULL, false),
        ('publication', 'not_appropriate', '{notified,decided,approved}', 'not_appropriate', '{approve}', '{why,note}', '{}',
         NULL, true),
        ('publication', 'publish', '{approved}', 'published', '{}', '{}', '{}', NULL, false),
        ('publication', 'correct', '{published}', NULL, '{publish}', '{name,address,what,why}', '{}', NULL, false),
        ('publication', 'moved', '{published,contested,pending}', NULL, '{}', '{ward,was}', '{}', NULL, false),
        ('publication', 'withdraw', '{published,contested,pending}', 'withdrawn', '{publish,approve}', '{why,note}', '{}',
         NULL, true),
        ('publication', 'comply', '{draft,notified,objected,claimed,decided,approved,published,contested,pending}',
         'complied', '{}', '{status}', '{}', NULL, true),
        ('publication', 'cease', '{draft,notified,objected,claimed,decided,approved,published,contested,pending}', 'ceased',
         '{}', '{status,why}', '{}', NULL, true),
        ('publication', 'expire', '{published,contested,pending}', 'expired', '{}', '{}', '{}', NULL, true)
$$;


CREATE OR REPLACE FUNCTION allowed_steps()
RETURNS TABLE (
    process text,
    step text,
    from_state text,    -- '': the step opens the case
    to_state text,
    rights text[],      -- any one of them; none: the machine alone, by a rule
    facts text[],       -- what may be said of it: what is kept of one step must not be changed by another
    paper text[],       -- what the paper must say
    due_days integer,   -- working days until the next step is due
    due_hours integer,  -- hours, where hours count
    closes boolean
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    VALUES
        ('visit', 'plan', '', 'planned', '{inspect,remind}'::text[], '{kind,day,stop,drawn,reasons,sign,note}'::text[],
         '{}'::text[], NULL::integer, NULL::integer, false),
        ('visit', 'follow', '', 'due', '{}', '{}', '{}', NULL, NULL, false),
        ('visit', 'plan', 'due', 'planned', '{inspect,remind}', '{kind,day,stop,drawn,reasons,sign,note}', '{}', NULL, NULL,
         false),
        ('visit', 'replan', 'planned', 'planned', '{inspect,remind}', '{kind,day,stop,drawn,reasons,sign,note}', '{}', NULL,
         NULL, false),
        ('visit', 'record', 'planned', 'recorded', '{inspect,remind}',
         '{outcome,day,words,signed,signature,photo,second,note}', '{}', NULL, NULL, true),
        ('visit', 'record', 'due', 'recorded', '{inspect,remind}',
         '{outcome,day,words,signed,signature,photo,second,note}', '{}', NULL, NULL, true),
        ('visit', 'miss', 'planned', 'due', '{inspect,remind}', '{why,day,note}', '{}', 1, NULL, false),
        ('visit', 'waive', 'planned', 'waived', '{inspect,remind}', '{why,note}', '{}', NULL, NULL, true),
        ('visit', 'waive', 'due', 'waived', '{inspect,remind}', '{why,note}', '{}', NULL, NULL, true),
        ('visit', 'set_aside', 'planned', 'set_aside', '{}', '{kept}', '{}', NULL, NULL, true),
        ('visit', 'set_aside', 'due', 'set_aside', '{}', '{kept}', '{}', NULL, NULL, true),
        ('visit', 'take_up', 'set_aside', 'due', '{}', '{}', '{}', 1, NULL, false),
        ('visit', 'withdraw', 'recorded', 'due', '{inspect,remind}', '{why,day,note}', '{}', 1, NULL, false),
        ('visit', 'lapse', 'due', 'withdrawn', '{}', '{}', '{}', NULL, NULL, true),
        ('visit', 'lapse', 'set_aside', 'withdrawn', '{}', '{}', '{}', NULL, NULL, true),

        ('suspension_request', 'request', '', 'requested', '{suspend}', '{reason,note}', '{}', 2, NULL, false),
        ('suspension_request', 'confirm', 'requested', 'confirmed', '{confirm}', '{note}', '{}', 2, NULL, false),
        ('suspension_request', 'decline', 'requested', 'declined', '{confirm}', '{why,note}', '{}', NULL, NULL, true),
        ('suspension_request', 'withdraw', 'requested', 'withdrawn', '{suspend}', '{why,note}', '{}', NULL, NULL, true),
        ('suspension_request', 'withdraw', 'confirmed', 'withdrawn', '{suspend}', '{why,note}', '{}', NULL, NULL, true),
        ('suspension_request', 'agree', 'confirmed', 'agreed', '{suspend,confirm}',
         '{owner,starts_on,ends_on,signed,signature,note}', '{}', NULL, NULL, false),
        ('suspension_request', 'refuse', 'confirmed', 'refused', '{suspend,confirm}', '{why,note}', '{}', NULL, NULL, true),
        ('suspension_request', 'end', 'agreed', 'ended', '{suspend}', '{why,note}', '{}', NULL, NULL, true),
        ('suspension_request', 'annul', 'agreed', 'annulled', '{suspend}', '{why,note}', '{}', NULL, NULL, true),
        ('suspension_request', 'answered', 'agreed', 'ended', '{}', '{registered_on}', '{}', NULL, NULL, true),
        ('suspension_request', 'answered', 'requested', 'withdrawn', '{}', '{registered_on}', '{}', NULL, NULL, true),
        ('suspension_request', 'answered', 'confirmed', 'withdrawn', '{}', '{registered_on}', '{}', NULL, NULL, true),
        ('suspension_request', 'resume', 'ended', 'agreed', '{}', '{}', '{}', NULL, NULL, false),
        ('suspension_request', 'resume', 'withdrawn', 'requested', '{}', '{}', '{}', 2, NULL, false),
        ('suspension_request', 'set_aside', 'requested', 'set_aside', '{}', '{kept}', '{}', NULL, NULL, true),
        ('suspension_request', 'set_aside', 'confirmed', 'set_aside', '{}', '{kept}', '{}', NULL, NULL, true),
        ('suspension_request', 'take_up', 'set_aside', 'requested', '{}', '{}', '{}', 2, NULL, false),

        ('suspension_decision', 'enter', '', 'in_force', '{suspend,approve}',
         '{starts_on,ends_on,issued_at,same_paper,reason,note}', '{number,day,signer,authority,scope}', NULL, 6, false),
        ('suspension_decision', 'announce', 'in_force', 'in_force', '{suspend,approve,publish}', '{medium,place,day,note}',
         '{}', NULL, NULL, false),
        ('suspension_decision', 'announce', 'lift_due', 'lift_due', '{suspend,approve,publish}', '{medium,place,day,note}',
         '{}', 1, NULL, false),
        ('suspension_decision', 'repeal', 'in_force', 'repealed', '{suspend,approve}', '{lifted_on,why,note}',
         '{number,day,signer}', NULL, NULL, true),
        ('suspension_decision', 'repeal', 'lift_due', 'repealed', '{suspend,approve}', '{lifted_on,why,note}',
         '{number,day,signer}', NULL, NULL, true),
        ('suspension_decision', 'annul', 'in_force', 'annulled', '{suspend,approve}', '{why,note}', '{}', NULL, NULL, true),
        ('suspension_decision', 'annul', 'lift_due', 'annulled', '{suspend,approve}', '{why,note}', '{}', NULL, NULL, true),
        ('suspension_decision', 'answered', 'in_force', 'lift_due', '{}', '{registered_on}', '{}', 1, NULL, false),
        ('suspension_decision', 'resume', 'lift_due', 'in_force', '{}', '{}', '{}', NULL, NULL, false),
        ('suspension_decision', 'expire', 'in_force', 'expired', '{}', '{}', '{}', NULL, NULL, true),
        ('suspension_decision', 'expire', 'lift_due', 'expired', '{}', '{}', '{}', NULL, NULL, true),

        ('referral', 'refer', '', 'sent', '{suspend}', '{to,for_what,note}', '{}', 10, NULL, false),
        ('referral', 'answer', 'sent', 'answered', '{suspend,approve}', '{answer,note}', '{number,day,signer}', NULL, NULL,
         true),
        ('referral', 'withdraw', 'sent', 'withdrawn', '{suspend}', '{why,note}', '{}', NULL, NULL, true)
    UNION ALL
    SELECT p.process, p.step, f.from_state, COALESCE(p.to_state, f.from_state), p.rights, p.facts, p.paper, p.due_days,
           NULL, p.closes
    FROM publication_steps() AS p CROSS JOIN LATERAL unnest(p.from_states) AS f (from_state)
$$;
