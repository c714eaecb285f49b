// Larger text, remembered on this device. Loaded before the page is drawn, so that nothing jumps.
(function () {
  "use strict";
  var root = document.documentElement;
  var read = function () { try { return localStorage.getItem("chu-lon") === "1"; } catch (e) { return false; } };
  var write = function (on) { try { localStorage.setItem("chu-lon", on ? "1" : "0"); } catch (e) { /* private mode */ } };
  root.classList.add("js");
  root.classList.toggle("large", read());
  document.addEventListener("DOMContentLoaded", function () {
    var button = document.getElementById("chu-lon");
    var show = function (on) {
      root.classList.toggle("large", on);
      button.setAttribute("aria-pressed", String(on));
    };
    show(read());
    button.addEventListener("click", function () {
      var on = !root.classList.contains("large");
      write(on);
      show(on);
    });
  });
})();
