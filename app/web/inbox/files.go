package inbox

import (
	"mime/multipart"
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
)

// mostOfPost is an answer with all the files that it may carry, as a form without scripts sends them.
const mostOfPost = chat.MaxFilesDay + 256<<10

// fileRoutes is the files of agents: those that they attach, and the ways to all.
func (r *room) fileRoutes(g, large *web.Group) {
	g.GET("/inbox/files/:key", r.showFile)
	g.DELETE("/inbox/files/:key", r.dropFile)
	large.POST("/inbox/files", r.takeFile)
	large.POST("/inbox/c/:key/messages", r.postMessage)
}

// fileURL makes the links of the files that a page shows.
func (r *room) fileURL(caller *chat.AgentCaller) func(key string) string {
	return func(key string) string { return r.desk.FileURL(caller.Organization.ID, key) }
}

// showFile leads to a file by a link that works now, since a page may have stood open all day.
func (r *room) showFile(c echo.Context) error {
	link, err := r.desk.LinkForAgent(c.Request().Context(), callerOf(c), c.Param("key"))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, link)
}

// takeFile takes one file that waits for its sender's next answer or note.
func (r *room) takeFile(c echo.Context) error {
	caller := callerOf(c)
	release, err := r.sending.Take(caller.Agent.Key)
	if err != nil {
		return err
	}
	defer release()
	f, err := web.ReadFile(c)
	if err != nil {
		return err
	}
	u, err := r.desk.UploadAsAgent(c.Request().Context(), caller, f)
	if err != nil {
		return err
	}
	return web.FileKept(c, u, r.desk.FileURL(u.OrganizationID, u.Key))
}

// dropFile forgets a file that its sender has thought better of.
func (r *room) dropFile(c echo.Context) error {
	return noContent(c, r.desk.DropAsAgent(c.Request().Context(), callerOf(c), c.Param("key")))
}

// keepFiles takes the files of a form without scripts, and returns those that are attached when it ends, be it by a refusal.
func (r *room) keepFiles(c echo.Context, id string, before []string, files []*multipart.FileHeader) ([]chat.Attachment, error) {
	caller, ctx := callerOf(c), c.Request().Context()
	var kept []chat.Attachment
	for _, key := range before[:min(len(before), chat.MaxFiles)] {
		one, err := r.desk.LooseOfAgent(ctx, caller, key)
		if err != nil {
			return kept, err
		}
		kept = append(kept, *one)
	}
	if len(kept)+len(files) > chat.MaxFiles {
		return kept, chat.RefuseField("files", "chat.file.many", "Max", chat.MaxFiles)
	}
	for i, header := range files {
		one, err := r.keepFile(c, header, id, len(before)+i)
		if err != nil {
			return kept, err
		}
		kept = append(kept, *one)
	}
	return kept, nil
}

func (r *room) keepFile(c echo.Context, header *multipart.FileHeader, form string, at int) (*chat.Attachment, error) {
	f, content, err := web.OpenFormFile(header, form, at)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	u, err := r.desk.UploadAsAgent(c.Request().Context(), callerOf(c), f)
	if err != nil {
		return nil, err
	}
	carried := u.Attachment()
	return &carried, nil
}
