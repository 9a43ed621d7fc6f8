//go:build !linux

package embedded

func namespaceAccounts() []account { return nil }
