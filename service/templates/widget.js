// The assistant's button on an office's portal, and the frame that it opens. It reads nothing of
// the portal, and draws itself apart from the portal's styles.
(function () {
  "use strict";
  const given = {{ {"words": words, "origins": origins, "office": office} | tojson }};
  const words = given.words;
  const called = given.office ? words.title_office.replace("{office}", () => given.office) : words.title;
  const NAME = "troly-widget";
  const PHONE = "(max-width: 30rem)";
  const COLOURS = { brand: "#0b3b6f", surface: "#ffffff", line: "#76818f", focus: "#b45309" };
  const server = new URL(document.currentScript.src).origin;
  if (!given.origins.includes(location.origin)) {
    console.warn(words.refused);
    return;
  }

  function styled(tag, style, attributes) { // through the object model: no inline style is needed
    const node = document.createElement(tag);
    Object.assign(node.style, style);
    for (const name in attributes) node.setAttribute(name, attributes[name]);
    return node;
  }
  function button(text, style, action) {
    const node = styled("button", {
      font: "600 16px/1.4 system-ui, sans-serif", color: COLOURS.surface, background: COLOURS.brand,
      border: "2px solid " + COLOURS.surface, cursor: "pointer", minHeight: "48px", ...style,
    }, { type: "button" });
    node.textContent = text;
    node.addEventListener("focus", () => { // the portal's own mark of focus does not reach in here
      node.style.outline = node.matches(":focus-visible") ? "3px solid " + COLOURS.focus : "";
    });
    node.addEventListener("blur", () => { node.style.outline = ""; });
    node.addEventListener("click", action);
    return node;
  }

  function start() {
    if (document.getElementById(NAME)) return;
    const host = styled("div", { all: "initial" }, { id: NAME });
    const inside = host.attachShadow({ mode: "open" });
    const opener = button(words.open, {
      position: "fixed", right: "16px", bottom: "16px", zIndex: "2147483000", padding: "10px 20px",
      borderRadius: "28px", boxShadow: "0 2px 10px rgb(0 0 0 / 35%)",
    }, () => toggle(panel.hidden));
    opener.setAttribute("aria-expanded", "false");
    const panel = styled("section", {
      position: "fixed", zIndex: "2147483001", flexDirection: "column", background: COLOURS.surface,
      border: "1px solid " + COLOURS.line, overflow: "hidden", boxSizing: "border-box",
      boxShadow: "0 6px 30px rgb(0 0 0 / 35%)",
    }, { role: "dialog", "aria-label": called });
    panel.hidden = true;
    const bar = styled("div", {
      display: "flex", alignItems: "center", justifyContent: "space-between", gap: "12px",
      padding: "0 4px 0 16px", background: COLOURS.brand, color: COLOURS.surface,
      font: "600 16px/1.4 system-ui, sans-serif",
    });
    const title = styled("span", {});
    title.textContent = called;
    bar.append(title, button(words.close, {
      border: "0", minWidth: "48px", padding: "0 12px",
    }, () => toggle(false)));
    panel.append(bar);
    inside.append(opener, panel);
    document.body.append(host);
    let frame = null;

    function place() {
      const phone = matchMedia(PHONE).matches;
      Object.assign(panel.style, phone
        ? { inset: "0", width: "100%", height: "100%", borderRadius: "0" }
        : { inset: "auto 16px 16px auto", width: "min(420px, calc(100vw - 32px))",
            height: "min(680px, calc(100vh - 32px))", borderRadius: "12px" });
      panel.style.display = panel.hidden ? "none" : "flex";
    }
    function toggle(open) {
      panel.hidden = !open;
      opener.setAttribute("aria-expanded", String(open));
      opener.style.visibility = open ? "hidden" : "visible"; // the panel lies over it
      if (open && !frame) { // nothing is fetched before it is wanted
        frame = styled("iframe", { border: "0", width: "100%", flex: "1", minHeight: "0" }, {
          src: server + "/widget", title: called, allow: "clipboard-write",
        });
        panel.append(frame);
      }
      place();
      (open ? frame : opener).focus();
    }
    host.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !panel.hidden) toggle(false);
    });
    addEventListener("message", (event) => { // Esc was pressed inside the frame
      if (frame && event.source === frame.contentWindow && event.origin === server
        && event.data === NAME + ":close") toggle(false);
    });
    addEventListener("resize", place);
    place();
  }
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
