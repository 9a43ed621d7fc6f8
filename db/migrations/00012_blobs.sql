-- +goose NO TRANSACTION
-- +goose Up

-- Which row tells of some bytes is asked for all that lie there, over all organizations: these keys are led by none. Each
-- step may run again.
drop index concurrently if exists mails_blob;
create index concurrently mails_blob on mails (blob);
drop index concurrently if exists uploads_blob;
create index concurrently uploads_blob on uploads (blob);
