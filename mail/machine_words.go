package mail

import (
	"strings"
	"unicode/utf8"
)

// autoSubjects begin the subject of an automatic answer, whatever follows.
//
//nolint:misspell // words of many languages
var autoSubjects = wordList(`
automatic reply|automatic response|automatic answer|automated reply|automated response|auto-reply|auto reply|autoreply|auto-response|auto response|autoresponse|autoresponder|out of office autoreply|out of office reply|out of office response|vacation reply|vacation response|auto: 
automatische antwort|automatische rückmeldung|automatische abwesenheitsnotiz|abwesenheitsnotiz|abwesenheitsbenachrichtigung|abwesenheitsnachricht|autom. antwort
réponse automatique|reponse automatique|message automatique d'absence|notification d'absence|message d'absence
respuesta automática|respuesta automatica|contestación automática|mensaje automático|resposta automática|resposta automatica|mensagem automática|notificação de ausência
risposta automatica|messaggio automatico|notifica di assenza|automatisch antwoord|automatisch bericht|afwezigheidsbericht|automatische beantwoording|afwezigheidsmelding
自動応答|自動返信|自动回复|自動回覆|自动答复|자동 응답|자동응답|자동 회신|자동회신|부재중 자동|رد تلقائي|الرد التلقائي|رد آلي|automatyczna odpowiedź|odpowiedź automatyczna|автоматический ответ|автоответ|автоматична відповідь
autosvar|automatiskt svar|automatisk svar|automaattinen vastaus|automatická odpověď|automatická odpoveď|automatikus válasz|răspuns automat|otomatik yanıt|otomatik cevap|αυτόματη απάντηση|תשובה אוטומטית|מענה אוטומטי|trả lời tự động|balasan otomatis|jawaban otomatis|automatski odgovor|samodejni odgovor`)

// awaySubjects are the same where they are all that the subject says: a person may begin one with these words as well.
var awaySubjects = wordList(`
out of office|out of the office|ooo|away from office|away from my mail|away from the office|on vacation|on leave|annual leave|abwesend|abwesenheit|nicht im büro|außer haus|im urlaub|absence|absent|absent du bureau|absence du bureau|en congés|en vacances
fuera de la oficina|fuera de oficina|ausente|de vacaciones|fora do escritório|ausência temporária|ausência|de férias|fuori ufficio|fuori sede|assente|in ferie|afwezig|afwezigheid|niet aanwezig|met vakantie|op vakantie|不在|不在通知|不在のお知らせ|休暇中|不在办公室|外出|부재중|부재 중|خارج المكتب|في إجازة
poza biurem|вне офиса|нет на месте|в отпуске|frånvaro|frånvarande|fraværende|ikke på kontoret|poissa|lomalla|mimo kancelář|ofis dışında|εκτός γραφείου`)

// isAutoSubject knows the subjects of automatic answers. A subject that begins with "Re:" is an answer to one.
func isAutoSubject(subject string) bool {
	low := strings.ToLower(strings.TrimLeft(withoutBidi(subject), " [(*{"))
	for _, start := range autoSubjects {
		if rest, found := strings.CutPrefix(low, start); found && !beginsWithLetter(rest) {
			return true
		}
	}
	for _, start := range awaySubjects {
		rest, found := strings.CutPrefix(low, start)
		if !found {
			continue
		}
		if rest = strings.TrimLeft(rest, " ])!.*"); rest == "" || strings.IndexAny(rest, ":：") == 0 || strings.HasPrefix(rest, "re:") || strings.HasPrefix(rest, "auto") {
			return true
		}
	}
	return false
}

func beginsWithLetter(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return r >= 'a' && r <= 'z'
}

// bounceSubjects are parts of the subjects of bounces.
var bounceSubjects = wordList(`
undeliver|delivery status notification|delivery notification|mail delivery fail|delivery failure|failure notice|failure delivery|returned mail|mail returned|returned to sender|returning to sender|delivery has failed|delivery failed|could not be delivered|could not deliver|cannot be delivered|not be delivered|non-deliver|nondeliver|not delivered|mail system error|error sending your mail|could not send m|message could not be sent|delivery error|mail failure|failed mail|delivery problem|mail delivery status|mail delivery delayed|delivery delay|delayed mail|message delayed|loop alert|smtp server: errors from|delivery report|undeliverable
unzustellbar|nicht zugestellt|unzustellbarkeit|zustellung fehlgeschlagen|nicht übermittelt|non remis|échec de la remise|échec de remise|non distribu|échec d'envoi|no se puede entregar|no entregado|no se ha podido entregar|error de entrega|devuelto|mancata consegna|non recapitabile|mancato recapito|não entregue|falha na entrega|não pôde ser entregue|onbestelbaar|niet bezorgd|niet afgeleverd|配信不能|配信でき|配信エラー|送信でき|送信エラー|配達不能|전송 실패|반송|배달되지|تعذر التسليم|فشل التسليم|لم يتم التسليم|не доставлен|недоставлен|退信|无法投递|無法傳遞|niedostarczona|nie dostarczono|olevereras|kan inte levereras|ikke leveret|teslim edilemedi`)

// bounceOpenings begin the text of a bounce, near its top.
//
//nolint:misspell // words of many languages
var bounceOpenings = wordList(`
this message was created automatically by mail delivery software|this is the mail system at host|this is the qmail-send program|this is the mail delivery agent|this is the mail delivery system|i'm sorry to have to inform you that your message could not|i'm afraid i wasn't able to deliver your message|could not be delivered to one or more|was not delivered to|wasn't delivered to|delivery to the following recipient|did not reach the following recipient|did not reach some or all of the intended recipients|the following address had|the following addresses had|----- transcript of session follows|transcript of session follows|unable to deliver message to the following|we were unable to deliver your message|unable to deliver your message|cannot be delivered to the following|this is a delivery status notification|automatically generated delivery status notification|an error occurred while trying to deliver|there was an error delivering your mail|an error has occurred while attempting to deliver|undeliverable to|error message below|delivery failed|unable to deliver mail|could not deliver message|your message could not be sent|could not be delivered|message failed to deliver|mail could not be delivered|we had trouble delivering your message|no valid recipients were found|your message to the following recipients cannot be delivered|failure reasons|email delivery failure|the following recipients could not be reached|diese nachricht wurde automatisch vom mail-server|die zustellung ist fehlgeschlagen|konnte nicht zugestellt werden|n'a pas pu être remis|n'a pas pu être distribué|no se pudo entregar|non è stato possibile recapitare|não foi possível entregar|kon niet worden bezorgd|送信できませんでした|配信できませんでした|전달되지 못했습니다|تعذر تسليم`)

// isDaemon tells the addresses that belong to mail servers; certain are those that nobody else has.
func isDaemon(from Address, raw string) (certain, likely bool) {
	local, _, _ := strings.Cut(strings.ToLower(from.Email), "@")
	name := strings.ToLower(from.Name)
	switch {
	case strings.HasPrefix(local, "mailer-daemon") || strings.HasPrefix(local, "mailerdaemon") || local == "mail-daemon" || local == "double-bounce" || strings.HasPrefix(local, "mail.delivery.sub") || strings.HasPrefix(local, "mail.delivery.system"):
		return true, true
	case strings.Contains(name, "mail delivery s") || strings.Contains(name, "mail deliver system") || strings.Contains(name, "mailer-daemon") || strings.Contains(name, "mailer daemon"):
		return true, true
	case from.Email == "" && strings.Contains(strings.ToLower(raw), "mailer-daemon"):
		return true, true
	case local == "postmaster" || local == "post_master" || local == "poostmaster" || strings.HasPrefix(local, "bounce") || strings.HasPrefix(name, "postmaster") || local == "":
		return false, true
	}
	return false, false
}
