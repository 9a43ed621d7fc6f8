package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
)

// fill posts values and gives the form to a reader.
func fill(t *testing.T, values url.Values, read func(*web.Form)) {
	t.Helper()
	h := newHouse(t)
	ran := false
	h.Group(web.Agent, "", web.Anyone).POST("/form", func(c echo.Context) error {
		ran = true
		read(web.ReadForm(c))
		return c.NoContent(http.StatusNoContent)
	})
	h.ask("POST", "/form", values.Encode()).wants(204)
	if !ran {
		t.Fatal("the form did not arrive")
	}
}

func keys(err error) string {
	var many chat.Errors
	if err == nil {
		return ""
	}
	if !errors.As(err, &many) {
		return err.Error()
	}
	var all []string
	for _, e := range many {
		all = append(all, e.Field+" "+e.Key)
	}
	return strings.Join(all, ", ")
}

func TestWhatIsTypedIsTakenOrRefusedBesideItsField(t *testing.T) {
	const max = 10
	text := func(f *web.Form) string { return f.Text("x", max) }
	area := func(f *web.Form) string { return f.Area("x", max) }
	number := func(f *web.Form) string { return fmt.Sprint(f.Int("x", 1, 9)) }
	choice := func(f *web.Form) string { return f.Choice("x", "left", "right") }
	span := func(f *web.Form) string { return f.Duration("x", time.Minute, 48*time.Hour).String() }
	id := func(f *web.Form) string { return fmt.Sprint(f.ID("x")) }
	required := func(f *web.Form) string { f.Required("x"); return f.Text("x", max) }
	for _, c := range []struct {
		name  string
		read  func(*web.Form) string
		typed string
		want  string
		err   string
	}{
		{"a line is trimmed", text, "  Zoë 👋 ", "Zoë 👋", ""},
		{"characters count, not bytes", text, "éééééééééé", "éééééééééé", ""},
		{"markup is text", text, "<script>", "<script>", ""},
		{"right to left is text", text, "مرحبا", "مرحبا", ""},
		{"too long", text, "12345678901", "12345678901", "x error.too_long"},
		{"a line break in a line", text, "a\r\nBcc: b", "a\r\nBcc: b", "x error.characters"},
		{"NUL", text, "a\x00b", "ab", "x error.characters"},
		{"broken UTF-8", text, "a\xffb", "a\uFFFDb", "x error.characters"},
		{"lines", area, "a\r\nb\rc\n\td", "a\nb\nc\n\td", ""},
		{"NUL in lines", area, "a\x00b", "ab", "x error.characters"},
		{"a bell in lines", area, "a\ab", "a\ab", "x error.characters"},
		{"lines too long", area, strings.Repeat("x", 11), strings.Repeat("x", 11), "x error.too_long"},
		{"empty and required", required, " \t ", "", "x error.required"},
		{"a number", number, " 7 ", "7", ""},
		{"too big a number", number, "10", "10", "x error.range"},
		{"no number", number, "7a", "0", "x error.number"},
		{"more than any number", number, strings.Repeat("9", 30), "0", "x error.number"},
		{"a choice", choice, "left", "left", ""},
		{"no choice", choice, "up", "up", "x error.choice"},
		{"an id", id, "42", "42", ""},
		{"no id", id, "-42", "0", "x error.choice"},
		{"minutes", span, "15m", "15m0s", ""},
		{"words", span, " 2 Days", "48h0m0s", ""},
		{"no unit", span, "15", "0s", "x error.duration"},
		{"a strange unit", span, "15 parsecs", "0s", "x error.duration"},
		{"negative", span, "-5m", "0s", "x error.duration"},
		{"too short", span, "59s", "0s", "x error.duration_range"},
		{"too long a time", span, "49h", "0s", "x error.duration_range"},
		{"overflow", span, "9223372036854775807d", "0s", "x error.duration_range"},
	} {
		fill(t, url.Values{"x": {c.typed}}, func(f *web.Form) {
			if got := c.read(f); got != c.want {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
			if got := keys(f.Err()); got != c.err {
				t.Errorf("%s: refused for %q, want %q", c.name, got, c.err)
			}
			if shown := f.Values.Get("x"); shown == "" && c.typed != "" || strings.Contains(shown, "\x00") {
				t.Errorf("%s: %q is shown again", c.name, shown)
			}
		})
	}
}

func TestADurationMayHaveItsUnitBesideIt(t *testing.T) {
	fill(t, url.Values{"gap": {"3"}, "gap_unit": {"hours"}}, func(f *web.Form) {
		if got := f.Duration("gap", 0, 24*time.Hour); got != 3*time.Hour || f.Err() != nil {
			t.Errorf("got %s, %v", got, f.Err())
		}
	})
}

func TestBoxesAreTickedOrNot(t *testing.T) {
	fill(t, url.Values{"on": {"off", "on"}, "off": {"off"}, "days": {"mon", "tue", "mon"}, "bad": {"mon", "noday"}}, func(f *web.Form) {
		if !f.Bool("on") || f.Bool("off") || f.Bool("absent") {
			t.Error("a box is read wrong")
		}
		if got := f.Choices("days", "mon", "tue"); len(got) != 2 {
			t.Errorf("days are %v", got)
		}
		if f.Choices("bad", "mon"); keys(f.Err()) != "bad error.choice" {
			t.Errorf("refused for %q", keys(f.Err()))
		}
	})
}

func TestWhatAUseCaseRefusesJoinsTheForm(t *testing.T) {
	fill(t, url.Values{}, func(f *web.Form) {
		f.Add(nil)
		if f.Err() != nil {
			t.Error("nothing was refused")
		}
		f.Add(chat.RefuseField("email", "error.required"))
		f.Add(chat.Errors{chat.RefuseField("name", "error.required")})
		if got := keys(f.Err()); got != "email error.required, name error.required" {
			t.Errorf("refused for %q", got)
		}
		f.Add(chat.Refuse(chat.Forbidden, "error.forbidden"))
		if kind, _ := chat.KindOf(f.Err()); kind != chat.Forbidden {
			t.Errorf("a graver error is hidden: %v", f.Err())
		}
	})
}

func TestAFormThatCannotBeReadIsSaidSo(t *testing.T) {
	h := newHouse(t)
	h.Group(web.Agent, "", web.Anyone).POST("/form", func(c echo.Context) error { return web.ReadForm(c).Err() })
	h.ask("POST", "/form", "a=%zz").wants(422)
	h.ask("POST", "/form", strings.Repeat("a=1&", 1001)).wants(422)
	h.ask("POST", "/form", "a="+strings.Repeat("x", 1<<20)).wants(413)
	h.ask("POST", "/form?x=1", "").wants(200)
}

func TestJSONIsOneValueOrRefused(t *testing.T) {
	h := newHouse(t)
	h.Group(web.Customer, "", web.Anyone).POST("/json", func(c echo.Context) error {
		var in struct{ Body string }
		if err := web.ReadJSON(c, &in); err != nil {
			return err
		}
		return c.String(200, in.Body)
	})
	if a := h.ask("POST", "/json", `{"body":"hello","later":1}`).wants(200); a.body != "hello" {
		t.Errorf("read %q", a.body)
	}
	for _, bad := range []string{"", "{", `{"body":"a"}{"body":"b"}`, `{"body":1}`, `{"body":"a"} x`} {
		h.ask("POST", "/json", bad).wants(422)
	}
	h.ask("POST", "/json", `{"body":"`+strings.Repeat("x", 1<<20)+`"}`).wants(413)
}
