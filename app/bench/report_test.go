package bench

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestAVerdictFollowsTheGoal(t *testing.T) {
	for _, test := range []struct {
		name string
		row  Row
		want string
	}{
		{"no goal", Row{Value: 3}, "–"},
		{"below a bound of the value", Row{Value: 9, Goal: atMost(10)}, "ok"},
		{"at the bound", Row{Value: 10, Goal: atMost(10)}, "ok"},
		{"above it", Row{Value: 11, Goal: atMost(10)}, "missed"},
		{"half of the yardstick", Row{Value: 1, Beside: 2, Goal: ratioLeast(0.5)}, "ok"},
		{"less than half", Row{Value: 0.9, Beside: 2, Goal: ratioLeast(0.5)}, "missed"},
		{"no yardstick came", Row{Value: 1, Goal: ratioLeast(0.5)}, "missed"},
		{"grown too much", Row{Value: 1.6, Beside: 1, Goal: ratioMost(1.5)}, "missed"},
		{"grown a little", Row{Value: 1.4, Beside: 1, Goal: ratioMost(1.5)}, "ok"},
		{"the yardstick meets it", Row{Value: 11, Beside: 9, Floor: true, Goal: atMost(10)}, "missed"},
		{"not even the yardstick does", Row{Value: 90, Beside: 50, Floor: true, Goal: atMost(10)}, "noise"},
		{"the yardstick is no floor", Row{Value: 90, Beside: 50, Goal: atMost(10)}, "missed"},
		{"not measured", Row{Goal: atMost(10), Skipped: "no Chromium"}, "–"},
	} {
		if got := test.row.Verdict(); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func report() *Report {
	return &Report{At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Seconds: 61, Machine: Machine{OS: "linux", CPUs: 2}, Rows: []Row{
		{Figure: "messages", Value: 1234.5, Unit: "/s", Beside: 2000, Yardstick: "bare", Goal: ratioLeast(0.5)},
		{Figure: "memory", Value: 48.25, Unit: "KiB", Beside: 24, Yardstick: "net/http alone", Goal: atMost(30), Note: "five thousand of them"},
		{Figure: "click", Skipped: "no Chromium here"},
	}}
}

func TestTheTableIsAligned(t *testing.T) {
	var out strings.Builder
	if err := report().Table(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	for i, want := range []string{
		`^figure    value +yardstick of the same run +ratio +goal`,
		`^messages  1234 /s +2000 /s bare +0\.62 +≥ 0\.50× +ok$`,
		`^memory    48\.2 KiB +24\.0 KiB net/http alone +2\.01 +≤ 30\.0 KiB +missed$`,
		`^click     not measured: no Chromium here +–$`,
		`^  memory: five thousand of them$`,
		`^2 CPUs, linux/.*61 s in all$`,
	} {
		if !regexp.MustCompile(want).MatchString(lines[i]) {
			t.Errorf("line %d is %q, want %s", i, lines[i], want)
		}
	}
	column := strings.Index(lines[0], "yardstick")
	if !strings.HasPrefix(lines[1][column:], "2000 /s") || !strings.HasPrefix(lines[2][column:], "24.0 KiB") {
		t.Errorf("not aligned:\n%s", out.String())
	}
}

func TestTheJSONSaysWhatTheTableSays(t *testing.T) {
	var out strings.Builder
	if err := report().JSON(&out); err != nil {
		t.Fatal(err)
	}
	var read struct {
		Rows []struct {
			Figure, Verdict string
			Ratio, Value    float64
			Goal            *Goal
		}
	}
	if err := json.Unmarshal([]byte(out.String()), &read); err != nil {
		t.Fatal(err)
	}
	first := read.Rows[0]
	if len(read.Rows) != 3 || first.Verdict != "ok" || first.Ratio != 0.61725 || first.Value != 1234.5 || !first.Goal.Least {
		t.Errorf("got %+v", read.Rows)
	}
	if strings.Count(out.String(), "\n") != 1 {
		t.Error("it is not one line")
	}
}
