package blob

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// form is what an address of a bucket looks like.
const form = "s3://KEY:SECRET@host[:port]/bucket[/prefix][?region=…&tls=off&path=on]"

// Address says where blobs lie; made by Parse. It prints without its secret, whichever way it is printed.
type Address struct {
	folder string // on disk; all else is empty then

	host, bucket, prefix string
	region               string
	plain                bool // no TLS
	style                string
	key                  string
	secret               *string // behind a pointer, so that printing a struct that holds an Address shows none of it
}

// Parse reads an address: a path or file:///path for a folder, or a bucket as
// s3://KEY:SECRET@host[:port]/bucket[/prefix], with these options behind a question mark: region (that of the host's
// name, else us-east-1), tls=off, and path=on or path=off for the bucket in the path or in the host's name (path, but
// the name at Amazon). The secret may be written as it is; only % has to be written as %25. Errors repeat nothing of
// the address that could be a secret.
func Parse(address string) (Address, error) {
	if rest, found := strings.CutPrefix(address, "s3://"); found {
		return parseBucket(rest)
	}
	if rest, found := strings.CutPrefix(address, "file://"); found {
		folder, err := url.PathUnescape(rest)
		if err != nil || !filepath.IsAbs(folder) {
			return Address{}, errors.New("a file:// address needs three slashes and an absolute path, like file:///var/lib/rejoin/blobs")
		}
		return Address{folder: filepath.Clean(folder)}, nil
	}
	if address == "" || strings.Contains(address, "://") || strings.HasPrefix(address, "s3:") || strings.ContainsRune(address, 0) {
		return Address{}, errors.New("want the path of a folder, file:///path, or " + form)
	}
	return Address{folder: filepath.Clean(address)}, nil
}

// parseBucket reads what follows s3://. It does not ask net/url, which takes a slash in a secret, frequent at Amazon,
// for the end of the host.
func parseBucket(rest string) (Address, error) {
	at := strings.LastIndexByte(rest, '@')
	key, secret, found := strings.Cut(rest[:max(at, 0)], ":")
	if !found || key == "" || secret == "" {
		return Address{}, errors.New("the key or the secret is missing: want " + form)
	}
	key, err := url.PathUnescape(key)
	if err != nil {
		return Address{}, errors.New("the key is not readable: write % as %25")
	}
	secret, err = url.PathUnescape(secret)
	if err != nil {
		return Address{}, errors.New("the secret is not readable: write % as %25")
	}
	a := Address{key: key, secret: &secret}
	place, options, _ := strings.Cut(rest[at+1:], "?")
	if err := a.readPlace(place); err != nil {
		return Address{}, err
	}
	if err := a.readOptions(options); err != nil {
		return Address{}, err
	}
	return a, nil
}

// readPlace reads host[:port]/bucket[/prefix].
func (a *Address) readPlace(place string) error {
	host, place, _ := strings.Cut(place, "/")
	bucket, prefix, _ := strings.Cut(place, "/")
	parsed, err := url.Parse("s3://" + host)
	if err != nil || parsed.Hostname() == "" || parsed.Host != host {
		return errors.New("the host is missing or not readable: want " + form)
	}
	if !isSegment(bucket) {
		return errors.New("the bucket is missing or not readable: want " + form)
	}
	prefix = strings.TrimSuffix(prefix, "/")
	if prefix != "" && checkKey(prefix) != nil {
		return errors.New("the prefix is not made of letters, digits, dots, dashes and underscores between single slashes")
	}
	a.host, a.bucket, a.prefix = host, bucket, prefix
	return nil
}

// readOptions reads what is behind the question mark.
func (a *Address) readOptions(text string) error {
	options, err := url.ParseQuery(text)
	if err != nil {
		return errors.New("the options are not readable: want " + form)
	}
	for name, values := range options {
		value := values[len(values)-1]
		switch {
		case name == "region" && isSegment(value):
			a.region = value
		case name == "tls" && (value == "on" || value == "off"):
			a.plain = value == "off"
		case name == "path" && (value == "on" || value == "off"):
			a.style = value
		default:
			return fmt.Errorf("the option %q is unknown or has no value that it can have: want %s", name, form)
		}
	}
	return nil
}

// String is the address with the secret hidden.
func (a Address) String() string {
	if a.bucket == "" {
		return a.folder
	}
	text := "s3://" + url.PathEscape(a.key) + ":***@" + a.host + "/" + a.bucket
	if a.prefix != "" {
		text += "/" + a.prefix
	}
	options := url.Values{}
	if a.region != "" {
		options.Set("region", a.region)
	}
	if a.plain {
		options.Set("tls", "off")
	}
	if a.style != "" {
		options.Set("path", a.style)
	}
	if len(options) > 0 {
		text += "?" + options.Encode()
	}
	return text
}

// GoString is String: %#v hides the secret too.
func (a Address) GoString() string { return a.String() }
