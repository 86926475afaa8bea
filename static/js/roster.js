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
  const checked = (name, value) => { const found = radio(name, value); return found && found.defaultChecked; };

  // Only what the server does not show yet is still unsent.
  const waiting = Object.fromEntries(Object.entries(unsent()).filter(([name, value]) => radio(name, value) && !checked(name, value)));
  for (const [name, value] of Object.entries(waiting)) radio(name, value).checked = true;
  keep(waiting);

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
