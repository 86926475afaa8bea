// The share sheet: copies the link, and gives link or picture to the phone's own sheet, where there is one.
// Without this file the link stands in its field and the picture is downloaded.
(function () {
  "use strict";
  var said = document.querySelector("[data-share-said]");
  var fetched = {};

  function say(what) {
    said.textContent = said.getAttribute("data-" + what);
    said.hidden = false;
    said.scrollIntoView({ block: "nearest" });
  }

  // Whoever closes the sheet has not failed.
  function failed(error) {
    if (error && error.name === "AbortError") return;
    say("failed");
  }

  function each(attribute, can, act) {
    Array.prototype.forEach.call(document.querySelectorAll("[" + attribute + "]"), function (button) {
      if (!can) return;
      button.hidden = false;
      button.addEventListener("click", function () {
        said.hidden = true;
        act(button.getAttribute(attribute), button);
      });
    });
  }

  function copy(id) {
    var field = document.getElementById(id);
    field.focus();
    field.select();
    if (navigator.clipboard) {
      navigator.clipboard.writeText(field.value).then(say.bind(null, "copied"), failed);
    } else if (document.execCommand("copy")) {
      say("copied");
    } else {
      failed();
    }
  }

  function picture(address, name) {
    return fetch(address, { credentials: "same-origin" }).then(function (response) {
      // Led away: signed out, or a step stands before it; the plain link says which.
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      return response.blob().then(function (blob) {
        return new File([blob], name, { type: "image/png" });
      });
    });
  }

  function shareFile(address, button) {
    if (fetched[address]) return navigator.share({ files: [fetched[address]] }).catch(failed);
    button.disabled = true;
    return picture(address, button.getAttribute("data-name"))
      .then(function (file) {
        fetched[address] = file;
        return navigator.share({ files: [file] });
      })
      .catch(function (error) {
        // A slow network: the tap is too long ago for the sheet to open, the next one has the picture at hand.
        if (error && error.name === "NotAllowedError" && fetched[address]) say("again");
        else failed(error);
      })
      .then(function () {
        button.disabled = false;
        button.focus();
      });
  }

  function sharesFiles() {
    try {
      return !!navigator.canShare && navigator.canShare({ files: [new File([""], "a.png", { type: "image/png" })] });
    } catch (error) {
      return false;
    }
  }

  each("data-copy", !!navigator.clipboard || !!document.queryCommandSupported, copy);
  each("data-share", !!navigator.share, function (address) {
    navigator.share({ url: address }).catch(failed);
  });
  each("data-share-file", !!navigator.share && sharesFiles(), shareFile);
})();
