// The page of the verifier: what is scanned, pasted or stands behind the # is judged on this phone. Without this script the
// form for a typed code works as before.
import { miscounted, readAddress } from "./address.js";
import { Refused, takeBundle, unpack } from "./bundle.js";
import { showVerdict } from "./panel.js";
import { makeReader, readCamera, readPicture, readsByItself } from "./scanner.js";
import * as store from "./store.js";
import { isStale, judge } from "./verdict.js";
import { fill, longDate } from "./words.js";

const root = document.querySelector("[data-verifier]");
const part = (name) => root.querySelector(`[data-${name}]`);
const words = JSON.parse(document.getElementById("verifier-words").textContent);
const files = JSON.parse(document.getElementById("verifier-files").textContent);
const language = document.documentElement.lang;
const origin = window.location.origin;
const form = root.querySelector("form");
const say = (name, message, values = {}) => {
  part(name).textContent = message ? fill(words.messages[message], values) : "";
};
// Another list may tell more of these.
const MAY_BE_NEWER = ["unchecked", "unknown_key", "not_issued"];
const PATIENCE = 15000;

let bundle = null;
let renewing = null;
let stopped = true;
let turn = 0;
let kept = false;
let canScan = false;
let offer = null;

// ── the list ──
async function openKept() {
  const text = await store.keptList();
  // Signed by a key that it names itself: it was taken before.
  bundle = text && (await takeBundle(text, { origin, kept: null }).catch(() => null));
}

// True where a list came from the site, a newer one or the same again. Whoever asks while one is on its way waits for
// that one: an answer on the page is never that of a request before the last.
function renew() {
  renewing ??= fetchList().finally(() => (renewing = null));
  return renewing;
}

async function fetchList() {
  say("list-answer", "fetching_list");
  let text;
  try {
    const answer = await fetchInTime("/trust/bundle.json");
    if (!answer.ok) return tellList(answer.status === 503 ? "no_list_yet" : "no_connection");
    text = await answer.text();
  } catch {
    return tellList("no_connection");
  }
  try {
    await openKept(); // another tab may have a newer one
    bundle = await takeBundle(text, { origin, kept: bundle });
    await store.keepList(text);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return tellList(error.code === "unknown_key" ? "strange_key" : "not_taken");
  }
  tellList("renewed");
  return true;
}

function fetchInTime(address) {
  const aborter = new AbortController();
  setTimeout(() => aborter.abort(), PATIENCE);
  return fetch(address, { cache: "no-cache", credentials: "omit", signal: aborter.signal });
}

function tellList(message) {
  say("list", bundle ? "list" : "no_list", bundle ? { date: longDate(words, bundle.madeOn) } : {});
  const stale = bundle && isStale(bundle, Date.now());
  say("list-age", stale ? (Date.now() < bundle.madeAt ? "list_of_tomorrow" : "list_old") : null);
  say("list-answer", message);
  part("anew").hidden = message !== "strange_key";
  return false;
}

// ── one certificate ──
// A picture, a scan or a code begins: nothing that was said of the one before stays beside it, and what is still to be
// said of that one, by a slow connection, is said no more.
function begin() {
  stopped = true;
  part("verdict").hidden = true;
  say("answer", null);
  return ++turn;
}

// Where the verdict would stand.
function tell(message, values = {}) {
  const answer = part("answer");
  part("verdict").hidden = true;
  say("answer", message, values);
  answer.focus({ preventScroll: true });
  answer.scrollIntoView({ block: "center" });
}

async function check(text, mine) {
  try {
    await judgeText(text, mine);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (mine === turn) needsNetwork(); // a list of ours that cannot be read
  }
}

async function judgeText(text, mine) {
  const address = readAddress(text, origin);
  if (!address) return show({ state: "not_ours", claims: null, today: null, since: null, steps: null, ask: null });
  if (!address.statement) return window.location.assign(`/v/${address.id}`);
  const ask = text.trim().slice(origin.length);
  const listed = bundle || (await renew());
  if (mine !== turn) return;
  if (!listed) return needsNetwork();
  const decide = async () => {
    const verdict = await judge({ address, bundle, now: Date.now() });
    if (mine === turn) show({ ...verdict, ask });
    return verdict.state;
  };
  const state = await decide();
  if (mine !== turn) return;
  form.elements.code.value = "";
  // What the phone knows is shown at once; where there is a connection a newer list may know better.
  if (MAY_BE_NEWER.includes(state) && (await renew())) await decide();
}

function show(verdict) {
  showVerdict(part("verdict"), { bundle, words, language, ...verdict });
  if (verdict.ask) leadLanguages(verdict.ask);
}

// The same certificate in another language: from the site, or without a connection from this phone.
function leadLanguages(address) {
  const [path, statement] = address.split("#");
  document.querySelectorAll(".languages a[hreflang]").forEach((link) => {
    link.setAttribute("href", `${path}?lang=${link.hreflang}#${statement}`);
  });
}

function needsNetwork() {
  tell(canScan ? "needs_network" : "needs_reader");
}

// What looks like an address is judged here, a typed code goes to the site.
function submit(event) {
  const typed = form.elements.code.value;
  const mine = begin();
  if (!/:\/\/|\/v\/|#/.test(typed)) return;
  event.preventDefault();
  check(typed, mine);
}

// ── scanning ──
async function scan() {
  const mine = begin();
  stopped = false;
  showCamera(true);
  const read = await reader(mine);
  const text = read && (await readCamera(read, part("video"), () => stopped).catch(() => failed(mine, "no_camera")));
  showCamera(false);
  if (text && mine === turn) await check(text, mine);
}

function stop() {
  stopped = true;
}

function showCamera(on) {
  part("camera").hidden = !on;
  part("buttons").hidden = on;
}

async function pick(event) {
  const [file] = event.target.files;
  if (!file) return;
  const mine = begin();
  if (file.type === "application/pdf") {
    event.target.value = "";
    tell("is_pdf");
    return;
  }
  const read = await reader(mine);
  const text = read && (await readPicture(read, file).catch(() => null));
  if (mine !== turn) return;
  event.target.value = "";
  if (text) await check(text, mine);
  else if (read) tell("no_code");
}

async function reader(mine) {
  try {
    const read = await makeReader(files.scanner);
    await tellReader();
    return read;
  } catch {
    return failed(mine, "no_reader");
  }
}

function failed(mine, message) {
  if (mine === turn) tell(message);
  return null;
}

// ── keeping it on the phone ──
function keepWorker() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => {});
  navigator.serviceWorker.ready.then(() => {
    kept = true;
    return tellReader();
  });
}

// Scanning without a connection is promised once the reader is there; before, it can be fetched while there is one.
async function tellReader() {
  canScan = (await readsByItself()) || (await store.hasScanner(files.scanner));
  part("size").hidden = canScan;
  part("fetch").hidden = canScan || !kept;
  if (kept) say("ready", canScan ? "ready" : "ready_without_reader");
}

async function fetchReader() {
  const button = part("fetch");
  button.disabled = true;
  say("fetch-answer", "fetching");
  const fetched = await store.fetchScanner(files.scanner).then(() => true, () => false);
  button.disabled = false;
  say("fetch-answer", fetched ? "fetched" : "no_reader");
  await tellReader();
}

window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer = event;
});

function keepOnPhone() {
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  if (offer) offer.prompt();
  else say("keep-answer", "menu");
  offer = null;
}

async function setUpAnew() {
  await store.forgetList();
  bundle = null;
  await renew();
}

async function start() {
  keepWorker();
  await store.keepLanguage(language);
  await openKept();
  if (bundle) unpack(bundle);
  listen();
  tellList(null);
  await tellReader();
  if (window.location.pathname.startsWith("/v/")) await checkPrinted();
  else answerTyped();
  if (!bundle || Date.now() > bundle.nextUpdate) await renew();
}

function listen() {
  form.addEventListener("submit", submit);
  part("scan").addEventListener("click", scan);
  part("stop").addEventListener("click", stop);
  document.addEventListener("visibilitychange", () => document.hidden && stop());
  part("picture").addEventListener("change", pick);
  part("renew").addEventListener("click", renew);
  part("anew").addEventListener("click", setUpAnew);
  part("fetch").addEventListener("click", fetchReader);
  part("keep").addEventListener("click", keepOnPhone);
  part("scan").hidden = !navigator.mediaDevices;
  root.querySelectorAll("[data-with-verifier]").forEach((one) => (one.hidden = false));
  form.querySelector("button").classList.add("quiet");
}

// This page in place of /v/<id>, which could not be reached.
async function checkPrinted() {
  const text = origin + window.location.pathname + window.location.hash;
  const address = readAddress(text, origin);
  if (address && address.statement) await check(text, begin());
  else needsNetwork();
}

// The site answers a typed code with another page; this one stands here because it could not be reached.
function answerTyped() {
  const code = new URLSearchParams(window.location.search).get("code");
  if (!code || form.elements.code.value) return;
  form.elements.code.value = code;
  const typed = miscounted(code);
  if (typed) tell("wrong_length", { typed });
  else needsNetwork();
}

// On a plain http address browsers give neither the camera nor the means to check a signature.
if (window.isSecureContext && window.caches && window.DecompressionStream) start();
