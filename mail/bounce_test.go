package mail

import (
	"fmt"
	"strings"
	"testing"
)

// report builds a delivery report as mail servers send it.
func report(action, status, diagnostic, words string) string {
	return fmt.Sprintf("Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\n%s\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; jo@gmial.example\nAction: %s\nStatus: %s\nDiagnostic-Code: %s\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <m9@nimbus.example>\nFrom: hello@nimbus.example\nReply-To: reply+tok@in.nimbus.example\nTo: jo@gmial.example\n\nYour lamp\n--b--\n", words, action, status, diagnostic)
}

func TestOnlyADeadAddressIsHard(t *testing.T) {
	for _, test := range []struct {
		status, diagnostic, words string
		hard                      bool
		want                      string
	}{
		{"5.1.1", "smtp; 550 5.1.1 <jo@gmial.example>: Recipient address rejected: User unknown in local recipient table", "", true, "5.1.1"},
		{"5.1.1", "smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try 550 5.1.1 double-checking", "", true, "5.1.1"},
		{"5.0.0", "smtp; 550 User unknown", "<jo@gmial.example>: host mx said: 550 User unknown (in reply to RCPT TO command)", true, "5.0.0"},
		{"5.0.0", "smtp; 550 User unknown", "<jo@gmial.example>: host mx said: 550 User unknown (in reply to end of DATA command)", false, "5.0.0"},
		{"5.0.0", "smtp; 550 User unknown", "", false, "5.0.0"},
		{"5.0.0", "X-Notes; User not listed in public Name & Address Book", "", true, "5.0.0"},
		{"5.0.0", "unknown; User unknown.", "", true, "5.0.0"},
		{"5.7.1", "smtp; 550 5.7.1 Recipient address rejected: Please see https://example.com", "(in reply to RCPT TO command)", false, "5.7.1"},
		{"5.4.1", "smtp; 550 5.4.1 Recipient address rejected: Access denied. [x.prod.protection.outlook.com]", "(in reply to RCPT TO command)", true, "5.4.1"},
		{"5.4.4", "X-Postfix; Host or domain name not found. Name service error for name=gmial.example type=A: Host not found", "", true, "5.4.4"},
		{"5.1.2", "smtp; 550 5.1.2 bad destination system address", "", true, "5.1.2"},
		{"5.1.10", "smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "", true, "5.1.10"},
		{"5.1.6", "smtp; 551 5.1.6 recipient no longer on server", "", true, "5.1.6"},
		{"5.7.27", "smtp; 550 5.7.27 Host does not accept mail", "", true, "5.7.27"},
		{"5.2.2", "smtp; 552 5.2.2 Mailbox full", "", false, "5.2.2"},
		{"5.1.1", "smtp; 552 5.1.1 jo@gmial.example is over quota", "", false, "5.1.1"},
		{"5.2.1", "smtp; 550 5.2.1 The email account that you tried to reach is disabled", "", false, "5.2.1"},
		{"5.7.1", "smtp; 550 5.7.1 Message rejected as spam", "", false, "5.7.1"},
		{"5.7.26", "smtp; 550-5.7.26 Unauthenticated email from nimbus.example is not accepted due to domain's DMARC policy", "", false, "5.7.26"},
		{"5.1.8", "smtp; 553 5.1.8 <x@y>... Domain of sender address does not exist", "", false, "5.1.8"},
		{"5.1.0", "smtp; 550 5.1.0 <x@y> sender rejected", "", false, "5.1.0"},
		{"5.7.1", "smtp; 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using a list", "", false, "5.7.1"},
		{"5.3.4", "smtp; 552 5.3.4 Message too large", "", false, "5.3.4"},
		{"4.4.7", "smtp; 550 4.4.7 QUEUE.Expired; message expired", "", false, "4.4.7"},
		{"4.2.2", "smtp; 452 4.2.2 Over quota", "", false, "4.2.2"},
		{"4.0.0", "smtp; DNS Error: responded with code NXDOMAIN Domain name not found", "", false, "4.0.0"},
		{"5.4.6", "smtp; 554 5.4.6 Too many hops", "", false, "5.4.6"},
		{"5.0.0 (Mailbox full)", "", "", false, "5.0.0"},
	} {
		in := ParseBytes([]byte(report("failed", test.status, test.diagnostic, test.words)))
		if in.Kind != KindBounce || in.Hard != test.hard || in.Status != test.want {
			t.Errorf("%s %s %s: %s, hard %t, status %s", test.status, test.diagnostic, test.words, in.Kind, in.Hard, in.Status)
		}
		if len(in.Failed) != 1 || in.Failed[0].Address != "jo@gmial.example" || in.Original.MessageID != "<m9@nimbus.example>" || strings.Join(in.Original.ReplyTo, "") != "reply+tok@in.nimbus.example" {
			t.Errorf("%s: failed %+v, original %+v", test.diagnostic, in.Failed, in.Original)
		}
	}
}

func TestALateMailIsSoftAndADeliveredOneNoBounce(t *testing.T) {
	if in := ParseBytes([]byte(report("delayed", "4.4.1", "smtp; connect: Connection timed out", ""))); in.Kind != KindBounce || in.Hard || !in.Delayed() {
		t.Errorf("a late mail is %s, hard %t, delayed %t", in.Kind, in.Hard, in.Delayed())
	}
	if in := ParseBytes([]byte(report("delivered", "2.0.0", "smtp; 250 ok", ""))); in.Kind != KindReceipt || in.Delayed() {
		t.Errorf("a delivered mail is %s, delayed %t", in.Kind, in.Delayed())
	}
}

func TestOnlyAServerThatStillTriesIsLate(t *testing.T) {
	for name, test := range map[string]struct {
		header, body string
		late         bool
	}{
		"Exim":              {"From: Mailer-Daemon@mx.example\nSubject: Warning: message 1kZ delayed 24 hours", "This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue.\n\n  jo@gmial.example\n    Delay reason: Connection timed out\n\nNo action is required on your part. Delivery attempts will continue for some time.", true},
		"Sendmail":          {"From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>\nSubject: Warning: could not send message for past 4 hours", "    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\n   ----- Transcript of session follows -----\n451 <jo@gmial.example>: gmial.example: Name server timeout\nWill keep trying until message is 5 days old", true},
		"Gmail":             {"From: Mail Delivery Subsystem <mailer-daemon@n.example>\nSubject: Delivery Status Notification (Delay)", "Delivery to the following recipient has been delayed:\n\n     jo@gmial.example\n\nMessage will be retried for 2 more day(s)", true},
		"Gmail, the end":    {"From: Mail Delivery Subsystem <mailer-daemon@n.example>\nSubject: Delivery Status Notification (Failure)", "Delivery to the following recipient failed permanently:\n\n     jo@gmial.example\n\nTechnical details: message will be retried no more: 4.4.1", false},
		"qmail, the end":    {"From: MAILER-DAEMON@mx.example\nSubject: failure notice", "Hi. This is the qmail-send program at mx.example.\nThis is a permanent error; I've given up.\n\n<jo@gmial.example>:\nI'm not going to try again; this message has been in the queue too long. It was delayed.", false},
		"full":              {"From: MAILER-DAEMON@mx.example\nSubject: failure notice", "<jo@gmial.example>:\n552 5.2.2 Mailbox full, still trying to clean up", false},
		"an automatic mail": {"From: jo@example.com\nSubject: Out of office\nAuto-Submitted: auto-replied", "Your mail has been delayed, I am still trying to read all of them.", false},
	} {
		if in := kindOf(test.header, test.body); in.Delayed() != test.late || in.Hard {
			t.Errorf("%s: delayed %t, hard %t, %s, %+v", name, in.Delayed(), in.Hard, in.Kind, in.Failed)
		}
	}
}

func TestABounceIsLateOnlyWhenAllOfItIs(t *testing.T) {
	in := ParseBytes([]byte(strings.Replace(report("delayed", "4.4.1", "smtp; timeout", ""), "\n--b\nContent-Type: message/rfc822", "\n\nFinal-Recipient: rfc822; ann@gmial.example\nAction: failed\nStatus: 5.1.1\n--b\nContent-Type: message/rfc822", 1)))
	if len(in.Failed) != 2 || !in.Failed[0].Delayed || in.Failed[1].Delayed || in.Delayed() || !in.Hard {
		t.Errorf("failed is %+v", in.Failed)
	}
}

func TestBouncesWithoutAReportAreRead(t *testing.T) {
	for name, test := range map[string]struct {
		header, body string
		hard         bool
		status       string
	}{
		"qmail":            {"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: failure notice", "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<jo@gmial.example>:\nSorry, I couldn't find any host named gmial.example. (#5.1.2)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <a@b>\n550 5.2.2 mailbox full", true, "5.1.2"},
		"Exim":             {"X-Failed-Recipients: jo@gmial.example\nAuto-Submitted: auto-replied\nFrom: Mail Delivery System <Mailer-Daemon@mx.example>\nSubject: Mail delivery failed: returning message to sender", "This message was created automatically by mail delivery software.\n\n  jo@gmial.example\n    host mx [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<jo@gmial.example>:\n    550 No such user here\n\n------ This is a copy of the message, including all the headers. ------\n", true, "5.0.0"},
		"Exim, full":       {"X-Failed-Recipients: jo@gmial.example\nFrom: Mailer-Daemon@mx.example\nSubject: Mail delivery failed", "This message was created automatically by mail delivery software.\n\n  jo@gmial.example\n    SMTP error from remote mail server after RCPT TO:<jo@gmial.example>:\n    552 5.2.2 Mailbox is full\n", false, "5.2.2"},
		"a session":        {"From: MAILER-DAEMON@mx.example\nSubject: Returned mail: User unknown", "   ----- Transcript of session follows -----\n... while talking to mx:\n>>> RCPT To:<jo@gmial.example>\n<<< 550 Invalid recipient\n550 <jo@gmial.example>... User unknown\n", true, "5.0.0"},
		"a session, late":  {"From: MAILER-DAEMON@mx.example\nSubject: Returned mail", "   ----- Transcript of session follows -----\n>>> DATA\n<<< 550 Unknown user jo@gmial.example\n554 5.0.0 Service unavailable\n", false, ""},
		"old Exchange":     {"From: System Administrator <postmaster@n.example>\nSubject: Undeliverable: Lamp", "Your message\n\n  To: x\n\ndid not reach the following recipient(s):\n\njo@gmial.example on Thu\n    The recipient name is not recognized\n", true, ""},
		"late":             {"From: Mail Delivery Subsystem <mailer-daemon@n.example>\nSubject: Delivery Status Notification (Delay)", "Delivery to the following recipient has been delayed:\n\n     jo@gmial.example\n\nMessage will be retried for 2 more day(s)", false, ""},
		"no header at all": {"From: support@n.example\nSubject: your mail", "Unable to deliver your message to the following address:\n<jo@gmial.example>:\n550 5.1.1 User unknown\n", true, "5.1.1"},
	} {
		in := kindOf(test.header, test.body)
		if in.Kind != KindBounce || in.Hard != test.hard || (test.status != "" && in.Status != test.status) {
			t.Errorf("%s: %s, hard %t, status %s, because %q", name, in.Kind, in.Hard, in.Status, in.Reasons)
		}
		if in.Kind == KindBounce && in.Failed[0].Address != "jo@gmial.example" {
			t.Errorf("%s: failed is %+v", name, in.Failed)
		}
	}
	if in := kindOf("From: support@n.example\nSubject: your mail", "Unable to deliver your message to the following address:\n<jo@gmial.example>:\n550 5.1.1 User unknown\n"); !strings.Contains(strings.Join(in.Reasons, " "), "low trust") {
		t.Errorf("reasons are %q", in.Reasons)
	}
}

func TestNotificationsOfAmazonAreRead(t *testing.T) {
	for body, want := range map[string]string{
		`{"Type":"Notification","Message":"{\"notificationType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Permanent\",\"bouncedRecipients\":[{\"emailAddress\":\"jo@gmial.example\",\"status\":\"5.1.1\",\"diagnosticCode\":\"smtp; 550 5.1.1 user unknown\"}]}}"}`: "bounce true jo@gmial.example",
		`{"notificationType":"Bounce","bounce":{"bounceType":"Transient","bouncedRecipients":[{"emailAddress":"jo@gmial.example"}]}}`:                                                                                                                              "bounce false jo@gmial.example",
		`{"notificationType":"Complaint"}`: "complaint false ",
		`{"notificationType":"Delivery"}`:  "receipt false ",
		`{"hello":"you"}`:                  "reply false ",
	} {
		in := kindOf("From: no-reply@sns.example", body)
		address := ""
		if len(in.Failed) > 0 {
			address = in.Failed[0].Address
		}
		if got := fmt.Sprint(in.Kind, " ", in.Hard, " ", address); got != want {
			t.Errorf("%s gives %q, want %q", body, got, want)
		}
	}
}
