package resendtest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// WebhookSecret is a secret as Resend shows it.
const WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// Webhook is an event on its way to whoever listens.
type Webhook struct {
	ID   string // svix-id, the same each time it is told
	At   time.Time
	Body []byte
}

// Told is an event in Resend's shape: kind like "email.bounced", and details, such as
// map[string]any{"bounce": map[string]any{"type": "Permanent"}}, beside what every event says of its email.
func Told(id, kind string, email Email, at time.Time, details map[string]any) Webhook {
	data := map[string]any{
		"email_id": email.ID, "from": email.From, "to": email.To, "subject": email.Subject, "tags": email.Tags,
		"created_at": email.At.UTC().Format(time.RFC3339Nano),
	}
	for name, value := range details {
		data[name] = value
	}
	body, err := json.Marshal(map[string]any{"type": kind, "created_at": at.UTC().Format(time.RFC3339Nano), "data": data})
	if err != nil {
		panic(fmt.Sprintf("details of a webhook: %v", err)) // a test's mistake
	}
	return Webhook{ID: id, At: at, Body: body}
}

// Bounce is what email.bounced adds: kind is Permanent, Transient or Undetermined.
func Bounce(kind, message string) map[string]any {
	return map[string]any{"bounce": map[string]any{"type": kind, "subType": "General", "message": message}}
}

// Header signs a webhook as Svix does.
func (w Webhook) Header(secret string) http.Header {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		panic(fmt.Sprintf("secret of a webhook: %v", err)) // a test's mistake
	}
	stamp := strconv.FormatInt(w.At.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(w.ID + "." + stamp + "."))
	mac.Write(w.Body)
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "Svix-Webhooks/1.63.1")
	h.Set("svix-id", w.ID)
	h.Set("svix-timestamp", stamp)
	h.Set("svix-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return h
}

// Post signs a webhook and tells it once; it returns the status of the answer.
func (w Webhook) Post(ctx context.Context, client *http.Client, url, secret string) (int, error) {
	return w.PostWith(ctx, client, url, w.Header(secret))
}

// PostWith tells a webhook with headers of the caller's: forged ones, or stale.
func (w Webhook) PostWith(ctx context.Context, client *http.Client, url string, header http.Header) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(w.Body))
	if err != nil {
		return 0, fmt.Errorf("ask: %w", err)
	}
	request.Header = header
	response, err := client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("tell webhook: %w", err)
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}
