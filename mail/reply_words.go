package mail

import "strings"

// The words by which mail programs introduce quotes, in the languages that they ship in.

// wroteWords end or carry the line that introduces a quote: "On … Jo wrote:".
var wroteWords = wordList(`
wrote|writes|sent|has written|schrieb|geschrieben|schreibt|a écrit|a ecrit|écrivait|écrit|escribió|escribio|ha escrito|escribe
ha scritto|scrisse|ha scrito|escreveu|escribiu|va escriure|schreef|geschreven|schrijft|napisał|napisała|napisał(a)|napisal|napisała/napisał|pisze
skrev|skriver|kirjoitti|napsal|napsal(a)|napsala|napísal|napísal(a)|napísala|írta|ezt írta|a scris|scrie|написал|написала|написал(а)|пишет|писал|писала
написав|написала|пише|пишуть|написа|έγραψε|yazdı|şunu yazdı|şunları yazdı|كتب|كتبت|כתב|כתבה|נכתב|نوشت|نوشته|đã viết|viết|menulis|je napisao|je napisala|napisao
je napisal|rašė|rakstīja|kirjutas|skrifaði|idatzi|ने लिखा|लिखा|เขียน|เขียนว่า|写道|寫道|写到|寫到|撰写|编写|書きました|書き込みました|のメール|님이 작성|작성|님이 씀|썼습니다|쓴 글|menulis`)

// leadWords begin it.
var leadWords = wordList(`
on|le|am|el|il|em|no dia|a|op|den|dne|dňa|w dniu|dnia|vào|vào lúc|ngày|pada|på|í|la data|în data|pe data de|in data|il giorno|il|on the|at|från|van|von|de|da
在|於|于|في|ב|בתאריך|ב-|на|у|στις|tarihinde|ma|dana|dne|em|wt|кому|2|ได้|เมื่อ|lúc|o|del|der|das|zum|fredag|måndag`)

// originalWords stand between dashes above a whole message.
var originalWords = wordList(`
original message|original email|original mail|original appointment|reply message|replied message|message original|message d'origine|message initial|message d’origine
courrier original|e-mail original|ursprüngliche nachricht|originalnachricht|original-nachricht|ursprüngliche mail|antwort nachricht|mensaje original|correo original|messaggio originale|messaggio original|mensagem original
oorspronkelijk bericht|origineel bericht|oorspronkelijke bericht|oprindelig meddelelse|oprindelig besked|opprinnelig melding|original meddelelse|ursprungligt meddelande|ursprungsmeddelande|originalmeddelande
alkuperäinen viesti|oryginalna wiadomość|wiadomość oryginalna|wiadomość pierwotna|původní zpráva|pôvodná správa|eredeti üzenet|mesaj original|mesajul original|исходное сообщение|исходное письмо|оригинал сообщения|пересылаемое письмо
оригінальне повідомлення|вихідне повідомлення|оригинално съобщение|αρχικό μήνυμα|orijinal mesaj|orijinal ileti|özgün ileti|الرسالة الأصلية|رسالة أصلية|ההודעה המקורית|הודעה מקורית|tin nhắn gốc|thư gốc|pesan asli
原始邮件|原邮件|原始郵件|原始信件|原件|元のメッセージ|元のメール|オリジナルメッセージ|original message follows|원본 메시지|원본 메일|원본메시지|originalna poruka|izvirno sporočilo|ข้อความต้นฉบับ|missatge original`)

// forwardWords say that what follows is passed on: it belongs to what the person wants to say.
var forwardWords = wordList(`
forwarded message|begin forwarded message|forwarded by|forwarded email|weitergeleitete nachricht|anfang der weitergeleiteten nachricht|message transféré|début du message transféré|début du message réexpédié|message réexpédié
mensaje reenviado|inicio del mensaje reenviado|mensaje enviado|messaggio inoltrato|inizio messaggio inoltrato|inizio del messaggio inoltrato|mensagem encaminhada|mensagem reencaminhada|início da mensagem encaminhada|início da mensagem reencaminhada
doorgestuurd bericht|begin doorgestuurd bericht|videresendt meddelelse|start på videresendt besked|videresendt melding|vidarebefordrat meddelande|vidarebefordrat mejl|välitetty viesti|edelleenlähetetty viesti|przekazana wiadomość
wiadomość przekazana|přeposlaná zpráva|preposlaná správa|továbbított üzenet|mesaj redirecționat|пересылаемое сообщение|пересланное сообщение|начало переадресованного сообщения|переслане повідомлення|προωθημένο μήνυμα
iletilen mesaj|yönlendirilen mesaj|رسالة معاد توجيهها|رسالة مُعاد توجيهها|ההודעה שהועברה|הודעה שהועברה|thư đã chuyển tiếp|pesan terusan|转发的邮件|转发邮件|已转发邮件|轉寄的郵件|已轉寄的郵件|轉寄郵件|転送されたメッセージ|転送メッセージ|전달된 메시지|전달된 메일`)

// sentFromWords begin the line that a phone writes by itself.
var sentFromWords = wordList(`
sent from|sent via|sent with|sent using|sent by my|sent through|get outlook for|gesendet von|gesendet mit|gesendet über|von meinem|von unterwegs gesendet|diese nachricht wurde von meinem|holen sie sich outlook für|outlook für android beziehen
envoyé de|envoyé depuis|envoyé à partir de|envoyé avec|envoyé via|envoyé par|téléchargez outlook pour|obtenir outlook pour|obtenez outlook pour|enviado desde|enviado de|enviado con|enviado a través|obtener outlook para|enviado do|enviado pelo|enviado via|enviado com|enviada do|obter o outlook para|obter outlook para
inviato da|inviato dal|inviato dall|inviato con|inviato tramite|ottieni outlook per|scarica outlook per|verzonden vanaf|verzonden met|verstuurd vanaf|verstuurd met|verzonden via|outlook voor android downloaden|outlook voor ios downloaden|download outlook voor
skickat från|skickades från|skickat med|hämta outlook för|sendt fra|sendt med|send fra|hent outlook til|få outlook for|lähetetty|hanki outlook|wysłane z|wysłano z|wysłane przy|pobierz outlooka|odesláno z|odoslané z|получить outlook для|отправлено с|отправлено из|отправлено через|надіслано з|відправлено з|изпратено от
küldve|iphone-omról küldve|trimis de pe|trimis din|στάλθηκε από|اُرسلت من|أُرسلت من|أرسلت من|تم الإرسال من|مرسل من|نُشر من|נשלח מה|נשלח מ|gửi từ|đã gửi từ|dikirim dari|发自我的|从我的|發自我的|從我的|傳送自|发送自|通过|來自我的|나의|내|poslano z|poslato sa|terkirim dari|ส่งจาก|sent on the go|telefonumdan`)

// sentFromEndings end it, in languages that put the verb last.
var sentFromEndings = wordList(`gesendet|geschrieben|から送信|より送信|送信しました|傳送|发送|寄出|에서 보냄|에서 보냈습니다|에서 발송|gönderildi|küldve|elküldve|geschickt`)

// deviceWords name what writes such a line.
//
//nolint:misspell // words of many languages
var deviceWords = wordList(`iphone|ipad|android|samsung|galaxy|huawei|xiaomi|nokia|blackberry|htc|sony|pixel|oneplus|oppo|vivo|lg |motorola|mobile|mobil|handy|smartphone|téléphone|telefon|telefono|teléfono|telefone|móvil|celular|cellulare|phone|tablet|outlook|mail|gmx|web.de|yahoo|proton|tutanota|spark|airmail|sparrow|mailbox|app|blue|device|gerät|appareil|dispositivo|apparaat|手机|手機|スマ|휴대|هاتف|windows|mac|ios|orange|free|telekom|smart|superhuman|thunderbird|k-9|canary|edison|zoho|missive|mimestream|roundcube|zimbra|posteo`)

// replyAboveWords are what ticket systems write for themselves to cut at.
var replyAboveWords = wordList(`reply above this line|type your reply above this line|please type your reply above|write above this line|antworten sie oberhalb dieser linie|bitte antworten sie oberhalb dieser zeile|répondre au-dessus de cette ligne|répondez au-dessus de cette ligne|responda por encima de esta línea|rispondere sopra questa riga|responda acima desta linha|antwoord boven deze lijn`)

// fieldRoles are the names of the fields above a quoted message.
var fieldRoles = fieldTable(map[string]string{
	"from":    `from|von|de|da|van|från|fra|od|lähettäjä|от|от кого|від|від кого|kimden|gönderen|发件人|寄件者|寄件人|差出人|送信者|送信元|보낸 사람|보낸사람|발신|من|المرسل|מאת|từ|người gửi|dari|feladó|expeditor|de la|odesílatel|odosielateľ|afzender|expéditeur|remitente|mittente|absender|remetente|από|จาก|nadawca|avsändare|afsender|pošiljatelj`,
	"sent":    `sent|gesendet|gesendet am|envoyé|envoyé le|enviado|enviado el|enviado em|enviada em|enviada el|enviada|inviato|inviata|inviato il|verzonden|verzonden op|skickat|sendt|lähetetty|wysłano|data wysłania|wysłane|отправлено|надіслано|gönderildi|gönderme tarihi|gönderilme tarihi|发送时间|傳送時間|寄件日期|送信日時|送信|보낸 날짜|보낸날짜|تاريخ الإرسال|أرسلت|נשלח|đã gửi|dikirim|elküldve|küldve|trimis|odesláno|poslané|odoslané|message du|εστάλη|στάλθηκε|ส่งเมื่อ|poslano|изпратено`,
	"date":    `date|datum|fecha|data|dato|päivämäärä|дата|tarih|日期|日時|日付|날짜|التاريخ|תאריך|ngày|tanggal|dátum|dată|ημερομηνία|วันที่|päiväys|pvm`,
	"to":      `to|an|à|a|para|aan|naar|till|til|vastaanottaja|do|кому|kime|收件人|收件者|宛先|받는 사람|받는사람|수신|إلى|אל|đến|tới|kepada|ke|címzett|către|komu|destinatario|destinataire|destinataires|destinatário|empfänger|ontvanger|προς|ถึง|za|до|alıcı|adresat|per`,
	"cc":      `cc|bcc|c.c.|copie|copie à|kopie|kopie (cc)|kopia|kopi|dw|копия|копія|bilgi|抄送|副本|참조|숨은 참조|نسخة|másolat|másolatot kap|en copie|copia|con copia|cópia|kópia|kopio|κοιν.`,
	"subject": `subject|betreff|betr.|objet|sujet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|тема|konu|主题|主旨|主題|件名|제목|الموضوع|נושא|chủ đề|tiêu đề|subjek|perihal|tárgy|subiect|předmět|predmet|θέμα|เรื่อง|относно|zadeva`,
	"other":   `reply-to|antwort an|répondre à|responder a|rispondi a|importance|wichtigkeit|priorité|priority|priorität|attachments|anlagen|anhänge|pièces jointes|datos adjuntos|allegati|anexos|bijlagen|bilagor|organization|list-unsubscribe|message-id|resent-from|on behalf of|sensitivity|return-path|x-mailer|mailed-by|signed-by`,
})

func wordList(words string) (list []string) {
	for line := range strings.SplitSeq(words, "\n") {
		for word := range strings.SplitSeq(line, "|") {
			if word = strings.ToLower(strings.TrimSpace(word)); word != "" {
				list = append(list, word)
			}
		}
	}
	return list
}

func fieldTable(words map[string]string) map[string]string {
	table := map[string]string{}
	for role, names := range words {
		for _, name := range wordList(names) {
			table[name] = role
		}
	}
	return table
}
