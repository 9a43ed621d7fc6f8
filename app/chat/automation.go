package chat

import (
	"strings"
	"unicode/utf8"

	"rejoin/app/followup"
)

// SpeakRules reads the rules of the automations.
func (v Values) SpeakRules() followup.SpeakRules {
	rules := followup.SpeakRules{
		On: make(map[followup.Automation]bool), Continuous: v.WritesByItself(), LongWaitAfter: v.Seconds(LongWaitAfter),
	}
	for _, a := range followup.Automations() {
		rules.On[a] = v.On(AutomationOn(a))
	}
	return rules
}

// Brand is the name under which customers know an organization.
func (o *Organization) Brand() string {
	if name := o.Settings.Text(EmailName); name != "" {
		return name
	}
	return o.Name
}

// MetaAutomation is where an automation's message tells which one wrote it.
const MetaAutomation = "Automation"

// said lists what the automations have said in this wait.
func (c *Conversation) said() []followup.Automation {
	said := make([]followup.Automation, len(c.AutomationsSaid))
	for i, name := range c.AutomationsSaid {
		said[i] = followup.Automation(name)
	}
	return said
}

// refuses tells whether the customer wants no email here: they have stopped it, or put the card away while no address
// was known.
func (c *Conversation) refuses(known bool) bool {
	return c.EmailStoppedAt != nil || c.AddressSkipped != nil && !known
}

// maskAddress shows of an address what its owner knows it by: j…@example.org.
func maskAddress(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 1 {
		return "…"
	}
	_, first := utf8.DecodeRuneInString(address)
	return address[:first] + "…" + address[at:]
}

// WritesByItself tells whether unread answers go out at all: without that nobody may promise an email.
func (v Values) WritesByItself() bool {
	rules := v.Rules()
	return rules.On && rules.Content != followup.ContentOff
}
