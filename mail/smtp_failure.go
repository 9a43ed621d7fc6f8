package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"regexp"
	"time"
)

// smtpStep is how far a conversation with a mail server came.
type smtpStep int

const (
	stepConnect smtpStep = iota
	stepTLS
	stepAuth
	stepMail
	stepRcpt
	stepData
	stepAnswer // the server has judged the whole email
)

// unansweredPause keeps the retry of an email that may have been taken until a slow server must be done with it.
const unansweredPause = 5 * time.Minute

// unansweredEmail is the one failure after which an email may have been taken, and its retry be a second copy.
func unansweredEmail(err error) *Failure {
	return &Failure{
		Temporary: true, Code: "unanswered", RetryAfter: unansweredPause, cause: err,
		Detail: "the mail server got the whole email and has not said whether it takes it",
	}
}

func tooLarge(size, limit int) *Failure {
	return &Failure{
		Status: 552, Enhanced: "5.3.4", Code: "too_large", Untaken: true,
		Detail: fmt.Sprintf("the email has %d bytes, and the mail server takes %d", size, limit),
	}
}

// untaken judges an attempt after which certainly nobody has the email: it ended before the last byte, or the server
// said no.
func (p *smtpPool) untaken(ctx context.Context, step smtpStep, err error) *Failure {
	failure := &Failure{Temporary: true, Untaken: true, cause: ctx.Err()} // not err, which may repeat our password
	var reply *textproto.Error
	switch {
	case errors.As(err, &reply) && reply.Code >= 400 && reply.Code < 600:
		failure.judge(step, reply)
	case errors.Is(err, errPrivateAddress):
		failure.Temporary, failure.Code, failure.Detail = false, "private_address", errPrivateAddress.Error()
	case errors.Is(err, errNoMechanism):
		failure.Temporary, failure.Code, failure.Detail = false, "auth_failed", err.Error()
	case errors.Is(err, errNoStartTLS) || isCertificate(err):
		failure.Code, failure.Detail = "tls", err.Error()
	default:
		failure.Code, failure.Detail = brokenOff(ctx, err)
	}
	failure.Detail = cutRunes(p.options.Server.masked(cleanLine(failure.Detail)), 300)
	return failure
}

// judge reads what the server said. What it says before the first email is about the server and not about the email,
// so that it is temporary, but for a refused sign-in: only an admin can help there, and trying on may lock us out.
func (f *Failure) judge(step smtpStep, reply *textproto.Error) {
	f.Status, f.Enhanced = reply.Code, enhancedStatus(reply)
	f.Detail = fmt.Sprintf("%d %s", reply.Code, reply.Msg)
	f.recipient = step == stepRcpt || step == stepAnswer // every email goes to one
	switch isTemporary := reply.Code < 500; {
	case isTemporary:
		f.Code = "deferred"
	case step == stepAuth || reply.Code == 530 || reply.Code == 534 || reply.Code == 535 || reply.Code == 538:
		f.Temporary, f.Code = false, "auth_failed"
	case step < stepAuth:
		f.Code = "closed"
	default:
		f.Temporary, f.Code = false, "rejected"
	}
}

var enhancedForm = regexp.MustCompile(`(?m)^([245]\.\d{1,3}\.\d{1,3})(\s|$)`)

func enhancedStatus(reply *textproto.Error) string {
	found := enhancedForm.FindStringSubmatch(reply.Msg)
	if found == nil || int(found[1][0]-'0') != reply.Code/100 {
		return ""
	}
	return found[1]
}

func isCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var header tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &verification) || errors.As(err, &unknown) || errors.As(err, &header) || errors.As(err, &alert)
}

// brokenOff names what ended a conversation without an answer.
func brokenOff(ctx context.Context, err error) (code, detail string) {
	var network net.Error
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "timeout", "no answer in time"
	case ctx.Err() != nil:
		return "cancelled", "the attempt was cancelled"
	case errors.As(err, &network) && network.Timeout():
		return "timeout", "no answer in time"
	}
	return "network", err.Error()
}
