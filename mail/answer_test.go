package mail

import (
	"context"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"time"
)

func TestAnAnswerReadsAsThePersonsWordsOnly(t *testing.T) {
	sent := Message{
		MessageID: "<abc.1@shop.example>", Date: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		From: Address{Name: "Maya · Étoile", Email: "chat@shop.example"}, To: Address{Name: "Jo", Email: "jo@example.org"},
		ReplyTo: Address{Email: "reply+1-abcdef@in.shop.example"}, Subject: "Votre question", Text: "Bonjour,\nIt is in stock.\n\nMaya",
		Headers: map[string]string{"References": "<first.1@shop.example>"},
	}
	raw, err := Answer{
		To: sent, Text: "Great, merci ❤\nI take two.", ID: "<x@mail.example.org>", At: time.Date(2026, 3, 2, 10, 0, 0, 0, time.FixedZone("", 3600)),
		Files: []File{{Name: "größe.txt", Type: "text/plain", Content: []byte(strings.Repeat("forty-two ", 30))}},
	}.Raw()
	if err != nil {
		t.Fatal(err)
	}
	in := ParseBytes(raw)
	if in.Kind != KindReply || in.Reply != "Great, merci ❤\nI take two." {
		t.Errorf("it reads as %s %q", in.Kind, in.Reply)
	}
	if in.Token() != "1-abcdef" || in.From.Email != "jo@example.org" || in.InReplyTo != "<abc.1@shop.example>" || len(in.References) != 2 {
		t.Errorf("it is addressed %q from %q answering %q %q", in.Token(), in.From.Email, in.InReplyTo, in.References)
	}
	if in.Subject != "Re: Votre question" {
		t.Errorf("its subject is %q", in.Subject)
	}
	if len(in.Attachments) != 1 || in.Attachments[0].Name != "größe.txt" || in.Attachments[0].Size != 300 {
		t.Errorf("it carries %+v", in.Attachments)
	}
}

func TestAMailThatWasTakenIsHandedOverEvenIfTheServerLeavesFirst(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		server := textproto.NewConn(conn)
		_ = server.PrintfLine("220 shop.example")
		for _, say := range []string{"250 hello", "250 ok", "250 ok", "354 go on"} {
			_, _ = server.ReadLine()
			_ = server.PrintfLine("%s", say)
		}
		_, _ = server.ReadDotBytes()
		_ = server.PrintfLine("250 taken")
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := HandOver(ctx, listener.Addr().String(), "jo@example.org", "chat@shop.example", []byte("Subject: Hello\r\n\r\nHi\r\n")); err != nil {
		t.Errorf("what was taken counts as lost, and would be sent again: %v", err)
	}
}
