import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { expectSound, inLane, settled, soon } from "../../helpers/board-watch.ts";
import { liveBoard, shellTask } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A third of them each day.
const it = itInTurn(2, 3);

const SETTINGS = `agent: shell
retry: { limit: 0 }
worktree:
  setup:
    - mkdir web; cd web; umask 077; echo made > made.txt
    - '[ -d web ]; if true; then : "an end of its own"; exit 0; fi'
    - echo made > made.txt
    - mkdir -p 'lib x' && echo one > 'lib x/[a]*.txt'
    - ln -sfn /usr a-link; ln -sfn nowhere 'b link'; ln -sfn made.txt edited-link
    - echo two > edited.txt
    - echo three > committed.txt
    - echo up >> ../../../.git/set-up
`;

const AGENT = `echo more >> edited.txt
ln -sf edited.txt edited-link
git add committed.txt && git -c user.name=a -c user.email=a@localhost commit --quiet --message own || :
echo own > own.txt
while [ ! -e ../../../.git/go ]; do sleep 0.1; done`;

const WORK = ["committed.txt", "edited-link", "edited.txt", "own.txt"];

it("what the set-up left untracked is no work, unless the agent made it its own, also over a killed daemon", async () => {
  const board = await liveBoard({ settings: SETTINGS });
  const first = await board.start();
  board.write("board/planned/a.md", shellTask(AGENT));
  await soon(board, "the agent is at work", () => existsSync(join(board.root, ".kanband/worktrees/w1/own.txt")));
  first.kill();
  await first.ended;
  writeFileSync(join(board.root, ".git/go"), "");
  await board.start();
  await inLane(board, "a", "for_review");
  expect(await filesOf("kanband/a")).toEqual(WORK);

  board.write("board/for_review/a.md", board.read("board/for_review/a.md").replace("echo more", "echo again"));
  await settled(board);
  board.mv("a", "planned");
  await soon(board, "the second run", () => /^attempt: 2$/m.test(board.read(`sessions/a/engineer.md`)));
  await inLane(board, "a", "for_review");
  await settled(board);
  expect(await filesOf("kanband/a")).toEqual(WORK);

  board.mv("a", "done");
  await soon(board, "a is merged", async () => (await board.git("branch", "--list", "kanband/a")) === "");
  await settled(board);
  expect(await filesOf("main")).toEqual(WORK);
  expect(await board.git("for-each-ref", "refs/kanband/preserved")).toBe("");
  await expectSound(board);

  async function filesOf(branch: string): Promise<string[]> {
    const all = await board.git("ls-tree", "-r", "--name-only", branch);
    return all.split("\n").filter((it) => !/^"?(board|personas|sessions|src|README)/.test(it));
  }
});
