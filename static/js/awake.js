// Keeps the screen awake while [data-keep-awake] is on the page: a code that a hall scans must not go dark.
(function () {
  "use strict";
  if (!("wakeLock" in navigator)) return;
  var lock = null;

  function settle() {
    var wanted = !document.hidden && document.querySelector("[data-keep-awake]");
    if (wanted && (!lock || lock.released)) {
      navigator.wakeLock.request("screen").then(
        function (given) {
          lock = given;
        },
        function () {} // a low battery: the screen behaves as it always does
      );
    }
    if (!wanted && lock) lock.release();
  }

  document.addEventListener("visibilitychange", settle); // the browser lets go when the page is hidden
  document.addEventListener("htmx:afterSettle", settle);
  settle();
})();
