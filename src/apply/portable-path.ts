import { isReservedName } from "../board/portable-name.ts";

// Control characters, and marks that change the direction of text and so hide what a name says.
const INVISIBLE = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
const NAME_LIMIT_BYTES = 255;

/** Why a path cannot be had on every system; null when it can. */
export function portabilityProblem(path: string): string | null {
  for (const name of path.split("/")) {
    const problem = nameProblem(name);
    if (problem !== null) return problem;
  }
  return null;
}

function nameProblem(name: string): string | null {
  if (INVISIBLE.test(name)) return "has invisible characters in its name";
  if (/[<>:"\\|?*]/.test(name)) return "has a character in its name that not every system allows";
  if (/[. ]$/.test(name)) return "has a name that ends in a dot or a space";
  if (isReservedName(name)) return "has a name that some systems reserve";
  if (name.normalize("NFC") !== name) return "has a name that is not in Unicode's composed form (NFC)";
  if (Buffer.byteLength(name) > NAME_LIMIT_BYTES) return `has a name longer than ${NAME_LIMIT_BYTES} bytes`;
  return null;
}
