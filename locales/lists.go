package locales

// Quote puts a text into the quotation marks of the language.
func (l *Locale) Quote(text string) string { return l.T("say.quote", "Text", text) }

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
