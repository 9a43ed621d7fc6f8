package mail

import (
	"fmt"
	"strings"
	"testing"
)

// answeringPrograms write an answer to an email of ours as well-known mail programs do.
var answeringPrograms = map[string]func(email sampleEmail, answer string) string{
	"Gmail": func(email sampleEmail, answer string) string {
		intro := "On Fri, 21 Nov 2025 at 23:42, Maya Laurent (Nimbus) <reply+k7mz2@in.nimbus.example> wrote:"
		return bothParts(answer+"\n\n"+intro+"\n\n"+quoted(email.Text), "<div dir=\"auto\">"+answer+"</div><br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">"+intro+"<br></div><blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex\">"+bodyOf(email)+"</blockquote></div>")
	},
	"Apple Mail": func(email sampleEmail, answer string) string {
		intro := "Am 21.11.2025 um 23:42 schrieb Maya Laurent (Nimbus) <reply+k7mz2@in.nimbus.example>:"
		return bothParts(answer+"\n\nVon meinem iPhone gesendet\n\n> "+intro+"\n> \n"+quoted(email.Text), "<html><body dir=\"auto\">"+answer+"<br id=\"lineBreakAtBeginningOfSignature\"><div dir=\"ltr\">Von meinem iPhone gesendet</div><div dir=\"ltr\"><br><blockquote type=\"cite\">"+intro+"<br><br></blockquote></div><blockquote type=\"cite\"><div dir=\"ltr\">"+bodyOf(email)+"</div></blockquote></body></html>")
	},
	"Outlook": func(email sampleEmail, answer string) string {
		fields := "From: Maya Laurent (Nimbus) <reply+k7mz2@in.nimbus.example>\nSent: Friday, November 21, 2025 11:42 PM\nTo: Jo <jo@example.com>\nSubject: " + email.Subject
		return bothParts(answer+"\n\n"+fields+"\n\n"+email.Text, "<html><body><div class=WordSection1><p class=MsoNormal>"+answer+"<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:</b> "+strings.ReplaceAll(strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(strings.TrimPrefix(fields, "From: ")), "\n", "<br>")+"</p></div></div>"+bodyOf(email)+"</div></body></html>")
	},
	"Outlook on the web": func(email sampleEmail, answer string) string {
		fields := "De : Maya Laurent (Nimbus) <reply+k7mz2@in.nimbus.example>\nEnvoyé : vendredi 21 novembre 2025 23:42\nÀ : Jo <jo@example.com>\nObjet : " + email.Subject
		return bothParts(answer+"\n\n________________________________\n"+fields+"\n\n"+email.Text, "<html><body dir=\"ltr\"><div class=\"elementToProof\">"+answer+"</div><div id=\"appendonsend\"></div><hr style=\"display:inline-block;width:98%\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><b>De :</b> Maya<br><b>Envoyé :</b> vendredi<br><b>À :</b> Jo<br><b>Objet :</b> x<div>&nbsp;</div></div>"+bodyOf(email)+"</body></html>")
	},
	"Thunderbird": func(email sampleEmail, answer string) string {
		intro := "Le 21/11/2025 à 23:42, Maya Laurent (Nimbus) a écrit :"
		return bothParts(answer+"\n\n"+intro+"\n"+quoted(email.Text), "<html><body><p>"+answer+"</p><div class=\"moz-cite-prefix\">"+intro+"<br></div><blockquote type=\"cite\" cite=\"mid:a3@nimbus.example\">"+bodyOf(email)+"</blockquote></body></html>")
	},
	"Yahoo": func(email sampleEmail, answer string) string {
		intro := "El viernes, 21 de noviembre de 2025, 23:42:10 CET, Maya Laurent (Nimbus) <reply+k7mz2@in.nimbus.example> escribió:"
		return bothParts("    "+answer+"\n\n    "+intro+"  \n \n "+strings.ReplaceAll(email.Text, "\n", "\n "), "<html><body><div class=\"yahoo-style-wrap\"><div dir=\"ltr\">"+answer+"</div><div><br></div></div><div id=\"ydp12yahoo_quoted_9\" class=\"yahoo_quoted\"><div><div>"+intro+"</div><div><br></div>"+bodyOf(email)+"</div></div></body></html>")
	},
	"a program without HTML": func(email sampleEmail, answer string) string {
		return "Content-Type: text/plain; charset=utf-8\n\n" + answer + "\n\n2025年11月21日(金) 23:42 Maya Laurent (Nimbus) <reply+k7mz2@in.nimbus.example>:\n" + quoted(email.Text)
	},
	"a program without text": func(email sampleEmail, answer string) string {
		return "Content-Type: text/html; charset=utf-8\n\n<div>" + answer + "</div><div><br></div><div>2025년 11월 21일 (금) 오후 11:42, Maya Laurent (Nimbus) &lt;reply+k7mz2@in.nimbus.example&gt;님이 작성:</div><blockquote>" + bodyOf(email) + "</blockquote>"
	},
	"one that quotes the words that it shows": func(email sampleEmail, answer string) string {
		return "Content-Type: text/plain; charset=utf-8\n\n" + answer + "\n\n-----Original Message-----\nFrom: Maya Laurent (Nimbus) <reply+k7mz2@in.nimbus.example>\nSent: Friday 21 November 2025\nTo: Jo\nSubject: " + email.Subject + "\n\n" + email.Text
	},
}

func bothParts(text, html string) string {
	return "Content-Type: multipart/alternative; boundary=\"=_b\"\n\n--=_b\nContent-Type: text/plain; charset=utf-8\n\n" + text + "\n--=_b\nContent-Type: text/html; charset=utf-8\n\n" + html + "\n--=_b--\n"
}

// bodyOf is what a mail program quotes of our HTML.
func bodyOf(email sampleEmail) string {
	_, body, _ := strings.Cut(email.HTML, "<body")
	_, body, _ = strings.Cut(body, ">")
	body, _, _ = strings.Cut(body, "</body>")
	return body
}

func TestAnAnswerToAnyOfOurEmailsIsItsWordsAlone(t *testing.T) {
	for _, email := range everyEmail(t) {
		for program, write := range answeringPrograms {
			answer := sampleWords[email.language][0]
			in := ParseBytes([]byte(fmt.Sprintf("From: Jo <jo@example.com>\nTo: reply+k7mz2@in.nimbus.example\nSubject: %s\nIn-Reply-To: <a3.7@nimbus.example>\nMIME-Version: 1.0\n", AnsweringSubject("x")) + write(email, answer)))
			if in.Kind != KindReply || in.Reply != answer {
				t.Errorf("%s %s by %s: %s %.300q", email.language, email.kind, program, in.Kind, in.Reply)
			}
		}
	}
}
