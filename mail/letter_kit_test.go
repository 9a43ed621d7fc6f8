package mail

import (
	"fmt"
	"testing"
	"time"

	"rejoin/locales"
)

// sampleWords are one conversation in every language: a question, two answers, a colleague's, a person's name.
var sampleWords = map[string][5]string{
	"en": {"Do you still have the blue jacket in medium?", "Yes, we have two left. Here it is: https://nimbus.example/jackets/blue?size=m.", "Shall I put one aside for you until Tuesday?", "Good evening, I look after the parcels: it takes two working days.\nYou get the number as soon as it is on its way.", "Jo"},
	"fr": {"Avez-vous encore la veste bleue en taille M ?", "Oui, il nous en reste deux. La voici : https://nimbus.example/vestes/bleue?taille=m.", "Voulez-vous que je vous en mette une de côté jusqu’à mardi ?", "Bonsoir, je m’occupe des colis : comptez deux jours ouvrés.\nVous recevrez le numéro dès son départ.", "Élodie"},
	"de": {"Haben Sie die blaue Jacke noch in M?", "Ja, zwei sind noch da. Hier ist sie: https://nimbus.example/jacken/blau?groesse=m.", "Soll ich Ihnen eine bis Dienstag zurücklegen?", "Guten Abend, ich kümmere mich um die Pakete: Es dauert zwei Werktage.\nSie erhalten die Nummer, sobald es unterwegs ist.", "Jörg"},
	"es": {"¿Todavía tienen la chaqueta azul en talla M?", "Sí, nos quedan dos. Aquí está: https://nimbus.example/chaquetas/azul?talla=m.", "¿Le aparto una hasta el martes?", "Buenas tardes, me ocupo de los envíos: tarda dos días laborables.\nRecibirá el número en cuanto salga.", "Íñigo"},
	"it": {"Avete ancora la giacca blu nella taglia M?", "Sì, ne abbiamo ancora due. Eccola: https://nimbus.example/giacche/blu?taglia=m.", "Ne metto da parte una fino a martedì?", "Buonasera, mi occupo delle spedizioni: ci vogliono due giorni lavorativi.\nIl numero arriva appena il pacco parte.", "Niccolò"},
	"nl": {"Hebben jullie de blauwe jas nog in M?", "Ja, we hebben er nog twee. Hier is hij: https://nimbus.example/jassen/blauw?maat=m.", "Zal ik er een voor je bewaren tot dinsdag?", "Goedenavond, ik doe de pakketten: het duurt twee werkdagen.\nJe krijgt het nummer zodra het onderweg is.", "Daniël"},
	"pt": {"Vocês ainda têm a jaqueta azul no tamanho M?", "Sim, ainda temos duas. Aqui está: https://nimbus.example/jaquetas/azul?tamanho=m.", "Quer que eu reserve uma até terça-feira?", "Boa noite, eu cuido das entregas: leva dois dias úteis.\nO número chega assim que o pacote sair.", "João"},
	"ja": {"青いジャケットのMサイズはまだありますか。", "はい、あと2着ございます。こちらです： https://nimbus.example/jackets/blue?size=m", "火曜日までお取り置きしましょうか。", "こんばんは、配送を担当しております。お届けまで2営業日かかります。\n発送しましたら番号をお知らせします。", "由紀"},
	"ko": {"파란색 재킷 M 사이즈 아직 있나요?", "네, 두 벌 남아 있습니다. 여기에서 보실 수 있어요: https://nimbus.example/jackets/blue?size=m", "화요일까지 한 벌 따로 보관해 드릴까요?", "안녕하세요, 배송 담당입니다. 영업일 기준 이틀 걸립니다.\n출발하면 번호를 알려 드리겠습니다.", "민준"},
	"ar": {"هل ما زالت السترة الزرقاء متوفرة بالمقاس المتوسط؟", "نعم، بقيت لدينا قطعتان. هذه هي: https://nimbus.example/jackets/blue?size=m", "هل أحجز لك واحدة حتى يوم الثلاثاء؟", "مساء الخير، أنا مسؤول عن الشحن: يستغرق يومي عمل.\nيصلك الرقم فور خروج الطرد.", "ليلى"},
}

var sampleFiles = []AttachedFile{
	{Name: "blue-jacket-daylight.jpg", Size: 1_430_000}, {Name: "Größen & Maße.pdf", Size: 87_600}, {Name: "مقاسات.png", Size: 912}, {Name: "walk.mp4", Size: 24_600_000}, {Name: "unknown.bin"},
}

// sampleEmail is one email of one kind in one language.
type sampleEmail struct {
	kind, language string
	Letter
	Content
}

// everyEmail composes each kind of email in each language.
func everyEmail(t *testing.T) (all []sampleEmail) {
	t.Helper()
	for _, language := range locales.Shipped() {
		words, found := sampleWords[language]
		if !found {
			t.Fatalf("%s has no sample", language)
		}
		letter := letterIn(t, language, words[4])
		for _, f := range followupsIn(letter, words) {
			content, err := f.Compose()
			if err != nil {
				t.Fatalf("compose %s in %s: %v", f.kind, language, err)
			}
			all = append(all, sampleEmail{f.kind, language, f.Letter, content})
		}
		for _, i := range invitationsIn(letter, words) {
			content, err := i.Compose()
			if err != nil {
				t.Fatalf("compose %s in %s: %v", i.kind, language, err)
			}
			all = append(all, sampleEmail{i.kind, language, i.Letter, content})
		}
	}
	return all
}

func letterIn(t *testing.T, language, name string) Letter {
	letter := sampleLetter(t)
	monday := time.Date(2025, 11, 24, 8, 0, 0, 0, time.UTC)
	letter.Language, letter.CustomerName, letter.HoursTable, letter.Answerable = language, name, nil, true
	letter.HoursLine = locales.For(language).HoursSentence(false, time.Time{}, monday, friday, letter.Zone, true)
	return letter
}

type kindOfFollowup struct {
	kind string
	Followup
}

func followupsIn(letter Letter, words [5]string) []kindOfFollowup {
	question := Line{Own: true, Earlier: true, At: friday.Add(-3 * time.Hour), Text: words[0]}
	one := Line{Author: "Maya Laurent", At: friday, Text: words[1]}
	two := Line{Author: "Maya Laurent", At: friday.Add(4 * time.Minute), Text: words[2]}
	three := Line{Author: "Théo Béranger", At: friday.Add(30 * time.Minute), Text: words[3]}
	unread := Followup{Letter: letter, AgentName: "Maya Laurent", Lines: []Line{one}}
	unread.Answerable = false
	agents := Followup{Letter: letter, Omitted: true, Lines: []Line{question, one, two, three}}
	withFile := one
	withFile.Attachments = sampleFiles[:1]
	files := Followup{Letter: letter, AgentName: "Maya Laurent", Lines: []Line{withFile, {Author: "Maya Laurent", At: two.At, Attachments: sampleFiles}}}
	files.Brand.Accent, files.Brand.LogoURL = "#ffd400", "https://nimbus.example/logo.png"
	whole := Followup{Letter: letter, AgentName: "Maya Laurent"}
	for n := range 6 {
		asked, answered := question, one
		asked.Text, asked.At = fmt.Sprintf("%d. %s", n+1, asked.Text), friday.Add(time.Duration(n-20)*7*time.Hour)
		answered.At, answered.Earlier = asked.At.Add(time.Duration(n)*time.Minute), true
		whole.Lines = append(whole.Lines, asked, answered)
	}
	whole.Lines = append(whole.Lines, two)
	return []kindOfFollowup{{"unread", unread}, {"agents", agents}, {"files", files}, {"transcript", whole}}
}

type kindOfInvitation struct {
	kind string
	Invitation
}

func invitationsIn(letter Letter, words [5]string) []kindOfInvitation {
	invitation := Invitation{Letter: letter, AgentName: "Maya Laurent", Text: words[1] + "\n\n" + words[2], WrittenAt: friday, Attachments: sampleFiles[:2]}
	invitation.Brand.Accent = "#1d1f22"
	renewal := Invitation{Letter: letter, AgentName: letter.Brand.Name, WrittenAt: friday}
	renewal.Text, renewal.Answerable = locales.For(letter.Language).T("channel.renewal.text", "Brand", letter.Brand.Name), false
	return []kindOfInvitation{{"invitation", invitation}, {"renewal", renewal}}
}
