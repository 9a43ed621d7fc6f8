-- +goose NO TRANSACTION
-- +goose Up

-- Files of people who are nobody yet: the hash of the token that their first message will bring. Each step may run again.

alter table uploads add column if not exists holder bytea;
drop index concurrently if exists uploads_holder;
create index concurrently uploads_holder on uploads (organization_id, holder) where holder is not null;
-- What waits is added up for each organization; what has died is looked for over all of them.
drop index concurrently if exists uploads_waiting;
create index concurrently uploads_waiting on uploads (organization_id) where conversation_id is null;
drop index concurrently if exists dead_blobs_at;
create index concurrently dead_blobs_at on dead_blobs (at);
