package mail

import (
	"crypto/tls"
	"io"
	"net"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-smtp"
)

const (
	maxDoorAddress  = 320 // bytes: 64 of the local part, 255 of the domain, and the @
	maxStrangers    = 20  // recipients of others that one connection may try
	maxDoorLine     = 128 << 10
	maxDoorHops     = 50 // Received headers
	doorPiece       = 64 << 10
	maxRefusalWords = 200
)

// doorSession is what one caller said since the last greeting. Chunks (BDAT) are read by a goroutine of the library's own,
// so that a command may come while a mail is under way.
type doorSession struct {
	door   *Door
	conn   *smtp.Conn
	caller *caller

	mu        sync.Mutex
	begun     bool
	from      string
	to        []string
	receiving bool
	strangers int
}

func (d *Door) greet(conn *smtp.Conn) (smtp.Session, error) {
	return &doorSession{door: d, conn: conn, caller: callerOf(conn.Conn())}, nil
}

// callerOf finds the caller below the encryption.
func callerOf(conn net.Conn) *caller {
	if encrypted, ok := conn.(*tls.Conn); ok {
		conn = encrypted.NetConn()
	}
	return conn.(*caller) // the entrance lets in nothing else
}

// Mail begins a mail.
func (s *doorSession) Mail(from string, _ *smtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.begun || s.receiving { // the library would let it pass
		return doorReply(503, smtp.EnhancedCode{5, 5, 1}, "Another mail was begun")
	}
	if from != "" && !isDoorAddress(from) {
		return s.refuse("sender", doorReply(553, smtp.EnhancedCode{5, 1, 7}, "That is no address"))
	}
	if !s.door.crowd.mayMail(s.caller.host, s.door.options.Now()) {
		s.caller.end()
		return s.refuse("sender", doorReply(421, smtp.EnhancedCode{4, 7, 0}, "Too much mail from your address; try again later"))
	}
	s.begun, s.from, s.to = true, canonical(from), nil
	return nil
}

// Rcpt adds a recipient of ours: any local part, since what matches nothing is shown to people later.
func (s *doorSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !isDoorAddress(to) {
		return s.refuse("recipient", doorReply(553, smtp.EnhancedCode{5, 1, 3}, "That is no address"))
	}
	at := strings.LastIndexByte(to, '@')
	if !s.door.isOurs(to[at+1:]) {
		return s.refuseStranger()
	}
	address := canonical(to[:at+1] + s.door.options.Domain)
	for _, known := range s.to {
		if known == address {
			return nil
		}
	}
	s.to = append(s.to, address)
	return nil
}

func (s *doorSession) refuseStranger() error {
	s.strangers++
	if s.strangers > maxStrangers {
		s.caller.end()
		return s.refuse("recipient", doorReply(421, smtp.EnhancedCode{4, 7, 0}, "Too many recipients that are not ours"))
	}
	return s.refuse("recipient", doorReply(550, smtp.EnhancedCode{5, 7, 1}, "Relay refused: we take mail for "+s.door.options.Domain+" alone"))
}

// Data reads a mail, and answers when Take has.
func (s *doorSession) Data(r io.Reader) error {
	from, to, ok := s.receive()
	if !ok {
		s.caller.end()
		return doorReply(421, smtp.EnhancedCode{4, 3, 2}, "Closing; try again later")
	}
	defer s.received()
	delivery := delivery{door: s.door, session: s, from: from, to: to}
	defer delivery.release()
	_, inChunks := r.(*io.PipeReader)
	refusal := delivery.take(r, inChunks)
	if refusal == nil {
		return nil
	}
	if inChunks { // the chunks that are still to come would be read as commands
		s.caller.end()
	}
	return refusal
}

func (s *doorSession) receive() (from string, to []string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.receiving = s.caller.begin()
	return s.from, s.to, s.receiving
}

func (s *doorSession) received() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun, s.from, s.to, s.receiving = false, "", nil, false
	s.caller.done()
}

// Reset forgets the mail that was begun. Chunks that are refused by the library itself come here too, after their
// answer; what follows them would be read as commands, so the connection ends.
func (s *doorSession) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.receiving || len(s.to) > 0 && s.caller.hasAnswered() {
		s.caller.end()
	}
	s.begun, s.from, s.to = false, "", nil
}

// Logout has nothing to free.
func (*doorSession) Logout() error { return nil }

func (s *doorSession) refuse(what string, refusal *smtp.SMTPError) error {
	s.door.log.refused(what, s.caller.remote, refusal.Message)
	return refusal
}

func doorReply(code int, enhanced smtp.EnhancedCode, text string) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}

// isDoorAddress refuses what would not stand in a header as it is.
func isDoorAddress(address string) bool {
	at := strings.LastIndexByte(address, '@')
	if at < 1 || at == len(address)-1 || len(address) > maxDoorAddress || !utf8.ValidString(address) {
		return false
	}
	return !strings.ContainsFunc(address, unicode.IsControl) && !strings.ContainsAny(address[at+1:], " \"<>()\\,;")
}

// canonical quotes a local part that needs it, which the library has unquoted.
func canonical(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 || !strings.ContainsAny(address[:at], " \"<>()[]\\,;:@") {
		return address
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(address[:at]) + `"` + address[at:]
}
