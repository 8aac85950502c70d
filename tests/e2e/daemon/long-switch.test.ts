import { existsSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { tempFolder } from "../../helpers/git-repo.ts";
import { liveBoard, shellTask, until } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A third of them each day.
const it = itInTurn(1, 3);

it("a checkout that came to the base minutes after a merge has it at once, before anybody commits there", async () => {
  const board = await liveBoard({ layout: "own-branch" });
  const { root, git } = board;
  await git("switch", "-q", "-c", "other");
  await git("commit", "-q", "--allow-empty", "-m", "Other");
  board.write("board/planned/a.md", shellTask("echo two >> src/app.txt\necho new > new.txt"));
  await board.start();
  await until("it is checked", () => board.lane("a") === "for_review");

  await git("rm", "-q", "README.md");
  await git("commit", "-q", "-m", "Without");
  writeFileSync(join(root, ".git/info/attributes"), "README.md filter=slow\n");
  const go = join(tempFolder(), "go");
  const smudge = `filter.slow.smudge=while [ -d ${dirname(go)} -a ! -e ${go} ]; do sleep 0.05; done; cat`;
  const switching = git("-c", smudge, "switch", "-q", "main");
  const lock = join(root, ".git/index.lock");
  await until("it is on its way", () => existsSync(lock));
  utimesSync(lock, 1_000_000_000, 1_000_000_000);
  const from = await git("rev-parse", "main");
  board.mv("a", "done");
  await until("it is merged", async () => (await git("rev-parse", "main")) !== from);
  writeFileSync(go, "");
  await switching;

  // Far sooner than everything is looked at again.
  await until("it is taken along", async () => (await git("status", "--porcelain")) === "", { withinMs: 8000 });
  expect(await git("diff", "--name-only", from, "HEAD")).toBe("new.txt\nsrc/app.txt");
});
