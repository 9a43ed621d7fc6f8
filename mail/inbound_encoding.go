package mail

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// decodeTransfer undoes a Content-Transfer-Encoding; what breaks its rules is kept as it stands.
func decodeTransfer(raw []byte, encoding string) []byte {
	name, _, _ := strings.Cut(encoding, ";")
	switch strings.ToLower(strings.Trim(name, " \t\"")) {
	case "base64":
		return decodeBase64(raw)
	case "quoted-printable":
		return decodeQuotedPrintable(raw)
	}
	return raw
}

// decodeBase64 skips what is no base64; a text that was never encoded is given back as it is.
func decodeBase64(raw []byte) []byte {
	packed := make([]byte, 0, len(raw))
	rubbish := 0
	out := make([]byte, 0, len(raw)*3/4+3)
	flush := func() {
		packed = packed[:len(packed)-len(packed)%4+trailing(len(packed)%4)]
		decoded := make([]byte, base64.RawStdEncoding.DecodedLen(len(packed)))
		n, _ := base64.RawStdEncoding.Decode(decoded, packed)
		out = append(out, decoded[:n]...)
		packed = packed[:0]
	}
	for _, c := range raw {
		switch {
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/':
			packed = append(packed, c)
		case c == '-': // base64url slipped in, or a line that begins a boundary
			rubbish++
		case c == '=':
			flush()
		case c != '\r' && c != '\n':
			rubbish++
		}
	}
	flush()
	if rubbish*8 > len(raw) {
		return raw
	}
	return out
}

// trailing is how many characters of the last, incomplete group still hold bytes: one alone holds none.
func trailing(left int) int {
	if left == 1 {
		return 0
	}
	return left
}

func decodeQuotedPrintable(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for len(raw) > 0 {
		line, rest, ended := bytes.Cut(raw, []byte("\n"))
		raw = rest
		line = bytes.TrimRight(line, " \t\r")
		soft := bytes.HasSuffix(line, []byte("="))
		if soft {
			line = line[:len(line)-1]
		}
		for i := 0; i < len(line); i++ {
			if line[i] == '=' && i+2 < len(line) && unhex(line[i+1]) >= 0 && unhex(line[i+2]) >= 0 {
				out = append(out, byte(unhex(line[i+1])<<4|unhex(line[i+2])))
				i += 2
				continue
			}
			out = append(out, line[i])
		}
		if !soft && ended {
			out = append(out, '\n')
		}
	}
	return out
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}
