package blob

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/minio/minio-go/v7"
)

// advice is what to do about an error of the bucket, in a sentence; empty when nothing is known.
func (b *bucket) advice(err error) string {
	var answer minio.ErrorResponse
	if errors.As(err, &answer) {
		return b.adviceOn(answer)
	}
	return b.adviceOnConnection(err)
}

// adviceOn goes by what the bucket said.
func (b *bucket) adviceOn(answer minio.ErrorResponse) string {
	switch answer.Code {
	case minio.NoSuchBucket, "InvalidBucketName":
		return fmt.Sprintf("There is no bucket %q at %s: make it, or correct its name in the address.", b.address.bucket, b.address.host)
	case "InvalidAccessKeyId":
		return fmt.Sprintf("%s does not know the key %q: correct what stands before the colon of the address.", b.address.host, b.address.key)
	case "SignatureDoesNotMatch":
		return "The secret is wrong: correct what stands between the colon and the @ of the address, with % written as %25."
	case minio.AccessDenied, "AllAccessDisabled":
		return fmt.Sprintf("The key may not do this in the bucket %q: allow it s3:PutObject, s3:GetObject, s3:DeleteObject and s3:ListBucket.", b.address.bucket)
	case "RequestTimeTooSkewed":
		return "The clock of this machine is wrong: set it."
	case "AuthorizationHeaderMalformed", "InvalidRegion", "PermanentRedirect", "TemporaryRedirect", "IllegalLocationConstraintException":
		if answer.Region != "" {
			return fmt.Sprintf("The bucket is in another region: add region=%s to the address, and use that region's host.", answer.Region)
		}
		return "The bucket is in another region: add region=… to the address, and use that region's host."
	case "SlowDown", "SlowDownWrite", "SlowDownRead", "ServiceUnavailable", "InternalError":
		return "The bucket is there, but has trouble or is asked too much: try again in a minute."
	case "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded":
		return "The bucket is full: make room in it."
	}
	return ""
}

// adviceOnConnection goes by how the call broke off.
func (b *bucket) adviceOnConnection(err error) string {
	var name *net.DNSError
	var untrusted *tls.CertificateVerificationError
	var wrongName x509.HostnameError
	var record tls.RecordHeaderError
	var broken *net.OpError
	var slow net.Error
	switch {
	case errors.As(err, &name) && !name.IsNotFound:
		return fmt.Sprintf("The name %s could not be looked up: see whether DNS works on this machine.", b.address.host)
	case name != nil:
		return fmt.Sprintf("No machine has the name %s: correct the host in the address.", b.address.host)
	case errors.As(err, &wrongName), errors.As(err, &untrusted):
		return fmt.Sprintf("The certificate of %s is not one that this machine trusts: give the server a valid one, or name the file of its authority in SSL_CERT_FILE.", b.address.host)
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return fmt.Sprintf("%s does not speak TLS there: correct the port, or add tls=off to the address.", b.address.host)
	case errors.Is(err, errSilent), errors.As(err, &slow) && slow.Timeout():
		return fmt.Sprintf("%s did not answer: look whether it works and whether a firewall is in between.", b.address.host)
	case errors.As(err, &broken):
		return fmt.Sprintf("Nobody answers at %s: correct host and port in the address, or start the server.", b.address.host)
	}
	return ""
}
