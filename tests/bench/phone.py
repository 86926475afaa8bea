"""What a phone waits for: the first page over a slow line, a verdict without the server on a slow processor."""

from statistics import median

from playwright.sync_api import Browser, sync_playwright

from lms.certificates.models import Certificate
from lms.common.codes import encode_id
from tests.bench.server import HOST, Server
from tests.browser import launch_arguments

SLOWER, GOAL_MS = 6, 50
# A line of 2G, bytes a second and ms; when there is something to read, and all that comes with it.
SLOW_LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000 / 8, "uploadThroughput": 50_000 / 8}
PAINT_GOAL_MS, REQUESTS_GOAL, BYTES_GOAL, WAIT_MS = 8_000, 8, 100_000, 90_000
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
JUDGE = """async (printed) => {
  const load = (name) => import(`/static/js/verifier/${name}.js`);
  const modules = ["bundle", "address", "verdict"].map(load);
  const [{ takeBundle, unpack }, { readAddress }, { judge }] = await Promise.all(modules);
  const { origin } = location;
  const until = performance.now() + 30000;
  while (!(await caches.match("/verify/kept-list"))) {
    if (performance.now() > until) throw new Error("no list was kept");
    await new Promise((done) => setTimeout(done, 50));
  }
  const kept = await (await caches.match("/verify/kept-list")).text();
  const bundle = await takeBundle(kept, { origin, kept: null });
  await unpack(bundle);
  const took = [];
  for (const path of printed) {
    const began = performance.now();
    const { state } = await judge({ address: readAddress(origin + path, origin), bundle, now: Date.now() });
    took.push(performance.now() - began);
    if (state !== "genuine") throw new Error(state);
  }
  return took;
}"""


def report_verdicts(server: Server, certificates: list[Certificate]) -> None:
    """From the text of the QR to the state; the list is open, as on the page."""
    printed = [f"/v/{one.public_id}#{encode_id(bytes(one.statement))}" for one in certificates]
    with sync_playwright() as playwright, playwright.chromium.launch(**launch_arguments()) as browser:
        page = browser.new_page()
        page.goto(f"http://{HOST}:{server.port}/verify/")
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        first, *others = page.evaluate(JUDGE, printed)
    print(
        f"verdict without the server, processor {SLOWER} times slower: {median(others):.1f} ms, the first {first:.1f}"
        f"  {'ok' if max(first, median(others)) <= GOAL_MS else f'OVER {GOAL_MS}'}"
    )


def report_first_visits(server: Server, paths: list[str]) -> None:
    """Nothing is kept yet: the text, in the system's font until ours arrive, and what is loaded in all."""
    with sync_playwright() as playwright, playwright.chromium.launch(**launch_arguments()) as browser:
        for path in paths:
            painted, sizes = _first_visit(browser, f"http://{HOST}:{server.port}{path}")
            goals = [(painted, PAINT_GOAL_MS), (len(sizes), REQUESTS_GOAL), (sum(sizes), BYTES_GOAL)]
            print(
                f"first visit over 2G, {path}: text after {painted / 1000:.1f} s, {len(sizes)} requests, "
                f"{sum(sizes) / 1000:.1f} kB  {'ok' if all(value <= goal for value, goal in goals) else 'OVER'}"
            )


def _first_visit(browser: Browser, address: str) -> tuple[float, list[int]]:
    """Milliseconds until there is text, and the bytes of each answer, headers and all."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page, sizes = context.new_page(), []
    line = context.new_cdp_session(page)
    line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    page.goto(address, wait_until="networkidle", timeout=WAIT_MS)
    painted = page.evaluate(PAINTED)
    context.close()
    return painted, sizes
