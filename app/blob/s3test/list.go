package s3test

import (
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// listResult is S3's ListBucketResult, second version.
type listResult struct {
	XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name                  string
	Prefix                string
	StartAfter            string `xml:",omitempty"`
	EncodingType          string `xml:",omitempty"`
	KeyCount              int
	MaxKeys               int
	IsTruncated           bool
	NextContinuationToken string `xml:",omitempty"`
	Contents              []listEntry
}

type listEntry struct {
	Key          string
	LastModified string
	ETag         string
	Size         int
	StorageClass string
}

// list answers with one page of the objects in rising order.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if query.Get("delimiter") != "" {
		refuse(w, r, failure{501, "NotImplemented", "A delimiter is not implemented.", ""})
		return
	}
	after, size, fault := s.page(query)
	if fault != nil {
		refuse(w, r, *fault)
		return
	}
	encode := func(name string) string { return name }
	if query.Get("encoding-type") == "url" {
		encode = url.QueryEscape
	}
	result := listResult{
		Name: s.options.Bucket, Prefix: encode(query.Get("prefix")), StartAfter: encode(query.Get("start-after")),
		EncodingType: query.Get("encoding-type"), MaxKeys: size,
	}
	last := ""
	keys := s.Keys()
	if s.options.Unsorted {
		slices.Reverse(keys)
	}
	for _, key := range keys {
		object, found := s.Object(key)
		if !found || !strings.HasPrefix(key, query.Get("prefix")) || key <= after {
			continue
		}
		if len(result.Contents) == size {
			result.IsTruncated = true
			result.NextContinuationToken = base64.URLEncoding.EncodeToString([]byte(last))
			break
		}
		last = key
		result.Contents = append(result.Contents, listEntry{
			Key: encode(key), LastModified: object.Modified.UTC().Format(time.RFC3339Nano), ETag: etag(object.Content),
			Size: len(object.Content), StorageClass: "STANDARD",
		})
	}
	result.KeyCount = len(result.Contents)
	writeXML(w, http.StatusOK, result)
}

// page says after which key a page begins and how many it holds.
func (s *Server) page(query url.Values) (after string, size int, fault *failure) {
	size = maxPage
	if text := query.Get("max-keys"); text != "" {
		asked, err := strconv.Atoi(text)
		if err != nil || asked < 0 {
			return "", 0, &failure{400, "InvalidArgument", "max-keys is no number.", ""}
		}
		size = min(size, asked)
	}
	if s.options.PageSize > 0 {
		size = min(size, s.options.PageSize)
	}
	token := query.Get("continuation-token")
	if token == "" {
		return query.Get("start-after"), size, nil
	}
	last, err := base64.URLEncoding.DecodeString(token)
	if err != nil {
		return "", 0, &failure{400, "InvalidArgument", "The continuation token provided is incorrect.", ""}
	}
	return string(last), size, nil
}
