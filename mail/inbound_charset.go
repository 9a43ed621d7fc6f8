package mail

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
)

// toUTF8 gives text as valid UTF-8 without NUL, whatever its label says; a wrong label costs characters, never words.
func toUTF8(raw []byte, label string) string {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	charset := charsetNamed(label)
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff")):
		charset, _ = htmlindex.Get("utf-16")
	case isEscaped(raw) && (charset == nil || isASCII(raw)):
		charset = japanese.ISO2022JP
	case charset == nil || charset == encoding.Nop:
		return cleanUTF8(raw)
	case utf8.Valid(raw) && !isASCII(raw) && isSingleByte(charset):
		return cleanUTF8(raw) // real Latin-1 is hardly ever valid UTF-8
	}
	decoded, err := charset.NewDecoder().Bytes(raw)
	if err != nil {
		return cleanUTF8(raw)
	}
	return cleanUTF8(decoded)
}

// charsetNamed gives nil for UTF-8, for ASCII, and for what nobody knows.
func charsetNamed(label string) encoding.Encoding {
	label = strings.ToLower(strings.Trim(label, " \t\"';"))
	switch label {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "default", "x-unknown", "unicode-1-1-utf-7", "utf-7":
		return nil
	case "cp932", "ms932":
		label = "shift_jis"
	case "cp949", "ks_c_5601-1987", "ks_c_5601":
		label = "euc-kr"
	case "cp936":
		label = "gbk"
	case "cp1252", "iso-8859-1", "latin1", "iso8859-1":
		return charmap.Windows1252
	}
	if charset, err := htmlindex.Get(label); err == nil {
		return charset
	}
	if charset, err := ianaindex.MIME.Encoding(label); err == nil && charset != nil {
		return charset
	}
	return nil
}

func isSingleByte(charset encoding.Encoding) bool {
	_, single := charset.(*charmap.Charmap)
	return single
}

func isASCII(raw []byte) bool {
	for _, c := range raw {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isEscaped knows ISO-2022-JP by its escapes.
func isEscaped(raw []byte) bool {
	return bytes.Contains(raw, []byte("\x1b$B")) || bytes.Contains(raw, []byte("\x1b$@"))
}

// cleanUTF8 reads every invalid byte as Windows-1252 and drops the control characters that no text needs.
func cleanUTF8(raw []byte) string {
	var text strings.Builder
	text.Grow(len(raw))
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		if r == utf8.RuneError && size == 1 {
			r = charmap.Windows1252.DecodeByte(raw[0])
		}
		raw = raw[size:]
		switch {
		case r == '\n' || r == '\t' || r == '\r' || r == '\f':
			text.WriteRune(r)
		case r < ' ' || (r >= 0x7f && r < 0xa0) || r == 0xfeff:
		default:
			text.WriteRune(r)
		}
	}
	return text.String()
}

// charsetReader serves RFC 2047.
func charsetReader(label string, input io.Reader) (io.Reader, error) {
	raw, err := io.ReadAll(io.LimitReader(input, maxHeaderValue))
	if err != nil {
		return nil, err
	}
	return strings.NewReader(toUTF8(raw, label)), nil
}
