package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"rejoin/mail"
)

type mailCommand struct {
	Parse     mailParseCommand     `cmd:"" help:"Print what we make of raw mails: one JSON object per file and line."`
	Unmatched mailUnmatchedCommand `cmd:"" help:"List the mail that came in for no organization."`
	Give      mailGiveCommand      `cmd:"" help:"Give such a mail to an organization."`

	Score mailScoreCommand `cmd:"" hidden:"" help:"Measure the parser over a folder of public mail."`
}

type mailParseCommand struct {
	Files []string `arg:"" optional:"" name:"file" help:"Raw mails (RFC 5322); without any, standard input is read."`
}

// Run prints one line per mail; a file that cannot be read is named on the standard error, and the others still follow.
func (c mailParseCommand) Run() error { return c.print(os.Stdin, os.Stdout, os.Stderr) }

func (c mailParseCommand) print(in io.Reader, out, complaints io.Writer) error {
	if len(c.Files) == 0 {
		return printMail(out, in)
	}
	var failed error
	for _, name := range c.Files {
		if err := printMailFile(out, name); err != nil {
			fmt.Fprintln(complaints, "rejoin:", err)
			failed = errors.New("not every mail could be read")
		}
	}
	return failed
}

func printMailFile(w io.Writer, name string) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("open mail: %w", err)
	}
	defer file.Close()
	if err := printMail(w, file); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// mailLine is the shape that the command prints.
type mailLine struct {
	Kind         mail.Kind        `json:"kind"`
	Hard         bool             `json:"hard"`
	Status       string           `json:"status"`
	Conversation string           `json:"conversation"` // the token of a reply+TOKEN@… address
	From         string           `json:"from"`
	Reply        string           `json:"reply"`
	Signature    string           `json:"signature"`
	Attachments  []mailAttachment `json:"attachments"`
	Reasons      []string         `json:"reasons"`
}

type mailAttachment struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int    `json:"size"`
}

func printMail(w io.Writer, r io.Reader) error {
	in, err := mail.Parse(r)
	if err != nil {
		return fmt.Errorf("parse mail: %w", err)
	}
	out := mailLine{
		Kind: in.Kind, Hard: in.Hard, Status: in.Status, Conversation: in.Token(), From: in.From.Email, Reply: in.Reply, Signature: in.Signature,
		Attachments: []mailAttachment{}, Reasons: append([]string{}, in.Reasons...),
	}
	for _, one := range in.Attachments {
		out.Attachments = append(out.Attachments, mailAttachment{one.Name, one.Type, one.Size})
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(out); err != nil {
		return fmt.Errorf("print mail: %w", err)
	}
	return nil
}
