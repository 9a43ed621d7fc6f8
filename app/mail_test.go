package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMailParsePrintsOneLinePerMail(t *testing.T) {
	folder := t.TempDir()
	one, two := filepath.Join(folder, "one.eml"), filepath.Join(folder, "two.eml")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(one, "From: Jo <jo@example.com>\nTo: reply+abc@in.example\nSubject: Re: Lamp\n\nBlue <3\n\n-- \nJo\n\nOn Mon, 4 May 2026 at 10:15, N <n@n.example> wrote:\n> Which?\n")
	write(two, "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n<x@y.example>:\n550 5.1.1 user unknown\n")
	var out, complaints bytes.Buffer
	err := mailParseCommand{Files: []string{one, filepath.Join(folder, "none.eml"), two}}.print(nil, &out, &complaints)
	if err == nil || !strings.Contains(complaints.String(), "none.eml") {
		t.Errorf("a missing file gives %v and says %q", err, complaints.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines: %s", len(lines), out.String())
	}
	if want := `{"kind":"reply","hard":false,"status":"","conversation":"abc","from":"jo@example.com","reply":"Blue <3","signature":"--\nJo","attachments":[],"reasons":["nothing marks it as a machine's"]}`; lines[0] != want {
		t.Errorf("the first line is %s", lines[0])
	}
	var bounce mailLine
	if err := json.Unmarshal([]byte(lines[1]), &bounce); err != nil || bounce.Kind != "bounce" || !bounce.Hard || bounce.Status != "5.1.1" {
		t.Errorf("the second line is %s (%v)", lines[1], err)
	}
}

func TestMailParseReadsItsInputWithoutFiles(t *testing.T) {
	var out bytes.Buffer
	if err := (mailParseCommand{}).print(strings.NewReader("Hello"), &out, nil); err != nil || !strings.Contains(out.String(), `"reply":"Hello"`) {
		t.Errorf("it prints %q (%v)", out.String(), err)
	}
}

func TestMailScoreFailsBelowItsGates(t *testing.T) {
	folder := t.TempDir()
	if err := (mailScoreCommand{Folder: folder}).Run(); err != nil {
		t.Errorf("without public mail it fails: %v", err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("machine.jsonl", "")
	write("replies.jsonl", `{"name":"one","content_type":"text/plain","input_text":"Yes\n\n> no","expected_reply":"Yes","compare":"ws"}`)
	if err := (mailScoreCommand{Folder: folder}).Run(); err != nil {
		t.Errorf("a right reply fails: %v", err)
	}
	write("replies.jsonl", `{"name":"one","content_type":"text/plain","input_text":"Yes","expected_reply":"No","compare":"ws"}`)
	if err := (mailScoreCommand{Folder: folder}).Run(); err == nil {
		t.Error("a wrong reply passes")
	}
}
