-- +goose NO TRANSACTION
-- +goose Up

-- Email in both directions. Each step may run again, and none rewrites a table.

alter table conversations
    add column if not exists last_via      text    not null default 'chat', -- how the customer's newest message came
    add column if not exists email_subject text    not null default '',     -- what all emails of the conversation are about
    add column if not exists linked_id     bigint,                          -- the earlier conversation that it goes on from
    add column if not exists held_mails    integer not null default 0;      -- from strangers, not yet accepted

alter table messages add column if not exists files jsonb;
alter table messages drop constraint if exists messages_kind_check;
alter table messages add constraint messages_kind_check check (kind in ('public', 'note', 'event', 'held')) not valid;
alter table messages validate constraint messages_kind_check;

alter table deliveries
    add column if not exists message_id text        not null default '', -- with its angle brackets, fixed with the content
    add column if not exists round      integer     not null default 0,  -- how often it came back softly and was tried anew
    add column if not exists round_at   timestamptz;                     -- when the newest round began

alter table contact_points
    add column if not exists bounce_status text not null default '', -- enhanced status, like 5.1.1
    add column if not exists bounce_words  text not null default ''; -- the receiving server's own

create table if not exists reply_addresses (
    organization_id bigint      not null,
    token_hash      bytea       not null,
    conversation_id bigint      not null,
    created_at      timestamptz not null,
    primary key (organization_id, token_hash),
    foreign key (organization_id, conversation_id) references conversations on delete cascade
);
create index if not exists reply_addresses_conversation on reply_addresses (organization_id, conversation_id);

-- Incoming mail. Organization 0 is nobody's: nothing in the mail tells whose it is.
create table if not exists mails (
    organization_id bigint      not null,
    id              bigint      generated always as identity,
    key             text        not null,
    door            text        not null,             -- smtp, resend
    door_id         text        not null,             -- the door's own name for it: the same one twice counts once
    blob            text        not null,             -- where the raw mail lies
    size            bigint      not null,
    envelope_from   text        not null default '',
    envelope_to     jsonb       not null default '[]',
    verdict         jsonb       not null default '{}', -- SPF, DKIM, DMARC as the first hop of ours has judged
    kind            text        not null default '',  -- reply, auto_reply, bounce, complaint, receipt, list; '' = not read yet
    state           text        not null default 'kept' check (state in
                        ('kept', 'posted', 'held', 'refused', 'machine', 'check', 'unmatched', 'duplicate', 'failed')),
    reason          text        not null default '',  -- code: why it is where it is
    reasons         jsonb       not null default '[]', -- the parser's own words
    from_name       text        not null default '',
    from_address    text        not null default '',
    subject         text        not null default '',
    excerpt         text        not null default '',
    message_id      text        not null default '',
    conversation_id bigint,
    message_seq     bigint      not null default 0,
    delivery_id     bigint,
    attempts        integer     not null default 0,
    received_at     timestamptz not null,
    settled_at      timestamptz,
    primary key (organization_id, id),
    unique (organization_id, key),
    foreign key (organization_id, conversation_id) references conversations on delete cascade
) with (fillfactor = 80);
-- Doors and the work behind them know of no organization: these three keys are led by none.
create unique index if not exists mails_door on mails (door, door_id);
create unique index if not exists mails_id on mails (id);
create index if not exists mails_kept on mails (received_at) where state = 'kept';
create index if not exists mails_state on mails (organization_id, state, received_at, id);
create index if not exists mails_conversation on mails (organization_id, conversation_id, id) where conversation_id is not null;
create index if not exists mails_message_id on mails (organization_id, message_id) where message_id <> '';

create table if not exists participants (
    organization_id bigint      not null,
    conversation_id bigint      not null,
    address         text        not null check (address = lower(address)),
    name            text        not null default '',
    agent_id        bigint      not null,             -- who has accepted
    created_at      timestamptz not null,
    primary key (organization_id, conversation_id, address),
    foreign key (organization_id, conversation_id) references conversations on delete cascade
);

create table if not exists uploads (
    organization_id bigint      not null references organizations on delete cascade,
    id              bigint      generated always as identity,
    key             text        not null,
    blob            text        not null,
    name            text        not null,
    type            text        not null,
    size            bigint      not null,
    width           integer     not null default 0,
    height          integer     not null default 0,
    customer_id     bigint,                            -- who sent it: a customer, or
    agent_id        bigint,                            -- an agent
    conversation_id bigint,                            -- null until its message is posted
    message_seq     bigint      not null default 0,
    created_at      timestamptz not null,
    primary key (organization_id, id),
    unique (organization_id, key),
    foreign key (organization_id, customer_id) references customers on delete cascade,
    foreign key (organization_id, conversation_id) references conversations on delete cascade
);
create index if not exists uploads_conversation on uploads (organization_id, conversation_id, id) where conversation_id is not null;
create index if not exists uploads_customer on uploads (organization_id, customer_id, created_at) where customer_id is not null;
create index if not exists uploads_loose on uploads (created_at) where conversation_id is null;

-- What is no row's any more: its blob is deleted after the commit. Written by trigger, so that cascades count too.
create table if not exists dead_blobs (
    blob text        primary key,
    at   timestamptz not null default now()
);
-- +goose StatementBegin
create or replace function bury_blob() returns trigger language plpgsql as $$
begin
    insert into dead_blobs (blob) values (old.blob) on conflict do nothing;
    return null;
end
$$;
-- +goose StatementEnd
create or replace trigger mails_bury after delete on mails for each row execute function bury_blob();
create or replace trigger uploads_bury after delete on uploads for each row execute function bury_blob();

-- How an organization's emails go out: the operator's way unless a row here says otherwise and is verified.
create table if not exists senders (
    organization_id bigint      primary key references organizations on delete cascade,
    way             text        not null check (way in ('domain', 'smtp')),
    address         text        not null,             -- that emails come from
    domain          text        not null default '',  -- way domain: its domain, in lower case
    provider_id     text        not null default '',
    status          text        not null default '',
    records         jsonb       not null default '[]',
    host            text        not null default '',  -- way smtp
    port            integer     not null default 0,
    security        text        not null default '',
    username        text        not null default '',
    password        bytea,                             -- sealed with SECRET_KEY
    verified_at     timestamptz,
    checked_at      timestamptz,
    next_at         timestamptz,                       -- when its state is asked for again
    detail          text        not null default '',   -- what went wrong, in the other side's words
    created_at      timestamptz not null
) with (fillfactor = 80);
-- A domain is one organization's: this key is led by none.
create unique index if not exists senders_domain on senders (domain) where way = 'domain';
create index if not exists senders_next on senders (next_at) where next_at is not null;

-- When an organization's next email may go out, so that one organization's burst is spread and delays no other's.
create table if not exists paces (
    organization_id bigint      primary key,          -- without a foreign key: it is written in the hot path and swept
    next_at         timestamptz not null
) with (fillfactor = 50);

drop index concurrently if exists deliveries_address;
create index concurrently deliveries_address on deliveries (organization_id, address, created_at) where kind <> 'invitation';
