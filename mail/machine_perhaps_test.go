package mail

import (
	"strings"
	"testing"
)

func answerSaying(text string) *Inbound {
	return ParseBytes([]byte("From: jo@example.com\nSubject: Re: Lamp\nIn-Reply-To: <m1.1a@nimbus.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n" + text))
}

// absences are what people let their mail programs say.
var absences = []string{
	"Hello,\n\nI am currently out of the office and will return on Monday, 11 May.\n\nKind regards\nJo",
	"Thank you for your email. I’m out of the office until 12 May with limited access to my mail.",
	"This is an automated response. We have received your mail.",
	"Guten Tag,\n\nich bin derzeit nicht im Büro und ab dem 11. Mai wieder erreichbar.\n\nMit freundlichen Grüßen",
	"Bonjour,\n\nJe suis actuellement absente du bureau. En cas d’urgence, veuillez contacter Kim.",
	"Hola:\nEstoy fuera de la oficina. Volveré el lunes 11 de mayo.",
	"Buongiorno, sono fuori ufficio e rientrerò lunedì 11 maggio.",
	"Beste,\n\nIk ben momenteel niet op kantoor. Vanaf maandag ben ik weer bereikbaar.",
	"Olá, estou de férias. Em caso de urgência, contacte a Kim.",
	"お世話になっております。\n5月10日まで不在にしております。戻り次第ご連絡いたします。",
	"안녕하세요. 5월 10일까지 부재중입니다. 복귀 후 회신드리겠습니다.",
	"مرحباً، أنا خارج المكتب حالياً وسأعود يوم الاثنين.",
}

func TestAnAnswerThatReadsAutomaticIsMarked(t *testing.T) {
	for _, text := range absences {
		for _, quote := range []string{"", "\n\nOn Mon, 4 May 2026 at 10:15, Maya <maya@nimbus.example> wrote:\n> Which lamp would you like?"} {
			if in := answerSaying(text + quote); in.Kind != KindReply || !in.Perhaps || in.Reply == "" {
				t.Errorf("%q is %s, perhaps %t", text, in.Kind, in.Perhaps)
			}
		}
	}
}

func TestWhatPeopleWriteIsNotMarkedAsAutomatic(t *testing.T) {
	for _, text := range []string{
		"The blue one.",
		"I am out of the office today, please send it to Fox Street.",
		"I am currently on your page and the lamp is not there.",
		"Am I out of the office when you call? I will return on Monday.",
		"I was out of the office last week, sorry. I will return the lamp.",
		"Ich bin im Urlaub, schicken Sie die Lampe bitte an meine Nachbarin.",
		"Je suis absente lundi, livrez mardi s'il vous plaît.",
		"I got this: this was an automatic reply of yours. I want a person.",
		"Estoy ausente el lunes, mejor el martes.",
		"不在票が入っていました。",
		strings.Repeat("I have used the lamp for years and I like it. ", 20) + "I am currently out of the office and will return on Monday.",
	} {
		if in := answerSaying(text); in.Perhaps {
			t.Errorf("%q is marked", text)
		}
	}
	if in := ParseBytes([]byte("From: jo@example.com\nSubject: Lamp\n\n" + absences[0])); in.Perhaps {
		t.Error("a mail that answers nothing is marked")
	}
	if in := ParseBytes([]byte("From: jo@example.com\nAuto-Submitted: auto-replied\nIn-Reply-To: <a@b>\n\n" + absences[0])); in.Perhaps || in.Kind != KindAutoReply {
		t.Error("a certain one is a doubtful one")
	}
}
