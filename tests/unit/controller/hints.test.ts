import { describe, expect, it } from "vitest";
import { createHints } from "../../../src/controller/hints.ts";

describe("createHints", () => {
  it("starts with everything, since nothing was seen yet", () => {
    expect(createHints().take()).toBe("all");
  });

  it("collects paths, once each, and forgets them when taken", () => {
    const hints = createHints();
    hints.take();
    for (const path of ["board/planned/a.md", "board/doing/a.md", "board/planned/a.md"]) hints.add(path);

    expect(hints.take()).toEqual({ paths: new Set(["board/planned/a.md", "board/doing/a.md"]) });
    expect(hints.take()).toEqual({ paths: new Set() });
  });

  it("turns into everything on a hint without a path, and in a flood", () => {
    const hints = createHints();
    hints.take();
    hints.add(null);
    expect(hints.take()).toBe("all");

    for (let index = 0; index < 5_000; index++) hints.add(`board/planned/${index}.md`);
    expect(hints.take()).toBe("all");
  });
});
