import { expect } from "vitest";
import { expectSound, inLane, settled } from "../../helpers/board-watch.ts";
import { liveBoard } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";
import { approve, PLAYER, partsOf, played, promptOf, sessionOf, writeKeys } from "./played.ts";

// A quarter of them each day.
const it = itInTurn(0, 4);

// Many runs one after another.
const LONG_MS = 180_000;

const SETTINGS = `slots: 6
sandbox: none
agent: player
agents:
  player: { command: [${PLAYER}] }
  talker: { use: claude, command: [${PLAYER}, claude] }
grace: 1s
retry: { limit: 0 }
`;
const CONVERSATION = "11111111-1111-4111-8111-111111111111";
const QUESTION = "Queue or table? [the queue | the table] (recommended: the queue)";

function task(keys: string): string {
  return `---\n${keys}---\n# The store\n\n- it works\n`;
}

it(
  "a person answers, overrules and is asked in mid-workflow; what is no verdict counts for nothing",
  async () => {
    const board = await liveBoard({ settings: SETTINGS });
    await board.start();
    board.write("board/planned/asks.md", task("workflow: handoff\nagent: talker\n"));
    board.write("board/planned/asks-alone.md", task("workflow: solo\n"));
    board.write("board/planned/over.md", task("workflow: sprint\n"));
    for (const id of ["mumbles", "silent", "elsewhere"]) {
      board.write(`board/planned/${id}.md`, task("workflow: handoff\n"));
    }

    // Another person builds it, with a skill of another trade, and nobody examines it.
    await approve(board, "over", "override:\n  build: { persona: sre, skills: [post-mortem] }\n  examine: skip\n");

    // A question stops the task with the question on the file; the answer goes to the step that asked, and to nobody else.
    for (const id of ["asks", "asks-alone"]) {
      await inLane(board, id, "blocked");
      expect(board.read(`board/blocked/${id}.md`)).toContain(QUESTION);
    }
    writeKeys(board, "asks", "answer: The queue, as in the other store\n");
    board.mv("asks", "doing");
    writeKeys(board, "asks-alone", "answer: The queue\n");
    board.mv("asks-alone", "planned");
    for (const id of ["asks", "asks-alone", "over", "mumbles", "elsewhere"]) {
      await inLane(board, id, "for_review");
    }
    await inLane(board, "silent", "blocked");
    await settled(board);

    expect(partsOf(board, "asks").map((it) => it.split(" ")[0])).toEqual([
      "design.md",
      "design.md",
      "review.md",
      "decision.md",
    ]);
    expect(played(board).flatMap(({ task: id, resumed }) => (id === "asks" ? [resumed] : []))).toEqual([
      "",
      CONVERSATION,
      "",
      "",
    ]);
    for (const [id, file, answer] of [
      ["asks", "design.md", "The queue, as in the other store"],
      ["asks-alone", "solo", "The queue"],
    ] as const) {
      const again = promptOf(board, id, file);
      expect(again).toContain("You asked a person, who has answered.");
      expect(again).toContain(QUESTION);
      expect(again).toContain(answer);
      const step = file === "solo" ? "work" : "design";
      const decisions = board.read(`sessions/${id}/decisions.md`);
      expect(decisions).toContain(` ${step}/1 question: ${QUESTION}\n`);
      expect(decisions).toContain(` answer: ${answer}\n`);
      if (file !== "solo") expect(decisions).toMatch(/ design\/\d+ result: done$/m);
    }
    expect(sessionOf(board, "asks", "design.md").answered).toBe("The queue, as in the other store");
    expect(await board.git("show", "kanband/asks-alone:src/asks-alone.txt")).toBe("queue");

    expect(partsOf(board, "over")).toEqual(["shape.md product_manager", "design.md ux_designer", "build.md sre"]);
    expect(promptOf(board, "over", "build.md")).toContain("## Skill: post-mortem");
    expect(await board.git("show", "kanband/over:src/over.txt")).toBe("line by sre");

    // Once more, and no more.
    const reviews = (id: string): number =>
      played(board).filter((it) => it.task === id && it.file === "review.md").length;
    expect(["mumbles", "silent", "elsewhere"].map(reviews)).toEqual([2, 2, 2]);
    const asked = promptOf(board, "mumbles", "review.md");
    expect(asked).toContain("Your last message held no verdict that counts.");
    expect(asked).toContain("expected `verdict:` clean | must-fix");
    expect(board.read("board/blocked/silent.md")).toMatch(
      /^blocked: .*step review no valid verdict: expected `verdict:`/m,
    );
    expect(promptOf(board, "silent", "review.md")).toMatch(/name="message">\nIt looks good to me, attempt 1\./);
    expect(board.read("sessions/silent/review.md")).toContain("It looks good to me, attempt 2.");
    expect(partsOf(board, "silent")).not.toContain("decision.md product_manager");
    expect(promptOf(board, "elsewhere", "review.md")).toMatch(/it speaks of [0-9a-f]{40}, and it looked at `commit: /);

    expect(await board.git("ls-tree", "-r", "--name-only", "main", "src")).toBe("src/app.txt");
    await expectSound(board);
  },
  LONG_MS,
);
