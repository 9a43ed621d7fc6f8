package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"
)

// Report is what a run found.
type Report struct {
	At      time.Time `json:"at"`
	Seconds float64   `json:"seconds"`
	Quick   bool      `json:"quick"`
	Machine Machine   `json:"machine"`
	Rows    []Row     `json:"rows"`
}

// Machine is where it was measured.
type Machine struct {
	OS           string `json:"os"`
	Architecture string `json:"architecture"`
	CPUs         int    `json:"cpus"`
	Go           string `json:"go"`
	PostgreSQL   string `json:"postgresql"`
}

// Row is one figure beside its yardstick.
type Row struct {
	Figure    string             `json:"figure"`
	Value     float64            `json:"value"`
	Unit      string             `json:"unit"`
	Beside    float64            `json:"beside"`          // the yardstick's value
	Yardstick string             `json:"yardstick"`       // what that is, in the unit of the value
	Floor     bool               `json:"floor,omitempty"` // nothing can be better than the yardstick
	Goal      *Goal              `json:"goal,omitempty"`
	More      map[string]float64 `json:"more,omitempty"`
	Note      string             `json:"note,omitempty"`    // a word below the table
	Skipped   string             `json:"skipped,omitempty"` // why there is no value
}

// Goal is a bound on a row's value or on its ratio to the yardstick.
type Goal struct {
	Of    string  `json:"of"` // "value" or "ratio"
	Least bool    `json:"least,omitempty"`
	Bound float64 `json:"bound"`
}

func atMost(bound float64) *Goal     { return &Goal{Of: "value", Bound: bound} }
func atLeast(bound float64) *Goal    { return &Goal{Of: "value", Bound: bound, Least: true} }
func ratioMost(bound float64) *Goal  { return &Goal{Of: "ratio", Bound: bound} }
func ratioLeast(bound float64) *Goal { return &Goal{Of: "ratio", Bound: bound, Least: true} }

func (g *Goal) met(r Row) bool {
	measured := r.Value
	if g.Of == "ratio" {
		measured = r.ratio()
	}
	if g.Least {
		return measured >= g.Bound
	}
	return measured <= g.Bound
}

func (r Row) ratio() float64 { return ratio(r.Value, r.Beside) }

// Verdict is "ok", "missed", "noise" where the machine is so busy that not even the yardstick meets the goal, or "–"
// where there is no goal or no value.
func (r Row) Verdict() string {
	switch {
	case r.Goal == nil || r.Skipped != "":
		return "–"
	case r.Goal.met(r):
		return "ok"
	case r.Floor && r.Goal.Of == "value" && !r.Goal.met(Row{Value: r.Beside}):
		return "noise"
	}
	return "missed"
}

// MarshalJSON adds what follows from the other fields.
func (r Row) MarshalJSON() ([]byte, error) {
	type plain Row
	return json.Marshal(struct {
		plain
		Ratio   float64 `json:"ratio"`
		Verdict string  `json:"verdict"`
	}{plain(r), r.ratio(), r.Verdict()})
}

// Table writes the rows in columns, and below them what is to be known about single ones.
func (r *Report) Table(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "figure\tvalue\tyardstick of the same run\tratio\tgoal\t")
	for _, row := range r.Rows {
		if row.Skipped != "" {
			fmt.Fprintf(table, "%s\tnot measured: %s\t\t\t\t–\n", row.Figure, row.Skipped)
			continue
		}
		fmt.Fprintf(table, "%s\t%s %s\t%s\t%s\t%s\t%s\n", row.Figure, short(row.Value), row.Unit, row.beside(), row.ratioText(), row.goalText(), row.Verdict())
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	for _, row := range r.Rows {
		if row.Note != "" {
			fmt.Fprintf(out, "  %s: %s\n", row.Figure, row.Note)
		}
	}
	if slices.ContainsFunc(r.Rows, func(row Row) bool { return row.Verdict() == "noise" }) {
		fmt.Fprintln(out, "  noise: this machine is so busy that not even the yardstick meets the goal")
	}
	fmt.Fprintf(out, "%d CPUs, %s/%s, %s, PostgreSQL %s; server, client and PostgreSQL share them; %.0f s in all\n",
		r.Machine.CPUs, r.Machine.OS, r.Machine.Architecture, r.Machine.Go, r.Machine.PostgreSQL, r.Seconds)
	return nil
}

// JSON writes the report on one line.
func (r *Report) JSON(out io.Writer) error {
	if err := json.NewEncoder(out).Encode(r); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

func (r Row) beside() string {
	if r.Yardstick == "" {
		return "–"
	}
	return short(r.Beside) + " " + r.Unit + " " + r.Yardstick
}

func (r Row) ratioText() string {
	if r.Yardstick == "" || r.Beside == 0 {
		return "–"
	}
	return strconv.FormatFloat(r.ratio(), 'f', 2, 64)
}

func (r Row) goalText() string {
	if r.Goal == nil {
		return "–"
	}
	sign, unit := "≤", " "+r.Unit
	if r.Goal.Least {
		sign = "≥"
	}
	if r.Goal.Of == "ratio" {
		unit = "×"
	}
	return sign + " " + short(r.Goal.Bound) + unit
}

// short writes a number with three digits that count.
func short(v float64) string {
	switch size := math.Abs(v); {
	case size >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case size >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}
