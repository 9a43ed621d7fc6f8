package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// delivery is one mail on its way from the wire to Take.
type delivery struct {
	door    *Door
	session *doorSession
	from    string
	to      []string

	raw      []byte
	reserved int64
}

// take reads, judges and hands over; nil means that the mail is kept, and nothing else does.
func (v *delivery) take(r io.Reader, inChunks bool) error {
	if refusal := v.read(r, inChunks); refusal != nil {
		return v.refuse(refusal)
	}
	v.raw = startOf(v.raw)
	head, _ := readHeader(v.raw)
	if len(head.all("received")) > maxDoorHops {
		return v.refuse(doorReply(554, smtp.EnhancedCode{5, 4, 6}, "The mail goes round in circles"))
	}
	_, encrypted := v.session.conn.TLSConnectionState()
	caller, now := v.session.caller, v.door.options.Now()
	a := Arrival{From: v.from, To: v.to, Remote: caller.remote, Hello: cutRunes(cleanLine(v.session.conn.Hostname()), 255), TLS: encrypted, At: now}
	a.Verdict = v.door.options.Judge.Judge(v.door.taking, a.Remote, a.Hello, a.From, v.raw)
	trace := traceOf(a, v.door.options.Name, head != nil)
	if !v.reserve(int64(len(trace) + len(v.raw))) {
		return v.refuse(tooFull())
	}
	a.Raw = append(append(make([]byte, 0, len(trace)+len(v.raw)), trace...), v.raw...)
	if err := v.door.hand(a); err != nil {
		return v.refuse(v.answerOf(err))
	}
	v.door.crowd.brought(caller.host, int64(len(a.Raw)), now)
	return nil
}

// read collects the mail, in a buffer that grows only as far as there is room.
func (v *delivery) read(r io.Reader, inChunks bool) *smtp.SMTPError {
	v.raw = nil
	for {
		if len(v.raw) == cap(v.raw) {
			grown := max(2*cap(v.raw), doorPiece)
			if !v.reserve(int64(grown)) {
				return tooFull()
			}
			bigger := make([]byte, len(v.raw), grown)
			copy(bigger, v.raw)
			v.free(int64(cap(v.raw)))
			v.raw = bigger
		}
		n, err := r.Read(v.raw[len(v.raw):cap(v.raw)])
		v.raw = v.raw[:len(v.raw)+n]
		if err == io.EOF {
			return v.whole(inChunks)
		}
		if err != nil {
			return v.broken(err)
		}
	}
}

// whole refuses a mail in chunks whose last one was cut off: the library takes the end of the connection for its end.
func (v *delivery) whole(inChunks bool) *smtp.SMTPError {
	if inChunks && v.session.caller.brokeOff(v.session.conn.Conn()) {
		return doorReply(451, smtp.EnhancedCode{4, 4, 2}, "The mail was cut off")
	}
	return nil
}

// broken answers a mail that did not come to its end.
func (v *delivery) broken(err error) *smtp.SMTPError {
	var refusal *smtp.SMTPError
	var late net.Error
	switch {
	case errors.As(err, &refusal): // too large
		return refusal
	case errors.Is(err, smtp.ErrTooLongLine):
		v.session.caller.end()
		return doorReply(554, smtp.EnhancedCode{5, 6, 0}, "A line is longer than "+strconv.Itoa(maxDoorLine)+" bytes")
	case errors.As(err, &late) && late.Timeout():
		v.session.caller.end()
		return v.late()
	}
	v.session.caller.end()
	return doorReply(421, smtp.EnhancedCode{4, 4, 2}, "The mail was cut off")
}

// late ends a wait. A mail that did end has been waited for in vain: after a line that ends in CR CR LF the library does
// not see the end. Nobody who goes on writing comes here.
func (v *delivery) late() *smtp.SMTPError {
	if bytes.HasSuffix(v.raw, []byte("\r\r\n.\r\n")) {
		v.raw = v.raw[:len(v.raw)-len(".\r\n")]
		return nil
	}
	return doorReply(421, smtp.EnhancedCode{4, 4, 2}, "Waited too long for the rest of the mail")
}

func tooFull() *smtp.SMTPError {
	return doorReply(452, smtp.EnhancedCode{4, 3, 1}, "Too much mail at the moment; try again later")
}

// hand gives the mail to Take, whose panic is its error.
func (d *Door) hand(a Arrival) (err error) {
	ctx, cancel := context.WithTimeout(d.taking, d.options.Timeouts.Take)
	defer cancel()
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("take mail: panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return d.options.Take(ctx, a)
}

// answerOf says what the sender is told of Take's error: its own words, or to come again.
func (v *delivery) answerOf(err error) *smtp.SMTPError {
	var refused *Refused
	if errors.As(err, &refused) && refused.Code >= 400 && refused.Code <= 599 {
		return doorReply(refused.Code, enhancedCode(refused.Enhanced, refused.Code), cutRunes(cleanLine(refused.Text), maxRefusalWords))
	}
	v.door.log.failed("an incoming mail was not kept", err)
	return doorReply(451, smtp.EnhancedCode{4, 3, 0}, "Not taken; try again later")
}

func enhancedCode(text string, code int) (enhanced smtp.EnhancedCode) {
	parts := strings.Split(text, ".")
	for i := range enhanced {
		n, err := 0, error(nil)
		if len(parts) == len(enhanced) {
			n, err = strconv.Atoi(parts[i])
		}
		if err != nil || n < 0 || n > 999 || i == 0 && n != code/100 {
			return smtp.EnhancedCodeNotSet
		}
		enhanced[i] = n
	}
	return enhanced
}

func (v *delivery) refuse(refusal *smtp.SMTPError) error {
	v.door.log.refused("mail from "+masked(v.from), v.session.caller.remote, refusal.Message)
	return refusal
}

func (v *delivery) reserve(bytes int64) bool {
	if !v.door.crowd.reserve(bytes) {
		return false
	}
	v.reserved += bytes
	return true
}

func (v *delivery) free(bytes int64) {
	v.door.crowd.release(bytes)
	v.reserved -= bytes
}

func (v *delivery) release() { v.free(v.reserved) }

// brokeOff tells whether the other side has ended the connection. Only for when nobody else reads: under TLS the end is
// found by reading on, and whoever sent something more than the mail has to send it again.
func (c *caller) brokeOff(conn net.Conn) bool {
	c.mu.Lock()
	c.reading = false
	ended := c.ended
	c.mu.Unlock()
	encrypted, ok := conn.(*tls.Conn)
	if ended || !ok {
		return ended
	}
	if err := encrypted.SetReadDeadline(time.Unix(1, 0)); err != nil {
		return true
	}
	n, err := encrypted.Read(make([]byte, 1))
	if n > 0 {
		c.end()
	}
	return errors.Is(err, io.EOF)
}
