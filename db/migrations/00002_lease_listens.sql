-- +goose Up

-- An instance that has stopped listens no longer; its lease runs on, so that its people have time to return elsewhere.
alter table leases add column listens boolean not null default true;
