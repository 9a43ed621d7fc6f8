package mail

import (
	"regexp"
	"strings"
)

const maxFieldLines = 25

var (
	clockPattern = regexp.MustCompile(`\d{1,2}[:.h]\s?\d{2}`)
	// two fields on one line, as HTML may draw them
	inlineFields = regexp.MustCompile(`(?i)^\*?(?:from|von|de|da|van)\s?:\*?\s.*@.*\s\*?(?:sent|date|gesendet|datum|envoyé|date|enviado|fecha|inviato|data|verzonden)\s?:\*?\s.*\d`)
)

// fieldBlock tells how many lines, from the first, are the fields above a quoted message: From, Sent, To, Subject.
func fieldBlock(lines []line) int {
	if role, _ := fieldOf(lines[0].text); role == "" || role == "other" || role == "cc" {
		return 0
	}
	if inlineFields.MatchString(lines[0].text) {
		return 1
	}
	roles := map[string]bool{}
	address, clock := false, false
	end, gaps, wrapped := 0, 0, 0
	previous := ""
	for i := 0; i < len(lines) && i < maxFieldLines; i++ {
		one := lines[i]
		if one.blank() {
			if gaps++; gaps > 1 || previous == "subject" {
				break
			}
			continue
		}
		role, value := fieldOf(one.text)
		if role == "" {
			if gaps > 0 || wrapped >= 6 || !wrapsField(one, previous, roles) {
				break
			}
			wrapped++
			value = withoutBidi(one.text)
		} else {
			if roles[role] && role != "other" && role != "cc" && role != "to" {
				break // the next message's
			}
			roles[role], previous, wrapped, gaps = true, role, 0, 0
		}
		address = address || strings.Contains(value, "@")
		clock = clock || ((previous == "sent" || previous == "date") && clockPattern.MatchString(value))
		end = i + 1
	}
	if !isBlockOfFields(roles, address, clock) {
		return 0
	}
	return end
}

// isBlockOfFields tells a quoted message's head from a person's own list, like a journey's "From: … To: … Date: …".
func isBlockOfFields(roles map[string]bool, address, clock bool) bool {
	dated := roles["sent"] || roles["date"]
	switch {
	case roles["from"] && dated && (address || roles["subject"] || (roles["sent"] && clock)):
		return true
	case roles["from"] && roles["subject"] && (address || roles["to"]):
		return true
	case roles["from"] && roles["to"] && address:
		return true
	}
	return dated && roles["to"] && address && (clock || roles["subject"])
}

// fieldOf reads "Name: value" where the name is one of a mail's fields.
func fieldOf(text string) (role, value string) {
	text = strings.TrimLeft(text, " \t*_|>")
	at := strings.IndexAny(text, ":：")
	if at <= 0 || at > 60 {
		return "", ""
	}
	name := strings.ToLower(strings.Trim(withoutBidi(text[:at]), " \t*_"))
	_, value, _ = strings.Cut(strings.Replace(text, "：", ":", 1), ":")
	return fieldRoles[name], strings.TrimLeft(withoutBidi(value), " *")
}

// wrapsField tells whether a line goes on with the value above it.
func wrapsField(one line, previous string, roles map[string]bool) bool {
	text := strings.TrimSpace(one.text)
	if strings.HasPrefix(one.text, " ") || strings.HasPrefix(one.text, "\t") || strings.HasPrefix(text, "<") || strings.HasPrefix(text, "[mailto") {
		return true
	}
	switch previous {
	case "to", "cc":
		return strings.Contains(text, "@") || strings.HasSuffix(text, ";")
	case "from":
		return strings.Contains(text, "@") || strings.HasPrefix(strings.ToLower(text), "on behalf of")
	}
	return previous == "subject" && !roles["sent"] && !roles["to"] && len(text) < 60
}
