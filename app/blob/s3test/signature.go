package s3test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm = "AWS4-HMAC-SHA256"
	unsigned  = "UNSIGNED-PAYLOAD"
	stamp     = "20060102T150405Z"
	maxSkew   = 15 * time.Minute
)

// signature is what a request says about who signed it, when, and what.
type signature struct {
	key, region, scope string
	headers            []string
	sum                string // the signature itself, in hex
	payload            string // SHA-256 of the content in hex, or unsigned
	at                 time.Time
}

// judge recomputes the signature of a request, version 4, and says what is wrong with it.
func (s *Server) judge(r *http.Request) (signature, *failure) {
	signed, ok := readSignature(r)
	switch {
	case r.Header.Get("Authorization") == "":
		return signed, &failure{403, "AccessDenied", "Access Denied", ""}
	case !ok:
		return signed, &failure{400, "AuthorizationHeaderMalformed", "The authorization header is malformed.", ""}
	case signed.key != s.options.Key:
		return signed, &failure{403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", ""}
	case signed.region != s.options.Region:
		return signed, &failure{400, "AuthorizationHeaderMalformed", "The authorization header is malformed; the region '" +
			signed.region + "' is wrong; expecting '" + s.options.Region + "'", s.options.Region}
	case s.options.Now != nil && s.options.Now().Sub(signed.at).Abs() > maxSkew:
		return signed, &failure{403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", ""}
	case signed.payload == unsigned && r.TLS == nil, signed.payload != unsigned && len(signed.payload) != 2*sha256.Size:
		return signed, &failure{501, "NotImplemented", "This way of signing the payload is not implemented.", ""}
	case !signed.covers(r) || !hmac.Equal([]byte(signed.sum), []byte(signed.compute(r, s.options.Secret))):
		return signed, &failure{403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.", ""}
	}
	return signed, nil
}

// readSignature reads the headers that say it.
func readSignature(r *http.Request) (signature, bool) {
	rest, found := strings.CutPrefix(r.Header.Get("Authorization"), algorithm+" ")
	if !found {
		return signature{}, false
	}
	fields := map[string]string{}
	for field := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		fields[name] = value
	}
	key, scope, _ := strings.Cut(fields["Credential"], "/")
	parts := strings.Split(scope, "/")
	at, err := time.Parse(stamp, r.Header.Get("X-Amz-Date"))
	if err != nil || len(parts) != 4 || parts[0] != at.Format("20060102") || parts[2] != "s3" || parts[3] != "aws4_request" {
		return signature{}, false
	}
	return signature{
		key: key, region: parts[1], scope: scope, headers: strings.Split(fields["SignedHeaders"], ";"),
		sum: fields["Signature"], payload: r.Header.Get("X-Amz-Content-Sha256"), at: at,
	}, true
}

// covers reports whether every header is signed that has to be.
func (s signature) covers(r *http.Request) bool {
	if !slices.Contains(s.headers, "host") || !slices.IsSorted(s.headers) {
		return false
	}
	for name := range r.Header {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-amz-") && !slices.Contains(s.headers, name) {
			return false
		}
	}
	return true
}

// compute is the signature that the request has to have, in hex.
func (s signature) compute(r *http.Request, secret string) string {
	request := sha256.Sum256([]byte(s.canonical(r)))
	text := strings.Join([]string{algorithm, s.at.Format(stamp), s.scope, hex.EncodeToString(request[:])}, "\n")
	key := []byte("AWS4" + secret)
	for part := range strings.SplitSeq(s.scope, "/") {
		key = sign(key, part)
	}
	return hex.EncodeToString(sign(key, text))
}

// canonical is the request as it is signed.
func (s signature) canonical(r *http.Request) string {
	var headers strings.Builder
	for _, name := range s.headers {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = strconv.FormatInt(r.ContentLength, 10)
		}
		headers.WriteString(name + ":" + strings.Join(strings.Fields(value), " ") + "\n")
	}
	return strings.Join([]string{
		r.Method, escape(r.URL.Path, "/"), canonicalQuery(r.URL.Query()), headers.String(), strings.Join(s.headers, ";"), s.payload,
	}, "\n")
}

// canonicalQuery is the sorted query, escaped as signatures want it.
func canonicalQuery(query url.Values) string {
	var pairs []string
	for name, values := range query {
		for _, value := range values {
			pairs = append(pairs, escape(name, "")+"="+escape(value, ""))
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&")
}

// escape writes every byte as %XX but the unreserved ones and those allowed besides.
func escape(text, besides string) string {
	const hexadecimal = "0123456789ABCDEF"
	var escaped strings.Builder
	for i := range len(text) {
		c := text[i]
		plain := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.~"+besides, c) >= 0
		if plain {
			escaped.WriteByte(c)
		} else {
			escaped.Write([]byte{'%', hexadecimal[c>>4], hexadecimal[c&15]})
		}
	}
	return escaped.String()
}

func sign(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
