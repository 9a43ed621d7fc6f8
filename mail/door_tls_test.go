package mail

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// selfSigned makes a certificate for a name that is good for a year, and the pool that trusts it.
func selfSigned(t *testing.T, name string, from time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plan := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: from.AddDate(0, 0, -1), NotAfter: from.AddDate(1, 0, 0), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, pool
}

func pemOf(t *testing.T, c tls.Certificate) (cert, key []byte) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// encrypt goes on under TLS.
func (c *talk) encrypt(settings *tls.Config) *talk {
	c.t.Helper()
	c.say("STARTTLS", "220 ")
	conn := tls.Client(c.conn, settings)
	if err := conn.Handshake(); err != nil {
		c.t.Fatal(err)
	}
	return talkOver(c.t, conn)
}

func TestDoorTakesMailUnderTLS(t *testing.T) {
	certificate, roots := selfSigned(t, "mx.rejoin.example", testTime)
	d, kept := openDoor(t, DoorOptions{TLS: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}})
	c := call(t, d)
	c.hear("220 ")
	if hello := c.say("EHLO mail.shop.example", "250"); !strings.Contains(hello, "STARTTLS\r\n") {
		t.Errorf("not offered: %q", hello)
	}
	c = c.encrypt(&tls.Config{RootCAs: roots, ServerName: "mx.rejoin.example", Time: func() time.Time { return testTime }})
	c.say("MAIL FROM:<jo@shop.example>", "502 ") // it has to greet again
	if hello := c.say("EHLO mail.shop.example", "250"); strings.Contains(hello, "STARTTLS") || strings.Contains(hello, "AUTH") {
		t.Errorf("offered: %q", hello)
	}
	c.say("AUTH PLAIN AGEAYg==", "504 ")
	c.say("STARTTLS", "502 ")
	c.mail(plainPost, "250 ")
	c.begin("reply+abc@in.example")
	c.send("BDAT 5 LAST\r\nhelloNOOP\r\n") // what is sent along under TLS may have to be sent again, and is never lost unseen
	c.hear("250 2.0.0 OK")
	all := kept.all()
	if len(all) != 2 || !all[0].TLS || !strings.Contains(string(all[0].Raw), " with ESMTPS id ") {
		t.Errorf("%+v", all)
	}
}

func TestDoorForgetsWhatWasSaidBeforeTLS(t *testing.T) {
	certificate, roots := selfSigned(t, "mx.rejoin.example", testTime)
	d, kept := openDoor(t, DoorOptions{TLS: &tls.Config{Certificates: []tls.Certificate{certificate}}})
	c := greeted(t, d)
	c.begin("reply+abc@in.example")
	c.send("STARTTLS\r\nEHLO injected\r\n" + smuggled + ".\r\n")
	c.hear("220 ")
	conn := tls.Client(c.conn, &tls.Config{RootCAs: roots, ServerName: "mx.rejoin.example", Time: func() time.Time { return testTime }})
	if err := conn.Handshake(); err == nil {
		c = talkOver(t, conn)
		c.say("DATA", "502 ")
	}
	if len(kept.all()) > 0 {
		t.Errorf("kept %+v", kept.all())
	}
}

func TestLoadTLSReadsRenewedCertificates(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if _, err := LoadTLS(certFile, keyFile); err == nil {
		t.Error("loaded what is not there")
	}
	write := func(name string, content []byte, age time.Duration) {
		t.Helper()
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, testTime.Add(age), testTime.Add(age)); err != nil {
			t.Fatal(err)
		}
	}
	first, _ := selfSigned(t, "mx.rejoin.example", testTime)
	second, _ := selfSigned(t, "mx.rejoin.example", testTime)
	cert, key := pemOf(t, first)
	write(certFile, cert, 0)
	write(keyFile, key, 0)
	settings, err := LoadTLS(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	if settings.MinVersion != tls.VersionTLS12 {
		t.Errorf("least version %x", settings.MinVersion)
	}
	serves := func(what string, want tls.Certificate) {
		t.Helper()
		got, err := settings.GetCertificate(&tls.ClientHelloInfo{})
		if err != nil || !bytes.Equal(got.Certificate[0], want.Certificate[0]) {
			t.Errorf("%s: another certificate (%v)", what, err)
		}
	}
	serves("at first", first)
	cert, key = pemOf(t, second)
	write(certFile, cert, time.Hour)
	serves("when only the certificate is new", first)
	write(keyFile, key, time.Hour)
	serves("when both are new", second)
	if err := os.Remove(certFile); err != nil {
		t.Fatal(err)
	}
	serves("when the files are away", second)
	write(certFile, []byte("nonsense"), 2*time.Hour)
	serves("when the file is broken", second)
}
