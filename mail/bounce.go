package mail

import (
	"bytes"
	"regexp"
	"strings"
)

const (
	maxFailed     = 200     // recipients of one bounce
	maxReportText = 60_000  // bytes of a bounce's own words that are judged
	maxDetail     = 500     // bytes of a server's words that are kept
	maxDetailRead = 4 << 10 // bytes of them that are judged
)

// reported is what a delivery report says of one recipient.
type reported struct {
	address, action, status, diagnostic string
	extra                               string // further fields that name the servers
}

// isDeliveryReport knows a report by its structure (RFC 3464).
func (in *Inbound) isDeliveryReport(_ header, w *walk, text string) bool {
	if len(w.statuses) == 0 && !strings.HasPrefix(w.report, "delivery-status") {
		return false
	}
	var all []reported
	for _, status := range w.statuses {
		all = append(all, readReport(status)...)
	}
	delivered := len(all) > 0
	for _, one := range all {
		delivered = delivered && (one.action == "delivered" || one.action == "relayed" || one.action == "expanded")
	}
	if delivered {
		in.Kind = KindReceipt
		in.Status = statusIn(all[0].status)
		in.because("a delivery report that says: delivered")
		return true
	}
	in.Kind = KindBounce
	in.because("a delivery report (RFC 3464)")
	in.judgeReport(all, text)
	return true
}

// isBounce knows the bounces that are no report: by who sent them together with what they say.
func (in *Inbound) isBounce(head header, w *walk, text string) bool {
	certain, likely := isDaemon(in.From, head.get("from"))
	null := head.has("return-path") && isNullPath(head.get("return-path"))
	subject := containsAny(strings.ToLower(in.Subject), bounceSubjects)
	body := containsAny(opening(text), bounceOpenings)
	switch {
	case head.get("x-failed-recipients") != "":
		in.because("the header X-Failed-Recipients")
	case isAutoSubject(in.Subject) || hasAutoHeader(head) != "":
		return false // an answering machine that answers as postmaster
	case certain:
		in.because("sent by %s", firstOf(in.From.Email, in.From.Name, "a mail server"))
	case likely && (subject || body):
		in.because("sent by %s, and it reads like a bounce", firstOf(in.From.Email, in.From.Name, "nobody"))
	case null && (subject || body):
		in.because("an empty Return-Path, and it reads like a bounce")
	case subject && in.InReplyTo == "" && (looksLikeReport(text) || strings.HasPrefix(strings.ToLower(in.Subject), "loop alert")):
		in.because("its subject and its text read like a bounce")
	default:
		return false
	}
	in.Kind = KindBounce
	reports := readReport([]byte(beforeOriginal(text)))
	if len(reports) == 0 && w.inner != nil && certain { // a gateway's bounce around the server's own
		for _, status := range w.inner.statuses {
			reports = append(reports, readReport(status)...)
		}
		text += "\n" + w.inner.machineText()
		in.readOriginal(w.inner.returned)
	}
	in.judgeReport(reports, text)
	return true
}

// looksLikeReport is the last resort: a text whose very first words are a bounce's, with a server's answer in it. What
// a person quotes or writes above it makes it a person's.
func looksLikeReport(text string) bool {
	top := opening(text)
	if !containsAny(top[:min(len(top), 100)], bounceOpenings) {
		return false
	}
	var own []string
	for line := range strings.SplitSeq(beforeOriginal(text), "\n") {
		if !strings.HasPrefix(line, ">") || strings.HasPrefix(line, ">>>") {
			own = append(own, line)
		}
	}
	words := strings.Join(own, "\n")
	return answerPattern.MatchString(words) && emailPattern.MatchString(words)
}

var answerPattern = regexp.MustCompile(`(?m)(?:^|[\s:>'"(])[45]\d\d[\s-]+(?:[#(]?[45]\.\d{1,3}\.\d{1,3}|<|\w+ )|[45]\.\d{1,3}\.\d{1,3}\s`)

// opening is the top of a text, as one lower-case line.
func opening(text string) string {
	return strings.ToLower(strings.Join(strings.Fields(text[:min(len(text), 1_500)]), " "))
}

func containsAny(text string, phrases []string) bool {
	for _, phrase := range phrases {
		if strings.Contains(text, phrase) {
			return true
		}
	}
	return false
}

func firstOf(values ...string) string {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}

// readReport reads blocks of fields; a block without a recipient is about the whole report.
func readReport(raw []byte) (all []reported) {
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	servers := "" // of the whole report
	for block := range bytes.SplitSeq(raw, []byte("\n\n")) {
		if len(all) >= maxFailed {
			break
		}
		one, found := reported{}, false
		for _, field := range fieldsOf(block) {
			switch strings.TrimSpace(field.name) {
			case "final-recipient", "original-recipient":
				if one.address == "" || field.name == "final-recipient" {
					one.address = recipientIn(field.value)
				}
				found = true
			case "action":
				one.action = strings.ToLower(strings.TrimSpace(field.value))
				found = true
			case "status":
				one.status = field.value
				found = true
			case "diagnostic-code":
				one.diagnostic = field.value
				found = true
			case "remote-mta", "reporting-mta":
				one.extra += " " + strings.ToLower(field.value)
			}
		}
		if !found {
			servers += one.extra
		}
		if found && (one.action != "" || one.status != "" || one.diagnostic != "") {
			one.extra += servers
			all = append(all, one)
		}
	}
	return all
}

// recipientIn reads "rfc822; jo@example.com".
func recipientIn(value string) string {
	if _, after, found := strings.Cut(value, ";"); found {
		value = after
	}
	return first(addressesIn(strings.TrimSpace(value))).Email
}

// judgeReport fills in Failed, Hard and Status from the fields of a report and from the words written for people.
func (in *Inbound) judgeReport(all []reported, text string) {
	text = beforeOriginal(text)
	sections := sectionsOf(text)
	if len(all) == 0 {
		for _, section := range sections {
			all = append(all, reported{address: section.address})
		}
	}
	if len(all) == 0 {
		all = []reported{{}}
	}
	said := strings.ToLower(in.Subject) + " " + opening(text)
	for _, one := range all[:min(len(all), maxFailed)] {
		about := text
		for _, section := range sections {
			if strings.EqualFold(section.address, one.address) && len(sections) > 1 {
				about = section.text
			}
		}
		failed := one.judge(about, strings.ToLower(in.From.Email))
		failed.Delayed = failed.stillTries(one.action, said)
		in.Failed = append(in.Failed, failed)
	}
	in.settle()
}

// settle takes what the mail as a whole says from its recipients: the hard one speaks, else the first.
func (in *Inbound) settle() {
	speaker := in.Failed[0]
	for _, one := range in.Failed {
		if one.Hard {
			speaker = one
			break
		}
	}
	in.Hard, in.Status = speaker.Hard, speaker.Status
	if speaker.Detail != "" {
		in.because("the server said: %s", speaker.Detail)
	}
	if len(in.Original.To) == 1 && in.Failed[0].Address == "" {
		in.Failed[0].Address = in.Original.To[0]
	}
}

// section is what a bounce's text says of one recipient.
type section struct{ address, text string }

var sectionPattern = regexp.MustCompile(`^[\s>*-]*<?"?([^\s<>()\[\]",;:'@]+@[^\s<>()\[\]",;:'@]+)"?>?(?:[\s:.,;]|$)`)

// sectionsOf cuts a text at the lines that begin with an address.
func sectionsOf(text string) (all []section) {
	for line := range strings.SplitSeq(text, "\n") {
		if match := sectionPattern.FindStringSubmatch(line[:min(len(line), 400)]); match != nil && len(all) < maxFailed {
			address := plainEmail(strings.TrimRight(match[1], "."))
			if len(all) == 0 || all[len(all)-1].address != address {
				all = append(all, section{address: address})
			}
		}
		if len(all) > 0 && len(all[len(all)-1].text) < maxDetailRead {
			all[len(all)-1].text += line + "\n"
		}
	}
	return all
}

// originalSigns begin the line from which on a bounce shows the mail that it returns.
var originalSigns = wordList(`
below this line is a copy|this is a copy of|enclosed is a copy|original message|the header of the original|unsent message|returned message|message text follows|original mail|message headers follow|original mail as follows|included is a copy of|below is a copy of|header of the original message|a copy of the original message|copy of your message`)

// beforeOriginal cuts the returned mail off: its words are not the server's.
func beforeOriginal(text string) string {
	text = text[:min(len(text), maxReportText)]
	at := 0
	for line := range strings.SplitSeq(text, "\n") {
		if at > 0 && beginsOriginal(line) {
			return text[:at]
		}
		at += len(line) + 1
	}
	return text
}

func beginsOriginal(line string) bool {
	low := strings.ToLower(strings.Trim(line[:min(len(line), 200)], " \t|-*=_"))
	for _, sign := range originalSigns {
		if strings.HasPrefix(low, sign) {
			return true
		}
	}
	return strings.HasPrefix(low, "received:") || strings.HasPrefix(low, "return-path: <") || strings.HasPrefix(low, "dkim-signature:") || strings.HasPrefix(low, "x-received:")
}
