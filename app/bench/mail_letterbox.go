package bench

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"rejoin/app/chat"
	"rejoin/mail"
)

const (
	mailDomain  = "reply.rejoin.example" // INBOUND_DOMAIN of every server that is measured
	answerers   = 200                    // customers who answer by email
	replySecret = 25                     // bytes of a reply address's token
)

// letterbox is customers who have left and were emailed, each of whom answers with their mail program.
type letterbox struct {
	*scene
	all    []answerer
	raw    string       // an answer with the places that write fills
	number atomic.Int64 // of the last mail
}

// answerer is one of them.
type answerer struct {
	address string
	reply   string // where answers to the email go
	emailed string // the email's Message-ID
}

// What stands in an answer where each answerer's own goes; none is longer than what replaces it by a line's end.
const (
	placeAddress = "place@mail.example"
	placeReply   = "reply+place@" + mailDomain
	placeEmailed = "<place.1@rejoin.example>"
)

// openLetterbox fills the brand with conversations that wait for an answer to the email of each.
func (s *scene) openLetterbox(ctx context.Context) (*letterbox, error) {
	raw, err := answerRaw(time.Now())
	if err != nil {
		return nil, err
	}
	l := &letterbox{scene: s, raw: string(raw)}
	now := time.Now() // nobody is due to be emailed again while it is measured
	err = s.brand.fillDue(ctx, s.database, answerers, func(i int64) time.Time { return now.Add(closedHold() - time.Duration(answerers-i)*time.Millisecond) })
	if err != nil {
		return nil, err
	}
	addresses, emails := make([][]any, answerers), make([][]any, answerers)
	for i := range answerers {
		id, token := int64(i+1), replyToken(s.brand.id)
		key := fmt.Sprintf("emailed%015d", id)
		l.all = append(l.all, answerer{
			address: addressOf(id), reply: "reply+" + token + "@" + mailDomain,
			emailed: "<" + key + "." + strconv.FormatInt(s.brand.id, 36) + "@rejoin.example>",
		})
		addresses[i] = []any{s.brand.id, chat.HashToken(token), id, now}
		emails[i] = []any{s.brand.id, key, id, id, "email", addressOf(id), "followup", "sent", 2, 2, now, now}
	}
	_, err = s.database.pool.CopyFrom(ctx, pgx.Identifier{"reply_addresses"},
		[]string{"organization_id", "token_hash", "conversation_id", "created_at"}, pgx.CopyFromRows(addresses))
	if err != nil {
		return nil, fmt.Errorf("give reply addresses: %w", err)
	}
	_, err = s.database.pool.CopyFrom(ctx, pgx.Identifier{"deliveries"}, []string{"organization_id", "key", "conversation_id",
		"contact_point_id", "channel", "address", "kind", "state", "from_seq", "to_seq", "created_at", "sent_at"}, pgx.CopyFromRows(emails))
	if err != nil {
		return nil, fmt.Errorf("give deliveries: %w", err)
	}
	return l, nil
}

// replyToken is of the form that reply addresses have.
func replyToken(organization int64) string {
	secret := make([]byte, replySecret)
	_, _ = rand.Read(secret) // it never fails
	return strconv.FormatInt(organization, 36) + "-" + strings.ToLower(base32.StdEncoding.EncodeToString(secret))
}

func (l *letterbox) answererOf(n int) answerer { return l.all[n%len(l.all)] }

// write is mail n.
func (l *letterbox) write(n int) []byte {
	a := l.answererOf(n)
	return []byte(strings.NewReplacer(placeAddress, a.address, placeReply, a.reply, placeEmailed, a.emailed, numbered(0), numbered(n)).Replace(l.raw))
}

func numbered(n int) string { return fmt.Sprintf("%s%0*d", mark, markDigits, n) }

// answerText is what the customer writes in mail n.
func answerText(n int) string {
	return "Parcel " + numbered(n) + " is not here yet.\n\nThe neighbours have not seen it, and the post office knows nothing of it. " +
		"Could you ask them where it is, please? I am at home until six, and tomorrow morning too."
}

// answerRaw is an answer to a follow-up email as a mail program writes it: plain and HTML, the email quoted in both.
func answerRaw(now time.Time) ([]byte, error) {
	content, err := parcelTalk(now).Compose()
	if err != nil {
		return nil, fmt.Errorf("write an email: %w", err)
	}
	raw, err := mail.Answer{
		To: mail.Message{
			MessageID: placeEmailed, Date: now, From: mail.Address{Name: "Ada (Acorn & Oak)", Email: "chat@rejoin.example"},
			To: mail.Address{Email: placeAddress}, ReplyTo: mail.Address{Name: "Ada (Acorn & Oak)", Email: placeReply},
			Subject: content.Subject, Text: content.Text,
		},
		Text: answerText(0), ID: "<" + numbered(0) + "@mail.example>", At: now,
	}.Raw()
	if err != nil {
		return nil, fmt.Errorf("write an answer: %w", err)
	}
	return raw, nil
}
