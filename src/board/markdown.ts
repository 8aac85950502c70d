/** A fenced code block: its info string (`sh`) and its content. */
export type CodeBlock = { info: string; code: string };

/** The commands of a task: the content of each fenced block of `sh`, `bash` or `shell`, in order. */
export function shellBlocks(markdown: string): string[] {
  return codeBlocks(markdown)
    .filter(({ info }) => /^(?:sh|bash|shell)(?:\s|$)/i.test(info))
    .map(({ code }) => code);
}

/**
 * The fenced code blocks as CommonMark has them: fences of three or more backticks or tildes, indented by at most three,
 * closed by at least as many of the same; an unclosed one ends with the text. What an HTML comment hides is not seen.
 */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: { info: string; lines: string[] }[] = [];
  scan(markdown, {
    open: (info) => blocks.push({ info, lines: [] }),
    code: (line) => blocks.at(-1)?.lines.push(line),
    text: () => undefined,
  });
  return blocks.map(({ info, lines }) => ({ info, code: lines.map((it) => `${it}\n`).join("") }));
}

/** The lines outside code blocks and HTML comments. */
export function proseLines(markdown: string): string[] {
  const lines: string[] = [];
  scan(markdown, {
    open: () => undefined,
    code: () => undefined,
    text: (line) => {
      lines.push(line);
      return false;
    },
  });
  return lines;
}

/** The text of the first heading (`# …` or underlined) outside code; null when there is none. */
export function firstHeading(markdown: string): string | null {
  let previous = "";
  let heading: string | null = null;
  scan(markdown, {
    open: () => (previous = ""),
    code: () => undefined,
    text: (whole) => {
      const line = whole.slice(0, LINE_CHARACTERS);
      const atx = /^ {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/.exec(line);
      if (heading === null && atx !== null) heading = (atx[1] ?? "").trim() || null;
      if (heading === null && previous !== "" && /^ {0,3}(?:=+|-+)[ \t]*$/.test(line)) heading = previous;
      previous = /^ {0,3}[^\s>#-]/.test(line) ? line.trim() : "";
      return heading !== null;
    },
  });
  return heading;
}

// A longer heading is cut before the patterns see it.
const LINE_CHARACTERS = 1000;

type Visitor = {
  open: (info: string) => unknown;
  code: (line: string) => unknown;
  /** True ends the scan. */
  text: (line: string) => boolean | undefined;
};

function scan(markdown: string, visit: Visitor): void {
  let fence: { mark: string; indent: number } | null = null;
  let isComment = false;
  const lines = markdown.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const raw of lines) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (fence !== null) {
      const closing: string | undefined = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1];
      if (closing?.startsWith(fence.mark)) fence = null;
      else visit.code(line.replace(new RegExp(`^ {0,${String(fence.indent)}}`), ""));
      continue;
    }
    if (isComment || /^ {0,3}<!--/.test(line)) {
      isComment = !line.includes("-->");
      continue;
    }
    const opening = /^( {0,3})(?:(`{3,})([^`]*)|(~{3,})(.*))$/.exec(line);
    if (opening !== null) {
      fence = { mark: opening[2] ?? opening[4] ?? "", indent: opening[1]?.length ?? 0 };
      visit.open((opening[3] ?? opening[5] ?? "").trim());
    } else if (visit.text(line) === true) return;
  }
}
