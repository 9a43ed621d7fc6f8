package inbox

import (
	"strings"

	"rejoin/locales"
)

// browserName says a browser as people call it, "Chrome on Windows"; what nobody knows is shown as it calls itself.
func browserName(l *locales.Locale, agent string) string {
	browser := firstOf(agent, [][2]string{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"},
	})
	system := firstOf(agent, [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"},
		{"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	})
	switch {
	case browser != "" && system != "":
		return l.T("me.sessions.browser", "Browser", browser, "System", system)
	case browser != "":
		return browser
	case strings.TrimSpace(agent) == "":
		return l.T("me.sessions.unknown")
	}
	return agent
}

func firstOf(text string, marks [][2]string) string {
	for _, mark := range marks {
		if strings.Contains(text, mark[0]) {
			return mark[1]
		}
	}
	return ""
}
