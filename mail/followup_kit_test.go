package mail

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// friday is late in the evening in Paris.
var friday = time.Date(2025, 11, 21, 22, 42, 0, 0, time.UTC)

func oneUnread(t *testing.T) Followup {
	letter := sampleLetter(t)
	letter.HoursTable = nil
	return Followup{Letter: letter, AgentName: "Maya Laurent", Lines: []Line{{
		Author: "Maya Laurent", At: friday.Add(-6 * time.Hour),
		Text: "Good news: the blue jacket is back in your size. I have put one aside for you until Friday evening.\n\n" +
			"Here it is: https://nimbus.example/jackets/blue?size=m.",
	}}}
}

func overMidnight(t *testing.T) Followup {
	f := oneUnread(t)
	f.AgentName, f.Omitted = "", true
	f.Lines = []Line{
		{Own: true, Earlier: true, At: friday.Add(-3 * time.Hour), Text: "Do you still have the blue jacket in medium? I saw it on https://other.example/jacket too."},
		{Author: "Maya Laurent", Earlier: true, At: friday.Add(-179 * time.Minute), Text: "Let me look in the store room, one moment."},
		{Own: true, Earlier: true, At: friday.Add(-170 * time.Minute), Text: "Thank you! And how long does the parcel take?"},
		{Author: "Maya Laurent", At: friday, Text: "Yes, we have two left in medium. Here is a picture of the colour by daylight.", Attachments: []AttachedFile{{Name: "blue-jacket-daylight.jpg", Size: 1_430_000}}},
		{Author: "Maya Laurent", At: friday.Add(4 * time.Minute), Text: "Shall I put one aside for you until Tuesday?"},
		{Author: "Théo Béranger", At: friday.Add(30 * time.Minute), Text: "Good evening Jo, I look after the parcels: it takes two working days to Lyon.\nYou get the number as soon as it is on its way."},
	}
	return f
}

func wholeShort(t *testing.T) Followup {
	f := oneUnread(t)
	f.CustomerName, f.Brand.Accent = "", "#ffd400"
	f.Lines = append([]Line{
		{Own: true, Earlier: true, At: friday.Add(-7 * time.Hour), Text: "Hello, is anyone there?"},
		{Earlier: true, At: friday.Add(-7 * time.Hour), Text: "Thank you for your message. We answer as soon as we can."},
	}, f.Lines...)
	return f
}

func transcript(t *testing.T) Followup {
	f := oneUnread(t)
	last := f.Lines
	f.Lines = nil
	for n := range 60 {
		f.Lines = append(f.Lines, Line{
			Own: n%2 == 0, Author: "Maya Laurent", Earlier: true, At: friday.Add(time.Duration(n-200) * 11 * time.Minute),
			Text: fmt.Sprintf("Message %d. %s", n+1, strings.Repeat("The jacket is blue & warm, isn’t it? ", 12+n%7*10)),
		})
	}
	f.Lines = append(f.Lines, last...)
	return f
}

func ownWords(t *testing.T) Followup {
	f := wholeShort(t)
	f.Subject, f.Intro = "Jo, your sherpa has answered", "Namaste Jo!\n\nMaya has thought about your question at base camp."
	f.Brand.Footer, f.Brand.LogoURL = "Nimbus, high above the clouds\nBase camp 1, Chamonix", "https://nimbus.example/logo.png"
	return f
}

func hostile(t *testing.T) Followup {
	const attack = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>{{.Brand}}\u202egnp.exe\u202c\r\nBcc: all@example.org\x00\x1b[31m" +
		" https://evil.example/ javascript:alert(1) https://bank.example@evil.example/"
	f := overMidnight(t)
	f.AgentName, f.CustomerName, f.Subject, f.Intro = attack, "Jo\r\nBcc: x", attack, attack
	f.Brand.Name, f.Brand.Footer = "Nim\r\nBcc: all@example.org\u202ebus", attack
	for i := range f.Lines {
		f.Lines[i].Text, f.Lines[i].Attachments = attack+"\n-- \n"+strings.Repeat("wide", 300), []AttachedFile{{Name: attack}}
		if !f.Lines[i].Own {
			f.Lines[i].Author = attack
		}
	}
	return f
}

func arabic(t *testing.T) Followup {
	f := overMidnight(t)
	f.Language, f.CustomerName = "ar", "ليلى"
	f.HoursLine = "نعود يوم الاثنين الساعة 09:00 بتوقيتك."
	texts := []string{
		"مرحبا، هل ما زال المعطف الأزرق متوفرا؟", "سأتحقق من المخزن، لحظة من فضلك.", "شكرا! كم يستغرق الشحن؟",
		"نعم، بقيت لدينا قطعتان. https://nimbus.example/jackets/blue", "هل أحجز لك واحدة حتى يوم الثلاثاء؟", "مساء الخير، الشحن يستغرق يومين. Nimbus Outdoor",
	}
	for i := range f.Lines {
		f.Lines[i].Text = texts[i]
	}
	return f
}

func composeFollowup(t *testing.T, f Followup) Content {
	t.Helper()
	content, err := f.Compose()
	if err != nil {
		t.Fatalf("compose: %v", err)
	}
	return content
}
