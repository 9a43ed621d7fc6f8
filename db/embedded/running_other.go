//go:build !linux

package embedded

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// running lists the PostgreSQL programs of the data folder by their titles: the postmaster names the folder, its
// children the cluster.
func running(ctx context.Context, data string) ([]int, error) {
	output, err := exec.CommandContext(ctx, "ps", "-axww", "-o", "pid=,command=").Output()
	if err != nil {
		return nil, fmt.Errorf("list running programs: %w", err)
	}
	var pids []int
	for line := range strings.Lines(string(output)) {
		number, title, _ := strings.Cut(strings.TrimSpace(line), " ")
		pid, err := strconv.Atoi(number)
		if err != nil || !strings.Contains(title, "postgres") {
			continue
		}
		if strings.HasSuffix(strings.TrimSpace(title), "-D "+data) || strings.Contains(title, ": "+clusterName(data)+":") {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
