// A chosen logo is read here too, so that the preview shows it before it is saved: the preview is sent no files.
// Without this script the logo is there after saving.
"use strict";

document.addEventListener("change", (event) => {
  const chosen = event.target.closest("input[type=file][data-logo]");
  if (!chosen) return;
  const kept = chosen.form.elements[chosen.dataset.logo];
  const [file] = chosen.files;
  kept.value = "";
  if (!file || file.size > Number(chosen.dataset.most)) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    kept.value = reader.result.slice(reader.result.indexOf(",") + 1);
    kept.dispatchEvent(new Event("change", { bubbles: true }));
  });
  reader.readAsDataURL(file);
});
