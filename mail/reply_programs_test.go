package mail

import "testing"

// textAnswers are answers in plain text as mail programs of the world write them; each says "Yes, blue".
var textAnswers = []struct{ program, text string }{
	{"slash", "Yes, blue\n\nOn 04/19/2011 07:10 AM, Ann Fox wrote:\n\n>\n> Test"},
	{"no marks", "Yes, blue\n\nOn 11-Apr-2011, at 6:54 PM, Ann Fox <ann@lamps.example> wrote:\n\n> Tools"},
	{"allcaps", "Yes, blue\n\n-----ORIGINAL MESSAGE-----\n\nTest"},
	{"on wrote nomark", "Yes, blue\n\nOn Oct 1, 2012, at 11:55 PM, Ann Fox wrote:\n\nHer words\n"},
	{"german", "Yes, blue\n\nAm 04.04.2011 um 12:33 schrieb \"bob\" <ann@lamps.example>:\n> Test"},
	{"fr", "Yes, blue\n\nLe lun. 3 oct. 2011 à 10:15, Ann <ann@lamps.example> a écrit:\n> Test"},
	{"hungarian", "Yes, blue\n\n2012/3/4 bob <ann@lamps.example> ezt írta:\n> Test"},
	{"date somebody", "Yes, blue\n\n2011/4/7 Ann Fóx <ann@lamps.example>\n\n>  Which?"},
	{"date only", "Yes, blue\n\nSent from Samsung MobileName <address@example.com> wrote:\n\n> quote"},
	{"sams", "Yes, blue\n\n\nSent from Samsung Galaxy\n\n-------- Original message --------\nFrom: Ann <ann@lamps.example>\nDate: 10/4/2011 10:10 (GMT-05:00)\nTo: jo@x.org\nSubject: Re: x\n\nTest"},
	{"sams2", "Yes, blue\n\n-------- Message d'origine --------\nDe : Ann <ann@lamps.example>\nDate : 10/4/2011 10:10 (GMT-05:00)\nÀ : jo@x.org\nObjet : Re: x\n\nTest"},
	{"fwdquote", "Yes, blue\n\nOn 04/19/2011 07:10 AM, Roman wrote:\n> ---------- Forwarded message ----------\n> From: x\n> hi"},
	{"double on", "Yes, blue\n\nOn Tue, Oct 4, 2011 at 10:10 PM, ann@lamps.example\n<\nann@lamps.example> wrote:\n\n> Hi"},
	{"dash date", "Yes, blue\n\nOp 17-feb.-2015, om 13:18 heeft Ann Fox <ann@lamps.example> het volgende geschreven:\n\nWhich?"},
	{"nl2", "Yes, blue\n\nOp 13 februari 2014 13:18 schreef Ann Fox <ann@lamps.example>:\n\nSmall"},
	{"vi", "Yes, blue\n\nVào 14:24 8 tháng 6, 2017, Ann Fox <ann@lamps.example> đã viết:\n\n> Xin chào"},
	{"sv", "Yes, blue\n\nDen 14 juni 2016 10:10 skrev Ann <ann@lamps.example>:\n\n> Which?"},
	{"no", "Yes, blue\n\nPå 14 juni 2016 10:10 skrev Ann <ann@lamps.example>:\n\n> Which?"},
	{"pl", "Yes, blue\n\nW dniu 28 stycznia 2015 01:53 użytkownik Zoe <ann@lamps.example> napisał:\n\n> Blah"},
	{"pl2", "Yes, blue\n\nDnia 2013-01-30 o godz. 18:07 Ann napisał(a):\n> Blah"},
	{"block en", "Yes, blue\n\nFrom: ann@lamps.example [mailto:ann@lamps.example]\nSent: Monday, October 03, 2011 5:43 AM\nTo: ann@lamps.example\nSubject: No-Reply\n\nTest"},
	{"block de", "Yes, blue\n\nVon: ann@lamps.example [mailto:ann@lamps.example]\nGesendet: Dienstag, 25. November 2014 14:59\nAn: jo@x.org\nBetreff: The manager has commented\n\nTest"},
	{"block da", "Yes, blue\n\nFra: ann@lamps.example [mailto:ann@lamps.example]\nSendt: 19. april 2011 08:10\nTil: jo@x.org\nEmne: The\n\nTest"},
	{"block sv", "Yes, blue\n\nFrån: Anders <ann@lamps.example>\nSkickat: den 12 november 2014 11:08\nTill: jo@x.org\nÄmne: x\n\nTest"},
	{"block nl", "Yes, blue\n\nVan: ann@lamps.example [mailto:ann@lamps.example]\nVerzonden: dinsdag 25 november 2014 14:59\nAan: ann@lamps.example\nOnderwerp: x\n\nTest"},
	{"block vi", "Yes, blue\n\nTừ: ann@lamps.example\nĐã gửi: Monday, October 03, 2011 5:43 AM\nTới: x@x.org\nChủ đề: x\n\nTest"},
	{"block fr2", "Yes, blue\n\nDe : Ann Fox [mailto:ann@lamps.example]\nEnvoyé : vendredi 23 décembre 2011 16:35\nÀ : Jo\nObjet : Follow Up\n\nTest"},
	{"block pl", "Yes, blue\n\n_____\n\nOd: ann@lamps.example\nWysłane: 23 maja 2013\nDo: ann@lamps.example\nTemat: x\n\nTest"},
	{"block stars", "Yes, blue\n\n*From:* ann@lamps.example [mailto:ann@lamps.example]\n*Sent:* Monday\n*To:* x\n*Subject:* The\n\nTest"},
	{"date first", "Yes, blue\n\n----------------------------------------------------------------------\nDate: Thu, 24 Jun 2010 17:36:59 -0400\nFrom: x@x.org\nTo: y@y.org\nSubject: z\n\nTest"},
	{"weird date", "Yes, blue\n\nDate: Fri=2C 28 Sep 2012 10:55:48 +0000\nFrom: ann@lamps.example\nTo: ann@lamps.example\nSubject: Lamp\n\nTest"},
	{"wrapped from", "Yes, blue\n\nFrom: x [mailto:x@x.com]\nOn Behalf Of y\nSent: Monday, 4 May 2026 10:10\nTo: z\nSubject: q\n\nTest"},
	{"crlf gt", "Yes, blue\r\n\r\nOn Fri, 4 Mar 2016, at 10:10, Ann wrote:\r\n> Hi\r\n"},
	{"android", "Yes, blue\n\n---- John Smith wrote ----\n\nTest"},
	{"android2", "Yes, blue\n\nAnn <ann@lamps.example> wrote:\n\nTest"},
	{"msn", "Yes, blue\n________________________________________\nFrom: Ann\nSent: Monday, October 03, 2011 5:43 AM\nTo: x\nSubject: y\n\nTest"},
	{"sig", "Yes, blue\n\n--\nAnn Fox\n555-1234\n\nOn Fri, 4 Mar 2016, at 10:10, Ann wrote:\n> Hi"},
	{"bottom", "On Fri, 4 Mar 2016, at 10:10, Ann wrote:\n> Hi\n> there\n\nYes, blue\n"},
	{"bottom nointro", "> Hi\n> there\n\nYes, blue\n"},
	{"no blank", "Yes, blue\nOn Fri, 4 Mar 2016, at 10:10, Ann wrote:\n> Hi\n> there\n"},
	{"footnote url", "Yes, blue\n\nOn Fri, 4 Mar 2016, at 10:10, Ann <ann@lamps.example<mailto:ann@lamps.example>> wrote:\n\nHi\n"},
	{"ja", "Yes, blue\n\n2014年11月20日 10:10 Ann <ann@lamps.example>:\n> Hi"},
	{"outlookapp", "Yes, blue\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: Ann <ann@lamps.example>\nSent: Monday, October 3, 2011 5:43:22 AM\nTo: x\nSubject: y\n\nTest"},
	{"ru", "Yes, blue\n\n04.05.2026 10:15, Иван пишет:\n> Hi"},
	{"ru2", "Yes, blue\n\nПонедельник, 4 мая 2026, 10:15 +03:00 от Ann <ann@lamps.example>:\n>Hi\n"},
	{"tr", "Yes, blue\n\nAnn <ann@lamps.example>, 4 May 2026 Pzt, 10:15 tarihinde şunu yazdı:\n> Hi"},
	{"he", "Yes, blue\n\nבתאריך יום ב׳, 4 במאי 2026 ב-10:15 מאת Ann <\u202aann@lamps.example\u202c\u200f>:\u202c\n> Hi"},
	{"el", "Yes, blue\n\nΣτις Δευ, 4 Μαΐ 2026 στις 10:15 π.μ., ο χρήστης Ann <ann@lamps.example> έγραψε:\n> Hi"},
	{"fi", "Yes, blue\n\nma 4. toukok. 2026 klo 10.15 Ann (ann@lamps.example) kirjoitti:\n> Hi"},
	{"cs", "Yes, blue\n\npo 4. 5. 2026 v 10:15 odesílatel Ann <ann@lamps.example> napsal:\n> Hi"},
	{"ro", "Yes, blue\n\nÎn lun., 4 mai 2026 la 10:15, Ann <ann@lamps.example> a scris:\n> Hi"},
	{"hu", "Yes, blue\n\nAnn <ann@lamps.example> ezt írta (időpont: 2026. máj. 4., H, 10:15):\n> Hi"},
	{"uk", "Yes, blue\n\nпн, 4 трав. 2026 р. о 10:15 Ann <ann@lamps.example> пише:\n> Hi"},
	{"th", "Yes, blue\n\nในวันที่ จ. 4 พ.ค. 2026 เวลา 10:15 Ann <ann@lamps.example> เขียนว่า:\n> Hi"},
	{"id", "Yes, blue\n\nPada Sen, 4 Mei 2026 pukul 10.15 Ann <ann@lamps.example> menulis:\n> Hi"},
	{"ca", "Yes, blue\n\nMissatge de Ann <ann@lamps.example> del dia dl., 4 de maig 2026 a les 10:15:\n> Hi"},
	{"ca nomark", "Yes, blue\n\nEl 4 de maig de 2026 a les 10:15, Ann <ann@lamps.example> va escriure:\nHi"},
	{"pt", "Yes, blue\n\nAnn <ann@lamps.example> escreveu no dia segunda, 4/05/2026 à(s) 10:15:\n> Hi"},
	{"da", "Yes, blue\n\nDen man. 4. maj 2026 kl. 10.15 skrev Ann <ann@lamps.example>:\n> Hi"},
	{"no2", "Yes, blue\n\nman. 4. mai 2026 kl. 10:15 skrev Ann <ann@lamps.example>:\n> Hi"},
	{"zh", "Yes, blue\n\nAnn <ann@lamps.example> 于2026年5月4日周一 10:15写道：\nHi"},
	{"zh block", "Yes, blue\n\n发件人: Ann <ann@lamps.example>\n发送时间: 2026年5月4日 10:15\n收件人: jo\n主题: x\n\nHi"},
	{"qq", "Yes, blue\n\n\n------------------ 原始邮件 ------------------\n发件人: \"Ann\"<ann@lamps.example>;\n发送时间: 2026年5月4日(星期一) 上午10:15\n收件人: \"jo\"<jo@x.org>;\n主题: x\n\nHi"},
	{"163", "Yes, blue\n\n\n\nAt 2026-05-04 10:15:00, \"Ann\" <ann@lamps.example> wrote:\n>Hi\n>there"},
	{"163b", "Yes, blue\n\n在 2026-05-04 10:15:00，\"Ann\" <ann@lamps.example> 写道：\n\nHi"},
	{"ko block", "Yes, blue\n\n-----Original Message-----\nFrom: \"Ann\"<ann@lamps.example>\nTo: \"jo\"<jo@x.org>;\nCc:\nSent: 2026-05-04 (월) 10:15:00 (GMT+09:00)\nSubject: x\n\nHi"},
	{"hotmail date", "Yes, blue\n\nDate: Mon, 4 May 2026 10:15:00 +0200\nSubject: x\nFrom: ann@lamps.example\nTo: jo@x.org\n\nHi"},
	{"lotus", "Yes, blue\n\n\n\nFrom:   Ann <ann@lamps.example>\nTo:     jo@x.org\nDate:   04.05.2026 10:15\nSubject:        x\n\n\n\nHi"},
	{"notes it", "Yes, blue\n\n\nDa:     Ann <ann@lamps.example>\nPer:    jo@x.org\nData:   04/05/2026 10.15\nOggetto:        x\n\n\nHi"},
	{"protonm", "Yes, blue\n\nSent with Proton Mail secure email.\n\nOn Monday, May 4th, 2026 at 10:15 AM, Ann <ann@lamps.example> wrote:\n\n> Hi"},
	{"protonm2", "Yes, blue\n\nSent with [ProtonMail](https://protonmail.com) Secure Email.\n\n‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Monday, May 4th, 2026 at 10:15 AM, Ann <ann@lamps.example> wrote:\n\n> Hi"},
	{"mailru", "Yes, blue\n\n\n>Понедельник, 4 мая 2026, 10:15 +03:00 от Ann <ann@lamps.example>:\n> \n>Hi"},
	{"yandex", "Yes, blue\n\n04.05.2026, 10:15, \"Ann\" <ann@lamps.example>:\nHi"},
	{"fastmail", "Yes, blue\n\nOn Mon, May 4, 2026, at 10:15 AM, Ann wrote:\n> Hi"},
	{"hey", "Yes, blue\n\nOn May 4, 2026, Ann <ann@lamps.example> wrote:\n> Hi"},
	{"k9", "Yes, blue\n\n\nAm 4. Mai 2026 10:15:00 MESZ schrieb Ann <ann@lamps.example>:\n>Hi"},
	{"k9b", "Yes, blue\n-- \nDiese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet."},
	{"gmx", "Yes, blue\n\n \n\nGesendet: Montag, 04. Mai 2026 um 10:15 Uhr\nVon: \"Ann\" <ann@lamps.example>\nAn: jo@x.org\nBetreff: x\nHi"},
	{"gmx app", "Yes, blue\n--\nDiese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.\n\nAm 04.05.26, 10:15 schrieb Ann <ann@lamps.example>:\n> Hi"},
	{"orange", "Yes, blue\n\n\n\n> Message du 04/05/26 10:15\n> De : \"Ann\" <ann@lamps.example>\n> A : jo@x.org\n> Copie à :\n> Objet : x\n>\n> Hi"},
	{"libero", "Yes, blue\n\n\n----Messaggio originale----\nDa: ann@lamps.example\nData: 4-mag-2026 10.15\nA: <jo@x.org>\nOgg: x\n\nHi"},
	{"uol", "Yes, blue\n\nDe: \"Ann\" <ann@lamps.example>\nEnviada: 2026/05/04 10:15:00\nPara: jo@x.org\nAssunto: x\n\nHi"},
	{"zoho", "Yes, blue\n\n\n\n---- On Mon, 04 May 2026 10:15:00 +0530 Ann <ann@lamps.example> wrote ---\n\nHi"},
	{"airmail", "Yes, blue\n\nOn 4 May 2026 at 10:15:00, Ann (ann@lamps.example) wrote:\n\nHi"},
	{"spark", "Yes, blue\nOn 4 May 2026, 10:15 +0200, Ann <ann@lamps.example>, wrote:\n> Hi"},
	{"superhuman", "Yes, blue\n\nSent via Superhuman ( https://sprh.mn/?vip=jo@x.org )\n\nOn Mon, May 04, 2026 at 10:15 AM, Ann < ann@lamps.example > wrote:\n\n> Hi"},
	{"mimecast", "Yes, blue\n\n-----Original Appointment-----\nFrom: Ann\nSent: Monday, May 4, 2026 10:15 AM\nTo: jo\nSubject: x\n\nHi"},
	{"helpscout", "Yes, blue\n\n##- Please type your reply above this line -##\n\nHi"},
	{"list footer", "Yes, blue\n_______________________________________________\nLamps mailing list\nlamps@x.org\nhttps://x.org/mailman/listinfo/lamps\n"},
	{"gg footer", "Yes, blue\n\n-- \nYou received this message because you are subscribed to the Google Groups \"lamps\" group.\nTo unsubscribe from this group and stop receiving emails from it, send an email to lamps+unsubscribe@googlegroups.com.\n"},
}

// drawnAnswers are the same in HTML.
var drawnAnswers = []struct{ program, html string }{
	{"hr html", "<div>Yes, blue</div><hr><div><b>From:</b> Ann &lt;ann@lamps.example&gt;<br><b>Sent:</b> Monday, October 03, 2011 5:43 AM<br><b>To:</b> jo<br><b>Subject:</b> x</div><div>Test</div>"},
	{"olk", "<html><body><div>Yes, blue</div><span id=\"OLK_SRC_BODY_SECTION\"><div>On Mon Ann wrote</div><blockquote>Test</blockquote></span></body></html>"},
	{"cutBlock", "<table><tr><td>Yes, blue</td></tr></table><blockquote><div>On 11-Apr-2011, at 6:54 PM, Ann &lt;ann@lamps.example&gt; wrote:</div><div>Test</div></blockquote>"},
	{"no bq", "Yes, blue<div>On 11-Apr-2011, at 6:54 PM, Ann &lt;ann@lamps.example&gt; wrote:</div><div>Test</div>"},
	{"windows mail", "<div>Yes, blue</div><div style=\"padding-top: 5px; border-top-color: rgb(229, 229, 229); border-top-width: 1px; border-top-style: solid;\"><b>From:</b>&nbsp;<a>Ann</a><br><b>Sent:</b>&nbsp;Wednesday, 4 April 2014 10:10<br><b>To:</b>&nbsp;x</div><div>Test</div>"},
	{"outlook2003", "<div>Yes, blue</div><div><div style='border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in'><p>From: x [mailto:x@x.org]<br>Sent: Mon 4 May 2012 10:10<br>To: y<br>Subject: z</p></div></div><div>Test</div>"},
	{"sparrow", "<div>Yes, blue</div><div>-- <br>Sent with Sparrow</div><p style=\"color: #A0A0A8;\">On Friday 4 May 2012 at 10:10, Ann wrote:</p><blockquote type=\"cite\">Test</blockquote>"},
	{"icloud", `<html><body><div>Yes, blue</div><div><br><blockquote type="cite"><div>On 4 May 2026, at 10:15, Ann &lt;ann@lamps.example&gt; wrote:</div><br class="Apple-interchange-newline"><div>Test</div></blockquote></div></body></html>`},
	{"newoutlook", `<div class="elementToProof">Yes, blue</div><div id="mail-editor-reference-message-container"><div style="border-top:solid #E1E1E1 1pt"><b>From:</b> Ann</div><div>Test</div></div>`},
	{"outlook mobile", `<div dir="auto">Yes, blue</div><div id="ms-outlook-mobile-signature" dir="auto">Get <a href="https://aka.ms/AAb9ysg">Outlook for Android</a></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg"><b>From:</b> Ann</div><div>Test</div>`},
	{"zimbra", `<div>Yes, blue</div><div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>De: </b>"Ann"<br></div><div data-marker="__QUOTED_TEXT__">Test</div>`},
	{"gmx", `<div>Yes, blue</div><div> <div name="quote" style="margin:10px 5px 5px 10px; border-left:2px solid #C3D9E5;"><div><b>Gesendet:</b> Montag<br/><b>Von:</b> Ann</div><div name="quoted-content">Test</div></div></div>`},
	{"spark", `<div name="messageBodySection"><div dir="auto">Yes, blue</div></div><div name="messageReplySection">On 4 May 2026, 10:15 +0200, Ann &lt;ann@lamps.example&gt;, wrote:<br><blockquote type="cite">Test</blockquote></div>`},
	{"spark sig", `<div name="messageBodySection">Yes, blue</div><div name="messageSignatureSection"><br>Jo Miller<br>Sent from Spark</div><div name="messageReplySection">On 4 May 2026, 10:15 +0200, Ann wrote:<br><blockquote type="cite">Test</blockquote></div>`},
	{"yandex", `<div>Yes, blue</div><div> </div><div>04.05.2026, 10:15, "Ann" &lt;ann@lamps.example&gt;:</div><blockquote><div>Test</div></blockquote>`},
	{"mailru", `<html><body><div>Yes, blue</div><blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">Понедельник, 4 мая 2026, 10:15 +03:00 от Ann:<br><div>Test</div></blockquote></body></html>`},
	{"qq", `<div>Yes, blue</div><div><br></div><div><includetail><div style="font:Verdana"><div style="FONT-SIZE: 12px;">------------------&nbsp;Original&nbsp;------------------</div><div style="FONT-SIZE:12px;background:#efefef;"><div><b>From:</b> "Ann"</div><div><b>Date:</b> Mon, May 4, 2026 10:15 AM</div><div><b>To:</b> jo@x.org</div><div><b>Subject:</b> x</div></div><div>Test</div></div></includetail></div>`},
	{"netease", `<div style="line-height:1.7">Yes, blue</div><br><br><div id="isReplyContent">At 2026-05-04 10:15:00, "Ann" &lt;ann@lamps.example&gt; wrote:<br><blockquote style="PADDING-LEFT: 1ex">Test</blockquote></div>`},
	{"netease2", `<div>Yes, blue</div><div style="position:relative;zoom:1"></div><br><pre>At 2026-05-04 10:15:00, "Ann" &lt;ann@lamps.example&gt; wrote:</pre><blockquote id="isReplyContent" style="PADDING-LEFT: 1ex">Test</blockquote>`},
	{"naver", `<p>Yes, blue</p><p><br></p><p style="font-size:10pt;">-----Original Message-----<br><b>From:</b> "Ann"&lt;ann@lamps.example&gt;<br><b>To:</b> jo<br><b>Cc:</b><br><b>Sent:</b> 2026-05-04 (월) 10:15:00 (GMT+09:00)<br><b>Subject:</b> x<br></p><p>Test</p>`},
	{"tutanota", `<div>Yes, blue</div><br><div>4 May 2026, 10:15 by ann@lamps.example:</div><blockquote class="tutanota_quote" style="border-left:1px solid #93A3B8">Test</blockquote>`},
	{"samsung", `<div dir="auto">Yes, blue</div><div dir="auto"><br></div><div id="composer_signature" dir="auto"><div style="font-size:12px">Sent from my Galaxy</div></div><div dir="auto"><br></div><div><br></div><div align="left" dir="auto" style="font-size:100%;color:#000000"><div>-------- Original message --------</div><div>From: Ann &lt;ann@lamps.example&gt; </div><div>Date: 5/4/26  10:15  (GMT+01:00) </div><div>To: jo@x.org </div><div>Subject: x </div><div><br></div></div><div>Test</div>`},
	{"front", `<div>Yes, blue</div><br><div class="front-signature">Jo<br>Sent with Front</div><blockquote type="cite" class="front-blockquote">On May 4, 2026 at 10:15 AM, Ann wrote:<br>Test</blockquote>`},
	{"proton", `<div style="font-family:Arial">Yes, blue</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Sent with Proton Mail.</div></div><div class="protonmail_quote">On Monday, May 4th, 2026 at 10:15 AM, Ann wrote:<br><blockquote class="protonmail_quote" type="cite">Test</blockquote></div>`},
	{"yahoo ios", `Yes, blue<br><br><br><a href="https://mail.onelink.me/1">Yahoo Mail: Search, Organize, Conquer</a><br><br><p class="yahoo-quoted-begin" style="font-size: 15px">On Monday, May 4, 2026, 10:15 AM, Ann &lt;ann@lamps.example&gt; wrote:</p><blockquote class="iosymail">Test</blockquote>`},
	{"aol", `<div style="color:black">Yes, blue</div><div style="font-family:arial"><br><br>-----Original Message-----<br>From: Ann &lt;ann@lamps.example&gt;<br>To: jo &lt;jo@x.org&gt;<br>Sent: Mon, May 4, 2026 10:15 am<br>Subject: x<br><br><div>Test</div></div>`},
	{"aol2", `<div>Yes, blue</div><div id="yiv1_aolmail"><div class="aolmail_quoted">On Monday, May 4, 2026 at 10:15:00 AM GMT+2, Ann &lt;ann@lamps.example&gt; wrote: <div>Test</div></div></div>`},
	{"lotus html", `<font size=2>Yes, blue</font><br><br><br><br><font size=1 color=#5f5f5f>From: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1>Ann &lt;ann@lamps.example&gt;</font><br><font size=1 color=#5f5f5f>To: &nbsp; &nbsp;</font><font size=1>jo@x.org</font><br><font size=1>Date: &nbsp; </font><font size=1>04.05.2026 10:15</font><br><font size=1>Subject: &nbsp;</font><font size=1>x</font><br><hr noshade><br><br>Test`},
	{"exchange 'reply' div", `<div dir="ltr">Yes, blue</div><div style="border:none;border-top:solid #B5C4DF 1.0pt"><p><b><span>Von:</span></b> Ann [mailto:ann@lamps.example] <br><b>Gesendet:</b> Montag, 4. Mai 2026 10:15<br><b>An:</b> Jo<br><b>Betreff:</b> x</p></div><p>Test</p>`},
}

func TestAnswersOfManyProgramsAreTheirWordsAlone(t *testing.T) {
	for _, one := range textAnswers {
		if in := ParseBytes([]byte("From: jo@example.com\nContent-Type: text/plain; charset=utf-8\n\n" + one.text)); in.Kind != KindReply || in.Reply != "Yes, blue" {
			t.Errorf("%s: %s %q, signature %q", one.program, in.Kind, in.Reply, in.Signature)
		}
	}
	for _, one := range drawnAnswers {
		if in := ParseBytes([]byte("From: jo@example.com\nContent-Type: text/html; charset=utf-8\n\n" + one.html)); in.Kind != KindReply || in.Reply != "Yes, blue" {
			t.Errorf("%s in HTML: %s %q, signature %q", one.program, in.Kind, in.Reply, in.Signature)
		}
	}
}

func TestWordsThatLookLikeAQuotesBeginningStay(t *testing.T) {
	for _, words := range []string{
		"I am from: Lyon. On Monday at 10:15 I wrote: nothing.\nFrom: Lyon\nTo: Paris\nDate: Monday 10:15",
		"On Monday 4 May I wrote:\nplease cancel.\nWhy did nobody answer?",
		"Two options:\n---\nA\n---\nB is what I want, since it is larger than A?",
		"Sent from Lyon yesterday, still not here.",
		"Where is my parcel?\nSent from Lyon on Monday",
		"Please send it to\nJo Miller\n12 Fox Street\n-- second floor --\nLondon",
		"Ask Ann <bob@nimbus.example> on 4 May 2026 at 10:15:\nhe knows.",
		"The price was\n-- original price --\n12 euros, and now?",
		"On Fri, 4 Mar 2026, at 10:10, Ann wrote:\n> Which color?\nBlue.\n> Which size?\nM.",
	} {
		if in := ParseBytes([]byte("From: jo@example.com\nContent-Type: text/plain; charset=utf-8\n\n" + words)); in.Kind != KindReply || in.Reply != words {
			t.Errorf("%q becomes %s %q", words, in.Kind, in.Reply)
		}
	}
}
