package hooks

import (
	"encoding/json"
	"net/mail"
	"strings"

	"rejoin/app/chat"
)

const (
	maxAddresses = 50
	maxName      = 200
)

// told is an event as Resend tells it; what each kind of event says is an object of its own.
type told struct {
	Type string `json:"type"`
	Data struct {
		EmailID string    `json:"email_id"`
		To      oneOrMany `json:"to"`
		Bounce  struct {
			Type    string `json:"type"`
			SubType string `json:"subType"`
			Message string `json:"message"`
		} `json:"bounce"`
		Failed struct {
			Reason string `json:"reason"`
		} `json:"failed"`
		Suppressed struct {
			Type    string `json:"type"`
			Message string `json:"message"`
		} `json:"suppressed"`
	} `json:"data"`
}

// oneOrMany takes "a" as well as ["a", "b"], and what is neither as none.
type oneOrMany []string

// UnmarshalJSON never fails.
func (o *oneOrMany) UnmarshalJSON(raw []byte) error {
	var one string
	var many []string
	switch {
	case json.Unmarshal(raw, &one) == nil && one != "":
		*o = oneOrMany{one}
	case json.Unmarshal(raw, &many) == nil:
		*o = many
	}
	return nil
}

// readResend says in our words what a body tells. What cannot be read is kept as well, and asks for nothing.
func readResend(id string, body []byte) *chat.WebhookEvent {
	e := &chat.WebhookEvent{Provider: "resend", ID: clean(id, maxID), Kind: "unreadable", Body: forgetful(body)}
	var t told
	if json.Unmarshal(body, &t) != nil {
		return e
	}
	e.Kind, e.ProviderID = clean(t.Type, maxName), clean(t.Data.EmailID, maxName)
	for _, to := range t.Data.To[:min(len(t.Data.To), maxAddresses)] {
		e.Addresses = append(e.Addresses, bare(to))
	}
	e.Report, e.Words = t.means()
	if e.Report == chat.ReportReceived {
		e.Addresses = nil // they hold tokens
	}
	e.Words = clean(e.Words, len(e.Words))
	return e
}

// means is Resend's event in our words, and its own words about what went wrong.
func (t *told) means() (chat.Report, string) {
	data := &t.Data
	switch t.Type {
	case "email.sent":
		return chat.ReportSent, ""
	case "email.delivered":
		return chat.ReportDelivered, ""
	case "email.delivery_delayed":
		return chat.ReportDelayed, ""
	case "email.opened":
		return chat.ReportOpened, ""
	case "email.clicked":
		return chat.ReportClicked, ""
	case "email.received":
		return chat.ReportReceived, ""
	case "email.complained":
		return chat.ReportComplained, ""
	case "email.bounced":
		words := first(data.Bounce.Message, data.Bounce.SubType)
		if data.Bounce.Type == "Permanent" { // nothing else kills an address
			return chat.ReportBounced, words
		}
		return chat.ReportReturned, words
	case "email.suppressed":
		return chat.ReportSuppressed, first(data.Suppressed.Message, data.Suppressed.Type)
	case "email.failed":
		if strings.Contains(data.Failed.Reason, "quota") {
			return chat.ReportQuota, data.Failed.Reason
		}
		return chat.ReportRefused, data.Failed.Reason
	}
	return "", ""
}

// forgetful leaves out of a body what is not ours to keep: the link that was followed, which holds a token, and the
// machine and address that it was followed from; and of a mail that has come in where it was sent to, since that address
// holds a token too.
func forgetful(body []byte) []byte {
	var whole, data map[string]json.RawMessage
	if json.Unmarshal(body, &whole) != nil || json.Unmarshal(whole["data"], &data) != nil {
		return body
	}
	switch {
	case string(whole["type"]) == `"email.received"`:
		data = map[string]json.RawMessage{"email_id": data["email_id"], "message_id": data["message_id"], "created_at": data["created_at"]}
	case data["click"] == nil && data["open"] == nil:
		return body
	}
	delete(data, "click")
	delete(data, "open")
	inner, err := json.Marshal(data)
	if err != nil {
		return nil
	}
	whole["data"] = inner
	kept, err := json.Marshal(whole)
	if err != nil {
		return nil
	}
	return kept
}

// bare is an address without its name, in lower case.
func bare(address string) string {
	if read, err := mail.ParseAddress(address); err == nil {
		address = read.Address
	}
	return clean(strings.ToLower(address), 2*maxName)
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// clean makes a text one that can be stored, and no longer than most bytes.
func clean(text string, most int) string {
	text = strings.ReplaceAll(text, "\x00", "")
	return strings.ToValidUTF8(text[:min(len(text), most)], "")
}
