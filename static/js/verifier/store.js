// What this phone keeps for the verifier, all of it in Cache Storage: the list, the language of the page, the QR reader.
const KEPT = "verifier-kept", SCANNER = "verifier-scanner"; // static/js/worker/verifier.js reads both
const LIST = "/verify/kept-list", LANGUAGE = "/verify/kept-language";

export async function keptList() {
  const found = await caches.match(LIST, { cacheName: KEPT });
  return found ? found.text() : null;
}

export async function keepList(text) {
  await put(LIST, text);
}

export async function keepLanguage(code) {
  await put(LANGUAGE, code);
}

async function put(address, text) {
  const cache = await caches.open(KEPT);
  await cache.put(address, new Response(text));
}

// Set up anew: neither list nor pinned keys.
export async function forgetList() {
  const cache = await caches.open(KEPT);
  await cache.delete(LIST);
}

export async function hasScanner(files) {
  const found = await Promise.all(files.map((file) => caches.match(file, { cacheName: SCANNER })));
  return found.every(Boolean);
}

export async function fetchScanner(files) {
  if (await hasScanner(files)) return;
  const cache = await caches.open(SCANNER);
  await cache.addAll(files);
}
