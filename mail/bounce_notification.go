package mail

import (
	"regexp"
	"strings"
)

var notificationPattern = regexp.MustCompile(`"(notificationType|eventType|bounceType|bounceSubType|diagnosticCode|status|emailAddress|action)"\s*:\s*"([^"]{0,500})"`)

// isNotification reads the JSON that Amazon's services mail: a bounce, a complaint or a delivery.
func (in *Inbound) isNotification(_ header, _ *walk, text string) bool {
	start := strings.TrimSpace(text[:min(len(text), 200_000)])
	if !strings.HasPrefix(start, "{") || !strings.Contains(start, "notificationType") && !strings.Contains(start, "eventType") {
		return false
	}
	// JSON within JSON, whose long lines a mail server may have broken with "!"
	start = strings.NewReplacer("!\n ", "", "!\r\n ", "", "\n", "", "\r", "", `\"`, `"`).Replace(start)
	fields := map[string]string{}
	for _, match := range notificationPattern.FindAllStringSubmatch(start, 200) {
		if _, known := fields[match[1]]; !known {
			fields[match[1]] = match[2]
		}
	}
	switch strings.ToLower(firstOf(fields["notificationType"], fields["eventType"])) {
	case "bounce":
		in.Kind = KindBounce
		in.because("a notification of Amazon SES: %s bounce", fields["bounceType"])
		one := reported{address: fields["emailAddress"], action: fields["action"], status: fields["status"], diagnostic: fields["diagnosticCode"]}
		in.Failed = []FailedRecipient{one.judge("", "")}
		in.settle()
		if strings.EqualFold(fields["bounceType"], "Transient") {
			in.Hard, in.Failed[0].Hard = false, false
		}
	case "complaint":
		in.Kind = KindComplaint
		in.because("a notification of Amazon SES: complaint")
	case "delivery":
		in.Kind = KindReceipt
		in.because("a notification of Amazon SES: delivered")
	default:
		return false
	}
	return true
}
