// Asks the modules of static/js/verifier, as they are served; the arguments are their files. A line on the standard input
// is [[name, argument], …], and the line that answers it on the standard output holds as many answers.
import { createInterface } from "node:readline";

const [address, bundle, statement, verdict, words] = await Promise.all(process.argv.slice(2).map((file) => import(file)));

const bytes = (text) => new Uint8Array(Buffer.from(text, "base64url"));
const hex = (_name, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value);
const plain = (value) => JSON.parse(JSON.stringify(value, hex));

async function refusedOr(action) {
  try {
    return await action();
  } catch (error) {
    if (error instanceof bundle.Refused) return { refused: error.code };
    throw error;
  }
}

// One bundle after the other, each taken on the strength of those before.
async function take({ texts, origin }) {
  let kept = null;
  for (const text of texts) kept = await bundle.takeBundle(text, { origin, kept });
  return kept;
}

const answers = {
  read: async ({ statement: text, id, keys }) => {
    const known = keys.map((key) => ({ ...key, kid: bytes(key.kid), publicKey: bytes(key.publicKey) }));
    const { claims, reason } = await statement.readStatement(bytes(text), bytes(id), known);
    return claims || { reason };
  },
  address: ({ text, origin }) => address.readAddress(text, origin),
  miscounted: ({ text }) => address.miscounted(text),
  take: (asked) => refusedOr(async () => ({ madeAt: (await take(asked)).madeAt })),
  status: (asked) => refusedOr(async () => bundle.statusOf(await take(asked), asked.organisation, asked.index)),
  judge: (asked) =>
    refusedOr(async () => {
      const list = await take(asked);
      const found = address.readAddress(asked.text, asked.origin);
      return verdict.judge({ address: found, bundle: list, now: asked.now });
    }),
  named: ({ texts, code, language }) => words.named(texts, code, language),
  tell: ({ claims, words: known, language }) => ({
    certifies: words.certifies(known, claims),
    hours: words.hours(known, claims.modules.reduce((sum, [, tenths]) => sum + tenths, 0)),
    languages: words.listed(known, claims.languages, language),
    level: known.levels[claims.level],
    issued_on: words.longDate(known, claims.issuedOn),
    expires_on: claims.expiresOn === null ? "" : words.longDate(known, claims.expiresOn),
  }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const said = [];
  for (const [name, argument] of JSON.parse(line)) said.push(plain((await answers[name](argument)) ?? null));
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
