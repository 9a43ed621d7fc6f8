-- +goose NO TRANSACTION
-- +goose Up

-- Where incoming mail belongs, and what of it is forgotten. Each step may run again.

-- Images of mails that a conversation has shown: a signature's logo comes with every mail.
create table if not exists mail_images (
    organization_id bigint not null,
    conversation_id bigint not null,
    hash            bytea  not null, -- SHA-256
    primary key (organization_id, conversation_id, hash),
    foreign key (organization_id, conversation_id) references conversations on delete cascade
);

drop index concurrently if exists conversations_linked;
create index concurrently conversations_linked on conversations (organization_id, linked_id) where linked_id is not null;
-- Mails are forgotten over all organizations: this key is led by none.
drop index concurrently if exists mails_forgotten;
create index concurrently mails_forgotten on mails (received_at) where state in ('unmatched', 'failed', 'check', 'duplicate');
