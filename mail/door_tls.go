package mail

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// LoadTLS reads a certificate with its key, and reads them again whenever the files change: certificates are renewed
// while we run. A pair that does not fit (one file is newer for a moment) leaves the last good one in use.
func LoadTLS(certFile, keyFile string) (*tls.Config, error) {
	pair := &renewedPair{certFile: certFile, keyFile: keyFile}
	if err := pair.read(); err != nil {
		return nil, fmt.Errorf("load the certificate: %w", err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: pair.current}, nil
}

type renewedPair struct {
	certFile, keyFile string

	mu   sync.Mutex
	cert *tls.Certificate
	seen [2]fileState
}

// fileState tells one version of a file from the next.
type fileState struct {
	changed time.Time
	size    int64
}

func (p *renewedPair) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.read() // the last good one is used
	return p.cert, nil
}

// read reads the files when they are not those that were read last.
func (p *renewedPair) read() error {
	var now [2]fileState
	for i, name := range []string{p.certFile, p.keyFile} {
		file, err := os.Stat(name)
		if err != nil {
			return err
		}
		now[i] = fileState{file.ModTime(), file.Size()}
	}
	if p.cert != nil && now == p.seen {
		return nil
	}
	cert, err := tls.LoadX509KeyPair(p.certFile, p.keyFile)
	if err != nil {
		return err
	}
	p.cert, p.seen = &cert, now
	return nil
}
