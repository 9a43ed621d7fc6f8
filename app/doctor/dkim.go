package doctor

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"

	"rejoin/app/chat"
)

// minKeyBits is the shortest RSA key that receivers believe: RFC 8301, 3.2.
const minKeyBits = 1024

// examineDKIM tells whether receivers find the key that our emails are signed with, by RFC 6376. One good key of
// several is enough; otherwise the first one's trouble is told.
func (e *examination) examineDKIM() chat.Finding {
	if e.isDemo() {
		return none("dkim", "demo")
	}
	selectors := e.patient.DKIMSelectors
	if len(selectors) == 0 && e.patient.Way == Resend {
		selectors = []string{"resend"}
	}
	if len(selectors) == 0 {
		return none("dkim", "unknown", "Domain", e.domain)
	}
	var first chat.Finding
	for i, selector := range selectors[:min(len(selectors), 8)] {
		found := e.examineKey(asciiName(selector) + "._domainkey." + e.domain)
		if found.State == chat.FindingOK {
			return found
		}
		if i == 0 {
			first = found
		}
	}
	return first
}

func (e *examination) examineKey(name string) chat.Finding {
	records, err := e.txt(name)
	if err != nil {
		return warn("dkim", "dns", "Name", name, "Reason", err.Error())
	}
	create := []string{"Way", e.wayName(), "Name", name, "Type", "TXT", "Value", e.wantedKey(name)}
	switch len(records) {
	case 0:
		return bad("dkim", "missing", create...)
	case 1:
	default: // RFC 6376, 3.6.2.2: what receivers then do is not defined
		return bad("dkim", "broken", append(create, "Reason", fmt.Sprintf("%d records", len(records)))...)
	}
	key, problem := readKey(records[0])
	switch {
	case problem != "":
		return bad("dkim", "broken", append(create, "Reason", problem)...)
	case key == "":
		return bad("dkim", "revoked", create...)
	case strings.HasPrefix(key, "RSA") && keyBits(key) < minKeyBits:
		return bad("dkim", "short", append(create, "Key", key)...)
	}
	return good("dkim", "ok", "Name", name, "Key", key)
}

// wantedKey is the record that the provider has told us of, or how it begins.
func (e *examination) wantedKey(name string) string {
	for _, record := range e.patient.Records {
		if strings.EqualFold(record.Type, "TXT") && asciiName(record.Name) == name {
			return record.Value
		}
	}
	return "v=DKIM1; k=rsa; p=…"
}

// readKey names a key's kind and size, like "RSA 2048"; a revoked one has no name.
func readKey(record string) (key, problem string) {
	tags := map[string]string{}
	for _, tag := range strings.Split(record, ";") {
		name, value, _ := strings.Cut(tag, "=")
		tags[strings.TrimSpace(name)] = strings.Join(strings.Fields(value), "")
	}
	if version, ok := tags["v"]; ok && version != "DKIM1" {
		return "", "v=" + version
	}
	encoded, ok := tags["p"]
	if !ok {
		return "", "p= is missing"
	}
	if encoded == "" {
		return "", ""
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", "p= is no base64"
	}
	switch tags["k"] {
	case "", "rsa":
		return readRSA(raw)
	case "ed25519":
		if len(raw) == ed25519.PublicKeySize {
			return "Ed25519", ""
		}
		return "", "p= is no Ed25519 key"
	}
	return "", "k=" + tags["k"]
}

// readRSA takes both forms that are in use: RFC 6376, erratum 3017.
func readRSA(raw []byte) (key, problem string) {
	public, err := x509.ParsePKIXPublicKey(raw)
	if err != nil {
		public, err = x509.ParsePKCS1PublicKey(raw)
	}
	one, isRSA := public.(*rsa.PublicKey)
	if err != nil || !isRSA {
		return "", "p= is no RSA key"
	}
	return fmt.Sprintf("RSA %d", one.N.BitLen()), ""
}

func keyBits(key string) int {
	var bits int
	_, _ = fmt.Sscanf(key, "RSA %d", &bits) // which readRSA has written
	return bits
}
