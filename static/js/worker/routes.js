// The service worker of the whole site: each part says what it installs, what it throws away, and which requests are its
// own. A request that no part answers goes its way as if there were no worker.
"use strict";
const parts = [];

// part: {install(), activate(), answer(request, url)}; answer returns a promise of a response, or nothing.
self.addPart = (part) => parts.push(part);

self.addEventListener("install", (event) => {
  event.waitUntil(Promise.all(parts.map((part) => part.install())).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all(parts.map((part) => part.activate())).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  for (const part of parts) {
    const answer = part.answer(event.request, url);
    if (answer) return event.respondWith(answer);
  }
});
