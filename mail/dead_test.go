package mail

import (
	"testing"
	"time"

	"rejoin/mail/resendtest"
	"rejoin/mail/smtptest"
)

func TestOnlyARefusedRecipientIsDead(t *testing.T) {
	reply := func(code int, enhanced [3]int, text string) smtptest.Fault {
		return smtptest.Fault{Code: code, Enhanced: enhanced, Text: text}
	}
	for name, c := range map[string]struct {
		at    smtptest.Step
		fault smtptest.Fault
		want  bool
	}{
		"no such user":                  {smtptest.Rcpt, reply(550, [3]int{5, 1, 1}, "The email account that you tried to reach does not exist"), true},
		"no such user, other code":      {smtptest.Rcpt, reply(553, [3]int{5, 1, 1}, "sorry"), true},
		"no such domain":                {smtptest.Rcpt, reply(550, [3]int{5, 1, 2}, "Bad destination system address"), true},
		"no form of an address":         {smtptest.Rcpt, reply(501, [3]int{5, 1, 3}, "Bad recipient address"), true},
		"moved":                         {smtptest.Rcpt, reply(551, [3]int{5, 1, 6}, "Mailbox has moved"), true},
		"null MX":                       {smtptest.Rcpt, reply(556, [3]int{5, 1, 10}, "Domain does not accept mail"), true},
		"disabled":                      {smtptest.Rcpt, reply(550, [3]int{5, 2, 1}, "Mailbox disabled"), true},
		"no such user, after the email": {smtptest.Answer, reply(550, [3]int{5, 1, 1}, "User unknown"), true},
		"busy, and called disabled":     {smtptest.Rcpt, reply(550, [3]int{5, 2, 1}, "The user is receiving mail at a rate that prevents additional messages"), false},
		"spam in an address's dress":    {smtptest.Rcpt, reply(550, [3]int{5, 1, 1}, "Rejected: your host is on a blocklist"), false},
		"full":                          {smtptest.Rcpt, reply(552, [3]int{5, 2, 2}, "Mailbox full"), false},
		"policy":                        {smtptest.Rcpt, reply(550, [3]int{5, 7, 1}, "User unknown to our policy"), false},
		"sender's address":              {smtptest.Rcpt, reply(553, [3]int{5, 1, 7}, "Bad sender's mailbox"), false},
		"sender's domain":               {smtptest.Rcpt, reply(550, [3]int{5, 1, 8}, "Bad sender's system"), false},
		"no status":                     {smtptest.Rcpt, reply(550, [3]int{}, "No such user"), false},
		"some other address status":     {smtptest.Rcpt, reply(550, [3]int{5, 1, 0}, "Address rejected"), false},
		"temporarily unknown":           {smtptest.Rcpt, reply(450, [3]int{4, 1, 1}, "User unknown for now"), false},
		"said of the sender, to MAIL":   {smtptest.Mail, reply(550, [3]int{5, 1, 1}, "User unknown"), false},
		"said before anybody was named": {smtptest.Greeting, reply(554, [3]int{}, "5.1.1 User unknown"), false},
	} {
		t.Run(name, func(t *testing.T) {
			server := smtptest.New(t, smtptest.Options{})
			server.Script(smtptest.Times(c.at, c.fault))
			if failure := sendFailure(t, smtpTo(t, server, ""), dated()); failure.Dead() != c.want {
				t.Errorf("%+v is dead: %v", failure, failure.Dead())
			}
		})
	}
}

func TestResendNeverTellsThatAnAddressIsDead(t *testing.T) {
	server := resendtest.New(t)
	server.Script(func(int, resendtest.Request) resendtest.Fault {
		return resendtest.Fault{Status: 422, Name: "validation_error", Message: "550 5.1.1 User unknown"}
	})
	if failure := sendFailure(t, newSender(server, time.Minute), letter()); failure.Dead() {
		t.Errorf("%+v is dead", failure)
	}
	if tooLarge(2, 1).Dead() || (&Failure{Status: 550, Enhanced: "5.1.1", Code: "rejected"}).Dead() {
		t.Error("what no server has answered is dead")
	}
}
