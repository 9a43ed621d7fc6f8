package blob

import (
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"rejoin/app/blob/s3test"
)

func TestACheckOfABucketSaysWhatToDo(t *testing.T) {
	clock := func() time.Time { return time.Now().Add(time.Hour) }
	for _, test := range []struct {
		name    string
		options s3test.Options
		address func(s *s3test.Server) string
		fault   s3test.Fault
		want    string
	}{
		{"no such bucket", s3test.Options{}, func(s *s3test.Server) string { return s.AddressAs("AKIDEXAMPLE", s.Secret(), "other") }, s3test.None(), `There is no bucket "other"`},
		{"unknown key", s3test.Options{}, func(s *s3test.Server) string { return s.AddressAs("AKIDWRONG", s.Secret(), "blobs") }, s3test.None(), `does not know the key "AKIDWRONG"`},
		{"wrong secret", s3test.Options{}, func(s *s3test.Server) string { return s.AddressAs("AKIDEXAMPLE", "wr0ngs3cr3t/x", "blobs") }, s3test.None(), "The secret is wrong"},
		{"wrong region", s3test.Options{Region: "eu-central-1"}, func(s *s3test.Server) string {
			return strings.Replace(s.Address(), "region=eu-central-1", "region=us-west-1", 1)
		}, s3test.None(), "add region=eu-central-1"},
		{"wrong clock", s3test.Options{Now: clock}, (*s3test.Server).Address, s3test.None(), "The clock of this machine is wrong"},
		{"no permission", s3test.Options{}, (*s3test.Server).Address, s3test.Denied(), "allow it s3:PutObject"},
		{"too busy", s3test.Options{}, (*s3test.Server).Address, s3test.SlowDown(), "try again in a minute"},
		{"full", s3test.Options{}, (*s3test.Server).Address, s3test.Fault{Status: 507, Code: "XMinioStorageFull", Message: "Storage backend has reached its minimum free drive threshold."}, "The bucket is full"},
		{"silent", s3test.Options{}, (*s3test.Server).Address, s3test.Hang(), "did not answer"},
		{"TLS where there is none", s3test.Options{}, func(s *s3test.Server) string { return strings.Replace(s.Address(), "tls=off", "tls=on", 1) }, s3test.None(), "does not speak TLS there"},
		{"a certificate of its own", s3test.Options{TLS: true}, (*s3test.Server).Address, s3test.None(), "The certificate of "},
		{"nobody there", s3test.Options{}, func(s *s3test.Server) string { s.Close(); return s.Address() }, s3test.None(), "Nobody answers at 127.0.0.1:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := s3test.New(test.options, t)
			server.Script(always(test.fault))
			err := hasty(t, test.address(server), time.Second).Check(t.Context())
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "a try to write one failed") {
				t.Errorf("it says %v, want %q", err, test.want)
			}
			if err != nil && (strings.Contains(err.Error(), server.Secret()) || strings.Contains(err.Error(), "wr0ngs3cr3t")) {
				t.Errorf("it shows the secret: %v", err)
			}
		})
	}
}

func TestACheckKnowsANameThatNoMachineHas(t *testing.T) {
	b := hasty(t, "s3://AKID:s3cr3t@nobody.invalid/box", time.Second)
	err := fmt.Errorf("put: %w", &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "nobody.invalid", IsNotFound: true}})
	if got := b.advice(err); !strings.Contains(got, "No machine has the name nobody.invalid") {
		t.Errorf("it says %q", got)
	}
}

func TestACheckTriesEveryStep(t *testing.T) {
	for method, want := range map[string]string{"PUT": "a try to write", "GET list": "a try to list", "GET": "a try to read", "DELETE": "a try to delete"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			server := s3test.New(s3test.Options{}, t)
			server.Script(func(_ int, r s3test.Request) s3test.Fault {
				if r.Method == method && r.Key != "" || r.Key == "" && method == "GET list" {
					return s3test.Denied()
				}
				return s3test.None()
			})
			if err := open(t, server.Address()).Check(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("it says %v, want %q", err, want)
			}
		})
	}
}

func TestACheckFindsABucketThatForgets(t *testing.T) {
	server := s3test.New(s3test.Options{}, t)
	server.Script(func(_ int, r s3test.Request) s3test.Fault {
		if r.Method == "PUT" {
			return s3test.Fault{Status: 200}
		}
		return s3test.None()
	})
	if err := open(t, server.Address()).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "not listed") {
		t.Errorf("it says %v", err)
	}
}

func TestACheckOfAFolderSaysWhatToDo(t *testing.T) {
	folder := newFolder(t)
	if err := os.RemoveAll(folder.folder); err != nil {
		t.Fatal(err)
	}
	if err := folder.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "bring it back, then restart") {
		t.Errorf("it says %v", err)
	}
	for _, test := range []struct {
		err  error
		want string
	}{
		{os.ErrPermission, "chown"}, {syscall.ENOSPC, "The disk is full"}, {syscall.EROFS, "for reading only"}, {os.ErrClosed, ""},
	} {
		if got := diskAdvice(test.err); !strings.Contains(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%v: %q, want %q", test.err, got, test.want)
		}
	}
}
