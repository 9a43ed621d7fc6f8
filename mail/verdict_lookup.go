package mail

import (
	"context"
	"errors"
	"net"
	"sync"
)

const (
	maxLookups = 80      // of one check; SPF may ask ten times, and for ten hosts each time
	maxTXT     = 4 << 10 // bytes of a record; an RSA key of 8,192 bits has 1,400
)

// lookups asks the DNS for one check of one mail. Every error is a *net.DNSError, since that is what the libraries understand.
type lookups struct {
	resolver Resolver

	mu   sync.Mutex
	left int
}

// LookupTXT asks for text records.
func (l *lookups) LookupTXT(ctx context.Context, name string) ([]string, error) {
	records, err := lookUp(ctx, l, name, l.resolver.LookupTXT)
	for _, record := range records {
		if len(record) > maxTXT {
			return nil, &net.DNSError{Err: "a record is too long", Name: name}
		}
	}
	return records, err
}

// LookupMX asks for mail exchangers.
func (l *lookups) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	return lookUp(ctx, l, name, l.resolver.LookupMX)
}

// LookupIPAddr asks for the addresses of a host.
func (l *lookups) LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error) {
	return lookUp(ctx, l, host, l.resolver.LookupIPAddr)
}

// LookupAddr asks for the names of an address.
func (l *lookups) LookupAddr(ctx context.Context, address string) ([]string, error) {
	return lookUp(ctx, l, address, l.resolver.LookupAddr)
}

// texts is LookupTXT for those who carry no context.
func (l *lookups) texts(ctx context.Context) func(name string) ([]string, error) {
	return func(name string) ([]string, error) { return l.LookupTXT(ctx, name) }
}

func lookUp[T any](ctx context.Context, l *lookups, name string, ask func(context.Context, string) ([]T, error)) ([]T, error) {
	if !l.spend() {
		return nil, &net.DNSError{Err: "too many lookups", Name: name}
	}
	answer, err := ask(ctx, name)
	if err == nil {
		return answer, nil
	}
	var known *net.DNSError
	if !errors.As(err, &known) || ctx.Err() != nil {
		known = &net.DNSError{Err: err.Error(), Name: name, IsTemporary: true, IsTimeout: ctx.Err() != nil}
	}
	return answer, known
}

func (l *lookups) spend() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left--
	return l.left >= 0
}
