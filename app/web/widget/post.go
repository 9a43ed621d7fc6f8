package widget

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// keyHeader tells which conversation a message went to: the first one starts it.
const keyHeader = "Rejoin-Conversation"

// posting is one message as the panel sends it; the same id twice counts once.
type posting struct {
	ID      string   `json:"id"`
	Text    string   `json:"text"`
	Files   []string `json:"files"`   // keys of those that were sent before
	Address string   `json:"address"` // comes along where one is required, else empty
	After   int64    `json:"after"`   // newest seq that the panel has
	Seen    *int64   `json:"seen"`    // newest seq that stood there when it was written
	Page    string   `json:"page"`    // the page's own id
	URL     string   `json:"url"`
	Title   string   `json:"title"`
	Zone    string   `json:"zone"`
	Hints   struct {
		Page    string `json:"page"`
		HTML    string `json:"html"`
		Browser string `json:"browser"`
	} `json:"hints"`
}

// post takes a message. The token may be new: then everything begins with it.
func (r *room) post(c echo.Context) error {
	token := web.Bearer(c)
	if err := r.limits.posts.Check(visitorKey(token)); err != nil {
		return err
	}
	var in posting
	if err := web.ReadJSON(c, &in); err != nil {
		return err
	}
	if !isID(in.ID) || !isID(in.Page) {
		return chat.RefuseField("id", "error.invalid")
	}
	if in.Address != "" {
		if err := r.limits.address.Check(visitorKey(token)); err != nil {
			return err
		}
	}
	caller, conversation, message, err := r.take(c, token, in)
	if err != nil {
		return err
	}
	welcome(c, caller)
	c.Response().Header().Set(keyHeader, conversation.Key)
	args, err := r.unread(c, caller, conversation, message, in.After)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, views.WidgetMessages(args))
}

// unread is what the panel has not got yet: most often the message that it has just sent, and nothing else.
func (r *room) unread(c echo.Context, caller *chat.CustomerCaller, conversation *chat.Conversation, message *chat.Message, after int64) (views.WidgetThreadArgs, error) {
	p := placeOf(c)
	if after == message.Seq-1 && message.Seq == conversation.LastSeq {
		return views.WidgetThreadArgs{Locale: p.locale, Zone: p.zone, Now: r.desk.Now(), Messages: []chat.Message{*message},
			FileURL: r.fileURL(conversation.OrganizationID)}, nil
	}
	_, args, err := r.newer(c.Request().Context(), caller, conversation, p, min(after, conversation.LastSeq-1))
	return args, err
}

func (r *room) take(c echo.Context, token string, in posting) (*chat.CustomerCaller, *chat.Conversation, *chat.Message, error) {
	input := chat.PostInput{
		ClientID: in.ID, Text: in.Text, Files: in.Files, Seen: in.Seen, Address: in.Address, PageURL: in.URL, PageTitle: in.Title,
		Hints: chat.LanguageHints{Page: in.Hints.Page, HTML: in.Hints.HTML, Browser: in.Hints.Browser},
	}
	caller, conversation, message, known, err := r.desk.PostByToken(c.Request().Context(), c.Param("organization"), token, input)
	if kind, _ := chat.KindOf(err); err != nil && kind == chat.Missing && !known {
		return r.start(c, token, in, input)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	r.here(caller, in.Page)
	return caller, conversation, message, nil
}

func (r *room) start(c echo.Context, token string, in posting, input chat.PostInput) (*chat.CustomerCaller, *chat.Conversation, *chat.Message, error) {
	o, err := r.organization(c)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := r.limits.starts.Check(web.ByAddress(c)); err != nil {
		return nil, nil, nil, err
	}
	return r.desk.Start(c.Request().Context(), o, token, chat.StartInput{
		Post: input, Page: in.Page, Zone: in.Zone, Browser: browserOf(c.Request().UserAgent()),
	})
}

// isID tells whether a text has the form of what our scripts make up: 8 to 64 characters of base64url.
func isID(id string) bool {
	if len(id) < 8 || len(id) > 64 {
		return false
	}
	return strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// browserOf names browser and system out of a User-Agent, as an agent would.
func browserOf(agent string) string {
	first := func(names ...string) string {
		for i := 0; i+1 < len(names); i += 2 {
			if strings.Contains(agent, names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	browser := first("Edg/", "Edge", "OPR/", "Opera", "SamsungBrowser", "Samsung Internet", "Firefox/", "Firefox", "FxiOS", "Firefox",
		"CriOS", "Chrome", "Chrome/", "Chrome", "Safari/", "Safari")
	system := first("iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "Mac OS X", "macOS", "CrOS", "ChromeOS", "Linux", "Linux")
	return strings.Trim(browser+" · "+system, " ·")
}
