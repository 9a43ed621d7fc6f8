package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
)

const (
	// UploadTime is how long the sending of files may take in all; give it to the group as its Timeout.
	UploadTime  = 15 * time.Minute
	silence     = 30 * time.Second // a sender or reader from whom nothing comes for so long is cut off
	formInRAM   = 256 << 10        // of a form with files; the rest waits on disk
	maxClientID = 64
)

// ReadFile is a file that a script sends as the body of a request, with its name and its own id in the query. Nothing of
// it has been read yet.
func ReadFile(c echo.Context) (chat.NewFile, error) {
	r, id := c.Request(), c.QueryParam("id")
	if r.ContentLength < 0 || len(id) > maxClientID {
		return chat.NewFile{}, chat.Refuse(chat.Invalid, "error.invalid")
	}
	return chat.NewFile{Name: c.QueryParam("name"), Content: Patient(c, r.Body), Size: r.ContentLength, ClientID: id}, nil
}

// ReadFiles opens the files of a form that carries some, under a name; the other fields are read by ReadForm. What is
// larger than a text waits on disk until done is called, which is never nil.
func ReadFiles(c echo.Context, name string) (files []*multipart.FileHeader, done func(), err error) {
	r, done := c.Request(), func() {}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return nil, done, nil
	}
	r.Body = io.NopCloser(Patient(c, r.Body))
	if err := r.ParseMultipartForm(formInRAM); err != nil {
		return nil, done, refuseBody(err, "error.form")
	}
	done = func() { _ = r.MultipartForm.RemoveAll() } // what stays is in the folder for temporary files
	for _, file := range r.MultipartForm.File[name] {
		if file.Filename != "" { // a field that was left empty
			files = append(files, file)
		}
	}
	return files, done, nil
}

// OpenFormFile opens the file that stands at a place among those of a form with an id: the same form sent twice brings the
// same upload. The content is for the caller to close.
func OpenFormFile(header *multipart.FileHeader, form string, at int) (chat.NewFile, io.Closer, error) {
	content, err := header.Open()
	if err != nil {
		return chat.NewFile{}, nil, fmt.Errorf("open file of a form: %w", err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d %s", form, at, header.Size, header.Filename))
	return chat.NewFile{Name: header.Filename, Content: content, Size: header.Size, ClientID: hex.EncodeToString(sum[:])}, content, nil
}

// Patient reads a body that may take longer than requests usually do, as long as it keeps coming.
func Patient(c echo.Context, body io.Reader) io.Reader {
	return &patient{rc: http.NewResponseController(c.Response().Writer), body: body}
}

type patient struct {
	rc   *http.ResponseController
	body io.Reader
}

// Read gives the sender time for the next piece, and us for the answer behind it.
func (p *patient) Read(into []byte) (int, error) {
	now := time.Now() //nolint:forbidigo // the socket's clock, not the application's
	_ = p.rc.SetReadDeadline(now.Add(silence))
	_ = p.rc.SetWriteDeadline(now.Add(2 * silence)) // a recorder of a test has none to set
	return p.body.Read(into)
}

// PatientWriter answers what may take longer than answers usually do, as long as it is being read.
func PatientWriter(c echo.Context) http.ResponseWriter {
	return &patientWriter{ResponseWriter: c.Response(), rc: http.NewResponseController(c.Response().Writer)}
}

type patientWriter struct {
	http.ResponseWriter
	rc *http.ResponseController
}

// Write gives the reader time for this piece.
func (p *patientWriter) Write(piece []byte) (int, error) {
	_ = p.rc.SetWriteDeadline(time.Now().Add(silence)) //nolint:forbidigo // the socket's clock, not the application's
	return p.ResponseWriter.Write(piece)
}

// kept tells a page of a file that it has sent, and where it can be seen for a while.
type kept struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Shown  bool   `json:"shown"`
	URL    string `json:"url"`
}

// FileKept answers a script that has sent a file.
func FileKept(c echo.Context, u *chat.Upload, url string) error {
	return c.JSON(http.StatusCreated, kept{
		Key: u.Key, Name: u.Name, Type: u.Type, Size: u.Size, Width: u.Width, Height: u.Height, Shown: u.Image(), URL: url,
	})
}
