package bench

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// widgetWeight measures the bytes that a brand's page loads for the widget before anybody opens it, as they are sent.
func widgetWeight(ctx context.Context, b *bench) (rows []Row, err error) {
	s, err := b.newScene(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	var sent, plain float64
	for _, path := range []string{"/widget.js", "/widget/" + s.brand.key + "/config.js"} {
		onWire, whole, err := weigh(ctx, s.server.base+path)
		if err != nil {
			return nil, err
		}
		sent, plain = sent+float64(onWire), plain+float64(whole)
	}
	return []Row{{
		Figure: "widget before opening", Value: sent, Unit: "bytes", Beside: plain, Yardstick: "the same uncompressed", Goal: atMost(25_000),
		Note: "loader and settings; that nothing else is loaded then is watched by the figure click",
	}}, nil
}

// weigh tells the size of an answer on the wire, and unpacked.
func weigh(ctx context.Context, address string) (onWire, whole int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, 0, fmt.Errorf("weigh: %w", err)
	}
	request.Header.Set("Accept-Encoding", "gzip") // set by hand, so that it is not unpacked for us
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, 0, fmt.Errorf("weigh: %w", err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return 0, 0, errors.Join(fmt.Errorf("weigh %s: %s", address, answer.Status), err)
	}
	if !strings.EqualFold(answer.Header.Get("Content-Encoding"), "gzip") {
		return len(body), len(body), nil
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return 0, 0, fmt.Errorf("weigh %s: %w", address, err)
	}
	n, err := io.Copy(io.Discard, unpacked)
	if err != nil {
		return 0, 0, fmt.Errorf("weigh %s: %w", address, err)
	}
	return len(body), int(n), nil
}
