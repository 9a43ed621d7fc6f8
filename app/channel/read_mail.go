package channel

import (
	"rejoin/app/chat"
	"rejoin/mail"
)

// ReadMail says what a raw mail says; there is no mail that it refuses.
func ReadMail(raw []byte) *chat.Incoming {
	in := mail.ParseBytes(raw)
	incoming := &chat.Incoming{
		Kind: chat.MailKind(in.Kind), Hard: in.Hard, Delayed: in.Delayed(), Status: in.Status, Reasons: in.Reasons,
		FromName: in.From.Name, FromAddress: in.From.Email, Doubtful: in.Doubtful, Perhaps: in.Perhaps, Recipients: in.Recipients(),
		MessageID: in.MessageID, InReplyTo: in.InReplyTo, References: in.References,
		Subject: in.Subject, BaseSubject: mail.BaseSubject(in.Subject), Date: in.Date,
		Reply: in.Reply, Signature: in.Signature, Quote: in.Quote,
		OriginalID: in.Original.MessageID, OriginalTo: in.Original.To,
	}
	for _, named := range [][]mail.Address{in.To, in.Cc} {
		for _, one := range named {
			incoming.Cc = append(incoming.Cc, one.Email)
		}
	}
	if in.Kind == mail.KindBounce || in.Kind == mail.KindComplaint {
		// The conversation's address stands in the mail that came back, where providers give that mail another name.
		incoming.Recipients = append(incoming.Recipients, in.Original.ReplyTo...)
	}
	for _, one := range in.Failed {
		incoming.Failed = append(incoming.Failed, chat.FailedRecipient{
			Address: one.Address, Status: one.Status, Hard: one.Hard, Delayed: one.Delayed, Words: one.Detail,
		})
	}
	for _, one := range in.Attachments {
		incoming.Files = append(incoming.Files, chat.IncomingFile{Name: one.Name, Type: one.Type, Inline: one.Inline, Content: one.Content})
	}
	return incoming
}
