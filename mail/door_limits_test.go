package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestDoorRefusesAMailThatIsTooLarge(t *testing.T) {
	d, kept := openDoor(t, DoorOptions{MaxBytes: 10_000})
	c := greeted(t, d)
	c.say("MAIL FROM:<jo@shop.example> SIZE=10001", "552 5.3.4 ")
	c.mail(plainPost+strings.Repeat("Good morning\r\n", 1_000), "552 5.3.4 ")
	c.mail(plainPost+strings.Repeat("Good morning\r\n", 600), "250 ") // the connection goes on
	if len(kept.all()) != 1 {
		t.Errorf("kept %d", len(kept.all()))
	}
}

func TestDoorReadsNotEndlesslyOn(t *testing.T) {
	d, kept := openDoor(t, DoorOptions{MaxBytes: 1_000})
	c := greeted(t, d)
	c.begin("reply+abc@in.example")
	c.say("DATA", "354 ")
	line := []byte(strings.Repeat("x", 998) + "\r\n")
	sent, err := 0, error(nil)
	for sent < 64<<20 && err == nil {
		var n int
		n, err = c.conn.Write(line)
		sent += n
	}
	if err == nil {
		t.Errorf("%d bytes were read of a mail that may have 1,000", sent)
	}
	if len(kept.all()) > 0 {
		t.Error("it was kept")
	}
}

func TestDoorRefusesAnEndlessLine(t *testing.T) {
	d, kept := openDoor(t, DoorOptions{})
	c := greeted(t, d)
	c.begin("reply+abc@in.example")
	c.say("DATA", "354 ")
	c.send(plainPost + strings.Repeat("x", maxDoorLine+10) + "\r\n.\r\n")
	c.hear("554 5.6.0 ")
	c = greeted(t, d)
	c.send("NOOP " + strings.Repeat("x", maxDoorLine))
	c.hear("500 5.4.0 ")
	greeted(t, d).mail(plainPost+strings.Repeat("x", 50_000)+"\r\n", "250 ")
	if len(kept.all()) != 1 {
		t.Errorf("kept %d", len(kept.all()))
	}
}

func TestDoorRefusesAMailThatGoesRoundInCircles(t *testing.T) {
	d, kept := openDoor(t, DoorOptions{})
	c := greeted(t, d)
	hop := "Received: from a.example\r\n\tby b.example; Wed, 04 Mar 2026 05:06:07 +0000\r\n"
	c.mail(strings.Repeat(hop, maxDoorHops)+plainPost, "250 ")
	c.mail(strings.Repeat(hop, maxDoorHops+1)+plainPost, "554 5.4.6 ")
	c.mail(plainPost+strings.Repeat(hop, maxDoorHops+1), "250 ") // a bounce quotes
	if len(kept.all()) != 2 {
		t.Errorf("kept %d", len(kept.all()))
	}
}

func TestDoorTakesABoundedNumberOfRecipients(t *testing.T) {
	d, _ := openDoor(t, DoorOptions{MaxRecipients: 2})
	c := greeted(t, d)
	c.begin("a@in.example", "b@in.example")
	c.say("RCPT TO:<c@in.example>", "452 4.5.3 ")
	c.say("DATA", "354 ")
	c.send(plainPost + ".\r\n")
	c.hear("250 ")
	for range maxStrangers {
		c.say("MAIL FROM:<jo@shop.example>", "250 ")
		c.say("RCPT TO:<jo@shop.example>", "550 5.7.1 ")
		c.say("RSET", "250 ")
	}
	c.say("MAIL FROM:<jo@shop.example>", "250 ")
	c.say("RCPT TO:<jo@shop.example>", "421 4.7.0 ")
	c.gone()
}

func TestDoorSlowsAHostDown(t *testing.T) {
	clock := &testClock{now: testTime}
	d, kept := openDoor(t, DoorOptions{PerHost: 3, Now: clock.Now})
	c := greeted(t, d)
	for range 3 {
		c.mail(plainPost, "250 ")
	}
	c.say("MAIL FROM:<jo@shop.example>", "421 4.7.0 ")
	c.gone()
	clock.add(20 * time.Second)
	c = greeted(t, d)
	c.mail(plainPost, "250 ")
	c.say("MAIL FROM:<jo@shop.example>", "421 4.7.0 ")
	if len(kept.all()) != 4 {
		t.Errorf("kept %d", len(kept.all()))
	}
}

type testClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestDoorAdmitsABoundedNumberOfConnections(t *testing.T) {
	for name, test := range map[string]struct {
		options DoorOptions
		want    string
	}{
		"of one host":  {DoorOptions{MaxPerHost: 2}, "421 4.7.0 "},
		"of all hosts": {DoorOptions{MaxConnections: 2}, "421 4.3.2 "},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := openDoor(t, test.options)
			first, second := greeted(t, d), greeted(t, d)
			c := call(t, d)
			c.hear(test.want)
			c.gone()
			second.say("QUIT", "221 ")
			second.gone()
			greeted(t, d).mail(plainPost, "250 ")
			first.mail(plainPost, "250 ")
		})
	}
}

func TestDoorTakesTheHostsOfOneNetworkForOne(t *testing.T) {
	o, err := DoorOptions{Domain: "in.example", MaxPerHost: 1, Take: func(context.Context, Arrival) error { return nil }}.filled()
	if err != nil {
		t.Fatal(err)
	}
	d := &Door{options: o, crowd: newCrowd(o)}
	caller := func(remote string) *caller {
		return newCaller(fakeConn{remote: net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(remote), 25))}, d)
	}
	for i, test := range []struct {
		remote string
		in     bool
	}{
		{"2001:db8:0:1::1", true}, {"2001:db8:0:1:ffff::2", false}, {"2001:db8:0:2::1", true},
		{"203.0.113.1", true}, {"203.0.113.2", true}, {"::ffff:203.0.113.1", false},
	} {
		if refusal := d.crowd.admit(caller(test.remote)); (refusal == "") != test.in {
			t.Errorf("%d: %s: %q", i, test.remote, refusal)
		}
	}
	for i := range 3 * maxHosts {
		c := caller(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255))
		d.crowd.mayMail(c.host, testTime)
	}
	if len(d.crowd.hosts) > maxHosts {
		t.Errorf("%d hosts are remembered", len(d.crowd.hosts))
	}
	if refusal := d.crowd.admit(caller("203.0.113.1")); refusal == "" {
		t.Error("a host that is here was forgotten")
	}
}

// fakeConn is only where somebody calls from.
type fakeConn struct {
	net.Conn
	remote net.Addr
}

func (c fakeConn) RemoteAddr() net.Addr { return c.remote }

func TestDoorHoldsABoundedNumberOfBytes(t *testing.T) {
	asked, keep := make(chan struct{}, 2), make(chan struct{})
	d, _ := openDoor(t, DoorOptions{MaxBuffered: 400 << 10, Take: func(context.Context, Arrival) error {
		asked <- struct{}{}
		<-keep
		return nil
	}})
	long := plainPost + strings.Repeat("Good morning\r\n", 8_000) // 112 kB, and as much again with its trace
	first, second := greeted(t, d), greeted(t, d)
	first.begin("reply+abc@in.example")
	first.say("DATA", "354 ")
	first.send(long + ".\r\n")
	<-asked
	second.mail(long, "452 4.3.1 ")
	close(keep)
	first.hear("250 ")
	second.mail(long, "250 ")
	d.crowd.mu.Lock()
	defer d.crowd.mu.Unlock()
	if d.crowd.bytes != 0 {
		t.Errorf("%d bytes were never given back", d.crowd.bytes)
	}
}

func TestDoorWaitsForNobodyEndlessly(t *testing.T) {
	for name, test := range map[string]struct {
		timeouts DoorTimeouts
		say      string
		want     string
	}{
		"with a command":            {DoorTimeouts{Command: 50 * time.Millisecond}, "", "421 4.4.2 "},
		"in the midst of a command": {DoorTimeouts{Command: 50 * time.Millisecond}, "MAIL FR", "421 4.4.2 "},
		"with the rest of a mail":   {DoorTimeouts{Block: 50 * time.Millisecond}, "MAIL FROM:<>\r\nRCPT TO:<a@in.example>\r\nDATA\r\nFrom: jo", "421 4.4.2 "},
		"with a whole mail":         {DoorTimeouts{Mail: 50 * time.Millisecond}, "MAIL FROM:<>\r\nRCPT TO:<a@in.example>\r\nDATA\r\nFrom: jo", "421 4.4.2 "},
		"with the next chunk":       {DoorTimeouts{Block: 50 * time.Millisecond}, "MAIL FROM:<>\r\nRCPT TO:<a@in.example>\r\nBDAT 3\r\nabc", "421 4.4.2 "},
		"with the rest of a chunk":  {DoorTimeouts{Block: 50 * time.Millisecond}, "MAIL FROM:<>\r\nRCPT TO:<a@in.example>\r\nBDAT 3\r\na", "554 "},
		"with the end of a visit":   {DoorTimeouts{Visit: time.Nanosecond}, "", "421 4.4.2 "},
	} {
		t.Run(name, func(t *testing.T) {
			d, kept := openDoor(t, DoorOptions{Timeouts: test.timeouts})
			c := call(t, d)
			c.hear("220 ")
			if test.say != "" {
				c.send("HELO x\r\n" + test.say)
			}
			var last string
			for {
				line, err := c.r.ReadString('\n')
				if err != nil {
					var late net.Error
					if errors.As(err, &late) && late.Timeout() {
						t.Fatal("the connection did not end")
					}
					break
				}
				last = line
			}
			if !strings.HasPrefix(last, test.want) {
				t.Errorf("the last word was %q, want %q", last, test.want)
			}
			if len(kept.all()) > 0 {
				t.Error("half a mail was kept")
			}
		})
	}
}

func TestDoorHurriesWhenItIsCrowded(t *testing.T) {
	d, _ := openDoor(t, DoorOptions{MaxConnections: 4})
	for i := range 4 {
		greeted(t, d)
		if want := i >= 2; d.crowd.isCrowded() != want {
			t.Errorf("with %d callers: crowded is %v", i+1, !want)
		}
	}
}

func TestDoorLogsNoTokenAndNotEndlessly(t *testing.T) {
	var out lockedBuffer
	clock := &testClock{now: testTime}
	d, _ := openDoor(t, DoorOptions{Now: clock.Now, PerHost: -1, Log: slog.New(slog.NewTextHandler(&out, nil)), Take: func(context.Context, Arrival) error {
		return errors.New("the database is away")
	}})
	for range 5 * doorLinesPerMinute {
		c := greeted(t, d)
		c.say("MAIL FROM:<bounce+secret@shop.example>", "250 ")
		c.say("RCPT TO:<reply+secret@in.example>", "250 ")
		c.say("RCPT TO:<reply+secret@else.example>", "550 ")
		c.say("DATA", "354 ")
		c.send("From: jo\r\n\r\nreply+secret\r\n.\r\n")
		c.hear("451 ")
		c.say("QUIT", "221 ")
	}
	text := out.String()
	if strings.Contains(text, "secret") {
		t.Errorf("a token was logged: %s", text)
	}
	if !strings.Contains(text, "the database is away") || !strings.Contains(text, "bounce+…@shop.example") {
		t.Errorf("the reason was not logged: %s", text)
	}
	if n := strings.Count(text, "\n"); n != doorLinesPerMinute {
		t.Errorf("%d lines in one minute", n)
	}
	clock.add(time.Minute)
	greeted(t, d).mail(plainPost, "451 ")
	if !strings.Contains(out.String(), "left_out=") {
		t.Error("nothing says how many were left out")
	}
}

// lockedBuffer is written by the door and read by the test.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func TestDoorMasksWhatStandsBehindAPlus(t *testing.T) {
	for address, want := range map[string]string{
		"reply+abc@in.example": "reply+…@in.example", "jo@in.example": "jo@in.example", "": "", "reply+abc": "reply+…",
		"a+b@c+d@in.example": "a+…@in.example", "jo@plus+in.example": "jo@plus+in.example",
	} {
		if got := masked(address); got != want {
			t.Errorf("%q: %q", address, got)
		}
	}
}

func TestDoorLetsNoHostFillTheHouse(t *testing.T) {
	clock := &testClock{now: testTime}
	big := plainPost + strings.Repeat("Good morning\r\n", 200)
	d, kept := openDoor(t, DoorOptions{PerHost: -1, BytesPerHost: 16_000, Now: clock.Now}) // 4,000 at once
	for range 2 {
		greeted(t, d).mail(big, "250 ")
	}
	greeted(t, d).say("MAIL FROM:<jo@shop.example>", "421 4.7.0 ")
	clock.add(30 * time.Minute)
	greeted(t, d).mail(big, "250 ")
	if len(kept.all()) != 3 {
		t.Errorf("kept %d", len(kept.all()))
	}
	trusting, kept := openDoor(t, DoorOptions{PerHost: 1, MaxPerHost: 1, BytesPerHost: 16_000, Now: clock.Now, Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	for range 4 {
		greeted(t, trusting).mail(big, "250 ")
	}
	if len(kept.all()) != 4 {
		t.Errorf("of a relay of ours %d were kept", len(kept.all()))
	}
}
