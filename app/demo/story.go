package demo

import (
	_ "embed" // the stories
	"fmt"
	"strings"
	"time"
)

//go:embed stories.txt
var stories string

// story is one conversation with what happens in it.
type story struct {
	key      string
	language string
	zone     string
	browser  string
	page     string // of the shop, where it begins
	ago      time.Duration
	name     string
	phone    string
	notes    string
	acts     []act
}

// act is one thing that somebody does; text is what they say, or what it is about.
type act struct {
	verb  string // "say", "answer", "note", "wait", or the line's own first word
	agent string // "maya" or "luc", empty for the customer
	text  string
	wait  time.Duration
}

// readStories reads the file that stories.txt explains.
func readStories(text string) ([]story, error) {
	var all []story
	for number, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimSpace(rest)
		if word == "story" {
			all = append(all, story{key: rest})
			continue
		}
		if len(all) == 0 {
			return nil, fmt.Errorf("line %d stands before the first story", number+1)
		}
		if err := all[len(all)-1].read(word, rest); err != nil {
			return nil, fmt.Errorf("line %d: %w", number+1, err)
		}
	}
	return all, nil
}

func (s *story) read(word, rest string) error {
	if field := s.field(word); field != nil && len(s.acts) == 0 {
		*field = rest
		return nil
	}
	if word == "begins" {
		var err error
		s.ago, err = parseStep(rest)
		return err
	}
	a, err := readAct(word, rest)
	s.acts = append(s.acts, a)
	return err
}

// field is where a line of the head goes, nil for an act.
func (s *story) field(word string) *string {
	switch word {
	case "language":
		return &s.language
	case "zone":
		return &s.zone
	case "browser":
		return &s.browser
	case "page":
		return &s.page
	case "name":
		return &s.name
	case "phone":
		return &s.phone
	case "notes":
		return &s.notes
	}
	return nil
}

func readAct(word, rest string) (act, error) {
	if wait, found := strings.CutPrefix(word, "+"); found {
		step, err := parseStep(wait)
		return act{verb: "wait", wait: step}, err
	}
	if agent, found := strings.CutSuffix(word, ">"); found {
		return act{verb: "answer", agent: agent, text: rest}, nil
	}
	if agent, found := strings.CutSuffix(word, "#"); found {
		return act{verb: "note", agent: agent, text: rest}, nil
	}
	switch word {
	case "<":
		return act{verb: "say", text: rest}, nil
	case "close", "assign", "spam":
		return act{verb: word, agent: rest}, nil
	case "see", "leave", "return", "skip", "bounce", "address", "visit":
		return act{verb: word, text: rest}, nil
	}
	return act{}, fmt.Errorf("nobody knows how to %q", word)
}
