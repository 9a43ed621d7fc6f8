package db

import (
	"slices"
	"strconv"
	"strings"
)

const (
	maxTerms = 8
	// anyBlock stands for the block's name in a pattern; it is no letter and so in no word.
	anyBlock = "~"
)

// pattern is a search as a tsquery of one block, with anyBlock in the place of the block's name; empty when the search
// has no word. Every word must be there, the last one only with its beginning; a search that looks like a phone number
// also finds the numbers that end with it.
func pattern(organization int64, search string) string {
	type term struct {
		word         string
		prefix, pair bool
	}
	var terms []term
	eachWord(search, func(word []rune, dense bool) bool {
		if !dense || len(word) == 1 {
			terms = append(terms, term{word: cut(word), prefix: dense})
			return len(terms) < maxTerms
		}
		for i := 0; i+2 <= len(word) && len(terms) < maxTerms; i++ {
			terms = append(terms, term{word: string(word[i : i+2]), pair: true})
		}
		return len(terms) < maxTerms
	})
	if len(terms) == 0 {
		return ""
	}
	last := &terms[len(terms)-1]
	last.prefix = !last.pair
	quoted := make([]string, 0, len(terms))
	for _, t := range terms {
		quoted = append(quoted, quote(organization, t.word, t.prefix))
	}
	slices.Sort(quoted)
	query := strings.Join(slices.Compact(quoted), " & ")
	if phone := phoneOf(search); phone != "" {
		query = "(" + query + ") | " + quote(organization, phone, true)
	}
	return query
}

func quote(organization int64, word string, prefix bool) string {
	quoted := "'" + strconv.FormatInt(organization, 10) + ":" + anyBlock + ":" + word + "'"
	if prefix {
		quoted += ":*"
	}
	return quoted
}

// phoneOf returns the digits that a phone number ends with, when the whole search can be one.
func phoneOf(search string) string {
	if strings.Trim(search, "+0123456789 -./()\t\u00a0\u202f") != "" {
		return ""
	}
	digits := strings.TrimLeft(digitsOf(search), "0")
	if len(digits) < minPhoneRunes || len(digits) > maxWordRunes {
		return ""
	}
	return digits
}
