package mail

import (
	"context"
	"errors"
	"io"
	"net/textproto"
	"strconv"

	"github.com/wneessen/go-mail/smtp"
)

// send hands one email over. gone tells that the server had left before it was asked anything: another connection may
// fare better.
func (c *smtpConn) send(ctx context.Context, e envelope) (failure *Failure, gone bool) {
	stop := context.AfterFunc(ctx, c.abort)
	defer stop()
	if limit := c.sizeLimit(); limit > 0 && len(e.raw) > limit {
		return tooLarge(len(e.raw), limit), false
	}
	data, step, err := c.offer(e)
	if err == nil && !stop() {
		err = ctx.Err() // it ended before the last byte: that one is not sent
	}
	if err != nil {
		failure = c.pool.untaken(ctx, step, err)
		c.broken = failure.Status == 0 || failure.Status == 421 || step == stepData
		return failure, failure.Status == 421 || failure.Status == 0 && step != stepData
	}
	failure = c.finish(data)
	c.broken = failure != nil && (failure.Status == 0 || failure.Status == 421)
	return failure, false
}

// offer says everything but the last byte, and at which step it failed.
func (c *smtpConn) offer(e envelope) (*smtp.DataCloser, smtpStep, error) {
	if err := c.patiently(func() error { return c.client.Mail("<" + e.from + ">") }); err != nil {
		return nil, stepMail, err
	}
	if err := c.patiently(func() error { return c.client.Rcpt("<" + e.to + ">") }); err != nil {
		return nil, stepRcpt, err
	}
	var writer io.WriteCloser
	err := c.patiently(func() (err error) { writer, err = c.client.Data(); return err })
	if err != nil {
		return nil, stepRcpt, err
	}
	data, ok := writer.(*smtp.DataCloser)
	if !ok {
		return nil, stepData, errors.ErrUnsupported
	}
	return data, stepData, c.patiently(func() error {
		if _, err := data.Write(e.raw); err != nil {
			return err
		}
		return c.client.Text.W.Flush()
	})
}

func (c *smtpConn) patiently(do func() error) error {
	if err := c.client.UpdateDeadline(c.pool.options.Timeout); err != nil {
		return err
	}
	return do()
}

// finish sends the last byte and waits for the answer. Only here can the outcome stay unknown.
func (c *smtpConn) finish(data *smtp.DataCloser) *Failure {
	if err := c.client.UpdateDeadline(c.pool.options.Answer); err != nil {
		return c.pool.untaken(context.Background(), stepData, err)
	}
	// Not data.Close, which does not tell a last byte that could not leave from an answer that did not come.
	if err := data.WriteCloser.Close(); err != nil {
		return c.pool.untaken(context.Background(), stepData, err)
	}
	_, _, err := c.client.Text.ReadResponse(250)
	var reply *textproto.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &reply) || reply.Code < 200 || reply.Code >= 300 && reply.Code < 400 || reply.Code >= 600:
		return unansweredEmail(err)
	case reply.Code < 300:
		return nil
	}
	return c.pool.untaken(context.Background(), stepAnswer, err)
}

// sizeLimit is the largest email that the server has said to take, 0 when it has not.
func (c *smtpConn) sizeLimit() int {
	_, limit := c.client.Extension("SIZE")
	n, err := strconv.Atoi(limit)
	if err != nil {
		return 0
	}
	return n
}
