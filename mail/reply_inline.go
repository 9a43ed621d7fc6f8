package mail

// maxSpokenTo is how many lines of a quote stay above an answer in its middle.
const maxSpokenTo = 6

// keepInline keeps the mail up to its last answer. Of each quote there only what the answer speaks to stays: a short one
// as it is, of a longer one the paragraph above the answer, without the line that introduces the whole.
func (c *cutter) keepInline(last int) {
	c.inline = true
	introduced := -1 // where the introduction of the next quote begins
	for i := 0; i <= last; {
		one := c.lines[i]
		if one.depth > 0 && !one.weak {
			end := c.quoteEnd(i, last)
			from := c.spokenTo(i, end)
			if from > i && introduced >= 0 {
				c.unkeep(introduced)
				c.quoteAll(introduced, i)
			}
			c.quoteAll(i, from)
			c.keep(from, end)
			i, introduced = end, -1
			continue
		}
		end := i + 1
		if !one.blank() {
			introduced = -1
			if at, found := c.find.at(i); found {
				introduced, end = i, max(min(at.end, last+1), i+1)
			}
		}
		c.keep(i, end)
		i = end
	}
	c.quoteAll(last+1, len(c.lines))
}

// quoteEnd finds the end of the quote that begins at a line, with the empty lines in its middle.
func (c *cutter) quoteEnd(from, last int) int {
	end := from
	for i := from; i <= last; i++ {
		if c.lines[i].depth > 0 {
			end = i + 1
		} else if !c.lines[i].blank() {
			break
		}
	}
	return end
}

// spokenTo is where the part of a quote begins that an answer below it speaks to.
func (c *cutter) spokenTo(from, end int) int {
	words := 0
	for _, one := range c.lines[from:end] {
		if !one.blank() {
			words++
		}
	}
	if words <= maxSpokenTo {
		return from
	}
	at := end
	for at > from && c.lines[at-1].blank() {
		at--
	}
	for n := 0; n < maxSpokenTo && at > from && !c.lines[at-1].blank(); n++ {
		at--
	}
	return at
}

// unkeep takes kept lines back, from one of them on.
func (c *cutter) unkeep(from int) {
	for len(c.kept) > 0 && c.kept[len(c.kept)-1] >= from {
		c.kept = c.kept[:len(c.kept)-1]
	}
}
