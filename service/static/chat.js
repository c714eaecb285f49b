// The chat: sends a question, draws the reply, keeps the conversation for this tab.
// Everything from outside goes in through textContent. Words come from the page (data-texts).
(function () {
  "use strict";
  const main = document.getElementById("noi-dung");
  const words = JSON.parse(main.dataset.texts);
  const log = document.getElementById("tro-chuyen");
  const form = document.getElementById("hoi");
  const box = document.getElementById("cau-hoi");
  const fresh = document.getElementById("moi");
  const say = document.getElementById("bao");
  const suggestions = document.querySelector(".suggestions");
  const sendButton = form.querySelector(".primary");
  const STORE = "tro-chuyen";
  const KEPT = 30; // exchanges drawn again after a reload
  const TURNS = 6; // earlier messages sent along, so that a follow-up is understood
  const FIRST = 600; // characters shown before "Xem thêm"
  const CARDS = 2; // sources shown before it
  const QUOTE = 420; // characters of a quote shown before it (the style sheet cuts by lines)
  const PATIENCE = 30000; // milliseconds until a send counts as failed
  let exchanges = [];
  let sending = false;

  function el(tag, className, text) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined && text !== null) node.textContent = text;
    return node;
  }
  function button(text, action) {
    const node = el("button", "", text);
    node.type = "button";
    node.addEventListener("click", action);
    return node;
  }
  function newId() { // randomUUID exists only over https; an office may serve plain http inside
    if (crypto.randomUUID) return crypto.randomUUID();
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    const hex = Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
  function save() {
    const kept = exchanges.slice(-KEPT)
      .map(({ id, text, shown, reply, error }) => ({ id, text, shown, reply, error }));
    try { sessionStorage.setItem(STORE, JSON.stringify(kept)); } catch (e) { /* full or private */ }
  }
  function load() {
    try { return JSON.parse(sessionStorage.getItem(STORE)) || []; } catch (e) { return []; }
  }
  function whole(reply) {
    return reply.text || reply.more || reply.lead;
  }
  // What is said beside the cards: a plain chat prints quotes and places in its text, here the
  // cards show them. "more" carries the whole answer. The same rule stands in page_views.py.
  function spoken(reply) {
    const drawn = [];
    for (const s of reply.sources || []) {
      if (s.quote && !s.digest) drawn.push("“" + s.quote + "”");
      drawn.push("— " + s.place + ", " + s.title, s.title);
    }
    const isDrawn = (line) => { // a long text is cut, and marked "…", in the middle of a quote
      const start = line.replace(/…”?$/, "");
      return start === line ? drawn.includes(line) : drawn.some((d) => d.startsWith(start));
    };
    for (const row of reply.table || []) { // the table says what the text says paper by paper
      drawn.push(...(row.title + ": " + row.line).split("\n"));
    }
    const said = (line) => !isDrawn(line.trim()) && !line.startsWith(words.nearest);
    return asLines((reply.more || reply.lead).split("\n").filter(said).join("\n").trim());
  }
  function shortened(text) {
    if (text.length <= FIRST) return text;
    return text.slice(0, FIRST).replace(/\s+\S*$/, "") + "…";
  }
  function historyBefore(exchange) {
    const turns = [];
    for (const one of exchanges.slice(0, exchanges.indexOf(exchange))) {
      if (!one.reply) continue;
      turns.push({ role: "user", content: one.text });
      turns.push({ role: "assistant", content: whole(one.reply) });
    }
    return turns.slice(-TURNS);
  }

  // --- drawing -----------------------------------------------------------------------------
  function asLines(quote) { // bullets of a clause under each other; only white space changes
    return quote.replace(/([.;:,]) - /g, "$1\n- ");
  }
  function placeLink(source) {
    const safe = /^(\/(?!\/)|https?:\/\/)/.test(source.href || "");
    const place = el(safe ? "a" : "b", "", source.place);
    if (safe) place.href = source.href;
    return place;
  }
  function sourceCard(source, quoted, said) {
    const card = el("figure", source.digest ? "source digest" : "source");
    if (source.digest && !said.includes(words.digest)) card.append(el("p", "note", words.digest));
    if (source.quote && source.digest) card.append(el("p", "", source.quote));
    else if (source.quote && quoted) card.append(el("blockquote", "", "“" + asLines(source.quote) + "”"));
    const caption = el("figcaption");
    caption.append(el("span", "", source.title), placeLink(source));
    card.append(caption);
    return card;
  }
  function comparison(rows) {
    const table = el("table", "comparison");
    const head = el("tr");
    for (const name of [words.table_paper, words.table_says]) {
      const cell = el("th", "", name);
      cell.scope = "col";
      head.append(cell);
    }
    table.append(el("thead"), el("tbody"));
    table.tHead.append(head);
    for (const row of rows) {
      const line = el("tr");
      const paper = el("th", "", row.title);
      paper.scope = "row";
      const says = el("td");
      if (row.line) says.append(el("p", "", row.line));
      for (const source of row.sources) {
        if (source.quote && !source.digest) says.append(el("blockquote", "", "“" + asLines(source.quote) + "”"));
        if (source.digest && source.quote) says.append(el("p", "", source.quote));
        const place = el("p", "place");
        place.append(placeLink(source));
        says.append(place);
      }
      line.append(paper, says);
      table.tBodies[0].append(line);
    }
    return table;
  }
  function sourceCards(sources, quoted, said) { // places without a quote share their paper's card
    const cards = [];
    let before = null;
    for (const source of sources) {
      const bare = !(source.quote && quoted);
      if (bare && before && before.document === source.document) {
        cards[cards.length - 1].lastChild.append(" · ", placeLink(source));
      } else {
        cards.push(sourceCard(source, quoted, said));
      }
      before = bare ? source : null;
    }
    return cards;
  }
  function asText(reply) { // an answer is forwarded alone: it takes its sources and status along
    const base = main.dataset.publicUrl; // unset: a link would not leave this machine
    const links = base ? (reply.sources || []).map((s) => new URL(s.href, base).href) : [];
    return [whole(reply), ...links].join("\n");
  }
  async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = el("textarea", "unseen", text); // plain http: no clipboard API
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("copy refused");
  }
  function copyButton(reply) {
    const node = button(words.copy, () => {
      copy(asText(reply)).then(() => words.copied, () => words.copy_failed).then((result) => {
        node.textContent = say.textContent = result;
        setTimeout(() => { node.textContent = words.copy; }, 2500);
      });
    });
    return node;
  }
  function moreButton(bubble, lead, full) {
    const node = button(words.more, () => {
      const open = bubble.classList.toggle("open");
      lead.textContent = open ? full : shortened(full);
      node.setAttribute("aria-expanded", String(open));
      node.textContent = open ? words.less : words.more;
    });
    node.setAttribute("aria-expanded", "false");
    return node;
  }
  function replyNode(reply) {
    const kind = ["answer", "clarify", "silent"].includes(reply.kind) ? reply.kind : "answer";
    const node = el("article", "message assistant " + kind);
    const bubble = el("div", "bubble");
    const full = spoken(reply);
    const lead = el("div", "lead", shortened(full));
    const sources = reply.sources || [];
    const cards = sourceCards(sources, kind !== "silent", full);
    if (full) bubble.append(lead);
    if (reply.status) bubble.append(el("p", "status", reply.status));
    if (reply.buttons && reply.buttons.length) {
      const choices = el("div", "choices");
      choices.append(el("p", "", words.choose));
      for (const b of reply.buttons) choices.append(button(b.label, () => ask(b.send, b.label)));
      bubble.append(choices);
    }
    const rows = reply.table || [];
    if (rows.length) bubble.append(comparison(rows));
    if (sources.length && !rows.length) {
      const list = el("div", "sources");
      list.append(el("h3", "", kind === "silent" ? words.nearest : words.sources));
      list.append(...cards);
      bubble.append(list);
    }
    const actions = el("div", "actions");
    const long = cards.length > CARDS
      || (kind !== "silent" && sources.some((s) => s.quote && s.quote.length > QUOTE));
    const hidden = full.length > FIRST || (long && !rows.length);
    if (hidden) actions.append(moreButton(bubble, lead, full));
    else bubble.classList.add("open");
    if (kind === "answer") actions.append(copyButton(reply));
    if (actions.firstChild) bubble.append(actions);
    node.append(el("h2", "who", words.assistant), bubble);
    return node;
  }
  function draw(exchange) {
    const question = el("article", "message user");
    question.append(el("h2", "who", words.you), el("div", "bubble", exchange.shown || exchange.text));
    exchange.state = el("p", "state");
    exchange.state.hidden = true;
    exchange.state.tabIndex = -1;
    question.append(exchange.state);
    exchange.node = question;
    log.append(question);
    if (exchange.reply) question.after(replyNode(exchange.reply));
    else if (exchange.error) fail(exchange, exchange.error, true);
    started();
  }
  function started() {
    suggestions.hidden = exchanges.length > 0;
    fresh.hidden = exchanges.length === 0;
    main.classList.toggle("talking", exchanges.length > 0);
  }
  function show(exchange, className, text) {
    exchange.state.className = "state " + className;
    exchange.state.textContent = text;
    exchange.state.hidden = !text;
  }
  function fail(exchange, message, retry) {
    exchange.error = message;
    show(exchange, "failed", message);
    if (retry) exchange.state.append(button(words.resend, () => send(exchange)));
  }
  function toTop(node) { // the question at the top, so that the answer is read from its beginning
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    node.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  // --- sending -----------------------------------------------------------------------------
  function ask(text, shown) {
    text = text.trim();
    if (!text) return false;
    if (sending) { say.textContent = words.busy; return false; }
    const exchange = { id: newId(), text, shown };
    exchanges.push(exchange);
    draw(exchange);
    send(exchange);
    return true;
  }
  async function send(exchange) { // a retry keeps the id: the server answers it once
    if (sending) { say.textContent = words.busy; return; }
    busy(true);
    exchange.error = words.interrupted; // what a reload in the middle would show
    save();
    const pressed = exchange.state.contains(document.activeElement); // "Gửi lại" is about to go
    show(exchange, "sending", words.sending);
    if (pressed) exchange.state.focus({ preventScroll: true });
    toTop(exchange.node);
    const clock = new AbortController();
    const timer = setTimeout(() => clock.abort(), PATIENCE);
    try {
      const response = await fetch("/chat/messages", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ id: exchange.id, text: exchange.text, history: historyBefore(exchange) }),
        signal: clock.signal,
      });
      const body = await response.json();
      if (response.ok) arrive(exchange, body);
      else refuse(exchange, response.status, body.error && body.error.message);
    } catch (e) {
      fail(exchange, words.failed, true);
    }
    clearTimeout(timer);
    busy(false);
    save();
  }
  function arrive(exchange, reply) {
    const node = replyNode(reply);
    exchange.reply = reply;
    exchange.error = "";
    if (reply.private) withhold(exchange);
    show(exchange, "", "");
    exchange.node.after(node);
    toTop(exchange.node);
  }
  function withhold(exchange) { // a message with a secrecy mark stays nowhere, not even on this page
    exchange.text = words.withheld;
    exchange.shown = "";
    exchange.node.querySelector(".bubble").textContent = words.withheld;
  }
  function refuse(exchange, status, message) {
    const later = status >= 500 || status === 408 || status === 409 || status === 429;
    if (!later && !box.value) box.value = exchange.text; // to be changed and sent anew
    fail(exchange, message || words.failed, later);
  }
  function busy(on) {
    sending = on;
    sendButton.setAttribute("aria-disabled", String(on));
    if (!on) say.textContent = ""; // "busy" is over
  }

  // --- wiring ------------------------------------------------------------------------------
  function grow() {
    box.style.height = "auto";
    box.style.height = box.scrollHeight + 4 + "px";
  }
  function submit(event) {
    event.preventDefault();
    if (ask(box.value)) { box.value = ""; grow(); }
    box.focus({ preventScroll: true });
  }
  form.addEventListener("submit", submit);
  box.addEventListener("input", grow);
  box.addEventListener("keydown", (event) => { // isComposing: Enter that ends a Telex/VNI word
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  });
  suggestions.addEventListener("click", (event) => {
    const chosen = event.target.closest("button");
    if (!chosen) return;
    event.preventDefault();
    ask(chosen.value);
    // On a phone the keyboard would cover the answer.
    if (matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
  });
  fresh.addEventListener("click", () => {
    if (sending) return;
    exchanges = [];
    log.replaceChildren();
    save();
    started();
    say.textContent = words.cleared;
    scrollTo(0, 0);
    box.focus({ preventScroll: true });
  });

  exchanges = load().filter((one) => one && one.id && typeof one.text === "string");
  log.replaceChildren();
  if (main.dataset.exchange) { // drawn by the server for /?q=…: join it to the conversation
    exchanges.push(Object.assign({ id: newId() }, JSON.parse(main.dataset.exchange)));
    history.replaceState(null, "", "/");
    save();
  }
  exchanges.forEach(draw);
  started();
  if (exchanges.length) exchanges[exchanges.length - 1].node.scrollIntoView({ block: "start" });
})();
