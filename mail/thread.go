package mail

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// lastReferences is how many of a conversation's newest emails are named beside its first one: enough for every mail
// program to thread by, and far below what a header may hold.
const lastReferences = 10

// ThreadHeaders names the emails that a new one follows, given oldest first: In-Reply-To is the newest of them,
// References are the first and the last ten. What is no Message-ID is left out; without any there is no header.
func ThreadHeaders(messageIDs []string) map[string]string {
	known := map[string]bool{}
	var ids []string
	for _, id := range messageIDs {
		id = strings.TrimSpace(id)
		if !known[id] && messageIDForm.MatchString(id) {
			known[id] = true
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return map[string]string{}
	}
	newest := ids[len(ids)-1]
	if len(ids) > 1+lastReferences {
		ids = append(ids[:1:1], ids[len(ids)-lastReferences:]...)
	}
	for len(strings.Join(ids, " ")) > maxHeader {
		ids = slices.Delete(ids, min(1, len(ids)-1), min(1, len(ids)-1)+1)
	}
	return map[string]string{"In-Reply-To": newest, "References": strings.Join(ids, " ")}
}

// AnsweringSubject is the subject of every further email of a conversation whose first one had the given subject.
func AnsweringSubject(base string) string {
	return cutRunes("Re: "+BaseSubject(base), maxSubject)
}

// BaseSubject takes away what mail programs put before a subject when they answer or forward, in any language and any
// number of times: "AW: Re[2]: 回复：Lamp" is "Lamp". What is left stays byte for byte.
func BaseSubject(subject string) string {
	for {
		rest, found := withoutPrefix(subject)
		if !found {
			return subject
		}
		subject = rest
	}
}

// maxPrefix is the longest such word in bytes, with its counter and the marks of direction around it.
const maxPrefix = 60

func withoutPrefix(subject string) (rest string, found bool) {
	start := strings.TrimLeftFunc(subject, isAroundPrefix)
	colon := strings.IndexAny(start, ":：﹕")
	if colon < 1 || colon > maxPrefix {
		return subject, false
	}
	_, width := utf8.DecodeRuneInString(start[colon:])
	word := strings.TrimRightFunc(withoutCounter(strings.TrimRightFunc(start[:colon], isAroundPrefix)), isAroundPrefix)
	if !slices.Contains(subjectLetters, word) && !slices.Contains(subjectPrefixes, strings.ToLower(word)) {
		return subject, false
	}
	return strings.TrimLeftFunc(start[colon+width:], isAroundPrefix), true
}

// isAroundPrefix finds spaces of every kind and the marks that tell the direction of the text.
func isAroundPrefix(r rune) bool {
	return r == ' ' || r == '\t' || r == '\r' || r == '\n' || r == '\u00a0' || r == '\u2009' || r == '\u202f' || r == '\u3000' ||
		r == '\u200e' || r == '\u200f' || r == '\u061c' || isDirectionControl(r)
}

// withoutCounter takes away how often it was answered: Re[2], Re(3), Re^4, Re*5.
func withoutCounter(word string) string {
	bare := strings.TrimRight(word, ")]")
	digits := strings.TrimRight(bare, "0123456789")
	if len(bare)-len(digits) > 4 || len(bare) == len(digits) || digits == "" {
		return word
	}
	if last := len(digits) - 1; strings.IndexByte("[(^*", digits[last]) >= 0 {
		return digits[:last]
	}
	return word
}

// subjectLetters are the prefixes of one letter, which Italian programs write: in capitals only, as a word may begin so.
var subjectLetters = []string{"R", "I"}

// subjectPrefixes are what mail programs write before a subject.
//
//nolint:misspell // words of many languages
var subjectPrefixes = wordList(`
re|fw|fwd|aw|wg|antwort|weitergeleitet|tr|réf|ref|rép|rep|réponse|transfert|transf|rv|res|resp|reenv|enc|encam|rif|inoltra|inoltro|antw|doorst|doorgestuurd|beantw
sv|vs|vb|vl|fs|videresendt|svar|vidarebefordrat|odp|pd|odg|pros|prosl|vá|továbbítás|ynt|i̇lt|ilt|ats|atb|pers|pārs|bls|trs|yml|răsp|rasp|redir|přep|prep|preposl|vast|edasi
απ|σχετ|πρθ|ответ|отв|пересл|на|відп|пересил|отг|препр|одг|прослеђено|תגובה|השב|הועבר|رد|الرد|ردّ|إعادة توجيه|توجيه|پاسخ|ตอบ|ตอบกลับ|ส่งต่อ
回复|回覆|答复|答覆|转发|轉寄|轉發|返信|転送|회신|답장|전달|re.|fwd.|trả lời|chuyển tiếp|उत्तर|जवाब`)
