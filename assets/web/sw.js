// Keeps the page's own files for when there is no network. With one, it always asks the server first,
// so no page ever speaks an older protocol than the server's; what the API says is never kept.
const KEPT = "lockstep-page";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const isPage = request.mode === "navigate";
  if (request.method !== "GET" || origin !== location.origin) return;
  if (!isPage && !pathname.startsWith("/app/")) return;
  // Every session's page is the same page.
  const key = isPage ? "/" : pathname;
  event.respondWith(freshOrKept(request, key));
});

async function freshOrKept(request, key) {
  const kept = await caches.open(KEPT);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) {
      await kept.put(key, fresh.clone());
      await forgetOlder(kept, key);
    }
    return fresh;
  } catch (unreachable) {
    const before = await kept.match(key);
    if (before) return before;
    throw unreachable;
  }
}

// A file whose name ends in a hash of its contents takes the place of what it was before.
async function forgetOlder(kept, key) {
  const unhashed = (path) => path.replace(/-[0-9a-f]{8,}(?=\.)/, "");
  if (unhashed(key) === key) return;
  for (const request of await kept.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname !== key && unhashed(pathname) === unhashed(key)) await kept.delete(request);
  }
}
