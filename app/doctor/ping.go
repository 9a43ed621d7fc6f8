package doctor

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// PingPath is where the server proves that it is ours: GET PingPath?nonce=N answers 200 with Pong(key, N).
const PingPath = "/health/ping"

// Pong is the answer that only who knows the key can give: the HMAC-SHA256 of the nonce, in hex.
func Pong(key, nonce string) string {
	proof := hmac.New(sha256.New, []byte(key))
	proof.Write([]byte("ping\x00" + nonce))
	return hex.EncodeToString(proof.Sum(nil))
}
