// The verdict on the screen: icon, word and colour, what is certified, and of which day the list is. Text only: whatever a
// statement says is written as text, and no address in it is followed.
import { certifies, fill, hours, listed, longDate, named } from "./words.js";

// bundle, claims, since and steps may be null; ask: the address that answers online, or null.
export function showVerdict(panel, { state, claims, bundle, today, since, steps, ask, words, language }) {
  const part = (name) => panel.querySelector(`[data-${name}]`);
  const look = words.states[state];
  panel.className = `verdict ${look.tone}`;
  part("icon").setAttribute("d", look.icon);
  part("word").textContent = look.labels[language];
  const others = Object.keys(look.labels).filter((code) => code !== language);
  replace(part("others"), others.map((code) => inLanguage(code, look.labels[code])));
  part("sentence").textContent = sentenceOf({ state, claims, bundle, since, look, words });
  part("steps").textContent = steps ? named({ steps }, "steps", language) : "";
  part("steps").hidden = !steps;
  part("said").hidden = part("compare").hidden = !claims;
  if (claims) showClaims(part, { claims, bundle, words, language });
  replace(part("facts"), facts({ claims, bundle, today, words, language }).map(row));
  part("ask").hidden = !ask;
  if (ask) part("ask").setAttribute("href", ask);
  panel.hidden = false;
  panel.focus({ preventScroll: true });
  panel.scrollIntoView({ block: "start" }); // icon and word first, however long the rest is
}

function sentenceOf({ state, claims, bundle, since, look, words }) {
  if (since !== null && look.dated) return fill(look.dated, { date: longDate(words, since, look.dated_case) });
  const day = state === "expired" ? claims.expiresOn : bundle && bundle.madeOn;
  return fill(look.sentence, { date: day === null ? "" : longDate(words, day, look.case) });
}

function showClaims(part, { claims, bundle, words, language }) {
  part("name").textContent = claims.shownName;
  part("name").hidden = !claims.shownName;
  part("alias").hidden = !claims.shownName.startsWith("«");
  part("certifies").textContent = certifies(words, claims);
  const alone = claims.modules.length === 1;
  replace(part("modules"), claims.modules.map((one) => module(one, { alone, bundle, words, language })));
}

function module([code, tenths], { alone, bundle, words, language }) {
  const line = element("li", named(bundle.modules, code, language));
  if (alone) return line;
  const time = element("span", ` ${code} · ${fill(words.module_hours, { hours: hours(words, tenths) })}`);
  time.className = "muted small";
  line.append(time);
  return line;
}

function facts({ claims, bundle, today, words, language }) {
  const { labels } = words;
  const date = (day) => (day === null ? "" : longDate(words, day));
  const said = claims
    ? [
        [labels.level, words.levels[claims.level]],
        [labels.hours, hours(words, claims.modules.reduce((sum, [, tenths]) => sum + tenths, 0))],
        [claims.languages.length === 1 ? labels.language : labels.languages, listed(words, claims.languages, language)],
        [labels.issued_on, date(claims.issuedOn)],
        [labels.expires_on, date(claims.expiresOn)],
        [labels.issuer, `${named(bundle.organisations, claims.issuer, language)} (${claims.issuer})`],
        [labels.address, new URL(bundle.origin).host],
      ]
    : [];
  const days = bundle ? [[labels.list, date(bundle.madeOn)], [labels.phone, date(today)]] : [];
  return [...said, ...days].filter(([, value]) => value);
}

function row([label, value]) {
  const line = document.createElement("div");
  line.append(element("dt", label), element("dd", value));
  return line;
}

function inLanguage(code, text) {
  const span = element("span", text);
  span.lang = code;
  return span;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function replace(parent, children) {
  parent.textContent = "";
  parent.append(...children);
}
