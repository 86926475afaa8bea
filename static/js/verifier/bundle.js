// The trust bundle: which keys, titles and numbers this phone knows, and of which day. A flattened JSON Web Signature
// (RFC 7515), signed by the site's own key. Only keys that were pinned before are believed, and only Ed25519: a `jwk` or
// another `alg` in the header changes nothing. Pure: texts go in, a list or a Refused comes out.
import * as base64url from "./base64url.js";
import { isSigned } from "./ed25519.js";

const ALGORITHM = "Ed25519", VERSION = 1, WITHDRAWN = "compromised";
const SAYINGS = ["issued", "revoked", "suspended", "superseded", "resting", "resting_some", "erased"];
const DECIDED = ["revoked", "suspended", "superseded"], RESTING = ["resting", "resting_some"];
const utf8 = new TextDecoder("utf-8", { fatal: true });

// code: malformed, bad_content, other_origin, unknown_key, bad_signature, older.
export class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// The list in `text`, if it may take the place of the one that is `kept`. The first of all (kept: null) came from the
// site itself over TLS: it says which keys are pinned. Each later one is signed by a pinned key, and pins its own.
export async function takeBundle(text, { origin, kept }) {
  const { header, payload, signature, signed } = partsOf(text);
  if (header.alg !== ALGORITHM || "crit" in header) throw new Refused("malformed");
  const bundle = contentOf(payload, text);
  const pinned = kept ? kept.siteKeys : bundle.siteKeys;
  const key = pinned.find((one) => one.kid === header.kid && one.state !== WITHDRAWN);
  const lives = key && bundle.madeAt >= key.notBefore && bundle.madeAt <= key.notAfter;
  const stillGood = bundle.siteKeys.some((one) => one.kid === header.kid && one.state !== WITHDRAWN);
  if (!lives || !stillGood) throw new Refused("unknown_key");
  if (!(await isSigned(key.publicKey, signature, signed))) throw new Refused("bad_signature");
  if (bundle.origin !== origin) throw new Refused("other_origin");
  if (kept && bundle.madeAt < kept.madeAt) throw new Refused("older");
  return bundle;
}

function partsOf(text) {
  try {
    const file = JSON.parse(text);
    const [header, payload, signature] = [file.protected, file.payload, file.signature].map(base64url.decode);
    const signed = new TextEncoder().encode(`${file.protected}.${file.payload}`);
    return { header: objectIn(header), payload, signature, signed };
  } catch {
    throw new Refused("malformed");
  }
}

function objectIn(bytes) {
  const value = JSON.parse(utf8.decode(bytes));
  if (!value || typeof value !== "object" || Array.isArray(value)) throw new TypeError("not an object");
  return value;
}

function contentOf(payload, text) {
  try {
    const said = objectIn(payload);
    if (said.version !== VERSION) throw new TypeError("another version");
    const bundle = {
      text,
      origin: said.origin,
      timeZone: said.time_zone,
      madeAt: moment(said.made_at),
      nextUpdate: moment(said.next_update),
      siteKeys: said.site_keys.map(keyOf),
      organisations: said.organisations,
      modules: said.modules,
      steps: said.steps || [],
      lists: said.lists,
    };
    bundle.madeOn = dayOf(bundle.madeAt, bundle.timeZone);
    bundle.keys = said.keys.map((one) => ({ ...keyOf(one), ...signsFor(one, bundle.timeZone) }));
    return bundle;
  } catch {
    throw new Refused("bad_content");
  }
}

function keyOf(said) {
  const publicKey = base64url.decode(said.x);
  if (!publicKey || publicKey.length !== 32) throw new TypeError("not a key");
  const { kid, state } = said;
  return { kid, state, publicKey, notBefore: moment(said.not_before), notAfter: moment(said.not_after) };
}

// As a statement names its key, and up to which day it may have signed.
function signsFor(said, timeZone) {
  const kid = Uint8Array.from(said.kid.match(/../g), (pair) => parseInt(pair, 16));
  return { kid, organisation: said.organisation, lastDay: dayOf(moment(said.not_after), timeZone) };
}

function moment(text) {
  const at = Date.parse(text);
  if (!Number.isFinite(at)) throw new TypeError("not a moment");
  return at;
}

// The calendar day of a moment where the training happens, in days since 1970.
export function dayOf(at, timeZone) {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, year: "numeric", month: "numeric", day: "numeric" });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year, part.month - 1, part.day) / 86400000;
}

// All of it, ahead of the first question: a slow phone takes longer for that than for a verdict.
export async function unpack(bundle) {
  const wanted = bundle.lists.flatMap((part) => SAYINGS.filter((name) => part[name]).map((name) => bitsOf(part, name)));
  await Promise.allSettled(wanted);
}

// What the list says of one number: an object in which each thing that is said of it is true; with it, where the list
// tells, `since`: the day (since 1970) of what was decided, and `steps`: {language: text}, what brings a licence back.
export async function statusOf(bundle, organisation, index) {
  const isPart = (one) => one.organisation === organisation && one.part === Math.floor(index / one.size);
  const part = bundle.lists.find(isPart);
  const names = SAYINGS.filter((name) => part && part[name]);
  const said = await Promise.all(names.map(async (name) => [name, isSet(await bitsOf(part, name), index % part.size)]));
  const found = Object.fromEntries(said);
  return part ? { ...found, ...(await detailsOf(bundle, part, found, index % part.size)) } : found;
}

async function detailsOf(bundle, part, found, place) {
  const details = {};
  const decided = DECIDED.find((name) => found[name]);
  const since = decided && (await entryOf(part, `${decided}_on`, [decided], place));
  if (Number.isSafeInteger(since)) details.since = since;
  const steps = RESTING.some((name) => found[name]) && bundle.steps[await entryOf(part, "steps", RESTING, place)];
  if (steps) details.steps = steps;
  return details;
}

// Such a list has an entry for each place of which one of these is true, in their order. Lists of before there were any
// have none.
async function entryOf(part, list, names, place) {
  if (!Array.isArray(part[list])) return undefined;
  const before = names.filter((name) => part[name]).map(async (name) => onesBefore(await bitsOf(part, name), place));
  return part[list][(await Promise.all(before)).reduce((sum, ones) => sum + ones, 0)];
}

function onesBefore(bits, place) {
  let ones = 0;
  for (let at = 0; at < place >> 3; at++) if (bits[at]) ones += onesIn(bits[at]);
  return ones + onesIn(bits[place >> 3] >> (8 - (place & 7)));
}

function onesIn(byte) {
  let ones = 0;
  for (let rest = byte; rest; rest &= rest - 1) ones++;
  return ones;
}

const unpacked = new WeakMap();

// Unpacked once. Never more bytes than the list has places: a small file cannot fill the memory.
function bitsOf(part, name) {
  if (!unpacked.has(part)) unpacked.set(part, {});
  const known = unpacked.get(part);
  known[name] = known[name] || gunzip(base64url.decode(part[name].replace(/^u/, "")), part.size / 8);
  return known[name];
}

async function gunzip(bytes, size) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const found = new Uint8Array(size);
  let filled = 0;
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    if (filled + step.value.length > size) throw new Refused("bad_content");
    found.set(step.value, filled);
    filled += step.value.length;
  }
  if (filled !== size) throw new Refused("bad_content");
  return found;
}

function isSet(bits, place) {
  return Boolean(bits[place >> 3] & (0x80 >> (place & 7)));
}
