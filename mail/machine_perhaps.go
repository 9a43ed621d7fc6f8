package mail

import (
	"strings"
	"unicode/utf8"
)

const (
	maxAutomatic = 700 // characters of an automatic answer's words
	maxOpening   = 250 // bytes in which it says that its owner is away
)

// readsAutomatic tells whether an answer that no header marks reads like a machine's, in the words that people set up
// for their absence: short, asking nothing, away in its first sentence, and saying when they are back or who stands in.
// A person may write the same, so it decides nothing: it is said beside the message.
func (in *Inbound) readsAutomatic() bool {
	if in.Kind != KindReply || in.InReplyTo == "" && len(in.References) == 0 || len(in.Attachments) > 0 {
		return false
	}
	if in.Reply == "" || utf8.RuneCountInString(in.Reply) > maxAutomatic || strings.ContainsAny(in.Reply, "?？؟>") {
		return false
	}
	text := strings.ToLower(strings.ReplaceAll(strings.Join(strings.Fields(withoutBidi(in.Reply)), " "), "’", "'"))
	if at := wordAt(text, declaredWords); at >= 0 && at < maxOpening {
		return true
	}
	at := wordAt(text, awayWords)
	return at >= 0 && at < maxOpening && wordAt(text[at:], returnWords) > 0
}

// wordAt is where the first of some words stands, -1 when none does. A word that begins with a letter of an alphabet
// with spaces stands at the beginning of one.
func wordAt(text string, list []string) int {
	found := -1
	for _, word := range list {
		at := strings.Index(text, word)
		if at > 0 && word[0] < utf8.RuneSelf && text[at-1] >= 'a' && text[at-1] <= 'z' {
			continue
		}
		if at >= 0 && (found < 0 || at < found) {
			found = at
		}
	}
	return found
}

// declaredWords say that a machine has written.
//
//nolint:misspell // words of many languages
var declaredWords = wordList(`
this is an automatic reply|this is an automated reply|this is an automatic response|this is an automated response|this is an automated message|this is an auto-reply|this is an autoreply|this is an out of office|this message was sent automatically
dies ist eine automatische|dies ist eine automatisch|diese nachricht wurde automatisch|diese e-mail wurde automatisch|ceci est une réponse automatique|ceci est un message automatique|ce message est envoyé automatiquement
esta es una respuesta automática|este es un mensaje automático|este es un correo automático|questa è una risposta automatica|questo è un messaggio automatico|dit is een automatisch|dit is een automatische|esta é uma resposta automática|esta é uma mensagem automática
これは自動返信|このメールは自動|自動返信メールです|自動応答メールです|자동 응답 메일입니다|자동 회신 메일입니다|자동 응답입니다|자동으로 발송된|هذا رد تلقائي|هذه رسالة تلقائية|هذا رد آلي`)

// awayWords say that somebody is away.
//
//nolint:misspell // words of many languages
var awayWords = wordList(`
i am currently out of|i'm currently out of|i am out of the office|i'm out of the office|i am out of office|i will be out of the office|i'll be out of the office|i am away from the office|i am currently away|i'm currently away|i am on annual leave|i am currently on|i'm currently on|i am on vacation|i am on holiday|i am on leave|i am on parental leave|i am on maternity leave|currently out of the office
ich bin derzeit nicht im|ich bin zurzeit nicht im|ich bin zur zeit nicht im|ich bin momentan nicht im|ich bin aktuell nicht im|ich bin nicht im büro|ich bin außer haus|ich bin derzeit außer haus|ich bin derzeit abwesend|ich bin zurzeit abwesend|ich bin abwesend|ich bin im urlaub|ich bin derzeit im urlaub|ich bin zurzeit im urlaub|ich befinde mich im urlaub|ich befinde mich derzeit|bin ich nicht im büro|bin ich abwesend|bin ich im urlaub|bin ich nicht erreichbar|derzeit nicht erreichbar
je suis actuellement absent|je suis absent|je suis actuellement en congé|je suis en congé|je suis actuellement en vacances|je suis en vacances|absent du bureau|absente du bureau|je serai absent|actuellement hors du bureau|je suis actuellement en déplacement
estoy fuera de la oficina|me encuentro fuera de la oficina|estaré fuera de la oficina|actualmente estoy fuera|actualmente me encuentro|estoy de vacaciones|me encuentro de vacaciones|estoy ausente|me encuentro ausente|estaré ausente
sono fuori ufficio|sono attualmente fuori|sono fuori sede|sarò fuori ufficio|sono assente|sono attualmente assente|sarò assente|sono in ferie|sono attualmente in ferie|sono in vacanza
ik ben momenteel niet op kantoor|ik ben niet op kantoor|ik ben op dit moment niet|ik ben momenteel afwezig|ik ben afwezig|ik ben op vakantie|ik ben momenteel op vakantie|ik ben met vakantie|ik ben met verlof|ben ik afwezig|ben ik niet aanwezig
estou fora do escritório|estou atualmente fora|encontro-me fora|estou ausente|encontro-me ausente|estarei ausente|estarei fora do escritório|estou de férias|encontro-me de férias
不在にしております|不在にしています|不在としております|休暇をいただいて|休暇を取得|休暇中です|休暇中のため|外出しております|出張中です|出張中のため|留守にして
부재중입니다|부재 중입니다|자리를 비우|휴가 중입니다|휴가중입니다|출장 중입니다|출장중입니다|사무실에 없습니다
أنا خارج المكتب|أنا حالياً خارج|أنا حاليا خارج|خارج المكتب حالياً|خارج المكتب حاليا|أنا في إجازة|أنا حالياً في إجازة|أنا حاليا في إجازة|لست في المكتب|غير متواجد في المكتب`)

// returnWords say when they are back, or who stands in.
//
//nolint:misspell // words of many languages
var returnWords = wordList(`
will return|i return|my return|returning on|be back|back on|back in the office|limited access|no access to my|for urgent|in urgent|urgent matters|if you need immediate|immediate assistance|in my absence|during my absence
wieder erreichbar|wieder im büro|wieder für sie da|wieder da|meiner rückkehr|in dringenden|wenden sie sich|keinen zugriff|nicht weitergeleitet|bin ich zurück|wieder zurück|meiner abwesenheit|zurückkehren
de retour|mon retour|en cas d'urgence|pour toute urgence|veuillez contacter|vous pouvez contacter|merci de contacter|accès limité|mon absence|je reviens|je reviendrai
regreso|regresaré|volveré|estaré de vuelta|mi vuelta|en caso de urgencia|asuntos urgentes|póngase en contacto|puede contactar|acceso limitado|mi ausencia
rientro|rientrerò|tornerò|di ritorno|mio ritorno|in caso di urgenza|per urgenze|questioni urgenti|si prega di contattare|accesso limitato|mia assenza
weer bereikbaar|weer aanwezig|weer op kantoor|mijn terugkeer|ben ik terug|weer terug|in dringende|bij spoed|voor dringende|mijn afwezigheid|neem contact op met
regresso|regressarei|meu retorno|retornarei|voltarei|estarei de volta|em caso de urgência|assuntos urgentes|acesso limitado|minha ausência
戻り次第|帰社|出社|復帰|お急ぎの|緊急の|ご返信|ご返答|返信いたします|不在中
복귀|돌아오는|돌아와서|돌아온|급한|긴급|답변드리|답변 드리|회신드리|회신 드리|부재 기간
سأعود|عودتي|للأمور العاجلة|الحالات العاجلة|للحالات الطارئة|يرجى التواصل|يرجى الاتصال|أثناء غيابي|سأرد`)
