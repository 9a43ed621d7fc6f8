package mail

import (
	netmail "net/mail"
	"regexp"
	"strings"
)

// addressesIn reads the addresses of a header, also of one that breaks the rules.
func addressesIn(value string) (found []Address) {
	value = strings.TrimSpace(value)
	if value == "" || value == "<>" {
		return nil
	}
	parser := netmail.AddressParser{}
	if list, err := parser.ParseList(value); err == nil {
		for _, one := range list[:min(len(list), maxInboundAddress)] {
			found = append(found, Address{Name: cleanLine(decodeWords(one.Name)), Email: plainEmail(one.Address)})
		}
		return found
	}
	for _, piece := range splitAddresses(value) {
		if one := looseAddress(piece); !one.IsZero() {
			found = append(found, one)
		}
	}
	return found
}

// severalAddresses tells whether a header names more than one address.
func severalAddresses(value string) bool {
	named := ""
	for _, one := range addressesIn(value) {
		if one.Email == "" || strings.EqualFold(one.Email, named) {
			continue
		}
		if named != "" {
			return true
		}
		named = one.Email
	}
	return false
}

// splitAddresses cuts at commas and semicolons outside of quotes and brackets.
func splitAddresses(value string) (pieces []string) {
	quoted, bracket, start := false, false, 0
	for i := 0; i < len(value) && len(pieces) < maxInboundAddress; i++ {
		switch c := value[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == '<' && !quoted:
			bracket = true
		case c == '>' && !quoted:
			bracket = false
		case (c == ',' || c == ';') && !quoted && !bracket:
			pieces = append(pieces, value[start:i])
			start = i + 1
		}
	}
	return append(pieces, value[min(start, len(value)):])
}

var emailPattern = regexp.MustCompile(`[^\s<>()\[\]",;:'@]+@[^\s<>()\[\]",;:'@]+`)

// looseAddress finds a name and an address in what no parser takes.
func looseAddress(piece string) Address {
	piece = decodeWords(piece)
	at := emailPattern.FindStringIndex(piece)
	if open, end := strings.LastIndexByte(piece, '<'), strings.LastIndexByte(piece, '>'); open >= 0 && end > open {
		if inside := emailPattern.FindStringIndex(piece[open:end]); inside != nil {
			at = []int{open + inside[0], open + inside[1]}
		}
	}
	if at == nil {
		name := strings.Trim(cleanLine(piece), ` "'<>`)
		if strings.EqualFold(name, "mailer-daemon") || strings.EqualFold(name, "postmaster") { // local mail has no domain
			return Address{Email: strings.ToLower(name)}
		}
		return Address{Name: name}
	}
	name := strings.Trim(cleanLine(strings.Trim(piece[:at[0]], " \t<\"'([")), ` "'`)
	return Address{Name: name, Email: plainEmail(piece[at[0]:at[1]])}
}

// plainEmail keeps the local part as it is, since tokens live there, and lowers the domain.
func plainEmail(email string) string {
	email = strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, email)
	at := strings.LastIndexByte(email, '@')
	if at < 0 || len(email) > 1_000 {
		return email[:min(len(email), 1_000)]
	}
	return email[:at+1] + strings.ToLower(email[at+1:])
}
