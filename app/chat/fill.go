package chat

import (
	"regexp"
	"slices"
	"strings"
)

var variable = regexp.MustCompile(`\{([^{}]*)\}`)

// Fill puts values into a text's variables in one pass: what a value brings along is no variable any more.
func Fill(text string, values map[string]string) string {
	return variable.ReplaceAllStringFunc(text, func(found string) string {
		if value, ok := values[strings.TrimSpace(found[1:len(found)-1])]; ok {
			return value
		}
		return found
	})
}

// checkVariables refuses braces around anything that this setting does not know.
func (s Setting) checkVariables(tag, text string) error {
	if s.Variables == nil {
		return nil
	}
	for _, found := range variable.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(s.Variables, strings.TrimSpace(found[1])) {
			return RefuseField(s.Key+"."+tag, "chat.setting.variable", "Name", cut(found[0], 40), "Known", "{"+strings.Join(s.Variables, "}, {")+"}")
		}
	}
	return nil
}
