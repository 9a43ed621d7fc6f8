package mail

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
)

// Limits of what is verified: a stranger decides how much work a signature is.
const (
	maxSignatures     = 5
	maxSignature      = 4 << 10
	maxSignedHeader   = 256 << 10
	maxSignedLines    = 2_000
	signedBodyAtATime = 4 << 20
)

// dkimFinding is what one signature says.
type dkimFinding struct{ word, domain string }

// checkDKIM verifies the first signatures of a mail, one by one.
func checkDKIM(ctx context.Context, asked *lookups, raw []byte) (found []dkimFinding) {
	block, body := cutHeader(raw)
	if len(block) > maxSignedHeader || bytes.Count(block, []byte("\n")) > maxSignedLines {
		return []dkimFinding{{word: wordPermError}}
	}
	fields, body := rawFields(block), withoutLastLines(body)
	for i, field := range fields {
		if !isSignature(field) || len(found) == maxSignatures {
			continue
		}
		if len(field) > maxSignature {
			found = append(found, dkimFinding{word: wordPermError})
			continue
		}
		found = append(found, verifySignature(ctx, asked, withOneSignature(fields, i), body))
	}
	return found
}

// withoutLastLines leaves the empty lines at a body's end out, which no signature counts (RFC 6376, 3.4.3 and 3.4.4).
func withoutLastLines(body []byte) []byte {
	for bytes.HasSuffix(body, []byte("\r\n\r\n")) {
		body = body[:len(body)-2]
	}
	return body
}

// rawFields cuts a header into its fields, each with its continuation lines and line ends.
func rawFields(block []byte) (fields [][]byte) {
	start := 0
	for i := 0; i < len(block); i++ {
		if block[i] == '\n' && (i+1 == len(block) || block[i+1] != ' ' && block[i+1] != '\t') {
			fields = append(fields, block[start:i+1])
			start = i + 1
		}
	}
	return append(fields, block[start:])
}

func isSignature(field []byte) bool {
	name, _, found := bytes.Cut(field, []byte(":"))
	return found && strings.EqualFold(string(bytes.TrimSpace(name)), "DKIM-Signature")
}

// withOneSignature leaves all signatures out but one. The library verifies several beside each other, in goroutines
// where a panic would end the process, and in pieces that make long rows of empty lines quadratic.
func withOneSignature(fields [][]byte, keep int) []byte {
	var head bytes.Buffer
	for i, field := range fields {
		if i == keep || !isSignature(field) {
			head.Write(field)
		}
	}
	head.WriteString("\r\n")
	return head.Bytes()
}

func verifySignature(ctx context.Context, asked *lookups, head, body []byte) dkimFinding {
	mail := &signedMail{head: head, body: body}
	results, err := dkim.VerifyWithOptions(mail, &dkim.VerifyOptions{LookupTXT: asked.texts(ctx), MaxVerifications: 1})
	if err != nil || len(results) != 1 {
		return dkimFinding{word: wordPermError}
	}
	finding := dkimFinding{word: wordPass, domain: asciiDomain(results[0].Domain)}
	switch err := results[0].Err; {
	case err == nil:
	case dkim.IsTempFail(err):
		finding.word = wordTempError
	case dkim.IsPermFail(err):
		finding.word = wordPermError
	default:
		finding.word = wordFail
	}
	return finding
}

// signedMail is read in large pieces: the library copies what it holds back with every piece that it is given.
type signedMail struct{ head, body []byte }

// Read gives the next bytes.
func (m *signedMail) Read(p []byte) (int, error) {
	from := &m.head
	if len(m.head) == 0 {
		from = &m.body
	}
	if len(*from) == 0 {
		return 0, io.EOF
	}
	n := copy(p, *from)
	*from = (*from)[n:]
	return n, nil
}

// WriteTo writes the rest.
func (m *signedMail) WriteTo(w io.Writer) (written int64, err error) {
	for _, part := range [][]byte{m.head, m.body} {
		for piece := range slices.Chunk(part, signedBodyAtATime) {
			n, err := w.Write(piece)
			written += int64(n)
			if err != nil {
				return written, err
			}
		}
	}
	m.head, m.body = nil, nil
	return written, nil
}

// dkimWord sums several signatures up: the author's own count before others, and what is better before what is worse.
func dkimWord(signatures []dkimFinding, domain string) string {
	for _, word := range []string{wordPass, wordTempError, wordFail, wordPermError} {
		if slices.ContainsFunc(signatures, func(s dkimFinding) bool {
			return s.word == word && sameOrganization(s.domain, domain)
		}) {
			return word
		}
	}
	for _, word := range []string{wordPass, wordTempError, wordFail, wordPermError} {
		if slices.ContainsFunc(signatures, func(s dkimFinding) bool { return s.word == word }) {
			return word
		}
	}
	return wordNone
}
