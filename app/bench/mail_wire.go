package bench

import (
	"context"
	"fmt"
	"net"
	"net/smtp"
	"time"
)

// doorWire is one open connection to our own mail server.
type doorWire struct {
	conn net.Conn
	smtp *smtp.Client
}

func dialDoor(ctx context.Context, address string) (*doorWire, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("reach the mail door: %w", err)
	}
	w := &doorWire{conn: conn}
	if err := w.greet(); err != nil {
		conn.Close()
		return nil, fmt.Errorf("greet the mail door: %w", err)
	}
	return w, nil
}

func (w *doorWire) greet() (err error) {
	if err := w.conn.SetDeadline(time.Now().Add(answerWithin)); err != nil {
		return err
	}
	if w.smtp, err = smtp.NewClient(w.conn, "127.0.0.1"); err != nil {
		return err
	}
	return w.smtp.Hello("mail.example")
}

// send brings one mail; without an error it was answered 250.
func (w *doorWire) send(from, to string, raw []byte) error {
	if err := w.conn.SetDeadline(time.Now().Add(answerWithin)); err != nil {
		return fmt.Errorf("bound a mail: %w", err)
	}
	if err := w.smtp.Mail(from); err != nil {
		return fmt.Errorf("begin a mail: %w", err)
	}
	if err := w.smtp.Rcpt(to); err != nil {
		return fmt.Errorf("address a mail: %w", err)
	}
	content, err := w.smtp.Data()
	if err != nil {
		return fmt.Errorf("send a mail: %w", err)
	}
	if _, err := content.Write(raw); err != nil {
		return fmt.Errorf("send a mail: %w", err)
	}
	if err := content.Close(); err != nil {
		return fmt.Errorf("end a mail: %w", err)
	}
	return nil
}

func (w *doorWire) close() { _ = w.conn.Close() } // whatever is lost now is not measured

func dialDoors(ctx context.Context, address string, count int) ([]*doorWire, error) {
	var lanes []*doorWire
	for range count {
		lane, err := dialDoor(ctx, address)
		if err != nil {
			return lanes, err
		}
		lanes = append(lanes, lane)
	}
	return lanes, nil
}

func closeDoors(lanes []*doorWire) {
	for _, lane := range lanes {
		lane.close()
	}
}

// handOver brings one mail over a connection of its own, as most mail servers do.
func handOver(ctx context.Context, address, from, to string, raw []byte) error {
	w, err := dialDoor(ctx, address)
	if err != nil {
		return err
	}
	defer w.close()
	if err := w.send(from, to, raw); err != nil {
		return err
	}
	_ = w.smtp.Quit() // the mail is taken
	return nil
}
