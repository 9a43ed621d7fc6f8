package bench

import (
	"context"
	"fmt"
	"html/template"
	"runtime"
	"strings"
	"time"

	"rejoin/mail"
)

// render measures how many follow-up emails one core writes in a second, from the messages to the bytes on the wire.
func render(ctx context.Context, b *bench) ([]Row, error) {
	talk := parcelTalk(time.Now())
	composed, err := talk.Compose()
	if err != nil {
		return nil, fmt.Errorf("write an email: %w", err)
	}
	plain, err := template.New("email").Parse(plainEmail)
	if err != nil {
		return nil, fmt.Errorf("write the yardstick: %w", err)
	}
	write := func() error {
		content, err := talk.Compose()
		if err != nil {
			return err
		}
		_, err = wrapped(content).Raw(talk.Lines[0].At)
		return err
	}
	compare := func() error {
		var html strings.Builder
		if err := plain.Execute(&html, talk); err != nil {
			return err
		}
		_, err := wrapped(mail.Content{Subject: composed.Subject, HTML: html.String(), Text: composed.Text}).Raw(talk.Lines[0].At)
		return err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var ours, beside []float64
	for range b.sizes.rounds + 1 {
		for _, one := range []struct {
			act func() error
			to  *[]float64
		}{{write, &ours}, {compare, &beside}} {
			perSecond, _, err := throughput(ctx, 1, b.sizes.burst, func(context.Context, int) error { return one.act() })
			if err != nil {
				return nil, fmt.Errorf("write an email: %w", err)
			}
			*one.to = append(*one.to, perSecond)
		}
	}
	return []Row{{
		Figure: "follow-up emails written on one core", Value: median(ours[1:]), Unit: "/s", Beside: median(beside[1:]),
		Yardstick: "the same words through html/template, and encoded",
		More:      map[string]float64{"bytes of the HTML": float64(len(composed.HTML)), "bytes of the text": float64(len(composed.Text))},
		Note: fmt.Sprintf("six messages, %d bytes of HTML with every style inlined; the yardstick's page has no style, is given its text part, "+
			"and is encoded for the wire as ours is", len(composed.HTML)),
	}}, nil
}

// wrapped is an email ready to go.
func wrapped(content mail.Content) mail.Message {
	return mail.Message{
		Key: "rejoin-1-bench", MessageID: "<bench.1@rejoin.example>", From: mail.Address{Name: "Ada (Acorn & Oak)", Email: "chat@rejoin.example"},
		To: mail.Address{Name: "Jo Moreau", Email: "customer1@mail.example"}, ReplyTo: mail.Address{Name: "Ada (Acorn & Oak)", Email: placeReply},
		Subject: content.Subject, HTML: content.HTML, Text: content.Text, Tags: map[string]string{"kind": "followup"}, Language: "en",
		Headers: map[string]string{
			"List-Unsubscribe": "<https://rejoin.example/r/token/unsubscribe>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
			"Auto-Submitted": "auto-generated",
		},
	}
}

// parcelTalk is a conversation whose last three messages the customer has not read.
func parcelTalk(now time.Time) mail.Followup {
	const link = "https://rejoin.example/r/1-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	at := func(minutes int) time.Time { return now.Add(time.Duration(minutes-60) * time.Minute) }
	return mail.Followup{
		Letter: mail.Letter{
			Language: "en", Brand: mail.Brand{Name: "Acorn & Oak", Accent: "#2f6f4f", Site: "https://shop.example", Footer: "Acorn & Oak, 1 Old Mill Lane, Bath"},
			CustomerName: "Jo Moreau", Link: link, PageLink: link + "/page", ReachLink: link + "/reach", Answerable: true,
			HoursLine: "We answer again on Monday at 09:00.", Zone: time.UTC,
		},
		AgentName: "Ada",
		Lines: []mail.Line{
			{Own: true, Earlier: true, At: at(0), Text: "Hello, where is my parcel? I ordered the green wool jacket nine days ago, and the page still says “on its way”."},
			{Author: "Ada", Earlier: true, At: at(2), Text: "Good morning Jo! Let me look, one moment."},
			{Own: true, Earlier: true, At: at(4), Text: "Thank you. It is a present for Saturday, so I am a little nervous."},
			{Author: "Ada", At: at(11), Text: "It left our store room last Tuesday and was scanned in Lyon on Thursday. Since then nobody has seen it, which is longer than it should be.\n\nHere is the page of the post office: https://post.example/track?number=4711-0815-2342."},
			{Author: "Ada", At: at(14), Text: "I have asked them to search for it. They answer within a day, and I shall write to you as soon as I know more."},
			{Author: "Ada", At: at(21), Text: "Should it not be with you by Friday, we send you another one by courier, and you need not pay for anything. Would that be all right?"},
		},
	}
}

// plainEmail has the words of the email in the plainest page.
const plainEmail = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Brand.Name}}</title></head><body>
<h1>{{.Brand.Name}}</h1>
<p>Hello {{.CustomerName}},</p>
{{range .Lines}}<section{{if .Earlier}} class="earlier"{{end}}><h2>{{if .Own}}You{{else}}{{.Author}}{{end}}</h2>
<time datetime="{{.At.Format "2006-01-02T15:04:05Z07:00"}}">{{.At.Format "15:04"}}</time><p>{{.Text}}</p></section>
{{end}}<p><a href="{{.Link}}">Continue</a></p><p>{{.HoursLine}}</p>
<footer>{{.Brand.Footer}} <a href="{{.ReachLink}}">How to reach me</a></footer>
</body></html>
`
