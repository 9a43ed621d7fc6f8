package mail

import (
	"strings"
	"testing"

	"rejoin/mail/smtptest"
)

func TestOnlyPublicAddressesAreDialled(t *testing.T) {
	for _, address := range []string{
		"127.0.0.1:25", "127.9.9.9:25", "[::1]:25", "[::ffff:127.0.0.1]:25", "10.0.0.1:25", "172.16.0.1:25", "172.31.255.255:25", "192.168.1.1:25",
		"[::ffff:10.0.0.1]:25", "[::10.0.0.1]:25", "[64:ff9b::10.0.0.1]:25", "[64:ff9b::a9fe:a9fe]:80", "169.254.169.254:80", "[fe80::1%eth0]:25", "100.64.0.1:25", "100.127.255.255:25",
		"0.0.0.0:25", "[::]:25", "0.1.2.3:25", "224.0.0.1:25", "[ff02::1]:25", "255.255.255.255:25", "240.0.0.1:25", "[fd00:ec2::254]:80", "[fc00::1]:25",
		"168.63.129.16:80", "192.0.0.192:80", "192.0.2.1:25", "198.18.0.1:25", "[2002:a00:1::]:25", "[2001:0:1::1]:25", "[2001:db8::1]:25", "[fec0::1]:25", "somewhere:25", "",
	} {
		if refusePrivate("tcp", address, nil) == nil {
			t.Errorf("%s would be dialled", address)
		}
	}
	for _, address := range []string{"8.8.8.8:25", "172.32.0.1:587", "100.128.0.1:25", "[2a00:1450:4001:800::200e]:465", "[::ffff:8.8.8.8]:25", "[64:ff9b::808:808]:25", "169.253.1.1:25"} {
		if err := refusePrivate("tcp", address, nil); err != nil {
			t.Errorf("%s is refused: %v", address, err)
		}
	}
}

func TestAPublicServerIsNeverThisMachine(t *testing.T) {
	server := smtptest.New(t, smtptest.Options{})
	for _, host := range []string{"127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1", "0.0.0.0"} {
		sender := smtpTo(t, server, "", func(o *SMTPOptions) { o.Public, o.Server.host = true, host })
		failure := sendFailure(t, sender, dated())
		if failure.Temporary || failure.Code != "private_address" || !failure.Untaken || strings.Contains(failure.Detail, "127") {
			t.Errorf("%s: got %+v", host, failure)
		}
	}
	if _, _, total := server.Connections(); total != 0 {
		t.Errorf("%d connections were made", total)
	}
}
