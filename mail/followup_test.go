package mail

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"pgregory.net/rapid"
)

func TestTheSameFollowupGivesTheSameBytes(t *testing.T) {
	first := composeFollowup(t, transcript(t))
	for range 5 {
		if again := composeFollowup(t, transcript(t)); again != first {
			t.Fatal("a second composition differs")
		}
	}
}

func TestWhatIsNewStandsApartFromWhatCameBefore(t *testing.T) {
	page := document(t, composeFollowup(t, overMidnight(t)).HTML)
	earlier, fresh := page.Find(".earlier").Text(), page.Find(".words").Text()
	for _, line := range overMidnight(t).Lines {
		words := line.Text[:20]
		if strings.Contains(earlier, words) != line.Earlier || strings.Contains(fresh, words) == line.Earlier {
			t.Errorf("%q stands on the wrong side", words)
		}
	}
	for _, want := range []string{"Earlier in this conversation", "There is more", "You · 20:42"} {
		if !strings.Contains(earlier, want) {
			t.Errorf("the context lacks %q", want)
		}
	}
	if got := page.Find(".day").Text(); got != "Friday 21 November 2025Saturday 22 November 2025" {
		t.Errorf("the days are %q", got)
	}
	if got := page.Find(".face").Text(); got != "MLTB" {
		t.Errorf("the faces are %q: what one writes in a row belongs together", got)
	}
	if got := page.Find(".time").Text() + page.Find(".later").Text(); got != "\u00a023:42\u00a000:1223:46" {
		t.Errorf("the times are %q", got)
	}
}

func TestACustomersWordsHoldNoLink(t *testing.T) {
	f := overMidnight(t)
	f.Lines = append(f.Lines, Line{Own: true, Text: "see https://mine.example", At: friday.Add(time.Hour)})
	content := composeFollowup(t, f)
	document(t, content.HTML).Find("[href]").Each(func(_ int, s *goquery.Selection) {
		if strings.Contains(s.AttrOr("href", ""), "other.example") || strings.Contains(s.AttrOr("href", ""), "mine.example") {
			t.Errorf("a customer's address became a link: %s", s.AttrOr("href", ""))
		}
	})
}

func TestWhatPeopleTypeInAChatStaysText(t *testing.T) {
	content := composeFollowup(t, hostile(t))
	page := document(t, content.HTML)
	if n := page.Find("script, img, iframe, form, [onerror]").Length(); n != 0 {
		t.Errorf("%d elements came out of typed text", n)
	}
	page.Find("[href]").Each(func(_ int, s *goquery.Selection) {
		if href := s.AttrOr("href", ""); !isWebAddress(href) || strings.Contains(href, "@") {
			t.Errorf("%q became a link", href)
		}
	})
	for name, part := range map[string]string{"subject": content.Subject, "html": content.HTML, "text": content.Text} {
		if strings.ContainsAny(part, "\x00\r\x1b\u202e") || !utf8.ValidString(part) {
			t.Errorf("the %s holds a control character", name)
		}
	}
	if strings.Contains(content.Subject, "\n") || utf8.RuneCountInString(content.Subject) > maxSubjectRunes {
		t.Errorf("the subject is %q", content.Subject)
	}
	if n := strings.Count(content.Text, "\n-- \n"); n != 1 {
		t.Errorf("%d lines look like the start of a signature", n)
	}
}

func TestNoLengthIsTooMuch(t *testing.T) {
	for name, text := range map[string]string{
		"quotes": strings.Repeat(`"`, MaxText), "paragraphs": strings.Repeat("a\n\n", MaxText/3), "lines": strings.Repeat("a\n", MaxText/2),
		"one word": strings.Repeat("漢", MaxText), "links": strings.Repeat("http://a.b ", MaxText/11), "more than a message holds": strings.Repeat("a", 3*MaxText),
	} {
		f := oneUnread(t)
		f.Lines = nil
		for n := range 12 {
			f.Lines = append(f.Lines, Line{Author: "Maya", Text: text, At: friday.Add(time.Duration(n) * time.Minute)})
		}
		f.Lines = append(f.Lines, Line{Author: "Maya", Text: "the newest words", At: friday.Add(time.Hour)})
		content := composeFollowup(t, f)
		if len(content.HTML) > MaxHTML || len(content.HTML) < MaxHTML/2 {
			t.Errorf("%s: %d bytes", name, len(content.HTML))
		}
		if !strings.Contains(content.HTML, "the newest words") || !strings.Contains(content.HTML, "There is more in the conversation") {
			t.Errorf("%s: the newest message is gone, or nobody is told of the others", name)
		}
	}
}

func TestTheOldestGivesWayFirst(t *testing.T) {
	f := transcript(t)
	content := composeFollowup(t, f)
	if len(content.HTML) > MaxHTML || len(content.HTML) < MaxHTML*95/100 {
		t.Errorf("%d bytes of HTML", len(content.HTML))
	}
	gone := 0
	for n, line := range f.Lines {
		shown := strings.Contains(content.Text, strings.TrimSpace(line.Text)[:12])
		if !shown && n != gone {
			t.Errorf("line %d is gone before older ones", n+1)
		}
		if !shown {
			gone++
		}
	}
	if gone == 0 || gone > 30 || strings.Contains(content.Text, "…\n") {
		t.Errorf("%d lines are gone", gone)
	}
	f.Lines = f.Lines[40:]
	for i := range f.Lines {
		f.Lines[i].Own, f.Lines[i].Earlier, f.Lines[i].Text = false, false, strings.Repeat(f.Lines[i].Text, 8)
	}
	short := composeFollowup(t, f)
	cut, whole := strings.LastIndex(short.Text, "…\n"), strings.Index(short.Text, f.Lines[len(f.Lines)-1].Text)
	if cut < 0 || whole < cut || strings.Contains(short.Text, f.Lines[0].Text) || !strings.Contains(short.Text, f.Lines[0].Text[:200]) {
		t.Error("the oldest new message is not the one that is shortened")
	}
}

func TestLessAndLessIsLeftDownToTheNewestMessage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Followup{}
		for range rapid.IntRange(0, 8).Draw(t, "before") {
			f.Lines = append(f.Lines, Line{Earlier: true, Text: strings.Repeat("é", rapid.IntRange(1, 900).Draw(t, "length"))})
		}
		for range rapid.IntRange(0, 6).Draw(t, "new") {
			f.Lines = append(f.Lines, Line{Own: rapid.Bool().Draw(t, "own"), Text: strings.Repeat("é", rapid.IntRange(1, 900).Draw(t, "length"))})
		}
		f.Lines = append(f.Lines, Line{Text: "newest" + strings.Repeat("é", 500)}, Line{Own: true, Text: "and theirs"})
		before := fmt.Sprint(f.Lines)
		size := func(f Followup) (n int) {
			for _, line := range f.Lines {
				n += 1 + len(line.Text)
			}
			return n
		}
		last := size(f)
		for amount := 1; amount <= f.most(); amount++ {
			now := size(f.less(amount))
			if now > last || now < 0 {
				t.Fatalf("unit %d leaves %d, the one before %d", amount, now, last)
			}
			last = now
		}
		if end := f.less(f.most()); len(end.Lines) != 1 || !strings.HasPrefix(end.Lines[0].Text, "newest") || !strings.HasSuffix(end.Lines[0].Text, "…") {
			t.Fatalf("at last %d lines are left", len(end.Lines))
		}
		if fmt.Sprint(f.Lines) != before {
			t.Fatal("the original was changed")
		}
	})
}

func TestThePreviewBesideTheSubjectIsTheFirstNewWords(t *testing.T) {
	shown := document(t, composeFollowup(t, overMidnight(t)).HTML).Find(".preheader").Text()
	if !strings.HasPrefix(shown, "Yes, we have two left in medium. Here is") {
		t.Errorf("the preview is %q", strings.TrimSuffix(shown, preheaderEnd))
	}
}

func TestAFollowupWithoutAnythingNewIsRefused(t *testing.T) {
	for name, change := range map[string]func(*Followup){
		"no line":       func(f *Followup) { f.Lines = nil },
		"earlier only":  func(f *Followup) { f.Lines = f.Lines[:3] },
		"their own":     func(f *Followup) { f.Lines = []Line{{Own: true, Text: "hello"}} },
		"empty message": func(f *Followup) { f.Lines = []Line{{Text: " \x00 "}} },
	} {
		f := overMidnight(t)
		change(&f)
		_, err := f.Compose()
		if err == nil {
			t.Errorf("%s: it was composed", name)
			continue
		}
		wantInvalid(t, err, "text", "empty")
	}
	f := overMidnight(t)
	f.Link = "javascript:alert(1)"
	_, err := f.Compose()
	wantInvalid(t, err, "link", "not_http")
}

func TestTheEmailRunsInItsDirection(t *testing.T) {
	page := document(t, composeFollowup(t, arabic(t)).HTML)
	if dir := page.Find("body").AttrOr("dir", ""); dir != "rtl" {
		t.Errorf("it runs %s", dir)
	}
	if style := page.Find(".sheet").AttrOr("style", ""); !strings.Contains(style, "text-align:right") {
		t.Errorf("the sheet is %s", style)
	}
	if style := page.Find(".words").AttrOr("style", ""); !strings.Contains(style, "padding-right:12px") || strings.Contains(style, "padding-left") {
		t.Errorf("the words are %s", style)
	}
	page.Find(".words p, .earlier p").Each(func(_ int, s *goquery.Selection) {
		if style := s.AttrOr("style", ""); !strings.Contains(style, "text-align:start") {
			t.Errorf("a paragraph is %s", style)
		}
	})
}
