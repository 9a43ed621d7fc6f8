package mail

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/dmarc"
)

// dmarcFinding is what the domain of the From header asks for; its word is pass where there is a record.
type dmarcFinding struct {
	word                  string
	policy                string
	strictSPF, strictDKIM bool
}

// findDMARC looks for the record of a domain, then for that of its organization (RFC 7489, 6.6.3).
func findDMARC(ctx context.Context, asked *lookups, domain string) dmarcFinding {
	if !isHostName(domain) {
		return dmarcFinding{word: wordNone}
	}
	record, err := lookUpDMARC(ctx, asked, domain)
	organization := organizationOf(domain)
	inherited := errors.Is(err, dmarc.ErrNoPolicy) && organization != domain
	if inherited {
		record, err = lookUpDMARC(ctx, asked, organization)
	}
	switch {
	case errors.Is(err, dmarc.ErrNoPolicy):
		return dmarcFinding{word: wordNone}
	case dmarc.IsTempFail(err):
		return dmarcFinding{word: wordTempError}
	case err != nil:
		return dmarcFinding{word: wordPermError}
	}
	found := dmarcFinding{
		word: wordPass, policy: string(record.Policy),
		strictSPF:  record.SPFAlignment == dmarc.AlignmentStrict,
		strictDKIM: record.DKIMAlignment == dmarc.AlignmentStrict,
	}
	if inherited && record.SubdomainPolicy != "" {
		found.policy = string(record.SubdomainPolicy)
	}
	return found
}

func lookUpDMARC(ctx context.Context, asked *lookups, domain string) (*dmarc.Record, error) {
	texts := asked.texts(ctx)
	return dmarc.LookupWithOptions(domain, &dmarc.LookupOptions{LookupTXT: func(name string) ([]string, error) {
		records, err := texts(name)
		if err != nil {
			return nil, err
		}
		records = slices.DeleteFunc(slices.Clone(records), func(record string) bool { return plainDMARC(record) == "" })
		if len(records) != 1 { // several are none (6.6.3, 5)
			return nil, nil
		}
		return []string{plainDMARC(records[0])}, nil
	}})
}

// plainDMARC keeps the tags of a record that decide, in lower case; one bad tag must not undo the others (6.3). It is
// empty for what is no DMARC record.
func plainDMARC(record string) string {
	tags, reports := map[string]string{}, false
	for i, pair := range strings.Split(record, ";") {
		name, value, _ := strings.Cut(pair, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.ToLower(strings.TrimSpace(value))
		if i == 0 && (name != "v" || value != "dmarc1") {
			return ""
		}
		reports = reports || name == "rua" && value != ""
		if slices.Contains(allowedTags(name), value) {
			tags[name] = value
		}
	}
	if tags["p"] == "" && reports { // whoever only wants to be told asks for nothing
		tags["p"] = "none"
	}
	plain := "v=DMARC1"
	for _, name := range []string{"p", "sp", "adkim", "aspf"} {
		if tags[name] != "" {
			plain += "; " + name + "=" + tags[name]
		}
	}
	return plain
}

func allowedTags(name string) []string {
	switch name {
	case "p", "sp":
		return []string{"none", "quarantine", "reject"}
	case "adkim", "aspf":
		return []string{"r", "s"}
	}
	return nil
}
