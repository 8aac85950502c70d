import { branchOf } from "./branch.ts";

const NAME_BYTES = 200;
// Git keeps each branch in a file of its name with `.lock` beside it; file systems stop at 255 bytes.
const BRANCH_BYTES = 240;
// Nearly every name; the checks one by one are for the others.
const PLAIN = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,199}|[A-Za-z0-9_-]{0,99}\.md)$/;
// Composed as it is.
const ASCII = /^[ -~]*$/;
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/i;
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const DIRECTION = /[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;

/** Why a task id cannot be the name of a file, a folder and a branch on every system; null when it can. */
export function unportableReason(id: string): string | null {
  if (PLAIN.test(id) && !RESERVED.test(id)) return null;
  if (id === "") return "it is empty";
  if (CONTROL.test(id)) return "it contains a control character or a line break";
  if (DIRECTION.test(id)) return "it contains an invisible character or one that reverses the direction of text";
  if (/\p{Cs}|\uFFFD/u.test(id)) return "it is not valid Unicode";
  if (/[<>:"|?*\\/]/.test(id)) return 'it contains one of < > : " | ? * \\ /';
  if (id.startsWith("-")) return "it begins with `-`, which programs take for an option";
  if (id.startsWith(".")) return "it begins with a dot";
  if (/[. ]$/.test(id)) return "it ends with a dot or a space";
  if (/^\s/.test(id)) return "it begins with a space";
  if (isReservedName(id)) return "Windows reserves this name";
  const { length } = new TextEncoder().encode(id);
  if (length > NAME_BYTES) return `it is ${String(length)} bytes long; at most ${String(NAME_BYTES)} work everywhere`;
  if (new TextEncoder().encode(branchOf(id)).length > BRANCH_BYTES)
    return "it has too many characters that a branch name cannot hold";
  return null;
}

/** Whether Windows takes a name for one of its devices: what follows a dot does not count, nor do spaces before it. */
export function isReservedName(name: string): boolean {
  return RESERVED.test(name);
}

/** What two names have in common that are one name to some file systems: case and Unicode composition do not count. */
export function foldName(name: string): string {
  if (ASCII.test(name)) return name.toLowerCase();
  return name.normalize("NFC").toLowerCase().normalize("NFC");
}
