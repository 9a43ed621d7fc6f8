package locales

import (
	"slices"
	"testing"
	"time"
)

var (
	zurich = mustZone("Europe/Zurich")
	now    = time.Date(2025, time.November, 5, 13, 5, 0, 0, time.UTC) // a Wednesday, 14:05 in Zürich
)

func TestTheClosestShippedLanguageIsChosen(t *testing.T) {
	for given, want := range map[string]string{
		"fr": "fr", "fr-CA": "fr", "FR_ch": "fr", "en-GB": "en", "de-CH": "de", "DE_at": "de", "es-MX": "es", "pt-BR": "pt", "pt-PT": "pt", "ar-EG": "ar",
		"ja-JP": "ja", "ko-KR": "ko", "it-CH": "it", "nl-BE": "nl", "": "en", "zh-TW": "en", "sv": "en", "zz-invalid-tag": "en",
	} {
		if got := For(given).Tag(); got != want {
			t.Errorf("For(%q) is %s, not %s", given, got, want)
		}
	}
	for given, want := range map[string]string{
		"fr-CH, fr;q=0.9, en;q=0.8": "fr", "de, fr;q=0.5": "de", "sv, fr;q=0.5": "fr", "en-US,en": "en", "": "en", ";;;": "en",
		"pt-BR,pt;q=0.9": "pt", "pt-PT": "pt", "es-MX,en;q=0.5": "es", "es-419": "es", "de-CH": "de", "ar-EG, en;q=0.5": "ar",
		"ja-JP": "ja", "ko-KR,ko;q=0.9,en-US;q=0.8": "ko", "it": "it", "nl-BE": "nl", "en-GB, fr;q=0.9": "en",
		"zh-CN,zh;q=0.9": "en", "zh-TW, ja;q=0.5": "ja", "af, en;q=0.9, nl;q=0.8": "en", "ur": "en", "gl, es;q=0.8": "es", "*": "en",
	} {
		if got := Match(given).Tag(); got != want {
			t.Errorf("Match(%q) is %s, not %s", given, got, want)
		}
	}
}

func TestLanguagesAreOfferedByTheirOwnNames(t *testing.T) {
	var said []string
	for _, c := range Choices() {
		said = append(said, c.Tag+" "+c.Name+" "+c.Dir)
	}
	want := []string{
		"de Deutsch ltr", "en English ltr", "es Español ltr", "fr Français ltr", "it Italiano ltr", "nl Nederlands ltr", "pt Português ltr",
		"ar العربية rtl", "ja 日本語 ltr", "ko 한국어 ltr",
	}
	if !slices.Equal(said, want) {
		t.Errorf("offered are %v", said)
	}
	if got := For("fr").Name(); got != "français" {
		t.Errorf("in a sentence, French is called %q", got)
	}
}

func TestTheDemoSpeaksEnglishWhereALanguageHasNoWordsForIt(t *testing.T) {
	de, en := For("de"), For("en")
	for _, row := range []struct{ got, want string }{
		{de.T("demo.nav.shop"), en.T("demo.nav.shop")},
		{de.T("demo.mailbox.to", "Address", "jo@example.org"), "to jo@example.org"},
		{de.N("demo.start.emails", 1), en.N("demo.start.emails", 1)},
		{de.N("demo.start.emails", 2), en.N("demo.start.emails", 2)},
		{For("fr").T("demo.nav.shop"), "Boutique"},
		{de.T("demo.no.such.key"), "demo.no.such.key"},
	} {
		if row.got != row.want {
			t.Errorf("said %q, not %q", row.got, row.want)
		}
	}
	if !de.Has("demo.nav.shop") || de.Has("demo.no.such.key") {
		t.Error("German does not know which texts it can say")
	}
	if got := With("demo.nav.shop"); !slices.Equal(got, []string{"en", "fr"}) {
		t.Errorf("the demo speaks %v", got)
	}
}

func TestAMissingKeyReturnsItself(t *testing.T) {
	for _, said := range []string{For("fr").T("no.such.key"), For("en").N("no.such.key", 2)} {
		if said != "no.such.key" {
			t.Errorf("a missing key said %q", said)
		}
	}
}

func TestPluralsFollowTheLanguage(t *testing.T) {
	for _, row := range []struct {
		tag  string
		n    int
		want string
	}{
		{"en", 0, "0 minutes"}, {"en", 1, "1 minute"}, {"en", 2, "2 minutes"}, {"en", 1200, "1,200 minutes"},
		{"fr", 0, "0 minute"}, {"fr", 1, "1 minute"}, {"fr", 2, "2 minutes"}, {"fr", 1_000_000, "1\u00a0000\u00a0000 minutes"},
		{"de", 0, "0 Minuten"}, {"de", 1, "1 Minute"}, {"de", 1200, "1.200 Minuten"}, {"pt", 1, "1 minuto"}, {"pt", 2, "2 minutos"},
		{"es", 1, "1 minuto"}, {"it", 2, "2 minuti"}, {"nl", 1, "1 minuut"}, {"ja", 1, "1分"}, {"ja", 1200, "1,200分"}, {"ko", 2, "2분"},
		{"ar", 0, "0 دقيقة"}, {"ar", 1, "دقيقة واحدة"}, {"ar", 2, "دقيقتين"}, {"ar", 3, "3 دقائق"}, {"ar", 11, "11 دقيقة"},
		{"ar", 103, "103 دقائق"}, {"ar", 1200, "1,200 دقيقة"},
	} {
		if got := For(row.tag).N("duration.minutes", row.n); got != row.want {
			t.Errorf("%s, %d: %q, not %q", row.tag, row.n, got, row.want)
		}
	}
}

func TestInstantsAreSaidInTheZoneAndTheLanguage(t *testing.T) {
	en, fr, de, ja, ar := For("en"), For("fr"), For("de"), For("ja"), For("ar")
	first := time.Date(2025, time.May, 1, 22, 30, 0, 0, time.UTC)
	for _, row := range []struct{ got, want string }{
		{en.Time(now, zurich), "14:05"},
		{en.Date(now, zurich), "5 November 2025"},
		{en.DateTime(now, zurich), "5 November 2025, 14:05"},
		{fr.DateTime(now, zurich), "5 novembre 2025 à 14:05"},
		{fr.Date(first, time.UTC), "1er mai 2025"},
		{fr.Date(first, zurich), "2 mai 2025"},
		{fr.Weekday(now, nil), "mercredi"},
		{en.DayLine(now, now, zurich), "Today"},
		{fr.DayLine(now.AddDate(0, 0, -1), now, zurich), "Hier"},
		{en.DayLine(now.AddDate(0, 0, -2), now, zurich), "Monday 3 November"},
		{fr.DayLine(now.AddDate(-1, 0, 0), now, zurich), "mardi 5 novembre 2024"},
		{de.Date(first, time.UTC), "1. Mai 2025"},
		{de.DateTime(now, zurich), "5. November 2025, 14:05 Uhr"},
		{de.DayLine(now.AddDate(0, 0, -2), now, zurich), "Montag, 3. November"},
		{de.DayLine(now.AddDate(-1, 0, 0), now, zurich), "Dienstag, 5. November 2024"},
		{ja.Date(now, zurich), "2025年11月5日"},
		{ja.DateTime(now, zurich), "2025年11月5日 14:05"},
		{ja.DayLine(now, now, zurich), "今日"},
		{ja.DayLine(now.AddDate(0, 0, -2), now, zurich), "11月3日月曜日"},
		{ja.DayLine(now.AddDate(-1, 0, 0), now, zurich), "2024年11月5日火曜日"},
		{ar.Date(first, time.UTC), "1 مايو 2025"},
		{ar.DateTime(now, zurich), "5 نوفمبر 2025، 14:05"},
		{ar.Weekday(now, nil), "الأربعاء"},
		{ar.DayLine(now.AddDate(0, 0, -1), now, zurich), "أمس"},
		{For("ko").Date(now, zurich), "2025년 11월 5일"},
		{For("es").Date(first, time.UTC), "1 de mayo de 2025"},
		{For("pt").Date(first, time.UTC), "1º de maio de 2025"},
		{For("it").Date(first, time.UTC), "1º maggio 2025"},
		{For("nl").DateTime(now, zurich), "5 november 2025 om 14:05"},
		{en.DayLine(now.Add(-14*time.Hour), now, zurich), "Today"},
		{en.DayLine(now.Add(-15*time.Hour), now, zurich), "Yesterday"},
	} {
		if row.got != row.want {
			t.Errorf("said %q, not %q", row.got, row.want)
		}
	}
}

func TestDistancesAreSaidShortAndDurationsInFull(t *testing.T) {
	en, fr, de, ja, ar := For("en"), For("fr"), For("de"), For("ja"), For("ar")
	for _, row := range []struct{ got, want string }{
		{en.Relative(now.Add(-20*time.Second), now), "now"},
		{en.Relative(now.Add(time.Minute), now), "now"},
		{en.Relative(now.Add(-3*time.Minute), now), "3 min ago"},
		{fr.Relative(now.Add(-50*time.Hour), now), "il y a 2 j"},
		{en.Relative(now.AddDate(0, 0, -20), now), "16 Oct"},
		{fr.Relative(now.AddDate(-1, 0, 0), now), "5 nov. 2024"},
		{en.Duration(5 * time.Minute), "5 minutes"},
		{en.Duration(0), "0 seconds"},
		{en.Duration(90 * time.Minute), "1 hour 30 minutes"},
		{fr.Duration(49 * time.Hour), "2 jours 1 heure"},
		{de.Relative(now.Add(-3*time.Minute), now), "vor 3 Min."},
		{de.Relative(now.AddDate(-1, 0, 0), now), "5. Nov. 2024"},
		{de.Duration(90 * time.Minute), "1 Stunde 30 Minuten"},
		{ja.Relative(now.Add(-20*time.Second), now), "今"},
		{ja.Relative(now.Add(-5*time.Hour), now), "5時間前"},
		{ja.Relative(now.AddDate(-1, 0, 0), now), "2024年11月5日"},
		{ja.Duration(90 * time.Minute), "1時間30分"},
		{ar.Relative(now.Add(-3*time.Minute), now), "قبل 3 د"},
		{ar.Relative(now.AddDate(0, 0, -20), now), "16 أكتوبر"},
		{ar.Duration(49 * time.Hour), "يومين وساعة واحدة"},
		{For("es").Duration(90 * time.Minute), "1 hora y 30 minutos"},
		{en.Duration(24*time.Hour + time.Minute), "1 day"},
	} {
		if row.got != row.want {
			t.Errorf("said %q, not %q", row.got, row.want)
		}
	}
}

func TestOpeningHoursAreOneSentence(t *testing.T) {
	en, fr, de, ja, ar := For("en"), For("fr"), For("de"), For("ja"), For("ar")
	five := time.Date(2025, time.November, 5, 17, 0, 0, 0, zurich)
	monday := time.Date(2025, time.November, 10, 9, 0, 0, 0, zurich)
	never := time.Time{}
	for _, row := range []struct{ got, want string }{
		{en.HoursSentence(true, five, monday, now, zurich, false), "Open now until 17:00, then Monday 09:00"},
		{en.HoursSentence(true, five, never, now, zurich, false), "Open now until 17:00"},
		{en.HoursSentence(false, never, monday, now, zurich, true), "We are back Monday 09:00, your time"},
		{en.HoursSentence(false, never, monday.AddDate(0, 0, 7), now, zurich, false), "We are back Monday 17 November 09:00"},
		{en.HoursSentence(false, never, never, now, zurich, true), "No opening in the next 14 days"},
		{en.HoursSentence(true, never, never, now, zurich, true), "Always open"},
		{en.HoursSentence(true, monday, never, now, zurich, false), "Open now until Monday 09:00"},
		{de.HoursSentence(true, five, monday, now, zurich, false), "Jetzt geöffnet bis 17:00 Uhr, dann wieder ab Montag, 09:00 Uhr"},
		{de.HoursSentence(false, never, monday, now, time.UTC, true), "Wir sind wieder da ab Montag, 08:00 Uhr (Ihre Ortszeit)"},
		{de.HoursSentence(true, five, never, now, zurich, false), "Geöffnet bis 17:00 Uhr"},
		{ja.HoursSentence(true, five, never, now, zurich, false), "営業中、17:00まで"},
		{ja.HoursSentence(true, five, monday, now, zurich, false), "ただいま営業中、17:00まで、次は月曜日 09:00から"},
		{ja.HoursSentence(false, never, monday, now, time.UTC, true), "次の営業開始は月曜日 08:00です（お客様の現地時刻）"},
		{ja.HoursSentence(false, never, monday.AddDate(0, 0, 7), now, zurich, false), "次の営業開始は11月17日月曜日 09:00です"},
		{ar.HoursSentence(true, five, monday, now, zurich, false), "العمل جارٍ الآن حتى 17:00، ثم الاثنين الساعة 09:00"},
		{ar.HoursSentence(false, never, monday, now, time.UTC, true), "نعود الاثنين الساعة 08:00، بتوقيتك"},
		{For("es").HoursSentence(false, never, monday, now, zurich, false), "Volvemos el lunes a las 09:00"},
		{For("pt").HoursSentence(true, five, monday, now, zurich, true), "Aberto agora até 17:00, depois segunda-feira às 09:00, no seu horário"},
		{For("nl").HoursSentence(false, never, monday, now, zurich, true), "We zijn er weer op maandag om 09:00 uur (jouw tijd)"},
		{For("ko").HoursSentence(false, never, monday, now, zurich, false), "다음 운영 시작: 월요일 09:00"},
		{fr.HoursSentence(true, five, monday, now, zurich, false), "Ouvert jusqu’à 17:00, puis lundi à 09:00"},
		{fr.HoursSentence(false, never, monday, now, time.UTC, true), "Nous serons de retour lundi à 08:00, heure locale chez vous"},
	} {
		if row.got != row.want {
			t.Errorf("said %q, not %q", row.got, row.want)
		}
	}
}

func TestEverySentenceCanBeSaidByManyAtOnce(t *testing.T) {
	done := make(chan string)
	for range 8 {
		go func() { done <- For("fr").N("duration.hours", 2) + For("en").Duration(time.Hour) }()
	}
	for range 8 {
		if said := <-done; said != "2 heures1 hour" {
			t.Errorf("said %q", said)
		}
	}
}

func TestListsAndQuotationsFollowTheLanguage(t *testing.T) {
	for _, row := range []struct{ tag, comma, quote string }{
		{"en", "a, b, c", "“a”"},
		{"fr", "a, b, c", "«\u00a0a\u00a0»"},
		{"de", "a, b, c", "„a“"},
		{"ja", "a、b、c", "「a」"},
		{"ar", "a، b، c", "«a»"},
	} {
		l := For(row.tag)
		got := []string{l.Comma("a", "b", "c"), l.Quote("a"), l.Comma("a"), l.Comma()}
		if want := []string{row.comma, row.quote, "a", ""}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, not %q", row.tag, got, want)
		}
	}
}

func TestOnlyArabicIsReadFromTheRight(t *testing.T) {
	for _, tag := range Shipped() {
		want := "ltr"
		if tag == "ar" {
			want = "rtl"
		}
		if got := For(tag).Dir(); got != want {
			t.Errorf("%s is read %s", tag, got)
		}
	}
}

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}
