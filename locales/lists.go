package locales

// Quote puts a text into the quotation marks of the language.
func (l *Locale) Quote(text string) string { return l.T("say.quote", "Text", text) }

// And returns "a", "a and b", "a, b and c".
func (l *Locale) And(items ...string) string {
	if len(items) < 2 {
		return l.Comma(items...)
	}
	last := len(items) - 1
	return l.T("say.and", "Some", l.Comma(items[:last]...), "Last", items[last])
}

// Comma returns "a, b, c".
func (l *Locale) Comma(items ...string) string {
	said := ""
	for i, item := range items {
		if i == 0 {
			said = item
			continue
		}
		said = l.T("say.comma", "Some", said, "Next", item)
	}
	return said
}
