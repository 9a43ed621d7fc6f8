package mail

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
)

func paris(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func sample(t *testing.T) Invitation {
	return Invitation{
		Letter:    sampleLetter(t),
		AgentName: "Maya Laurent",
		Text: "Hello Jo,\n\nGood news: the blue jacket is back in your size. I have put one aside for you until Friday evening.\n" +
			"Here it is: https://nimbus.example/jackets/blue?size=m.\n\nShall I send it to the same address as last time?\n\nMaya",
		WrittenAt: time.Date(2025, 11, 21, 16, 42, 0, 0, time.UTC),
	}
}

func sampleLetter(t *testing.T) Letter {
	return Letter{
		Language: "en",
		Brand: Brand{
			Name: "Nimbus", Accent: "#0f766e", Site: "https://www.nimbus.example/",
			Footer: "Nimbus Outdoor SAS, 12 rue des Lilas\n69002 Lyon, France",
		},
		CustomerName: "Jo",
		Link:         "https://chat.nimbus.example/r/q9w8e7r6t5y4u3i2o1p0",
		PageLink:     "https://chat.nimbus.example/r/q9w8e7r6t5y4u3i2o1p0/page",
		ReachLink:    "https://chat.nimbus.example/r/q9w8e7r6t5y4u3i2o1p0/reach",
		HoursLine:    "We are back Monday at 09:00, your time.",
		HoursTable:   []string{"Monday to Friday: 09:00–18:00", "Saturday: 10:00–16:00"},
		Zone:         paris(t),
	}
}

func sampleFrench(t *testing.T) Invitation {
	i := sample(t)
	i.Language, i.CustomerName, i.AgentName = "fr-CA", "Élodie", "Théo Béranger"
	i.Text = "Bonjour Élodie,\n\nBonne nouvelle : la veste bleue est de retour dans votre taille. " +
		"Je vous en ai mis une de côté jusqu’à vendredi soir.\n\nVoulez-vous que je l’envoie à la même adresse ?\n\nThéo"
	i.HoursLine = "Nous sommes de retour lundi à 09:00, heure de chez vous."
	i.HoursTable = []string{"Du lundi au vendredi : 09:00–18:00", "Samedi : 10:00–16:00"}
	return i
}

func sampleArabic(t *testing.T) Invitation {
	i := sample(t)
	i.Language, i.CustomerName = "ar", "ليلى"
	i.Brand.Accent, i.Brand.LogoURL, i.Brand.Footer = "#ffd400", "https://nimbus.example/logo.png", ""
	i.Text = "مرحبا ليلى 👋\n\nعاد المعطف الأزرق بمقاسك. هل أرسله إلى نفس العنوان؟"
	i.PageLink, i.HoursTable = "", nil
	return i
}

func compose(t *testing.T, i Invitation) Content {
	t.Helper()
	content, err := i.Compose()
	if err != nil {
		t.Fatalf("compose: %v", err)
	}
	return content
}

func document(t *testing.T, html string) *goquery.Document {
	t.Helper()
	parsed, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func wantInvalid(t *testing.T, err error, field, reason string) {
	t.Helper()
	var invalid *Invalid
	if !errors.As(err, &invalid) || invalid.Field != field || invalid.Reason != reason {
		t.Errorf("got error %v, want %s is %s", err, field, reason)
	}
}

func TestTheSameInvitationGivesTheSameBytes(t *testing.T) {
	first := compose(t, sample(t))
	for range 50 {
		if again := compose(t, sample(t)); again != first {
			t.Fatal("a second composition differs")
		}
	}
}

func TestCustomersGetTheirLanguageElseEnglish(t *testing.T) {
	for language, want := range map[string]struct{ tag, button string }{
		"fr": {"fr", "Reprendre la conversation"}, "fr-CA": {"fr", "Reprendre la conversation"},
		"en-GB": {"en", "Continue the conversation"}, "sw": {"en", "Continue the conversation"},
		"tlh-Piqd": {"en", "Continue the conversation"}, "": {"en", "Continue the conversation"},
		"<script>": {"en", "Continue the conversation"},
	} {
		i := sample(t)
		i.Language = language
		content := compose(t, i)
		page := document(t, content.HTML)
		if tag := page.Find("html").AttrOr("lang", ""); tag != want.tag {
			t.Errorf("%q: lang is %q, want %q", language, tag, want.tag)
		}
		if label := strings.TrimSpace(page.Find("a.button-link").Text()); label != want.button {
			t.Errorf("%q: the button says %q", language, label)
		}
		if !strings.Contains(content.Text, want.button) {
			t.Errorf("%q: the text part lacks %q", language, want.button)
		}
	}
}

func TestTheTextPartHoldsTheLinkAloneOnItsLine(t *testing.T) {
	i := sample(t)
	for _, link := range []string{i.Link, i.PageLink, i.ReachLink} {
		if !strings.Contains(compose(t, i).Text, "\n"+link+"\n") {
			t.Errorf("the text part lacks the line %s", link)
		}
	}
}

func TestEveryLinkAndPictureIsHTTP(t *testing.T) {
	i := sampleArabic(t)
	i.PageLink = "https://chat.nimbus.example/page"
	i.Text = "javascript:alert(1) data:text/html,x ftp://x.example http:// https://good.example/a_(b) " +
		`(https://in.example/x), "https://quoted.example" https://bank.example@evil.example/ HTTPS://UP.example/!`
	page := document(t, compose(t, i).HTML)
	var hrefs []string
	page.Find("[href], [src]").Each(func(_ int, s *goquery.Selection) {
		address := s.AttrOr("href", s.AttrOr("src", ""))
		hrefs = append(hrefs, address)
		parsed, err := url.Parse(address)
		if err != nil || (parsed.Scheme != "https" && parsed.Scheme != "http") || parsed.Host == "" || parsed.User != nil {
			t.Errorf("%q is no plain http(s) address", address)
		}
	})
	want := "https://nimbus.example/logo.png https://good.example/a_(b) https://in.example/x https://quoted.example " +
		"HTTPS://UP.example/ " + i.Link + " " + i.PageLink + " https://www.nimbus.example/ " + i.ReachLink
	if got := strings.Join(hrefs, " "); got != want {
		t.Errorf("links are\n%s, want\n%s", got, want)
	}
	if page.Find("script, svg, link, iframe, form, object").Length() > 0 || strings.Contains(page.Text(), "data:image") {
		t.Error("the email holds an element that mail programs refuse")
	}
}

func TestWhatPeopleTypeStaysText(t *testing.T) {
	const attack = `<script>alert(1)</script>"><img src=x onerror=alert(1)>{{.Brand}}`
	i := sample(t)
	i.Text, i.AgentName, i.CustomerName, i.HoursLine = attack, attack, attack, attack
	i.Brand.Name, i.Brand.Footer, i.HoursTable = attack, attack, []string{attack}
	page := document(t, compose(t, i).HTML)
	if n := page.Find("script, img, [onerror]").Length(); n != 0 {
		t.Errorf("%d elements came out of typed text", n)
	}
	if got := strings.TrimSpace(page.Find(".message").Text()); got != attack {
		t.Errorf("the message reads %q", got)
	}
}

func TestNoControlCharacterSurvives(t *testing.T) {
	const attack = "Nim\r\nBcc: all@example.org\x00\u202ebus\u2028\x1b[31m\u0085\xff"
	i := sample(t)
	i.Text, i.AgentName, i.CustomerName, i.HoursLine = attack+"\r\nsecond\rthird", attack, attack, attack
	i.Brand.Name, i.Brand.Footer = attack, attack
	content := compose(t, i)
	for name, part := range map[string]string{"subject": content.Subject, "html": content.HTML, "text": content.Text} {
		if strings.ContainsAny(part, "\x00\r\x1b\u0085\u2028\u202e") || !utf8.ValidString(part) {
			t.Errorf("the %s holds a control character", name)
		}
	}
	if strings.Contains(content.Subject, "\n") || strings.ContainsRune(content.Subject, '\u202e') {
		t.Errorf("the subject is %q", content.Subject)
	}
	if name := SenderName(attack, attack+"x"); strings.ContainsAny(name, "\r\n\x00") {
		t.Errorf("the sender's name is %q", name)
	}
}

func TestWhatCannotBeSentIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change        func(*Invitation)
		field, reason string
	}{
		"no text":            {func(i *Invitation) { i.Text = " \x00\n\t " }, "text", "empty"},
		"a megabyte":         {func(i *Invitation) { i.Text = strings.Repeat("a", 1<<20) }, "text", "too_long"},
		"20,001 characters":  {func(i *Invitation) { i.Text = strings.Repeat("é", MaxText+1) }, "text", "too_long"},
		"over Gmail's limit": {func(i *Invitation) { i.Text = strings.Repeat("a\n\n", MaxText/3) }, "text", "too_long"},
		"no brand":           {func(i *Invitation) { i.Brand.Name = "\r\n" }, "brand", "empty"},
		"no link":            {func(i *Invitation) { i.Link = "" }, "link", "empty"},
		"a script link":      {func(i *Invitation) { i.Link = "javascript:alert(1)" }, "link", "not_http"},
		"a broken link":      {func(i *Invitation) { i.Link = "https://x.example/\r\nBcc: a@b.c" }, "link", "not_http"},
		"a bad page link":    {func(i *Invitation) { i.PageLink = "//x.example" }, "page_link", "not_http"},
		"a bad reach link":   {func(i *Invitation) { i.ReachLink = "javascript:alert(1)" }, "reach_link", "not_http"},
		"a data logo":        {func(i *Invitation) { i.Brand.LogoURL = "data:image/png;base64,AAAA" }, "logo", "not_http"},
		"a bad site":         {func(i *Invitation) { i.Brand.Site = "nimbus.example" }, "site", "not_http"},
		"a color of words":   {func(i *Invitation) { i.Brand.Accent = "red" }, "accent", "malformed"},
		"a hostile color":    {func(i *Invitation) { i.Brand.Accent = "#fff;}</style><script>" }, "accent", "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			i := sample(t)
			c.change(&i)
			_, err := i.Compose()
			wantInvalid(t, err, c.field, c.reason)
		})
	}
}

func TestTheLongestMessageStaysBelowGmailsLimit(t *testing.T) {
	words := strings.Repeat("L’été s’achève à 20 °C & les vestes « bleues » reviennent 👋.\n\n", 1000)
	i := sampleFrench(t)
	i.Text = string([]rune(words)[:MaxText])
	content := compose(t, i)
	if len(content.HTML) >= MaxHTML {
		t.Errorf("the HTML is %d bytes", len(content.HTML))
	}
	if !strings.Contains(content.Text, strings.TrimSpace(i.Text)) {
		t.Error("the text part is cut")
	}
}

func TestAddressesBeyondAHundredStayText(t *testing.T) {
	i := sample(t)
	i.Text = strings.Repeat("http://a.example ", 1100)
	page := document(t, compose(t, i).HTML)
	if n := page.Find("a.link").Length(); n != maxLinks {
		t.Errorf("%d addresses became links", n)
	}
	if n := strings.Count(page.Find(".message").Text(), "http://a.example"); n != 1100 {
		t.Errorf("%d addresses are shown", n)
	}
}

func TestACustomersNameIsNoAdvertisement(t *testing.T) {
	for name, shown := range map[string]bool{
		"Jo": true, "Anne-Marie O’Neil": true, "J. R. Smith": true, "李小龍": true, "": false,
		"win at evil.example": false, "https://evil.example": false, "me@evil.example": false,
		"call 0900123456": false, strings.Repeat("buy ", 20): false,
	} {
		if got := PersonName(name) != ""; got != shown {
			t.Errorf("%q is shown: %t", name, got)
		}
	}
}

func TestThePreheaderFillsItsPlace(t *testing.T) {
	for _, text := range []string{
		"a", "Yes, we have it.", strings.Repeat("word ", 60), strings.Repeat("x", 500), strings.Repeat("👍🏽", 80),
		strings.Repeat("Donaudampfschifffahrt", 9), "مرحبا " + strings.Repeat("نعم ", 50), "x\n\n\ny",
	} {
		for _, i := range []Invitation{sample(t), sampleFrench(t)} {
			i.Text, i.HoursLine = text, ""
			whole := document(t, compose(t, i).HTML).Find(".preheader").Text()
			shown := strings.TrimSuffix(whole, preheaderEnd)
			if n := utf8.RuneCountInString(shown); n < preheaderLeast || n > preheaderMost || shown == whole {
				t.Errorf("the preheader of %.20q has %d characters: %q", text, n, shown)
			}
		}
	}
}

func TestTheSendersNameIsAPersonOfTheBrand(t *testing.T) {
	for _, c := range []struct{ agent, brand, want string }{
		{"Maya", "Nimbus", "Maya (Nimbus)"}, {"", "Nimbus", "Nimbus"}, {"Nimbus", "Nimbus", "Nimbus"}, {"Maya", "", "Maya"},
	} {
		if got := SenderName(c.agent, c.brand); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
