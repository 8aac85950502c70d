import { describe, expect, it } from "vitest";
import { createLiveView } from "../../../src/cli/live-view.ts";

const CODES = new RegExp(`(${"\u001B"}\\[\\d*[AKJ]|\r|\n)`);

/** What a terminal of a few lines would show: it knows the four codes that the view uses. */
function terminal(rowCount: number) {
  const screen = [""];
  const at = { row: 0, column: 0 };
  function put(text: string): void {
    const line = screen[at.row] ?? "";
    screen[at.row] = line.slice(0, at.column).padEnd(at.column) + text + line.slice(at.column + text.length);
    at.column += text.length;
  }
  function write(text: string): void {
    for (const part of text.split(CODES)) {
      if (part === "\n") {
        at.row += 1;
        at.column = 0;
        screen[at.row] ??= "";
      } else if (part === "\r") at.column = 0;
      else if (part.endsWith("A") && part.startsWith("\u001B")) at.row -= Number(part.slice(2, -1));
      else if (part === "\u001B[K") screen[at.row] = (screen[at.row] ?? "").slice(0, at.column);
      else if (part === "\u001B[J") screen.splice(at.row, screen.length, (screen[at.row] ?? "").slice(0, at.column));
      else put(part);
    }
  }
  return {
    output: { write, isTerminal: true, hasColor: false, columns: () => 80, rows: () => rowCount },
    lines: () => screen.filter((_, index) => index < screen.length - 1 || screen[index] !== ""),
  };
}

describe("a live view", () => {
  it("shows each text where the last one stood", () => {
    const { output, lines } = terminal(24);
    output.write("before\n");
    const view = createLiveView(output);

    view.draw("one\ntwo\nthree\n");
    view.draw("a longer one\ntwo");

    expect(lines()).toEqual(["before", "a longer one", "two"]);
  });

  it("leaves the last text in view, and starts anew below it", () => {
    const { output, lines } = terminal(24);
    const view = createLiveView(output);
    view.draw("one\ntwo");
    view.end();
    output.write("after\n");

    view.draw("three");

    expect(lines()).toEqual(["one", "two", "after", "three"]);
  });

  it("never scrolls: what does not fit is cut off", () => {
    const { output, lines } = terminal(4);
    const view = createLiveView(output);

    view.draw("1\n2\n3\n4\n5");
    view.draw("a\nb\nc\nd\ne");

    expect(lines()).toEqual(["a", "b", "…"]);
  });

  it("writes nothing when nothing changed", () => {
    const written: string[] = [];
    const view = createLiveView({ ...terminal(24).output, write: (text) => void written.push(text) });

    view.draw("one");
    view.draw("one");

    expect(written.length).toBe(1);
  });
});
