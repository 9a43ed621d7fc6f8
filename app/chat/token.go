package chat

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	secretBytes = 32 // 256 bits
	secretChars = 43 // of base64url without padding

	replyBytes = 25 // 200 bits: what has room in an address
	replyChars = 40 // of base32
)

// NewToken makes a secret that names its organization: the number in base 36, "-", 43 characters of base64url.
func NewToken(organization int64, random io.Reader) string {
	var secret [secretBytes]byte
	if _, err := io.ReadFull(random, secret[:]); err != nil {
		panic(fmt.Sprintf("read 256 random bits: %v", err)) // crypto/rand never fails; a weaker token must never exist
	}
	return strconv.FormatInt(organization, 36) + "-" + base64.RawURLEncoding.EncodeToString(secret[:])
}

// SplitToken returns the organization that a token names, and false when it has not the form of one.
// It proves nothing: only the hash, looked up under that organization, does.
func SplitToken(token string) (organization int64, ok bool) {
	number, secret, found := strings.Cut(token, "-")
	if !found || len(secret) != secretChars || strings.ContainsAny(secret, "\r\n") { // which the decoder skips
		return 0, false
	}
	organization, err := strconv.ParseInt(number, 36, 64)
	if err != nil || organization < 0 || strconv.FormatInt(organization, 36) != number {
		return 0, false
	}
	if _, err := base64.RawURLEncoding.Strict().DecodeString(secret); err != nil {
		return 0, false
	}
	return organization, true
}

// SplitReplyToken returns the organization that the token of a reply address names, and false when it has not the form
// of one; it is taken in lower case only. It proves nothing, as SplitToken does not.
func SplitReplyToken(token string) (organization int64, ok bool) {
	number, secret, found := strings.Cut(token, "-")
	if !found || len(secret) != replyChars || strings.Trim(secret, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		return 0, false
	}
	organization, err := strconv.ParseInt(number, 36, 64)
	if err != nil || organization < 0 || strconv.FormatInt(organization, 36) != number {
		return 0, false
	}
	return organization, true
}

// HashToken returns the SHA-256 of a token, the only form of it that is kept.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
