-- +goose Up

-- Every key is led by organization_id; an id is unique in its organization, a key (which people see) is random.
-- Named exceptions: organizations.key, agents by email (signing in names no organization), leases and what hangs on
-- them (an instance serves every organization), and sign_in_failures (they are counted before anyone is known).

create table organizations (
    id         bigint generated always as identity primary key,
    key        text        not null unique,
    name       text        not null,
    language   text        not null default '',
    settings   jsonb       default '{}',
    created_at timestamptz not null
);

create table sites (
    organization_id bigint      not null references organizations on delete cascade,
    origin          text        not null,
    seen_at         timestamptz not null,
    primary key (organization_id, origin)
);

create table audit_entries (
    organization_id bigint      not null references organizations on delete cascade,
    id              bigint      generated always as identity,
    agent_id        bigint      not null,
    agent_name      text        not null,
    action          text        not null,
    subject         text        not null default '',
    before          text        not null default '',
    after           text        not null default '',
    at              timestamptz not null,
    primary key (organization_id, id)
);
create index audit_entries_at on audit_entries (organization_id, at, id);

create table agents (
    organization_id bigint      not null references organizations on delete cascade,
    id              bigint      generated always as identity,
    key             text        not null,
    name            text        not null,
    email           text        not null check (email = lower(email)),
    password_hash   text        not null default '',
    role            text        not null check (role in ('agent', 'admin')),
    language        text        not null default '',
    away_at         timestamptz,
    connected_at    timestamptz,
    disconnected_at timestamptz,
    deactivated_at  timestamptz,
    created_at      timestamptz not null,
    primary key (organization_id, id),
    unique (organization_id, key),
    unique (organization_id, email)
) with (fillfactor = 80);
create index agents_email on agents (email);

create table sessions (
    organization_id bigint      not null,
    token_hash      bytea       not null,
    agent_id        bigint      not null,
    browser         text        not null default '',
    ip              text        not null default '',
    created_at      timestamptz not null,
    seen_at         timestamptz not null,
    expires_at      timestamptz not null,
    primary key (organization_id, token_hash),
    foreign key (organization_id, agent_id) references agents on delete cascade
) with (fillfactor = 80);
create index sessions_agent on sessions (organization_id, agent_id, created_at);
create index sessions_expires on sessions (expires_at);

-- Organization 0 and agent 0 stand for the install's first admin, who has no row yet; owner_id is null for it.
create table join_links (
    organization_id bigint      not null,
    token_hash      bytea       not null,
    agent_id        bigint      not null,
    created_at      timestamptz not null,
    expires_at      timestamptz not null,
    used_at         timestamptz,
    owner_id        bigint      generated always as (nullif(organization_id, 0)) stored,
    primary key (organization_id, token_hash),
    foreign key (owner_id, agent_id) references agents on delete cascade
);
create index join_links_agent on join_links (owner_id, agent_id);

create table customers (
    organization_id bigint      not null references organizations on delete cascade,
    id              bigint      generated always as identity,
    key             text        not null,
    name            text        not null default '',
    phone           text        not null default '',
    language        text        not null default '',
    language_reason text        not null default '' check (language_reason in
                        ('', 'agent', 'customer', 'page', 'text', 'html', 'browser', 'organization')),
    zone            text        not null default '',
    browser         text        not null default '',
    notes           text        not null default '',
    fields          jsonb       default '{}',
    pages           jsonb       default '[]',
    active          boolean     not null default false,
    away_since      timestamptz,
    away_cause      text        not null default '' check (away_cause in ('', 'closed', 'hidden', 'idle')),
    created_at      timestamptz not null,
    search          tsvector    not null default '',
    primary key (organization_id, id),
    unique (organization_id, key)
) with (fillfactor = 80);
create index customers_search on customers using gin (search) with (fastupdate = off);

create table contact_points (
    organization_id bigint      not null,
    id              bigint      generated always as identity,
    customer_id     bigint      not null,
    channel         text        not null,
    address         text        not null,
    verified_at     timestamptz,
    bounced_at      timestamptz,
    complained_at   timestamptz,
    stopped_at      timestamptz,
    created_at      timestamptz not null,
    primary key (organization_id, id),
    unique (organization_id, customer_id, channel, address),
    foreign key (organization_id, customer_id) references customers on delete cascade
);
create index contact_points_customer on contact_points (organization_id, customer_id, id);

create table conversations (
    organization_id   bigint      not null,
    id                bigint      generated always as identity,
    key               text        not null,
    customer_id       bigint      not null,
    assignee_id       bigint,
    last_seq          bigint      not null default 0 check (last_seq >= 0),
    customer_seen_seq bigint      not null default 0,
    agent_seen_seq    bigint      not null default 0,
    customer_seen_at  timestamptz,
    agent_seen_at     timestamptz,
    covered_seq       bigint      not null default 0,
    agent_unread      integer     not null default 0,
    customer_unread   integer     not null default 0,
    waiting_for       text        not null check (waiting_for in ('us', 'them')),
    reach             text        not null check (reach in ('active', 'reachable', 'unreachable')),
    last_message_at   timestamptz not null,
    last_message_text text        not null default '',
    last_message_by   text        not null default '' check (last_message_by in ('', 'customer', 'agent', 'automation')),
    customer_spoke_at timestamptz,
    human_answered_at timestamptz,
    page_url          text        not null default '',
    page_title        text        not null default '',
    address_asked_at  timestamptz,
    address_given_at  timestamptz,
    address_skipped   timestamptz,
    email_stopped_at  timestamptz,
    followup_due_at   timestamptz,
    closed_at         timestamptz,
    ended_at          timestamptz,
    spam_at           timestamptz,
    created_at        timestamptz not null,
    primary key (organization_id, id),
    unique (organization_id, key),
    foreign key (organization_id, customer_id) references customers on delete cascade,
    foreign key (organization_id, assignee_id) references agents on delete set null (assignee_id)
) with (fillfactor = 80);
create index conversations_customer on conversations (organization_id, customer_id, last_message_at, id);
-- The inbox: a page is a merge of ordered scans, one for each reach (and for each side in "all"), each with a limit.
create index conversations_waiting on conversations (organization_id, waiting_for, reach, last_message_at, id)
    where closed_at is null and spam_at is null;
create index conversations_assignee on conversations
    (organization_id, coalesce(assignee_id, 0), reach, last_message_at, id)
    where closed_at is null and spam_at is null;
create index conversations_closed on conversations (organization_id, reach, last_message_at, id)
    where closed_at is not null and spam_at is null;
create index conversations_spam on conversations (organization_id, reach, last_message_at, id)
    where spam_at is not null;

create table messages (
    organization_id bigint      not null,
    conversation_id bigint      not null,
    seq             bigint      not null check (seq > 0),
    kind            text        not null check (kind in ('public', 'note', 'event')),
    author_kind     text        not null check (author_kind in ('customer', 'agent', 'automation')),
    author_id       bigint      not null default 0,
    author_name     text        not null default '',
    text            text        not null,
    client_id       text        not null default '',
    via             text        not null default 'chat',
    meta            jsonb,
    created_at      timestamptz not null,
    search          tsvector    not null default '',
    primary key (organization_id, conversation_id, seq),
    foreign key (organization_id, conversation_id) references conversations on delete cascade
);
create unique index messages_client_id on messages (organization_id, conversation_id, client_id) where client_id <> '';
-- Lexemes begin with the organization, so that even this index is led by it. Without fastupdate: every look into the
-- index would read the list of what is pending as well.
create index messages_search on messages using gin (search) with (fastupdate = off);

create table visitor_tokens (
    organization_id bigint      not null,
    token_hash      bytea       not null,
    customer_id     bigint      not null,
    conversation_id bigint,
    created_at      timestamptz not null,
    primary key (organization_id, token_hash),
    foreign key (organization_id, customer_id) references customers on delete cascade,
    foreign key (organization_id, conversation_id) references conversations on delete cascade
);
create index visitor_tokens_customer on visitor_tokens (organization_id, customer_id);
create index visitor_tokens_conversation on visitor_tokens (organization_id, conversation_id)
    where conversation_id is not null;

create table drafts (
    organization_id bigint      not null,
    conversation_id bigint      not null,
    agent_id        bigint      not null,
    text            text        not null,
    note            boolean     not null default false,
    updated_at      timestamptz not null,
    primary key (organization_id, conversation_id, agent_id),
    foreign key (organization_id, conversation_id) references conversations on delete cascade,
    foreign key (organization_id, agent_id) references agents on delete cascade
) with (fillfactor = 80);

create table deliveries (
    organization_id  bigint      not null,
    id               bigint      generated always as identity,
    key              text        not null,
    conversation_id  bigint      not null,
    contact_point_id bigint      not null,
    channel          text        not null,
    address          text        not null,
    kind             text        not null check (kind in ('invitation', 'renewal')),
    state            text        not null check (state in
                         ('queued', 'sending', 'sent', 'delivered', 'opened', 'clicked', 'rejoined', 'replied',
                          'cancelled', 'failed', 'bounced', 'complained')),
    reason           text        not null default '',
    detail           text        not null default '',
    from_seq         bigint      not null default 0,
    to_seq           bigint      not null default 0,
    message_seq      bigint      not null default 0,
    agent_id         bigint      not null default 0,
    language         text        not null default '',
    frozen           bytea,
    digest           text        not null default '',
    provider_id      text        not null default '',
    attempts         integer     not null default 0,
    next_attempt_at  timestamptz,
    created_at       timestamptz not null,
    sent_at          timestamptz,
    ended_at         timestamptz,
    primary key (organization_id, id),
    unique (organization_id, key),
    foreign key (organization_id, conversation_id) references conversations on delete cascade,
    foreign key (organization_id, contact_point_id) references contact_points on delete cascade
) with (fillfactor = 70);
create index deliveries_conversation on deliveries (organization_id, conversation_id, id);
create index deliveries_contact_point on deliveries (organization_id, contact_point_id);

create table rejoin_links (
    organization_id  bigint      not null,
    token_hash       bytea       not null,
    conversation_id  bigint      not null,
    customer_id      bigint      not null,
    contact_point_id bigint      not null,
    delivery_id      bigint      not null,
    first_seq        bigint      not null default 0,
    created_at       timestamptz not null,
    expires_at       timestamptz not null,
    revoked_at       timestamptz,
    rejoined_at      timestamptz,
    primary key (organization_id, token_hash),
    foreign key (organization_id, conversation_id) references conversations on delete cascade,
    foreign key (organization_id, customer_id) references customers on delete cascade,
    foreign key (organization_id, contact_point_id) references contact_points on delete cascade,
    foreign key (organization_id, delivery_id) references deliveries on delete cascade
) with (fillfactor = 80);
create index rejoin_links_conversation on rejoin_links (organization_id, conversation_id);
create index rejoin_links_customer on rejoin_links (organization_id, customer_id);
create index rejoin_links_contact_point on rejoin_links (organization_id, contact_point_id);
create index rejoin_links_delivery on rejoin_links (organization_id, delivery_id);

create table presence_rows (
    organization_id bigint      not null references organizations on delete cascade,
    subject         text        not null check (subject in ('customer', 'agent')),
    subject_id      bigint      not null,
    instance        text        not null,
    active          boolean     not null,
    cause           text        not null default '' check (cause in ('', 'closed', 'hidden', 'idle')),
    changed_at      timestamptz not null,
    primary key (organization_id, subject, subject_id, instance)
) with (fillfactor = 80);
create index presence_rows_instance on presence_rows (instance);

create table leases (
    instance   text        primary key,
    expires_at timestamptz not null
) with (fillfactor = 50);

create table sign_in_failures (
    key text        not null,
    at  timestamptz not null
);
create index sign_in_failures_key on sign_in_failures (key, at);
create index sign_in_failures_at on sign_in_failures (at);
