-- +goose Up

alter table conversations
    add column plan_code         text        not null default '',
    add column plan_from         bigint      not null default 0,
    add column plan_to           bigint      not null default 0,
    add column plan_version      bigint      not null default 0,
    add column agent_seq         bigint      not null default 0,
    add column withheld_seq      bigint      not null default 0,
    add column failed_seq        bigint      not null default 0,
    add column hurried_seq       bigint      not null default 0,
    add column hurried_at        timestamptz,
    add column rejoined_at       timestamptz,
    add column waiting_since     timestamptz,
    add column automation_at     timestamptz,
    add column automation_due_at timestamptz,
    add column automations_said  jsonb       default '[]';

-- What is due is looked for over all organizations: these two keys are led by none.
create index conversations_followup_due on conversations (followup_due_at) where followup_due_at is not null;
create index conversations_automation_due on conversations (automation_due_at) where automation_due_at is not null;
create index conversations_plan_version on conversations (organization_id, plan_version, id) where plan_code <> '';
create index conversations_planned on conversations (organization_id, customer_id, id) where plan_code <> '';
create index conversations_due on conversations (organization_id, reach, last_message_at, id)
    where followup_due_at is not null and spam_at is null;

alter table organizations
    add column agents_offline_at timestamptz,
    add column plan_version      bigint not null default 0,
    add column replan_since      timestamptz;
create index organizations_replan on organizations (replan_since) where replan_since is not null;

alter table deliveries drop constraint deliveries_kind_check;
alter table deliveries add constraint deliveries_kind_check check (kind in ('followup', 'invitation', 'renewal'));
-- The last guard: the same messages never go out by themselves twice.
create unique index deliveries_followup on deliveries (organization_id, conversation_id, to_seq)
    where kind = 'followup' and state not in ('cancelled', 'failed', 'bounced');

create table decisions (
    organization_id bigint      not null,
    conversation_id bigint      not null,
    id              bigint      generated always as identity,
    at              timestamptz not null,
    code            text        not null,
    due_at          timestamptz,
    from_seq        bigint      not null default 0,
    to_seq          bigint      not null default 0,
    setting         text        not null default '',
    value           text        not null default '',
    agent_name      text        not null default '',
    delivery_id     bigint      not null default 0,
    detail          text        not null default '',
    told            boolean     not null default false,
    state           jsonb,
    primary key (organization_id, conversation_id, id),
    foreign key (organization_id, conversation_id) references conversations on delete cascade
);
-- Lines are written in the order of time and forgotten in it: a few pages tell where the old ones stand.
create index decisions_at on decisions using brin (at) with (autosummarize = on);

-- What stood unread before this schema was written under other rules: it is not emailed by itself.
update conversations c set agent_seq = m.seq, withheld_seq = m.seq
    from (select organization_id, conversation_id, max(seq) as seq from messages
        where kind = 'public' and author_kind = 'agent' group by organization_id, conversation_id) m
    where c.organization_id = m.organization_id and c.id = m.conversation_id;

update organizations o set agents_offline_at = coalesce(
        (select max(disconnected_at) from agents a where a.organization_id = o.id), o.created_at)
    where not exists (select from agents a where a.organization_id = o.id
        and a.connected_at is not null and a.away_at is null and a.deactivated_at is null);

update organizations set settings = (settings - 'prompt.on')
        || case when settings -> 'prompt.on' = 'false' then '{"prompt.online": "off"}'::jsonb else '{}'::jsonb end
    where jsonb_exists(settings, 'prompt.on');
