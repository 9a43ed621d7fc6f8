package followup

import "time"

// Content is what an automatic message carries.
type Content string

// The three contents.
const (
	ContentUnread     Content = "unread"     // what the customer has not seen, after some context
	ContentTranscript Content = "transcript" // the whole conversation
	ContentOff        Content = "off"        // nothing is sent by itself
)

// Rules are the settings that the plan is judged by.
type Rules struct {
	On            bool
	Content       Content
	ClosedHold    time.Duration // after the last page was closed
	OpenHold      time.Duration // after the pages were hidden or fell idle
	EmailHold     time.Duration // after an answer to a customer who writes by email
	MaxHold       time.Duration // new replies put an email off no longer than this, and never below the hold
	DraftHold     time.Duration // after an agent's last keystroke
	MinGap        time.Duration // between two emails of one conversation
	OfflineAtOnce bool          // nobody is left who could answer: what is unread goes at once
}

// State is one conversation as the plan needs it: cursors and instants. Zero instants are "never".
type State struct {
	Spam     bool  `json:"spam,omitzero"`
	Spoke    bool  `json:"spoke,omitzero"`    // the customer has written at least once
	Agent    int64 `json:"agent,omitzero"`    // newest public message of an agent
	Seen     int64 `json:"seen,omitzero"`     // newest message that the customer has seen
	Covered  int64 `json:"covered,omitzero"`  // newest message that a delivery has claimed
	Withheld int64 `json:"withheld,omitzero"` // newest message that an agent does not want sent
	Failed   int64 `json:"failed,omitzero"`   // newest message whose delivery failed for good
	Hurried  int64 `json:"hurried,omitzero"`  // newest message that an agent wants sent now

	From     int64     `json:"from,omitzero"` // oldest pending message: an agent's, behind Floor; 0 when none is
	To       int64     `json:"to,omitzero"`   // newest pending message
	OldestAt time.Time `json:"oldest_at,omitzero"`
	NewestAt time.Time `json:"newest_at,omitzero"`

	ByEmail bool      `json:"by_email,omitzero"` // the customer's newest message came by email
	SpokeAt time.Time `json:"spoke_at,omitzero"` // when, if so

	Active    bool      `json:"active,omitzero"`
	AwaySince time.Time `json:"away_since,omitzero"`
	AwayCause Cause     `json:"away_cause,omitzero"`
	Channel   string    `json:"channel,omitzero"` // of the contact point that would be used
	Point     Reason    `json:"point,omitzero"`   // ReasonPointWorks, or why none does

	AgentsOfflineAt time.Time `json:"agents_offline_at,omitzero"` // the last agent went offline; zero while one is online
	DraftAt         time.Time `json:"draft_at,omitzero"`          // last keystroke of an unsent answer
	HurriedAt       time.Time `json:"hurried_at,omitzero"`
	LastAt          time.Time `json:"last_at,omitzero"`    // newest delivery of any kind that was not cancelled and did not fail
	ByHand          int64     `json:"by_hand,omitzero"`    // newest message that a delivery by hand covers
	ByHandAt        time.Time `json:"by_hand_at,omitzero"` // newest delivery by hand
	RejoinedAt      time.Time `json:"rejoined_at,omitzero"`
	CapUntil        time.Time `json:"cap_until,omitzero"` // the address has had all the automatic mail that it may have in an hour, until
}

// Floor is the seq behind which messages are pending.
func (s *State) Floor() int64 { return max(s.Seen, s.Covered, s.Withheld) }

// Code is why the plan is what it is; each has one sentence in every locale.
type Code string

// Why nothing is planned, in the order in which the reasons are looked for.
const (
	CodeOff        Code = "off"         // the organization has switched it off
	CodeContentOff Code = "content_off" // it sends nothing by itself
	CodeSpam       Code = "spam"
	CodeNotSpoken  Code = "not_spoken" // the brand began, and the customer never answered
	CodeNothing    Code = "nothing"    // no agent has written
	CodeSeen       Code = "seen"
	CodeCovered    Code = "covered"  // a delivery carries it
	CodeWithheld   Code = "withheld" // an agent does not want it sent
	CodeNoPoint    Code = "no_point"
	CodeBounced    Code = "bounced"
	CodeComplained Code = "complained"
	CodeStopped    Code = "stopped"
	CodeFailed     Code = "failed" // it was tried in vain, and nothing has changed since
	CodeHeld       Code = "held"   // the customer is here
)

// Why it is due when it is.
const (
	CodeClosedHold Code = "closed_hold"
	CodeOpenHold   Code = "open_hold"
	CodeEmailHold  Code = "email_hold" // the customer writes by email
	CodeMaxHold    Code = "max_hold"
	CodeOffline    Code = "offline" // all agents are
	CodeDraft      Code = "draft"   // an agent is writing
	CodeHurried    Code = "hurried" // an agent wants it now
	CodeMinGap     Code = "min_gap"
	CodeCapped     Code = "capped" // the address has had enough for an hour
)

// Codes lists every code once.
func Codes() []Code {
	return []Code{
		CodeOff, CodeContentOff, CodeSpam, CodeNotSpoken, CodeNothing, CodeSeen, CodeCovered, CodeWithheld, CodeNoPoint,
		CodeBounced, CodeComplained, CodeStopped, CodeFailed, CodeHeld, CodeClosedHold, CodeOpenHold, CodeEmailHold, CodeMaxHold,
		CodeOffline, CodeDraft, CodeHurried, CodeMinGap, CodeCapped,
	}
}

// Plan is what is to happen: at Due the messages From to To go out by Channel; a zero Due is never, for the reason Code.
type Plan struct {
	Due      time.Time
	Channel  string
	From, To int64
	Code     Code
}

// Now tells whether the plan's time has come.
func (p Plan) Now(now time.Time) bool { return !p.Due.IsZero() && !now.Before(p.Due) }

// PlanOf decides when a customer hears of what they have not seen. It reads no clock: what is due stays due until the
// state changes.
func PlanOf(r *Rules, s *State) Plan {
	if code := whyNever(r, s); code != "" {
		return Plan{From: s.From, To: s.To, Code: code}
	}
	p := Plan{Channel: s.Channel, From: s.From, To: s.To}
	p.Due, p.Code = dueOf(r, s)
	if gap := s.LastAt.Add(r.MinGap); s.keepsGap() && gap.After(p.Due) {
		p.Due, p.Code = gap, CodeMinGap
	}
	if s.CapUntil.After(p.Due) {
		p.Due, p.Code = s.CapUntil, CodeCapped
	}
	return p
}

// keepsGap tells whether the gap after the last email counts: whoever has written by email since then is in the middle
// of a talk by email.
func (s *State) keepsGap() bool {
	return !s.LastAt.IsZero() && !(s.ByEmail && s.SpokeAt.After(s.LastAt))
}

func whyNever(r *Rules, s *State) Code {
	switch {
	case !r.On:
		return CodeOff
	case r.Content == ContentOff:
		return CodeContentOff
	case s.Spam:
		return CodeSpam
	case !s.Spoke:
		return CodeNotSpoken
	case s.To == 0:
		return s.Settled()
	case s.Point != ReasonPointWorks:
		return whyNoPoint(s.Point)
	case s.Failed >= s.To:
		return CodeFailed
	case s.Active:
		return CodeHeld
	}
	return ""
}

// Settled tells why nothing of an agent's is pending.
func (s *State) Settled() Code {
	switch {
	case s.Agent == 0:
		return CodeNothing
	case s.Agent <= s.Seen:
		return CodeSeen
	case s.Agent <= s.Covered:
		return CodeCovered
	}
	return CodeWithheld
}

func whyNoPoint(why Reason) Code {
	switch why {
	case ReasonBounced:
		return CodeBounced
	case ReasonComplained:
		return CodeComplained
	case ReasonStopped:
		return CodeStopped
	}
	return CodeNoPoint
}

// dueOf is the due time before the gap between two emails.
func dueOf(r *Rules, s *State) (time.Time, Code) {
	if s.Hurried >= s.From {
		return latest(latest(s.HurriedAt, s.AwaySince), s.OldestAt), CodeHurried
	}
	due, limit, code := holdOf(r, s)
	if limit.Before(due) {
		due, code = limit, CodeMaxHold
	}
	if r.OfflineAtOnce && !s.AgentsOfflineAt.IsZero() {
		if left := latest(latest(s.AwaySince, s.NewestAt), s.AgentsOfflineAt); left.Before(due) {
			due, code = left, CodeOffline
		}
	}
	if !s.DraftAt.IsZero() {
		until := s.DraftAt.Add(r.DraftHold)
		if limit.Before(until) {
			until = limit
		}
		if until.After(due) {
			due, code = until, CodeDraft
		}
	}
	return due, code
}

// holdOf is how long the newest message waits, and how long all of them at most. Whoever writes by email waits for an
// email, whatever pages of theirs are open or not.
func holdOf(r *Rules, s *State) (due, limit time.Time, code Code) {
	if s.ByEmail {
		return s.NewestAt.Add(r.EmailHold), s.OldestAt.Add(max(r.MaxHold, r.EmailHold)), CodeEmailHold
	}
	hold, code := r.OpenHold, CodeOpenHold
	if s.AwayCause == Closed {
		hold, code = r.ClosedHold, CodeClosedHold
	}
	return latest(s.AwaySince, s.NewestAt).Add(hold), latest(s.AwaySince.Add(hold), s.OldestAt.Add(max(r.MaxHold, hold))), code
}
