// The roster sheet: what is ticked survives a reload or a dead battery until the server has answered.
(() => {
  const form = document.querySelector("form[data-roster]");
  const refused = document.querySelector("[data-roster-refused]");
  // Before the roster opens there is no sheet, only the word that what was ticked is still kept.
  if (!form) {
    if (refused) refused.hidden = !localStorage.getItem(`roster-${refused.dataset.rosterRefused}`);
    return;
  }
  const key = `roster-${form.dataset.roster}`;
  const state = form.querySelector("[data-roster-state]");
  const clear = form.querySelector("[data-clear-unsent]");
  const all = form.querySelector("[data-all-present]");
  const chip = form.querySelector("[data-unsent-chip]");

  const unsent = () => {
    try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; }
  };
  const rows = new Map(Array.from(form.querySelectorAll(".roster-row"), (row) => [row.querySelector("input").name, row]));
  const radio = (row, value) => row.querySelector(`input[value="${CSS.escape(value)}"]`);
  const receivedIn = (row) => (row.querySelector("input[data-received]") || { value: "" }).value;

  // Under a choice that the server does not have stands nothing that says "received".
  const sayWhatIsSent = (row, isUnsent) => {
    const sent = row.querySelector("[data-sent]");
    const said = row.querySelector("[data-unsent]");
    if (sent) sent.hidden = isUnsent;
    if (said && !isUnsent) said.remove();
    if (!said && isUnsent) row.querySelector(".roster-note").prepend(chip.content.cloneNode(true));
  };
  const countUnsent = (marks) => Object.keys(marks).filter((name) => rows.has(name)).length;
  const keep = (marks) => {
    if (Object.keys(marks).length) localStorage.setItem(key, JSON.stringify(marks));
    else localStorage.removeItem(key);
    for (const [name, row] of rows) sayWhatIsSent(row, name in marks);
    const count = countUnsent(marks);
    state.textContent = count ? state.dataset.kept.replace("#", count) : "";
    clear.hidden = !count;
  };
  const overtaken = document.querySelector("[data-roster-overtaken]");
  const sayOvertaken = (row, value) => {
    const item = document.createElement("li");
    const name = document.createElement("bdi");
    name.textContent = row.querySelector("legend").textContent.trim();
    item.append(name, `: ${radio(row, value).parentNode.textContent.trim()}`);
    overtaken.querySelector("ul").append(item);
    overtaken.hidden = false;
  };
  const show = (row, value) => {
    for (const one of row.querySelectorAll("input")) one.checked = one.value === value;
  };

  // A mark was tapped over what the server had then.  Where the server says something else by now, that word is newer.
  const waiting = {};
  for (const [name, kept] of Object.entries(unsent())) {
    const row = rows.get(name);
    // Earlier versions kept the choice alone.
    const { value, over } = typeof kept === "string" ? { value: kept, over: "" } : kept;
    // Nobody on this list: nothing to show or send, and nothing to throw away.
    if (!row) waiting[name] = kept;
    else if (value === receivedIn(row)) show(row, value);
    else if (over === receivedIn(row)) {
      show(row, value);
      waiting[name] = { value, over };
    } else {
      show(row, receivedIn(row));
      sayOvertaken(row, value);
    }
  }
  // A tick on a sheet that was refused is kept like any other.
  for (const [name, row] of rows) {
    const shown = row.querySelector("input:checked");
    if (shown && shown.value !== receivedIn(row)) waiting[name] ||= { value: shown.value, over: receivedIn(row) };
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
  // A click comes before its change: what is kept already was chosen before, and this is the second tap on it.
  const isSecondTap = ({ type, name, value }) => type === "radio" && (unsent()[name] || {}).value === value;
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
      if (shown && "received" in shown.dataset) formData.delete(name);
    }
  });

  all.hidden = false;
  all.addEventListener("click", () => {
    const marks = unsent();
    for (const [name, row] of rows) {
      if (row.querySelector("input:checked")) continue;
      radio(row, "present").checked = true;
      marks[name] = { value: "present", over: "" };
    }
    keep(marks);
  });
})();
