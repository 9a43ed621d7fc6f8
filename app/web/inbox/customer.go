package inbox

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"rejoin/app/chat"
	"rejoin/app/web"
	"rejoin/views"
)

// showCustomer is the form in the place of the facts, or the facts again with ?done.
func (r *room) showCustomer(c echo.Context) error {
	open, err := r.threadOf(c, 0, 0)
	if err != nil {
		return err
	}
	edit := views.EditOf(open.Thread.Customer, open.Thread.Points)
	if web.WantsFullPage(c) {
		open.Edit = &edit
		return r.pageWith(c, http.StatusOK, open)
	}
	if c.QueryParam("done") != "" {
		return web.RenderPartial(c, views.CustomerFacts(*open))
	}
	return web.RenderPartial(c, views.CustomerForm(*open, edit))
}

// editCustomer takes what an agent has corrected; a refused form keeps what was typed and says why beside the field.
func (r *room) editCustomer(c echo.Context) error {
	form := web.ReadForm(c)
	if err := form.Err(); err != nil {
		return err
	}
	typed := typedCustomer(form)
	err := r.desk.EditCustomer(c.Request().Context(), callerOf(c), c.Param("key"), chat.CustomerEdit{
		Name: typed.Name, Phone: typed.Phone, Address: typed.Address, Notes: typed.Notes, Fields: fieldsOf(typed.Fields),
	})
	said, refused := web.FieldErrors(web.Locale(c), err)
	if err != nil && !refused {
		return err
	}
	if err == nil && !web.IsHTMX(c) {
		return c.Redirect(http.StatusSeeOther, views.Conversation(c.Param("key")))
	}
	open, readErr := r.threadOf(c, 0, 0)
	if readErr != nil {
		return readErr
	}
	if err == nil {
		return web.RenderPartial(c, views.CustomerFacts(*open), views.ThreadNow(*open, false))
	}
	typed.Errors = said
	if web.IsHTMX(c) {
		return web.Render(c, http.StatusUnprocessableEntity, views.CustomerForm(*open, typed))
	}
	open.Edit = &typed
	return r.pageWith(c, http.StatusUnprocessableEntity, open)
}

func typedCustomer(form *web.Form) views.CustomerEditArgs {
	typed := views.CustomerEditArgs{
		Name: form.Values.Get("name"), Address: form.Values.Get("address"), Phone: form.Values.Get("phone"), Notes: form.Values.Get("notes"),
	}
	values := form.Values["field_value"]
	for i, name := range form.Values["field_name"] {
		if i < len(values) && (name != "" || values[i] != "") {
			typed.Fields = append(typed.Fields, views.CustomerField{Name: name, Value: values[i]})
		}
	}
	return typed
}

func fieldsOf(rows []views.CustomerField) map[string]string {
	fields := make(map[string]string, len(rows))
	for _, row := range rows {
		fields[row.Name] = row.Value
	}
	return fields
}
