package mail

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
)

// zone is a DNS of our own: names to their text records; a name that is in failing has a server that is ill.
type zone struct {
	texts   map[string][]string
	failing map[string]bool
	waits   map[string]bool // until the context ends
	broken  map[string]bool // panics

	mu    sync.Mutex
	asked []string
}

func (z *zone) LookupTXT(ctx context.Context, name string) ([]string, error) {
	z.mu.Lock()
	z.asked = append(z.asked, name)
	z.mu.Unlock()
	name = strings.ToLower(name)
	switch {
	case z.broken[name]:
		panic("a resolver with a fault")
	case z.waits[name]:
		<-ctx.Done()
		return nil, ctx.Err()
	case z.failing[name]:
		return nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	case z.texts[name] == nil:
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return z.texts[name], nil
}

func (z *zone) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (z *zone) LookupIPAddr(_ context.Context, name string) ([]net.IPAddr, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (z *zone) LookupAddr(_ context.Context, name string) ([]string, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

const plainPost = "From: Jo <jo@shop.example>\r\nTo: reply+abc@in.example\r\nSubject: Hello\r\n\r\nGood morning\r\n"

var (
	outside  = netip.MustParseAddr("203.0.113.7")
	stranger = netip.MustParseAddr("198.51.100.66")
)

func newKey(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func keyRecord(key ed25519.PrivateKey) string {
	return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
}

func signed(t *testing.T, raw, domain, selector string, key crypto.Signer) string {
	t.Helper()
	var b bytes.Buffer
	err := dkim.Sign(&b, strings.NewReader(raw), &dkim.SignOptions{
		Domain: domain, Selector: selector, Signer: key, Hash: crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		HeaderKeys: []string{"From", "To", "Subject"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func judge(z *zone, remote netip.Addr, from, raw string) Verdict {
	return NewJudge(z, time.Minute).Judge(context.Background(), remote, "mx.shop.example", from, []byte(raw))
}

func TestVerdictOfOneMail(t *testing.T) {
	key := newKey(t)
	spf := map[string][]string{
		"shop.example":                   {"some other text", "v=spf1 ip4:203.0.113.7 -all"},
		"soft.example":                   {"v=spf1 ~all"},
		"neutral.example":                {"v=spf1 ?all"},
		"twice.example":                  {"v=spf1 -all", "v=spf1 +all"},
		"odd.example":                    {"v=spf1 nonsense -all"},
		"mail.shop.example":              {"v=spf1 ip4:203.0.113.7 -all"},
		"mx.shop.example":                {"v=spf1 ip4:203.0.113.7 -all"},
		"other.example":                  {"v=spf1 ip4:203.0.113.7 -all"},
		"s._domainkey.shop.example":      {keyRecord(key)},
		"s._domainkey.news.shop.example": {keyRecord(key)},
		"s._domainkey.other.example":     {keyRecord(key)},
		"gone._domainkey.shop.example":   {"v=DKIM1; k=ed25519; p="},
		"long._domainkey.shop.example":   {"v=DKIM1; k=ed25519; p=" + strings.Repeat("A", maxTXT)},
	}
	const reject, strict = "v=DMARC1; p=reject", "v=DMARC1; p=reject; adkim=s; aspf=s"
	good := signed(t, plainPost, "shop.example", "s", key)
	tests := map[string]struct {
		dmarc  map[string]string
		ill    string
		remote netip.Addr
		from   string
		raw    string
		want   Verdict
		forged bool
		proven bool
	}{
		"SPF of the same domain proves": {
			dmarc: map[string]string{"shop.example": reject}, from: "jo@shop.example",
			want: Verdict{SPF: "pass", DKIM: "none", DMARC: "pass", Policy: "reject", Aligned: true}, proven: true,
		},
		"DKIM of the same domain proves": {
			dmarc: map[string]string{"shop.example": reject}, from: "x@else.example", raw: good,
			want: Verdict{SPF: "none", DKIM: "pass", DMARC: "pass", Policy: "reject", Aligned: true}, proven: true,
		},
		"neither is forged": {
			dmarc: map[string]string{"shop.example": reject}, from: "x@else.example",
			want: Verdict{SPF: "none", DKIM: "none", DMARC: "fail", Policy: "reject"}, forged: true,
		},
		"a host that may not send fails": {
			dmarc: map[string]string{"shop.example": "v=DMARC1; p=quarantine"}, remote: stranger, from: "jo@shop.example",
			want: Verdict{SPF: "fail", DKIM: "none", DMARC: "fail", Policy: "quarantine"}, forged: true,
		},
		"softly":                          {from: "jo@soft.example", want: Verdict{SPF: "softfail", DKIM: "none", DMARC: "none"}},
		"neither way":                     {from: "jo@neutral.example", want: Verdict{SPF: "neutral", DKIM: "none", DMARC: "none"}},
		"two SPF records are an error":    {from: "jo@twice.example", want: Verdict{SPF: "permerror", DKIM: "none", DMARC: "none"}},
		"a broken SPF record is an error": {from: "jo@odd.example", want: Verdict{SPF: "permerror", DKIM: "none", DMARC: "none"}},
		"without DMARC an aligned SPF pass proves": {
			from: "jo@mail.shop.example", want: Verdict{SPF: "pass", DKIM: "none", DMARC: "none", Aligned: true}, proven: true,
		},
		"without DMARC an aligned DKIM pass proves": {
			raw: good, from: "x@else.example", want: Verdict{SPF: "none", DKIM: "pass", DMARC: "none", Aligned: true}, proven: true,
		},
		"without DMARC another's pass proves nothing": {
			from: "x@other.example", want: Verdict{SPF: "pass", DKIM: "none", DMARC: "none"},
		},
		"another's pass does not count": {
			dmarc: map[string]string{"shop.example": reject}, from: "x@other.example", raw: signed(t, plainPost, "other.example", "s", key),
			want: Verdict{SPF: "pass", DKIM: "pass", DMARC: "fail", Policy: "reject"}, forged: true,
		},
		"a subdomain is aligned": {
			dmarc: map[string]string{"shop.example": reject}, from: "x@else.example", raw: signed(t, plainPost, "news.shop.example", "s", key),
			want: Verdict{SPF: "none", DKIM: "pass", DMARC: "pass", Policy: "reject", Aligned: true}, proven: true,
		},
		"but not strictly by DKIM": {
			dmarc: map[string]string{"shop.example": strict}, from: "x@else.example", raw: signed(t, plainPost, "news.shop.example", "s", key),
			want: Verdict{SPF: "none", DKIM: "pass", DMARC: "fail", Policy: "reject", Aligned: true}, forged: true,
		},
		"nor strictly by SPF": {
			dmarc: map[string]string{"shop.example": strict}, from: "jo@mail.shop.example",
			want: Verdict{SPF: "pass", DKIM: "none", DMARC: "fail", Policy: "reject", Aligned: true}, forged: true,
		},
		"strictly the same domain is": {
			dmarc: map[string]string{"shop.example": strict}, from: "jo@shop.example", raw: good,
			want: Verdict{SPF: "pass", DKIM: "pass", DMARC: "pass", Policy: "reject", Aligned: true}, proven: true,
		},
		"an altered body fails": {
			dmarc: map[string]string{"shop.example": reject}, from: "x@else.example", raw: strings.Replace(good, "Good morning", "Good money", 1),
			want: Verdict{SPF: "none", DKIM: "fail", DMARC: "fail", Policy: "reject"}, forged: true,
		},
		"an altered header fails": {
			dmarc: map[string]string{"shop.example": reject}, from: "x@else.example", raw: strings.Replace(good, "Subject: Hello", "Subject: Hell", 1),
			want: Verdict{SPF: "none", DKIM: "fail", DMARC: "fail", Policy: "reject"}, forged: true,
		},
		"a revoked key is an error": {
			from: "x@else.example", raw: signed(t, plainPost, "shop.example", "gone", key),
			want: Verdict{SPF: "none", DKIM: "permerror", DMARC: "none"},
		},
		"a missing key is an error": {
			dmarc: map[string]string{"shop.example": reject}, from: "x@else.example", raw: signed(t, plainPost, "shop.example", "never", key),
			want: Verdict{SPF: "none", DKIM: "permerror", DMARC: "fail", Policy: "reject"}, forged: true,
		},
		"an endless key is an error": {
			from: "x@else.example", raw: signed(t, plainPost, "shop.example", "long", key),
			want: Verdict{SPF: "none", DKIM: "permerror", DMARC: "none"},
		},
		"an ill key server leaves it open": {
			dmarc: map[string]string{"shop.example": reject}, ill: "s._domainkey.shop.example", from: "x@else.example", raw: good,
			want: Verdict{SPF: "none", DKIM: "temperror", DMARC: "temperror", Policy: "reject"},
		},
		"an ill server of another does not": {
			dmarc: map[string]string{"shop.example": reject}, ill: "s._domainkey.other.example", from: "x@else.example", raw: signed(t, plainPost, "other.example", "s", key),
			want: Verdict{SPF: "none", DKIM: "temperror", DMARC: "fail", Policy: "reject"}, forged: true,
		},
		"an ill SPF server leaves it open": {
			dmarc: map[string]string{"shop.example": reject}, ill: "mail.shop.example", from: "jo@mail.shop.example",
			want: Verdict{SPF: "temperror", DKIM: "none", DMARC: "temperror", Policy: "reject"},
		},
		"an ill DMARC server leaves it open": {
			ill: "_dmarc.shop.example", from: "jo@shop.example", want: Verdict{SPF: "pass", DKIM: "none", DMARC: "temperror", Aligned: true},
		},
		"a DMARC record without a policy is an error": {
			dmarc: map[string]string{"shop.example": "v=DMARC1; p=whatever"}, from: "jo@shop.example",
			want: Verdict{SPF: "pass", DKIM: "none", DMARC: "permerror", Aligned: true},
		},
		"a DMARC record that only wants reports asks for nothing": {
			dmarc: map[string]string{"shop.example": "v=DMARC1; rua=mailto:d@shop.example"}, from: "jo@shop.example",
			want: Verdict{SPF: "pass", DKIM: "none", DMARC: "pass", Policy: "none", Aligned: true}, proven: true,
		},
		"a DMARC record with odd tags counts": {
			dmarc: map[string]string{"shop.example": "V=DMARC1 ; P=Reject; rf=odd; ri=-3; x=y=z; sp="}, from: "x@else.example",
			want: Verdict{SPF: "none", DKIM: "none", DMARC: "fail", Policy: "reject"}, forged: true,
		},
		"a subdomain follows its organization": {
			dmarc: map[string]string{"shop.example": reject}, from: "x@else.example", raw: strings.Replace(plainPost, "jo@shop", "jo@Eu.Shop", 1),
			want: Verdict{SPF: "none", DKIM: "none", DMARC: "fail", Policy: "reject", Domain: "eu.shop.example"}, forged: true,
		},
		"a subdomain may have a policy of its own": {
			dmarc: map[string]string{"shop.example": "v=DMARC1; p=reject; sp=none"}, from: "x@else.example", raw: strings.Replace(plainPost, "jo@shop", "jo@eu.shop", 1),
			want: Verdict{SPF: "none", DKIM: "none", DMARC: "fail", Policy: "none", Domain: "eu.shop.example"}, forged: true,
		},
		"a subdomain may have a record of its own": {
			dmarc: map[string]string{"shop.example": reject, "eu.shop.example": "v=DMARC1; p=none; aspf=s"}, from: "jo@shop.example", raw: strings.Replace(plainPost, "jo@shop", "jo@eu.shop", 1),
			want: Verdict{SPF: "pass", DKIM: "none", DMARC: "fail", Policy: "none", Domain: "eu.shop.example", Aligned: true}, forged: true,
		},
		"the null sender is judged by the host's name": {
			dmarc: map[string]string{"shop.example": reject}, from: "",
			want: Verdict{SPF: "pass", DKIM: "none", DMARC: "pass", Policy: "reject", Aligned: true}, proven: true,
		},
		"two From headers are believed by nobody": {
			dmarc: map[string]string{"shop.example": reject}, from: "jo@shop.example", raw: "From: boss@other.example\r\n" + plainPost,
			want: Verdict{SPF: "pass", DKIM: "none", DMARC: "fail", Policy: "", Domain: "other.example"}, forged: true,
		},
		"nor one behind a Unicode space": {
			from: "jo@shop.example", raw: "Date: x\r\n\u00a0From: boss@other.example\r\n" + plainPost,
			want: Verdict{SPF: "pass", DKIM: "none", DMARC: "fail"}, forged: true,
		},
		"nor two authors of two organizations": {
			from: "jo@shop.example", raw: "From: jo@shop.example, boss@other.example\r\n\r\nHello\r\n",
			want: Verdict{SPF: "pass", DKIM: "none", DMARC: "fail"}, forged: true,
		},
		"nor a Sender alone": {
			from: "jo@shop.example", raw: "Sender: jo@shop.example\r\nSubject: x\r\n\r\nHello\r\n",
			want: Verdict{SPF: "pass", DKIM: "none", DMARC: "fail"}, forged: true,
		},
		"two authors of one organization may be": {
			dmarc: map[string]string{"shop.example": reject}, from: "jo@shop.example", raw: "From: jo@shop.example, ann@eu.shop.example\r\n\r\nHello\r\n",
			want: Verdict{SPF: "pass", DKIM: "none", DMARC: "pass", Policy: "reject", Aligned: true}, proven: true,
		},
		"a machine without a domain is nobody's": {
			from: "", raw: "From: MAILER-DAEMON\r\nSubject: x\r\n\r\nHello\r\n", want: Verdict{SPF: "pass", DKIM: "none", DMARC: "none", Domain: "-"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			z := &zone{texts: map[string][]string{}, failing: map[string]bool{test.ill: true}}
			for domain, records := range spf {
				z.texts[domain] = records
			}
			for domain, record := range test.dmarc {
				z.texts["_dmarc."+domain] = []string{"nothing of ours", record}
			}
			if !test.remote.IsValid() {
				test.remote = outside
			}
			if test.raw == "" {
				test.raw = plainPost
			}
			switch test.want.Domain {
			case "":
				test.want.Domain = "shop.example"
			case "-":
				test.want.Domain = ""
			}
			got := judge(z, test.remote, test.from, test.raw)
			if got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
			if got.Forged() != test.forged || got.Proven() != test.proven {
				t.Errorf("forged %v and proven %v, want %v and %v", got.Forged(), got.Proven(), test.forged, test.proven)
			}
		})
	}
}
