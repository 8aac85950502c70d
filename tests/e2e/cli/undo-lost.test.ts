import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../../helpers/run-cli.ts";
import { boardRepo } from "./board-repo.ts";

it("undo of what a lost merge came to never makes a false done: its branch stays, and nothing untrue is said", async () => {
  const { root, git } = await boardRepo({ "board/done/b.md": "# B\n" });
  const at = (lane: string): boolean => existsSync(join(root, `board/${lane}/b.md`));
  await git("checkout", "-q", "-b", "work");
  await git("commit", "-q", "--allow-empty", "-m", "Begin");
  await git("mv", "code.txt", "b.txt");
  await git("commit", "-q", "-m", "Work");
  const tip = await git("rev-parse", "HEAD");
  await git("checkout", "-q", "main");
  await git("merge", "-q", "--no-ff", "-m", `Merge b: B\n\nTask: b\nMerged: ${tip}`, "work");
  await git("branch", "-q", "-D", "work");
  await git("update-ref", "refs/kanband/landed", "main");
  await git("revert", "--no-edit", "-m", "1", "main");
  const revert = await git("rev-parse", "main");
  await runCli(root, ["up", "--until-idle"]);
  expect(at("blocked")).toBe(true);
  const anew = await git("rev-parse", "kanband/b");

  const { stdout } = await runCli(root, ["undo", "b"]);
  expect(stdout).toMatch(/taken back: Block b[\s\S]*in for_review\/ now[\s\S]*Not in done\/, where it was: .*accept b/);
  expect([at("for_review"), await git("rev-parse", "kanband/b")]).toEqual([true, anew]);
  await runCli(root, ["move", "b", "blocked"]);
  await git("revert", "--no-edit", revert);
  await runCli(root, ["up", "--until-idle"]);
  expect(at("done")).toBe(true);

  const refused = await runCli(root, ["undo", "b"]);
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("the base has its merge again") });
  expect(at("done")).toBe(true);
});
