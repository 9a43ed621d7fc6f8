package bench

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rejoin/app/chat"
	"rejoin/mail"
)

func answersTo(numbers ...int) []string {
	var texts []string
	for _, n := range numbers {
		texts = append(texts, answerText(n))
	}
	return texts
}

func TestEveryMailMustBeOneMessage(t *testing.T) {
	for _, test := range []struct {
		name  string
		texts []string
		sent  int
		want  string
	}{
		{"all came", answersTo(2, 1, 3), 3, ""},
		{"none was sent", nil, 0, ""},
		{"one was lost", answersTo(1, 3), 3, "mail 2 became no message"},
		{"the last was lost", answersTo(1, 2), 3, "mail 3 became no message"},
		{"one came twice", answersTo(1, 2, 2), 2, "mail 2 became 2 messages"},
		{"one doubled in place of a lost one", answersTo(1, 1, 3), 3, "mail 1 became 2 messages"},
		{"one that nobody sent", answersTo(1, 2), 1, "what no mail said"},
		{"one with the quote below", []string{answerText(1) + "\n\n> Hello"}, 1, "what no mail said"},
		{"one that was cut", []string{answerText(1)[:40]}, 1, "what no mail said"},
		{"one without its number", []string{"Hello?"}, 1, "what no mail said"},
	} {
		err := judgeAnswers(test.texts, test.sent)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func TestAWrittenAnswerReadsAsWhatItsCustomerWrote(t *testing.T) {
	raw, err := answerRaw(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if size := len(raw); size < 4<<10 || size > 8<<10 {
		t.Errorf("it has %d bytes, which no usual answer has", size)
	}
	token := replyToken(77)
	if organization, ok := chat.SplitReplyToken(token); !ok || organization != 77 {
		t.Fatalf("%q is no token of a reply address", token)
	}
	l := &letterbox{raw: string(raw), all: []answerer{
		{address: "zero@mail.example"},
		{address: "jo@mail.example", reply: "reply+" + token + "@" + mailDomain, emailed: "<emailed000000000000001.25@rejoin.example>"},
	}}
	in := mail.ParseBytes(l.write(123_456_789))
	if in.Kind != mail.KindReply || in.Reply != answerText(123_456_789) {
		t.Errorf("%s says %q", in.Kind, in.Reply)
	}
	if in.From.Email != "jo@mail.example" || in.Token() != token || in.InReplyTo != l.all[1].emailed {
		t.Errorf("it is from %q, to %q, and answers %q", in.From.Email, in.Token(), in.InReplyTo)
	}
	if in.Quote == "" || bytes.Contains(l.write(1), []byte("place")) {
		t.Error("it quotes nothing, or a place was left open")
	}
	if other := mail.ParseBytes(l.write(3)); other.MessageID == in.MessageID {
		t.Error("two answers have one Message-ID")
	}
}

func TestACorpusIsEveryMailOfAFolder(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string]string{"one.eml": "Subject: one\n\n1", "deep/two.eml": "Subject: two\n\n2", "README.md": "none"} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	from, mails, err := corpusOf(folder)
	if err != nil || from != folder || len(mails) != 2 {
		t.Errorf("%d mails of %s, %v", len(mails), from, err)
	}
	if _, _, err := corpusOf(t.TempDir()); err == nil {
		t.Error("a folder without mails is measured")
	}
}

func TestWithoutACorpusOurOwnMailsAreRead(t *testing.T) {
	t.Chdir("../..")
	from, mails, err := corpusOf(filepath.Join(t.TempDir(), "missing"))
	if err != nil || from != ownCorpus || len(mails) == 0 {
		t.Errorf("%d mails of %s, %v", len(mails), from, err)
	}
}

func TestAMailTakesTheMiddleOfItsTimesAndTheFirstDoesNotCount(t *testing.T) {
	read := 0
	times, err := timesOfEach(t.Context(), [][]byte{{1}, {2}, {3}}, 4, func([]byte) { read++ })
	if err != nil || len(times) != 3 || read != 12 {
		t.Errorf("%d times after %d reads, %v", len(times), read, err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := timesOfEach(ended, [][]byte{{1}}, 4, func([]byte) {}); err == nil {
		t.Error("it goes on when the run has ended")
	}
}

func TestTheRenderedConversationIsAWholeEmail(t *testing.T) {
	talk := parcelTalk(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	content, err := talk.Compose()
	if err != nil {
		t.Fatal(err)
	}
	if len(talk.Lines) != 6 || !strings.Contains(content.Text, talk.Lines[5].Text[:40]) {
		t.Error("its last message does not stand in it")
	}
	if err := wrapped(content).Check(); err != nil {
		t.Errorf("it cannot be sent: %v", err)
	}
}

func TestABoardTellsHowLateEachMessageWasSeen(t *testing.T) {
	b := newBoard()
	times, err := b.lateness(t.Context(), 1000, 5, 40, func(i, n int) {
		if n != 40+i {
			t.Errorf("message %d has number %d", i, n)
		}
		b.hear([]byte("data: " + marked(n)))
	})
	if err != nil || len(times) != 5 || times.at(0) < 0 || times.at(100) > answerWithin {
		t.Errorf("%v, %v", times, err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := b.lateness(ended, 1000, 5, 90, func(int, int) {}); err == nil {
		t.Error("a run that has ended is measured")
	}
}
