-- +goose NO TRANSACTION
-- +goose Up

-- Instances of the version before go on working meanwhile: nothing here keeps a table locked, and each step may run again.

-- What stood unread before this schema was written under other rules: it is not emailed by itself.
-- +goose StatementBegin
do $$
declare
    brand  bigint := 0; -- the last conversation that was looked at, by its key
    behind bigint := 0;
    upto   record;
begin
    loop
        select organization_id, id into upto from (select organization_id, id from conversations
            where (organization_id, id) > (brand, behind) order by organization_id, id limit 2000) c
            order by organization_id desc, id desc limit 1;
        exit when not found;
        update conversations c set agent_seq = m.seq, withheld_seq = m.seq
            from (select o.organization_id, o.id, (select max(seq) from messages
                    where organization_id = o.organization_id and conversation_id = o.id
                        and kind = 'public' and author_kind = 'agent') as seq
                from conversations o where (o.organization_id, o.id) > (brand, behind)
                    and (o.organization_id, o.id) <= (upto.organization_id, upto.id) and o.agent_seq = 0) m
            where c.organization_id = m.organization_id and c.id = m.id and m.seq is not null;
        commit;
        brand := upto.organization_id;
        behind := upto.id;
    end loop;
end
$$;
-- +goose StatementEnd

-- What is due is looked for over all organizations: these two keys are led by none.
drop index concurrently if exists conversations_followup_due;
create index concurrently conversations_followup_due on conversations (followup_due_at) where followup_due_at is not null;
drop index concurrently if exists conversations_automation_due;
create index concurrently conversations_automation_due on conversations (automation_due_at) where automation_due_at is not null;
drop index concurrently if exists conversations_plan_version;
create index concurrently conversations_plan_version on conversations (organization_id, plan_version, id) where plan_code <> '';
drop index concurrently if exists conversations_planned;
create index concurrently conversations_planned on conversations (organization_id, customer_id, id) where plan_code <> '';
drop index concurrently if exists conversations_due;
create index concurrently conversations_due on conversations (organization_id, reach, last_message_at, id)
    where followup_due_at is not null and spam_at is null;
