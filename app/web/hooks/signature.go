package hooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	tolerance   = 5 * time.Minute // that a signature's time may be off, either way
	secretMark  = "whsec_"
	minSecret   = 16
	maxID       = 256
	maxVersions = 16 // signatures that one request may carry: a few, while secrets are changed
)

var (
	errSecret = errors.New("a webhook secret is whsec_ and at least 16 bytes in base64")
	errForged = errors.New("the signature is not ours")
	errStale  = errors.New("the signature is too old, or of tomorrow")
)

// Secret is what a provider signs its webhooks with.
type Secret struct{ key []byte }

// ReadSecret reads a secret as the provider shows it: whsec_ and base64.
func ReadSecret(text string) (Secret, error) {
	encoded, marked := strings.CutPrefix(strings.TrimSpace(text), secretMark)
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || !marked || len(key) < minSecret {
		return Secret{}, errSecret
	}
	return Secret{key}, nil
}

// verify checks Svix's headers over a raw body and returns the event's id.
func (s Secret) verify(h http.Header, body []byte, now time.Time) (id string, err error) {
	id, stamp := h.Get("svix-id"), h.Get("svix-timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || id == "" || len(id) > maxID || len(s.key) == 0 {
		return "", errForged
	}
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(body)
	if !signed(h.Get("svix-signature"), mac.Sum(nil)) {
		return "", errForged
	}
	if off := now.Sub(time.Unix(seconds, 0)); off > tolerance || off < -tolerance {
		return "", errStale
	}
	return id, nil
}

// signed tells whether one of the signatures, divided by blanks, is the one wanted; those of other versions are passed over.
func signed(signatures string, want []byte) bool {
	for i, one := range strings.Fields(signatures) {
		if i == maxVersions {
			break
		}
		encoded, current := strings.CutPrefix(one, "v1,")
		got, err := base64.StdEncoding.DecodeString(encoded)
		if current && err == nil && hmac.Equal(got, want) {
			return true
		}
	}
	return false
}
