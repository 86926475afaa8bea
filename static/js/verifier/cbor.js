// The part of CBOR (RFC 8949) that a statement is written in, and no second way to write it: whole numbers, bytes, text,
// lists, and maps under rising whole numbers, every length in its shortest form. What this reads is deterministic, so it
// need not be written again to find out. No number of ours is larger than a script can hold.
const NUMBER = 0, BYTES = 2, TEXT = 3, LIST = 4, MAP = 5;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const refuse = () => {
  throw new RangeError("not in deterministic encoding");
};

export function decode(bytes) {
  const input = { bytes, at: 0 };
  const value = item(input);
  return input.at === bytes.length ? value : refuse();
}

function item(input) {
  const first = take(input, 1)[0];
  const size = number(input, first & 31);
  switch (first >> 5) {
    case NUMBER: return size;
    case BYTES: return take(input, size);
    case TEXT: return utf8.decode(take(input, size));
    case LIST: return items(input, size);
    case MAP: return map(input, size);
    default: return refuse();
  }
}

function number(input, short) {
  if (short < 24) return short;
  if (short > 27) refuse();
  const width = 1 << (short - 24);
  const value = take(input, width).reduce((sum, byte) => sum * 256 + byte, 0);
  const smallest = width === 1 ? 24 : 2 ** (4 * width);
  return value >= smallest && Number.isSafeInteger(value) ? value : refuse();
}

function take(input, size) {
  const end = input.at + size;
  if (end > input.bytes.length) refuse();
  const taken = input.bytes.subarray(input.at, end);
  input.at = end;
  return taken;
}

function items(input, size) {
  const found = [];
  for (let left = size; left > 0; left -= 1) found.push(item(input));
  return found;
}

function map(input, size) {
  const found = new Map();
  for (let left = size, last = -1; left > 0; left -= 1) {
    const key = item(input);
    if (typeof key !== "number" || key <= last) refuse();
    found.set((last = key), item(input));
  }
  return found;
}

// How bytes are written: their length, then themselves.
export function encodeBytes(bytes) {
  const size = bytes.length;
  const head = size < 24 ? [0x40 | size] : size < 256 ? [0x58, size] : [0x59, size >> 8, size & 255];
  return Uint8Array.from([...head, ...bytes]);
}
