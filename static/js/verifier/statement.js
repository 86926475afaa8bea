// The statement in a certificate's QR, judged as lms/certificates/signing.py judges it. Pure: bytes and keys go in, claims
// or a reason come out. Neither the algorithm nor the key is read from the statement.
import * as cbor from "./cbor.js";
import { isSigned } from "./ed25519.js";

const MAX_BYTES = 1024;
const LAST_DAY = 2932896; // 31 December 9999
const LEVELS = [null, "participant", "candidate", "certified", "master"];
const DIGEST_BYTES = 16;
const SIGNATURE1 = [0x84, 0x6a, ...new TextEncoder().encode("Signature1")];

// keys: [{kid, publicKey, organisation, lastDay}], bytes and days since 1970.
// Answers {claims, key} or {reason}: malformed, unknown_key, bad_signature, bad_claims.
export async function readStatement(statement, publicId, keys) {
  const parts = partsOf(statement);
  if (!parts) return { reason: "malformed" };
  const [protectedHeader, , payload, signature] = parts;
  const key = keys.find((one) => same(protectedHeader, headerOf(one.kid)));
  if (!key) return { reason: "unknown_key" };
  const signed = [...SIGNATURE1, ...[protectedHeader, publicId, payload].flatMap((part) => [...cbor.encodeBytes(part)])];
  if (!(await isSigned(key.publicKey, signature, Uint8Array.from(signed)))) return { reason: "bad_signature" };
  const claims = claimsOf(payload);
  if (!claims) return { reason: "bad_claims" };
  if (claims.issuer !== key.organisation || claims.issuedOn > key.lastDay) return { reason: "unknown_key" };
  return { claims, key };
}

function partsOf(statement) {
  if (statement.length > MAX_BYTES) return null;
  const parts = attempt(() => cbor.decode(statement));
  if (!Array.isArray(parts) || parts.length !== 4) return null;
  const nothingOutside = parts[1] instanceof Map && parts[1].size === 0;
  return nothingOutside && [parts[0], parts[2], parts[3]].every(isBytes) ? parts : null;
}

// {1: -8, 4: kid}, in its one spelling.
function headerOf(kid) {
  return [0xa2, 0x01, 0x27, 0x04, ...cbor.encodeBytes(kid)];
}

const isBytes = (value) => value instanceof Uint8Array;
const isText = (value) => typeof value === "string";
const isSaid = (value) => isText(value) && value !== "";
const isNumber = (value) => typeof value === "number";
const isDay = (value) => isNumber(value) && value <= LAST_DAY;
const isModule = (value) => Array.isArray(value) && value.length === 2 && isText(value[0]) && isNumber(value[1]);
const listOf = (isOne) => (value) => Array.isArray(value) && value.every(isOne);

// By key: name, what is allowed, and what stands for "not said" where that is allowed.
const FIELDS = [
  [1, "issuer", isSaid],
  [2, "issuedOn", isDay],
  [3, "expiresOn", isDay, null],
  [4, "modules", listOf(isModule)],
  [5, "level", (value) => Boolean(LEVELS[value])],
  [6, "languages", listOf(isText)],
  [7, "trainsUntil", isDay, null],
  [8, "statusIndex", isNumber],
  [9, "shownName", isSaid, ""],
  [10, "nameDigest", (value) => isBytes(value) && value.length === DIGEST_BYTES, null],
];

function claimsOf(payload) {
  const said = attempt(() => cbor.decode(payload));
  if (!(said instanceof Map)) return null;
  const claims = {};
  for (const [key, name, isAllowed, unsaid] of FIELDS) {
    if (said.has(key) ? !isAllowed(said.get(key)) : unsaid === undefined) return null;
    claims[name] = said.has(key) ? said.get(key) : unsaid;
    said.delete(key);
  }
  claims.level = LEVELS[claims.level];
  return said.size === 0 ? claims : null;
}

function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

function same(one, other) {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}
