package mail

import "strings"

// judge says who wrote the mail. The order matters: what a machine says about itself by structure comes before what
// its words look like, and only what nothing gives away is a person's.
func (in *Inbound) judge(head header, w *walk) {
	in.readOriginal(w.returned)
	words := w.machineText()
	for _, judge := range []func(header, *walk, string) bool{in.isComplaint, in.isNotification, in.isDeliveryReport, in.isReceipt, in.isOurs, in.isBounce, in.isAutoReply, in.isList} {
		if judge(head, w, words) {
			return
		}
	}
	in.Kind = KindReply
	switch {
	case in.List:
		in.because("it came through a list, but it answers a mail and names our address")
	case in.InReplyTo != "":
		in.because("answers a mail, and nothing marks it as a machine's")
	default:
		in.because("nothing marks it as a machine's")
	}
	if looksLikeReport(words) {
		in.Kind = KindBounce
		in.Reasons = nil
		in.because("no header says so, but the body reads like a bounce (low trust)")
		in.judgeReport(nil, words)
	}
}

// machineText is what a machine wrote for people, in full.
func (w *walk) machineText() string {
	text := strings.Join(w.plain, "\n")
	if isInvisible(strings.TrimSpace(text)) {
		var drawn []string
		for _, source := range w.html {
			for _, one := range linesOfHTML(source) {
				drawn = append(drawn, one.text)
			}
		}
		text = strings.Join(drawn, "\n")
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}

func (in *Inbound) readOriginal(head header) {
	if head == nil {
		return
	}
	in.Original.MessageID = first(messageIDs(head.get("message-id")))
	in.Original.To = emailsOf(head.all("to", "cc", "delivered-to", "x-original-to"))
	in.Original.ReplyTo = emailsOf(head.all("reply-to"))
	in.Original.From = emailsOf(head.all("from"))
}

func emailsOf(values []string) (emails []string) {
	for _, value := range values {
		for _, one := range addressesIn(value) {
			if one.Email != "" && len(emails) < maxInboundAddress {
				emails = append(emails, one.Email)
			}
		}
	}
	return emails
}

func (in *Inbound) isComplaint(head header, w *walk, _ string) bool {
	switch {
	case w.feedback || strings.HasPrefix(w.report, "feedback-report"):
		in.because("a feedback report (RFC 5965)")
	case head.has("x-apple-unsubscribe"):
		in.because("the mail program unsubscribed for its owner")
	case strings.EqualFold(in.Subject, "unsubscribe") && isAutomatic(head.get("auto-submitted")):
		in.because("an automatic mail that unsubscribes")
	case strings.HasPrefix(strings.ToLower(in.Subject), "complaint about message from") && w.returned != nil:
		in.because("a provider's complaint with the mail it speaks of")
	default:
		return false
	}
	in.Kind = KindComplaint
	return true
}

// DeliveryHeader marks every email of ours, so that one that comes back is known: a conversation whose customer is
// another of our addresses stops after one email. What a person answers does not carry it, what bounces has it inside.
const DeliveryHeader = "X-Rejoin-Delivery"

func (in *Inbound) isOurs(head header, _ *walk, _ string) bool {
	if certain, _ := isDaemon(in.From, head.get("from")); certain || !head.has(strings.ToLower(DeliveryHeader)) {
		return false
	}
	in.Kind = KindAutoReply
	in.because("our own email came back")
	return true
}

func (in *Inbound) isReceipt(_ header, w *walk, _ string) bool {
	if !w.disposition && !strings.HasPrefix(w.report, "disposition-notification") {
		return false
	}
	in.Kind = KindReceipt
	in.because("a disposition notification (RFC 8098)")
	return true
}

// isAutomatic reads Auto-Submitted (RFC 3834): anything but "no"; what a person had forwarded automatically is a person's.
func isAutomatic(value string) bool {
	for { // comments may stand anywhere
		open := strings.IndexByte(value, '(')
		end := strings.IndexByte(value, ')')
		if open < 0 || end < open {
			break
		}
		value = value[:open] + " " + value[end+1:]
	}
	value, _, _ = strings.Cut(value, ";")
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "", "no", "auto-forwarded":
		return false
	}
	return true
}

func (in *Inbound) isAutoReply(head header, _ *walk, _ string) bool {
	precedence := strings.ToLower(strings.TrimSpace(head.get("precedence")))
	switch {
	case isAutomatic(head.get("auto-submitted")):
		in.because("Auto-Submitted: %s", head.get("auto-submitted"))
	case hasAutoHeader(head) != "":
		in.because("the header %s", hasAutoHeader(head))
	case precedence == "auto_reply" || precedence == "auto-reply":
		in.because("Precedence: %s", precedence)
	case (precedence == "bulk" || precedence == "junk") && in.InReplyTo != "" && !head.has("list-id"):
		in.because("an answer with Precedence: %s", precedence)
	case head.has("return-path") && in.ReturnPath == "" && isNullPath(head.get("return-path")):
		in.because("an empty Return-Path: it must not be answered")
	case isAutoSubject(in.Subject):
		in.because("the subject %q", in.Subject)
	default:
		return false
	}
	in.Kind = KindAutoReply
	return true
}

func isNullPath(value string) bool { return strings.Trim(value, "<> \t") == "" }

// hasAutoHeader names the header by which an answering machine gives itself away. X-Auto-Response-Suppress is none:
// it asks others not to answer, and people on Exchange send it with every mail.
func hasAutoHeader(head header) string {
	for _, name := range []string{"x-autoreply", "x-auto-reply", "x-autorespond", "x-autoresponder", "x-auto-respond", "x-mail-autoreply", "x-autoreply-from", "x-autogenerated", "autorespond", "x-fc-machinegenerated", "x-amazon-auto-reply", "x-ms-exchange-generated-message-source"} {
		value := strings.ToLower(head.get(name))
		if !head.has(name) || value == "no" || value == "false" || value == "0" {
			continue
		}
		if name == "x-ms-exchange-generated-message-source" && !strings.Contains(value, "mailbox rules") {
			continue
		}
		return name
	}
	return ""
}

// isList knows what a list sends to its readers. A person whose own address is a list answers through it as well: then
// it is an answer to us, by name.
func (in *Inbound) isList(head header, _ *walk, _ string) bool {
	precedence := strings.ToLower(strings.TrimSpace(head.get("precedence")))
	bulk := precedence == "bulk" || precedence == "junk"
	switch {
	case bulk || precedence == "list":
		in.because("Precedence: %s", precedence)
	case head.get("list-id") != "":
		in.because("the header List-Id")
	case head.get("list-post") != "" && head.get("list-help") != "":
		in.because("the headers of a mailing list")
	default:
		return false
	}
	in.List = true
	if !bulk && in.answersUsByName() {
		return false
	}
	in.Kind = KindList
	return true
}

// answersUsByName tells whether the writer named a conversation's address and answers a mail; a newsletter that was
// sent to such an address begins by itself.
func (in *Inbound) answersUsByName() bool {
	named := false
	for _, one := range append(append([]Address(nil), in.To...), in.Cc...) {
		named = named || TokenOf(one.Email) != ""
	}
	return named && (in.InReplyTo != "" || len(in.References) > 0)
}
