"""What a phone does by itself: a verdict without the server, on a processor six times slower than this one."""

from statistics import median

from playwright.sync_api import sync_playwright

from lms.certificates.models import Certificate
from lms.common.codes import encode_id
from tests.bench.server import HOST, Server
from tests.browser import launch_arguments

SLOWER, GOAL_MS = 6, 50
JUDGE = """async (printed) => {
  const load = (name) => import(`/static/js/verifier/${name}.js`);
  const modules = ["bundle", "address", "verdict"].map(load);
  const [{ takeBundle, unpack }, { readAddress }, { judge }] = await Promise.all(modules);
  const { origin } = location;
  while (!(await caches.match("/verify/kept-list"))) await new Promise((done) => setTimeout(done, 50));
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
