package mail

import (
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// smuggled is a conversation of its own, which must never be held.
const smuggled = "MAIL FROM:<boss@shop.example>\r\nRCPT TO:<reply+abc@in.example>\r\nDATA\r\nFrom: boss@shop.example\r\n\r\nSmuggled\r\n"

func TestDoorEndsAMailOnlyWhereItEnds(t *testing.T) {
	for name, end := range map[string]string{
		"LF . LF": "\n.\n", "LF . CRLF": "\n.\r\n", "CRLF . LF": "\r\n.\n", "CR . CR": "\r.\r", "CR . CRLF": "\r.\r\n",
		"CRLF . CR": "\r\n.\r", "CRLF . CR CRLF": "\r\n.\r\r\n", "LF . CR LF x": "\n.\r\nx", "CRLF NUL . CRLF": "\r\n\x00.\r\n", "CRLF . NUL CRLF": "\r\n.\x00\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			d, kept := openDoor(t, DoorOptions{})
			c := greeted(t, d)
			c.mail(plainPost+"First"+end+smuggled, "250 ")
			c.say("NOOP", "250 2.0.0 I have")
			a := kept.only(t)
			if !strings.Contains(string(a.Raw), "First") || !strings.Contains(string(a.Raw), "Smuggled") || a.From != "jo@shop.example" {
				t.Errorf("kept %q", a.Raw)
			}
		})
	}
}

func TestDoorKeepsEveryByteOfAMail(t *testing.T) {
	d, kept := openDoor(t, DoorOptions{})
	var every strings.Builder
	for b := range 256 {
		every.WriteByte(byte(b))
	}
	body := "NUL \x00 and " + every.String() + "\r\nbare \r CR\r\nbare \n LF\r\n"
	greeted(t, d).mail(plainPost+body, "250 ")
	if raw := string(kept.only(t).Raw); !strings.HasSuffix(raw, plainPost+body) {
		t.Errorf("kept %q", raw)
	}
}

func TestDoorAnswersPipelinedCommandsInTheirOrder(t *testing.T) {
	d, kept := openDoor(t, DoorOptions{})
	c := greeted(t, d)
	c.send("MAIL FROM:<a@shop.example>\r\nRCPT TO:<x@else.example>\r\nRCPT TO:<reply+abc@in.example>\r\nDATA\r\n")
	c.hear("250 ")
	c.hear("550 5.7.1 ")
	c.hear("250 ")
	c.hear("354 ")
	c.send(plainPost + ".\r\nMAIL FROM:<b@shop.example>\r\nRCPT TO:<reply+abc@in.example>\r\nDATA\r\n")
	c.hear("250 2.0.0 OK")
	c.hear("250 2.0.0 Roger")
	c.hear("250 ")
	c.hear("354 ")
	c.send(plainPost + ".\r\nQUIT\r\n")
	c.hear("250 ")
	c.hear("221 ")
	if all := kept.all(); len(all) != 2 || all[0].From != "a@shop.example" || all[1].From != "b@shop.example" {
		t.Errorf("%+v", all)
	}
}

func TestDoorTakesChunks(t *testing.T) {
	d, kept := openDoor(t, DoorOptions{})
	c := greeted(t, d)
	for range 2 {
		c.begin("reply+abc@in.example")
		half := len(plainPost) / 2
		c.send(fmt.Sprintf("BDAT %d\r\n%s", half, plainPost[:half]))
		c.hear("250 ")
		c.send(fmt.Sprintf("BDAT %d LAST\r\n%s", len(plainPost)-half, plainPost[half:]))
		c.hear("250 2.0.0 OK")
	}
	for _, a := range kept.all() {
		if !strings.HasSuffix(string(a.Raw), plainPost) {
			t.Errorf("kept %q", a.Raw)
		}
	}
	if len(kept.all()) != 2 {
		t.Errorf("kept %d", len(kept.all()))
	}
	c.begin("reply+abc@in.example")
	c.send("BDAT 3\r\nabc")
	c.hear("250 ")
	c.say("RSET", "250 ")
	c.gone()
}

func TestDoorNeverReadsARefusedChunkAsCommands(t *testing.T) {
	chunk := fmt.Sprintf("BDAT %d\r\n%s", len(smuggled), smuggled)
	looping := strings.Repeat("Received: from a by b\r\n", maxDoorHops+1) + plainPost
	tests := map[string]struct {
		options DoorOptions
		chunks  string
		want    []string
	}{
		"a first chunk that is too large": {
			DoorOptions{MaxBytes: 100}, fmt.Sprintf("BDAT 101\r\n%s", strings.Repeat("x", 101)) + chunk + "\r\n.\r\n", []string{"552 5.3.4 "},
		},
		"a second chunk that is too large": {
			DoorOptions{MaxBytes: 100}, "BDAT 3\r\nabc" + fmt.Sprintf("BDAT 101\r\n%s", strings.Repeat("x", 101)) + chunk + "\r\n.\r\n", []string{"250 ", "552 5.3.4 "},
		},
		"a mail that is refused at its end": {
			DoorOptions{}, fmt.Sprintf("BDAT %d LAST\r\n%s", len(looping), looping) + smuggled + ".\r\n", []string{"554 5.4.6 "},
		},
		"a mail that there is no room for": {
			DoorOptions{MaxBuffered: 10}, "BDAT 3\r\nabc" + smuggled + ".\r\n", nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d, kept := openDoor(t, test.options)
			c := greeted(t, d)
			c.begin("reply+abc@in.example")
			c.send(test.chunks)
			for _, want := range test.want {
				c.hear(want)
			}
			for {
				line, err := c.r.ReadString('\n')
				if err != nil {
					break
				}
				if strings.HasPrefix(line, "250 2.0.0 Roger") || strings.HasPrefix(line, "354") || strings.HasPrefix(line, "250 2.0.0 OK") {
					t.Errorf("a chunk was read as commands: %q", line)
				}
			}
			if len(kept.all()) > 0 {
				t.Errorf("kept %+v", kept.all())
			}
		})
	}
}

func TestDoorHearsNothingAfterTooManyErrors(t *testing.T) {
	d, kept := openDoor(t, DoorOptions{})
	c := greeted(t, d)
	c.send("Received: a\r\nFrom: b\r\nTo: c\r\nSubject: d\r\n\r\nEHLO again\r\n" + smuggled + ".\r\n")
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			break
		}
		if !strings.HasPrefix(line, "50") {
			t.Errorf("heard %q", line)
		}
	}
	if len(kept.all()) > 0 {
		t.Errorf("kept %+v", kept.all())
	}
}

func TestDoorRefusesAMailThatWasCutOff(t *testing.T) {
	ways := map[string]string{
		"DATA": "DATA\r\n" + plainPost, "a chunk": "BDAT 1000 LAST\r\n" + plainPost, "a first chunk": "BDAT 1000\r\n" + plainPost,
		"between two chunks": fmt.Sprintf("BDAT %d\r\n%s", len(plainPost), plainPost),
	}
	for name, way := range ways {
		for _, encrypted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, encrypted %v", name, encrypted), func(t *testing.T) {
				certificate, roots := selfSigned(t, "mx.rejoin.example", testTime)
				d, kept := openDoor(t, DoorOptions{TLS: &tls.Config{Certificates: []tls.Certificate{certificate}}})
				c := greeted(t, d)
				if encrypted {
					c = c.encrypt(&tls.Config{RootCAs: roots, ServerName: "mx.rejoin.example", Time: func() time.Time { return testTime }})
					c.say("EHLO mail.shop.example", "250")
				}
				c.begin("reply+abc@in.example")
				c.send(way)
				halfClose(t, c.conn)
				for {
					line, err := c.r.ReadString('\n')
					if err != nil {
						break
					}
					if strings.HasPrefix(line, "250 2.0.0 OK") {
						t.Errorf("half a mail was taken: %q", line)
					}
				}
				if len(kept.all()) > 0 {
					t.Errorf("kept %q", kept.all()[0].Raw)
				}
			})
		}
	}
}

func halfClose(t *testing.T, conn net.Conn) {
	t.Helper()
	if err := conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Fatal(err)
	}
}

func TestDoorTakesAMailWhoseLastLineEndsOddly(t *testing.T) {
	d, kept := openDoor(t, DoorOptions{Timeouts: DoorTimeouts{Block: 100 * time.Millisecond}})
	c := greeted(t, d)
	c.mail(plainPost+"odd\r\r\n", "250 ")
	c.gone()
	if raw := string(kept.only(t).Raw); !strings.HasSuffix(raw, plainPost+"odd\r\r\n") {
		t.Errorf("kept %q", raw)
	}
}
