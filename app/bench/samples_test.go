package bench

import (
	"testing"
	"time"
)

func TestAPercentileIsTheNearestRank(t *testing.T) {
	hundred := make(samples, 100)
	for i := range hundred {
		hundred[99-i] = time.Duration(i+1) * time.Millisecond // in falling order
	}
	for _, test := range []struct {
		name    string
		samples samples
		percent float64
		want    time.Duration
	}{
		{"of none", nil, 99, 0},
		{"of one", samples{7}, 1, 7},
		{"the middle of a hundred", hundred, 50, 50 * time.Millisecond},
		{"the slowest percent", hundred, 99, 99 * time.Millisecond},
		{"the slowest of all", hundred, 100, 100 * time.Millisecond},
		{"the quickest", hundred, 0, time.Millisecond},
		{"between two ranks it is the upper", samples{1, 2, 3}, 50, 2},
	} {
		if got := test.samples.at(test.percent); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	if hundred[0] != 100*time.Millisecond {
		t.Error("looking at a percentile has sorted the samples")
	}
}

func TestTheMedianStandsInTheMiddle(t *testing.T) {
	for _, test := range []struct {
		numbers []float64
		want    float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 2, 3}, 2.5}} {
		if got := median(test.numbers); got != test.want {
			t.Errorf("of %v: %v, want %v", test.numbers, got, test.want)
		}
	}
}

func TestNothingIsDividedByNothing(t *testing.T) {
	if ratio(1, 0) != 0 || ratio(3, 2) != 1.5 {
		t.Errorf("%v and %v", ratio(1, 0), ratio(3, 2))
	}
}
