-- +goose NO TRANSACTION
-- +goose Up

-- What providers tell of emails, kept before anything is done about it. Such an event names no organization: its key and
-- the search for its email are led by none.
create table if not exists webhook_events (
    provider        text        not null,
    id              text        not null,
    kind            text        not null,
    report          text        not null default '',
    provider_id     text        not null default '',
    addresses       jsonb       not null default '[]',
    words           text        not null default '',
    body            bytea       not null,
    outcome         text        not null default '' check (outcome in ('', 'handled', 'unmatched', 'ignored', 'failed')),
    attempts        integer     not null default 0,
    received_at     timestamptz not null,
    next_at         timestamptz,
    organization_id bigint,
    delivery_id     bigint,
    primary key (provider, id),
    foreign key (organization_id, delivery_id) references deliveries on delete cascade
) with (fillfactor = 80);
create index if not exists webhook_events_next on webhook_events (next_at) where next_at is not null;
create index if not exists webhook_events_received on webhook_events (received_at);
create index if not exists webhook_events_delivery on webhook_events (organization_id, delivery_id) where delivery_id is not null;

drop index concurrently if exists deliveries_provider;
create index concurrently deliveries_provider on deliveries (provider_id) where provider_id <> '';
