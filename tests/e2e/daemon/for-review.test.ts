import { expect } from "vitest";
import { expectSound, settled, soon, status } from "../../helpers/board-watch.ts";
import { liveBoard, shellTask } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A third of them each day.
const it = itInTurn(1, 3);

const FENCE = "~~~";

/** Reads the copy of the tip that it is given, and says what it is asked for; of a task that mumbles, nothing of use. */
const REVIEWER = [
  "---",
  "name: judge",
  "description: Reviews",
  "agent: shell",
  "mutates: false",
  "---",
  "```sh",
  "if [ -f mumbles.txt ]; then echo It looks good to me.; exit 0; fi",
  "if [ -f slow.txt ]; then sleep 600; fi",
  `echo '${FENCE}verdict'`,
  "if [ -f flawed.txt ] && [ ! -f mended.txt ]; then",
  '  echo "verdict: must-fix"; echo "commit: $(git rev-parse HEAD)"',
  '  echo "findings: [{ title: It is flawed, file: flawed.txt, severity: must-fix }]"',
  'else echo "verdict: clean"; echo "commit: $(git rev-parse HEAD)"; fi',
  `echo '${FENCE}'`,
  "```",
  "",
].join("\n");

const SETTINGS = "slots: 3\nagent: shell\ngrace: 1s\nretry: { limit: 0 }\nreview: judge\nworktree: { pool: 0 }\n";

it("reviews what comes into for_review/: clean waits for a person, must-fix is mended, what cannot be read is said", async () => {
  const board = await liveBoard({ settings: SETTINGS, files: { "personas/judge.md": REVIEWER } });
  board.write("board/planned/good.md", shellTask("echo good > good.txt"));
  board.write(
    "board/planned/flawed.md",
    shellTask("if [ -f flawed.txt ]; then touch mended.txt; fi; date > flawed.txt"),
  );
  board.write("board/planned/mumbles.md", shellTask("echo m > mumbles.txt"));
  board.write("board/planned/slow.md", shellTask("echo s > slow.txt"));
  await board.start();
  const says = async (id: string): Promise<string> =>
    (await status(board)).tasks.find((it) => it.id === id)?.waiting ?? "";
  const shaOf = async (id: string): Promise<string> => await board.git("rev-parse", `kanband/${id}`);

  await soon(board, "good is reviewed", async () => (await says("good")).startsWith("reviewed clean at"));
  const tip = await shaOf("good");
  expect(await says("good")).toBe(
    `reviewed clean at ${tip.slice(0, 7)} by judge: waits for a person: move it to done/ to accept it, or to planned/ for a rework`,
  );
  expect(board.lane("good")).toBe("for_review");
  expect(board.read("sessions/good/review.md")).toMatch(new RegExp(`commit: "?${tip}`));

  await soon(board, "flawed is mended", async () => (await says("flawed")).startsWith("reviewed clean at"));
  const work = board.read("sessions/flawed/engineer.md");
  expect(work).toMatch(/^attempt: 2$/m);
  expect(work).toMatch(/^reworks: 1$/m);
  expect(work).toMatch(/findings"?: ?\d+/);
  expect(await board.git("log", "--format=%B", "main")).toContain("Send flawed back");

  await soon(board, "it is said of mumbles", async () =>
    (await says("mumbles")).includes("no verdict that can be read"),
  );
  expect(board.read("sessions/mumbles/review.md")).toMatch(/^attempt: 2$/m);
  expect(board.lane("mumbles")).toBe("for_review");

  // To accept one while it is reviewed ends its review, and nothing else.
  await soon(board, "slow is being reviewed", async () => (await says("slow")).includes("is being reviewed by judge"));
  board.mv("slow", "done");
  await soon(board, "slow is merged", async () =>
    (await board.git("ls-tree", "--name-only", "main")).includes("slow.txt"),
  );
  await settled(board);
  expect(board.lane("slow")).toBe("done");
  await expectSound(board);
});
