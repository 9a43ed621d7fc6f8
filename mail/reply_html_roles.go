package mail

import "strings"

// role is what an element is for a mail program.
type role int

const (
	roleNone      role = iota
	roleQuote          // quoted words
	roleWeak           // indented words: a quote only where something introduces it
	roleBox            // holds a quote and what introduces it
	roleTail           // from here to the end all is quoted
	roleSignature      // a signature
	roleSkip           // nothing that is seen
	rolePre            // white space counts
)

// roleOf knows the marks of the mail programs. A program that quotes what another marked puts x_ or ecx before it.
func roleOf(tag string, attributes map[string]string, inBox bool) role {
	switch tag {
	case "style", "script", "head", "title", "template", "noscript", "svg", "object", "map":
		return roleSkip
	}
	if style := strings.ToLower(strings.ReplaceAll(attributes["style"], " ", "")); strings.Contains(style, "display:none") {
		return roleSkip
	}
	id, name := bareMark(attributes["id"]), attributes["name"]
	classes := strings.Fields(attributes["class"])
	for i := range classes {
		classes[i] = bareMark(classes[i])
	}
	if tag == "blockquote" {
		return roleOfBlockquote(attributes, classes, inBox)
	}
	switch id {
	case "divrplyfwdmsg", "appendonsend", "olk_src_body_section", "stopspelling", "mail-editor-reference-message-container",
		"ms-outlook-mobile-body-separator-line", "isreplycontent", "reply-intro", "zwchr":
		return roleTail
	case "signature", "applemailsignature", "applemailsignatureatsenderside", "ms-outlook-mobile-signature", "ydpsignature":
		return roleSignature
	}
	if strings.HasPrefix(id, "yahoo_quoted") {
		return roleBox
	}
	if tag == "div" && strings.EqualFold(name, "messageReplySection") || tag == "div" && strings.EqualFold(name, "quote") {
		return roleBox
	}
	if strings.EqualFold(name, "messageSignatureSection") || strings.HasPrefix(id, "dab4fad8-2dd7") { // the second is a virus scanner's advertisement
		return roleSignature
	}
	switch mark := strings.ToUpper(attributes["data-marker"]); {
	case strings.HasPrefix(mark, "__SIG_"):
		return roleSignature
	case mark == "__QUOTED_TEXT__" || mark == "__HEADERS__" || mark == "__DIVIDER__":
		return roleTail
	}
	if attributes["data-signatureblock"] == "true" {
		return roleSignature
	}
	if found := roleOfClasses(classes); found != roleNone || (tag != "pre" && tag != "textarea") {
		return found
	}
	return rolePre
}

func roleOfClasses(classes []string) role {
	for _, class := range classes {
		switch class {
		case "gmail_quote", "gmail_extra", "gmail_quote_container", "protonmail_quote", "yahoo_quoted", "zmail_extra",
			"tutanota_quote", "mail_quote", "replyforwardmsg", "hmquote", "quotedcontent", "mailbox_quote", "airmail_quote":
			return roleBox
		case "moz-forward-container":
			return roleNone
		case "moz-cite-prefix", "gmail_attr":
			return roleNone // its words say that they introduce a quote
		case "gmail_signature", "moz-signature", "protonmail_signature_block", "yahoo-signature", "ydp-signature", "zmail_signature",
			"tutanota_signature", "email-signature", "emailsignature", "mail-signature", "mailsignature", "outlook_signature", "applemailsignature", "front-signature", "mail_signature", "signature":
			return roleSignature
		case "ms-outlook-mobile-reference-message":
			return roleTail
		}
	}
	return roleNone
}

// roleOfBlockquote tells a quote from the indentation that an editor's button makes.
func roleOfBlockquote(attributes map[string]string, classes []string, inBox bool) role {
	style := strings.ToLower(strings.ReplaceAll(attributes["style"], " ", ""))
	if strings.EqualFold(attributes["type"], "cite") || attributes["cite"] != "" || inBox {
		return roleQuote
	}
	for _, class := range classes {
		if class == "gmail_quote" {
			return roleWeak
		}
	}
	if strings.Contains(style, "border:none") || strings.Contains(style, "border:0") || strings.Contains(style, "0040px") {
		return roleWeak
	}
	return roleQuote
}

func bareMark(mark string) string {
	mark = strings.ToLower(mark)
	for {
		shorter := strings.TrimPrefix(strings.TrimPrefix(mark, "x_"), "ecx")
		if shorter == mark {
			return mark
		}
		mark = shorter
	}
}

func isVoid(tag string) bool {
	switch tag {
	case "br", "hr", "img", "input", "meta", "link", "base", "col", "area", "wbr", "source", "embed", "track", "param":
		return true
	}
	return false
}

// nests tells the elements whose end tags people and programs write.
func nests(tag string) bool {
	switch tag {
	case "div", "blockquote", "table", "section", "article", "center", "ul", "ol", "fieldset", "form", "main", "td":
		return true
	}
	return false
}

func isBlock(tag string) bool {
	switch tag {
	case "p", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr", "dl", "dt", "dd", "address", "header", "footer", "body", "html", "aside", "figure", "tbody", "thead":
		return true
	}
	return nests(tag) && tag != "td"
}

// isEmoji tells pictures that stand for a character.
func isEmoji(alt string) bool {
	runes := []rune(alt)
	return len(runes) > 0 && len(runes) <= 8 && runes[0] >= 0x203c
}
