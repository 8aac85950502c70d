import stringWidth from "fast-string-width";
import { paint, type Style } from "../paint.ts";

/** A piece of a line in one style. Styles are put on last, so that widths are those of the text. */
export type Span = readonly [text: string, style?: Style | undefined];

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

/** A text broken at blanks, and words that are too long anywhere, into lines of so many cells, at most `most` of them. */
export function wrap(text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((it) => chunks(it, width))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && cells(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  if (lines.length <= most) return lines;
  const rest = cut([[lines.slice(most - 1).join(" ")]], width);
  return [...lines.slice(0, most - 1), rest.map(([it]) => it).join("")];
}

/** The line as it is printed. */
export function print(line: Line, hasColor: boolean): string {
  const text = line
    .map(([it, style]) => (style === undefined || it === "" ? it : paint({ hasColor }, style, it)))
    .join("");
  return text.replace(/ +$/, "");
}

function chunks(word: string, width: number): string[] {
  const parts: string[] = [];
  for (let rest = word; ; ) {
    const most = cutText(rest, Math.max(2, width));
    // Names are made of words too.
    const joint = most === rest ? -1 : Math.max(...["-", "_", "/", "."].map((it) => most.lastIndexOf(it)));
    const part = joint > most.length / 3 ? most.slice(0, joint + 1) : most;
    parts.push(part);
    if (part === rest) return parts;
    rest = rest.slice(part.length);
  }
}

function cutText(text: string, width: number): string {
  if (isAscii(text)) return text.slice(0, width);
  let end = 0;
  let left = width;
  for (const { segment, index } of SEGMENTER.segment(text)) {
    left -= stringWidth(segment);
    if (left < 0) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

const SEGMENTER = new Intl.Segmenter();

// Nearly everything is plain ASCII, where measuring is counting.
function cells(text: string): number {
  return isAscii(text) ? text.length : stringWidth(text);
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
