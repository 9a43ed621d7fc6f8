package locales

import "testing"

func TestDetectIsSureOfSentencesOnly(t *testing.T) {
	for text, want := range map[string]string{
		"Bonjour, est-ce que ma commande est déjà partie ? Je ne trouve pas le numéro de suivi.": "fr",
		"Hello, has my order been shipped already? I cannot find the tracking number anywhere.":  "en",
		"Guten Tag, ist meine Bestellung schon unterwegs? Ich finde die Nummer leider nicht.":    "",
		"ok":     "",
		"Salut!": "",
		"":       "",
	} {
		tag, sure := Detect(text)
		if !sure {
			tag = ""
		}
		if tag != want {
			t.Errorf("%q: got %q, want %q", text, tag, want)
		}
	}
}
