import {
  closeSync,
  existsSync,
  futimesSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import { describe, expect } from "vitest";
import { recoverLateWrites } from "../../../src/git/late-writes.ts";
import { openFor } from "../../helpers/open-repo.ts";
import { itInTurn } from "../../helpers/today.ts";
import { advance, makeBaseWork } from "./base-work.ts";

// A third of them each day.
const it = itInTurn(1, 3);

const movesOf = (root: string): string => join(root, ".git/kanband/moves");
const textOf = (root: string, path: string): string => readFileSync(join(root, path), "utf8");

/** As if the time was over in which an editor may still write. */
function letPass(root: string): void {
  for (const name of readdirSync(movesOf(root))) utimesSync(join(movesOf(root), name, "plan.json"), 1, 1);
}

const WHEN = 1_000_000_000;

describe("a save of the same size, by what puts the time of the file back", () => {
  it("is seen before the move", async () => {
    const made = await makeBaseWork({ f: "aaaa\n" }, { f: "bbbb\n" });
    const path = join(made.root, "f");
    utimesSync(path, WHEN, WHEN);
    const save = (): void => {
      writeFileSync(path, "MINE\n");
      utimesSync(path, WHEN, WHEN);
    };
    expect(await advance(made, save)).toEqual({ state: "dirty", files: ["f"] });
    expect(textOf(made.root, "f")).toBe("MINE\n");
  });

  it.each([
    ["as git has the file", ""],
    ["where git has other line ends", "* text eol=crlf\n"],
  ])("is seen after the move, %s", async (_, attributes) => {
    const files = { ".gitattributes": attributes, f: "aaaa\n", g: "aaaa\n" };
    const made = await makeBaseWork(files, { f: "bbbb\n", g: "bbbb\n" });
    const editors = ["f", "g"].map((it) => openSync(join(made.root, it), "r+"));
    utimesSync(join(made.root, "f"), WHEN, WHEN);
    expect(await advance(made)).toEqual({ state: "moved" });
    const [editor = -1, idle = -1] = editors;
    writeSync(editor, "MINE");
    futimesSync(editor, WHEN, WHEN);
    closeSync(editor);
    closeSync(idle);
    letPass(made.root);

    expect(await recoverLateWrites(made.repo)).toEqual([{ path: "f", keptAt: null }]);

    expect(textOf(made.root, "f")).toMatch(/^MINE\r?\n$/);
    expect(textOf(made.root, "g")).toMatch(/^bbbb\r?\n$/);
    expect(readdirSync(movesOf(made.root))).toEqual([]);
  });
});

it("a file that was merely touched after it was set aside is none that somebody wrote", async () => {
  const made = await makeBaseWork({ f: "a\n" }, { f: "b\n" });
  const editor = openSync(join(made.root, "f"), "a");
  expect(await advance(made)).toEqual({ state: "moved" });
  futimesSync(editor, 1, 1);
  closeSync(editor);
  letPass(made.root);
  expect(await recoverLateWrites(made.repo)).toEqual([]);
  expect(textOf(made.root, "f")).toBe("b\n");
});

it.runIf(existsSync("/proc/self/fd"))(
  "a file stays aside for as long as somebody has it open for writing",
  async () => {
    const made = await makeBaseWork({ f: "a\n", g: "a\n" }, { f: "b\n", g: "b\n" });
    const { root, repo } = made;
    const [job, reader] = [openSync(join(root, "f"), "a"), openSync(join(root, "g"), "r")];
    expect(await advance(made)).toEqual({ state: "moved" });
    letPass(root);
    expect(await recoverLateWrites(repo)).toEqual([]);
    const olds = readdirSync(movesOf(root)).map((it) => readdirSync(join(movesOf(root), it, "old")));
    expect(olds).toEqual([["0"]]);
    closeSync(reader);
    writeSync(job, "hours of results\n");
    closeSync(job);
    expect(await recoverLateWrites(repo)).toEqual([{ path: "f", keptAt: null }]);
    expect([textOf(root, "f"), readdirSync(movesOf(root))]).toEqual(["a\nhours of results\n", []]);
  },
);

it("two who look at the same time say once what was written, and nothing of failures", async () => {
  const made = await makeBaseWork({ f: "a\n" }, { f: "b\n" });
  const { root, repo } = made;
  const editor = openSync(join(root, "f"), "a");
  expect(await advance(made)).toEqual({ state: "moved" });
  writeSync(editor, "mine\n");
  closeSync(editor);
  letPass(root);
  const other = await openFor(root);
  const late = await Promise.all([recoverLateWrites(repo), recoverLateWrites(other)]);
  expect(late.flat()).toEqual([{ path: "f", keptAt: null }]);
  expect([textOf(root, "f"), readdirSync(movesOf(root))]).toEqual(["a\nmine\n", []]);
});

it("what is written under another name of the file does not take the place of what was merged", async () => {
  const made = await makeBaseWork({ f: "a\n" }, { f: "b\n" });
  const { root, repo, git } = made;
  const other = join(root, ".git/backup");
  linkSync(join(root, "f"), other);
  expect(await advance(made)).toEqual({ state: "moved" });
  writeFileSync(other, "mine\n");
  letPass(root);

  const [late] = await recoverLateWrites(repo);

  expect([late?.path, readFileSync(late?.keptAt ?? "", "utf8")]).toEqual(["f", "mine\n"]);
  expect(await git("status", "--porcelain")).toBe("");
  writeFileSync(other, "more\n");
  expect(readFileSync(late?.keptAt ?? "", "utf8")).toBe("mine\n");
});

it("a name is cut to fit, and what cannot be kept now stops no other", async () => {
  const long = `${"ä".repeat(120)}.txt`;
  const made = await makeBaseWork({ [long]: "a\n", f: "a\n" }, { [long]: null, f: "b\n" });
  const { root, repo } = made;
  const editors = [long, "f"].map((it) => openSync(join(root, it), "a"));
  expect(await advance(made)).toEqual({ state: "moved" });
  for (const it of editors) {
    writeSync(it, "mine\n");
    closeSync(it);
  }
  letPass(root);
  const kept = join(root, ".git/kanband/kept");
  writeFileSync(kept, "in the way");

  expect(await recoverLateWrites(repo)).toMatchObject([{ path: long, failure: expect.anything() }, { path: "f" }]);
  expect(textOf(root, "f")).toBe("a\nmine\n");

  rmSync(kept);
  const [late] = await recoverLateWrites(repo);
  expect(readFileSync(late?.keptAt ?? "", "utf8")).toBe("a\nmine\n");
  expect(basename(late?.keptAt ?? "")).toMatch(/^[0-9a-f]{16}-ä+\.txt$/);
  expect(existsSync(join(root, long))).toBe(false);
  expect(readdirSync(movesOf(root))).toEqual([]);
});
