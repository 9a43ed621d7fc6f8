-- +goose NO TRANSACTION
-- +goose Up

-- What came back softly waits here to be sent anew. The work behind it knows of no organization: the key is led by none.
drop index concurrently if exists deliveries_returned;
create index concurrently deliveries_returned on deliveries (next_attempt_at) where state = 'queued' and reason = 'returned';
