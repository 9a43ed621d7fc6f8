package db

import "strings"

// SearchColumn is what the column "search" of a message or a customer holds for a text, written as COPY takes it: for
// whoever loads many rows at once.
func SearchColumn(organization, id int64, text string) string {
	array := lexemes(organization, id, wordsOf(text))
	if array == "{}" {
		return ""
	}
	return "'" + strings.ReplaceAll(strings.Trim(array, "{}"), ",", "' '") + "'"
}
