// The roster sheet: what is ticked survives a reload or a dead battery until the server has answered.
(() => {
  const keptUnder = (key) => {
    try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; }
  };
  // Earlier versions kept the choice alone.
  const withChoice = (kept) => (typeof kept === "string" ? { value: kept, over: "" } : kept);
  // How many of the kept marks the server does not have; each is said beside its name.
  const showKept = (key) => {
    const marks = keptUnder(key);
    const choice = ({ dataset }) => dataset.read in marks && withChoice(marks[dataset.read]).value;
    const missing = Array.from(document.querySelectorAll("[data-read]")).filter(
      (row) => choice(row) && choice(row) !== row.dataset.received,
    );
    for (const row of missing) {
      const chip = document.querySelector(`[data-kept="${CSS.escape(choice(row))}"]`);
      (row.querySelector(".roster-note") || row).append(chip.content.cloneNode(true));
    }
    return missing.length;
  };
  const form = document.querySelector("form[data-roster]");
  const refused = document.querySelector("[data-roster-refused]");
  // Before the roster opens, and where nobody is marked any more, there is no sheet: what was ticked stands beside the names.
  if (!form) {
    if (refused) refused.hidden = !showKept(`roster-${refused.dataset.rosterRefused}`);
    return;
  }
  const key = `roster-${form.dataset.roster}`;
  const state = form.querySelector("[data-roster-state]");
  const clear = form.querySelector("[data-clear-unsent]");
  const all = form.querySelector("[data-all-present]");
  const chip = form.querySelector("[data-unsent-chip]");
  const overtakenChip = form.querySelector("[data-overtaken-chip]");

  const unsent = () => keptUnder(key);
  const rows = new Map(Array.from(form.querySelectorAll(".roster-row"), (row) => [row.querySelector("input").name, row]));
  const radio = (row, value) => row.querySelector(`input[type="radio"][value="${CSS.escape(value)}"]`);
  const label = (row, value) => (value ? radio(row, value).parentNode.textContent.trim() : overtakenChip.dataset.unmarked);
  const receivedIn = (row) => (row.querySelector("input[data-received]") || { value: "" }).value;

  // A mark is tapped over what the server has then, and the server takes it over nothing else.  Where another word stands
  // by now, that one is shown, and hers is kept beside it until she taps again.
  const isOvertaken = (row, kept) => Boolean(kept) && kept.over !== receivedIn(row);

  // Under a choice that the server does not have stands nothing that says "received".
  const sayWhatIsSent = (row, isUnsent) => {
    const sent = row.querySelector("[data-sent]");
    const said = row.querySelector("[data-unsent]");
    if (sent) sent.hidden = isUnsent;
    if (said && !isUnsent) said.remove();
    if (!said && isUnsent) row.querySelector(".roster-note").prepend(chip.content.cloneNode(true));
  };
  const sayOvertaken = (row, kept) => {
    const said = row.querySelector("[data-overtaken]");
    if (said) said.remove();
    if (!isOvertaken(row, kept)) return;
    const note = overtakenChip.content.cloneNode(true);
    const text = note.querySelector(".status > span");
    const words = { "{now}": label(row, receivedIn(row)), "{hers}": label(row, kept.value) };
    text.textContent = text.textContent.replace(/\{now\}|\{hers\}/g, (word) => words[word]);
    row.querySelector(".roster-note").prepend(note);
  };
  const mine = (marks) => Object.keys(marks).filter((name) => rows.has(name));
  const countUnsent = (marks) => mine(marks).filter((name) => !isOvertaken(rows.get(name), marks[name])).length;
  const keep = (marks) => {
    if (Object.keys(marks).length) localStorage.setItem(key, JSON.stringify(marks));
    else localStorage.removeItem(key);
    for (const [name, row] of rows) {
      sayWhatIsSent(row, name in marks && !isOvertaken(row, marks[name]));
      sayOvertaken(row, marks[name]);
    }
    const count = countUnsent(marks);
    state.textContent = count ? state.dataset.kept.replace("#", count) : "";
    clear.hidden = !mine(marks).length;
  };
  const overtaken = document.querySelector("[data-roster-overtaken]");
  const nameAbove = (row, { value }) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    row.id = row.id || `row-${row.querySelector("input").name}`;
    link.href = `#${row.id}`;
    link.append(document.createElement("bdi"));
    link.firstChild.textContent = row.querySelector("legend").textContent.trim();
    item.append(link, `: ${label(row, value)}`);
    overtaken.querySelector("ul").append(item);
    overtaken.hidden = false;
  };
  const show = (row, value) => {
    for (const one of row.querySelectorAll("input")) one.checked = one.value === value;
  };

  const before = unsent();
  // A tick on a sheet that was refused is kept like any other.
  const refusedRows = new Set(Array.from(form.querySelectorAll("[data-overtaken]"), (said) => said.closest(".roster-row")));
  for (const [name, row] of rows) {
    const shown = row.querySelector("input:checked");
    const isTick = shown && shown.value !== receivedIn(row);
    if (isTick) before[name] ||= { value: shown.value, over: refusedRows.has(row) ? null : receivedIn(row) };
  }
  const waiting = {};
  for (const [name, kept] of Object.entries(before)) {
    const row = rows.get(name);
    const one = withChoice(kept);
    if (row) show(row, isOvertaken(row, one) ? receivedIn(row) : one.value);
    // Nobody on this list: nothing to show or send, and nothing to throw away.
    if (!row || one.value !== receivedIn(row)) waiting[name] = one;
    // The answer to a refused sheet names them itself.
    if (row && name in waiting && isOvertaken(row, one) && !refusedRows.has(row)) nameAbove(row, one);
  }
  // Written without scripts, so without its button.
  form.querySelectorAll("[data-unsent]").forEach((said) => said.remove());
  keep(waiting);
  if (refused) refused.hidden = !countUnsent(waiting);

  const takeBack = (name) => {
    const { [name]: _taken, ...others } = unsent();
    show(rows.get(name), receivedIn(rows.get(name)));
    keep(others);
  };
  // A click comes before its change: what is kept already was chosen before, and this is the second tap on it.  Where
  // her own was overtaken, the tap on what stands there now lets it stand.
  const isSecondTap = ({ type, name, value }) => {
    const kept = type === "radio" && unsent()[name];
    if (!kept) return false;
    const row = rows.get(name);
    return value === (isOvertaken(row, kept) ? receivedIn(row) : kept.value);
  };
  form.addEventListener("click", ({ target }) => {
    if (isSecondTap(target)) return takeBack(target.name);
    if (!target.closest("[data-take-back]")) return;
    const row = target.closest(".roster-row");
    takeBack(row.querySelector("input").name);
    (row.querySelector("input:checked") || row.querySelector("input")).focus();
  });
  // Space on a choice that is made clicks in some browsers and does nothing in others.
  form.addEventListener("keyup", (event) => {
    if (event.key !== " " || !isSecondTap(event.target)) return;
    event.preventDefault();
    takeBack(event.target.name);
  });
  clear.addEventListener("click", () => {
    if (!window.confirm(clear.dataset.question)) return;
    for (const row of rows.values()) show(row, receivedIn(row));
    keep({});
    form.querySelector(".form-actions .button").focus();
  });

  form.addEventListener("change", ({ target }) => {
    if (target.type !== "radio" || !target.checked) return;
    const { [target.name]: _before, ...others } = unsent();
    const over = receivedIn(rows.get(target.name));
    keep(target.value === over ? others : { ...others, [target.name]: { value: target.value, over } });
  });

  // Only what she tapped is sent: what this page has as received may have been corrected since on another.
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, row] of rows) {
      const shown = row.querySelector("input:checked");
      if (!shown || !("received" in shown.dataset)) continue;
      formData.delete(name);
      formData.delete(name.replace("mark-", "over-"));
    }
  });

  all.hidden = false;
  all.addEventListener("click", () => {
    const marks = unsent();
    for (const [name, row] of rows) {
      if (name in marks || "joinedLater" in row.dataset || row.querySelector("input:checked")) continue;
      radio(row, "present").checked = true;
      marks[name] = { value: "present", over: "" };
    }
    keep(marks);
  });
})();
