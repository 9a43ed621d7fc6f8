package mail

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"
)

func TestDoorLetsTheMailsUnderWayFinish(t *testing.T) {
	asked, keep := make(chan struct{}), make(chan struct{})
	d, _ := openDoor(t, DoorOptions{Take: func(ctx context.Context, _ Arrival) error {
		close(asked)
		<-keep
		return ctx.Err()
	}})
	idle, waiting, taking := greeted(t, d), greeted(t, d), greeted(t, d)
	waiting.begin("reply+abc@in.example")
	waiting.say("DATA", "354 ")
	waiting.send("From: jo@shop.example\r\n")
	taking.begin("reply+abc@in.example")
	taking.say("DATA", "354 ")
	taking.send(plainPost + ".\r\nNOOP\r\n")
	<-asked

	closed := make(chan error, 1)
	go func() { closed <- d.Close(context.Background()) }()
	idle.hear("421 ")
	idle.gone()
	if conn, err := net.Dial("tcp", d.Addr().String()); err == nil { // it may have been accepted by the system
		c := talkOver(t, conn)
		if line, err := c.r.ReadString('\n'); err == nil && line[:3] != "421" {
			t.Errorf("a new caller heard %q", line)
		}
		_ = conn.Close()
	}
	select {
	case err := <-closed:
		t.Fatalf("closed before the mails were kept: %v", err)
	default:
	}
	close(keep)
	taking.hear("250 ")
	taking.hear("421 ") // instead of going on with what is piled up
	taking.gone()
	_ = waiting.conn.Close() // it never sends the rest
	if err := <-closed; err != nil {
		t.Errorf("close: %v", err)
	}
	if err := d.Close(context.Background()); err != nil {
		t.Errorf("a second close: %v", err)
	}
}

func TestDoorGivesUpWhatTakesTooLongToFinish(t *testing.T) {
	asked, ended := make(chan struct{}), make(chan error, 1)
	o := DoorOptions{Addr: "127.0.0.1:0", Domain: "in.example", Take: func(ctx context.Context, _ Arrival) error {
		close(asked)
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	}}
	d, err := OpenDoor(o)
	if err != nil {
		t.Fatal(err)
	}
	slow := greeted(t, d)
	slow.begin("reply+abc@in.example")
	slow.say("DATA", "354 ")
	slow.send("From: jo@shop.example\r\n")
	c := greeted(t, d)
	c.mailUntil(asked)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := d.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("close: %v", err)
	}
	slow.goneUntaken()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Take was told %v", err)
	}
	c.goneUntaken()
}

// goneUntaken waits for the end of the connection; what is said before must not be taken for a yes.
func (c *talk) goneUntaken() {
	c.t.Helper()
	for {
		line, err := c.r.ReadString('\n')
		var late net.Error
		if errors.As(err, &late) && late.Timeout() {
			c.t.Fatal("the connection did not end")
		}
		if err != nil {
			return
		}
		if line[0] == '2' {
			c.t.Errorf("a mail that was given up was answered %q", line)
		}
	}
}

func TestDoorTakesNoMailThatBeginsWhileItCloses(t *testing.T) {
	asked, keep := make(chan struct{}), make(chan struct{})
	d, _ := openDoor(t, DoorOptions{Take: func(context.Context, Arrival) error {
		close(asked)
		<-keep
		return nil
	}})
	c := greeted(t, d)
	c.mailUntil(asked)
	c.send(smuggled + ".\r\n") // pipelined behind the mail that is under way
	closed := make(chan error, 1)
	other := greeted(t, d)
	go func() { closed <- d.Close(context.Background()) }()
	other.hear("421 ")
	close(keep) // a second mail would close asked again, and panic
	c.hear("250 ")
	c.hear("421 ")
	c.gone()
	if err := <-closed; err != nil {
		t.Errorf("close: %v", err)
	}
}

func TestDoorIsGivenUpBySomebodyElseThanWhoWaitsForIt(t *testing.T) {
	asked, keep, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	d, _ := openDoor(t, DoorOptions{Take: func(ctx context.Context, _ Arrival) error {
		close(asked)
		select {
		case <-keep:
		case <-ctx.Done():
		}
		ended <- ctx.Err()
		return ctx.Err()
	}})
	t.Cleanup(func() { close(keep) })
	other := greeted(t, d)
	greeted(t, d).mailUntil(asked)
	patient, second := make(chan error, 1), make(chan error, 1)
	go func() { patient <- d.Close(context.Background()) }()
	other.hear("421 ")
	impatient, giveUp := context.WithCancel(context.Background())
	giveUp()
	go func() { second <- d.Close(impatient) }()
	select {
	case err := <-second:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the second close: %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the second close waits although its time is over")
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Take was told %v", err)
	}
	if err := <-patient; err != nil {
		t.Errorf("the first close: %v", err)
	}
}

func (c *talk) mailUntil(asked <-chan struct{}) {
	c.t.Helper()
	c.begin("reply+abc@in.example")
	c.say("DATA", "354 ")
	c.send(plainPost + ".\r\n")
	<-asked
}

func TestDoorClosesAtOnceWithNobodyInIt(t *testing.T) {
	for range 20 {
		d, err := OpenDoor(DoorOptions{Addr: "127.0.0.1:0", Domain: "in.example", Take: func(context.Context, Arrival) error { return nil }})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
		if conn, err := net.Dial("tcp", d.Addr().String()); err == nil {
			_ = conn.Close()
			t.Error("it still listens")
		}
	}
}
