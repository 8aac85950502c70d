import { describe, expect, it } from "vitest";
import { findDuplicates } from "../../../src/board/duplicates.ts";

const file = (path: string, ...aliases: string[]) => ({ id: path.replace(/^.*\//, ""), aliases, path });

describe("findDuplicates", () => {
  it("finds none among different names", () => {
    const files = [file("doing/a", "X-1"), file("done/b", "X-2"), file("done/c")];

    expect(findDuplicates(files)).toEqual({ duplicates: new Map(), findings: [] });
  });

  it.each([
    ["one id in two lanes", [file("doing/a"), file("done/a")], /"a" is also that of done\/a/],
    ["one alias", [file("doing/a", "X-1"), file("done/b", "X-1")], /"X-1" is also that of done\/b/],
    ["an alias that is another's id", [file("doing/a", "b"), file("done/b")], /"b" is also that of done\/b/],
    [
      "names that differ in case",
      [file("doing/Task"), file("done/task")],
      /"Task" is the same as "task" of done\/task on some/,
    ],
    ["names that differ in composition", [file("doing/é"), file("done/e\u0301")], /on some file systems/],
  ])("%s", (_, files, message) => {
    const { duplicates, findings } = findDuplicates(files);

    expect(Object.fromEntries(duplicates)).toEqual({
      [files[0]!.path]: [files[1]!.path],
      [files[1]!.path]: [files[0]!.path],
    });
    expect(findings.map((it) => [it.path, it.code, it.severity])).toEqual(
      files.map((it) => [it.path, "TASK_DUPLICATE", "error"]),
    );
    expect(findings[0]?.message).toMatch(message);
  });

  it("names a pair once, whatever they share", () => {
    const { duplicates, findings } = findDuplicates([file("doing/a", "X"), file("done/a", "X"), file("backlog/a")]);

    expect(duplicates.get("doing/a")).toEqual(["done/a", "backlog/a"]);
    expect(findings).toHaveLength(6);
  });

  it("a file whose alias is its own id is alone", () => {
    expect(findDuplicates([file("doing/a", "a", "A")]).findings).toEqual([]);
  });
});
