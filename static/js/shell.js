// What every page needs: leave at once, ask before it is done, stay where there is no connection, and htmx without eval, inline style or stored pages.
(function () {
  "use strict";

  var htmxConfig = document.createElement("meta");
  htmxConfig.name = "htmx-config";
  htmxConfig.content = JSON.stringify({
    allowEval: false,
    includeIndicatorStyles: false,
    historyCacheSize: 0, // htmx would keep pages in localStorage, on a phone that others look at
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..", swap: true },
      { code: "422", swap: true },
      { code: "[45]..", swap: false, error: true },
    ],
  });
  document.head.appendChild(htmxConfig);

  document.addEventListener("htmx:configRequest", function (event) {
    var token = document.querySelector("[name=csrfmiddlewaretoken]");
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.value;
  });

  // Where something is missing nothing would be done: the answer says what, and the question comes when it is there.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    var question = (event.submitter || form).getAttribute("data-confirm") || form.getAttribute("data-confirm");
    if (question && form.checkValidity() && !window.confirm(question)) event.preventDefault();
  });

  // A second tap would break off what the first one asked for, and its answer is shown once.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || !form.hasAttribute("data-once")) return;
    if (form.hasAttribute("data-sent")) event.preventDefault();
    form.setAttribute("data-sent", "");
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      form.removeAttribute("data-sent"); // she came back to the page
    });
  });

  // Where the page keeps what was typed: without a connection it stays, in place of the browser's own error page.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || !form.hasAttribute("data-needs-network")) return;
    if (form.hasAttribute("data-reached")) return form.removeAttribute("data-reached");
    event.preventDefault();
    var notice = form.querySelector("[data-offline]");
    var button = event.submitter;
    whenReached(
      function () {
        notice.hidden = true;
        form.setAttribute("data-reached", "");
        form.requestSubmit(button);
      },
      function () {
        notice.hidden = false;
        notice.scrollIntoView({ block: "nearest" });
      }
    );
  });

  function whenReached(go, stay) {
    if (!navigator.onLine) return stay();
    var aborter = new AbortController();
    var timer = window.setTimeout(function () {
      aborter.abort();
    }, 10000);
    fetch("/healthz", { cache: "no-store", signal: aborter.signal }).then(
      function () {
        window.clearTimeout(timer);
        go();
      },
      function () {
        window.clearTimeout(timer);
        stay();
      }
    );
  }

  document.querySelectorAll("[data-with-scripts]").forEach(function (part) {
    part.hidden = false;
  });

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.addEventListener("click", function () {
      window.print();
    });
  });

  // A tick below a PIN shows what was typed; without scripts it stays dots.
  document.querySelectorAll("input[data-peek]").forEach(function (field) {
    var label = document.createElement("label");
    var tick = document.createElement("input");
    var words = document.createElement("span");
    label.className = "choice";
    tick.type = "checkbox";
    words.textContent = field.getAttribute("data-peek");
    label.append(tick, words);
    field.after(label);
    tick.addEventListener("change", function () {
      field.type = tick.checked ? "text" : "password";
    });
  });

  // "Copy" beside a field; only where the browser can (it cannot on a plain http address).
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(document.getElementById(button.getAttribute("data-copy")).value).then(function () {
        button.textContent = button.getAttribute("data-copied");
      });
    });
  });

  // Whoever leaves quickly is signed out here. Nothing waits for it: where the request does not get through, the next
  // page that finds her signed in, in any tab, shows nothing and asks again.
  var exit = document.querySelector("[data-quick-exit]");
  var signsOut = (exit && exit.form) || document.querySelector("form[data-signs-out]");

  function leaving(verb) {
    try {
      return localStorage[verb + "Item"]("leaving", "1");
    } catch (error) {
      return null; // storage forbidden: the first request has to do
    }
  }

  function signOut(then) {
    // The answer leads to the other site: it is not followed here.
    var asked = { method: "POST", body: new FormData(signsOut), keepalive: true, redirect: "manual" };
    fetch(signsOut.action, asked).then(then, function () {});
  }

  function stayAway() {
    if (!leaving("get")) return;
    if (!signsOut) return leaving("remove");
    document.documentElement.hidden = true;
    signOut(function () {
      window.location.reload();
    });
  }
  stayAway();
  window.addEventListener("storage", stayAway);
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) stayAway();
  });

  if (exit) {
    var escapedAt = -Infinity; // a page's clock starts at 0 too: one Escape while it is new is one only
    var leave = function (event) {
      event.preventDefault();
      document.documentElement.hidden = true; // gone before the network answers
      if (signsOut) {
        leaving("set");
        signOut();
      }
      window.location.replace(exit.getAttribute("data-quick-exit")); // and not behind the Back button
    };
    exit.addEventListener("click", leave);
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") return;
      if (event.timeStamp - escapedAt < 1000) leave(event);
      escapedAt = event.timeStamp;
    });
  }

  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
})();
