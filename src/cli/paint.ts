import type { Output } from "./context.ts";

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof CODES;

/** Colours text for this output; leaves it alone where there are no colours. */
export function paint(output: Pick<Output, "hasColor">, style: Style, text: string): string {
  if (!output.hasColor) return text;
  const [open, close] = CODES[style];
  return `\u001B[${open}m${text}\u001B[${close}m`;
}
