import { describe, expect, it } from "vitest";
import { listTouched } from "../../../src/apply/touched-files.ts";

describe("the list of touched files", () => {
  it("has each once, sorted", () => {
    expect(listTouched(["b", "a/x", "b"])).toEqual(["a/x", "b"]);
  });

  it("names folders where files are too many, as deep as they may be", () => {
    const deep = Array.from({ length: 150 }, (_, index) => `src/part-${index % 3}/inner/f${index}.ts`);
    expect(listTouched([...deep, "README.md"])).toEqual([
      "README.md",
      "src/part-0/inner/",
      "src/part-1/inner/",
      "src/part-2/inner/",
    ]);
    const wide = Array.from({ length: 150 }, (_, index) => `src/part-${index}/f.ts`);
    expect(listTouched(wide)).toEqual(["src/"]);
    expect(listTouched([...wide, "src/"])).toEqual(["src/"]);
  });
});
