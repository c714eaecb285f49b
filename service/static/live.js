// What the assistant says by itself: a stream of events, and where something on the way holds the
// stream back, a look every few seconds. Only while the page is seen.
(function (troly) {
  "use strict";
  const READY = 8000; // milliseconds until a stream must have said that it is open
  const AGAIN = 3000; // before a stream that broke is opened anew
  const BREAKS = 3; // so many breaks, and we look instead
  const LASTING = 60000; // a stream that held so long has not failed
  const LOOK = 10000; // between two looks
  const LOOKS = 12; // then a stream is tried again

  // `after` gives the newest message that is known, `take` gets each new one.
  troly.listen = function (after, take) {
    let on = false;
    let source = null;
    let timer = 0;
    let breaks = 0;
    let looks = 0;
    let opened = 0;

    function address(what) {
      return "/chat/" + what + "?after=" + after() + (troly.here === "widget" ? "&widget=1" : "");
    }
    function wait(milliseconds, next) {
      clearTimeout(timer);
      timer = setTimeout(next, milliseconds);
    }
    function close() {
      clearTimeout(timer);
      if (source) source.close();
      source = null;
    }
    function open() {
      if (!window.EventSource) { look(); return; }
      opened = 0;
      source = new EventSource(address("events"));
      source.addEventListener("ready", () => { clearTimeout(timer); opened = Date.now(); });
      source.addEventListener("message", (event) => take(JSON.parse(event.data)));
      source.addEventListener("error", broke);
      wait(READY, broke); // some proxies keep a stream to themselves
    }
    function broke() {
      close();
      if (!on) return;
      if (!opened) { look(); return; }
      breaks = Date.now() - opened > LASTING ? 1 : breaks + 1;
      if (breaks < BREAKS) wait(AGAIN * breaks, open);
      else look();
    }
    async function look() {
      try {
        const response = await fetch(address("updates"), { headers: { "X-Troly": troly.here } });
        if (response.ok && on) (await response.json()).replies.forEach(take);
      } catch (e) { /* no connection: the next look may have one */ }
      if (!on || document.hidden || source) return;
      looks += 1;
      if (looks % LOOKS) wait(LOOK, look);
      else { breaks = 0; wait(LOOK, open); }
    }
    function start() {
      on = true;
      if (document.hidden || source) return;
      close();
      if (breaks < BREAKS) open();
      else look();
    }
    function stop() {
      on = false;
      close();
    }
    document.addEventListener("visibilitychange", () => {
      if (!on) return;
      if (document.hidden) close();
      else start();
    });
    return { start, stop };
  };
})(window.troly);
