package smtptest_test

import (
	"testing"

	"rejoin/mail/smtptest"
)

func TestAServerThatIsClosedBeforeItListensEnds(t *testing.T) {
	for range 200 {
		server, err := smtptest.Start("127.0.0.1:0", smtptest.Options{})
		if err != nil {
			t.Fatal(err)
		}
		server.Close()
	}
}
