package mail

import (
	"errors"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
)

var update = flag.Bool("update", false, "write the golden files anew")

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
		Language: "en",
		Brand: Brand{
			Name: "Nimbus", Accent: "#0f766e", Site: "https://www.nimbus.example/",
			Footer: "Nimbus Outdoor SAS, 12 rue des Lilas\n69002 Lyon, France",
		},
		AgentName: "Maya Laurent", CustomerName: "Jo",
		Text: "Hello Jo,\n\nGood news: the blue jacket is back in your size. I have put one aside for you until Friday evening.\n" +
			"Here it is: https://nimbus.example/jackets/blue?size=m.\n\nShall I send it to the same address as last time?\n\nMaya",
		Link:       "https://chat.nimbus.example/r/q9w8e7r6t5y4u3i2o1p0",
		PageLink:   "https://chat.nimbus.example/r/q9w8e7r6t5y4u3i2o1p0/page",
		HoursLine:  "We are back Monday at 09:00, your time.",
		HoursTable: []string{"Monday to Friday: 09:00–18:00", "Saturday: 10:00–16:00"},
		WrittenAt:  time.Date(2025, 11, 21, 16, 42, 0, 0, time.UTC), Zone: paris(t),
	}
}

func sampleFrench(t *testing.T) Invitation {
	i := sample(t)
	i.Language, i.CustomerName, i.AgentName = "fr-CA", "Élodie", "Théo Béranger"
	i.Text = "Bonjour Élodie,\n\nBonne nouvelle : la veste bleue est de retour dans votre taille. Je vous en ai mis une de côté jusqu’à vendredi soir.\n\nVoulez-vous que je l’envoie à la même adresse ?\n\nThéo"
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

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from what was accepted; look at it, then run the test with -update\n%s", name, got)
	}
}

func TestTheEmailLooksAsAccepted(t *testing.T) {
	for name, invitation := range map[string]Invitation{
		"invitation.en": sample(t), "invitation.fr": sampleFrench(t), "invitation.ar": sampleArabic(t),
	} {
		content := compose(t, invitation)
		golden(t, name+".html", content.HTML)
		golden(t, name+".txt", content.Subject+"\n\n"+content.Text)
	}
}

var _ = errors.Is
var _ = url.Parse
var _ = utf8.RuneLen
