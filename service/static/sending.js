// Sends messages and files to the assistant; a message that is sent again keeps its id, and the
// server answers it once.
(function (troly) {
  "use strict";
  const here = troly.main.dataset.here; // "widget" inside a portal's page
  const PATIENCE = 30000; // milliseconds until a message counts as failed
  const OVERTAKEN = [1000, 2000, 4000, 5000]; // waits while an earlier attempt is being answered
  const BROKEN = [1000, 3000]; // waits before a server that failed is asked again

  function newId() { // randomUUID exists only over https; an office may serve plain http inside
    if (crypto.randomUUID) return crypto.randomUUID();
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    const hex = Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
  // What came back: {status, replies, forgotten, message}; throws when nothing understandable did.
  function read(status, body) {
    const ok = status >= 200 && status < 300;
    if (ok && !Array.isArray(body.replies)) throw new Error("not our server");
    return { ok, status, message: body.error && body.error.message, ...body };
  }
  async function message(fields) {
    const clock = new AbortController();
    const timer = setTimeout(() => clock.abort(), PATIENCE);
    try {
      const response = await fetch("/chat/messages", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Troly": here },
        body: JSON.stringify(fields),
        signal: clock.signal,
      });
      return read(response.status, await response.json().catch(() => ({})));
    } finally {
      clearTimeout(timer);
    }
  }
  // What is wrong in words, or "" when the vote was kept.
  async function vote(fields) {
    const response = await fetch("/chat/votes", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Troly": here },
      body: JSON.stringify(fields),
    });
    const body = await response.json();
    return response.ok ? "" : body.error.message;
  }
  // `onShare` is told which share of the file has gone; the promise's `cancel` stops it.
  function file(id, blob, onShare) {
    const request = new XMLHttpRequest(); // fetch cannot tell how far it is
    const sent = new Promise((resolve, reject) => {
      request.upload.onprogress = (event) => onShare(event.total ? event.loaded / event.total : 0);
      request.upload.onload = () => onShare(1);
      request.onerror = () => reject(new Error("failed"));
      request.onabort = () => reject(Object.assign(new Error("cancelled"), { cancelled: true }));
      request.onload = () => {
        let body = {};
        try { body = JSON.parse(request.responseText); } catch (e) { /* not our server */ }
        try { resolve(read(request.status, body)); } catch (e) { reject(e); }
      };
    });
    const form = new FormData();
    form.append("file", blob);
    request.open("POST", "/chat/files?id=" + encodeURIComponent(id));
    request.setRequestHeader("X-Troly", here);
    request.send(form);
    sent.cancel = () => request.abort();
    return sent;
  }
  // Ask again after a moment where that may help; `attempt` sends once.
  async function patiently(attempt) {
    for (let tries = 0; ; tries += 1) {
      const answer = await attempt();
      const waits = answer.status === 409 ? OVERTAKEN : answer.status >= 500 ? BROKEN : [];
      if (tries >= waits.length) return answer;
      await new Promise((resolve) => setTimeout(resolve, waits[tries]));
    }
  }
  Object.assign(troly, { here, newId, message, vote, file, patiently });
})(window.troly);
