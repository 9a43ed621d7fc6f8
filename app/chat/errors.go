package chat

import "errors"

// Kind is the class of a domain error; one place in app/web maps it to an HTTP status.
type Kind string

// The closed set of kinds.
const (
	Invalid   Kind = "invalid"   // what was given cannot be taken
	Missing   Kind = "missing"   // there is no such thing, or not for this caller
	Conflict  Kind = "conflict"  // it changed in the meantime, or needs a confirmation
	Forbidden Kind = "forbidden" // this caller may not
	Gone      Kind = "gone"      // it was there and is no longer
	Busy      Kind = "busy"      // too much of it, or the house is not ready: try again later
)

// Error is what a use case refuses with: a kind, a locale key, and the field it is about.
type Error struct {
	Kind  Kind
	Key   string         // locale key of the sentence shown to a person
	Field string         // name of the form field it belongs to, empty when to none
	Args  map[string]any // variables of the sentence
}

// Error returns the kind and the key, for logs.
func (e *Error) Error() string {
	if e.Field != "" {
		return string(e.Kind) + ": " + e.Key + " (" + e.Field + ")"
	}
	return string(e.Kind) + ": " + e.Key
}

// Errors is every field of one form that was refused, in form order.
type Errors []*Error

// Error returns the first one's text.
func (e Errors) Error() string {
	if len(e) == 0 {
		return "no error"
	}
	return e[0].Error()
}

// Refuse makes an error of a kind with a locale key and pairs of name and value.
func Refuse(kind Kind, key string, pairs ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: argsOf(pairs)}
}

// RefuseField makes an Invalid error that belongs beside a form field.
func RefuseField(field, key string, pairs ...any) *Error {
	return &Error{Kind: Invalid, Key: key, Field: field, Args: argsOf(pairs)}
}

// KindOf returns the kind of a domain error, and false for any other error.
func KindOf(err error) (Kind, bool) {
	var one *Error
	if errors.As(err, &one) {
		return one.Kind, true
	}
	var many Errors
	if errors.As(err, &many) && len(many) > 0 {
		return many[0].Kind, true
	}
	return "", false
}

// AsFieldError is the refusal that belongs beside a field, whatever its kind; nil when there is none.
func AsFieldError(err error, field string) *Error {
	var one *Error
	if errors.As(err, &one) && one.Field == field {
		return one
	}
	var many Errors
	if errors.As(err, &many) {
		for _, one := range many {
			if one.Field == field {
				return one
			}
		}
	}
	return nil
}

func argsOf(pairs []any) map[string]any {
	if len(pairs) == 0 {
		return nil
	}
	args := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			args[name] = pairs[i+1]
		}
	}
	return args
}
