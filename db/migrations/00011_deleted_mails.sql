-- +goose NO TRANSACTION
-- +goose Up

-- A provider goes on listing the mail that it has received for us: what was deleted here must not come in again, for as
-- long as it is listed. Written by trigger, so that cascades count too. Doors know of no organization. Each step may run
-- again.
create table if not exists deleted_mails (
    door    text not null,
    door_id text not null,
    primary key (door, door_id)
);
-- +goose StatementBegin
create or replace function remember_mail() returns trigger language plpgsql as $$
begin
    insert into deleted_mails (door, door_id) values (old.door, old.door_id) on conflict do nothing;
    return null;
end
$$;
-- +goose StatementEnd
create or replace trigger mails_remember after delete on mails for each row when (old.door <> 'smtp') execute function remember_mail();
