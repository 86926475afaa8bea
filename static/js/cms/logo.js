// A chosen logo is read here too, so that the preview shows it before it is saved: the preview is sent no files.
// Of one that is too large it is sent what is no logo: it stays as it was and says that it is out of date.
// Without this script the logo is there after saving.
"use strict";

document.addEventListener("change", (event) => {
  const chosen = event.target.closest("input[type=file][data-logo]");
  if (!chosen) return;
  const kept = chosen.form.elements[chosen.dataset.logo];
  const [file] = chosen.files;
  kept.value = file && file.size > Number(chosen.dataset.most) ? "too large" : "";
  if (!file || kept.value) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    kept.value = reader.result.slice(reader.result.indexOf(",") + 1);
    kept.dispatchEvent(new Event("change", { bubbles: true }));
  });
  reader.readAsDataURL(file);
});
