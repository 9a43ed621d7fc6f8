package chat_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
)

func TestAMessageCarriesFilesWithAndWithoutWords(t *testing.T) {
	h := newFiledHouse(t)
	g := h.arrive("Hello")
	picture, paper := h.sends(g, "cat.png", pngOf(30, 20)), h.sends(g, "bill.pdf", []byte("%PDF-1.7 …"))
	_, m, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: "one", Text: " ", Files: []string{paper.Key, picture.Key}})
	h.must(err)
	if m.Text != "" || len(m.Files) != 2 || m.Files[0].Key != paper.Key || m.Files[1].Width != 30 || m.Files[1].Height != 20 || m.Files[1].Type != "image/png" {
		t.Errorf("the message carries %+v", m)
	}
	if got := g.row().LastMessageText; got != "📎 bill.pdf, cat.png" {
		t.Errorf("the list says %q", got)
	}
	stored := h.entries(g.row())
	if last := stored[len(stored)-1]; len(last.Files) != 2 || last.Files[1] != m.Files[1] {
		t.Errorf("read again it carries %+v", last.Files)
	}
	a := h.attaches("answer.txt", []byte("yes"))
	answer, err := h.desk.PostAsAgent(h.ctx, h.agent, g.key, chat.AgentPost{ClientID: "two", Text: "See here", Files: []string{a.Key}})
	h.must(err)
	if len(answer.Files) != 1 || answer.Files[0].Name != "answer.txt" {
		t.Errorf("the answer carries %+v", answer.Files)
	}
	if _, _, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: "three"}); err == nil {
		t.Error("nothing at all was taken for a message")
	}
}

func TestAFileIsBoundOnceAndByItsSenderOnly(t *testing.T) {
	h := newFiledHouse(t)
	g, other := h.arrive("Hello"), h.arrive("Hello too")
	elsewhere, admin := h.organization("Maison Sud", "eve@sud.example")
	stranger := h.arriveAt(h.desk, elsewhere, "Hello there")
	mine, theirs, agents := h.sends(g, "a.txt", []byte("a")), h.sends(other, "b.txt", []byte("b")), h.attaches("c.txt", []byte("c"))
	far := h.sends(stranger, "d.txt", []byte("d"))
	for what, keys := range map[string][]string{
		"another customer's": {theirs.Key}, "an agent's": {agents.Key}, "another organization's": {far.Key},
		"a made-up": {"AAAAAAAAAAAAAAAAAAAAAA"}, "one's own beside another's": {mine.Key, theirs.Key},
	} {
		_, _, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: rand.Text(), Text: "kept", Files: keys})
		if refused := chat.AsFieldError(err, "files"); refused == nil || refused.Key != "chat.file.gone" {
			t.Errorf("%s file: %v", what, err)
		}
	}
	for what, key := range map[string]string{"a customer's": mine.Key, "another organization's": far.Key} {
		_, err := h.desk.PostAsAgent(h.ctx, h.agent, g.key, chat.AgentPost{Text: "kept", Files: []string{key}})
		if chat.AsFieldError(err, "files") == nil {
			t.Errorf("%s file went with an agent's message: %v", what, err)
		}
	}
	_, err := h.desk.PostAsAgent(h.ctx, admin, g.key, chat.AgentPost{Text: "across", Files: []string{agents.Key}})
	h.refused(err, chat.Missing)
	_, _, err = h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: "x", Text: "mine", Files: []string{mine.Key}})
	h.must(err)
	_, _, err = h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: "y", Text: "again", Files: []string{mine.Key}})
	if chat.AsFieldError(err, "files") == nil {
		t.Errorf("a file stands in two messages: %v", err)
	}
	h.refused(h.desk.DropByToken(h.ctx, h.org.Key, g.token, mine.Key), chat.Missing)
	if _, err := h.store.Upload(h.ctx, h.org.ID, mine.Key); err != nil {
		t.Errorf("a file of a message was dropped: %v", err)
	}
}

func TestAMessageWithFilesThatIsSentTwiceCountsOnce(t *testing.T) {
	h := newFiledHouse(t)
	g := h.arrive("Hello")
	u := h.sends(g, "cat.png", pngOf(3, 3))
	in := chat.PostInput{ClientID: "the same", Files: []string{u.Key}}
	_, first, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, in)
	h.must(err)
	_, second, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, in)
	h.must(err)
	if second.Seq != first.Seq || len(second.Files) != 1 {
		t.Errorf("the second try is message %d with %d files, want %d with 1", second.Seq, len(second.Files), first.Seq)
	}
	a := h.attaches("c.txt", []byte("c"))
	post := chat.AgentPost{ClientID: "agents", Files: []string{a.Key}}
	answer, err := h.desk.PostAsAgent(h.ctx, h.agent, g.key, post)
	h.must(err)
	again, err := h.desk.PostAsAgent(h.ctx, h.agent, g.key, post)
	h.must(err)
	if again.Seq != answer.Seq {
		t.Errorf("the agent's second try is message %d, want %d", again.Seq, answer.Seq)
	}
}

func TestAnUploadThatIsSentTwiceIsOne(t *testing.T) {
	h := newFiledHouse(t)
	g, other := h.arrive("Hello"), h.arrive("Hello")
	f := func() chat.NewFile {
		f := newFile("cat.png", pngOf(3, 3))
		f.ClientID = "try"
		return f
	}
	first, err := h.desk.UploadAsCustomer(h.ctx, g.CustomerCaller, f())
	h.must(err)
	second, err := h.desk.UploadAsCustomer(h.ctx, g.CustomerCaller, f())
	h.must(err)
	theirs, err := h.desk.UploadAsCustomer(h.ctx, other.CustomerCaller, f())
	h.must(err)
	if second.Key != first.Key || theirs.Key == first.Key {
		t.Errorf("keys are %s, %s and another's %s", first.Key, second.Key, theirs.Key)
	}
	if n := h.stored(); n != 2 {
		t.Errorf("%d files lie there, want 2", n)
	}
}

func TestAFirstMessageCarriesFilesOfAStranger(t *testing.T) {
	h := newFiledHouse(t)
	token, foreign := chat.NewToken(h.org.ID, rand.Reader), chat.NewToken(h.org.ID, rand.Reader)
	u, err := h.desk.UploadByToken(h.ctx, h.org.Key, token, newFile("cat.png", pngOf(3, 3)))
	h.must(err)
	theirs, err := h.desk.UploadByToken(h.ctx, h.org.Key, foreign, newFile("dog.png", pngOf(3, 3)))
	h.must(err)
	start := func(files ...string) (*chat.CustomerCaller, *chat.Message, error) {
		caller, _, m, err := h.desk.Start(h.ctx, h.org, token, chat.StartInput{Page: "page", Post: chat.PostInput{ClientID: "first", Files: files}})
		return caller, m, err
	}
	if _, _, err := start(theirs.Key); chat.AsFieldError(err, "files") == nil {
		t.Fatalf("another stranger's file was taken: %v", err)
	}
	if n := h.number("select count(*) from customers"); n != 0 {
		t.Errorf("a refused start has left %d customers", n)
	}
	caller, m, err := start(u.Key)
	h.must(err)
	if len(m.Files) != 1 || m.Seq != 1 {
		t.Errorf("the first message is %+v", m)
	}
	if n := h.number("select count(*) from uploads where customer_id = $1 and holder is null and message_seq = 1", caller.Customer.ID); n != 1 {
		t.Errorf("%d files are the customer's, want 1", n)
	}
	late, err := h.desk.UploadByToken(h.ctx, h.org.Key, token, newFile("late.png", pngOf(3, 3)))
	h.must(err)
	if late.CustomerID == nil || *late.CustomerID != caller.Customer.ID {
		t.Error("a known token's file is nobody's")
	}
	o, _ := h.organization("Maison Sud", "eve@sud.example")
	_, err = h.desk.UploadByToken(h.ctx, o.Key, token, newFile("x.png", pngOf(3, 3)))
	h.refused(err, chat.Missing)
	_, err = h.desk.UploadByToken(h.ctx, o.Key, foreign, newFile("x.png", pngOf(3, 3)))
	h.refused(err, chat.Missing)
}

func TestWhatASenderLetWaitBeforeTheirFirstMessageIsStillTheirs(t *testing.T) {
	h := newFiledHouse(t)
	token := chat.NewToken(h.org.ID, rand.Reader)
	u, err := h.desk.UploadByToken(h.ctx, h.org.Key, token, newFile("cat.png", pngOf(3, 3)))
	h.must(err)
	caller, _, _, err := h.desk.Start(h.ctx, h.org, token, chat.StartInput{Page: "page", Post: chat.PostInput{ClientID: "first", Text: "Hello"}})
	h.must(err)
	_, m, err := h.desk.PostAsCustomer(h.ctx, caller, chat.PostInput{ClientID: "second", Files: []string{u.Key}})
	h.must(err)
	if len(m.Files) != 1 {
		t.Errorf("the second message carries %+v", m.Files)
	}
}

func TestFilesAreBounded(t *testing.T) {
	h := newFiledHouse(t)
	g := h.arrive("Hello")
	refused := func(what, key string, f chat.NewFile) {
		t.Helper()
		_, err := h.desk.UploadAsCustomer(h.ctx, g.CustomerCaller, f)
		if one := chat.AsFieldError(err, "files"); one == nil || one.Key != key {
			t.Errorf("%s: %v, want %s", what, err, key)
		}
	}
	refused("an empty file", "chat.file.empty", newFile("a.txt", nil))
	refused("a large file", "chat.file.large", zeros(chat.MaxFile+1))
	refused("a file that ends early", "chat.file.torn", chat.NewFile{Name: "a.txt", Content: strings.NewReader("abc"), Size: 10})
	refused("a connection that breaks", "chat.file.torn", chat.NewFile{
		Name: "a.txt", Size: 600 << 10, Content: io.MultiReader(io.LimitReader(rand.Reader, 500<<10), cutOff{}),
	})
	if n := h.stored(); n != 0 {
		t.Errorf("%d refused files lie there", n)
	}
	for range 5 {
		_, err := h.desk.UploadAsCustomer(h.ctx, g.CustomerCaller, zeros(chat.MaxFile))
		h.must(err)
	}
	refused("the day's last byte", "chat.file.day", newFile("a.txt", []byte("a")))
	h.clock.advance(chat.UploadLife + time.Second)
	u := h.sends(g, "a.txt", []byte("a"))
	keys := make([]string, chat.MaxFiles+1)
	for i := range keys {
		keys[i] = rand.Text()
	}
	_, _, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: "x", Files: keys})
	if one := chat.AsFieldError(err, "files"); one == nil || one.Key != "chat.file.many" {
		t.Errorf("eleven files: %v", err)
	}
	_, m, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: "x", Files: []string{u.Key, u.Key}})
	h.must(err)
	if len(m.Files) != 1 {
		t.Errorf("one file that is named twice is carried %d times", len(m.Files))
	}
}

// cutOff is a connection that was lost.
type cutOff struct{}

func (cutOff) Read([]byte) (int, error) { return 0, errors.New("reset by peer") }

func TestStrangersCannotFillTheDisk(t *testing.T) {
	h := newFiledHouse(t)
	h.exec(`insert into uploads (organization_id, key, blob, name, type, size, holder, created_at)
		values ($1, 'x', 'x', 'x', 'x', $2, 'x', $3)`, h.org.ID, chat.MaxFilesOfStrangers-10, monday)
	_, err := h.desk.UploadByToken(h.ctx, h.org.Key, chat.NewToken(h.org.ID, rand.Reader), newFile("cat.png", pngOf(9, 9)))
	h.refused(err, chat.Busy, "chat.file.busy")
	g := h.arrive("Hello")
	h.sends(g, "cat.png", pngOf(9, 9)) // who has written is no stranger
}

func TestWhatNobodySentIsForgotten(t *testing.T) {
	h := newFiledHouse(t)
	g := h.arrive("Hello")
	loose, sent := h.sends(g, "a.txt", []byte("loose")), h.sends(g, "b.txt", []byte("sent"))
	_, _, err := h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: "x", Files: []string{sent.Key}})
	h.must(err)
	h.clock.advance(chat.UploadLife + time.Minute)
	_, _, err = h.desk.PostAsCustomer(h.ctx, g.CustomerCaller, chat.PostInput{ClientID: "y", Text: "too late", Files: []string{loose.Key}})
	if chat.AsFieldError(err, "files") == nil {
		t.Errorf("an expired file was sent: %v", err)
	}
	h.must(h.desk.SweepUploads(h.ctx))
	if n := h.stored(); n != 1 {
		t.Errorf("%d files lie there, want the one that was sent", n)
	}
	_, err = h.store.Upload(h.ctx, h.org.ID, loose.Key)
	h.refused(err, chat.Missing)
	h.must(h.desk.DeleteMe(h.ctx, g.CustomerCaller))
	h.must(h.desk.SweepUploads(h.ctx))
	if n := h.stored(); n != 0 {
		t.Errorf("%d files outlive their customer", n)
	}
	if n := h.number("select count(*) from dead_blobs"); n != 0 {
		t.Errorf("%d dead ones are still listed", n)
	}
}

func TestBytesWithoutARowGoAfterADay(t *testing.T) {
	h := newFiledHouse(t)
	h.must(h.store.Tx(h.ctx, func(ctx context.Context, tx chat.Tx) error { return tx.AwaitBlob(ctx, "1/file/2026/03/02/lost") }))
	h.must(h.blobs.Put(h.ctx, "1/file/2026/03/02/lost", strings.NewReader("lost"), 4, "text/plain"))
	h.must(h.desk.SweepUploads(h.ctx))
	if n := h.stored(); n != 1 {
		t.Fatal("bytes went that may still get a row")
	}
	h.exec("update dead_blobs set at = now() - interval '1 second'")
	h.must(h.desk.SweepUploads(h.ctx))
	if n := h.stored(); n != 0 {
		t.Error("lost bytes stay")
	}
}

func TestAFileIsDroppedByItsSenderOnly(t *testing.T) {
	h := newFiledHouse(t)
	g, other := h.arrive("Hello"), h.arrive("Hello")
	u, a := h.sends(g, "a.txt", []byte("a")), h.attaches("b.txt", []byte("b"))
	h.refused(h.desk.DropByToken(h.ctx, h.org.Key, other.token, u.Key), chat.Missing)
	h.refused(h.desk.DropAsAgent(h.ctx, h.admin, a.Key), chat.Missing)
	h.refused(h.desk.DropAsAgent(h.ctx, h.agent, u.Key), chat.Missing)
	if n := h.number("select count(*) from uploads"); n != 2 {
		t.Fatalf("%d files are left after others dropped them, want 2", n)
	}
	h.must(h.desk.DropByToken(h.ctx, h.org.Key, g.token, u.Key))
	h.must(h.desk.DropAsAgent(h.ctx, h.agent, a.Key))
	if n := h.number("select count(*) from uploads"); n != 0 {
		t.Errorf("%d files are left", n)
	}
}
