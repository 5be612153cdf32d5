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
  event.respondWith(freshOrKept(event, key));
});

async function freshOrKept(event, key) {
  try {
    const fresh = await fetch(event.request);
    // The page has it while it still comes in.
    if (fresh.ok) event.waitUntil(keep(key, fresh.clone()));
    return fresh;
  } catch (unreachable) {
    const before = await (await caches.open(KEPT)).match(key);
    if (before) return before;
    throw unreachable;
  }
}

async function keep(key, fresh) {
  const kept = await caches.open(KEPT);
  await kept.put(key, fresh);
  await forgetOlder(kept, key);
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
