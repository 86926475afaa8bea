// The card's QR opens /card/#CODE: the code moves from the fragment into the field, and out of the address and history.
(() => {
  const form = document.querySelector("form[data-card]");
  const fill = () => {
    const scanned = location.hash.slice(1);
    if (!form || !/^[0-9A-Za-z-]{1,20}$/.test(scanned)) return;
    if (document.getElementById(scanned)) return; // "Skip to the content" leads to a part of the page
    history.replaceState(null, "", location.pathname + location.search);
    form.elements.code.value = scanned;
    form.elements.pin.focus();
  };
  fill();
  window.addEventListener("hashchange", fill); // the next card, scanned while the page is open
})();
