package widget

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
)

// about names the conversation that a call is about, and what it says of it.
type about struct {
	Conversation string `json:"conversation"`
	Seq          int64  `json:"seq"`
	Address      string `json:"address"`
	Sure         bool   `json:"sure"`
	Stop         bool   `json:"stop"`
	Language     string `json:"language"`
}

func read(c echo.Context) (about, error) {
	var in about
	err := web.ReadJSON(c, &in)
	return in, err
}

// seen moves the customer's cursor: this message stood before a person's eyes.
func (r *room) seen(c echo.Context) error {
	in, err := read(c)
	if err != nil {
		return err
	}
	if err := r.desk.SeenByCustomer(c.Request().Context(), callerOf(c), in.Conversation, in.Seq); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// typing tells the agents that the customer writes.
func (r *room) typing(c echo.Context) error {
	in, err := read(c)
	if err != nil {
		return err
	}
	if err := r.desk.CustomerTyping(c.Request().Context(), callerOf(c), in.Conversation); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// visit remembers which page of the brand's site the customer looks at.
func (r *room) visit(c echo.Context) error {
	var in struct{ URL, Title string }
	if err := web.ReadJSON(c, &in); err != nil {
		return err
	}
	if err := r.desk.VisitPage(c.Request().Context(), callerOf(c), chat.PageVisit{URL: in.URL, Title: in.Title}); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// sign is what a page says of itself. The token is part of it, since a beacon carries no header.
type sign struct {
	Token  string      `json:"token"`
	Page   string      `json:"page"`
	Signal chat.Signal `json:"signal"`

	Visible bool  `json:"visible"` // of a heartbeat: the page is shown
	Idle    int64 `json:"idle"`    // of a heartbeat: whole seconds since the last gesture
}

// mostIdle bounds what a heartbeat may say of the past.
const mostIdle = 24 * time.Hour

var signals = [...]chat.Signal{chat.SignVisible, chat.SignHidden, chat.SignActive, chat.SignAlive, chat.SignGone}

// presence notes a page's sign in memory; nothing is written for it.
func (r *room) presence(c echo.Context) error {
	var in sign
	if err := json.NewDecoder(io.LimitReader(c.Request().Body, 1<<10)).Decode(&in); err != nil {
		return chat.Refuse(chat.Invalid, "error.json")
	}
	if !isID(in.Page) || !slices.Contains(signals[:], in.Signal) {
		return chat.Refuse(chat.Invalid, "error.invalid")
	}
	if err := r.limits.own.Check(visitorKey(in.Token)); err != nil {
		return err
	}
	caller, err := r.desk.CustomerByToken(c.Request().Context(), in.Token)
	if err != nil {
		return err
	}
	if caller.Organization.Key != c.Param("organization") {
		return chat.Refuse(chat.Missing, "error.missing")
	}
	person, now := chat.CustomerPerson(caller.Organization.ID, caller.Customer.ID), r.desk.Now()
	if in.Signal == chat.SignAlive && in.Visible {
		idle := time.Duration(min(max(in.Idle, 0), int64(mostIdle/time.Second))) * time.Second
		r.desk.Tracker().Resume(person, in.Page, now.Add(-idle), now)
	} else {
		r.desk.Tracker().Sign(person, in.Page, in.Signal, now)
	}
	return c.NoContent(http.StatusNoContent)
}
