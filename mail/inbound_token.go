package mail

import "strings"

const (
	replyPrefix = "reply+"
	checkPrefix = "check+"
	maxToken    = 50 // what a local part has room for, and more than any token of ours
)

// Token gives the TOKEN of the first reply+TOKEN@… address that the mail was sent to, or nothing.
func (in *Inbound) Token() string { return firstToken(in.Recipients(), TokenOf) }

// Check gives the TOKEN of the first check+TOKEN@… address that the mail was sent to, or nothing.
func (in *Inbound) Check() string { return firstToken(in.Recipients(), CheckOf) }

func firstToken(addresses []string, tokenOf func(string) string) string {
	for _, address := range addresses {
		if token := tokenOf(address); token != "" {
			return token
		}
	}
	return ""
}

// Recipients gives every address that the mail names as its destination, the envelope's own first.
func (in *Inbound) Recipients() []string {
	all := append([]string(nil), in.Delivered...)
	for _, one := range append(append([]Address(nil), in.To...), in.Cc...) {
		if one.Email != "" {
			all = append(all, one.Email)
		}
	}
	return all
}

// TokenOf gives the TOKEN of a conversation's address, reply+TOKEN@domain, or nothing. It comes in lower case, since
// mail programs on the way change the case of an address.
func TokenOf(address string) string { return tokenBehind(replyPrefix, address) }

// CheckOf gives the TOKEN of the address that a check of the email setup writes to, check+TOKEN@domain, or nothing.
func CheckOf(address string) string { return tokenBehind(checkPrefix, address) }

// tokenBehind reads a token: letters, digits and - only.
func tokenBehind(prefix, address string) string {
	address = strings.Trim(strings.TrimSpace(address), "<>")
	at := strings.LastIndexByte(address, '@')
	if at <= len(prefix) || at == len(address)-1 {
		return ""
	}
	local := unquotedLocal(address[:at])
	if len(local) <= len(prefix) || !strings.EqualFold(local[:len(prefix)], prefix) {
		return ""
	}
	token := strings.ToLower(local[len(prefix):])
	if len(token) > maxToken || !isASCII([]byte(local)) || strings.Trim(token, tokenLetters) != "" {
		return ""
	}
	return token
}

// unquotedLocal takes the quotation marks away that some servers put around a local part with a plus.
func unquotedLocal(local string) string {
	if len(local) > 2 && local[0] == '"' && local[len(local)-1] == '"' {
		return local[1 : len(local)-1]
	}
	return local
}

const tokenLetters = "abcdefghijklmnopqrstuvwxyz0123456789-"
