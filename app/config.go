package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/caarlos0/env/v11"

	"rejoin/mail"
)

// Config is everything that the environment decides; it is read once.
type Config struct {
	Addr           string         `env:"ADDR" envDefault:"127.0.0.1:8080" doc:"address that the server listens on"`
	BaseURL        string         `env:"BASE_URL" doc:"how the world reaches it; links in emails begin with it (demo: http://ADDR)"`
	DatabaseURL    string         `env:"DATABASE_URL" doc:"PostgreSQL 15 or newer; empty = one of its own in DATA_DIR"`
	DataDir        string         `env:"DATA_DIR" envDefault:".data" doc:"folder of its own PostgreSQL and, in demo, of the mailbox"`
	PostgresBin    string         `env:"REJOIN_POSTGRES_BIN" doc:"folder with initdb, pg_ctl and postgres for its own PostgreSQL; empty = found by itself"`
	SecretKey      string         `env:"SECRET_KEY" doc:"at least 32 characters; rejoin links and cookies hang on it (demo: made and kept in DATA_DIR)"`
	MailFrom       string         `env:"MAIL_FROM" doc:"sender of the emails, like Shop <chat@shop.example>"`
	ResendAPIKey   string         `env:"RESEND_API_KEY" doc:"key of the account at Resend that sends the emails"`
	ResendBaseURL  string         `env:"RESEND_BASE_URL" envDefault:"https://api.resend.com/" doc:"where Resend's API is"`
	ResendWebhook  string         `env:"RESEND_WEBHOOK_SECRET" doc:"whsec_… of the webhook at Resend that tells /hooks/resend what became of emails; empty = none"`
	SMTPURL        string         `env:"SMTP_URL" doc:"mail server that sends the emails instead, like smtp://user:password@mail.example.com:587"`
	MailRate       float64        `env:"MAIL_RATE" envDefault:"0" doc:"emails per second of all organizations together; 0 = 2 by Resend and 10 by SMTP, below 0 = as fast as it goes"`
	MailRateEach   float64        `env:"MAIL_RATE_PER_ORGANIZATION" envDefault:"0" doc:"emails per second of one organization; 0 = MAIL_RATE, shared fairly while several send"`
	InboundDomain  string         `env:"INBOUND_DOMAIN" doc:"domain of the addresses that customers answer to, like reply.shop.example; empty = no answers by email"`
	InboundAddr    string         `env:"INBOUND_SMTP_ADDR" doc:"address of our own mail server for INBOUND_DOMAIN, like :25; empty = Resend receives for it"`
	InboundTrusted []netip.Prefix `env:"INBOUND_TRUSTED" doc:"networks of your own relays that bring everybody's mail, comma separated: the limits of one host are not theirs"`
	InboundCert    string         `env:"INBOUND_TLS_CERT" doc:"certificate (PEM) of our own mail server, read anew when it changes; empty = no STARTTLS"`
	InboundKey     string         `env:"INBOUND_TLS_KEY" doc:"its key (PEM)"`
	Blobs          string         `env:"BLOBS" doc:"where files and raw mail lie: a folder, or s3://KEY:SECRET@host/bucket; empty = DATA_DIR/blobs"`
	PrivateSMTP    bool           `env:"OWN_SMTP_PRIVATE" envDefault:"false" doc:"organizations may name mail servers of their own in private networks"`
	DKIMSelectors  []string       `env:"DKIM_SELECTORS" doc:"selectors under which the mail server of SMTP_URL signs, comma separated, for the check of the setup"`
	TrustedProxies []netip.Prefix `env:"TRUSTED_PROXIES" doc:"networks whose X-Forwarded-For is believed, comma separated; empty = none"`
	DatabaseConns  int            `env:"DATABASE_CONNS" envDefault:"16" doc:"most connections for requests; jobs take 6 and events 2 more"`
	LogLevel       slog.Level     `env:"LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error"`
}

// minSecret is the shortest secret that is not refused.
const minSecret = 32

// readConfig reads the environment.
func readConfig() (Config, error) {
	config, err := env.ParseAs[Config]()
	if err != nil {
		return Config{}, fmt.Errorf("read the environment: %w", err)
	}
	config.BaseURL = strings.TrimRight(config.BaseURL, "/")
	config.DataDir, err = filepath.Abs(config.DataDir)
	if err != nil {
		return Config{}, fmt.Errorf("find DATA_DIR: %w", err)
	}
	return config, nil
}

// checkServe says everything that has to be set before customers may come.
func (c Config) checkServe() error {
	var wrong []error
	need := func(ok bool, what string) {
		if !ok {
			wrong = append(wrong, errors.New(what))
		}
	}
	need(len(c.SecretKey) >= minSecret, "set SECRET_KEY to at least 32 random characters, such as the output of: openssl rand -hex 32")
	base, err := url.Parse(c.BaseURL)
	need(err == nil && base.Host != "" && (base.Scheme == "https" || base.Scheme == "http") && base.Path == "",
		"set BASE_URL to how the world reaches this server, like https://chat.shop.example")
	need(c.ResendAPIKey != "" || c.SMTPURL != "", "set RESEND_API_KEY or SMTP_URL, so that emails can be sent")
	need(c.ResendAPIKey == "" || c.SMTPURL == "", "set only one of RESEND_API_KEY and SMTP_URL: which of them sends the emails would be a guess")
	if c.SMTPURL != "" {
		_, err := mail.ParseSMTP(c.SMTPURL)
		need(err == nil, fmt.Sprintf("set SMTP_URL anew: %v", err)) // which repeats nothing of it
	}
	resend, err := url.Parse(c.ResendBaseURL)
	need(err == nil && resend.Host != "", "set RESEND_BASE_URL to a whole address, or leave it out")
	_, err = netmail.ParseAddress(c.MailFrom)
	need(err == nil, "set MAIL_FROM to the sender of the emails, like Shop <chat@shop.example>")
	wrong = append(wrong, c.checkInbound()...)
	_, err = c.resendWebhook()
	need(err == nil, "set RESEND_WEBHOOK_SECRET to what Resend shows beside the webhook, whsec_…, or leave it out")
	return errors.Join(wrong...)
}

// secure tells whether the world comes over https.
func (c Config) secure() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// log makes the logger that everything writes to.
func (c Config) log() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))
}

// printTable writes the settings of the environment as the README shows them.
func printTable(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 4, 1, ' ', 0)
	row := func(cells ...string) { fmt.Fprintf(table, "| %s\t|\n", strings.Join(cells, "\t| ")) }
	row("name", "default", "meaning")
	row("---", "---", "---")
	fields := reflect.TypeFor[Config]()
	for i := range fields.NumField() {
		tag := fields.Field(i).Tag
		standard := tag.Get("envDefault")
		if standard != "" {
			standard = "`" + standard + "`"
		}
		row("`"+tag.Get("env")+"`", standard, tag.Get("doc"))
	}
	return table.Flush()
}
