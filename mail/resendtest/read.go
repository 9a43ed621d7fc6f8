package resendtest

import (
	"encoding/json"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strings"
)

// asked is the body of POST /emails.
type asked struct {
	From    string            `json:"from"`
	To      oneOrMany         `json:"to"`
	Cc      oneOrMany         `json:"cc"`
	Bcc     oneOrMany         `json:"bcc"`
	ReplyTo oneOrMany         `json:"reply_to"`
	Subject string            `json:"subject"`
	HTML    string            `json:"html"`
	Text    string            `json:"text"`
	Headers map[string]string `json:"headers"`
	Tags    []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"tags"`
}

// oneOrMany takes "a" as well as ["a", "b"].
type oneOrMany []string

func (o *oneOrMany) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*o = oneOrMany{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(o))
}

// read gives the emails of a body, or Resend's objection.
func read(body []byte, batch bool) ([]Email, *problem) {
	if len(body) > maxBody {
		return nil, invalid("The request body is too large.")
	}
	var all []asked
	if batch {
		if err := json.Unmarshal(body, &all); err != nil {
			return nil, invalid("The request body is not a valid JSON array.")
		}
	} else {
		all = make([]asked, 1)
		if err := json.Unmarshal(body, &all[0]); err != nil {
			return nil, invalid("The request body is not valid JSON.")
		}
	}
	if len(all) == 0 || len(all) > 100 {
		return nil, invalid("The batch must hold 1 to 100 emails.")
	}
	emails := make([]Email, 0, len(all))
	for _, a := range all {
		if wrong := a.check(); wrong != nil {
			return nil, wrong // a batch is taken whole or not at all
		}
		emails = append(emails, a.email())
	}
	return emails, nil
}

var tagForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

func (a asked) check() *problem {
	switch {
	case a.From == "":
		return missing("from")
	case len(a.To) == 0:
		return missing("to")
	case a.Subject == "":
		return missing("subject")
	case a.HTML == "" && a.Text == "":
		return &problem{422, "Missing `html` or `text` field.", "missing_required_field"}
	case len(a.To) > 50:
		return invalid("The `to` field must hold at most 50 addresses.")
	case !isAddress(a.From):
		return &problem{422, "Invalid `from` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.", "invalid_from_address"}
	case strings.ContainsAny(a.Subject, "\r\n\x00"):
		return invalid("The `subject` field must not hold line breaks.")
	}
	for _, address := range slices.Concat(a.To, a.Cc, a.Bcc, a.ReplyTo) {
		if !isAddress(address) {
			return invalid("Invalid `to` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.")
		}
	}
	for name, value := range a.Headers {
		if strings.ContainsAny(name+value, "\r\n\x00") {
			return invalid("The `headers` field must not hold line breaks.")
		}
	}
	for _, tag := range a.Tags {
		if !tagForm.MatchString(tag.Name) || !tagForm.MatchString(tag.Value) {
			return invalid("Tags should only contain ASCII letters, numbers, underscores, or dashes.")
		}
	}
	return nil
}

func (a asked) email() Email {
	email := Email{
		From: a.From, To: a.To, Cc: a.Cc, Bcc: a.Bcc, ReplyTo: a.ReplyTo,
		Subject: a.Subject, HTML: a.HTML, Text: a.Text, Headers: a.Headers,
	}
	for _, tag := range a.Tags {
		if email.Tags == nil {
			email.Tags = map[string]string{}
		}
		email.Tags[tag.Name] = tag.Value
	}
	return email
}

func isAddress(s string) bool {
	_, err := mail.ParseAddress(s)
	return err == nil && !strings.ContainsAny(s, "\r\n\x00")
}

func invalid(message string) *problem { return &problem{422, message, "validation_error"} }

func missing(field string) *problem {
	return &problem{422, "Missing `" + field + "` field.", "missing_required_field"}
}

// shown is an email as GET answers it.
type shown struct {
	Object string `json:"object"`
	Email
	LastEvent string `json:"last_event"`
}

// list answers GET /emails, newest first: how another process reads what was accepted.
func (s *Server) list(w http.ResponseWriter, _ *http.Request) {
	accepted := s.Accepted()
	data := make([]shown, 0, min(len(accepted), 100))
	for i := len(accepted) - 1; i >= 0 && len(data) < 100; i-- {
		data = append(data, shown{"email", accepted[i], "sent"})
	}
	answer(w, 200, map[string]any{"object": "list", "has_more": len(accepted) > len(data), "data": data})
}

// show answers GET /emails/{id}.
func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	for _, email := range s.Accepted() {
		if email.ID == r.PathValue("id") {
			answer(w, 200, shown{"email", email, "sent"})
			return
		}
	}
	fail(w, problem{404, "Email not found", "not_found"})
}
