package locales

import "testing"

func TestDetectIsSureOfSentencesOnly(t *testing.T) {
	for text, want := range map[string]string{
		"Bonjour, est-ce que ma commande est déjà partie ? Je ne trouve pas le numéro de suivi.":           "fr",
		"Hello, has my order been shipped already? I cannot find the tracking number anywhere.":            "en",
		"Hello, do you ship the plates to Belgium before Christmas? Shall we add the two bowls to it?":     "en",
		"Guten Tag, ist meine Bestellung schon unterwegs? Ich finde die Nummer der Sendung leider nicht.":  "de",
		"مرحبا، هل تم شحن طلبي بالفعل؟ لا أستطيع العثور على رقم التتبع في أي مكان":                         "ar",
		"Hola, ¿ya ha salido mi pedido? No encuentro el número de seguimiento por ninguna parte, gracias.": "es",
		"Guten Tag, ist das da?": "",
		"ok":                     "",
		"Salut!":                 "",
		"":                       "",
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
