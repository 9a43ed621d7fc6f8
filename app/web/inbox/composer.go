package inbox

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// postMessage takes an answer or a note. To htmx it answers with the drawn message; a refused plain form comes back
// with everything that was typed and attached.
func (r *room) postMessage(c echo.Context) error {
	files, done, err := web.ReadFiles(c, "files")
	if err != nil {
		return err
	}
	defer done()
	form := web.ReadForm(c)
	if err := form.Err(); err != nil {
		return err
	}
	post := chat.AgentPost{
		ClientID: form.Values.Get("client"), Text: form.Values.Get("text"), Files: form.Values["file"], Note: form.Bool("note"),
	}
	if web.IsHTMX(c) {
		message, err := r.desk.PostAsAgent(c.Request().Context(), callerOf(c), c.Param("key"), post)
		return r.posted(c, message, err)
	}
	kept, err := r.keepFiles(c, post.ClientID, post.Files, files)
	if err == nil {
		post.Files = keysOf(kept)
		_, err = r.desk.PostAsAgent(c.Request().Context(), callerOf(c), c.Param("key"), post)
	}
	if err != nil {
		return r.refusePost(c, post, kept, err)
	}
	return c.Redirect(http.StatusSeeOther, views.Conversation(c.Param("key")))
}

func keysOf(files []chat.Attachment) []string {
	keys := make([]string, len(files))
	for i := range files {
		keys[i] = files[i].Key
	}
	return keys
}

func (r *room) refusePost(c echo.Context, post chat.AgentPost, kept []chat.Attachment, err error) error {
	status, said := http.StatusUnprocessableEntity, ""
	if errs, form := web.FieldErrors(web.Locale(c), err); form {
		said = errs["text"] + errs["files"] + errs[""]
	} else if conflict, is := asKind(err, chat.Conflict); is {
		status, said = web.StatusOf(conflict.Kind), web.Say(web.Locale(c), conflict)
	} else {
		return err
	}
	open, err := r.threadOf(c, 0, 0)
	if err != nil {
		return err
	}
	open.Post = views.ThreadPost{ClientID: post.ClientID, Text: post.Text, Files: kept, Note: post.Note, Error: said}
	return r.pageWith(c, status, open)
}

func (r *room) posted(c echo.Context, message *chat.Message, err error) error {
	if err != nil {
		return err
	}
	open, err := r.threadOf(c, max(message.Seq-2, 0), message.Seq+1)
	if err != nil {
		return err
	}
	for _, entry := range open.Entries() {
		if entry.Message.Seq == message.Seq {
			entry.Day = false // the page draws days by its own zone
			return web.RenderPartial(c, views.ThreadMessage(entry))
		}
	}
	return c.NoContent(http.StatusNoContent)
}

// saveDraft keeps what stands in the composer.
func (r *room) saveDraft(c echo.Context) error {
	form := web.ReadForm(c)
	if err := form.Err(); err != nil {
		return err
	}
	err := r.desk.SaveDraft(c.Request().Context(), callerOf(c), c.Param("key"), form.Values.Get("text"), form.Bool("note"))
	return noContent(c, err)
}

// tellTyping lets the others see that this agent writes; of a note the customer hears nothing.
func (r *room) tellTyping(c echo.Context) error {
	note := web.ReadForm(c).Bool("note")
	return noContent(c, r.desk.AgentTyping(c.Request().Context(), callerOf(c), c.Param("key"), note))
}

// markSeen says that the newest message was on the screen.
func (r *room) markSeen(c echo.Context) error {
	seq, err := strconv.ParseInt(web.ReadForm(c).Values.Get("seq"), 10, 64)
	if err != nil || seq < 0 {
		return chat.Refuse(chat.Invalid, "error.invalid")
	}
	return noContent(c, r.desk.SeenByAgent(c.Request().Context(), callerOf(c), c.Param("key"), seq))
}

func noContent(c echo.Context, err error) error {
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
