package locales

import (
	"strings"
	"sync"
	"unicode"
)

// enoughWords is how many small words make a language clear.
const enoughWords = 3

// wordsSay returns the language with the most small words of its own in the text, and whether they are many and no other
// language has half as many; empty when none has any lead.
func wordsSay(text string) (tag string, clear bool) {
	hits := map[string]int{}
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, word := range words {
		for _, tag := range smallWords()[word] {
			hits[tag]++
		}
	}
	most, next := 0, 0
	for spoken, n := range hits {
		switch {
		case n > most:
			tag, most, next = spoken, n, most
		case n > next:
			next = n
		}
	}
	if most < 2 || most == next {
		return "", false
	}
	return tag, most >= enoughWords && most >= 2*next
}

// smallWords tells for each word whose it is: hardly any belongs to two languages that are to be told apart. The
// neighbours that we do not speak are there so that they are not taken for the language beside them.
var smallWords = sync.OnceValue(func() map[string][]string {
	owners := map[string][]string{}
	for tag, words := range map[string]string{
		"en": `the my and you your what where when how does can have has it to with would could please this that not are
			from there they which been but will want need know hello thanks about any yet still its our`,
		"de": `ich der das und ist nicht eine einen einem mein meine meinen meiner wie wann kann können haben habe für
			mit auf auch bitte sie noch zu von dem dass wenn aber oder gibt wird sind mir guten leider schon dauert`,
		"fr": `je est les des une mon ma mes vous nous pas ne pour avec dans sur quand comment où bonjour merci voudrais
			savoir peux ce cette du et elle mais votre vos avez ai été faire fait sont quel quelle`,
		"nl": `ik het een van niet mijn wanneer hoe jullie jij heb heeft hebben graag voor met maar ook naar zijn deze dit
			nog bij waar wordt kunt kunnen bedankt goedemiddag goedendag welke duurt geen aan uit`,
		"es": `el los y cuándo cuando cuánto cuanto cómo qué dónde donde puedo quiero quisiera tengo hay muy hola gracias
			este esto ustedes usted hacen tienen hacer buenas buenos días tardes mis su sus ya más también llega llegar
			envío envíos pueden puede mi`,
		"it": `il gli di che mio mia miei sono cosa dove vorrei ho hai della delle dei nel nella ciao buongiorno salve
			buonasera grazie perché questo questa anche può ci avete ordine mi tempo`,
		"pt": `os um uma não nao meu minha você vocês voce voces com em eu quero gostaria tenho boa bom obrigado obrigada
			olá do ao mais muito isso esse essa onde fazer já ainda são pelo pela seu sua tem foi encomenda`,
		"af": `ek nie jy jou vir julle kry asseblief dankie hulle baie my`,
		"ca": `el els quan meva voldria trobo amb gràcies això però fins aquest aquesta puc tinc teniu`,
		"gl": `cando unha gustaríame grazas teño moi atopo podo meu onde os`,
		"da": `jeg ikke hvornår hvor og på til det har hej tak når mit hvordan hvad af`,
		"sv": `jag och inte när är på hur det har hej tack till vill någon`,
	} {
		for _, word := range strings.Fields(words) {
			owners[word] = append(owners[word], tag)
		}
	}
	return owners
})
