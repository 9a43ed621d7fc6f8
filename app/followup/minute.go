package followup

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Minute is a wall time in minutes since local midnight, 0 to 1440 (24:00).
type Minute int

// dayMinutes is the length of a day on the wall clock.
const dayMinutes = 24 * 60

// ErrMinute says that a text is no wall time between 00:00 and 24:00.
var ErrMinute = errors.New("not a time between 00:00 and 24:00")

// ParseMinute reads "HH:MM", 00:00 to 24:00, both parts of two digits.
func ParseMinute(text string) (Minute, error) {
	if len(text) != 5 || text[2] != ':' {
		return 0, fmt.Errorf("parse minute %.16q: %w", text, ErrMinute)
	}
	for _, at := range []int{0, 1, 3, 4} {
		if text[at] < '0' || text[at] > '9' {
			return 0, fmt.Errorf("parse minute %q: %w", text, ErrMinute)
		}
	}
	hour := int(text[0]-'0')*10 + int(text[1]-'0')
	minute := int(text[3]-'0')*10 + int(text[4]-'0')
	if minute > 59 || hour*60+minute > dayMinutes {
		return 0, fmt.Errorf("parse minute %q: %w", text, ErrMinute)
	}
	return Minute(hour*60 + minute), nil
}

// String writes the wall time as "HH:MM".
func (m Minute) String() string {
	return fmt.Sprintf("%02d:%02d", int(m)/60, int(m)%60)
}

// MarshalJSON writes the wall time as "HH:MM" and refuses one outside the day.
func (m Minute) MarshalJSON() ([]byte, error) {
	if m < 0 || m > dayMinutes {
		return nil, fmt.Errorf("write minute %d: %w", int(m), ErrMinute)
	}
	return json.Marshal(m.String())
}

// UnmarshalJSON reads "HH:MM".
func (m *Minute) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return fmt.Errorf("read minute: %w", err)
	}
	read, err := ParseMinute(text)
	if err != nil {
		return err
	}
	*m = read
	return nil
}
