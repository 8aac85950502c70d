import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/board/finding.ts";
import { agentsOf, expectSound, inLane, kanband, sessionText, soon, status } from "../../helpers/board-watch.ts";
import { liveBoard, shellTask } from "../../helpers/live-board.ts";

const LONG_NAME = `${"n".repeat(247)}.md`;
const GOOD = shellTask("echo two >> src/app.txt");
const BOMB = [
  "---",
  "a: &a [x, x, x, x, x, x, x, x, x]",
  ..."bcdefghi".split("").map((it, at) => {
    const before = `*${"abcdefgh"[at] ?? "a"}`;
    return `${it}: &${it} [${Array.from({ length: 9 }, () => before).join(", ")}]`;
  }),
  "---",
  "",
].join("\n");

type Broken = { name: string; bytes: string | Buffer; line: number | null; says: RegExp };

/** Files that must never run, each with where and why. */
const BROKEN: readonly Broken[] = [
  { name: "yaml.md", bytes: "---\ntitle: Fix login: again\n---\n", line: 2, says: /not readable YAML/ },
  { name: "twice.md", bytes: "---\ntitle: a\npriority: low\ntitle: b\n---\n", line: 4, says: /title|duplicat/i },
  { name: "type.md", bytes: "---\ntitle: x\nverify: {a: b}\n---\n# X\n", line: 3, says: /verify/ },
  { name: "bytes.md", bytes: Buffer.from([0x23, 0x20, 0xff, 0xfe, 0x0a]), line: 1, says: /UTF-8/ },
  { name: "code.md", bytes: '---js\nrequire("fs").writeFileSync("owned", "")\n---\n', line: 1, says: /js/ },
  { name: "bomb.md", bytes: BOMB, line: null, says: /YAML|alias|expand/i },
  { name: "big.md", bytes: `# Big\n${"x".repeat(5_000_000)}\n`, line: null, says: /1 MiB|at most/ },
  { name: "empty.md", bytes: "", line: null, says: /empty/ },
  { name: "-rf.md", bytes: GOOD, line: null, says: /begins with/ },
  { name: "two\nlines.md", bytes: GOOD, line: null, says: /line break/ },
  { name: "x\u202Egnp.md", bytes: GOOD, line: null, says: /reverses/ },
  { name: "CON.md", bytes: GOOD, line: null, says: /Windows/ },
  { name: LONG_NAME, bytes: GOOD, line: null, says: /bytes long/ },
];

/** Files that can be read and wait, each with why. */
const WAITING: Readonly<Record<string, { keys: string; says: RegExp }>> = {
  persona: { keys: "persona: enginer\n", says: /enginer/ },
  "persona-outside": { keys: "persona: ../../README\n", says: /README|persona/ },
  missing: { keys: "dependencies: [nowhere]\n", says: /nowhere/ },
  outside: { keys: "dependencies: [../x]\n", says: /\.\.\/x/ },
  "cycle-a": { keys: "dependencies: [cycle-b]\n", says: /cycle-b/ },
  "cycle-b": { keys: "dependencies: [cycle-a]\n", says: /cycle-a/ },
  itself: { keys: "dependencies: [itself]\n", says: /itself/ },
};

describe("bad input", () => {
  it("what is in the way of a file is said, is not tried all the time, and takes nobody's slot", async () => {
    const board = await liveBoard({ settings: "slots: 1\nagent: shell\ngrace: 1s\n" });
    board.write("board/backlog/folder.md", "# Folder\n");
    await board.git("add", "--all");
    await board.git("commit", "--quiet", "--message", "One more");
    symlinkSync("../../README.md", join(board.root, "board/doing/first.md"));
    board.write("board/planned/first.md", GOOD);
    await board.start();
    rmSync(join(board.root, "board/backlog/folder.md"));
    mkdirSync(join(board.root, "board/backlog/folder.md"));
    await soon(board, "what is in the way is said", async () => {
      const why = (await status(board)).tasks.find(({ id }) => id === "first")?.waiting ?? "";
      return /edit failed: .*first\.md exists already/.test(why);
    });
    board.write("board/planned/second.md", GOOD);
    await inLane(board, "second", "for_review");
    await soon(board, "the folder's file is gone from the branch", async () => {
      return !(await board.git("ls-tree", "-r", "--name-only", "HEAD")).includes("folder.md");
    });

    // It rests 0.5 s, 1 s, 2 s …: a few lines, where a loop without rest wrote 160 a second.
    const log = readFileSync(join(board.root, ".git/kanband/log/kanband.log"), "utf8");
    expect(log.split("\n").filter((it) => it.includes("exists already")).length).toBeLessThan(12);
    expect(lstatSync(join(board.root, "board/doing/first.md")).isSymbolicLink()).toBe(true);
  });

  it("every broken file is named with path, line and reason and stays as it is, and a good task goes on beside them", async () => {
    const board = await liveBoard({
      files: { "board/backlog/odd.md": shellTask("true", "lane: dong\n"), "board/backlog/copy.md": "# A copy\n" },
    });
    const planned = join(board.boardRoot, "board/planned");
    const untouched: string[] = ["board/backlog/odd.md", "board/backlog/copy.md", "board/planned/copy.md"];
    for (const { name, bytes } of BROKEN) {
      writeFileSync(join(planned, name), bytes);
      untouched.push(`board/planned/${name}`);
    }
    for (const [id, { keys }] of Object.entries(WAITING)) {
      board.write(`board/planned/${id}.md`, shellTask("echo never > never.txt", keys));
      untouched.push(`board/planned/${id}.md`);
    }
    board.write("board/planned/copy.md", shellTask("echo another > copy.txt"));
    board.write("board/planned/Twin.md", shellTask("echo never > twin.txt"));
    board.write("board/planned/twin.md", shellTask("echo never > twin.txt"));
    untouched.push("board/planned/Twin.md", "board/planned/twin.md");
    board.write("outside.md", shellTask("echo never > outside.txt"));
    symlinkSync("../../outside.md", join(planned, "link.md"));
    execFileSync("mkfifo", [join(planned, "pipe.md")]);
    mkdirSync(join(planned, "folder.md"));
    board.write("board/planned/crlf.md", GOOD.replaceAll("two", "crlf").replaceAll("\n", "\r\n"));
    board.write("board/planned/bom.md", `\uFEFF${shellTask("echo bom > bom.txt")}`);
    const before = untouched.map((path) => hash(join(board.boardRoot, path)));

    await board.start();
    board.write("board/planned/good.md", shellTask("echo good > good.txt"));
    for (const id of ["good", "crlf", "bom"]) await inLane(board, id, "for_review");
    await soon(board, "all but the link is committed", async () => {
      return (await board.git("status", "--porcelain", "--", "board")) === "?? board/planned/link.md";
    });

    expect(untouched.map((path) => hash(join(board.boardRoot, path)))).toEqual(before);
    expect(board.read("board/for_review/crlf.md").replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    expect(board.read("board/for_review/bom.md")).toMatch(/^\uFEFF---\n/);
    expect(lstatSync(join(planned, "link.md")).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(planned, "pipe.md")).isFIFO()).toBe(true);
    expect(existsSync(join(board.root, "owned"))).toBe(false);
    await soon(board, "no process is left", () => agentsOf(board).length === 0);
    expect(await board.git("branch", "--format=%(refname:short)", "--list", "kanband/*")).toBe(
      "kanband/bom\nkanband/crlf\nkanband/good",
    );
    expect(sessionText(board, "good")).toMatch(/^state: done$/m);

    const shown = await status(board);
    const checked = await kanband(board.root, ["check", "--json"]);
    const { findings }: { findings: Finding[] } = JSON.parse(checked.stdout);
    expect(checked.exitCode).toBe(1);
    for (const { name, line, says } of BROKEN) {
      const path = `board/planned/${name}`;
      for (const all of [shown.findings, findings]) {
        const found = all.filter((it) => it.path === path);
        expect(found.map((it) => it.message).join("\n"), path).toMatch(says);
        if (line !== null) expect(found[0]?.line, path).toBe(line);
      }
      expect(
        shown.tasks.find((it) => it.path === path),
        path,
      ).toMatchObject({ lane: "planned", isBroken: true });
    }
    for (const [id, { says }] of Object.entries(WAITING)) {
      expect(shown.tasks.find((it) => it.id === id)?.waiting, id).toMatch(says);
    }
    expect(findings.filter(({ code }) => code === "DEPENDENCY_UNKNOWN").map(({ path }) => path)).toEqual([
      "board/planned/missing.md",
      "board/planned/outside.md",
    ]);
    expect(findings.filter(({ code }) => code === "DEPENDENCY_CYCLE").map(({ path }) => path)).toEqual([
      "board/planned/cycle-a.md",
      "board/planned/cycle-b.md",
      "board/planned/itself.md",
    ]);
    const lane = findings.find(({ path }) => path === "board/backlog/odd.md");
    expect(lane).toMatchObject({ line: 2, code: "LANE_UNKNOWN" });
    expect(`${lane?.message ?? ""} ${lane?.hint ?? ""}`).toMatch(/"dong".*"doing"/);
    const copy = findings.find(({ code, path }) => code === "TASK_DUPLICATE" && path.endsWith("copy.md"));
    expect(`${copy?.path ?? ""} ${copy?.message ?? ""}`).toMatch(/board\/backlog\/copy\.md/);
    expect(`${copy?.path ?? ""} ${copy?.message ?? ""}`).toMatch(/board\/planned\/copy\.md/);
    expect(findings.some(({ path, message }) => path.endsWith("twin.md") && /Twin/.test(message))).toBe(true);
    for (const name of ["link.md", "pipe.md", "folder.md"]) {
      expect(
        findings.some(({ path }) => path === `board/planned/${name}`),
        name,
      ).toBe(true);
    }
    await expectSound(board);
  });
});

function hash(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
