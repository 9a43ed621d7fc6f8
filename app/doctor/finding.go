package doctor

import (
	"errors"
	"net"
	"strconv"
	"strings"
	"unicode"

	"rejoin/app/chat"
	"rejoin/mail"
)

// maxValue is how many runes of a foreign text are shown: a long TXT record still fits.
const maxValue = 500

// finding makes one line; pairs are names and values of its sentence.
func finding(state chat.FindingState, check, outcome string, pairs []string) chat.Finding {
	f := chat.Finding{Check: check, State: state, Outcome: outcome, Values: map[string]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Values[pairs[i]] = cleaned(pairs[i+1])
	}
	return f
}

func good(check, outcome string, pairs ...string) chat.Finding {
	return finding(chat.FindingOK, check, outcome, pairs)
}

func warn(check, outcome string, pairs ...string) chat.Finding {
	return finding(chat.FindingWarn, check, outcome, pairs)
}

func bad(check, outcome string, pairs ...string) chat.Finding {
	return finding(chat.FindingBad, check, outcome, pairs)
}

func none(check, outcome string, pairs ...string) chat.Finding {
	return finding(chat.FindingNone, check, outcome, pairs)
}

// cleaned makes one bounded line that can neither steer a terminal nor turn the text around it.
func cleaned(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > maxValue {
		s = string(runes[:maxValue-1]) + "…"
	}
	return s
}

// reasonOf is why something failed, in the provider's own words where it has said some.
func reasonOf(err error) string {
	var failure *mail.Failure
	if !errors.As(err, &failure) {
		return err.Error()
	}
	if failure.Code == "" || failure.Status != 0 && strings.HasPrefix(failure.Detail, strconv.Itoa(failure.Status)) {
		return failure.Detail
	}
	return failure.Code + ": " + failure.Detail
}

// isUnreached tells whether a failure came of nobody answering, and not of what was answered.
func isUnreached(err error) bool {
	var failure *mail.Failure
	if errors.As(err, &failure) {
		return failure.Status == 0 && failure.Temporary
	}
	var network net.Error
	return errors.As(err, &network)
}

// isNotFound tells whether DNS has said that there is no such record, which is an answer.
func isNotFound(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}
