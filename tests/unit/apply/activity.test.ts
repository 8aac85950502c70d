import { describe, expect, it } from "vitest";
import { addLine, countLines, emptyActivity, linesOf, readActivity } from "../../../src/apply/activity.ts";
import { formatActivityLine } from "../../../src/board/session-file.ts";

const AT = Date.UTC(2026, 10, 20, 10);

function talk(count: number): { activity: ReturnType<typeof emptyActivity>; cuts: number } {
  const activity = emptyActivity();
  let cuts = 0;
  for (let index = 0; index < count; index++) {
    const mark = index % 10 === 0 ? "!" : ">";
    if (addLine(activity, formatActivityLine(AT, `${mark} line ${index} ${"x".repeat(150)}`))) cuts++;
  }
  return { activity, cuts };
}

describe("the activity of a run", () => {
  it("keeps every line while they are few", () => {
    const { activity } = talk(3);
    expect(linesOf(activity)).toHaveLength(3);
    expect(countLines(activity)).toEqual({ stdout: 2, stderr: 1 });
  });

  it("keeps the beginning and the end of a torrent, counts the rest by stream, and reads back as it was", () => {
    const { activity, cuts } = talk(20_000);
    const lines = linesOf(activity);
    const text = `${lines.join("\n")}\n`;

    expect(cuts).toBeGreaterThan(1);
    expect(text.length).toBeLessThan(700 * 1024);
    expect(lines[0]).toContain("line 0 ");
    expect(lines.at(-1)).toContain("line 19999 ");
    expect(lines.filter((it) => it.includes("left out here"))).toHaveLength(1);
    expect(countLines(activity)).toEqual({ stdout: 18_000, stderr: 2_000 });
    expect(readActivity(text)).toEqual(activity);
  });

  it("is not fooled by a line that looks like the note of what is left out", () => {
    const line = formatActivityLine(AT, "> * 5 lines of stdout and 5 of stderr left out here");
    expect(countLines(readActivity(`${line}\n`) ?? emptyActivity())).toEqual({ stdout: 1, stderr: 0 });
  });

  it("is null where somebody else wrote", () => {
    expect(readActivity("- 10:00:00 > ok\nsomething else\n")).toBeNull();
  });
});
