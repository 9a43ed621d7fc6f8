-- +goose NO TRANSACTION
-- +goose Up

-- Who else has an address is asked whenever one is given or stopped.
drop index concurrently if exists contact_points_address;
create index concurrently contact_points_address on contact_points (organization_id, channel, address, customer_id);
