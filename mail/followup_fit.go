package mail

import (
	"sort"
	"strings"
	"unicode/utf8"
)

const (
	shortest  = 280 // characters that a shortened message keeps
	cutStep   = 60  // characters that one unit of shortening takes away
	paragraph = 60  // bytes of HTML that a paragraph costs beside its text, at least
)

// fitting draws the follow-up; while it is too large it draws less of it and says that there is more: the earlier
// lines go first, then the new ones are shortened, at last they go too, the oldest first each time. The newest line of
// the brand always stays.
func (f Followup) fitting(draw func(Followup) (string, error)) (Followup, string, error) {
	whole, html, err := f.drawn(draw)
	if err != nil || whole {
		return f, html, err
	}
	var failed error
	best := f
	amount := sort.Search(f.most(), func(amount int) bool {
		shorter := f.less(amount)
		fits, drawn, err := shorter.drawn(draw)
		if err != nil {
			failed = err
		}
		if fits {
			best, html = shorter, drawn
		}
		return fits
	})
	if amount == f.most() {
		best = f.less(amount)
		html, err = draw(best)
		failed = err
	}
	return best, html, failed
}

// drawn draws unless it is plain from the texts alone that it is too large.
func (f Followup) drawn(draw func(Followup) (string, error)) (bool, string, error) {
	size := 0
	for _, line := range f.Lines {
		size += len(line.Text) + paragraph*(1+strings.Count(line.Text, "\n\n"))
	}
	if size > MaxHTML {
		return false, "", nil
	}
	html, err := draw(f)
	return len(html) <= MaxHTML, html, err
}

// less is the follow-up without some of its content; each unit takes a little more away, down to the newest message.
func (f Followup) less(amount int) Followup {
	f.Omitted = true
	f.Lines, amount = withoutOldest(f.Lines, amount, func(_ int, line Line) bool { return line.Earlier })
	for i, line := range f.Lines {
		taken := min(amount, cuts(line))
		amount -= taken
		if taken > 0 {
			f.Lines[i].Text = cutRunes(line.Text, utf8.RuneCountInString(line.Text)-taken*cutStep)
		}
	}
	newest := f.newest()
	f.Lines, _ = withoutOldest(f.Lines, amount, func(i int, _ Line) bool { return i != newest })
	return f
}

// most is the amount at which nothing but the newest message of the brand is left, shortened.
func (f Followup) most() int {
	units := len(f.Lines)
	for _, line := range f.Lines {
		if !line.Earlier { // the others are gone before anything is shortened
			units += cuts(line)
		}
	}
	return units
}

// cuts is how many units a message can be shortened by.
func cuts(line Line) int {
	return (max(utf8.RuneCountInString(line.Text)-shortest, 0) + cutStep - 1) / cutStep
}

func (f Followup) newest() int {
	for i := len(f.Lines) - 1; i >= 0; i-- {
		if line := f.Lines[i]; !line.Earlier && !line.Own {
			return i
		}
	}
	return -1
}

// withoutOldest leaves out at most amount of the lines that may go, and returns what is left of the amount.
func withoutOldest(lines []Line, amount int, mayGo func(int, Line) bool) ([]Line, int) {
	kept := make([]Line, 0, len(lines))
	for i, line := range lines {
		if amount > 0 && mayGo(i, line) {
			amount--
			continue
		}
		kept = append(kept, line)
	}
	return kept, amount
}
