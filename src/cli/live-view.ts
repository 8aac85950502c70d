import type { Output } from "./context.ts";

export type LiveView = {
  /** Shows this text where the last one stood. */
  draw(text: string): void;
  /** Prints below; what was drawn last stays in view. */
  end(): void;
};

/**
 * A text that is redrawn in place. It never scrolls: what does not fit the terminal is cut off below, so that
 * the cursor always finds its way back to the first line.
 */
export function createLiveView(output: Output): LiveView {
  const drawn = { lineCount: 0, text: "" };
  return {
    draw(text) {
      const lines = text.trimEnd().split("\n");
      const roomForLines = Math.max(1, output.rows() - 1);
      const fitting = lines.length <= roomForLines ? lines : [...lines.slice(0, roomForLines - 1), "…"];
      const next = fitting.join("\n");
      if (next === drawn.text) return;
      const up = drawn.lineCount === 0 ? "" : `\u001B[${drawn.lineCount}A`;
      // Each line is wiped as it is written, what is left below at the end: no flicker of an empty screen.
      output.write(`${up}\r${fitting.map((line) => `${line}\u001B[K\n`).join("")}\u001B[J`);
      drawn.lineCount = fitting.length;
      drawn.text = next;
    },
    end() {
      drawn.lineCount = 0;
      drawn.text = "";
    },
  };
}
