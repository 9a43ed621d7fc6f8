package chat

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	replyPrefix = "reply+"
	checkPrefix = "check+"
	maxTokens   = 10 // addresses of ours that are looked up of one mail
	maxAnswers  = 20 // emails of ours that one mail may name
)

// tokenBehind is what stands between a prefix and the @ of an address, in lower case, since mail programs on the way
// change the case; empty for any other address.
func tokenBehind(prefix, address string) string {
	local, _, found := strings.Cut(strings.Trim(strings.TrimSpace(address), "<>"), "@")
	local = strings.ToLower(strings.Trim(local, `"`))
	token, ours := strings.CutPrefix(local, prefix)
	if !found || !ours {
		return ""
	}
	return token
}

// withoutTokens are addresses as lists show them: with nothing that would let anybody answer to them.
func withoutTokens(addresses []string) []string {
	shown := slices.Clone(addresses)
	for i, address := range shown {
		for _, prefix := range []string{replyPrefix, checkPrefix} {
			if _, ok := SplitReplyToken(tokenBehind(prefix, address)); ok {
				shown[i] = prefix + "…" + address[strings.IndexByte(address, '@'):]
			}
		}
	}
	return shown
}

// addressesOf are all addresses that a mail went to, the envelope's first.
func addressesOf(m *Mail, in *Incoming) []string {
	return append(slices.Clone(m.EnvelopeTo), in.Recipients...)
}

// checkOf is the token of the doctor's own mail with the organization that it names.
func checkOf(m *Mail, in *Incoming) (organization int64, token string, ok bool) {
	for _, address := range addressesOf(m, in) {
		token := tokenBehind(checkPrefix, address)
		if organization, ok := SplitReplyToken(token); ok {
			return organization, token, true
		}
	}
	return 0, "", false
}

// MailByCheck finds the mail that came to the doctor's address check+TOKEN; Missing until it has come and was read.
func (d *Desk) MailByCheck(ctx context.Context, organization int64, token string) (*Mail, error) {
	return d.store.MailByReason(ctx, organization, MailCheck, checkReason(token))
}

func checkReason(token string) string { return hex.EncodeToString(HashToken(token)) }

// match is where a mail belongs by its addresses and by what it answers.
type match struct {
	organization int64
	conversation *Conversation // nil = nowhere
	proven       bool          // it went to the conversation's own address
	answers      *Delivery     // the email that it answers or speaks of, nil when not known
}

// matchMail looks the mail's addresses up, then the emails that it names. A token's form proves nothing, its hash does.
func matchMail(ctx context.Context, read Reader, m *Mail, in *Incoming) (found match, err error) {
	found.organization = m.OrganizationID
	tokens := 0
	for _, address := range addressesOf(m, in) {
		token := tokenBehind(replyPrefix, address)
		organization, ok := SplitReplyToken(token)
		if !ok || tokens == maxTokens {
			continue
		}
		tokens++
		if found.organization == 0 {
			found.organization = organization
		}
		known, err := orNil(read.ReplyAddress(ctx, organization, HashToken(token)))
		if err != nil {
			return found, err
		}
		if known == nil {
			continue
		}
		found.conversation, err = orNil(read.Conversation(ctx, organization, known.ConversationID))
		if err != nil {
			return found, err
		}
		if found.conversation != nil {
			found.organization, found.proven = organization, true
			break
		}
	}
	return found, found.byAnswers(ctx, read, in)
}

// byAnswers finds the email of ours that a mail names; without the conversation's own address it tells the conversation.
func (f *match) byAnswers(ctx context.Context, read Reader, in *Incoming) error {
	for _, id := range namedEmails(in) {
		organization, key, ok := splitMessageID(id)
		if !ok || f.conversation != nil && f.organization != organization {
			continue
		}
		delivery, err := orNil(read.DeliveryByKey(ctx, organization, key))
		if err != nil {
			return err
		}
		if delivery == nil || f.conversation != nil && delivery.ConversationID != f.conversation.ID {
			continue
		}
		if f.conversation == nil {
			if f.conversation, err = read.Conversation(ctx, organization, delivery.ConversationID); err != nil {
				return err
			}
		}
		f.organization, f.answers = organization, delivery
		return nil
	}
	return nil
}

// namedEmails are the Message-IDs that a mail speaks of, the likeliest first.
func namedEmails(in *Incoming) []string {
	ids := []string{in.OriginalID, in.InReplyTo}
	for _, id := range slices.Backward(in.References) {
		ids = append(ids, id)
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" })
	return ids[:min(len(ids), maxAnswers)]
}

// splitMessageID reads <KEY.ORGANIZATION@domain>, as our emails are named.
func splitMessageID(id string) (organization int64, key string, ok bool) {
	id = strings.Trim(strings.TrimSpace(id), "<>")
	local, _, found := strings.Cut(id, "@")
	dot := strings.LastIndexByte(local, '.')
	if !found || dot < 1 || len(local) > 100 {
		return 0, "", false
	}
	organization, err := strconv.ParseInt(local[dot+1:], 36, 64)
	if err != nil || organization < 1 || strconv.FormatInt(organization, 36) != local[dot+1:] {
		return 0, "", false
	}
	return organization, local[:dot], isKey(local[:dot])
}

// isKey tells whether a text may be a key of ours.
func isKey(key string) bool {
	return strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

// writer is who a mail is from.
type writer struct {
	point       *ContactPoint // the customer's own address that it came from, nil when it is not from the customer
	participant *Participant  // whose mails an agent has accepted, nil when it is from nobody known
	forged      bool          // the From header is not to be believed
}

func (w writer) known() bool { return w.point != nil || w.participant != nil }

// whoWrote compares a mail's From with the customer's addresses and with the participants'. One that is forged is from
// nobody known, and so is one that names several authors.
func (d *Desk) whoWrote(ctx context.Context, read Reader, c *Conversation, m *Mail, in *Incoming) (writer, error) {
	if m.Verdict.Forged || in.Doubtful {
		return writer{forged: true}, nil
	}
	from := d.bareAddress(in.FromAddress)
	points, err := read.ContactPoints(ctx, c.OrganizationID, c.CustomerID)
	if err != nil {
		return writer{}, fmt.Errorf("read contact points: %w", err)
	}
	for i := range points {
		if from != "" && points[i].Channel == email && d.bareAddress(points[i].Address) == from {
			return writer{point: &points[i]}, nil
		}
	}
	participants, err := read.Participants(ctx, c.OrganizationID, c.ID)
	if err != nil {
		return writer{}, err
	}
	for i := range participants {
		if from != "" && participants[i].Address == from {
			return writer{participant: &participants[i]}, nil
		}
	}
	return writer{}, nil
}

// bareAddress is an address as it is compared: in its canonical form and in lower case.
func (d *Desk) bareAddress(address string) string {
	if channel, ok := d.channels[email]; ok {
		if canonical, err := channel.CheckAddress(address); err == nil {
			address = canonical
		}
	}
	return strings.ToLower(headerText(address, 320))
}

// hasImage tells whether a conversation has shown an image.
func hasImage(known [][]byte, hash []byte) bool {
	return slices.ContainsFunc(known, func(one []byte) bool { return bytes.Equal(one, hash) })
}
