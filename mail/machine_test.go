package mail

import (
	"strings"
	"testing"
)

func kindOf(header, body string) *Inbound {
	return ParseBytes([]byte(header + "\nMIME-Version: 1.0\n\n" + body))
}

func TestAnsweringMachinesAreKnownByTheirHeaders(t *testing.T) {
	for _, header := range []string{
		"Auto-Submitted: auto-replied", "auto-submitted: AUTO-GENERATED; owner-email=\"x\"", "Auto-Submitted: (a comment) auto-replied (vacation)", "Auto-Submitted: auto-notified",
		"X-Autoreply: yes", "X-Autorespond: Away", "X-Auto-Reply: 1", "Precedence: auto_reply", "Precedence: junk\nIn-Reply-To: <a@b>", "Return-Path: <>",
	} {
		if in := kindOf("From: jo@example.com\nSubject: Re: Lamp\n"+header, "I am away."); in.Kind != KindAutoReply || len(in.Reasons) == 0 {
			t.Errorf("%q is %s because %q", header, in.Kind, in.Reasons)
		}
	}
}

func TestPeopleAreNoMachines(t *testing.T) {
	for _, header := range []string{
		"Subject: Re: Lamp", "Auto-Submitted: no", "Auto-Submitted: No (really)", "Auto-Submitted: auto-forwarded", "X-Auto-Response-Suppress: All", "X-Auto-Response-Suppress: OOF, AutoReply\nPrecedence: normal",
		"X-Autoreply: no", "List-Unsubscribe: <https://example.com/u>", "Return-Path: <jo@example.com>", "X-MS-Exchange-Organization-AuthSource: x\nX-Spam-Flag: NO\nImportance: high", "Disposition-Notification-To: jo@example.com",
		"Subject: Re: Automatic reply: Lamp", "Subject: AW: Abwesenheitsnotiz", "Subject: Out of office chairs", "Subject: Absence de facture", "Subject: Automatic lamp does not switch off", "Subject: Autobahn", "Subject: 不在の荷物について",
		"Subject: Undelivered parcel", "Subject: My order was not delivered", "Subject: Delivery failed? Where is my lamp",
	} {
		if in := kindOf("From: Jo <jo@example.com>\n"+header, "My parcel could not be delivered, says the courier. Can you help?\n\nJo"); in.Kind != KindReply || in.Hard {
			t.Errorf("%q is %s because %q", header, in.Kind, in.Reasons)
		}
	}
}

func TestAPersonWhoSendsUsABounceIsAPerson(t *testing.T) {
	body := "Hello, I get this when I write to you:\n\n> This message was created automatically by mail delivery software.\n> 550 5.1.1 <sales@nimbus.example>: User unknown\n\nWhat is your address?"
	if in := kindOf("From: Jo <jo@example.com>\nSubject: your address", body); in.Kind != KindReply {
		t.Errorf("it is %s because %q", in.Kind, in.Reasons)
	}
	in := ParseBytes([]byte("From: Jo <jo@example.com>\nSubject: Fwd: Undeliverable\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee this bounce.\n--b\nContent-Type: message/rfc822\n\nFrom: MAILER-DAEMON@n.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=c\n\n--c\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n--c--\n--b--\n"))
	if in.Kind != KindReply || in.Hard || len(in.Attachments) != 1 {
		t.Errorf("it is %s, hard %t, with %d attachments, because %q", in.Kind, in.Hard, len(in.Attachments), in.Reasons)
	}
}

func TestAutomaticSubjectsAreKnownInTenLanguages(t *testing.T) {
	for _, subject := range []string{
		"Automatic reply: Your lamp", "Out of office", "Out of Office: until May", "[Auto-Reply] Your lamp", "Autoreply: x", "OOO: back on Monday", "Out of Office AutoReply: Lamp", "Vacation reply",
		"Automatische Antwort: Ihre Lampe", "Abwesenheitsnotiz: Ihre Lampe", "Abwesend: x", "Réponse automatique : Votre lampe", "Absence du bureau", "Message d'absence", "Respuesta automática: Su lámpara", "Fuera de la oficina",
		"Risposta automatica: La lampada", "Fuori ufficio: x", "Resposta automática: O candeeiro", "Fora do escritório", "Automatisch antwoord: Uw lamp", "Afwezig: x", "自動応答: ランプ", "自動返信", "不在通知",
		"자동 회신: 램프", "부재중", "رد تلقائي: المصباح", "خارج المكتب", "自动回复: 灯", "Автоматический ответ: Лампа", "Automatyczna odpowiedź: Lampa", "Autosvar: Lampe", "Automatiskt svar: Lampa",
	} {
		if in := kindOf("From: jo@example.com\nSubject: "+subject, "I am away."); in.Kind != KindAutoReply {
			t.Errorf("%q is %s", subject, in.Kind)
		}
	}
}

func TestListsComplaintsAndReceiptsHaveTheirKinds(t *testing.T) {
	for header, want := range map[string]Kind{
		"Precedence: bulk":                   KindList,
		"Precedence: list":                   KindList,
		"List-Id: Lamps <lamps.example.org>": KindList,
		"Content-Type: multipart/report; report-type=feedback-report; boundary=b":          KindComplaint,
		"Content-Type: multipart/report; report-type=disposition-notification; boundary=b": KindReceipt,
		"X-Apple-Unsubscribe: true\nAuto-Submitted: auto-replied":                          KindComplaint,
		"Subject: unsubscribe\nAuto-Submitted: auto-generated":                             KindComplaint,
	} {
		if in := kindOf("From: jo@example.com\n"+header, "--b\n\nx\n--b--\n"); in.Kind != want {
			t.Errorf("%q is %s because %q", header, in.Kind, in.Reasons)
		}
	}
}

func TestOurOwnEmailThatComesBackIsNoPersons(t *testing.T) {
	ours := "X-Rejoin-Delivery: d41\n"
	for name, raw := range map[string]string{
		"an invitation of another of ours": "From: Maya (Nimbus) <hello@nimbus.example>\nTo: reply+abc@in.example\nSubject: Re: Your lamp\nIn-Reply-To: <a@b.example>\n" + ours + "\nHello Jo",
		"sent on, with an empty path":      "Return-Path: <>\nx-rejoin-delivery: d41\nFrom: hello@nimbus.example\nSubject: Delivery problem with your order\n\nYour parcel could not be delivered.",
	} {
		if in := ParseBytes([]byte(raw)); in.Kind != KindAutoReply || strings.Join(in.Reasons, "") != "our own email came back" {
			t.Errorf("%s is %s because %q", name, in.Kind, in.Reasons)
		}
	}
	inside := "From: Jo <jo@example.com>\nTo: reply+abc@in.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nWhat is this?\n--b\nContent-Type: message/rfc822\n\nFrom: hello@nimbus.example\n" + ours + "\nHello\n--b--\n"
	if in := ParseBytes([]byte(inside)); in.Kind != KindReply {
		t.Errorf("a person who sends it along is %s because %q", in.Kind, in.Reasons)
	}
	bounce := strings.Replace(report("failed", "5.1.1", "smtp; 550 5.1.1 user unknown", ""), "Message-ID: <m9", ours+"Message-ID: <m9", 1)
	for _, raw := range []string{bounce, "Subject: failure notice\nFrom: MAILER-DAEMON@mx.example\n" + ours + "\n<jo@gmial.example>:\n550 5.1.1 user unknown\n"} {
		if in := ParseBytes([]byte(raw)); in.Kind != KindBounce || !in.Hard {
			t.Errorf("a bounce of it is %s because %q", in.Kind, in.Reasons)
		}
	}
}

func TestAPersonWhoseAddressIsAListAnswersByName(t *testing.T) {
	list := "List-Id: Team <team.example.org>\nPrecedence: list\n"
	for name, test := range map[string]struct {
		header string
		want   Kind
		list   bool
	}{
		"an answer to us":                {"To: reply+abc@in.example\nIn-Reply-To: <m1@nimbus.example>\n" + list, KindReply, true},
		"an answer with us in copy":      {"To: team@example.org\nCc: Nimbus <Reply+ABC@in.example>\nReferences: <m1@nimbus.example>\n" + list, KindReply, true},
		"a newsletter to us":             {"To: reply+abc@in.example\n" + list, KindList, true},
		"a bulk mail that calls itself":  {"To: reply+abc@in.example\nIn-Reply-To: <m1@nimbus.example>\nList-Id: x\nPrecedence: bulk\n", KindList, true},
		"a list's answer to a reader":    {"To: team@example.org\nDelivered-To: reply+abc@in.example\nIn-Reply-To: <m1@nimbus.example>\n" + list, KindList, true},
		"a machine's answer through one": {"To: reply+abc@in.example\nIn-Reply-To: <m1@nimbus.example>\nAuto-Submitted: auto-replied\n" + list, KindAutoReply, false},
		"no list at all":                 {"To: reply+abc@in.example\nIn-Reply-To: <m1@nimbus.example>\n", KindReply, false},
	} {
		if in := kindOf("From: jo@example.com\n"+strings.TrimSuffix(test.header, "\n"), "The blue one."); in.Kind != test.want || in.List != test.list {
			t.Errorf("%s is %s, list %t, because %q", name, in.Kind, in.List, in.Reasons)
		}
	}
}

func TestReasonsStayShort(t *testing.T) {
	in := kindOf("From: MAILER-DAEMON@n.example\nSubject: x", strings.Repeat("550 5.1.1 user unknown ", 5_000))
	for _, reason := range in.Reasons {
		if len(reason) > 700 {
			t.Errorf("a reason of %d bytes", len(reason))
		}
	}
}
