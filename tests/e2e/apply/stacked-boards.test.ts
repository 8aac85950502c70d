import { describe, expect, it } from "vitest";
import { joinTips, type Tip } from "../../../src/apply/join-tips.ts";
import type { Settings } from "../../../src/config/settings.ts";
import { type ApplyBoard, launchOf, runToEnd } from "./apply-board.ts";
import { checksOf, commitOn, stackedBoard } from "./stacked-board.ts";

type Style = Settings["mergeStyle"];

const SIDES = { left: { "left.txt": "left\n" }, right: { "right.txt": "right\n" } };
const EVIL = { "board/backlog/evil.md": "# Evil\n" };
const FOLDERS = ["board", "sessions", "personas"];

/** Somebody writes on the board, in all of its folders. */
async function goOn(board: ApplyBoard, name: string): Promise<void> {
  board.write(`board/backlog/${name}.md`, `# ${name}\n`);
  board.write(`sessions/${name}/notes.md`, `${name}\n`);
  board.write(`personas/${name}.md`, `${name}\n`);
  await commitAll(board, name);
}

async function commitAll(board: ApplyBoard, message: string): Promise<void> {
  await board.git("add", "--all");
  await board.git("commit", "-q", "--allow-empty", "-m", message);
}

/** The base gets the work of a task, and `up` follows. */
async function land(board: ApplyBoard, lower: string, style: Style): Promise<void> {
  if (style === "merge") await board.git("merge", "-q", "--no-ff", "--no-edit", `kanband/${lower}`);
  else await board.git("cherry-pick", `kanband/${lower}`);
  await goOn(board, `after-${lower}`);
  const tip = await board.git("rev-parse", "kanband/up");
  const rest = { onto: null, conflicts: 0, isForAgent: false, isRecheck: true };
  await board.run({ kind: "restack", taskId: "up", tip, lower, ...rest });
  await commitAll(board, `Followed ${lower}`);
}

/** `up` is done, upon these, the last of which began when the board had gone on. */
async function stack(lowers: readonly ("left" | "right")[], script: string, style: Style = "merge") {
  const sides = Object.fromEntries(lowers.map((id) => [id, SIDES[id]]));
  const board = await stackedBoard(script, sides, "", { mergeStyle: style });
  const last = lowers.at(-1) ?? "left";
  await goOn(board, "between");
  await board.git("branch", "-qD", `kanband/${last}`);
  await commitOn(board, last, SIDES[last]);
  await runToEnd(board, launchOf("up"));
  await board.run({ kind: "release", taskId: "up", worktree: "w1" });
  await commitAll(board, "Up is done");
  return board;
}

/** As an earlier version left it: with the board that it had before it followed. */
async function giveOldBoard(board: ApplyBoard): Promise<void> {
  await board.git("switch", "-q", "kanband/up");
  await board.git("rm", "-rq", ...FOLDERS);
  await board.git("checkout", "-q", "HEAD^", "--", ...FOLDERS);
  await board.git("commit", "-q", "--amend", "--no-edit");
  await board.git("switch", "-q", "main");
}

/** `git pull --rebase`, say: no commit of the base is what it was but the first. */
async function rewriteBase(board: ApplyBoard): Promise<void> {
  const [first = ""] = (await board.git("rev-list", "--max-parents=0", "main")).split("\n");
  await board.git("switch", "-q", "--detach", first);
  await board.git("commit", "-q", "--allow-empty", "-m", `Upstream of ${await board.git("rev-parse", "main")}`);
  await board.git("switch", "-q", "main");
  await board.git("rebase", "-q", "HEAD@{1}");
  expect(await board.git("merge-base", "main", "kanband/up")).toBe(first);
  await goOn(board, "rewritten");
}

async function accept(board: ApplyBoard): Promise<void> {
  await board.git("mv", "board/doing/up.md", "board/done/up.md");
  await commitAll(board, "Accept up");
  await board.run({ kind: "merge", taskId: "up" });
}

describe("the board in a branch that others were merged into", () => {
  const one = async (board: ApplyBoard): Promise<void> => await land(board, "left", "squash");
  const both = (style: Style) => async (board: ApplyBoard) => {
    for (const it of ["left", "right"]) await land(board, it, style);
  };
  const afterOld = async (board: ApplyBoard): Promise<void> => {
    await land(board, "left", "squash");
    await giveOldBoard(board);
    await land(board, "right", "squash");
  };
  const rewritten = async (board: ApplyBoard): Promise<void> => {
    await rewriteBase(board);
    await land(board, "left", "squash");
  };

  it.each<[string, ("left" | "right")[], (board: ApplyBoard) => Promise<void>]>([
    ["restacked after a squash", ["left"], one],
    ["joined from two of different age, the first the older, and both merged", ["left", "right"], both("merge")],
    ["joined from two, the second the older, and both merged", ["right", "left"], both("merge")],
    ["joined from two, and both squashed", ["left", "right"], both("squash")],
    ["restacked upon a base that a person rewrote", ["left"], rewritten],
    ["restacked with a board that an earlier version left", ["left", "right"], afterOld],
  ])("is as the base has it, merged by hand: %s", async (name, lowers, landAll) => {
    const board = await stack(lowers, "echo up > up.txt");
    await landAll(board);
    await goOn(board, "later");
    const main = await board.git("rev-parse", "main");
    // Git takes any of several commits for the one in common, of which none has all of the others.
    if (!name.endsWith("both merged"))
      expect(await board.git("diff", "--name-only", "main...kanband/up")).toBe("up.txt");
    await board.git("merge", "-q", "--no-edit", "kanband/up");
    expect(await board.git("status", "--porcelain")).toBe("");
    expect(await board.git("diff", "--name-only", main, "main")).toBe("up.txt");
  });

  it.each<[string, (board: ApplyBoard) => Promise<void>]>([
    [
      "an earlier version left an old one, beside the newer in its history",
      async ({ git }) => {
        const sides = ["-p", "kanband/left", "-p", "main", "-m", "Old"];
        await git("branch", "-qf", "kanband/left", await git("commit-tree", "kanband/left^{tree}", ...sides));
      },
    ],
    [
      "an agent changed it, and took that back",
      async (board) => {
        await commitOn(board, "left", EVIL);
        await board.git("switch", "-q", "kanband/left");
        await board.git("revert", "--no-edit", "HEAD");
        await board.git("switch", "-q", "main");
      },
    ],
  ])("is the newer one of two that are joined, also where %s", async (_, change) => {
    const board = await stackedBoard("true", { left: SIDES.left });
    await goOn(board, "between");
    await change(board);
    await board.git("commit", "-q", "--allow-empty", "-m", "Right");
    const shaOf = async (ref: string) => ({ name: ref, sha: await board.git("rev-parse", ref) });
    const [left, right] = [await shaOf("kanband/left"), await shaOf("main")];
    for (const [ours, theirs] of [
      [left, right],
      [right, left],
    ] as const) {
      const { sha } = await joinTips(board.world, [ours, theirs]);
      expect(await board.git("diff", "--name-only", "main", sha)).toBe("left.txt");
    }
  });

  it("is that of the newest commit of the base also where the base has an older one once more", async () => {
    const board = await stackedBoard("true", {});
    const shas: string[] = [];
    for (const id of ["early", "between", "late"]) {
      if (id === "between") await goOn(board, id);
      if (id === "late") await board.git("revert", "--no-edit", "HEAD");
      await commitOn(board, id, { [`${id}.txt`]: `${id}\n` });
      shas.push(await board.git("rev-parse", `kanband/${id}`));
    }
    const [early = "", between = "", late = ""] = shas;
    const tips = [early, late, between].map((sha) => ({ name: sha, sha }));
    const { sha } = await joinTips(board.world, tips as [Tip, ...Tip[]]);
    expect(await board.git("diff", "--name-only", "main", sha, "--", ...FOLDERS)).toBe("");
  });

  it.each<Style>(["merge", "rebase"])(
    "is never held against it, also where a person rewrote the base since (%s)",
    async (style) => {
      const board = await stack(["left", "right"], "echo up >> up.txt", style);
      await land(board, "left", "squash");
      await runToEnd(board, launchOf("up", { attempt: 2, cause: "checks" }));
      expect(board.read("sessions/up/engineer.md")).toMatch(/^touched: \["up.txt"\]$/m);
      await board.run({ kind: "release", taskId: "up", worktree: "w1" });
      await commitAll(board, "Once more");

      await rewriteBase(board);
      expect(await checksOf(board, 2)).toMatch(/^verdict: clean$/m);
      await commitAll(board, "Checked");
      await land(board, "right", "squash");
      await rewriteBase(board);
      await accept(board);
      expect(board.read("sessions/up/merge.md")).toMatch(/^verdict: merged$/m);
      expect(await board.git("diff", "--name-only", "main~1", "main")).toBe("up.txt");
    },
  );

  it("is left out, as ever, where an earlier version left an old one", async () => {
    const board = await stack(["left"], "echo up > up.txt");
    await land(board, "left", "squash");
    await giveOldBoard(board);
    await accept(board);
    expect(board.read("sessions/up/merge.md")).toMatch(/^verdict: merged$/m);
    expect(await board.git("diff", "--name-only", "main~1", "main")).toBe("up.txt");
  });

  it("is not held against a branch that is in conflict with a base that a person rewrote", async () => {
    const board = await stack(["left"], "echo up > up.txt");
    await land(board, "left", "squash");
    await rewriteBase(board);
    board.write("up.txt", "theirs\n");
    await commitAll(board, "Theirs");
    expect(await checksOf(board)).toMatch(/^verdict: clean$/m);
  });

  it.each<[Style, when: string]>([
    ["merge", "before it followed"],
    ["merge", "since it followed"],
    ["squash", "since it followed"],
    ["rebase", "before it followed"],
  ])("is refused where its agent changed it (%s, %s)", async (style, when) => {
    const board = await stack(["left"], "echo up > up.txt", style);
    if (when === "before it followed") await commitOn(board, "up", EVIL);
    await land(board, "left", "squash");
    if (when !== "before it followed") await commitOn(board, "up", EVIL);
    const main = await board.git("rev-parse", "main");
    await accept(board);
    expect(board.read("sessions/up/merge.md")).toMatch(/^reason: "?the branch changes .*board\/backlog\/evil\.md/m);
    expect(await board.git("log", "--format=%s", `${main}..main`)).toBe("Accept up");
  });
});
