// Long work: fetches [data-poll] every two seconds and puts the answer in its place, until the answer has no data-poll.
(function () {
  "use strict";
  var PAUSE = 2000;

  function next() {
    if (document.querySelector("[data-poll]")) window.setTimeout(poll, PAUSE);
  }

  function poll() {
    var here = document.querySelector("[data-poll]");
    if (document.hidden) return next();
    fetch(here.getAttribute("data-poll"), { credentials: "same-origin", headers: { "HX-Request": "true" } })
      .then(function (response) {
        if (!response.ok || response.redirected) throw new Error(String(response.status));
        return response.text();
      })
      .then(function (html) {
        here.outerHTML = html;
      })
      .catch(function () {}) // no network: the next turn tries again
      .then(next);
  }

  next();
})();
