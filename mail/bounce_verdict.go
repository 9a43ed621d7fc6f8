package mail

import (
	"regexp"
	"strings"
)

// stage is the command that a server refused. What is refused at RCPT is the address; what is refused later is as
// often the mail: filters say "user unknown" there to send strangers away.
type stage int

const (
	stageUnknown stage = iota
	stageConnect
	stageMail
	stageRcpt
	stageData
)

var (
	statusPattern = regexp.MustCompile(`[245]\.\d{1,3}\.\d{1,3}`)
	codePattern   = regexp.MustCompile(`(?:^|[^\d.])([45]\d\d)(?:[\s:.-]|$)`)
	sessionLine   = regexp.MustCompile(`(?i)^\s*(>>>|<<<)\s*(\S+)`)
	linkPattern   = regexp.MustCompile(`https?://\S+|www\.\S+`)
	mailPattern   = regexp.MustCompile(`<[^<>]*@[^<>]*>|[^\s<>]+@[^\s<>]+`)
)

// judge decides whether an address is dead. Hard needs two witnesses: words or a status that speak of the address,
// and a refusal that was about the address. Everything else is soft, and will be tried again.
func (r reported) judge(about, reporter string) FailedRecipient {
	detail := r.diagnostic
	if !sayMuch(detail) {
		detail = strings.TrimSpace(detail + " " + commentOf(r.status))
	}
	if !sayMuch(detail) {
		detail = strings.TrimSpace(detail + "\n" + answerIn(about))
	}
	detail = detail[:min(len(detail), maxDetailRead)]
	result := FailedRecipient{Address: r.address, Status: bestStatus(detail, r.status, about), Detail: cutBytes(cleanLine(detailLine(detail)), maxDetail)}
	if result.Address == "" {
		result.Address = first(addressesIn(emailPattern.FindString(about))).Email
	}
	v := verdict{
		state:  containsAny(plainWords(detail), statePhrases) || (!sayMuch(r.diagnostic) && containsAny(plainWords(about), statePhrases)),
		detail: plainWords(detail), raw: strings.ToLower(detail), status: result.Status, code: codeIn(detail), stage: stageOf(detail + "\n" + about), action: r.action,
		servers: r.extra + " " + reporter + " " + strings.ToLower(r.address), declared: statusIn(r.status),
	}
	result.Hard = v.hard()
	if result.Status == "" && result.Hard {
		result.Status = "5.0.0"
	}
	return result
}

// stillTries tells a notice that the mail is late from one that gives up: by the report's own word, else by what it
// says to people.
func (f FailedRecipient) stillTries(action, said string) bool {
	switch {
	case f.Hard:
		return false
	case action != "":
		return strings.HasPrefix(action, "delayed")
	}
	return !strings.HasPrefix(f.Status, "5.") && containsAny(said, stillTryingPhrases) && !containsAny(said, gaveUpPhrases)
}

// answerIn picks the lines of a text that hold a server's answer, with the lines that they wrap to; all of a text
// without one.
func answerIn(about string) string {
	var answer []string
	open := false
	for line := range strings.SplitSeq(about, "\n") {
		switch {
		case codeIn(line) != "" || statusIn(line) != "":
			open = true
		case strings.TrimSpace(line) == "":
			open = false
		}
		if open {
			answer = append(answer, line)
		}
	}
	if len(answer) == 0 {
		return about
	}
	return strings.Join(answer, "\n")
}

// verdict weighs what is known about one refusal.
type verdict struct {
	detail, raw      string // lower case, one line; detail is without addresses and links
	status, declared string
	code             string
	stage            stage
	action, servers  string
	state            bool // the mailbox exists, but is full, locked …
}

func (v verdict) hard() bool {
	switch {
	case containsAny(v.detail, noServicePhrases) && !v.softStatus():
		return true
	case strings.Contains(v.detail, "no mx found for domain"):
		return true
	case v.action == "delayed" || v.softStatus() || v.state:
		return false
	case v.stage == stageMail || v.stage == stageConnect || v.status == "5.1.7" || v.status == "5.1.8":
		return false // the sender or its server was refused
	case containsAny(v.detail, unknownHostPhrases):
		return true
	case containsAny(v.detail, softPhrases):
		return v.knownRefusal() || (v.status == "5.1.1" && containsAny(v.detail, unknownUserPhrases))
	case v.status == "5.4.310" || v.status == "5.1.2" || v.status == "5.1.6" || v.status == "5.1.10" || containsAny(v.detail, movedPhrases):
		return true
	}
	return v.unknownUser()
}

// softStatus tells a temporary refusal; a server that says both is believed in its own words first.
func (v verdict) softStatus() bool {
	return strings.HasPrefix(v.status, "4.") || (v.status == "" && strings.HasPrefix(v.code, "4")) || (strings.HasPrefix(v.declared, "4.") && !strings.HasPrefix(v.status, "5.1."))
}

// unknownUser tells whether the refusal says that there is no such mailbox.
func (v verdict) unknownUser() bool {
	named := containsAny(v.detail, unknownUserPhrases)
	switch {
	case containsAny(v.detail, certainUserPhrases) || (v.code == "" && v.status == "" && containsAny(v.detail, bareUserPhrases)):
		return true
	case v.status == "5.1.1" || v.status == "5.1.3":
		return true
	case named && (strings.HasPrefix(v.raw, "unknown;") || strings.HasPrefix(v.raw, "x-")):
		return true // the reporting server speaks of its own users
	case v.status == "5.1.0":
		return !strings.Contains(v.detail, "sender")
	case v.stage == stageRcpt && (named || bareRefusal.MatchString(v.detail)):
		return !strings.HasPrefix(v.code, "4")
	}
	return v.knownRefusal()
}

// bareRefusal is the refusal of a recipient without any other reason.
var bareRefusal = regexp.MustCompile(`recipient address rejected[.\s]*(?:\(|$)`)

// knownRefusal is what single providers mean by their words, wherever in the session they say them.
func (v verdict) knownRefusal() bool {
	for _, known := range providerRefusals {
		if containsAny(v.servers, known.servers) || (known.inWords && containsAny(v.raw, known.servers)) {
			if containsAny(v.raw, known.phrases) {
				return true
			}
		}
	}
	return false
}

func sayMuch(detail string) bool {
	_, words, found := strings.Cut(detail, ";")
	if !found {
		words = detail
	}
	words = strings.TrimSpace(words)
	return len(words) > 6 && strings.ContainsAny(words, " ")
}

// commentOf reads the words behind a status: "4.2.2 (Over quota)".
func commentOf(status string) string {
	if _, after, found := strings.Cut(status, "("); found {
		words, _, _ := strings.Cut(after, ")")
		return words
	}
	return ""
}

// bestStatus prefers the last status with a meaning in the server's own words over the one of the report.
func bestStatus(detail, declared, about string) string {
	best := statusIn(declared)
	for _, found := range []string{lastStatus(detail), lastStatus(about)} {
		if found != "" && (best == "" || isGeneric(best) || !isGeneric(found) && detailHas(detail, found)) {
			best = found
			break
		}
	}
	return best
}

func detailHas(detail, status string) bool { return strings.Contains(detail, status) }

func isGeneric(status string) bool { return strings.HasSuffix(status, ".0.0") }

func statusIn(text string) string {
	for _, at := range statusPattern.FindAllStringIndex(text, 20) {
		if isWholeStatus(text, at) {
			return text[at[0]:at[1]]
		}
	}
	return ""
}

func lastStatus(text string) (last string) {
	for _, at := range statusPattern.FindAllStringIndex(text, 50) {
		if found := text[at[0]:at[1]]; isWholeStatus(text, at) && (!isGeneric(found) || last == "") {
			last = found
		}
	}
	return last
}

// isWholeStatus refuses pieces of IP addresses and versions.
func isWholeStatus(text string, at []int) bool {
	if at[0] > 0 && (isDigitOrDot(text[at[0]-1]) || text[at[0]-1] == '[') {
		return false
	}
	return at[1] >= len(text) || !isDigitOrDot(text[at[1]]) || (text[at[1]] == '.' && (at[1]+1 >= len(text) || !isDigitOrDot(text[at[1]+1])))
}

func isDigitOrDot(c byte) bool { return c == '.' || c >= '0' && c <= '9' }

func codeIn(text string) string {
	if match := codePattern.FindStringSubmatch(text); match != nil {
		return match[1]
	}
	return ""
}

// plainWords is a text to look for phrases in: no links, no addresses, one line, lower case.
func plainWords(text string) string {
	text = mailPattern.ReplaceAllString(linkPattern.ReplaceAllString(text, " "), " ")
	return strings.ToLower(strings.Join(strings.Fields(text), " "))
}

// detailLine picks the line of a text that holds the server's answer.
func detailLine(detail string) string {
	if !strings.Contains(detail, "\n") {
		return detail
	}
	for line := range strings.SplitSeq(detail, "\n") {
		if codeIn(line) != "" || statusIn(line) != "" {
			return line
		}
	}
	return strings.TrimSpace(detail)
}

func cutBytes(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}

// stageOf finds the refused command: in a session's transcript the one before the refusal, else the last one named.
func stageOf(text string) stage {
	command := ""
	for line := range strings.SplitSeq(text, "\n") {
		match := sessionLine.FindStringSubmatch(line)
		switch {
		case match == nil:
		case match[1] == ">>>":
			command = strings.ToUpper(match[2])
		case command != "" && (match[2][0] == '4' || match[2][0] == '5'):
			if found := stageOfCommand(command); found != stageUnknown {
				return found
			}
		}
	}
	low := strings.ToLower(strings.Join(strings.Fields(text), " "))
	last, at := stageUnknown, -1
	for _, sign := range stageSigns {
		if found := strings.LastIndex(low, sign.words); found > at {
			last, at = sign.stage, found
		}
	}
	return last
}

func stageOfCommand(command string) stage {
	switch command {
	case "RCPT":
		return stageRcpt
	case "DATA", "BDAT", ".":
		return stageData
	case "MAIL":
		return stageMail
	case "EHLO", "HELO":
		return stageConnect
	}
	return stageUnknown
}
