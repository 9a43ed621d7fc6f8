package mail

import (
	"errors"
	"testing"
	"time"

	"rejoin/mail/resendtest"
)

func newDomains(server *resendtest.Server) *ResendDomains {
	return NewResendDomains(server.Key(), server.URL(), time.Minute)
}

func asFailure(t *testing.T, err error) *Failure {
	t.Helper()
	var failure *Failure
	if !errors.As(err, &failure) {
		t.Fatalf("got error %v, want a *Failure", err)
	}
	return failure
}

func TestADomainIsCreatedVerifiedAndDeleted(t *testing.T) {
	server := resendtest.New(t)
	domains := newDomains(server)
	created, err := domains.Create(t.Context(), " Bücher.example. ")
	if err != nil || created.ID == "" || created.Name != "xn--bcher-kva.example" || created.Status != DomainNotStarted || created.Region == "" {
		t.Fatalf("created %+v, %v", created, err)
	}
	if len(created.Records) != 3 || created.Records[0] != (Record{
		Purpose: "SPF", Name: "send", Type: "MX", Value: "feedback-smtp.us-east-1.amazonses.com", TTL: "Auto", Priority: 10, Status: DomainNotStarted,
	}) {
		t.Errorf("the records are %+v", created.Records)
	}
	state := func() (string, map[string]string) {
		t.Helper()
		got, err := domains.Get(t.Context(), created.ID)
		if err != nil {
			t.Fatal(err)
		}
		records := map[string]string{}
		for _, r := range got.Records {
			records[r.Purpose+" "+r.Type] = r.Status
		}
		return got.Status, records
	}
	for _, step := range []struct {
		published, want, dkim, spf string
	}{{"", DomainPending, DomainPending, DomainPending}, {"DKIM", DomainPending, DomainVerified, DomainPending}, {"SPF", DomainVerified, DomainVerified, DomainVerified}} {
		if step.published != "" {
			server.Publish(created.Name, step.published)
		}
		if err := domains.Verify(t.Context(), created.ID); err != nil {
			t.Fatal(err)
		}
		if got, records := state(); got != step.want || records["DKIM TXT"] != step.dkim || records["SPF MX"] != step.spf {
			t.Errorf("with %q published: %s, %v", step.published, got, records)
		}
	}
	server.SetDomain(created.Name, DomainTemporaryFailure)
	if got, _ := state(); got != DomainTemporaryFailure {
		t.Errorf("got %s", got)
	}
	if err := domains.Delete(t.Context(), created.ID); err != nil {
		t.Error(err)
	}
	if failure := asFailure(t, domains.Delete(t.Context(), created.ID)); failure.Temporary || failure.Status != 404 || failure.Code != "not_found" {
		t.Errorf("deleted twice: %+v", failure)
	}
}

func TestAListOfDomainsIsReadToItsEnd(t *testing.T) {
	server := resendtest.New(t)
	domains := newDomains(server)
	if all, err := domains.List(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("at first: %v, %v", all, err)
	}
	for n := range domainPage + 5 {
		if _, err := domains.Create(t.Context(), "d"+string(rune('a'+n/26))+string(rune('a'+n%26))+".example"); err != nil {
			t.Fatal(err)
		}
	}
	all, err := domains.List(t.Context())
	if err != nil || len(all) != domainPage+5 || all[0].Name != "dea.example" || all[len(all)-1].Name != "daa.example" || len(all[0].Records) != 0 {
		t.Errorf("%d domains, from %+v, %v", len(all), all[0], err)
	}
}

func TestWrongQuestionsAboutDomainsAreFinal(t *testing.T) {
	server := resendtest.New(t)
	domains := newDomains(server)
	if _, err := domains.Create(t.Context(), "nimbus.example"); err != nil {
		t.Fatal(err)
	}
	_, again := domains.Create(t.Context(), "nimbus.example")
	if failure := asFailure(t, again); failure.Temporary || failure.Status != 403 {
		t.Errorf("a known name: %+v", failure)
	}
	before := server.Calls()
	for _, name := range []string{"", "localhost", "a b.example", "x.example/../y", "jo@nimbus.example", "https://nimbus.example"} {
		_, err := domains.Create(t.Context(), name)
		if failure := asFailure(t, err); failure.Temporary || failure.Code != "invalid_domain" {
			t.Errorf("%q: %+v", name, failure)
		}
	}
	for _, id := range []string{"", "../emails", "a/verify", "a?b", "ä"} {
		_, err := domains.Get(t.Context(), id)
		for _, err := range []error{err, domains.Verify(t.Context(), id), domains.Delete(t.Context(), id)} {
			if failure := asFailure(t, err); failure.Temporary || failure.Code != "invalid_id" {
				t.Errorf("%q: %+v", id, failure)
			}
		}
	}
	if server.Calls() != before {
		t.Error("a malformed question was asked")
	}
	_, err := NewResendDomains("re_other", server.URL(), time.Minute).List(t.Context())
	if failure := asFailure(t, err); failure.Temporary || failure.Code != "invalid_api_key" {
		t.Errorf("a wrong key: %+v", failure)
	}
	_, err = NewResendDomains("re_other", "ftp://x", time.Minute).List(t.Context())
	if failure := asFailure(t, err); failure.Code != "bad_base_url" {
		t.Errorf("a wrong address: %+v", failure)
	}
}

func TestAProviderInTroubleIsAskedLater(t *testing.T) {
	server := resendtest.New(t)
	domains := newDomains(server)
	for name, fault := range map[string]resendtest.Fault{
		"500": resendtest.Broken(), "429": resendtest.RateLimited(3 * time.Second), "reset": resendtest.Reset(false), "unreadable": {Status: 204},
	} {
		server.ScriptCalls(func(int, resendtest.Call) resendtest.Fault { return fault })
		_, err := domains.Create(t.Context(), "nimbus.example")
		failure := asFailure(t, err)
		if !failure.Temporary || name == "429" && failure.RetryAfter != 3*time.Second {
			t.Errorf("%s: %+v", name, failure)
		}
		domains = newDomains(server) // with no window to wait for
	}
}
