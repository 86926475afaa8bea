// Sentences and dates from the words that the page brings along (lms/certificates/rendering/verifier.py).
const DAY = 86400000;

// "Until %(date)s" with {date: …}.
export function fill(sentence, values) {
  return sentence.replace(/%\((\w+)\)s/g, (slot, name) => (name in values ? values[name] : slot));
}

// A day (since 1970) as it stands in the sentence: alone, "until" it, "since" it, "on" it.
export function longDate(words, day, form = "plain") {
  const date = new Date(day * DAY);
  const [year, month, number] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return fill(words.dates[form][month], { year, day: number });
}

export function hours(words, tenths) {
  return String(tenths / 10).replace(".", words.decimal);
}

// "Kyrgyz, Russian", "Кыргызский, русский".
export function listed(words, codes, language) {
  const names = codes.map((code) => words.languages[code] || code);
  return names.map((name, place) => (place && language !== "en" ? name.toLowerCase() : name)).join(", ");
}

// What stands before the titles of the modules.
export function certifies(words, claims) {
  const many = claims.modules.length === 1 ? 0 : 1;
  if (claims.trainsUntil === null) return words.completed[many];
  const spoken = [...claims.languages].sort().join(",");
  const until = longDate(words, claims.trainsUntil, "until");
  return fill(words.trains[many], { in_languages: words.in_languages[spoken] || spoken, until });
}

// The text in the page's language, else in the first that there is; the code where there is none.
export function named(texts, code, language) {
  const found = (texts && texts[code]) || {};
  return [language, "ky", "ru", "en"].map((one) => found[one]).find(Boolean) || code;
}
