// The roster sheet: what is ticked survives a reload or a dead battery until the server has answered.
(() => {
  const form = document.querySelector("form[data-roster]");
  if (!form) return;
  const key = `roster-${form.dataset.roster}`;
  const state = form.querySelector("[data-roster-state]");
  const all = form.querySelector("[data-all-present]");

  const unsent = () => {
    try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; }
  };
  const keep = (marks) => {
    if (Object.keys(marks).length) localStorage.setItem(key, JSON.stringify(marks));
    else localStorage.removeItem(key);
    state.textContent = Object.keys(marks).length ? state.dataset.kept : "";
  };
  const radio = (name, value) => form.querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
  const isUnsent = (found) => found && !("received" in found.dataset);

  // Only what the server says that it has is sent; a tick on a sheet that was refused is kept like any other.
  const waiting = Object.fromEntries(Object.entries(unsent()).filter(([name, value]) => isUnsent(radio(name, value))));
  for (const [name, value] of Object.entries(waiting)) radio(name, value).checked = true;
  for (const found of form.querySelectorAll(".segments input:checked")) if (isUnsent(found)) waiting[found.name] = found.value;
  keep(waiting);
  const refused = document.querySelector("[data-roster-refused]");
  if (refused) refused.hidden = !Object.keys(waiting).length;

  form.addEventListener("change", (event) => {
    if (event.target.type === "radio") keep({ ...unsent(), [event.target.name]: event.target.value });
  });

  all.hidden = false;
  all.addEventListener("click", () => {
    const marks = unsent();
    for (const row of form.querySelectorAll(".segments")) {
      if (row.querySelector("input:checked")) continue;
      const present = row.querySelector('input[value="present"]');
      present.checked = true;
      marks[present.name] = "present";
    }
    keep(marks);
  });
})();
