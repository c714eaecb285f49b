// The chosen clause is scrolled to in the source, beside it; the time of a duty is ready to be typed over.
(function () {
  "use strict";
  var mark = document.getElementById("doan");
  var box = mark && mark.closest(".source-text");
  var when = document.getElementById("nv-thoi-han");
  if (!box) { return; }
  box.scrollTop += mark.getBoundingClientRect().top - box.getBoundingClientRect().top - 24;
  if (when || location.hash === "#doan") {
    document.querySelector(".review").scrollIntoView();
  }
  if (when) {
    when.focus({ preventScroll: true });
    when.select();
  }
}());
