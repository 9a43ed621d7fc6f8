(verb, selector, ...rest) => {
  const flat = text => (text || "").replace(/\s+/g, " ").trim()
  const quoted = selector && selector.match(/^(.*?)\s*"([^"]*)"$/s)
  const css = quoted ? quoted[1] || "*" : selector
  const said = quoted ? flat(quoted[2]) : null

  // Every match in the document and its open shadow roots, in document order.
  const within = (root) => {
    const found = [...root.querySelectorAll(css)]
    for (const host of root.querySelectorAll("*")) {
      if (host.shadowRoot) found.push(...within(host.shadowRoot))
    }
    return found
  }
  const names = (e) => [e.innerText ?? e.textContent, e.getAttribute("aria-label"), e.value].map(text => flat(String(text ?? "")))
  const wordsOf = (e) => names(e).find(Boolean) || ""
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) &&
    [...e.getClientRects()].some(box => box.width > 0 && box.height > 0)
  const matches = () => {
    const all = within(document)
    if (said === null) return all
    const saying = all.filter(e => !["SCRIPT", "STYLE"].includes(e.tagName) && names(e).some(name => name.includes(said)))
    return css === "*" ? saying.filter(e => !saying.some(inner => inner !== e && e.contains(inner))) : saying
  }
  const pick = () => { const all = matches(); return all.find(shown) || all[0] || null }
  const label = (e) => "<" + e.tagName.toLowerCase() + (e.id ? " id=" + e.id : "") + (e.className ? " class=" + (e.className.baseVal ?? e.className) : "") + ">"

  // Where to put the finger on an element, or why it cannot be put there.
  const aim = (e) => {
    if (!e) return { why: "it is not there" }
    if (!shown(e)) return { why: "it is not visible" }
    if (e.matches(":disabled") || e.getAttribute("aria-disabled") === "true") return { why: "it is disabled" }
    let box = e.getClientRects()[0]
    if (box.bottom > innerHeight || box.top < 0 || box.right > innerWidth || box.left < 0) {
      e.scrollIntoView({ block: "center", inline: "center", behavior: "instant" })
      box = e.getClientRects()[0]
    }
    const x = box.left + box.width / 2, y = box.top + box.height / 2
    const top = e.getRootNode().elementFromPoint(x, y)
    if (!top) return { why: "it is outside the window" }
    const reached = e === top || e.contains(top) || top.closest("label")?.control === e
    return reached ? { x, y, why: "" } : { why: "it is covered by " + label(top) }
  }

  switch (verb) {
    case "element": return pick()
    case "look": {
      const all = matches(), visible = all.filter(shown), e = visible[0] || all[0]
      return {
        found: all.length, shown: visible.length,
        text: e ? flat(e.innerText ?? e.textContent) : "",
        texts: visible.map(wordsOf),
        value: e && "value" in e ? String(e.value) : "",
        checked: Boolean(e?.checked),
        focused: Boolean(e) && e.getRootNode().activeElement === e,
      }
    }
    case "attribute": return pick()?.getAttribute(rest[0]) ?? null
    case "aim": {
      const e = pick(), at = aim(e)
      if (at.why === "") {
        window[Symbol.for("reached")] = false
        const hear = event => { if (event.composedPath().some(n => n === e || (n.control && n.control === e))) window[Symbol.for("reached")] = true }
        addEventListener("pointerdown", hear, { capture: true, once: true })
      }
      return at
    }
    case "reached": return window[Symbol.for("reached")] === true
    case "offset": {
      const e = pick()
      if (!e) return { why: "its frame is not there" }
      if (!shown(e)) return { why: "its frame is not visible" }
      let box = e.getBoundingClientRect()
      if (box.bottom <= 0 || box.top >= innerHeight) {
        e.scrollIntoView({ block: "center", behavior: "instant" })
        box = e.getBoundingClientRect()
      }
      const style = getComputedStyle(e)
      return {
        x: box.left + e.clientLeft + parseFloat(style.paddingLeft),
        y: box.top + e.clientTop + parseFloat(style.paddingTop), why: "",
      }
    }
    case "end": {
      const e = pick()
      e.focus()
      if (e.setSelectionRange && /^(textarea|text|search|url|tel|password)$/.test(e.type)) e.setSelectionRange(e.value.length, e.value.length)
      return true
    }
    case "all": {
      const e = pick()
      e.focus()
      if (e.select) e.select(); else getSelection().selectAllChildren(e)
      return true
    }
    case "choose": {
      const e = pick()
      const option = e && [...e.options].find(o => o.value === rest[0] || flat(o.label) === rest[0])
      if (!option) return e ? "it has no such option" : "it is not there"
      if (e.disabled || option.disabled) return "it is disabled"
      e.value = option.value
      e.dispatchEvent(new Event("input", { bubbles: true, composed: true }))
      e.dispatchEvent(new Event("change", { bubbles: true }))
      return ""
    }
    case "page": return location.href + ": " + flat(document.body?.innerText).slice(0, 300)
  }
}
