// A sheet in the address: packed, so that a link holds all of it and nothing is kept elsewhere.

const FLAGS = { a: "hideAnswers", c: "hideCauses", g: "fixedGivens", v: "veilNumbers" };

// A text of more bytes than this is none of ours.
const MOST = 1_000_000;

// What a stream makes of some bytes; no more than MOST of it.
async function through(bytes, stream) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts = [];
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    if (length > MOST) throw new Error("too long");
    parts.push(part.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

const lettersOf = (flags) => Object.entries(FLAGS).flatMap(([letter, flag]) => (flags[flag] ? [letter] : [])).join("");

/** The hash of the teacher's flags alone. */
export const flagged = (flags) => (lettersOf(flags) ? `#f=${lettersOf(flags)}` : "");

/** The hash for a text, with the teacher's flags, and the format it is read as where it does not tell. */
export async function packed(text, flags = {}, readAs = "") {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const letters = lettersOf(flags);
  const hash = `#s=${base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
  return [hash, letters && `f=${letters}`, readAs && `as=${readAs}`].filter(Boolean).join("&");
}

/** What a hash says: a text or an exercise, and flags; null where it says nothing. */
export async function unpacked(hash) {
  const asked = new URLSearchParams(hash.replace(/^#/, ""));
  const letters = asked.get("f") ?? "";
  const flags = Object.fromEntries(Object.entries(FLAGS).map(([letter, flag]) => [flag, letters.includes(letter)]));
  if (asked.has("example")) return { example: asked.get("example"), flags };
  if (asked.has("shape")) return { exercise: { shape: asked.get("shape"), seed: Number(asked.get("seed") ?? 0), form: asked.get("form") ?? "blank" }, flags };
  if (!asked.has("s")) return letters ? { flags } : null;
  try {
    const base64 = asked.get("s").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const text = new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
    return { text, flags, readAs: asked.get("as") ?? "" };
  } catch {
    return { damaged: true, flags };
  }
}
