// Did this key sign exactly these bytes? By RFC 8032 and no looser rule; Chrome has had its own only since version 137.
import { verifyAsync } from "../../vendor/noble-ed25519.js";

export async function isSigned(publicKey, signature, signed) {
  try {
    return await verifyAsync(signature, signed, publicKey, { zip215: false });
  } catch {
    return false;
  }
}
