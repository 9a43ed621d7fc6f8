package views

import (
	"net/url"
	"strconv"

	"rejoin/app/chat"
)

// InboxQuery is the state of the list, as it stands in the address of every inbox page.
type InboxQuery struct {
	View   chat.View
	Reach  string // one reach, empty for all
	Search string
}

// Encode returns the query with its question mark, "" when everything is as it is by default.
func (q InboxQuery) Encode() string {
	values := url.Values{}
	if q.View != "" && q.View != chat.ViewAll {
		values.Set("view", string(q.View))
	}
	if q.Reach != "" {
		values.Set("reach", q.Reach)
	}
	if q.Search != "" {
		values.Set("q", q.Search)
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// InboxWith is the inbox in a state of its list.
func InboxWith(q InboxQuery) string { return Inbox() + q.Encode() }

// InboxPageOfRows is one page of rows, the first one when after is empty.
func InboxPageOfRows(q InboxQuery, after string) string {
	address := Inbox() + "/rows" + q.Encode()
	if after == "" {
		return address
	}
	separator := "?"
	if q.Encode() != "" {
		separator = "&"
	}
	return address + separator + "after=" + url.QueryEscape(after)
}

// InboxCounts are the numbers beside the views.
func InboxCounts() string { return Inbox() + "/counts" }

// ConversationIn is a conversation opened beside a state of the list.
func ConversationIn(key string, q InboxQuery) string { return Conversation(key) + q.Encode() }

// ConversationPart is something that belongs to a conversation, such as "messages" or "closure".
func ConversationPart(key, part string) string { return Conversation(key) + "/" + part }

// DeliveryRetry takes the POST that sends a failed delivery once more.
func DeliveryRetry(conversation, delivery string) string {
	return Conversation(conversation) + "/deliveries/" + url.PathEscape(delivery) + "/retry"
}

// Why is the ledger of a message: every decision about it.
func Why(key string, seq int64) string {
	return ConversationPart(key, "messages/"+strconv.FormatInt(seq, 10)+"/why")
}

// SettingField is the page of a setting, at its field.
func SettingField(s chat.Setting) string { return Settings(string(s.Section)) + "#" + fieldID(s.Key) }

// AllIn is a view of the inbox without any other filter.
func AllIn(view chat.View) string { return InboxWith(InboxQuery{View: view}) }

// InboxFiles takes a file that an agent attaches.
func InboxFiles() string { return Inbox() + "/files" }

// InboxFile leads an agent to a file, whenever it is followed.
func InboxFile(key string) string { return InboxFiles() + "/" + url.PathEscape(key) }

// HeldMail takes the POST of an agent's word about a held mail: "acceptance" or "refusal".
func HeldMail(key string, seq int64, word string) string {
	return ConversationPart(key, "messages/"+strconv.FormatInt(seq, 10)+"/"+word)
}

// Original is an incoming mail as it came.
func Original(mail string) string { return Inbox() + "/mail/" + url.PathEscape(mail) }

// OriginalRaw is the same as a file of its bytes.
func OriginalRaw(mail string) string { return Original(mail) + "/raw" }

// Unmatched is a page of the mails that are for no conversation, after one of them.
func Unmatched(after string) string {
	if after == "" {
		return "/unmatched"
	}
	return "/unmatched?after=" + url.QueryEscape(after)
}

// UnmatchedCount is how many there are.
func UnmatchedCount() string { return Unmatched("") + "/count" }

// UnmatchedMail is one of them, at a step of what can be done with it.
func UnmatchedMail(key, step string) string {
	address := Unmatched("") + "/" + url.PathEscape(key)
	if step == "" {
		return address
	}
	return address + "?step=" + url.QueryEscape(step)
}

// UnmatchedAssignment takes the POST that puts one into a conversation.
func UnmatchedAssignment(key string) string { return UnmatchedMail(key, "") + "/assignment" }

// UnmatchedDeletion takes the POST that deletes one.
func UnmatchedDeletion(key string) string { return UnmatchedMail(key, "") + "/deletion" }
