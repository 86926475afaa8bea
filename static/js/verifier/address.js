// What a QR or a paste says, if it is an address of a certificate of this very site. Compared letter by letter and never
// taken apart by the browser: what browsers forgive (another case, dots, a user before the host) is how look-alikes pass.
import { decode } from "./base64url.js";

// A signature alone has 64 bytes; a statement has 1,024 at the most. Less is a place on the page ("#name").
const STATEMENT = /^([\w-]{22})#([\w-]{87,1366})$/;
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
