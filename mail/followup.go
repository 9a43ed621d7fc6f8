package mail

import (
	"time"

	"rejoin/locales"
)

const (
	maxSubjectRunes = 150
	maxIntro        = 1_000
)

// Followup is the email that carries by itself what a customer has not read in the chat.
type Followup struct {
	Letter
	AgentName string // who wrote what is new; empty when several did: then the brand speaks
	Lines     []Line // oldest first; at least one of the brand's is not earlier
	Omitted   bool   // the conversation has older messages than the first line
	Subject   string // the brand's own, finished; empty for the language's
	Intro     string // the brand's own words before the messages, finished; empty for the language's
}

// Line is one message of the conversation.
type Line struct {
	Author      string // empty for the brand, and for the customer
	Own         bool   // of the customer's side: its text is shown as it is, without links
	Text        string
	Attachments []AttachedFile
	At          time.Time
	Earlier     bool // the customer knows it: context
}

// Compose writes the email. The same follow-up gives the same bytes. No length is refused: what is too much for one
// email is left to the conversation, the oldest first, and the email says so. The error is an *Invalid: nothing new in
// it, an unusable link, a malformed accent.
func (f Followup) Compose() (Content, error) {
	f = f.cleaned()
	if err := f.check(); err != nil {
		return Content{}, err
	}
	colors, err := newPalette(f.Brand.Accent)
	if err != nil {
		return Content{}, err
	}
	locale := locales.For(f.Language)
	page := f.page(locale, colors)
	f, html, err := f.fitting(func(shorter Followup) (string, error) {
		return inline(page, followupBody(locale, shorter, colors))
	})
	if err != nil {
		return Content{}, err
	}
	return Content{Subject: page.Subject, HTML: html, Text: f.plain(locale, page)}, nil
}

// page is the frame around it; the preview beside the subject begins with the first new words.
func (f Followup) page(l *locales.Locale, colors palette) frame {
	subject := f.Subject
	if subject == "" {
		subject = l.T("mail.followup.subject", "Brand", f.Brand.Name)
	}
	page := f.frame(l, colors, subject, l.T("mail.followup.why", "Brand", isolate(f.Brand.Name)))
	var pieces []string
	for _, line := range f.fresh() {
		pieces = append(pieces, cutRunes(line.Text, 2*preheaderMost))
		if line.Text == "" {
			pieces = append(pieces, fileNames(line.Attachments)...)
		}
	}
	page.Preheader = preheader(append(pieces, f.HoursLine, page.Why, l.T("mail.followup.button"))...)
	return page
}

// fresh is what the brand has written and the customer has not read.
func (f Followup) fresh() []Line {
	var lines []Line
	for _, line := range f.Lines {
		if !line.Earlier && !line.Own {
			lines = append(lines, line)
		}
	}
	return lines
}

// greeting is the words before the messages: the brand's own, else the language's.
func (f Followup) greeting(l *locales.Locale) string {
	if f.Intro != "" {
		return f.Intro
	}
	hello := l.T("mail.followup.hello_nameless")
	if f.CustomerName != "" {
		hello = l.T("mail.followup.hello", "Customer", isolate(f.CustomerName))
	}
	return hello + "\n\n" + l.N("mail.followup.intro", len(f.fresh()), "Agent", isolate(f.AgentName))
}

// cleaned is the follow-up with every text made safe to write.
func (f Followup) cleaned() Followup {
	f.Letter = f.Letter.cleaned()
	f.AgentName = f.signed(f.AgentName)
	f.Subject = cutRunes(cleanLine(f.Subject), maxSubjectRunes)
	f.Intro = cutRunes(cleanText(f.Intro), maxIntro)
	lines := make([]Line, 0, len(f.Lines))
	for _, line := range f.Lines {
		if line.Own {
			line.Author = cutRunes(cleanLine(line.Author), 60)
		} else {
			line.Author = f.signed(line.Author)
		}
		line.Text = cutRunes(cleanText(line.Text), MaxText)
		line.Attachments = cleanedFiles(line.Attachments)
		if line.Text != "" || len(line.Attachments) > 0 {
			lines = append(lines, line)
		}
	}
	f.Lines = lines
	return f
}

func (f Followup) check() error {
	if len(f.fresh()) == 0 {
		return &Invalid{"text", "empty"}
	}
	return f.Letter.check()
}
