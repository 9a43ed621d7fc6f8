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

update organizations o set agents_offline_at = coalesce(
        (select max(disconnected_at) from agents a where a.organization_id = o.id), o.created_at)
    where not exists (select from agents a where a.organization_id = o.id
        and a.connected_at is not null and a.away_at is null and a.deactivated_at is null);

update organizations set settings = (settings - 'prompt.on')
        || case when settings -> 'prompt.on' = 'false' then '{"prompt.online": "off"}'::jsonb else '{}'::jsonb end
    where jsonb_exists(settings, 'prompt.on');
