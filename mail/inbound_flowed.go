package mail

import "strings"

// unflow joins the lines that format=flowed broke (RFC 3676); with delSp the space that broke them goes as well.
func unflow(text string, delSp bool) string {
	var out strings.Builder
	out.Grow(len(text))
	depth, open := 0, false // of the paragraph that the next line may continue
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		quotes := len(line) - len(strings.TrimLeft(line, ">"))
		words := strings.TrimPrefix(line[quotes:], " ")
		if !open || quotes != depth || words == "-- " {
			if out.Len() > 0 {
				out.WriteByte('\n')
			}
			if quotes > 0 {
				out.WriteString(line[:quotes] + " ")
			}
		}
		open = strings.HasSuffix(words, " ") && words != "-- "
		depth = quotes
		if open && delSp {
			words = words[:len(words)-1]
		}
		out.WriteString(words)
	}
	return out.String()
}
