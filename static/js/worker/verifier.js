// The verifier's part of the service worker: /verify/ in each language and its files; and where the network fails, the same
// page in place of /v/<id>, which then judges the statement behind the # by itself.
"use strict";
(() => {
  const { version, pages, assets, scanner } = self.TOLD.verifier;
  const PAGES = "verifier-pages-";
  const SCANNER = "verifier-scanner"; // filled by the page, once somebody scans
  const KEPT = "verifier-kept", LANGUAGE = "/verify/kept-language"; // static/js/verifier/store.js
  const VERDICT = /^\/v\/[\w-]{22}$/;
  // A name with a hash in it stands for one content for ever.
  const HASHED = /\.[0-9a-f]{12}\.\w+$/;
  const PATIENCE = 8000;

  // As anybody sees them: nothing of who is signed in is kept.
  const anonymous = (address) => new Request(address, { credentials: "omit" });

  async function install() {
    const cache = await caches.open(PAGES + version);
    await cache.addAll([...pages, ...assets].map(anonymous));
  }

  async function activate() {
    for (const name of await caches.keys()) {
      if (name.startsWith(PAGES) && name !== PAGES + version) await caches.delete(name);
    }
    const cache = await caches.open(SCANNER);
    for (const request of await cache.keys()) {
      if (!scanner.includes(new URL(request.url).pathname)) await cache.delete(request);
    }
  }

  function answer(request, url) {
    const { pathname } = url;
    if (request.mode === "navigate") return pathname === "/verify/" || VERDICT.test(pathname) ? page(request, url) : null;
    return assets.includes(pathname) || scanner.includes(pathname) ? asset(request) : null;
  }

  async function page(request, url) {
    const fresh = await inTime(fetch(request)).catch(() => null);
    if (fresh && fresh.status < 500) return fresh;
    return (await kept(`/verify/?lang=${await language(url)}`)) || fresh || Response.error();
  }

  async function asset(request) {
    const found = HASHED.test(request.url) && (await kept(request));
    return found || fetch(request).catch(async () => (await kept(request)) || Response.error());
  }

  async function kept(request) {
    const lookIn = (cacheName) => caches.match(request, { cacheName, ignoreVary: true });
    return (await Promise.all([PAGES + version, SCANNER].map(lookIn))).find(Boolean);
  }

  // The one that the address asks for, else the one in which the page was read last.
  async function language(url) {
    const asked = (code) => pages.includes(`/verify/?lang=${code}`);
    const wanted = url.searchParams.get("lang");
    if (asked(wanted)) return wanted;
    const read = await caches.match(LANGUAGE, { cacheName: KEPT });
    return read ? read.text() : self.navigator.languages.map((tag) => tag.slice(0, 2)).find(asked) || "ky";
  }

  function inTime(answered) {
    return Promise.race([answered, new Promise((_done, fail) => setTimeout(fail, PATIENCE))]);
  }

  self.addPart({ install, activate, answer });
})();
