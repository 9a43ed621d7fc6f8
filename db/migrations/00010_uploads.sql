-- +goose NO TRANSACTION
-- +goose Up

-- Files of people who are nobody yet: the hash of the token that their first message will bring. Each step may run again.

alter table uploads add column if not exists holder bytea;
drop index concurrently if exists uploads_holder;
create index concurrently uploads_holder on uploads (organization_id, holder) where holder is not null;
drop index concurrently if exists uploads_agent;
create index concurrently uploads_agent on uploads (organization_id, agent_id, created_at) where agent_id is not null;

-- Bytes without a row are found by the place where they lie: these two keys are led by no organization.
drop index concurrently if exists uploads_blob;
create index concurrently uploads_blob on uploads (blob);
drop index concurrently if exists mails_blob;
create index concurrently mails_blob on mails (blob);
