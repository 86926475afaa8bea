// The sheet of cards: the page stays while the file comes, so it says so and unticks; printing again asks first.
(() => {
  const form = document.querySelector("form[data-cards]");
  if (!form) return;
  const notice = document.querySelector("[data-sheet-notice]");
  const ticked = () => [...form.querySelectorAll("input[name=enrolment]:checked")];
  const cookie = () => /(?:^|; )sheet=([0-9]+)/.exec(document.cookie);
  const forget = () => { document.cookie = "sheet=; path=/; max-age=0; samesite=strict"; };

  const came = (boxes, count) => {
    forget();
    for (const box of boxes) {
      box.checked = false;
      box.dataset.printed = "";
      delete box.dataset.own;
    }
    notice.querySelector("[data-sheet-count]").textContent = count;
    notice.hidden = false;
    notice.scrollIntoView({ block: "nearest" });
  };
  const wait = (boxes, tries) => {
    const found = cookie();
    if (found) came(boxes, found[1]);
    else if (tries) setTimeout(wait, 300, boxes, tries - 1);
  };

  // Before shell.js asks, which listens further out.
  form.addEventListener("submit", () => {
    const boxes = ticked();
    if (boxes.some((box) => "own" in box.dataset)) form.dataset.confirm = form.dataset.againOwn;
    else if (boxes.some((box) => "printed" in box.dataset)) form.dataset.confirm = form.dataset.again;
    else delete form.dataset.confirm;
    forget();
    wait(boxes, 200); // a minute; nothing comes if she said no, or if the server refused
  });
})();
