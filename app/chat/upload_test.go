package chat_test

import (
	"bytes"
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
	h.refused(h.desk.DropAsCustomer(h.ctx, g.CustomerCaller, mine.Key), chat.Missing)
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
	h.refused(h.desk.DropAsCustomer(h.ctx, other.CustomerCaller, u.Key), chat.Missing)
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

func TestAFileIsWhatItsBytesAre(t *testing.T) {
	h := newFiledHouse(t)
	g := h.arrive("Hello")
	zip := func(names ...string) []byte {
		return []byte("PK\x03\x04" + strings.Repeat("\x00", 26) + strings.Join(names, "\x00PK"))
	}
	for _, test := range []struct {
		name    string
		content []byte
		want    string
		kept    string
	}{
		{"cat.png", pngOf(2, 3), "image/png", "cat.png"},
		{"cat.html", pngOf(2, 3), "image/png", "cat.html.png"},
		{"cat.png", []byte("<html><script>alert(1)</script>"), chat.Unknown, "cat.png"},
		{"cat.png", []byte("\x89PNG\r\n\x1a\n<script>alert(1)</script>"), chat.Unknown, "cat.png"},
		{"a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), chat.Unknown, "a.svg"},
		{"a.txt", []byte("  <!doctype html>"), chat.Unknown, "a.txt"},
		{"a.txt", []byte("plain words, ünïcode"), "text/plain", "a.txt"},
		{"a.csv", []byte("a,b\n1,2\n"), "text/csv", "a.csv"},
		{"a.js", []byte("alert(1)"), chat.Unknown, "a.js"},
		{"run", []byte("#!/bin/sh\nrm -rf /"), chat.Unknown, "run"},
		{"a.exe", []byte("MZ\x90\x00"), chat.Unknown, "a.exe"},
		{"a.pdf", []byte("%PDF-1.4"), "application/pdf", "a.pdf"},
		{"a.docx", zip("[Content_Types].xml", "word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a.docx"},
		{"a.xlsx", zip("[Content_Types].xml", "xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "a.xlsx"},
		{"a.xlsx", zip("[Content_Types].xml", "xl/vbaProject.bin"), chat.Unknown, "a.xlsx"},
		{"a.odt", zip("mimetypeapplication/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument.text", "a.odt"},
		{"a.zip", zip("META-INF/MANIFEST.MF"), chat.Unknown, "a.zip"},
		{"a.zip", zip("photo.png"), "application/zip", "a.zip"},
		{"a.heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "image/heic", "a.heic"},
		{"a.webp", []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x3f\x00\x00\x1f\x00\x00"), "image/webp", "a.webp"},
		{"a.avif", append([]byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00"), []byte("\x00\x00\x00\x14ispe\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00\x20")...), "image/avif", "a.avif"},
		{"big.png", hugePNG(), "image/png", "big.png"},
		{"../../etc/passwd", []byte("x"), "text/plain", "passwd"},
		{`C:\temp\x.txt`, []byte("x"), "text/plain", "x.txt"},
		{"a\u202Egnp.exe\x00\n.txt", []byte("x"), "text/plain", "agnp.exe.txt"},
		{"", []byte("x"), "text/plain", "file"},
		{strings.Repeat("n", 300) + ".txt", []byte("x"), "text/plain", strings.Repeat("n", 115) + "….txt"},
	} {
		u := h.sends(g, test.name, test.content)
		if u.Type != test.want || u.Name != test.kept {
			t.Errorf("%.40q with %.20q is %s %q, want %s %q", test.name, test.content, u.Type, u.Name, test.want, test.kept)
		}
		switch test.name {
		case "a.webp", "a.avif":
			if u.Width != 64 || u.Height != 32 || !u.Image() {
				t.Errorf("%s measures %d × %d", test.name, u.Width, u.Height)
			}
		case "big.png", "a.heic", "a.docx":
			if u.Image() {
				t.Errorf("%s would be shown", test.name)
			}
		}
	}
}

// hugePNG says of itself that it would fill memory.
func hugePNG() []byte {
	made := pngOf(1, 1)
	at := bytes.Index(made, []byte("IHDR"))
	copy(made[at+4:], "\x00\x00\xff\xff\x00\x00\xff\xff")
	fixCRC(made[at:])
	return made
}
