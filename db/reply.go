package db

import (
	"context"

	"rejoin/app/chat"
)

// threadSQL takes the first and the newest emails each way: what a mail program threads by, however long it is.
const threadSQL = `select message_id from (
		(select message_id, sent_at as at from deliveries where organization_id = ?0 and conversation_id = ?1
			and sent_at is not null and state not in ('queued', 'sending', 'cancelled', 'failed', 'bounced') order by id limit 1)
		union all (select message_id, sent_at from deliveries where organization_id = ?0 and conversation_id = ?1
			and sent_at is not null and state not in ('queued', 'sending', 'cancelled', 'failed', 'bounced') order by id desc limit 12)
		union all (select message_id, received_at from mails where organization_id = ?0 and conversation_id = ?1
			and state = 'posted' order by id limit 1)
		union all (select message_id, received_at from mails where organization_id = ?0 and conversation_id = ?1
			and state = 'posted' order by id desc limit 12)) t
	order by at`

// EmailThread names the emails of a conversation, both ways: those that really went, and those that were posted.
func (r reader) EmailThread(ctx context.Context, organization, conversation int64) (chat.EmailThread, error) {
	ids, err := answer[[]string](ctx, r, "email thread", threadSQL, organization, conversation)
	thread := chat.EmailThread{Begun: len(ids) > 0}
	for _, id := range ids {
		if id != "" {
			thread.MessageIDs = append(thread.MessageIDs, id)
		}
	}
	return thread, err
}
