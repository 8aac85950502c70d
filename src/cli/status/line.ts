import stringWidth from "string-width";
import { paint, type Style } from "../paint.ts";

/** A piece of a line in one style. Styles are put on last, so that widths are those of the text. */
export type Span = readonly [text: string, style?: Style];

/** One line of the screen. */
export type Line = readonly Span[];

/** How many cells of a terminal a line takes: wide characters count twice, combining ones not at all. */
export function widthOf(line: Line): number {
  return line.reduce((sum, [text]) => sum + cells(text), 0);
}

/** The line cut to so many cells, with `…` where something is left out. */
export function cut(line: Line, width: number): Line {
  if (widthOf(line) <= width) return line;
  const kept: Span[] = [];
  let left = width - 1;
  for (const [text, style] of line) {
    const part = cutText(text, left);
    kept.push(style === undefined ? [part] : [part, style]);
    left -= cells(part);
    if (part !== text) break;
  }
  return width < 1 ? [] : [...kept, ["…", "dim"]];
}

/** The line cut or filled with blanks to exactly so many cells. */
export function pad(line: Line, width: number): Line {
  const fitting = cut(line, width);
  return [...fitting, [" ".repeat(Math.max(0, width - widthOf(fitting)))]];
}

/** A text broken at blanks into lines of so many cells, at most `most` of them. */
export function wrap(text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && cells(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  if (lines.length <= most) return lines.map((it) => asText(cut([[it]], width)));
  const rest = lines.slice(most - 1).join(" ");
  return [...lines.slice(0, most - 1), rest].map((it) => asText(cut([[it]], width)));
}

/** The line as it is printed. */
export function print(line: Line, hasColor: boolean): string {
  const text = line
    .map(([it, style]) => (style === undefined || it === "" ? it : paint({ hasColor }, style, it)))
    .join("");
  return text.replace(/ +$/, "");
}

function asText(line: Line): string {
  return line.map(([text]) => text).join("");
}

function cutText(text: string, width: number): string {
  if (cells(text) <= width) return text;
  let kept = "";
  for (const character of text) {
    if (cells(kept + character) > width) break;
    kept += character;
  }
  return kept;
}

// Nearly everything is plain ASCII, where measuring is counting.
function cells(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}
