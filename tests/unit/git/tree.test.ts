import { describe, expect, it } from "vitest";
import { editTree, emptyTree, findEntry, listTree, parseTree } from "../../../src/git/tree.ts";
import { fc } from "../../helpers/fast-check.ts";

const SHA_A = "a".repeat(40);
const SHA_B = "b".repeat(40);

/** Names that sort near each other, where a folder and a file of one name differ. */
const names = fc.constantFrom(
  "a",
  "a.b",
  "a-b",
  "a0",
  "ab",
  "b",
  "a/".slice(0, 1),
  "A",
  "ä",
  "z",
  "a b",
  "aa",
  "a.b.c",
);
const values = fc.option(
  fc.record({ mode: fc.constantFrom("100644", "40000", "120000"), sha: fc.constantFrom(SHA_A, SHA_B) }),
);

// What git does: bytes of the name, a folder as if it ended in a slash.
function inGitsOrder(entries: { name: string; mode: string }[]): string[] {
  const key = ({ name, mode }: { name: string; mode: string }): Buffer => {
    return Buffer.from(mode === "40000" ? `${name}/` : name);
  };
  return entries.toSorted((a, b) => Buffer.compare(key(a), key(b))).map((it) => it.name);
}

describe("a tree object", () => {
  it("after any edits holds exactly what was put in, in git's order", () => {
    const batches = fc.array(fc.uniqueArray(fc.record({ name: names, to: values }), { selector: (it) => it.name }));
    fc.assert(
      fc.property(batches, (edits) => {
        let tree = emptyTree(20);
        const wanted = new Map<string, { mode: string; sha: string }>();
        for (const batch of edits) {
          tree = editTree(tree, batch);
          for (const { name, to } of batch) {
            if (to === null) wanted.delete(name);
            else wanted.set(name, to);
          }
        }

        const listed = listTree(tree);
        expect(listed.map((it) => it.name)).toEqual(
          inGitsOrder([...wanted].map(([name, { mode }]) => ({ name, mode }))),
        );
        for (const [name, to] of wanted) expect(findEntry(tree, name)).toMatchObject(to);
        expect(listTree(parseTree(tree.raw, 20))).toEqual(listed);
      }),
    );
  });

  it("finds nothing that is not there, and tells types apart", () => {
    const tree = editTree(emptyTree(32), [
      { name: "folder", to: { mode: "40000", sha: "c".repeat(64) } },
      { name: "module", to: { mode: "160000", sha: "d".repeat(64) } },
    ]);

    expect(findEntry(tree, "fold")).toBeNull();
    expect(findEntry(tree, "folder/")).toBeNull();
    expect(listTree(tree).map((it) => it.type)).toEqual(["tree", "commit"]);
    expect(editTree(tree, [{ name: "nope", to: null }]).raw).toEqual(tree.raw);
  });

  it("keeps names that are not UTF-8", () => {
    const odd = Buffer.concat([
      Buffer.from("100644 "),
      Buffer.from([0xff, 0xfe]),
      Buffer.from([0]),
      Buffer.alloc(20, 1),
    ]);

    const edited = editTree(parseTree(odd, 20), [{ name: "a", to: { mode: "100644", sha: SHA_A } }]);

    expect(edited.raw.includes(odd)).toBe(true);
  });
});
