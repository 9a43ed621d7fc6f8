package demo

import (
	"regexp"
	"strconv"
	"time"

	"rejoin/app/chat"
)

var inDays = regexp.MustCompile(`^(\d{1,6})d(.*)$`)

// parseStep reads "5m", "2h", "90s", "1h30m", and days too: "1d", "1d12h".
func parseStep(text string) (time.Duration, error) {
	refused := chat.RefuseField("advance", "demo.clock.step_form")
	var days time.Duration
	if found := inDays.FindStringSubmatch(text); found != nil {
		count, err := strconv.Atoi(found[1])
		if err != nil || count > int(maxOffset/(24*time.Hour)) {
			return 0, refused
		}
		days, text = time.Duration(count)*24*time.Hour, found[2]
		if text == "" {
			return days, nil
		}
	}
	rest, err := time.ParseDuration(text)
	if err != nil || rest < 0 && days > 0 || rest > maxOffset {
		return 0, refused
	}
	return days + rest, nil
}
