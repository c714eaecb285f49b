// Draws what the assistant says. Everything from outside goes in through textContent; the words
// of the page itself come with it (data-texts).
(function (troly) {
  "use strict";
  const main = document.getElementById("noi-dung");
  const words = JSON.parse(main.dataset.texts);
  const say = document.getElementById("bao");
  const KINDS = ["answer", "clarify", "silent", "notice"];
  const FIRST = 600; // characters shown before "Xem thêm"
  const CARDS = 2; // sources shown before it
  const QUOTE = 420; // characters of a quote shown before it (the style sheet cuts by lines)
  const PASSED_ON = 160; // characters from which a notice is worth copying: a code, a text for a group

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
  function whole(reply) {
    return reply.text || reply.more || reply.lead;
  }
  // What is said beside the cards: a plain chat prints quotes and places in its text, here the
  // cards show them. "more" carries the whole answer. The same rule stands in page_views.py.
  function spoken(reply) {
    const drawn = [];
    for (const s of reply.sources || []) {
      if (s.quote && !s.digest) drawn.push("“" + s.quote + "”");
      drawn.push("— " + s.place + ", " + s.title, "— " + s.place, s.title);
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
  function asLines(quote) { // bullets of a clause under each other; only white space changes
    return quote.replace(/([.;:,]) - /g, "$1\n- ");
  }
  function isSafe(href) {
    return /^(\/(?!\/)|https?:\/\/)/.test(href || "");
  }
  function placeLink(source) {
    const safe = isSafe(source.href);
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
    const open = (reply.sources || []).filter((s) => s.href); // others have no page for everybody
    const links = base ? open.map((s) => new URL(s.href, base).href) : [];
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
  function choices(reply, press) {
    const list = el("div", "choices");
    list.append(el("p", "", words.choose));
    for (const b of reply.buttons) list.append(button(b.label, () => press(b)));
    return list;
  }
  function fileLink(file) { // what a browser shows by itself opens beside the page
    if (!isSafe(file.href)) return el("b", "", file.name);
    const link = el("a", "file");
    link.href = file.href;
    link.target = "_blank";
    if (/^image\/(png|jpeg)$/.test(file.media_type)) {
      const picture = el("img");
      picture.src = file.href;
      picture.alt = "";
      link.append(picture);
    }
    link.append(el("span", "", words.file + " " + file.name));
    return link;
  }
  function sourceList(reply, cards) {
    const list = el("div", "sources");
    list.append(el("h3", "", reply.kind === "silent" ? words.nearest : words.sources), ...cards);
    return list;
  }
  function isCopied(reply, kind, full) {
    if (kind === "notice") return full.length > PASSED_ON && !(reply.buttons || []).length;
    return kind === "answer";
  }
  // Two small buttons; a word on it can be added once one is pressed. The last one pressed counts.
  function votes(reply) {
    const node = el("div", "votes");
    node.setAttribute("role", "group");
    node.setAttribute("aria-label", words.vote_label);
    const id = "nhan-xet-" + reply.id;
    const told = el("p", "told");
    const form = el("form", "remark");
    const label = el("label", "", words.vote_comment);
    const box = el("input");
    label.htmlFor = box.id = id;
    box.maxLength = 500;
    box.autocomplete = "off";
    const submit = el("button", "", words.vote_send);
    form.append(label, box, submit);
    form.hidden = true;
    let sending = false;
    async function cast(helpful, comment) {
      if (sending) return;
      sending = true;
      let wrong = words.vote_failed;
      try { wrong = await troly.vote({ vote: reply.vote, helpful, comment }); } catch (e) { /* no connection */ }
      sending = false;
      told.textContent = say.textContent = wrong || words.vote_thanks;
      if (wrong) return;
      reply.voted = helpful;
      pressed();
      form.hidden = Boolean(comment);
    }
    const choice = (helpful, text) => {
      const one = button(text, () => cast(helpful, ""));
      one.className = "vote";
      return one;
    };
    const good = choice(true, words.vote_good);
    const bad = choice(false, words.vote_bad);
    function pressed() {
      good.setAttribute("aria-pressed", String(reply.voted === true));
      bad.setAttribute("aria-pressed", String(reply.voted === false));
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (box.value.trim()) cast(reply.voted, box.value.trim());
    });
    pressed();
    node.append(good, bad, form, told);
    return node;
  }
  // One reply; `press` is called with a button that is pressed. null: there is nothing to show.
  function replyNode(reply, press) {
    const kind = KINDS.includes(reply.kind) ? reply.kind : "answer";
    const bubble = el("div", "bubble");
    const full = spoken(reply);
    const lead = el("div", "lead", kind === "notice" ? full : shortened(full));
    const sources = reply.sources || [];
    const cards = sourceCards(sources, kind !== "silent", full);
    const rows = reply.table || [];
    if (full) bubble.append(lead);
    if (reply.status) bubble.append(el("p", "status", reply.status));
    if (reply.file) bubble.append(fileLink(reply.file));
    if (reply.buttons && reply.buttons.length) bubble.append(choices(reply, press));
    if (rows.length) bubble.append(comparison(rows));
    if (sources.length && !rows.length) bubble.append(sourceList(reply, cards));
    if (!bubble.firstChild) return null;
    const actions = el("div", "actions");
    const long = cards.length > CARDS
      || (kind !== "silent" && sources.some((s) => s.quote && s.quote.length > QUOTE));
    const hidden = (full.length > FIRST && kind !== "notice") || (long && !rows.length);
    if (hidden) actions.append(moreButton(bubble, lead, full));
    else bubble.classList.add("open");
    if (isCopied(reply, kind, full)) actions.append(copyButton(reply));
    if (actions.firstChild) bubble.append(actions);
    if (reply.vote) bubble.append(votes(reply));
    const node = el("article", "message assistant " + kind);
    node.append(el("h2", "who", reply.officer ? words.officer : words.assistant), bubble);
    return node;
  }
  Object.assign(troly, { main, words, say, el, button, replyNode });
})(window.troly = window.troly || {});
