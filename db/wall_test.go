package db_test

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"testing"

	"rejoin/app/chat"
	"rejoin/app/followup"
)

// TestNothingIsReadAcrossOrganizations calls every reader with the ids of one organization's rows and the other's
// number: none may find anything.
func TestNothingIsReadAcrossOrganizations(t *testing.T) {
	h := newHouse(t)
	full, foreign := h.organization(), h.organization()
	a := h.agent(full)
	c := h.customer(full, "Eve")
	conversation, delivery := fillCustomer(h, a, c)
	if _, err := h.RenewLease(t.Context(), "one", 3600e9); err != nil {
		t.Fatal(err)
	}
	points, err := h.ContactPoints(t.Context(), full.ID, c.ID)
	if err != nil || len(points) != 1 {
		t.Fatal(points, err)
	}
	hash := []byte("hash")
	h.do(func(ctx context.Context, tx chat.Tx) error {
		gone := later(1)
		if err := tx.Insert(ctx, &chat.Delivery{OrganizationID: full.ID, Key: h.key("delivery"), ConversationID: conversation.ID,
			ContactPointID: points[0].ID, Address: "gone@example.org", Kind: chat.KindInvitation, State: chat.Sent, MessageID: "<gone@rejoin.example>", SentAt: &gone, CreatedAt: noon}); err != nil {
			return err
		}
		conversation.PlanCode, conversation.AgentSeq = followup.CodeHeld, conversation.LastSeq
		return tx.SavePlans(ctx, []*chat.Conversation{conversation}, []chat.Decision{{OrganizationID: full.ID, ConversationID: conversation.ID,
			At: noon, Code: string(followup.CodeHeld), FromSeq: 1, ToSeq: 1, Told: true, State: &followup.State{To: 1}}})
	})
	readers := map[string]func(ctx context.Context, r chat.Tx, organization int64) (any, error){
		"Site": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.Site(ctx, o, "https://shop.example")
		},
		"AuditEntries": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.AuditEntries(ctx, o, chat.Cursor{}, 9)
		},
		"Agent":      func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.Agent(ctx, o, a.ID) },
		"AgentByKey": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.AgentByKey(ctx, o, a.Key) },
		"Agents":     func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.Agents(ctx, o) },
		"Session":    func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.Session(ctx, o, hash) },
		"Sessions":   func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.Sessions(ctx, o, a.ID) },
		"JoinLink":   func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.JoinLink(ctx, o, hash) },
		"Draft": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.Draft(ctx, o, conversation.ID, a.ID)
		},
		"Customer":     func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.Customer(ctx, o, c.ID) },
		"VisitorToken": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.VisitorToken(ctx, o, hash) },
		"TokenHolder":  func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.TokenHolder(ctx, o, hash) },
		"ContactPoint": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.ContactPoint(ctx, o, points[0].ID)
		},
		"ContactPoints": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.ContactPoints(ctx, o, c.ID) },
		"PointsAt": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.PointsAt(ctx, o, points[0].Channel, points[0].Address)
		},
		"Conversation": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.Conversation(ctx, o, conversation.ID)
		},
		"ConversationByKey": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.ConversationByKey(ctx, o, conversation.Key)
		},
		"ConversationsOf": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.ConversationsOf(ctx, o, c.ID, 9) },
		"ConversationRow": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.ConversationRow(ctx, o, conversation.ID)
		},
		"ConversationRows": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.ConversationRows(ctx, o, chat.ListQuery{View: chat.ViewAll})
		},
		"ConversationRows, mine": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.ConversationRows(ctx, o, chat.ListQuery{View: chat.ViewMine, AgentID: a.ID})
		},
		"ConversationRows, a word": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.ConversationRows(ctx, o, chat.ListQuery{View: chat.ViewAll, Search: "hello"})
		},
		"ConversationRows, a name": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.ConversationRows(ctx, o, chat.ListQuery{View: chat.ViewAll, Search: "eve"})
		},
		"Counts": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			counts, err := r.Counts(ctx, o, a.ID)
			return make([]struct{}, counts.Views[chat.ViewAll]+counts.Views[chat.ViewMine]), err
		},
		"Messages": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.Messages(ctx, o, conversation.ID, 0, 0, 9, false)
		},
		"MessageByClientID": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.MessageByClientID(ctx, o, conversation.ID, "once")
		},
		"LatestSeqs": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.LatestSeqs(ctx, o, []int64{conversation.ID})
		},
		"Delivery": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.Delivery(ctx, o, delivery.ID) },
		"DeliveryByKey": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.DeliveryByKey(ctx, o, delivery.Key)
		},
		"Deliveries": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.Deliveries(ctx, o, conversation.ID)
		},
		"LastDelivery": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.LastDelivery(ctx, o, conversation.ID)
		},
		"EmailThread": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			thread, err := r.EmailThread(ctx, o, conversation.ID)
			return thread.MessageIDs, err
		},
		"Decisions": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.Decisions(ctx, o, conversation.ID, 1, 9)
		},
		"PlanFacts": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			foreign := *conversation
			foreign.OrganizationID, foreign.AgentSeq = o, 9
			facts, err := r.PlanFacts(ctx, []*chat.Conversation{&foreign}, map[int64]int{o: 1})
			if err != nil || len(facts) != 1 {
				return []int{}, err
			}
			nothing := chat.PlanFacts{OrganizationID: o, ConversationID: conversation.ID}
			return make([]struct{}, map[bool]int{true: 1}[!reflect.DeepEqual(facts[0], nothing)]), nil
		},
		"Unplanned": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			stale, all, err := r.Unplanned(ctx, o, 1)
			return make([]struct{}, stale+all), err
		},
		"History": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.History(ctx, o, noon, 0, 9)
		},
		"LockPlanned": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.LockPlanned(ctx, o, c.ID) },
		"LockStale":   func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.LockStale(ctx, o, 1, 9) },
		"RejoinLink":  func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.RejoinLink(ctx, o, hash) },
		"LockConversation": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.LockConversation(ctx, o, conversation.ID)
		},
		"LockNewest":   func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.LockNewest(ctx, o, c.ID) },
		"LockCustomer": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.LockCustomer(ctx, o, c.ID) },
		"LockDelivery": func(ctx context.Context, r chat.Tx, o int64) (any, error) { return r.LockDelivery(ctx, o, delivery.ID) },
		"Presences": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.Presences(ctx, o, chat.SubjectCustomer, c.ID)
		},
		"Covered": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			seq, err := r.Covered(ctx, o, conversation.ID)
			return make([]struct{}, seq), err
		},
		"SetReach": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			return r.SetReach(ctx, o, c.ID, "unreachable")
		},
		"RevokeLinks": func(ctx context.Context, r chat.Tx, o int64) (any, error) {
			n, err := r.RevokeLinks(ctx, o, conversation.ID, noon)
			return make([]struct{}, n), err
		},
	}
	maps.Copy(readers, mailReaders(h, full, conversation))
	maps.Copy(readers, uploadReaders(h, c, conversation))
	maps.Copy(readers, senderReaders(h, full))
	for name, read := range readers {
		for _, own := range []bool{false, true} { // the own ones last, to see that the reader does find what it may
			o := foreign
			if own {
				o = full
			}
			undone := errors.New("undone, so that no reader takes from another what it looks for")
			err := h.Tx(t.Context(), func(ctx context.Context, tx chat.Tx) error {
				got, err := read(ctx, tx, o.ID)
				if found := found(got, err); found != own {
					t.Errorf("%s: found is %v in organization %d of %d: %v %v", name, found, o.ID, full.ID, got, err)
				}
				if kind, _ := chat.KindOf(err); err != nil && kind != chat.Missing {
					t.Errorf("%s: %v", name, err)
				}
				return undone
			})
			if !errors.Is(err, undone) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	everyReaderIsCalled(t, readers)
}

func found(got any, err error) bool {
	value := reflect.ValueOf(got)
	if value.Kind() == reflect.Slice || value.Kind() == reflect.Map {
		return err == nil && value.Len() > 0
	}
	return err == nil && !value.IsNil()
}

// everyReaderIsCalled fails when chat.Reader has a method that the wall does not try.
func everyReaderIsCalled(t *testing.T, readers map[string]func(context.Context, chat.Tx, int64) (any, error)) {
	t.Helper()
	overAll := map[string]bool{"Organization": true, "OrganizationByKey": true, "OrganizationCount": true, "AgentsByEmail": true, "MailByDoor": true, "MailsKnown": true,
		"DeadBlobs": true, "SendersDue": true}
	reader := reflect.TypeFor[chat.Reader]()
	for method := range reader.Methods() {
		if readers[method.Name] == nil && !overAll[method.Name] {
			t.Errorf("nobody tries %s across organizations", method.Name)
		}
	}
}
