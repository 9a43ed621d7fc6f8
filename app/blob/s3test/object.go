package s3test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net/http"
	"strconv"
)

// failure is an error of S3.
type failure struct {
	status        int
	code, message string
	region        string // where the bucket is, when that was the mistake
}

// refuse answers with an error in XML.
func refuse(w http.ResponseWriter, r *http.Request, f failure) {
	body := struct {
		XMLName   xml.Name `xml:"Error"`
		Code      string
		Message   string
		Region    string `xml:",omitempty"`
		Resource  string
		RequestID string `xml:"RequestId"`
	}{Code: f.code, Message: f.message, Region: f.region, Resource: r.URL.Path, RequestID: "4442587FB7D0A2F9"}
	if f.region != "" {
		w.Header().Set("X-Amz-Bucket-Region", f.region)
	}
	writeXML(w, f.status, body)
}

func writeXML(w http.ResponseWriter, status int, body any) {
	text, err := xml.Marshal(body)
	if err != nil { // only of types that this package chose
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = w.Write(append([]byte(xml.Header), text...)) // a client that went away
}

// put stores an object whose content is what was signed.
func (s *Server) put(w http.ResponseWriter, r *http.Request, key string, signed signature) {
	if r.ContentLength < 0 {
		refuse(w, r, failure{411, "MissingContentLength", "You must provide the Content-Length HTTP header.", ""})
		return
	}
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		refuse(w, r, failure{400, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header.", ""})
		return
	}
	sum := sha256.Sum256(content)
	if signed.payload != unsigned && signed.payload != hex.EncodeToString(sum[:]) {
		refuse(w, r, failure{400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.", ""})
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.objects[key]; !there && len(s.objects) >= maxObjects {
		refuse(w, r, failure{507, "QuotaExceeded", "Your quota is exceeded.", ""})
		return
	}
	s.objects[key] = Object{Content: content, MediaType: r.Header.Get("Content-Type"), Modified: signed.at}
	w.Header().Set("ETag", etag(content))
	w.WriteHeader(http.StatusOK)
}

// get answers with an object, or with its headers alone.
func (s *Server) get(w http.ResponseWriter, r *http.Request, key string) {
	object, found := s.Object(key)
	if !found {
		refuse(w, r, failure{404, "NoSuchKey", "The specified key does not exist.", ""})
		return
	}
	w.Header().Set("ETag", etag(object.Content))
	w.Header().Set("Content-Type", object.MediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(object.Content)))
	w.Header().Set("Last-Modified", object.Modified.UTC().Format(http.TimeFormat))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		_, _ = io.Copy(w, bytes.NewReader(object.Content)) // a client that went away
	}
}

func etag(content []byte) string {
	sum := md5.Sum(content)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}
