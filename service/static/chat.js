// The chat: what was said in this tab, kept over a reload; asking, sending files, the menu.
(function (troly) {
  "use strict";
  const { main, words, say, el, button, here } = troly;
  const log = document.getElementById("tro-chuyen");
  const form = document.getElementById("hoi");
  const box = document.getElementById("cau-hoi");
  const fresh = document.getElementById("moi");
  const news = document.getElementById("tin-moi");
  const menuButton = document.getElementById("viec");
  const menu = document.getElementById("viec-chon");
  const picker = document.getElementById("tep");
  const attachButton = document.getElementById("kem-tep");
  const suggestions = document.querySelector(".suggestions");
  const sendButton = form.querySelector(".primary");
  const STORE = here === "widget" ? "tro-chuyen-nhung" : "tro-chuyen"; // of this tab
  const NEWEST = STORE + "-cuoi"; // of this browser: a new tab need not be told what was told
  const KEPT = 30; // exchanges drawn again after a reload
  const SEEN = 200; // messages that are known by their id
  const LARGEST = main.dataset.uploadMb * 1024 * 1024; // bytes of a file
  let exchanges = [];
  let seen = [];
  let newest = 0; // the newest message that came by stream or look
  let known = false; // whether the server has heard of us
  let sending = false;
  let anew = ""; // the id of a "start anew" that the server has not heard yet
  let telling = Promise.resolve();
  const live = troly.listen(() => newest, hear);

  // --- memory ------------------------------------------------------------------------------
  function remember(storage, key, value) {
    try { storage().setItem(key, value); } catch (e) { /* full, or private mode */ }
  }
  function recall(storage, key) {
    try { return JSON.parse(storage().getItem(key)); } catch (e) { return null; }
  }
  const ofTab = () => sessionStorage; // even naming them may be refused inside a portal
  const ofBrowser = () => localStorage;
  function save() {
    const kept = exchanges.slice(-KEPT).map(({ id, text, shown, file, replies, error, unasked }) =>
      ({ id, text, shown, file, replies: replies.filter((one) => !one.closed), error, unasked }));
    // What not everybody may read is asked for again: the server looks who may still see it.
    const left = exchanges.slice(-KEPT).flatMap((one) => one.replies)
      .filter((one) => one.closed).map((one) => one.id);
    const last = {
      exchanges: kept,
      seen: seen.slice(-SEEN).filter((id) => !left.includes(id)),
      newest: Math.min(newest, ...left.map((id) => id - 1)),
      known,
    };
    remember(ofTab, STORE, JSON.stringify(last));
    if (known) remember(ofBrowser, NEWEST, String(newest));
  }
  function load() {
    const kept = recall(ofTab, STORE) || {};
    const other = recall(ofBrowser, NEWEST);
    const list = (value) => (Array.isArray(value) ? value : []);
    known = kept.known === true || typeof other === "number";
    newest = Number(kept.newest) || Number(other) || 0;
    seen = list(kept.seen);
    exchanges = list(kept.exchanges)
      .filter((one) => one && one.id && typeof one.text === "string" && Array.isArray(one.replies));
  }
  function wipe() { // the person was forgotten: this browser forgets as well
    live.stop();
    exchanges = [];
    seen = [];
    newest = 0;
    known = false;
    try { ofTab().removeItem(STORE); ofBrowser().removeItem(NEWEST); } catch (e) { /* nothing kept */ }
    log.replaceChildren();
    started();
  }

  // --- drawing -----------------------------------------------------------------------------
  function draw(exchange) {
    exchange.node = el("div", "exchange");
    if (!exchange.unasked) {
      const question = el("article", "message user");
      const bubble = el("div", "bubble", exchange.shown || exchange.text);
      if (exchange.file) bubble.classList.add("file");
      exchange.state = el("p", "state");
      exchange.state.tabIndex = -1;
      question.append(el("h2", "who", words.you), bubble, exchange.state);
      exchange.node.append(question);
    }
    log.append(exchange.node);
    exchange.replies.forEach((reply) => drawReply(exchange, reply));
    settled(exchange);
    started();
  }
  function drawReply(exchange, reply) {
    const node = troly.replyNode(reply, press);
    if (node) exchange.node.append(node);
  }
  function settled(exchange) {
    if (exchange.unasked) return;
    if (exchange.error) fail(exchange, exchange.error, !exchange.file);
    else show(exchange, "", exchange.replies.length ? "" : words.noted);
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
  function fail(exchange, message, again) {
    exchange.error = message;
    show(exchange, "failed", message);
    if (again) exchange.state.append(button(words.resend, () => send(exchange)));
  }
  function toTop(node) { // the question at the top, so that the answer is read from its beginning
    news.hidden = true;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    node.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  // --- what comes back ---------------------------------------------------------------------
  function attach(exchange, reply) {
    if (seen.includes(reply.id)) return false;
    seen.push(reply.id);
    exchange.replies.push(reply);
    drawReply(exchange, reply);
    if (reply.private) withhold(exchange);
    return true;
  }
  function withhold(exchange) { // a message with a secrecy mark stays nowhere, not even on this page
    exchange.text = words.withheld;
    exchange.shown = "";
    exchange.file = null;
    exchange.node.querySelector(".bubble").textContent = words.withheld;
  }
  function hear(reply) { // by stream or look: our own replies come this way, too
    newest = Math.max(newest, reply.id);
    const asked = exchanges.find((one) => one.id === reply.to);
    if (asked && attach(asked, reply)) {
      asked.error = "";
      if (!asked.state.classList.contains("sending")) show(asked, "", "");
    }
    // A reply to what another tab asked, or to what was put away, is not ours to draw.
    if (!reply.answers && !seen.includes(reply.id)) hearUnasked(reply);
    save();
  }
  function hearUnasked(reply) {
    const pushed = { id: "tin-" + reply.id, text: "", replies: [], unasked: true };
    const low = innerHeight + scrollY > document.documentElement.scrollHeight - 160;
    exchanges.push(pushed);
    draw(pushed);
    attach(pushed, reply);
    if (low) toTop(pushed.node);
    else news.hidden = false;
  }
  function settle(exchange, answer) {
    exchange.error = "";
    if (answer.forgotten) { farewell(answer.replies); return; }
    answer.replies.forEach((reply) => attach(exchange, reply));
    settled(exchange);
    known = true;
    live.start();
    toTop(exchange.node);
  }
  function farewell(replies) {
    wipe();
    log.append(...replies.map((reply) => troly.replyNode(reply, press)).filter(Boolean));
    toTop(log);
  }
  function refuse(exchange, answer) {
    const later = answer.status >= 500 || [408, 409, 429].includes(answer.status);
    if (!later && !exchange.file && !box.value) box.value = exchange.text; // to be changed
    fail(exchange, answer.message || words.failed, later);
  }

  // --- sending -----------------------------------------------------------------------------
  function isBusy() {
    if (sending) say.textContent = words.busy;
    return sending;
  }
  function ask(text, shown, pressed) {
    text = text.trim();
    if (!text || isBusy()) return false;
    start({ text, shown, button: pressed });
    return true;
  }
  function press(choice) { // without an id it was drawn by the server for a page without scripts
    ask(choice.send || choice.label, choice.label, choice.id);
  }
  function start(fields) {
    const exchange = { id: troly.newId(), replies: [], error: words.interrupted, ...fields };
    exchanges.push(exchange);
    draw(exchange);
    return send(exchange);
  }
  async function send(exchange) {
    if (isBusy()) return;
    busy(true);
    exchange.error = exchange.file ? words.file_interrupted : words.interrupted; // after a reload
    save();
    const pressed = exchange.state.contains(document.activeElement); // "Gửi lại" is about to go
    show(exchange, "sending", words.sending);
    if (pressed) exchange.state.focus({ preventScroll: true });
    toTop(exchange.node);
    try {
      if (anew) await tellAnew();
      const answer = await troly.patiently(() => (exchange.file ? upload : post)(exchange));
      if (answer.ok) settle(exchange, answer);
      else if (!overheard(exchange)) refuse(exchange, answer);
    } catch (e) {
      if (!overheard(exchange)) fail(exchange, e.cancelled ? words.cancelled : words.failed, true);
    }
    busy(false);
    if (exchanges.includes(exchange)) save();
  }
  function overheard(exchange) { // the reply came by the stream, though the line broke
    if (!exchange.replies.length) return false;
    exchange.error = "";
    settled(exchange);
    return true;
  }
  function post(exchange) {
    const said = exchange.button ? { button: exchange.button } : { text: exchange.text };
    return troly.message({ id: exchange.id, ...said });
  }
  function busy(on) {
    sending = on;
    sendButton.setAttribute("aria-disabled", String(on));
    attachButton.setAttribute("aria-disabled", String(on));
    if (!on) say.textContent = ""; // "busy" is over
  }
  function startAnew() {
    if (isBusy()) return;
    exchanges = [];
    log.replaceChildren();
    save();
    started();
    say.textContent = words.cleared;
    scrollTo(0, 0);
    box.focus({ preventScroll: true });
    if (!known) return;
    anew = troly.newId();
    tellAnew().catch(() => { /* no connection: told again before the next question */ });
  }
  function tellAnew() { // until the server knows, the next question would be taken as a follow-up
    telling = telling.catch(() => {}).then(async () => {
      const told = { id: anew, text: main.dataset.fresh };
      if (anew && (await troly.patiently(() => troly.message(told))).ok) anew = "";
    });
    return telling;
  }

  // --- files -------------------------------------------------------------------------------
  function sized(bytes) { // "20 KB", "1,5 MB", as the assistant says it
    if (bytes < 1e6) return Math.max(1, Math.round(bytes / 1e3)) + " KB";
    return (bytes / 1e6).toFixed(1).replace(".", ",") + " MB";
  }
  async function sendFiles(files) {
    for (const blob of files) {
      if (isBusy()) return;
      const shown = words.file + " " + blob.name + " (" + sized(blob.size) + ")";
      const fields = { text: blob.name, shown, file: true, blob };
      if (blob.size <= LARGEST) { await start(fields); continue; }
      const error = words.file_too_large.replace("{limit}", main.dataset.uploadMb);
      const refused = { id: troly.newId(), replies: [], error, ...fields };
      exchanges.push(refused);
      draw(refused);
      toTop(refused.node);
      save();
    }
  }
  function upload(exchange) {
    const bar = el("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", words.uploading);
    const sent = troly.file(exchange.id, exchange.blob, (share) => {
      bar.value = share;
      if (share === 1) show(exchange, "sending", words.checking); // too late to call it back
    });
    show(exchange, "sending", words.uploading);
    exchange.state.append(bar, button(words.cancel, sent.cancel));
    return sent;
  }
  function isOfFiles(event) {
    return event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files");
  }
  function dropping(event) {
    if (!isOfFiles(event)) return;
    event.preventDefault();
    main.classList.toggle("dropping", event.type === "dragover");
    if (event.type === "drop") sendFiles(Array.from(event.dataTransfer.files));
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
  function toBox() { // on a phone the keyboard would cover the answer
    if (matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
  }
  function openMenu(open) {
    menu.hidden = !open;
    menuButton.setAttribute("aria-expanded", String(open));
    if (open) menu.querySelector("button").focus();
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
    toBox();
  });
  menuButton.addEventListener("click", () => openMenu(menu.hidden));
  menu.addEventListener("click", (event) => {
    const chosen = event.target.closest("button");
    if (!chosen) return;
    openMenu(false);
    menuButton.focus();
    ask(chosen.value, chosen.querySelector("strong").textContent);
  });
  document.addEventListener("click", (event) => {
    if (!menu.hidden && !event.target.closest(".menu")) openMenu(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (!menu.hidden) { openMenu(false); menuButton.focus(); }
    else if (here === "widget") parent.postMessage("troly-widget:close", "*"); // no secret in it
  });
  fresh.addEventListener("click", startAnew);
  news.addEventListener("click", () => {
    toTop(exchanges[exchanges.length - 1].node);
  });
  attachButton.addEventListener("click", () => { if (!isBusy()) picker.click(); });
  picker.addEventListener("change", () => {
    sendFiles(Array.from(picker.files));
    picker.value = ""; // the same file may be chosen again
  });
  for (const type of ["dragover", "dragleave", "drop"]) document.addEventListener(type, dropping);
  addEventListener("storage", (event) => { // forgotten in another tab
    if (event.key === NEWEST && event.newValue === null) wipe();
  });

  const first = main.dataset.first; // of /?moi=… and /?gopy=…
  if (first) history.replaceState(null, "", "/"); // a code does not stay in the address bar
  load();
  log.replaceChildren();
  if (main.dataset.exchange) { // drawn by the server for /?q=…: join it to the conversation
    const { text, reply, error } = JSON.parse(main.dataset.exchange);
    exchanges.push({ id: troly.newId(), text, error, replies: reply ? [reply] : [] });
    history.replaceState(null, "", "/");
    save();
  }
  exchanges.forEach(draw);
  started();
  if (exchanges.length) exchanges[exchanges.length - 1].node.scrollIntoView({ block: "start" });
  if (known) live.start();
  if (first) ask(first);
})(window.troly);
