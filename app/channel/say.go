package channel

import (
	"time"

	"rejoin/app/chat"
	"rejoin/locales"
)

// Say words a locale's own text in a language, for what the desk says by itself.
func Say(language, key string, pairs ...any) string {
	return locales.For(language).T(key, pairs...)
}

// Hours says in a customer's language and zone whether the organization is open and when it opens next; whose zone is
// not known reads the brand's.
func Hours(language string, o *chat.Organization, customer *chat.Customer, now time.Time) string {
	hours := o.Settings.Hours()
	status := hours.At(now)
	zone := zoneOf(chat.Composition{Organization: o, Customer: customer})
	own := customer.Zone != "" && customer.Zone != hours.Zone
	return locales.For(language).HoursSentence(status.Open, status.Until, status.Next, now, zone, own)
}
