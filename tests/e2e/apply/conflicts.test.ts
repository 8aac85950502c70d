import { existsSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { decide } from "../../../src/decide/decide.ts";
import { type ApplyBoard, applyBoard, claimedTask, collectAll, launchOf, runToEnd } from "./apply-board.ts";

const LINES = Array.from({ length: 60 }, (_, index) => `line ${index + 1}\n`).join("");
const [ONE, TWO, THREE] = ["1", "2", "3"].map((it) => it.repeat(40));
const link = (sha = "") => `mkdir -p sub; git update-index --add --cacheinfo 160000,${sha},sub`;
// A change in each tenth line, and in the one after the first of them: six hunks.
const changed = (word: string) => `sed -i -e '10~10s/.*/${word}/' -e '11s/.*/${word} too/' text.txt`;

const FILES = {
  "text.txt": LINES,
  "named.txt": `named\n${LINES}`,
  "gone.txt": "gone\n",
  "tool.txt": "tool\n",
  "logo.bin": "a\0b",
  ".gitmodules": '[submodule "sub"]\n\tpath = sub\n\turl = ../sub\n',
};

/** Both sides change everything, in another way each. */
const BRANCH = `
${changed("branch")}
echo branch > new.txt
git mv named.txt branch.txt
git rm -q gone.txt
rm tool.txt; ln -s text.txt tool.txt
printf 'a\\0branch' > logo.bin`;
const BASE = `
${changed("base")}
echo base > new.txt
git mv named.txt base.txt
echo more >> gone.txt
echo more >> tool.txt
printf 'a\\0base' > logo.bin`;

const KEYS = 'touches: ["sub", "**"]\n';

async function accepted(): Promise<ApplyBoard> {
  const board = await applyBoard({
    ...FILES,
    "board/done/a.md": claimedTask("true", KEYS).replace("assigned: A\n", ""),
  });
  const step = async (script: string) => {
    await execa("sh", ["-euc", `${script}\ngit add --all -- . ':!board'\ngit commit -qm Step`], { cwd: board.root });
  };
  await step(link(ONE));
  await board.git("switch", "-qc", "kanband/a");
  await step(`${BRANCH}\n${link(TWO)}`);
  await board.git("switch", "-qf", "main");
  await step(`${BASE}\n${link(THREE)}`);
  return board;
}

async function merged(board: ApplyBoard, conflicts: number) {
  await board.run({ kind: "merge", taskId: "a", conflicts });
  await board.over();
  await collectAll(board);
  return (await board.look()).sessions.get("a")?.find(({ step }) => step === "merge");
}

/** A rework of the conflict, and the checks of what it came to. */
async function rework(board: ApplyBoard, attempt: number, script: string): Promise<string> {
  board.write("board/doing/a.md", claimedTask(script, KEYS).replace("attempt: 1", `attempt: ${attempt}`));
  await board.git("rm", "-qf", "--cached", "--ignore-unmatch", "board/done/a.md");
  await execa("rm", ["-f", "board/done/a.md"], { cwd: board.root });
  await board.commit();
  await runToEnd(board, launchOf("a", { attempt, cause: attempt === 2 ? "conflict" : "checks" }));
  await board.commit();
  await board.run({ kind: "check", taskId: "a", slot: "A", attempt });
  await board.over();
  await collectAll(board);
  return board.read("sessions/a/checks.md");
}

describe("a conflict of each kind", () => {
  it("is told with its kind, its lines and both sides, and once more in blocked/", async () => {
    const board = await accepted();

    const record = await merged(board, 0);

    expect(record).toMatchObject({ verdict: "conflict" });
    expect(record?.reason).toBe(
      "conflict in gone.txt (delete/modify), logo.bin (binary), named.txt (rename/rename), new.txt:1, sub (submodule), text.txt:10-11,20,30,…, tool.txt (mode)",
    );
    const text = board.read("sessions/a/merge.md");
    expect(text).toContain("- `gone.txt` (delete/modify): the base changed it, the branch deleted it");
    expect(text).toContain("- `logo.bin` (binary): the base changed it, the branch changed it");
    expect(text).toContain(
      "- `named.txt` (rename/rename): the base renamed it to base.txt, the branch renamed it to branch.txt",
    );
    expect(text).toContain("- `new.txt` (add/add): both changed it, in one place");
    expect(text).toContain(`- \`sub\` (submodule): the base has it at ${THREE}, the branch has it at ${TWO}`);
    expect(text).toContain("- `tool.txt` (mode): the base made it a plain file, the branch made it a symbolic link");
    expect(text).toMatch(/text\.txt:10-11`, as the base has it:\n\n```text\nbase\nbase too\n```/);
    expect(text).toMatch(/text\.txt:10-11`, as the branch has it:\n\n```text\nbranch\nbranch too\n```/);
    expect(text).toContain("3 more of `text.txt` are not shown.");
    expect(text).not.toContain("text.txt:40");
    await merged(board, 1);
    await board.commit();
    const edit = decide(await board.look()).actions.find((it) => it.kind === "edit" && it.intent === "block");
    const blocked = edit?.kind === "edit" ? edit.set.find(([key]) => key === "blocked")?.[1] : null;
    expect(blocked).toMatch(
      /^still in conflict after a rework: conflict in gone\.txt \(delete\/modify\), .*text\.txt:10-11,20/,
    );
  });

  it("is refuted as long as its rework has not mended it, also where no marker can show it", async () => {
    const board = await accepted();
    await merged(board, 0);

    const left = await rework(board, 2, "cat text.txt logo.bin.conflict");
    const halfway = await rework(
      board,
      3,
      `${changed("both")}
sed -i -e '/^<<<<<<</d' -e '/^=======$/d' -e '/^>>>>>>>/d' text.txt new.txt
rm gone.txt gone.txt.conflict sub.conflict named.txt.conflict branch.txt
rm tool.txt tool.txt.conflict`,
    );
    const clean = await rework(board, 4, "rm logo.bin.conflict; mv tool.txt~* tool.txt");

    for (const path of ["gone.txt", "logo.bin", "named.txt", "sub", "tool.txt"]) {
      expect(left).toContain(`${path} is still in conflict: bring it in order, then delete ${path}.conflict`);
    }
    expect(left).toMatch(/verdict: must-fix[\s\S]*text\.txt:10-1\d,\S+ has conflict markers/);
    expect(left).toContain("new.txt:1-5 has conflict markers");
    expect(halfway).toMatch(/verdict: must-fix[\s\S]*logo\.bin is still in conflict/);
    expect(halfway).toMatch(/tool\.txt~[0-9a-f]{40} is what git set aside for a conflict/);
    expect(halfway).not.toMatch(/(?:gone|named|new|text)\.txt(?: is still|:\S+ has)/);
    expect(clean).toMatch(/verdict: clean/);
    await board.git("mv", "board/doing/a.md", "board/done/a.md");
    await board.commit();
    expect(await merged(board, 1)).toMatchObject({ verdict: "merged" });
    expect(board.read("logo.bin")).toBe("a\0branch");
    expect(board.read("tool.txt")).toBe("tool\nmore\n");
    expect(board.has("base.txt") && !board.has("branch.txt") && !board.has("gone.txt")).toBe(true);
    expect(await board.git("ls-tree", "-r", "--name-only", "main")).not.toMatch(/\.conflict|~/);
    expect(await board.git("rev-parse", "main:sub")).toBe(TWO);
    expect(existsSync(join(board.root, "sub"))).toBe(true);
  });
});
