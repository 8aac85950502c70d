/** Text as the bytes of a file. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Front matter of these lines, above a short body. */
export function withBlock(...lines: string[]): string {
  return `---\n${lines.map((it) => `${it}\n`).join("")}---\nbody\n`;
}
