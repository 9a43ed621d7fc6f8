package widget

import (
	"context"
	"mime/multipart"
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/locales"
)

// answered is what came from the form of the page without scripts.
type answered struct {
	id, text string
	before   []string // keys of files that a refused try has left
	files    []*multipart.FileHeader
	done     func()
}

// readAnswer reads the form, with its files when it carries some.
func (r *room) readAnswer(c echo.Context) (*answered, error) {
	release, err := r.limits.sending.Take(web.ByAddress(c))
	if err != nil {
		return nil, err
	}
	request := c.Request()
	files, done, err := web.ReadFiles(c, "files")
	typed := &answered{files: files, done: func() { done(); release() }}
	if err == nil && request.MultipartForm == nil {
		request.Body = http.MaxBytesReader(c.Response(), request.Body, mostOfForm) // without files it has no reason to be long
	}
	if err == nil {
		form := web.ReadForm(c)
		err = form.Err()
		typed.id, typed.text, typed.before = form.Values.Get("id"), form.Values.Get("text"), form.Values["file"]
	}
	if err == nil && !isID(typed.id) {
		err = chat.RefuseField("id", "error.invalid")
	}
	if err != nil {
		typed.done()
		return nil, err
	}
	return typed, nil
}

// keep takes the files of an answer, and returns those that are attached when it ends, be it by a refusal.
func (r *room) keep(ctx context.Context, caller *chat.CustomerCaller, typed *answered) ([]chat.Attachment, error) {
	var kept []chat.Attachment
	for _, key := range typed.before[:min(len(typed.before), chat.MaxFiles)] {
		u, err := r.desk.Loose(ctx, caller, key)
		if err != nil {
			return kept, err
		}
		kept = append(kept, *u)
	}
	if len(kept)+len(typed.files) > chat.MaxFiles {
		return kept, chat.RefuseField("files", "chat.file.many", "Max", chat.MaxFiles)
	}
	for i, header := range typed.files {
		u, err := r.keepOne(ctx, caller, header, typed.id, len(typed.before)+i)
		if err != nil {
			return kept, err
		}
		kept = append(kept, *u)
	}
	return kept, nil
}

func (r *room) keepOne(ctx context.Context, caller *chat.CustomerCaller, header *multipart.FileHeader, form string, at int) (*chat.Attachment, error) {
	f, content, err := web.OpenFormFile(header, form, at)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	u, err := r.desk.UploadAsCustomer(ctx, caller, f)
	if err != nil {
		return nil, err
	}
	carried := u.Attachment()
	return &carried, nil
}

func keysOf(files []chat.Attachment) []string {
	keys := make([]string, len(files))
	for i := range files {
		keys[i] = files[i].Key
	}
	return keys
}

// refusedAnswer is what is said beside the box when an answer cannot be taken; false for faults that are not the answer's.
func refusedAnswer(l *locales.Locale, err error) (string, bool) {
	if err == nil {
		return "", false
	}
	if one := chat.AsFieldError(err, "files"); one != nil {
		return web.Say(l, one), true
	}
	said, refused := web.FieldErrors(l, err)
	return said["text"], refused
}
