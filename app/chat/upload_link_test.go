package chat_test

import (
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
)

func TestALinkOpensItsFileForAWhile(t *testing.T) {
	h := newFiledHouse(t)
	g := h.arrive("Hello")
	u := h.sends(g, "a.txt", []byte("content"))
	link := h.desk.FileURL(h.org.ID, u.Key)
	h.clock.advance(14 * time.Minute)
	if h.desk.FileURL(h.org.ID, u.Key) != link {
		t.Error("the link changes within a quarter of an hour")
	}
	if _, content, err := h.opened(link); err != nil || content != "content" {
		t.Errorf("the link opens %q: %v", content, err)
	}
	for what, wrong := range map[string]string{
		"another file":         strings.Replace(link, u.Key, "AAAAAAAAAAAAAAAAAAAAAA", 1),
		"a later end":          strings.Replace(link, "until=1", "until=2", 1),
		"another signature":    strings.Replace(link, "sig=", "sig=A", 1),
		"another organization": strings.Replace(link, "/files/1-", "/files/2-", 1),
		"the number otherwise": strings.Replace(link, "/files/1-", "/files/01-", 1),
		"no signature":         strings.Replace(link, "sig=", "other=", 1),
	} {
		if _, _, err := h.opened(wrong); wrong == link || err == nil {
			t.Errorf("%s opens a file by %s", what, wrong)
		} else {
			h.refused(err, chat.Missing, "error.missing")
		}
	}
	h.clock.advance(17 * time.Minute)
	_, _, err := h.opened(link)
	h.refused(err, chat.Gone, "chat.file.expired")
}

func TestCustomersGetLinksToWhatTheyMayRead(t *testing.T) {
	h := newFiledHouse(t)
	g, other := h.arrive("Hello"), h.arrive("Hello")
	answer, note, loose := h.attaches("a.txt", []byte("a")), h.attaches("n.txt", []byte("n")), h.attaches("l.txt", []byte("l"))
	_, err := h.desk.PostAsAgent(h.ctx, h.agent, g.key, chat.AgentPost{Files: []string{answer.Key}})
	h.must(err)
	_, err = h.desk.PostAsAgent(h.ctx, h.agent, g.key, chat.AgentPost{Files: []string{note.Key}, Note: true})
	h.must(err)
	if _, err := h.desk.LinkForCustomer(h.ctx, g.CustomerCaller, answer.Key); err != nil {
		t.Errorf("an answer's file: %v", err)
	}
	for what, ask := range map[string]func() (string, error){
		"a note's file":          func() (string, error) { return h.desk.LinkForCustomer(h.ctx, g.CustomerCaller, note.Key) },
		"an agent's loose file":  func() (string, error) { return h.desk.LinkForCustomer(h.ctx, g.CustomerCaller, loose.Key) },
		"another's answer":       func() (string, error) { return h.desk.LinkForCustomer(h.ctx, other.CustomerCaller, answer.Key) },
		"a colleague's loose":    func() (string, error) { return h.desk.LinkForAgent(h.ctx, h.admin, loose.Key) },
		"one that never existed": func() (string, error) { return h.desk.LinkForAgent(h.ctx, h.admin, "AAAA") },
	} {
		if link, err := ask(); err == nil {
			t.Errorf("%s: %s", what, link)
		}
	}
	if _, err := h.desk.LinkForAgent(h.ctx, h.admin, note.Key); err != nil {
		t.Errorf("a note's file for a colleague: %v", err)
	}
}
