package views

import (
	"strconv"

	"rejoin/app/chat"
)

// via is how a customer's message came, where that is worth a word: by email, or in a thread that knows both ways.
func (a MessageArgs) via() string {
	if a.Message.By != chat.ByCustomer || a.Message.Via != chat.ViaEmail && !a.Mixed {
		return ""
	}
	if a.Message.Via == chat.ViaEmail {
		return chat.ViaEmail
	}
	return chat.ViaChat
}

// perhaps tells whether a mail reads like an automatic answer.
func (a MessageArgs) perhaps() bool { return a.Message.Meta[chat.MetaPerhaps] != "" }

// mail is the key of the mail behind an entry, empty when there is none.
func (a MessageArgs) mail() string { return a.Message.Meta[chat.MetaMail] }

// from is the address of somebody else than the customer, empty when it is from the customer.
func (a MessageArgs) from() string {
	if a.Message.Kind == chat.Happen {
		return ""
	}
	return a.Message.Meta[chat.MetaFrom]
}

// address stands beside the name of somebody else, unless it is the name.
func (a MessageArgs) address() string {
	if from := a.from(); from != a.author() {
		return from
	}
	return ""
}

func (a MessageArgs) signature() string { return a.Message.Meta[chat.MetaSignature] }

// filesLeft is how many files only the raw mail has.
func (a MessageArgs) filesLeft() int {
	left, err := strconv.Atoi(a.Message.Meta[chat.MetaFilesLeft])
	if err != nil {
		return 0
	}
	return left
}

func (a MessageArgs) cutShort() bool { return a.Message.Meta[chat.MetaCut] != "" }

// held tells whether an entry is a stranger's mail that waits for an agent's word.
func (a MessageArgs) held() bool { return a.Message.Kind == chat.Held && a.decided() == "" }

// decided is what became of a held mail, empty while it waits.
func (a MessageArgs) decided() string { return a.Message.Meta[chat.MetaState] }

func (a MessageArgs) forged() bool { return a.Message.Meta[chat.MetaForged] != "" }

// heldWhy is why it waits.
func (a MessageArgs) heldWhy() string {
	switch a.Message.Meta[chat.MetaForged] {
	case "":
		return a.Locale.T("thread.held.why", "Address", a.from())
	case chat.ForgedSeveral:
		return a.Locale.T("thread.held.several", "Address", a.from())
	}
	return a.Locale.T("thread.held.forged", "Address", a.from())
}

func (a MessageArgs) acceptHint() string {
	if a.forged() {
		return a.Locale.T("thread.held.accept_hint.forged")
	}
	return a.Locale.T("thread.held.accept_hint", "Address", a.from())
}

// decision is the thin line that stands where a held mail stood.
func (a MessageArgs) decision() string {
	return a.Locale.T("thread.held."+a.decided(), "Agent", a.Message.Meta[chat.MetaAgent], "Address", a.from())
}

func (a MessageArgs) decisionIcon() string {
	if a.decided() == chat.HeldAccepted {
		return "check"
	}
	return "close"
}

// mixed tells whether customers' messages of a thread come by email as well as by chat.
func mixed(c *chat.Conversation, messages []chat.Message) bool {
	if c.LastVia == chat.ViaEmail {
		return true
	}
	for i := range messages {
		if m := &messages[i]; m.By == chat.ByCustomer && m.Via == chat.ViaEmail {
			return true
		}
	}
	return false
}

// goesOn is the other conversation that a thin line speaks of, empty when it speaks of none.
func (a MessageArgs) goesOn() string {
	switch chat.Happening(a.Message.Text) {
	case chat.HappenedContinued, chat.HappenedContinuedIn:
		return a.Message.Meta["Key"]
	}
	return ""
}

// heldCount says how many mails wait for an agent's word.
func (a ThreadArgs) heldCount() string {
	return a.Locale.N("thread.held.count", a.Thread.Conversation.HeldMails)
}

// firstHeld is the oldest of them on the page, 0 when it is farther up.
func (a ThreadArgs) firstHeld() int64 {
	for i := range a.Thread.Messages {
		if m := &a.Thread.Messages[i]; m.Kind == chat.Held && m.Meta[chat.MetaState] == "" {
			return m.Seq
		}
	}
	return 0
}
