package bench

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"rejoin/app/chat"
)

// brand is one organization with one agent who is signed in.
type brand struct {
	id      int64
	key     string
	agent   int64
	session string
}

// foundBrand makes an organization with its agent.
func foundBrand(ctx context.Context, d *database) (*brand, error) {
	b := &brand{key: rand.Text()[:22]}
	now := time.Now()
	err := d.pool.QueryRow(ctx, `insert into organizations (key, name, language, created_at)
		values ($1, 'Acorn & Oak', 'en', $2) returning id`, b.key, now).Scan(&b.id)
	if err != nil {
		return nil, fmt.Errorf("found a brand: %w", err)
	}
	err = d.pool.QueryRow(ctx, `insert into agents (organization_id, key, name, email, role, language, created_at)
		values ($1, $2, 'Ada', 'ada@rejoin.example', 'admin', 'en', $3) returning id`, b.id, rand.Text()[:22], now).Scan(&b.agent)
	if err != nil {
		return nil, fmt.Errorf("found a brand: %w", err)
	}
	b.session = chat.NewToken(b.id, rand.Reader)
	_, err = d.pool.Exec(ctx, `insert into sessions (organization_id, token_hash, agent_id, created_at, seen_at, expires_at)
		values ($1, $2, $3, $4, $4, $5)`, b.id, chat.HashToken(b.session), b.agent, now, now.Add(chat.SessionLife))
	if err != nil {
		return nil, fmt.Errorf("found a brand: %w", err)
	}
	return b, nil
}

// allow lets a site carry the brand's widget.
func (b *brand) allow(ctx context.Context, d *database, site string) error {
	_, err := d.pool.Exec(ctx, "update organizations set settings = settings || jsonb_build_object($2::text, jsonb_build_array($3::text)) where id = $1",
		b.id, chat.WidgetSites, site)
	if err != nil {
		return fmt.Errorf("allow a site: %w", err)
	}
	return nil
}

// head is the header lines of a request of the agent's browser.
func (b *brand) head() string {
	return "Cookie: rejoin_session=" + b.session + "\r\nHX-Request: true\r\nHX-Request-Type: partial\r\n" +
		"Accept: text/html\r\nAccept-Language: en\r\nContent-Type: application/x-www-form-urlencoded\r\n"
}

// customer is one browser that chats.
type customer struct {
	brand        *brand
	token        string
	conversation string // its key, once it has begun
	last         int64  // newest seq that it has
	sent         int
}

func (b *brand) newCustomer() *customer {
	return &customer{brand: b, token: chat.NewToken(b.id, rand.Reader)}
}

// head is the header lines of a request of the customer's browser.
func (c *customer) head() string {
	return "Authorization: Bearer " + c.token + "\r\nContent-Type: application/json\r\nAccept: text/html\r\nRejoin-Zone: Europe/Paris\r\n"
}

func (c *customer) path(part string) string { return "/widget/" + c.brand.key + "/" + part }

// message is the body of a post as the panel writes it; no two of a customer have the same id.
func (c *customer) message(id int, text string) ([]byte, error) {
	body, err := json.Marshal(map[string]any{
		"id": fmt.Sprintf("message-%d", id), "text": text, "after": c.last, "page": "page-of-the-bench",
		"url": "https://shop.example/basket", "title": "Your basket", "zone": "Europe/Paris",
		"hints": map[string]string{"page": "", "html": "en", "browser": "en-GB"},
	})
	if err != nil {
		return nil, fmt.Errorf("write message: %w", err)
	}
	return body, nil
}

// post sends a message over a connection and takes note of what the answer tells.
func (c *customer) post(w *wire, text string) error {
	c.sent++
	body, err := c.message(c.sent, text)
	if err != nil {
		return err
	}
	header, drawn, err := w.send("POST", c.path("messages"), c.head(), body)
	if err != nil {
		return err
	}
	c.conversation = header.Get("Rejoin-Conversation")
	c.last += int64(strings.Count(string(drawn), "data-seq="))
	return nil
}

// arrive lets new customers begin a conversation each.
func (b *brand) arrive(ctx context.Context, base string, count int) ([]*customer, error) {
	customers := make([]*customer, count)
	w, err := dial(ctx, base)
	if err != nil {
		return nil, err
	}
	defer w.close()
	for i := range customers {
		customers[i] = b.newCustomer()
		if err := customers[i].post(w, "Good morning, is anybody here?"); err != nil {
			return nil, fmt.Errorf("begin a conversation: %w", err)
		}
	}
	return customers, nil
}

// giveTokens lets the first customers of a filled brand in: each gets a visitor token.
func (b *brand) giveTokens(ctx context.Context, d *database, first int64, count int) ([]*customer, error) {
	customers := make([]*customer, count)
	rows := make([][]any, count)
	for i := range customers {
		customers[i] = b.newCustomer()
		rows[i] = []any{b.id, chat.HashToken(customers[i].token), first + int64(i), time.Now()}
	}
	_, err := d.pool.CopyFrom(ctx, pgx.Identifier{"visitor_tokens"},
		[]string{"organization_id", "token_hash", "customer_id", "created_at"}, pgx.CopyFromRows(rows))
	if err != nil {
		return nil, fmt.Errorf("give tokens: %w", err)
	}
	return customers, nil
}
