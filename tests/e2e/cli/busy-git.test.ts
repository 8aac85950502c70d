import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../../helpers/run-cli.ts";
import { boardRepo } from "./board-repo.ts";

it("a command that shows the board waits for a git that is done in a moment, and names a lock that stays", async () => {
  const { root } = await boardRepo({ "board/planned/a.md": "---\ndependencies: [nobody]\n---\n# A\n" });
  const why = async (): Promise<string> => (await runCli(root, ["why", "a"])).stdout;
  const index = join(root, ".git/index");
  const bytes = readFileSync(index);
  // What it is made of is loaded by then.
  await why();
  writeFileSync(index, bytes);
  // By the clock: under load a turn takes longer, and it is waited for no more than a second.
  const until = Date.now() + 600;
  const atWork = setInterval(() => {
    writeFileSync(index, bytes);
    if (Date.now() > until) clearInterval(atWork);
  }, 20);
  expect(await why()).toContain("depends on nobody");
  clearInterval(atWork);

  writeFileSync(`${index}.lock`, "");
  expect(await why()).toContain("another git command holds");
  rmSync(`${index}.lock`);
});
