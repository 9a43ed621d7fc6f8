package mail

import "strings"

const (
	tokenPrefix = "reply+"
	maxToken    = 200
)

// Token gives the TOKEN of the first reply+TOKEN@… address that the mail was sent to, or nothing.
func (in *Inbound) Token() string {
	for _, address := range in.Recipients() {
		if token := TokenOf(address); token != "" {
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

// TokenOf gives the TOKEN of a reply+TOKEN@domain address, or nothing: it is letters, digits, - and _ only.
func TokenOf(address string) string {
	address = strings.Trim(strings.TrimSpace(address), "<>")
	at := strings.LastIndexByte(address, '@')
	if at <= len(tokenPrefix) || at == len(address)-1 || !strings.EqualFold(address[:len(tokenPrefix)], tokenPrefix) {
		return ""
	}
	token := address[len(tokenPrefix):at]
	if len(token) > maxToken {
		return ""
	}
	for _, c := range []byte(token) {
		if strings.IndexByte(tokenLetters, c) < 0 {
			return ""
		}
	}
	return token
}

const tokenLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
