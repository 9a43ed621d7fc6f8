package mail
func (in *Inbound) judge(head header, w *walk, text cut) { in.Kind = KindReply }
