package doctor

import "sync"

// names are the keys of what the lines are about, by check.
var names = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"way":         "doctor.way",
		"spf":         "doctor.spf",
		"dkim":        "doctor.dkim",
		"dmarc":       "doctor.dmarc",
		"inbound":     "doctor.inbound",
		"door":        "doctor.door",
		"link":        "doctor.link",
		"certificate": "doctor.certificate",
		"clock":       "doctor.clock",
		"webhook":     "doctor.webhook",
		"trip_out":    "doctor.trip_out",
		"trip_back":   "doctor.trip_back",
		"verdict":     "doctor.verdict",
	}
})

// sentences are the keys of everything that can come out of an examination, each with the key of what to do, where
// something is to be done.
var sentences = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"doctor.way.mailbox":     "",
		"doctor.way.ok":          "",
		"doctor.way.refused":     "doctor.way.refused.do",
		"doctor.way.refused_own": "doctor.way.refused_own.do",
		"doctor.way.unreachable": "doctor.way.unreachable.do",

		"doctor.spf.broken":        "doctor.spf.broken.do",
		"doctor.spf.demo":          "",
		"doctor.spf.dns":           "doctor.spf.dns.do",
		"doctor.spf.host_unlisted": "doctor.spf.host_unlisted.do",
		"doctor.spf.lookups":       "doctor.spf.lookups.do",
		"doctor.spf.missing":       "doctor.spf.missing.do",
		"doctor.spf.ok":            "",
		"doctor.spf.open":          "doctor.spf.open.do",
		"doctor.spf.several":       "doctor.spf.several.do",
		"doctor.spf.unlisted":      "doctor.spf.unlisted.do",
		"doctor.spf.unseen":        "",

		"doctor.dkim.broken":  "doctor.dkim.broken.do",
		"doctor.dkim.demo":    "",
		"doctor.dkim.dns":     "doctor.dkim.dns.do",
		"doctor.dkim.missing": "doctor.dkim.missing.do",
		"doctor.dkim.ok":      "",
		"doctor.dkim.revoked": "doctor.dkim.revoked.do",
		"doctor.dkim.short":   "doctor.dkim.short.do",
		"doctor.dkim.unknown": "",

		"doctor.dmarc.broken":    "doctor.dmarc.broken.do",
		"doctor.dmarc.demo":      "",
		"doctor.dmarc.dns":       "doctor.dmarc.dns.do",
		"doctor.dmarc.missing":   "doctor.dmarc.missing.do",
		"doctor.dmarc.ok":        "",
		"doctor.dmarc.strict":    "doctor.dmarc.strict.do",
		"doctor.dmarc.unaligned": "doctor.dmarc.unaligned.do",
		"doctor.dmarc.watch":     "",

		"doctor.inbound.demo":      "",
		"doctor.inbound.dns":       "doctor.inbound.dns.do",
		"doctor.inbound.elsewhere": "doctor.inbound.elsewhere.do",
		"doctor.inbound.missing":   "doctor.inbound.missing.do",
		"doctor.inbound.none":      "doctor.inbound.none.do",
		"doctor.inbound.ok":        "",

		"doctor.door.clear":     "doctor.door.clear.do",
		"doctor.door.local":     "",
		"doctor.door.none":      "",
		"doctor.door.ok":        "",
		"doctor.door.resend":    "",
		"doctor.door.shut":      "doctor.door.shut.do",
		"doctor.door.stranger":  "doctor.door.stranger.do",
		"doctor.door.unreached": "doctor.door.unreached.do",

		"doctor.link.inside":      "doctor.link.inside.do",
		"doctor.link.moved":       "doctor.link.moved.do",
		"doctor.link.ok":          "",
		"doctor.link.plain":       "doctor.link.plain.do",
		"doctor.link.private":     "doctor.link.private.do",
		"doctor.link.stranger":    "doctor.link.stranger.do",
		"doctor.link.unreachable": "doctor.link.unreachable.do",
		"doctor.link.unresolved":  "doctor.link.unresolved.do",

		"doctor.certificate.ending":  "doctor.certificate.ending.do",
		"doctor.certificate.invalid": "doctor.certificate.invalid.do",
		"doctor.certificate.ok":      "",
		"doctor.certificate.plain":   "",
		"doctor.certificate.unseen":  "",

		"doctor.clock.ahead":   "doctor.clock.ahead.do",
		"doctor.clock.behind":  "doctor.clock.behind.do",
		"doctor.clock.ok":      "",
		"doctor.clock.unknown": "",

		"doctor.webhook.fresh":    "",
		"doctor.webhook.ok":       "",
		"doctor.webhook.silent":   "doctor.webhook.silent.do",
		"doctor.webhook.unneeded": "",
		"doctor.webhook.unset":    "doctor.webhook.unset.do",

		"doctor.trip_out.deferred":    "doctor.trip_out.deferred.do",
		"doctor.trip_out.ok":          "",
		"doctor.trip_out.refused":     "doctor.trip_out.refused.do",
		"doctor.trip_out.unreachable": "doctor.trip_out.unreachable.do",
		"doctor.trip_out.untried":     "",

		"doctor.trip_back.doorless": "",
		"doctor.trip_back.failed":   "doctor.trip_back.failed.do",
		"doctor.trip_back.lost":     "doctor.trip_back.lost.do",
		"doctor.trip_back.ok":       "",
		"doctor.trip_back.unsent":   "",

		"doctor.verdict.fail":    "doctor.verdict.fail.do",
		"doctor.verdict.ok":      "",
		"doctor.verdict.partly":  "doctor.verdict.partly.do",
		"doctor.verdict.unknown": "",
		"doctor.verdict.unsent":  "",
	}
})
