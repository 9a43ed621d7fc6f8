package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode"

	"rejoin/mail"
)

// The gates: below them the command fails.
const (
	leastExact  = 78.0 // percent of replies that are word for word what was written
	mostLoss    = 4.0  // percent of replies that lack a word of it
	slowestMail = time.Second
)

type mailScoreCommand struct {
	Folder  string `arg:"" help:"A folder with replies.jsonl and machine.jsonl."`
	Verbose bool   `short:"v" help:"Name every case that is not right."`
}

// replyCase is a line of replies.jsonl.
type replyCase struct {
	Name           string   `json:"name"`
	ContentType    string   `json:"content_type"`
	Input          string   `json:"input_text"`
	Path           string   `json:"path"`
	Expected       string   `json:"expected_reply"`
	Compare        string   `json:"compare"`
	MustContain    []string `json:"must_contain"`
	MustNotContain []string `json:"must_not_contain"`
}

// machineCase is a line of machine.jsonl.
type machineCase struct {
	Class string `json:"expected_class"`
	Path  string `json:"path"`
}

type mailScore struct {
	replies, exact, loss, empty, people, machines           int
	hard, hardMissed, soft, softAsHard, wrongKind, measured int
	slowest                                                 time.Duration
	slowestName                                             string
	verbose                                                 bool
}

// Run prints the score and fails below the gates.
func (c mailScoreCommand) Run() error {
	score := mailScore{verbose: c.Verbose}
	if _, err := os.Stat(filepath.Join(c.Folder, "replies.jsonl")); errors.Is(err, os.ErrNotExist) {
		fmt.Printf("no public mail at %s: nothing to measure\n", c.Folder)
		return nil
	}
	if err := eachLine(filepath.Join(c.Folder, "replies.jsonl"), func(one replyCase) error { return score.reply(c.Folder, one) }); err != nil {
		return err
	}
	if err := eachLine(filepath.Join(c.Folder, "machine.jsonl"), func(one machineCase) error { return score.machine(c.Folder, one) }); err != nil {
		return err
	}
	return score.print()
}

func eachLine[T any](name string, each func(T) error) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("open cases: %w", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var one T
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if err := each(one); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (s *mailScore) parse(name string, raw []byte) *mail.Inbound {
	start := time.Now()
	in := mail.ParseBytes(raw)
	s.measured++
	if took := time.Since(start); took > s.slowest {
		s.slowest, s.slowestName = took, name
	}
	return in
}

func (s *mailScore) reply(folder string, one replyCase) error {
	text := []byte(one.Input)
	if one.Path != "" {
		var err error
		if text, err = os.ReadFile(filepath.Join(folder, one.Path)); err != nil {
			return fmt.Errorf("read case: %w", err)
		}
	}
	if one.ContentType != "message/rfc822" {
		text = fmt.Appendf(nil, "From: jo@example.com\r\nTo: reply@example.org\r\nMIME-Version: 1.0\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s", one.ContentType, text)
	}
	in := s.parse(one.Name, text)
	s.replies++
	s.person(one.Name, in)
	exact, lost := one.judge(in)
	if exact {
		s.exact++
	}
	if lost != "" {
		s.loss++
	}
	empty := strings.TrimSpace(in.Reply) == "" && strings.TrimSpace(plainOf(one.Expected)) != ""
	if empty {
		s.empty++
	}
	if !exact && s.verbose {
		fmt.Printf("not exact: %s (lost %q, empty %t)\n--- got\n%s\n--- signature\n%s\n--- expected\n%s\n%q, not %q\n\n", one.Name, lost, empty, in.Reply, in.Signature, one.Expected, one.MustContain, one.MustNotContain)
	}
	return nil
}

// judge compares as the case says, and names a word of the expected reply that is nowhere in what we show of the
// person's words: the reply and the signature below it.
func (c replyCase) judge(in *mail.Inbound) (exact bool, lost string) {
	if c.Compare == "contains" {
		exact = true
		for _, wanted := range c.MustContain {
			if !strings.Contains(foldSpace(in.Reply), foldSpace(plainOf(wanted))) {
				exact = false
				lost = missingWord(in.Reply+"\n"+in.Signature, plainOf(wanted))
			}
		}
		for _, unwanted := range c.MustNotContain {
			if strings.Contains(in.Reply, unwanted) {
				exact = false
			}
		}
		return exact, lost
	}
	expected := plainOf(c.Expected)
	lost = missingWord(in.Reply+"\n"+in.Signature, expected)
	switch c.Compare {
	case "ws_all":
		return dropSpace(in.Reply) == dropSpace(expected), lost
	case "ws", "signature_removed":
		return foldSpace(in.Reply) == foldSpace(expected), lost
	case "first_paragraph":
		return strings.HasPrefix(foldSpace(in.Reply), foldSpace(expected)), lost
	}
	return strings.TrimSpace(in.Reply) == strings.TrimSpace(expected), lost
}

var tagPattern = regexp.MustCompile(`</?(?:html|head|body|div|br|b|a|span|blockquote|hr|p)(?:[\s/][^<>]*|(?:href|class|dir)=[^<>]*)?>`)

// plainOf reads what is expected of HTML as text.
func plainOf(expected string) string {
	if !strings.Contains(expected, "</") && !strings.Contains(expected, "<div") && !strings.Contains(expected, "&") {
		return expected
	}
	return html.UnescapeString(tagPattern.ReplaceAllString(expected, " "))
}

func foldSpace(text string) string { return strings.Join(strings.Fields(text), " ") }

func dropSpace(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

func missingWord(got, expected string) string {
	left := map[string]int{}
	for _, word := range strings.Fields(got) {
		left[word]++
	}
	for _, word := range strings.Fields(expected) {
		if left[word]--; left[word] < 0 && !strings.Contains(dropSpace(got), word) {
			return word
		}
	}
	return ""
}

func (s *mailScore) person(name string, in *mail.Inbound) {
	s.people++
	if in.Kind != mail.KindReply {
		s.machines++
		fmt.Printf("a person taken for a machine: %s: %s %q\n", name, in.Kind, in.Reasons)
	}
}

func (s *mailScore) machine(folder string, one machineCase) error {
	raw, err := os.ReadFile(filepath.Join(folder, one.Path))
	if err != nil {
		return fmt.Errorf("read case: %w", err)
	}
	in := s.parse(one.Path, raw)
	switch one.Class {
	case "human":
		s.person(one.Path, in)
		return nil
	case "bounce_hard":
		if s.hard++; in.Kind != mail.KindBounce || !in.Hard {
			s.hardMissed++
			fmt.Printf("a hard bounce missed: %s: %s %s %q\n", one.Path, in.Kind, in.Status, in.Reasons)
		}
	case "bounce_soft_or_other":
		if s.soft++; in.Hard {
			s.softAsHard++
			fmt.Printf("a soft bounce taken for hard: %s: %s %q\n", one.Path, in.Status, in.Reasons)
		}
	}
	if want := kindOf(one.Class); in.Kind != want {
		s.wrongKind++
		if s.verbose {
			fmt.Printf("%s is %s, not %s: %q\n", one.Path, in.Kind, want, in.Reasons)
		}
	}
	return nil
}

func kindOf(class string) mail.Kind {
	switch class {
	case "complaint":
		return mail.KindComplaint
	case "auto_reply":
		return mail.KindAutoReply
	case "dsn_delivered":
		return mail.KindReceipt
	}
	return mail.KindBounce
}

func (s *mailScore) print() error {
	percent := func(n int) float64 { return 100 * float64(n) / float64(max(s.replies, 1)) }
	fmt.Printf("replies exact           %6.1f %%  of %d (gate %.0f %%)\n", percent(s.exact), s.replies, leastExact)
	fmt.Printf("replies with a loss     %6.1f %%  (gate %.0f %%)\n", percent(s.loss), mostLoss)
	fmt.Printf("empty replies           %6d\n", s.empty)
	fmt.Printf("people taken for machines %4d  of %d\n", s.machines, s.people)
	fmt.Printf("hard bounces missed     %6d  of %d\n", s.hardMissed, s.hard)
	fmt.Printf("soft taken for hard     %6d  of %d\n", s.softAsHard, s.soft)
	fmt.Printf("machines of another kind %5d\n", s.wrongKind)
	fmt.Printf("slowest of %d          %s (%s)\n", s.measured, s.slowest.Round(time.Microsecond), s.slowestName)
	if percent(s.exact) < leastExact || percent(s.loss) > mostLoss || s.empty+s.machines+s.hardMissed+s.softAsHard > 0 || s.slowest >= slowestMail {
		return errors.New("the mail parser is below its gates")
	}
	return nil
}
