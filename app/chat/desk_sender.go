package chat

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Usable tells whether emails go out by this way now. A domain that was verified and is not any more keeps its
// VerifiedAt: it stays the organization's, and emails go out by the operator's address meanwhile.
func (s *Sender) Usable() bool {
	return s.VerifiedAt != nil && (s.Way != WayDomain || s.Status == DomainVerified)
}

// sendsBy tells whether emails go out by an organization's own way here and now: its domain is of no use once the operator
// sends by somebody else than the provider that knows it.
func (d *Desk) sendsBy(s *Sender) bool {
	return s != nil && s.Usable() && (s.Way != WayDomain || d.domains != nil)
}

// senderOf is the organization's own way out: nil and nil for the operator's, no server where its own domain goes out
// by the operator's provider. A password that cannot be read any more is a *SendFailure: emails fail loudly and do not
// silently go out by another way.
func (d *Desk) senderOf(ctx context.Context, read Reader, organization int64) (*Sender, *MailServer, error) {
	s, err := orNil(read.Sender(ctx, organization))
	if err != nil {
		return nil, nil, fmt.Errorf("read sender: %w", err)
	}
	if !d.sendsBy(s) {
		return nil, nil, nil
	}
	if s.Way != WaySMTP {
		return s, nil, nil
	}
	server, err := d.serverOf(s)
	if err != nil {
		return nil, nil, err
	}
	return s, server, nil
}

// WayOf is how an organization's emails go out, for whoever examines it: see senderOf. The server holds its password in
// clear.
func (d *Desk) WayOf(ctx context.Context, organization int64) (*Sender, *MailServer, error) {
	return d.senderOf(ctx, d.store, organization)
}

// serverOf is an organization's mail server with its password in clear.
func (d *Desk) serverOf(s *Sender) (*MailServer, error) {
	password, err := d.unseal(s.OrganizationID, s.Password)
	if err != nil {
		return nil, &SendFailure{Code: "key", Detail: err.Error()}
	}
	return &MailServer{Host: s.Host, Port: s.Port, Security: s.Security, Username: s.Username, Password: password}, nil
}

// sealing is what the passwords of mail servers are sealed for; nothing else can be put in their place.
const sealing = "mail server"

var errSealed = errors.New("the stored password of the mail server cannot be read: SECRET_KEY has changed, so type it again")

// seal makes a password unreadable to whoever has the database but not the secret; it opens for this organization only.
func (d *Desk) seal(organization int64, password string) ([]byte, error) {
	lock, err := d.sealer()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, lock.NonceSize())
	if _, err := io.ReadFull(d.random, nonce); err != nil {
		return nil, fmt.Errorf("read a nonce: %w", err)
	}
	return lock.Seal(nonce, nonce, []byte(password), sealedFor(organization)), nil
}

func (d *Desk) unseal(organization int64, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil // a server that wants no sign-in
	}
	lock, err := d.sealer()
	if err != nil {
		return "", err
	}
	if len(sealed) < lock.NonceSize() {
		return "", errSealed
	}
	password, err := lock.Open(nil, sealed[:lock.NonceSize()], sealed[lock.NonceSize():], sealedFor(organization))
	if err != nil {
		return "", errSealed
	}
	return string(password), nil
}

func (d *Desk) sealer() (cipher.AEAD, error) {
	mac := hmac.New(sha256.New, d.secret)
	mac.Write([]byte(sealing))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		return nil, fmt.Errorf("make the seal: %w", err)
	}
	return cipher.NewGCM(block)
}

func sealedFor(organization int64) []byte {
	return []byte(sealing + "\x00" + strconv.FormatInt(organization, 10))
}
