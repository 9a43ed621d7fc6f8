package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// ChaosReport is what a fire has left.
type ChaosReport struct {
	At            time.Time      `json:"at"`
	Seconds       float64        `json:"seconds"`
	Seed          uint64         `json:"seed"`
	Conversations int            `json:"conversations"`
	Kills         int            `json:"kills"`
	Restarts      int            `json:"postgresql_restarts"`
	Requests      int            `json:"provider_requests"`
	Repeated      int            `json:"provider_requests_repeated"`
	Faults        map[string]int `json:"faults"`
	Unanswered    int64          `json:"calls_unanswered"` // by an instance that was down, or in trouble
	Deliveries    map[string]int `json:"deliveries"`       // by state, with the reason of those that ended otherwise
	Findings      []Finding      `json:"findings"`
}

func (f *fire) report(e *evidence, unsettled string) *ChaosReport {
	r := &ChaosReport{
		Seed: f.Seed, Conversations: len(f.tales), Restarts: f.restarts, Requests: f.provider.Requests(),
		Unanswered: f.unanswered.Load(), Deliveries: make(map[string]int), Findings: e.judge(),
	}
	for _, i := range f.instances {
		r.Kills += i.kills
	}
	r.Faults, r.Repeated = f.arson.tally()
	for _, c := range e.conversations {
		for _, d := range c.deliveries {
			r.Deliveries[strings.TrimSpace(string(d.State)+" "+d.Reason)]++
		}
	}
	rest := Finding{What: "the house came to rest", Count: 1}
	if unsettled != "" {
		rest.wrong("%s", unsettled)
	}
	r.Findings = append(r.Findings, rest)
	return r
}

// Violations are everything that was found wrong.
func (r *ChaosReport) Violations() []string {
	var all []string
	for _, f := range r.Findings {
		for _, wrong := range f.Wrong {
			all = append(all, f.What+": "+wrong)
		}
	}
	return all
}

// mostShown is how many violations of one kind the table shows; the JSON has them all.
const mostShown = 10

// Table writes what was done to the house, and what was found.
func (r *ChaosReport) Table(out io.Writer) error {
	fmt.Fprintf(out, "seed %d: %d conversations, %d kills of instances, %d restarts of PostgreSQL, %d calls unanswered, %.0f s in all\n",
		r.Seed, r.Conversations, r.Kills, r.Restarts, r.Unanswered, r.Seconds)
	fmt.Fprintf(out, "the provider had %d requests, %d of them not the first of their email, and answered with %s\n", r.Requests, r.Repeated, listed(r.Faults))
	fmt.Fprintf(out, "deliveries: %s\n\n", listed(r.Deliveries))
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "what must hold\tlooked at\twrong\t")
	for _, f := range r.Findings {
		fmt.Fprintf(table, "%s\t%d\t%d\t\n", f.What, f.Count, len(f.Wrong))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	for _, f := range r.Findings {
		for _, wrong := range f.Wrong[:min(len(f.Wrong), mostShown)] {
			fmt.Fprintf(out, "  %s: %s\n", f.What, wrong)
		}
	}
	return nil
}

// JSON writes the report on one line.
func (r *ChaosReport) JSON(out io.Writer) error {
	if err := json.NewEncoder(out).Encode(r); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// listed writes counts in the order of their names.
func listed(counts map[string]int) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, fmt.Sprintf("%d %s", counts[name], name))
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}
