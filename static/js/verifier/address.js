// What a QR or a paste says, if it is an address of a certificate of this very site. Compared letter by letter and never
// taken apart by the browser: what browsers forgive (another case, dots, a user before the host) is how look-alikes pass.
import { decode } from "./base64url.js";

// A signature alone has 64 bytes; a statement has 1,024 at the most. Less is a place on the page ("#name").
const STATEMENT = /^([\w-]{22})#([\w-]{87,1366})$/;
// A dictated code; the site takes it without its last sign, too.
const CODE_LENGTHS = [27, 26];
const BETWEEN = /[\s\-\u2010-\u2014\u2212]/g;
const ONLINE = /^([\w-]{22})(?:#[\w-]{0,86})?$/;

// {id, statement} where it can be judged here, {id} where only the site itself can answer, null where it is none of ours.
export function readAddress(text, origin) {
  const start = `${origin}/v/`;
  const said = text.trim();
  if (!said.startsWith(start)) return null;
  const rest = said.slice(start.length);
  const [, id, statement] = STATEMENT.exec(rest) || ONLINE.exec(rest) || [];
  const bytes = id && decode(id);
  if (!bytes) return null;
  return statement ? { id, idBytes: bytes, statement: decode(statement) || new Uint8Array() } : { id };
}

// How many letters and digits were typed, where that is no code whatever the site would say; 0 where it may be one.
export function miscounted(text) {
  const typed = text.trim().replace(/[.,; ]+$/, "");
  const { length } = typed.replace(BETWEEN, "");
  return typed.includes("/") || isId(typed) || CODE_LENGTHS.includes(length) ? 0 : length;
}

// A code of which the end is missing has as many signs: it is all capital or all small, an id is both.
function isId(typed) {
  return /^[\w-]{22}$/.test(typed) && typed !== typed.toUpperCase() && typed !== typed.toLowerCase();
}
