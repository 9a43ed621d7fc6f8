package blob

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

func TestAnAddressIsReadAndPrintsWithoutItsSecret(t *testing.T) {
	for _, test := range []struct{ address, want string }{
		{"/var/lib/rejoin/blobs", "/var/lib/rejoin/blobs"},
		{"/var//lib/../blobs/", "/var/blobs"},
		{"blobs", "blobs"},
		{"file:///var/my%20blobs", "/var/my blobs"},
		{"s3://AKID:s3cr3t@s3.example.com/box", "s3://AKID:***@s3.example.com/box"},
		{"s3://AKID:s3c/r+3t@s3.example.com:9000/box/", "s3://AKID:***@s3.example.com:9000/box"},
		{"s3://AKID:s3c?r:3@t@[::1]:9000/box/a/b?region=eu-central-1&tls=off&path=on", "s3://AKID:***@[::1]:9000/box/a/b?path=on&region=eu-central-1&tls=off"},
		{"s3://AKID:s3cr%25t@s3.example.com/box?path=off&tls=on", "s3://AKID:***@s3.example.com/box?path=off"},
	} {
		got, err := Parse(test.address)
		if err != nil || got.String() != test.want {
			t.Errorf("%s: %s, %v, want %s", test.address, got, err, test.want)
		}
	}
}

func TestASecretIsTakenAsItIsWritten(t *testing.T) {
	for written, want := range map[string]string{
		"s3c/r+3t": "s3c/r+3t", "a:b@c?d": "a:b@c?d", "%2Fx%25": "/x%",
	} {
		got, err := Parse("s3://KEY%2F1:" + written + "@host/box")
		if err != nil || *got.secret != want || got.key != "KEY/1" {
			t.Errorf("%s: %v", written, err)
		}
	}
}

func TestNoWayOfPrintingShowsTheSecret(t *testing.T) {
	const secret = "s3cr3t/x+y"
	address, err := Parse("s3://AKID:" + secret + "@s3.example.com/box?region=eu-central-1")
	if err != nil {
		t.Fatal(err)
	}
	store, err := newBucket(address, patience)
	if err != nil {
		t.Fatal(err)
	}
	for _, thing := range []any{address, &address, struct{ a Address }{address}, struct{ A *Address }{&address}, store, *store} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			if text := fmt.Sprintf(verb, thing); strings.Contains(text, "s3cr3t") {
				t.Errorf("%s of %T shows %s", verb, thing, text)
			}
		}
	}
}

func TestAWrongAddressIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, address := range []string{
		"", "http://AKID:s3cr3t@host/box", "s3:AKID:s3cr3t@host/box", "file://host/s3cr3t", "file://s3cr3t", "file:///%zz-s3cr3t", "a\x00s3cr3t",
		"s3://", "s3://host/box", "s3://AKID@host/box", "s3://:s3cr3t@host/box", "s3://AKID:@host/box", "s3://AKID:s3cr3t%@host/box", "s3://%:s3cr3t@host/box",
		"s3://AKID:s3cr3t@host", "s3://AKID:s3cr3t@host/", "s3://AKID:s3cr3t@/box", "s3://AKID:s3cr3t@:9000/box", "s3://AKID:s3cr3t@host:port/box",
		"s3://AKID:s3cr3t@host/box/../other", "s3://AKID:s3cr3t@host/box//a", "s3://AKID:s3cr3t@ho st/box", "s3://AKID:s3cr3t@host/..",
		"s3://AKID:s3cr3t@host/box?tls=maybe", "s3://AKID:s3cr3t@host/box?path=", "s3://AKID:s3cr3t@host/box?region=", "s3://AKID:s3cr3t@host/box?other=1",
		"s3://AKID:s3cr3t@host/box?region=%zz", "s3://AKID:s3cr3t",
	} {
		got, err := Parse(address)
		if err == nil {
			t.Errorf("%q was read as %s", address, got)
		} else if strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%q: the error repeats the secret: %v", address, err)
		}
	}
}

func TestTheHostOfABucketTellsItsRegion(t *testing.T) {
	for host, want := range map[string]string{
		"s3.eu-central-1.amazonaws.com": "eu-central-1", "s3.amazonaws.com": "us-east-1", "minio.example.com": "us-east-1",
	} {
		if got := regionOf(url.URL{Scheme: "https", Host: host}); got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
}

func TestWithoutAnAddressBlobsLieInTheDataFolder(t *testing.T) {
	data := t.TempDir()
	store, err := Open("", data)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if want := filepath.Join(data, "blobs"); store.String() != want {
		t.Errorf("they lie in %s, want %s", store, want)
	}
}

func TestAnAddressChoosesTheStore(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a", "b")
	for address, want := range map[string]string{
		folder: folder, "file://" + folder: folder, "s3://K:s3cr3t@host/box/in": "s3://K:***@host/box/in",
	} {
		store, err := Open(address, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		if store.String() != want {
			t.Errorf("%s opened %s", want, store)
		}
	}
	if _, err := Open("s3://K:s3cr3t@", ""); err == nil || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("a wrong address: %v", err)
	}
}
