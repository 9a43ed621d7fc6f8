package smtptest

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// AuthMechanisms are the ways to sign in that the server names.
func (s *session) AuthMechanisms() []string { return s.server.options.Mechanisms }

// Auth begins a sign-in.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	if err := s.act(Auth); err != nil {
		return nil, err
	}
	user, password := s.server.options.User, s.server.options.Password
	check := func(ok bool) error {
		if !ok {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}
	switch mechanism {
	case "PLAIN":
		return sasl.NewPlainServer(func(_, u, p string) error { return check(u == user && p == password) }), nil
	case "LOGIN":
		return &login{check: func(u, p string) error { return check(u == user && p == password) }}, nil
	case "CRAM-MD5":
		mac := hmac.New(md5.New, []byte(password))
		mac.Write([]byte(challenge))
		want := user + " " + hex.EncodeToString(mac.Sum(nil))
		return &cram{check: func(got string) error { return check(got == want) }}, nil
	case "SCRAM-SHA-1":
		return &scram{hash: sha1.New, user: user, password: password, check: check}, nil
	case "SCRAM-SHA-256":
		return &scram{hash: sha256.New, user: user, password: password, check: check}, nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

// login asks for the user and then for the password.
type login struct {
	step  int
	user  string
	check func(user, password string) error
}

// Next takes one answer.
func (l *login) Next(response []byte) ([]byte, bool, error) {
	l.step++
	switch l.step {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(response))
}

const challenge = "<1896.697170952@smtptest.example>"

type cram struct {
	asked bool
	check func(response string) error
}

// Next takes one answer.
func (c *cram) Next(response []byte) ([]byte, bool, error) {
	if !c.asked {
		c.asked = true
		return []byte(challenge), false, nil
	}
	return nil, true, c.check(string(response))
}

// scram is the server's half of RFC 5802, without channel binding.
type scram struct {
	hash           func() hash.Hash
	user, password string
	check          func(ok bool) error

	step         int
	first, nonce string // the other side's first message, and the nonce of both
	asked        string
}

const (
	scramSalt   = "smtptest salt"
	scramRounds = 4096
)

// Next takes one answer.
func (s *scram) Next(response []byte) ([]byte, bool, error) {
	s.step++
	switch s.step {
	case 1: // an empty challenge asks for the first message
		return nil, false, nil
	case 2:
		return s.greet(string(response))
	case 3:
		return s.prove(string(response))
	}
	return nil, true, s.check(true)
}

func (s *scram) greet(message string) ([]byte, bool, error) {
	bare, ok := strings.CutPrefix(message, "n,,")
	name, nonce, found := strings.Cut(bare, ",r=")
	if !ok || !found || name != "n="+s.user {
		return nil, false, s.check(false)
	}
	s.first, s.nonce = bare, nonce+"smtptest"
	s.asked = fmt.Sprintf("r=%s,s=%s,i=%d", s.nonce, base64.StdEncoding.EncodeToString([]byte(scramSalt)), scramRounds)
	return []byte(s.asked), false, nil
}

func (s *scram) prove(message string) ([]byte, bool, error) {
	without, proof, found := strings.Cut(message, ",p=")
	got, err := base64.StdEncoding.DecodeString(proof)
	if err != nil || !found || without != "c=biws,r="+s.nonce {
		return nil, false, s.check(false)
	}
	salted, err := pbkdf2.Key(s.hash, s.password, []byte(scramSalt), scramRounds, s.hash().Size())
	if err != nil {
		return nil, false, fmt.Errorf("derive key: %w", err)
	}
	all := s.first + "," + s.asked + "," + without
	key := s.mac(salted, "Client Key")
	stored := s.hash()
	stored.Write(key)
	signature := s.mac(stored.Sum(nil), all)
	for i := range signature {
		signature[i] ^= key[i]
	}
	if !hmac.Equal(signature, got) {
		return nil, false, s.check(false)
	}
	word := base64.StdEncoding.EncodeToString(s.mac(s.mac(salted, "Server Key"), all))
	return []byte("v=" + word), false, nil
}

func (s *scram) mac(key []byte, message string) []byte {
	mac := hmac.New(s.hash, key)
	mac.Write([]byte(message))
	return mac.Sum(nil)
}
