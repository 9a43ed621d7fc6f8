package mail

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/authres"
)

// startOf drops empty lines above a header: the mail would begin with them, and its header be text.
func startOf(raw []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), "\r\n")
}

// traceOf writes what the envelope and the judge said above a mail, so that the stored mail tells all.
func traceOf(a Arrival, name string, hasHeader bool) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <%s>\r\n", a.From)
	for _, to := range a.To {
		fmt.Fprintf(&b, "Delivered-To: %s\r\nX-Original-To: %s\r\n", to, to)
	}
	if a.Verdict.Judged() {
		fmt.Fprintf(&b, "Authentication-Results: %s\r\n", strings.ReplaceAll(judgement(a, name), "; ", ";\r\n\t"))
	}
	protocol := "ESMTP"
	if a.TLS {
		protocol = "ESMTPS"
	}
	fmt.Fprintf(&b, "Received: from %s (%s)\r\n\tby %s with %s id %s", traceName(a.Hello), literal(a), name, protocol, rand.Text()[:12])
	if len(a.To) == 1 { // several were told of each other otherwise
		fmt.Fprintf(&b, "\r\n\tfor <%s>", a.To[0])
	}
	fmt.Fprintf(&b, ";\r\n\t%s\r\n", a.At.Format(time.RFC1123Z))
	if !hasHeader {
		b.WriteString("\r\n")
	}
	return b.Bytes()
}

// judgement is the verdict as RFC 8601 writes it.
func judgement(a Arrival, name string) string {
	v := a.Verdict
	from := traceName(domainOf(a.From))
	spf := &authres.SPFResult{Value: authres.ResultValue(v.SPF), From: from}
	if domainOf(a.From) == "" {
		spf.From, spf.Helo = "", traceName(a.Hello)
	}
	dmarc := &authres.DMARCResult{Value: authres.ResultValue(v.DMARC), From: traceName(v.Domain)}
	dkim := &authres.DKIMResult{Value: authres.ResultValue(v.DKIM)}
	return strings.ReplaceAll(authres.Format(name, []authres.Result{spf, dkim, dmarc}), " ;", ";")
}

// literal is the address that a mail came from, as headers write it.
func literal(a Arrival) string {
	if a.Remote.Is6() {
		return "[IPv6:" + a.Remote.WithZone("").String() + "]"
	}
	return "[" + a.Remote.String() + "]"
}

// traceName keeps of a name that a stranger gave what can be part of one: no comment, no quote, no second header.
func traceName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f || strings.ContainsRune("()<>\\,;\"=", r) {
			return -1
		}
		return r
	}, name)
	if name == "" {
		return "unknown"
	}
	return cutRunes(name, 255)
}
