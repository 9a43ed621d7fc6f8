package chat

// MailReasons lists every code of Mail.Reason; each has one sentence "mail.reason.<code>" in every locale. A mail in the
// state MailCheck has its token's hash there instead.
func MailReasons() []string {
	return []string{
		"own", "participant", "accepted", "assigned", "empty", // posted
		"other_address", "forged", // held
		"refused",
		"auto_reply", "repeated", "bounce", "complaint", "receipt", // a machine's
		"nothing", "gone", "stranger", "list", "closed", "full", "machine", "report", // unmatched
		"failed", "lost", "unreadable",
		"duplicate",
	}
}
