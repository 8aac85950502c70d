/** Where the front matter of a text lies. All offsets are into the text as given, byte order mark and CRLF included. */
export type Fences = {
  /** none: the text has no front matter; broken: see `problem`. */
  state: "none" | "block" | "broken";
  /** First character after the byte order mark, if there is one. */
  start: number;
  /** The YAML between the fences, its last line break included. Equal when there is none. */
  yamlStart: number;
  yamlEnd: number;
  /** First character below the closing fence. */
  bodyStart: number;
  /** 1-based line of `bodyStart`. */
  bodyLine: number;
  problem: { line: number; message: string; hint: string } | null;
};

const FENCE = /^---[ \t]*\r?$/;

/** Finds the two lines `---` that enclose the front matter. Never throws; only whole lines count, so `---foo` closes nothing. */
export function splitFences(text: string): Fences {
  const start = text.startsWith("\uFEFF") ? 1 : 0;
  const firstEnd = endOfLine(text, start);
  const first = text.slice(start, firstEnd);
  if (!FENCE.test(first)) return withoutBlock(text, start, first);

  const yamlStart = Math.min(firstEnd + 1, text.length);
  let line = 2;
  for (let at = yamlStart; at < text.length; line += 1) {
    const end = endOfLine(text, at);
    if (text.startsWith("---", at) && FENCE.test(text.slice(at, end))) {
      const bodyStart = Math.min(end + 1, text.length);
      return { state: "block", start, yamlStart, yamlEnd: at, bodyStart, bodyLine: line + 1, problem: null };
    }
    at = end + 1;
  }
  return broken(text, start, {
    line: 1,
    message: "front matter is opened by `---` and never closed",
    hint: "Close it with a line of exactly `---`.",
  });
}

function withoutBlock(text: string, start: number, first: string): Fences {
  if (/^---[^-]/.test(first)) {
    return broken(text, start, {
      line: 1,
      message: `front matter opened by \`${first.trimEnd().slice(0, 40)}\`; only YAML below a line of exactly \`---\` is read`,
      hint: "Make the first line exactly `---`.",
    });
  }
  // A blank line above the block would make every key of it vanish without a word.
  const late = /^(?:[ \t]*\r?\n)+---[ \t]*\r?\n(?=[\w"'-]+[ \t]*:)/.exec(text.slice(start, start + 2000));
  if (late !== null) {
    return broken(text, start, {
      line: late[0].split("\n").length - 1,
      message: "front matter must begin on the first line; above it are blank lines",
      hint: "Remove the blank lines above `---`.",
    });
  }
  return {
    state: "none",
    start,
    yamlStart: start,
    yamlEnd: start,
    bodyStart: start,
    bodyLine: 1,
    problem: null,
  };
}

function broken(text: string, start: number, problem: NonNullable<Fences["problem"]>): Fences {
  const end = text.length;
  return { state: "broken", start, yamlStart: end, yamlEnd: end, bodyStart: end, bodyLine: 1, problem };
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf("\n", from);
  return at === -1 ? text.length : at;
}
