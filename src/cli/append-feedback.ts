const HEADING = "## Feedback";

/**
 * Adds a remark at the end of a task's body: under the heading `## Feedback` when that is its last section, else under a new one.
 * Everything that was there stays as it was, line ends included.
 */
export function appendFeedback(text: string, message: string): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const remark = message.trim().split(/\r?\n/).join(eol);
  const ending = text === "" || text.endsWith("\n") ? "" : eol;
  const heading = lastHeading(text) === HEADING ? [] : [HEADING, ""];
  return text + ending + ["", ...heading, remark, ""].join(eol);
}

// A line that begins like a heading but stands in a fenced block is none.
function lastHeading(text: string): string | null {
  let last: string | null = null;
  let fence: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    const mark = /^\s{0,3}(```+|~~~+)/.exec(line)?.[1] ?? null;
    if (mark !== null && fence === null) fence = mark;
    else if (fence !== null && mark?.startsWith(fence) === true) fence = null;
    else if (fence === null && /^#{1,2}\s/.test(line)) last = line.trimEnd();
  }
  return last;
}
