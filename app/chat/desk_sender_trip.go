package chat

import (
	"encoding/base32"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// NewCheck makes the token of one email that the doctor follows: see MailByCheck. Organization 0 is the operator.
func (d *Desk) NewCheck(organization int64) string {
	var raw [replyBytes]byte
	if _, err := io.ReadFull(d.random, raw[:]); err != nil {
		panic(fmt.Sprintf("read 200 random bits: %v", err))
	}
	return strconv.FormatInt(organization, 36) + "-" + strings.ToLower(base32.StdEncoding.EncodeToString(raw[:]))
}

// CheckAddress is where the doctor's email goes, empty where no mail comes in.
func (d *Desk) CheckAddress(token string) string {
	if d.inbound == "" {
		return ""
	}
	return checkPrefix + token + "@" + d.inbound
}
