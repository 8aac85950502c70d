import { KanbandError } from "../errors.ts";

/** Refuses whatever git would not take as the full name of a ref, before it gets near a command. */
export function checkRefName(ref: string): void {
  if (!isRefName(ref)) throw new KanbandError("INTERNAL", `Not the full name of a ref: ${JSON.stringify(ref)}`);
}

/** Whether git would take it as the full name of a ref. */
export function isRefName(ref: string): boolean {
  const isFull = ref.startsWith("refs/") || ref === "HEAD";
  return isFull && !FORBIDDEN.test(ref) && !/\.\.|@\{|\/\/|\/\.|\/-|\.lock(?:\/|$)|[./]$/.test(ref);
}

/** A revision that cannot be taken for an option or a path: an id, or the full name of a ref. */
export function checkRevision(name: string): string {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name)) checkRefName(name);
  return name;
}

const FORBIDDEN = /[\0-\x20\x7f~^:?*[\\]/;

/** One part of a ref name for any text: what git forbids becomes `%` and two hex digits a byte. */
export function toRefPart(text: string): string {
  const bytes = [...Buffer.from(text, "utf8")];
  const plain = bytes.map((it) => (isPlainByte(it) ? String.fromCharCode(it) : escapeByte(it))).join("");
  const guarded = plain.replace(/^[.-]/, hexOf).replace(/\.(?=\.|$)|@(?=\{|$)/g, hexOf);
  return guarded.replace(/\.lock$/, "%2elock");
}

/** The text that `toRefPart` was given. */
export function fromRefPart(part: string): string {
  const bytes = part.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

function isPlainByte(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && !"~^:?*[\\/%".includes(String.fromCharCode(byte));
}

function hexOf(character: string): string {
  return escapeByte(character.charCodeAt(0));
}

function escapeByte(byte: number): string {
  return `%${byte.toString(16).padStart(2, "0")}`;
}
