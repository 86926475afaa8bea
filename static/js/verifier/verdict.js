// Claims, list and clock make one verdict. Pure. The states are those of lms/certificates/rendering/verifier.py; what was
// decided about a certificate comes before anything that a calendar says, as online.
import { dayOf, statusOf } from "./bundle.js";
import { readStatement } from "./statement.js";

const STALE_DAYS = 7;
const DAY = 86400000;
// A clock that is a little slow is no clock before the list.
const SLOW_CLOCK = DAY / 24;
const RESTS = ["may_not_train", "may_train_some"];
const UNREADABLE = { malformed: "altered", bad_signature: "altered", bad_claims: "altered", unknown_key: "unknown_key" };

// {state, claims, today, since, steps}: claims are null where nothing may be claimed; the name is taken out where its
// holder withdrew it. since: the day of what the state says was decided; steps: {language: text}, what brings a licence
// back; both null where the list does not tell, or there is nothing to tell.
export async function judge({ address, bundle, now }) {
  const today = dayToJudge(bundle, now);
  const { reason, claims, key } = await readStatement(address.statement, address.idBytes, bundle.keys);
  if (reason) return { state: UNREADABLE[reason], claims: null, today, since: null, steps: null };
  const status = await statusOf(bundle, claims.issuer, claims.statusIndex);
  const state = stateOf({ claims, key, status, bundle, now, today });
  const shown = status.erased ? { ...claims, shownName: "", nameDigest: null } : claims;
  const since = status[state] && status.since !== undefined ? status.since : null;
  const steps = RESTS.includes(state) ? status.steps || null : null;
  return { state, claims: state === "not_issued" ? null : shown, today, since, steps };
}

function stateOf({ claims, key, status, bundle, now, today }) {
  const withdrawn = key.state === "compromised";
  if (!status.issued) {
    if (claims.issuedOn < bundle.madeOn) return "not_issued";
    return withdrawn ? "withdrawn_key" : "unchecked";
  }
  if (status.revoked) return "revoked";
  if (status.superseded) return "superseded";
  if (status.suspended) return "suspended";
  if (claims.expiresOn !== null && claims.expiresOn < today) return "expired";
  if (withdrawn) return "withdrawn_key";
  if (status.resting) return "may_not_train";
  if (status.resting_some) return "may_train_some";
  if (isStale(bundle, now)) return "unchecked";
  return status.erased ? "erased" : "genuine";
}

// Older than a week; or the clock stands before the list, so that its age is not known.
export function isStale(bundle, now) {
  const age = now - bundle.madeAt;
  return age > STALE_DAYS * DAY || age < -SLOW_CLOCK;
}

// A clock that was put back makes nothing valid again: it is no earlier than the day of the list.
function dayToJudge(bundle, now) {
  return Math.max(dayOf(now, bundle.timeZone), bundle.madeOn);
}
