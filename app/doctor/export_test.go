package doctor

// Sentences are the keys of all sentences, each with that of its advice.
func Sentences() map[string]string { return sentences() }
