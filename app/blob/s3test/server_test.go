package s3test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// The examples of Amazon's own documentation, "Signature Calculations for the Authorization Header".
func TestSignaturesAreThoseOfAmazonsExamples(t *testing.T) {
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	for _, test := range []struct {
		name, method, target, payload, want string
		headers                             map[string]string
	}{
		{
			"get an object", "GET", "/test.txt", empty, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
			map[string]string{"Range": "bytes=0-9"},
		},
		{
			"put an object", "PUT", "/test%24file.text", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
			"98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
			map[string]string{"Date": "Fri, 24 May 2013 00:00:00 GMT", "X-Amz-Storage-Class": "REDUCED_REDUNDANCY"},
		},
		{"list objects", "GET", "/?max-keys=2&prefix=J", empty, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, "https://examplebucket.s3.amazonaws.com"+test.target, nil)
			for name, value := range test.headers {
				r.Header.Set(name, value)
			}
			signHere(r, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", test.payload, time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC))
			if signed, ok := readSignature(r); !ok || signed.sum != test.want {
				t.Errorf("it is %s, want %s", signed.sum, test.want)
			}
		})
	}
}

// signHere signs a request as a client does.
func signHere(r *http.Request, key, secret, payload string, at time.Time) {
	r.Header.Set("X-Amz-Date", at.Format(stamp))
	r.Header.Set("X-Amz-Content-Sha256", payload)
	s := signature{scope: at.Format("20060102") + "/us-east-1/s3/aws4_request", payload: payload, at: at}
	for _, name := range []string{"date", "host", "range", "x-amz-content-sha256", "x-amz-date", "x-amz-storage-class"} {
		if name == "host" || r.Header.Get(name) != "" {
			s.headers = append(s.headers, name)
		}
	}
	r.Header.Set("Authorization", algorithm+" Credential="+key+"/"+s.scope+",SignedHeaders="+strings.Join(s.headers, ";")+",Signature="+s.compute(r, secret))
}

func TestARequestThatIsNotSignedRightlyIsRefused(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	sum := func(text string) string { s := sha256.Sum256([]byte(text)); return hex.EncodeToString(s[:]) }
	var server *Server
	right := func(r *http.Request) { signHere(r, "AKIDEXAMPLE", server.Secret(), sum("content"), at) }
	for _, test := range []struct {
		name   string
		change func(r *http.Request)
		want   string
	}{
		{"rightly signed", right, ""},
		{"not at all", func(*http.Request) {}, "AccessDenied"},
		{"another way", func(r *http.Request) { r.Header.Set("Authorization", "Basic eDp5") }, "AuthorizationHeaderMalformed"},
		{"another key", func(r *http.Request) { signHere(r, "AKIDOTHER", server.Secret(), sum("content"), at) }, "InvalidAccessKeyId"},
		{"another secret", func(r *http.Request) { signHere(r, "AKIDEXAMPLE", "other", sum("content"), at) }, "SignatureDoesNotMatch"},
		{"another object", func(r *http.Request) { right(r); r.URL.Path = "/blobs/7/b" }, "SignatureDoesNotMatch"},
		{"another query", func(r *http.Request) { right(r); r.URL.RawQuery = "acl=" }, "SignatureDoesNotMatch"},
		{"another method", func(r *http.Request) { right(r); r.Method = http.MethodDelete }, "SignatureDoesNotMatch"},
		{"another header", func(r *http.Request) { right(r); r.Header.Set("X-Amz-Acl", "public-read") }, "SignatureDoesNotMatch"},
		{"another content", func(r *http.Request) { signHere(r, "AKIDEXAMPLE", server.Secret(), sum("contents"), at) }, "XAmzContentSHA256Mismatch"},
		{"unsigned content without TLS", func(r *http.Request) { signHere(r, "AKIDEXAMPLE", server.Secret(), unsigned, at) }, "NotImplemented"},
		{"too old", func(r *http.Request) {
			signHere(r, "AKIDEXAMPLE", server.Secret(), sum("content"), at.Add(-16*time.Minute))
		}, "RequestTimeTooSkewed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server = New(Options{Now: func() time.Time { return at }}, t)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://"+server.Host()+"/blobs/7/a", strings.NewReader("content"))
			if err != nil {
				t.Fatal(err)
			}
			test.change(r)
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			text, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			var refused struct{ Code string }
			if answer.StatusCode != http.StatusOK {
				if err := xml.Unmarshal(text, &refused); err != nil {
					t.Fatalf("%s: %v", text, err)
				}
			}
			if refused.Code != test.want || strings.Contains(string(text), server.Secret()) {
				t.Errorf("%d %s, want %q", answer.StatusCode, text, test.want)
			}
			if _, found := server.Object("7/a"); found != (test.want == "") {
				t.Errorf("stored: %t", found)
			}
		})
	}
}

func TestTheHeadersOfAnObjectComeWithoutIt(t *testing.T) {
	server := New(Options{}, t)
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	server.Add("7/a", Object{Content: []byte("content"), MediaType: "text/plain", Modified: at})
	for key, want := range map[string]int{"7/a": http.StatusOK, "7/b": http.StatusNotFound, "": http.StatusOK} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, "http://"+server.Host()+"/blobs/"+key, nil)
		if err != nil {
			t.Fatal(err)
		}
		signHere(r, "AKIDEXAMPLE", server.Secret(), strings.Repeat("0", 64), at)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want || key == "7/a" && (answer.ContentLength != 7 || answer.Header.Get("Last-Modified") != "Fri, 20 Nov 2026 12:00:00 GMT") {
			t.Errorf("%q: %d, %v", key, answer.StatusCode, answer.Header)
		}
	}
}
