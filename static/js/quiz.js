// A test: each answer is sent as it is given, and kept on this phone until the server's receipt.
// Without this file the form's own buttons save and hand in.
(function () {
  "use strict";

  var done = document.querySelector("[data-quiz-done]");
  var form = document.querySelector("form[data-quiz]");
  var PREFIX = "quiz-";
  var PLACE = "quiz-at-"; // whose and which attempt's: where it is, so that her desk can lead back to it
  var REMEMBERED = 14 * 24 * 60 * 60 * 1000;
  var desk = document.querySelector("[data-quiz-left]");
  if (done) settle(done);
  if (desk) remind(desk);
  if (!form) return;

  var attempt = form.getAttribute("data-attempt");
  var kept = recall(attempt);
  var sending = null; // the item on its way
  var pause = 0;
  var timer = null;
  var clock = document.querySelector("[data-quiz-clock]");
  var ticking = null;
  var stopped = false;

  // ── what stays on the phone ──
  function recall(tag) {
    try {
      return JSON.parse(localStorage.getItem(PREFIX + tag)) || {};
    } catch (error) {
      return {};
    }
  }

  function keep() {
    try {
      if (!Object.keys(kept).length) return forget(attempt);
      localStorage.setItem(PREFIX + attempt, JSON.stringify(kept));
      var place = { at: Date.now(), page: window.location.pathname };
      localStorage.setItem(PLACE + form.getAttribute("data-owner") + "-" + attempt, JSON.stringify(place));
    } catch (error) {} // storage full or forbidden: the answers are still in this page and are sent all the same
  }

  function forget(tag) {
    try {
      localStorage.removeItem(PREFIX + tag);
      places("")
        .filter(function (place) {
          return place.tag === tag;
        })
        .forEach(function (place) {
          localStorage.removeItem(place.key);
        });
    } catch (error) {}
  }

  // The attempts of which this phone keeps answers; of one person, or of everybody.
  function places(owner) {
    return Object.keys(localStorage)
      .filter(function (key) {
        return key.indexOf(PLACE + owner) === 0;
      })
      .map(function (key) {
        return { key: key, tag: key.slice(key.lastIndexOf("-") + 1) };
      });
  }

  // ── on her desk: what was not received, and the way to where it is sent or counted ──
  function remind(notice) {
    var link = notice.querySelector("a");
    try {
      places(notice.getAttribute("data-quiz-left") + "-").forEach(function (place) {
        var left = JSON.parse(localStorage.getItem(place.key));
        var isOver = Date.now() - left.at > REMEMBERED || !Object.keys(recall(place.tag)).length;
        if (isOver || !/^\/[a-z]{2}\/tests\/[0-9a-f-]+\/$/.test(left.page)) return forget(place.tag);
        if (notice.hidden) notice.hidden = false;
        else link = link.parentNode.appendChild(link.cloneNode(true));
        link.setAttribute("href", left.page);
      });
    } catch (error) {} // storage forbidden: nothing is kept either
  }

  // ── after the end: what the server has not got came too late ──
  function settle(notice) {
    var tag = notice.getAttribute("data-quiz-done");
    var saved = JSON.parse(notice.getAttribute("data-saved"));
    var before = recall(tag);
    var unsent = Object.keys(before).filter(function (key) {
      return !has(saved[key], before[key]);
    }).length;
    var count = notice.querySelector("[data-count]");
    var late = Math.max(unsent, Number(count.textContent)); // the form that she sent may have brought them
    count.textContent = late;
    notice.hidden = !late;
    if (notice.hasAttribute("data-handed-in")) forget(tag);
  }

  // The whole form may have brought an answer whose own receipt got lost.
  function has(saved, one) {
    if (!saved) return !Object.keys(one.response).length;
    return saved.revision >= one.revision || spelt(saved.response) === spelt(one.response);
  }

  function spelt(response) {
    if (Array.isArray(response)) return response.slice().sort().join();
    return Object.keys(response)
      .sort()
      .map(function (letter) {
        return letter + response[letter];
      })
      .join();
  }

  // ── the page's questions ──
  function itemOf(key) {
    return form.querySelector('[data-item="' + key + '"]');
  }

  function revisionOf(item) {
    return Number(item.getAttribute("data-revision"));
  }

  function setRevision(item, revision) {
    item.setAttribute("data-revision", revision);
    form.elements["rev-" + item.getAttribute("data-item")].value = revision;
  }

  function inputs(item, selector) {
    return Array.prototype.slice.call(item.querySelectorAll(selector));
  }

  function read(item) {
    var kind = item.getAttribute("data-kind");
    if (kind !== "ordering" && kind !== "matching") {
      return inputs(item, "input:checked").map(function (input) {
        return input.value;
      });
    }
    return inputs(item, "select").reduce(function (said, select) {
      if (select.value) said[select.getAttribute("data-letter")] = kind === "ordering" ? Number(select.value) : select.value;
      return said;
    }, {});
  }

  function write(item, response) {
    inputs(item, ".choice input").forEach(function (input) {
      input.checked = response.indexOf(input.value) >= 0;
    });
    inputs(item, "select").forEach(function (select) {
      select.value = String(response[select.getAttribute("data-letter")] || "");
    });
    remember(item);
  }

  function remember(item) {
    inputs(item, "select").forEach(function (select) {
      select.setAttribute("data-before", select.value);
      var whole = select.parentNode.querySelector("[data-chosen]"); // a narrow select cuts a long answer off
      if (whole) whole.textContent = select.value ? select.options[select.selectedIndex].text : "";
    });
  }

  // Two lines cannot have one place: the other one takes the place that this one had.
  function swap(item, chosen) {
    inputs(item, "select").forEach(function (select) {
      if (select !== chosen && select.value && select.value === chosen.value) {
        select.value = chosen.getAttribute("data-before") || "";
      }
    });
    remember(item);
  }

  // ── what the person sees ──
  function say(item, word) {
    var place = item.querySelector("[data-state]");
    place.textContent = "";
    place.hidden = !word;
    if (word) place.appendChild(wording(word));
  }

  function wording(word) {
    return document.importNode(document.querySelector('template[data-say="' + word + '"]').content, true);
  }

  function sayAll() {
    var keys = Object.keys(kept);
    var word = sending ? "sending" : keys.length ? "kept" : "saved";
    keys.forEach(function (key) {
      say(itemOf(key), key === sending ? "sending" : "kept");
    });
    var place = form.querySelector("[data-quiz-state]");
    if (place.getAttribute("data-now") === word) return;
    place.setAttribute("data-now", word);
    place.textContent = "";
    place.appendChild(wording(word));
  }

  function warn(message, withSignIn) {
    var notice = document.querySelector("[data-quiz-notice]");
    var lines = notice.querySelectorAll("p");
    lines[0].textContent = message || "";
    lines[1].hidden = !withSignIn;
    notice.hidden = !message;
    if (message) notice.scrollIntoView({ block: "nearest" });
  }

  // ── to the server ──
  function token() {
    var name = form.getAttribute("data-csrf-cookie") + "=";
    var cookie = document.cookie.split("; ").filter(function (one) {
      return one.indexOf(name) === 0;
    })[0];
    var field = form.elements.csrfmiddlewaretoken;
    if (cookie) field.value = cookie.slice(name.length); // renewed by signing in again in another tab
    return field.value;
  }

  function send() {
    window.clearTimeout(timer);
    var key = Object.keys(kept)[0];
    if (sending || stopped || !key) return;
    var said = kept[key];
    sending = key;
    sayAll();
    fetch(form.getAttribute("data-quiz"), {
      method: "POST",
      credentials: "same-origin",
      redirect: "error", // a captive portal's page is no receipt
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify({
        attempt: attempt,
        owner: form.getAttribute("data-owner"),
        item: key,
        revision: said.revision,
        response: said.response,
      }),
    })
      .then(function (response) {
        return response.json().then(function (body) {
          return { status: response.status, body: body };
        });
      })
      .then(function (answer) {
        sending = null;
        receive(key, said, answer.status, answer.body);
      })
      .catch(function () {
        sending = null;
        later();
      });
  }

  function receive(key, said, status, body) {
    if (status === 200 && body.item === key) return acknowledge(key, said, body);
    if (status === 401) warn(body.message, true);
    if (status === 409 || status === 404) return refuse(body);
    later();
  }

  function acknowledge(key, said, body) {
    var item = itemOf(key);
    pause = 0;
    warn("");
    if (kept[key] === said) delete kept[key]; // not if she changed it meanwhile
    if (body.saved) say(item, kept[key] ? "kept" : "saved");
    else if (!kept[key]) {
      write(item, body.response);
      setRevision(item, body.revision);
      say(item, "older");
    } else {
      kept[key].revision = body.revision + 1; // changed after the other device's answer was in
      setRevision(item, kept[key].revision);
    }
    keep();
    sayAll();
    send();
  }

  // Closed, over, handed in: sending again cannot help; the page says why and shows what counts.
  function refuse(body) {
    stopped = true;
    warn(body.message);
    sayAll();
    if (["handed_in", "time_over", "paper_closed", "begun_anew"].indexOf(body.code) >= 0) {
      window.clearTimeout(ticking);
      clock.textContent = "";
      inputs(form, "button, .choice input, select").forEach(function (control) {
        control.disabled = true;
      });
      window.setTimeout(function () {
        window.location.replace(window.location.pathname); // reload() would send a form again that led here
      }, 4000);
    }
  }

  function later() {
    sayAll();
    pause = Math.min(pause ? pause * 2 : 4000, 30000);
    window.clearTimeout(timer);
    timer = window.setTimeout(send, pause);
  }

  // ── when ──
  form.addEventListener("change", function (event) {
    var item = event.target.closest("[data-item]");
    if (!item) return;
    if (item.getAttribute("data-kind") === "ordering") swap(item, event.target);
    else remember(item);
    var key = item.getAttribute("data-item");
    setRevision(item, revisionOf(item) + 1);
    kept[key] = { revision: revisionOf(item), response: read(item) };
    keep();
    sayAll();
    send();
  });

  form.addEventListener("submit", token);

  function again() {
    if (document.hidden) return;
    pause = 0;
    send();
  }
  window.addEventListener("online", again);
  window.addEventListener("pageshow", again);
  document.addEventListener("visibilitychange", again);

  // An attempt that gave way to this one: what was kept of it is sent nowhere any more.
  function forgetBefore() {
    try {
      places(form.getAttribute("data-owner") + "-").forEach(function (place) {
        var page = JSON.parse(localStorage.getItem(place.key)).page;
        if (place.tag !== attempt && page.split("/")[3] === window.location.pathname.split("/")[3]) forget(place.tag);
      });
    } catch (error) {}
  }
  forgetBefore();

  // ── what was kept before this page was loaded: a newer answer from the server wins ──
  inputs(form, "[data-item]").forEach(function (item) {
    var key = item.getAttribute("data-item");
    var before = kept[key];
    if (before && before.revision > revisionOf(item)) {
      write(item, before.response);
      setRevision(item, before.revision);
    } else {
      delete kept[key];
      remember(item);
    }
  });
  Object.keys(kept).forEach(function (key) {
    if (!itemOf(key)) delete kept[key];
  });
  keep();
  if (Object.keys(kept).length) sayAll();
  send();

  // ── the clock ──
  var end = Date.now() + Number(clock.getAttribute("data-quiz-clock")) * 1000;
  function tick() {
    var left = Math.ceil((end - Date.now()) / 60000);
    clock.textContent = left > 0 ? "· " + clock.getAttribute("data-minutes") + " " + left : "· " + clock.getAttribute("data-over");
    if (left > 0) ticking = window.setTimeout(tick, Math.min(10000, end - Date.now() + 100));
    else warn(clock.getAttribute("data-ended"));
  }
  tick();
})();
