package channel

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"rejoin/app/chat"
	"rejoin/mail"
)

// followup is the email of what the customer has not read, with the brand's own words where it has some.
func followup(c chat.Composition, letter mail.Letter) mail.Followup {
	f := mail.Followup{Letter: letter, AgentName: c.AgentName, Omitted: c.Omitted}
	for _, line := range c.Lines {
		f.Lines = append(f.Lines, mail.Line{
			Author: author(line), Own: line.By == chat.ByCustomer, Text: line.Text, Attachments: attached(line),
			At: line.At, Earlier: line.Earlier,
		})
	}
	settings := c.Organization.Settings
	values := map[string]string{"brand": letter.Brand.Name, "agent": c.AgentName, "name": mail.PersonName(c.Customer.Name)}
	if c.AgentName == "" {
		values["agent"] = letter.Brand.Name
	}
	f.Subject = fill(settings.Localized(chat.EmailSubject, letter.Language), values)
	f.Intro = fill(settings.Localized(chat.EmailIntro, letter.Language), values)
	return f
}

// attached are the files that came with a message.
func attached(line chat.Line) []mail.AttachedFile {
	files := make([]mail.AttachedFile, 0, len(line.Attachments))
	for _, one := range line.Attachments {
		files = append(files, mail.AttachedFile{Name: one.Name, Size: one.Size})
	}
	return files
}

// author is the name of an agent or of a participant, empty for the customer; automations speak as the brand.
func author(line chat.Line) string {
	if line.By == chat.ByAgent || line.Other {
		return line.Name
	}
	return ""
}

var (
	leading = regexp.MustCompile(`(?m)^[ \t]*\{\s*name\s*\}[ \t]*[,:،、，]?[ \t]*`)
	ending  = regexp.MustCompile(`[,،、，]?[ \t]*\{\s*name\s*\}([ \x{00a0}\x{202f}]?[.!?。！？؟])`)
	within  = regexp.MustCompile(`[ \t]*\{\s*name\s*\}`)
)

// fill fills a text's variables and closes the gap where the customer's name is not known: "Hello {name}, …" becomes
// "Hello, …", "Hello, {name}!" becomes "Hello!" and "{name}, we have …" becomes "We have …".
func fill(text string, values map[string]string) string {
	if values["name"] == "" {
		begins := leading.FindStringIndex(text)
		text = leading.ReplaceAllString(text, "")
		text = ending.ReplaceAllString(text, "$1")
		text = within.ReplaceAllString(text, "")
		if begins != nil && begins[0] == 0 {
			text = capital(text)
		}
	}
	return strings.TrimSpace(chat.Fill(text, values))
}

func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
