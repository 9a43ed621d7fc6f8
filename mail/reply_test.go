package mail

import (
	"strings"
	"testing"
)

const written = "Yes, the blue one.\nThank you so much, that helps."

// introductions are the lines that mail programs write above a quote.
var introductions = []string{
	"On Mon, 4 May 2026 at 10:15, Nimbus Lamps <hello@nimbus.example> wrote:",
	"On Mon, May 4, 2026, 10:15 AM Nimbus Lamps <hello@nimbus.example> wrote:",
	"On Mon, 4 May 2026 at 10:15, Nimbus Lamps from a very long department name\n<hello@nimbus.example> wrote:",
	"On Mon, 4 May 2026 at 10:15, Nimbus Lamps <\nhello@nimbus.example>\nwrote:",
	"On May 4, 2026, at 10:15 AM, Nimbus <hello@nimbus.example<mailto:hello@nimbus.example>> wrote:",
	"On 04/05/2026 10:15, Nimbus Lamps wrote:",
	"On Monday, May 4th, 2026 at 10:15 AM, Nimbus Lamps <hello@nimbus.example> wrote:",
	"On Mon, 04 May 2026 10:15:00 +0200 Nimbus Lamps <hello@nimbus.example> wrote",
	"---- On Mon, 04 May 2026 10:15:00 +0200 Nimbus Lamps <hello@nimbus.example> wrote ----",
	"Nimbus Lamps <hello@nimbus.example> wrote:",
	"4 May 2026 10:15 Nimbus <hello@nimbus.example>:",
	"2026-05-04 10:15 GMT+02:00 Nimbus Lamps <hello@nimbus.example>:",
	"Monday, 4 May 2026, 10:15 +0200 from hello@nimbus.example <hello@nimbus.example>:",
	"04.05.2026, 10:15, \"Nimbus Lamps\" <hello@nimbus.example>:",
	"Le lun. 4 mai 2026 à 10:15, Nimbus Lamps <hello@nimbus.example> a écrit :",
	"Le lun. 4 mai 2026 à 10:15, Nimbus Lamps <hello@nimbus.example> a\nécrit :",
	"Le 4 mai 2026 à 10:15, Nimbus Lamps a écrit :",
	"Le 04/05/2026 à 10:15, Nimbus Lamps a écrit :",
	"Am Mo., 4. Mai 2026 um 10:15 Uhr schrieb Nimbus Lamps <hello@nimbus.example>:",
	"Am 04.05.2026 um 10:15 schrieb Nimbus Lamps:",
	"Am 4. Mai 2026 um 10:15 schrieb Nimbus Lamps <hello@nimbus.example>:",
	"Nimbus Lamps <hello@nimbus.example> schrieb am Mo., 4. Mai 2026, 10:15:",
	"El lun, 4 may 2026 a las 10:15, Nimbus Lamps (<hello@nimbus.example>) escribió:",
	"El 4/5/2026 a las 10:15, Nimbus Lamps escribió:",
	"Il giorno lun 4 mag 2026 alle ore 10:15 Nimbus Lamps <hello@nimbus.example> ha scritto:",
	"Il giorno 4 mag 2026, alle ore 10:15, Nimbus Lamps <hello@nimbus.example> ha scritto:",
	"Il 04/05/2026 10:15, Nimbus Lamps ha scritto:",
	"Em seg., 4 de mai. de 2026 às 10:15, Nimbus Lamps <hello@nimbus.example> escreveu:",
	"Em 04/05/2026 10:15, Nimbus Lamps escreveu:",
	"No dia 4 de maio de 2026, às 10:15, Nimbus Lamps <hello@nimbus.example> escreveu:",
	"Op ma 4 mei 2026 om 10:15 schreef Nimbus Lamps <hello@nimbus.example>:",
	"Op 4 mei 2026 om 10:15 heeft Nimbus Lamps <hello@nimbus.example> het volgende geschreven:",
	"Op 4 mei 2026, om 10:15 schreef Nimbus Lamps:",
	"2026年5月4日(月) 10:15 Nimbus Lamps <hello@nimbus.example>:",
	"2026/05/04 10:15、Nimbus Lamps <hello@nimbus.example>のメール:",
	"2026年5月4日 10:15、Nimbus Lampsさんは書きました:",
	"2026년 5월 4일 (월) 오전 10:15, Nimbus Lamps <hello@nimbus.example>님이 작성:",
	"2026. 5. 4. 오전 10:15, Nimbus Lamps <hello@nimbus.example> 작성:",
	"2026년 5월 4일 오전 10:15, 님바스님이 작성:",
	"في الاثنين، 4 مايو 2026 في 10:15 ص تمت كتابة ما يلي بواسطة Nimbus Lamps <\u202ahello@nimbus.example\u202c>:",
	"في ٤ مايو ٢٠٢٦، الساعة ١٠:١٥ ص، كتب Nimbus Lamps <hello@nimbus.example>:",
	"在 2026年5月4日 10:15，Nimbus Lamps <hello@nimbus.example> 写道：",
	"Nimbus Lamps <hello@nimbus.example> 于2026年5月4日周一 10:15写道：",
	"Nimbus Lamps <hello@nimbus.example> 於 2026年5月4日 週一 上午10:15寫道：",
	"pon., 4 maj 2026 o 10:15 Nimbus Lamps <hello@nimbus.example> napisał(a):",
	"W dniu 04.05.2026 o 10:15, Nimbus Lamps pisze:",
	"W dniu pon., 4.05.2026 o 10:15 Nimbus Lamps <hello@nimbus.example>\nnapisał(a):",
	"пн, 4 мая 2026 г. в 10:15, Nimbus Lamps <hello@nimbus.example>:",
	"4 мая 2026 г., в 10:15, Nimbus Lamps <hello@nimbus.example> написал(а):",
	"04.05.2026 10:15, Nimbus Lamps пишет:",
	"Понедельник, 4 мая 2026, 10:15 +03:00 от Nimbus Lamps <hello@nimbus.example>:",
	"Den mån 4 maj 2026 kl 10:15 skrev Nimbus Lamps <hello@nimbus.example>:",
	"4 maj 2026 kl. 10:15 skrev Nimbus Lamps <hello@nimbus.example>:",
	"Den man. 4. maj 2026 kl. 10.15 skrev Nimbus Lamps <hello@nimbus.example>:",
	"man. 4. mai 2026 kl. 10:15 skrev Nimbus Lamps <hello@nimbus.example>:",
	"ma 4. toukok. 2026 klo 10.15 Nimbus Lamps (hello@nimbus.example) kirjoitti:",
	"po 4. 5. 2026 v 10:15 odesílatel Nimbus Lamps <hello@nimbus.example> napsal:",
	"Dne 4.5.2026 v 10:15 Nimbus Lamps napsal(a):",
	"po 4. 5. 2026 o 10:15 Nimbus Lamps <hello@nimbus.example> napísal(a):",
	"Nimbus Lamps <hello@nimbus.example> ezt írta (időpont: 2026. máj. 4., H, 10:15):",
	"În lun., 4 mai 2026 la 10:15, Nimbus Lamps <hello@nimbus.example> a scris:",
	"Nimbus Lamps <hello@nimbus.example>, 4 May 2026 Pzt, 10:15 tarihinde şunu yazdı:",
	"Στις Δευ 4 Μαΐ 2026 στις 10:15 ο χρήστης Nimbus Lamps <hello@nimbus.example> έγραψε:",
	"пн, 4 трав. 2026 р. о 10:15 Nimbus Lamps <hello@nimbus.example> пише:",
	"Vào Th 2, 4 thg 5, 2026 vào lúc 10:15 Nimbus Lamps <hello@nimbus.example> đã viết:",
	"Pada tanggal Sen, 4 Mei 2026 pukul 10.15 Nimbus Lamps <hello@nimbus.example> menulis:",
	"\u202bבתאריך יום ב׳, 4 במאי 2026 ב-10:15 מאת \u202aNimbus Lamps\u202c\u200f <\u202ahello@nimbus.example\u202c\u200f>:\u202c",
	"-----Original Message-----",
	"----- Original Message -----",
	"-----Ursprüngliche Nachricht-----",
	"-----Message d'origine-----",
	"-----Mensaje original-----",
	"-----Messaggio originale-----",
	"-----Mensagem original-----",
	"-----Oorspronkelijk bericht-----",
	"-----元のメッセージ-----",
	"-----원본 메시지-----",
	"-----الرسالة الأصلية-----",
	"------------------ 原始邮件 ------------------",
	"-------- Původní zpráva --------",
	"________________________________\nFrom: Nimbus Lamps <hello@nimbus.example>\nSent: Monday, May 4, 2026 10:15 AM\nTo: Jo <jo@example.com>\nSubject: Your lamp",
	"From: Nimbus Lamps <hello@nimbus.example>\nDate: Monday, 4 May 2026 at 10:15\nTo: Jo <jo@example.com>\nSubject: Re: Your lamp",
	"*From:* Nimbus Lamps <hello@nimbus.example>\n*Sent:* Monday, May 4, 2026 10:15 AM\n*To:* Jo <jo@example.com>\n*Subject:* Your lamp",
	"Von: Nimbus Lamps <hello@nimbus.example>\nGesendet: Montag, 4. Mai 2026 10:15\nAn: Jo <jo@example.com>\nBetreff: Ihre Lampe",
	"De : Nimbus Lamps <hello@nimbus.example>\nEnvoyé : lundi 4 mai 2026 10:15\nÀ : Jo <jo@example.com>\nObjet : Votre lampe",
	"De: Nimbus Lamps <hello@nimbus.example>\nEnviado: lunes, 4 de mayo de 2026 10:15\nPara: Jo <jo@example.com>\nAsunto: Su lámpara",
	"Da: Nimbus Lamps <hello@nimbus.example>\nInviato: lunedì 4 maggio 2026 10:15\nA: Jo <jo@example.com>\nOggetto: La lampada",
	"De: Nimbus Lamps <hello@nimbus.example>\nEnviado: segunda-feira, 4 de maio de 2026 10:15\nPara: Jo <jo@example.com>\nAssunto: O candeeiro",
	"Van: Nimbus Lamps <hello@nimbus.example>\nVerzonden: maandag 4 mei 2026 10:15\nAan: Jo <jo@example.com>\nOnderwerp: Uw lamp",
	"差出人: Nimbus Lamps <hello@nimbus.example>\n送信日時: 2026年5月4日 10:15\n宛先: Jo <jo@example.com>\n件名: ランプ",
	"보낸 사람: Nimbus Lamps <hello@nimbus.example>\n보낸 날짜: 2026년 5월 4일 월요일 오전 10:15\n받는 사람: Jo <jo@example.com>\n제목: 램프",
	"من: Nimbus Lamps <hello@nimbus.example>\nتاريخ الإرسال: 04/مايو/2026 10:15\nإلى: Jo <jo@example.com>\nالموضوع: المصباح",
	"发件人: Nimbus Lamps <hello@nimbus.example>\n发送时间: 2026年5月4日 10:15\n收件人: Jo <jo@example.com>\n主题: 灯",
	"От: Nimbus Lamps <hello@nimbus.example>\nОтправлено: 4 мая 2026 г. 10:15\nКому: Jo <jo@example.com>\nТема: Лампа",
	"Fra: Nimbus Lamps <hello@nimbus.example>\nSendt: 4. maj 2026 10:15\nTil: Jo <jo@example.com>\nEmne: Lampen",
	"Från: Nimbus Lamps <hello@nimbus.example>\nSkickat: den 4 maj 2026 10:15\nTill: Jo <jo@example.com>\nÄmne: Lampan",
	"Od: Nimbus Lamps <hello@nimbus.example>\nWysłano: poniedziałek, 4 maja 2026 10:15\nDo: Jo <jo@example.com>\nTemat: Lampa",
}

func TestEveryProgramsIntroductionEndsTheReply(t *testing.T) {
	for _, introduction := range introductions {
		for _, quote := range []string{"> Which lamp\n> would you like?", "Which lamp\nwould you like?"} {
			for _, gap := range []string{"\n\n", "\n"} {
				text := written + gap + introduction + "\n\n" + quote + "\n"
				got := cutReply(linesOfText(text), false)
				if got.reply != written || !strings.Contains(got.quote, "would you like?") {
					t.Errorf("%q with %q: reply is %q, quote is %q", introduction, quote, got.reply, got.quote)
				}
			}
		}
	}
}

func TestWhatPeopleWriteIsKept(t *testing.T) {
	for _, text := range []string{
		"On Monday I called you.\nYour colleague wrote: it is on its way.",
		"On 3 May 2026 I ordered a lamp.\nIt has not come.",
		"Journey:\nFrom: Lyon\nTo: Paris\nDate: 12 May 2026 10:15\nCan you change it?",
		"Date: Wednesday 6 May\nTime: 10:15\nAddress: 130 Fox Street\nSee you there.",
		"Please write to jo@example.com, or call at 10:15:\n+33 1 23 45 67 89",
		"Sent from my desk, since the phone is broken. Can you help?",
		"Sent from Paris by train\nOr by plane? I do not know.",
		"My list:\n- one lamp\n- two bulbs\n-- and a cable\n--- and more",
		"See below\n\n-----BEGIN LOG-----\nline one\n-----END LOG-----\nWhat is wrong?",
		"Price --- 12 euros.\n---\nIs that right?",
		"I forward what they said:\n\n---------- Forwarded message ---------\nFrom: Shop <shop@example.com>\nDate: Mon, 4 May 2026 at 10:15\nSubject: Lamp\nTo: <jo@example.com>\n\nThe lamp is blue.",
		"Voir ci-dessous :\n\nDébut du message transféré :\n\n> De: Shop <shop@example.com>\n> Objet: Lampe\n>\n> La lampe est bleue.",
		"Merci !\n\nJean-Luc",
		"a > b and c < d",
		"Le 3 mai 2026 à 10:15 je suis passé, et rien.",
		"Am 3. Mai war ich da. Ihr Kollege schrieb mir:\nalles gut.",
	} {
		if got := cutReply(linesOfText(text), false); got.reply != text {
			t.Errorf("of %q only %q is left (signature %q, quote %q)", text, got.reply, got.signature, got.quote)
		}
	}
}

func TestASentenceAboveAnIntroductionStaysInTheReply(t *testing.T) {
	got := cutReply(linesOfText("On 3 May I ordered a lamp.\n\nOn Mon, 4 May 2026 at 10:15, Nimbus <hello@nimbus.example> wrote:\n\n> Which one?"), false)
	if want := "On 3 May I ordered a lamp."; got.reply != want {
		t.Errorf("reply is %q, want %q", got.reply, want)
	}
}

func TestAnswersBetweenQuotesKeepTheQuotesTheySpeakTo(t *testing.T) {
	text := "Hello,\n\nOn Mon, 4 May 2026 at 10:15, Nimbus <hello@nimbus.example> wrote:\n> Which lamp?\n\nThe blue one.\n\n> Which street?\n\nFox Street.\n\n> Regards\n> Nimbus"
	got := cutReply(linesOfText(text), false)
	if want := strings.TrimSuffix(text, "\n\n> Regards\n> Nimbus"); got.reply != want {
		t.Errorf("reply is %q, want %q", got.reply, want)
	}
	if got.quote != "> Regards\n> Nimbus" {
		t.Errorf("quote is %q", got.quote)
	}
}

func TestAReplyBelowTheQuoteIsFound(t *testing.T) {
	got := cutReply(linesOfText("On Mon, 4 May 2026 at 10:15, Nimbus <hello@nimbus.example> wrote:\n> Which lamp?\n>\n> Nimbus\n\n"+written), false)
	if got.reply != written || got.quote == "" {
		t.Errorf("reply is %q, quote %q", got.reply, got.quote)
	}
}

func TestAMailThatIsAllQuotedIsNotEmpty(t *testing.T) {
	for _, text := range []string{"> Only this", "On Mon, 4 May 2026 at 10:15, Nimbus wrote:\n\nOnly this", "-----Original Message-----\nOnly this"} {
		if got := cutReply(linesOfText(text), false); !strings.Contains(got.reply, "Only this") {
			t.Errorf("%q gives the reply %q", text, got.reply)
		}
	}
}

func TestSignaturesAreFoldedNotLost(t *testing.T) {
	for _, signature := range []string{
		"-- \nJo Miller\nFox Street 130\n+44 20 1234", "--\nJo", "-- Jo", "__\nJo Miller", "---\nJo Miller",
		"_____________________\nJo Miller\nExample Ltd\n_____________________",
		"Sent from my iPhone", "Sent from my Samsung Galaxy smartphone.", "Sent via BlackBerry", "Get Outlook for iOS<https://aka.ms/o0ukef>", "Sent with Proton Mail secure email.",
		"Envoyé de mon iPhone", "Envoyé depuis mon smartphone Samsung Galaxy.", "Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App", "Enviado desde mi iPhone", "Enviado do meu iPhone",
		"Inviato da iPhone", "Verstuurd vanaf mijn iPhone", "iPhoneから送信", "나의 iPhone에서 보냄", "أُرسلت من الـ iPhone", "发自我的 iPhone", "Отправлено с iPhone", "Skickat från min iPhone", "Wysłane z iPhone'a",
		"_______________________________________________\nlamps mailing list\nlamps@lists.example.org\nhttps://lists.example.org/mailman/listinfo/lamps",
	} {
		for _, quote := range []string{"", "\n\nOn Mon, 4 May 2026 at 10:15, Nimbus <hello@nimbus.example> wrote:\n> Which one?"} {
			got := cutReply(linesOfText(written+"\n\n"+signature+quote), false)
			if got.reply != written || got.signature != strings.Replace(signature, "-- \n", "--\n", 1) {
				t.Errorf("signature %q: reply is %q, signature is %q", signature, got.reply, got.signature)
			}
		}
	}
}
