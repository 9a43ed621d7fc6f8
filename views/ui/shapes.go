package ui

// shapeOf returns the drawing of an icon on a 24 by 24 grid, empty for an unknown name.
func shapeOf(name string) string {
	switch name {
	case "send":
		return `<path d="M4.5 12 3.6 5.2c-.1-.9.8-1.5 1.600-1.100L20.300 11.100c.8.4.8 1.500 0 1.900L5.200 19.900c-.8.400-1.700-.300-1.600-1.100L4.500 12Zm0 0h7"/>`
	case "note":
		return `<path d="M14.500 3.500H6A1.500 1.500 0 0 0 4.500 5v14A1.500 1.500 0 0 0 6 20.500h12a1.500 1.500 0 0 0 1.500-1.500V8.500l-5-5Z"/><path d="M14.500 3.500v5h5M8 12.500h8M8 16h5"/>`
	case "search":
		return `<circle cx="11" cy="11" r="6.500"/><path d="m20 20-4.300-4.300"/>`
	case "close":
		return `<path d="m6 6 12 12M18 6 6 18"/>`
	case "check":
		return `<path d="m5 12.500 4.500 4.500L19 7.500"/>`
	case "checks":
		return `<path d="m2.500 12.500 4 4 8.500-9M12 15.500l1 1 8.500-9"/>`
	case "reopen":
		return `<path d="M4 9h10.500a5.500 5.500 0 0 1 0 11H9"/><path d="M8 5 4 9l4 4"/>`
	case "spam":
		return `<circle cx="12" cy="12" r="8.500"/><path d="m6 6 12 12"/>`
	case "person":
		return `<circle cx="12" cy="8" r="4"/><path d="M4.500 20.500c.7-3.800 3.700-6 7.500-6s6.800 2.200 7.500 6"/>`
	case "people":
		return `<circle cx="9" cy="8.500" r="3.500"/><path d="M2.500 19.500c.6-3.400 3.100-5.500 6.500-5.500s5.900 2.100 6.500 5.500M15.500 5.300a3.500 3.500 0 0 1 0 6.400M17.500 14.300c2.200.7 3.600 2.500 4 5.200"/>`
	case "globe":
		return `<circle cx="12" cy="12" r="8.500"/><path d="M3.500 12h17M12 3.500c2.300 2.300 3.500 5.300 3.500 8.500s-1.200 6.200-3.500 8.500c-2.300-2.300-3.500-5.300-3.500-8.500S9.700 5.800 12 3.500Z"/>`
	case "clock":
		return `<circle cx="12" cy="12" r="8.500"/><path d="M12 7v5l3.300 2"/>`
	case "mail":
		return `<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3.500 7 7.300 5.600a2 2 0 0 0 2.400 0L20.500 7"/>`
	case "mail-question":
		return `<path d="M20.500 12.500V7a2 2 0 0 0-2-2h-14a2 2 0 0 0-2 2v9.500a2 2 0 0 0 2 2H13"/><path d="m3 7.200 7.300 5.400a2 2 0 0 0 2.400 0L20 7.200M17 16.200a1.900 1.900 0 1 1 2.800 1.700c-.600.300-.900.700-.900 1.300M18.900 21.500h.01"/>`
	case "link":
		return `<path d="M10 14a4 4 0 0 0 6 .400l3-3a4 4 0 0 0-5.700-5.700l-1.100 1.100"/><path d="M14 10a4 4 0 0 0-6-.400l-3 3a4 4 0 0 0 5.700 5.700l1.100-1.100"/>`
	case "settings":
		return `<path d="M4 7.500h9M19 7.500h1M4 16.500h1M11 16.500h9"/><circle cx="16" cy="7.500" r="2.500"/><circle cx="8" cy="16.500" r="2.500"/>`
	case "sign-out":
		return `<path d="M9.500 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h3.500M15 16l4-4-4-4M19 12H9.500"/>`
	case "menu":
		return `<path d="M4 7h16M4 12h16M4 17h16"/>`
	case "back":
		return `<path d="m11 6-6 6 6 6M5 12h14"/>`
	case "forward":
		return `<path d="m13 6 6 6-6 6M19 12H5"/>`
	case "more":
		return `<g fill="currentColor" stroke="none"><circle cx="5.500" cy="12" r="1.600"/><circle cx="12" cy="12" r="1.600"/><circle cx="18.500" cy="12" r="1.600"/></g>`
	case "down":
		return `<path d="m7 10 5 5 5-5"/>`
	case "up":
		return `<path d="m7 14 5-5 5 5"/>`
	case "right":
		return `<path d="m10 7 5 5-5 5"/>`
	case "plus":
		return `<path d="M12 5v14M5 12h14"/>`
	case "trash":
		return `<path d="M4.500 6.500h15M9.500 6.500V5A1.500 1.500 0 0 1 11 3.500h2A1.500 1.500 0 0 1 14.500 5v1.500M6.500 6.500l.8 12.100a2 2 0 0 0 2 1.900h5.400a2 2 0 0 0 2-1.900l.8-12.100M10 10.500v6M14 10.500v6"/>`
	case "warning":
		return `<path d="M10.300 4.500 3 17.300a2 2 0 0 0 1.700 3h14.600a2 2 0 0 0 1.700-3L13.700 4.500a2 2 0 0 0-3.400 0ZM12 9.500v4"/><path d="M12 17h.01"/>`
	}
	return shapeMore(name)
}

func shapeMore(name string) string {
	switch name {
	case "phone":
		return `<rect x="7" y="2.500" width="10" height="19" rx="2.500"/><path d="M11 18.500h2"/>`
	case "desktop":
		return `<rect x="3" y="4" width="18" height="12" rx="2"/><path d="M9 20h6M12 16v4"/>`
	case "call":
		return `<path d="M8.700 4H5.500A1.500 1.500 0 0 0 4 5.600C4.600 13.500 10.500 19.400 18.400 20a1.500 1.500 0 0 0 1.600-1.500v-3.200l-4.300-1.600-1.900 2.100a12 12 0 0 1-5.600-5.600l2.100-1.900L8.700 4Z"/>`
	case "moon":
		return `<path d="M20 14.200A8.300 8.300 0 0 1 9.800 4a8.300 8.300 0 1 0 10.200 10.200Z"/>`
	case "sun":
		return `<circle cx="12" cy="12" r="4"/><path d="M12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400"/>`
	case "chat":
		return `<path d="M20.500 11.500c0 4.100-3.800 7.500-8.500 7.500-1.300 0-2.500-.2-3.500-.7L4 19.500l1.300-3.700c-1.100-1.200-1.800-2.700-1.800-4.300C3.500 7.400 7.300 4 12 4s8.500 3.400 8.500 7.500Z"/>`
	case "inbox":
		return `<path d="M3.500 13.500 6 6a2 2 0 0 1 1.900-1.500h8.200A2 2 0 0 1 18 6l2.500 7.500V18a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-4.500Z"/><path d="M3.500 13.500h4.700l1.500 2.500h4.600l1.500-2.500h4.700"/>`
	case "bell":
		return `<path d="M6 10a6 6 0 1 1 12 0c0 3.500.8 5.300 1.800 6.500H4.200C5.200 15.300 6 13.500 6 10ZM10 19.500a2.200 2.200 0 0 0 4 0"/>`
	case "eye":
		return `<path d="M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12Z"/><circle cx="12" cy="12" r="3"/>`
	case "copy":
		return `<rect x="8.500" y="8.500" width="12" height="12" rx="2"/><path d="M15.500 8.500v-3a2 2 0 0 0-2-2h-8a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h3"/>`
	case "refresh":
		return `<path d="M19.500 9A8 8 0 0 0 5 8M4.500 15A8 8 0 0 0 19 16"/><path d="M20 4v5h-5M4 20v-5h5"/>`
	case "download":
		return `<path d="M12 4v11M7 10.500l5 5 5-5M4.500 20h15"/>`
	case "open":
		return `<path d="M13.500 4H20v6.500M20 4l-9 9M10 5H6a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2v-4"/>`
	case "star":
		return `<path d="m12 3.500 2.600 5.400 5.900.8-4.300 4.100 1.100 5.900L12 16.800l-5.300 2.900 1.100-5.900-4.300-4.100 5.900-.8L12 3.500Z"/>`
	case "shop":
		return `<path d="M5 8.500h14l1 11.500H4L5 8.500ZM8.500 8.500V7a3.500 3.500 0 0 1 7 0v1.500"/>`
	case "code":
		return `<path d="m8 7-5 5 5 5M16 7l5 5-5 5M13.500 4.500l-3 15"/>`
	case "calendar":
		return `<rect x="3.500" y="5" width="17" height="15.500" rx="2"/><path d="M3.500 10h17M8 3v4M16 3v4"/>`
	case "shield":
		return `<path d="M12 3 4.500 6v5.500c0 4.500 3 7.900 7.500 9.500 4.500-1.600 7.500-5 7.500-9.500V6L12 3Z"/><path d="m9 12 2.200 2.200L15.300 10"/>`
	case "attach":
		return `<path d="m19.500 11-7.800 7.800a5 5 0 0 1-7-7l8.300-8.300a3.300 3.300 0 0 1 4.700 4.700l-8.300 8.300a1.700 1.700 0 0 1-2.400-2.400l7.600-7.600"/>`
	case "file":
		return `<path d="M13.500 3.500H7A1.500 1.500 0 0 0 5.500 5v14A1.500 1.500 0 0 0 7 20.500h10a1.500 1.500 0 0 0 1.500-1.500V8.500l-5-5Z"/><path d="M13.500 3.500v5h5"/>`
	case "picture":
		return `<rect x="3.500" y="4.500" width="17" height="15" rx="2"/><circle cx="9" cy="10" r="1.600"/><path d="m4 17 4.500-3.500 3 2.500 4-4 5 4.500"/>`
	case "camera":
		return `<path d="M4.500 7.500h3l1.300-2.200a1 1 0 0 1 .9-.5h4.600a1 1 0 0 1 .9.500l1.300 2.200h3A1.500 1.500 0 0 1 21 9v8.500a1.500 1.500 0 0 1-1.500 1.500h-15A1.500 1.500 0 0 1 3 17.500V9a1.500 1.500 0 0 1 1.500-1.500Z"/><circle cx="12" cy="13" r="3.500"/>`
	case "invite":
		return `<path d="M20.500 11V7a2 2 0 0 0-2-2h-13a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2H11M4 7l6.900 5.200a2 2 0 0 0 2.300 0L20 7M14.500 17h6M18 14.500l2.500 2.500-2.500 2.500"/>`
	}
	return shapeOfMail(name)
}

func shapeOfMail(name string) string {
	switch name {
	case "about":
		return `<circle cx="12" cy="12" r="8.500"/><path d="M12 11v5M12 8h.01"/>`
	case "question":
		return `<circle cx="12" cy="12" r="8.500"/><path d="M9.700 9.500a2.400 2.400 0 1 1 3.500 2.200c-.8.400-1.200.9-1.200 1.800M12 16.300h.01"/>`
	case "history":
		return `<path d="M4 12a8 8 0 1 0 2.600-5.900L4 8.500"/><path d="M4 4v4.500h4.500M12 8v4.500l3 1.800"/>`
	case "edit":
		return `<path d="m4 20 1-4L16.500 4.500a1.900 1.900 0 0 1 2.700 0l.300.300a1.900 1.900 0 0 1 0 2.700L8 19l-4 1ZM14.500 6.500l3 3"/>`
	case "keyboard":
		return `<rect x="2.500" y="6" width="19" height="12" rx="2"/><path d="M6.500 10h.01M10.200 10h.01M13.800 10h.01M17.500 10h.01M8 14h8"/>`
	case "pin":
		return `<path d="M12 21s-6.500-5.600-6.500-11a6.500 6.500 0 1 1 13 0c0 5.400-6.500 11-6.500 11Z"/><circle cx="12" cy="10" r="2.300"/>`
	case "palette":
		return `<path d="M12 3.500a8.500 8.500 0 1 0 0 17c1.300 0 1.900-.9 1.900-1.800 0-1.400-1-1.600-1-2.700 0-.9.7-1.500 1.600-1.500h2.200c2.300 0 3.800-1.600 3.800-3.900 0-4-3.800-7.100-8.500-7.100Z"/><path d="M7.500 12h.01M9.500 8h.01M14 7.500h.01"/>`
	case "away":
		return `<path d="M19 15.500A7.500 7.500 0 0 1 8.500 5a7.500 7.500 0 1 0 10.500 10.500ZM15 4h4.500L15 9h4.500"/>`
	case "team":
		return shapeOf("people")
	case "left":
		return `<path d="m14 7-5 5 5 5"/>`
	}
	return ""
}
