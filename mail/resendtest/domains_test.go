package resendtest

import (
	"encoding/json"
	"testing"
)

func TestADomainIsShownInResendsShape(t *testing.T) {
	s := New(t)
	s.Publish("early.example") // before anybody has created it
	if listed := told(t, s, "/domains"); len(listed["data"].([]any)) != 0 {
		t.Errorf("nobody has created %v", listed)
	}
	made := ask(t, "POST", s.URL()+"/domains", s.Key(), "", `{"name":"early.example"}`)
	var domain map[string]any
	if err := json.Unmarshal([]byte(made.body), &domain); err != nil || made.status != 201 || domain["status"] != "not_started" || len(domain["records"].([]any)) != 3 {
		t.Fatalf("created: %v", made)
	}
	path := "/domains/" + domain["id"].(string)
	if got := ask(t, "POST", s.URL()+path+"/verify", s.Key(), "", ""); got.status != 200 {
		t.Errorf("verify got %v", got)
	}
	if shown := told(t, s, path); shown["object"] != "domain" || shown["status"] != "verified" || shown["name"] != "early.example" || shown["created_at"] == nil {
		t.Errorf("it is %v", shown)
	}
	s.SetDomain("early.example", "failed")
	if shown := told(t, s, path); shown["status"] != "failed" {
		t.Errorf("it is %v", shown)
	}
	if got := ask(t, "PATCH", s.URL()+path, s.Key(), "", `{"click_tracking":false}`); got.status != 200 {
		t.Errorf("patch got %v", got)
	}
	if got := ask(t, "DELETE", s.URL()+path, s.Key(), "", ""); got.status != 200 || ask(t, "GET", s.URL()+path, s.Key(), "", "").status != 404 {
		t.Errorf("delete got %v", got)
	}
}

func TestAWrongDomainIsRefused(t *testing.T) {
	s := New(t)
	for body, status := range map[string]int{
		`{"name":"nimbus.example"}`: 201, `{"name":"nowhere"}`: 422, `{"name":"a b.example"}`: 422, `{}`: 422, `{`: 422,
	} {
		if got := ask(t, "POST", s.URL()+"/domains", s.Key(), "", body); got.status != status {
			t.Errorf("%s got %v", body, got)
		}
	}
	if got := ask(t, "POST", s.URL()+"/domains", s.Key(), "", `{"name":"nimbus.example"}`); got.status != 403 || got.name(t) != "validation_error" {
		t.Errorf("twice: got %v", got)
	}
	if got := ask(t, "POST", s.URL()+"/domains", "", "", `{"name":"x.example"}`); got.status != 401 {
		t.Errorf("without a key: got %v", got)
	}
}
