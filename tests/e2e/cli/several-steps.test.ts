import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { liveBoard, until } from "../../helpers/live-board.ts";
import { runCli, runCliJson } from "../../helpers/run-cli.ts";
import { RELAY } from "../../helpers/workflow-of.ts";
import { boardRepo } from "./board-repo.ts";

type Step = { id: string; state: string; persona: string | null; attempt: number | null; slot: string | null };
type Status = {
  slots: { name: string; state: string; taskId: string | null; step: string | null; persona: string | null }[];
  tasks: { id: string; lane: string; progress: { done: number; total: number } | null; steps: Step[] }[];
};
type Sums = { name: string; runs: number; costUsd: number | null };
type Report = {
  counted: { present: number; earlier: number; running: number };
  total: Sums;
  byPersona: Sums[];
  byWorkflow: Sums[];
  byVerdict: Sums[];
  check: { spentUsd: number; countedUsd: number; earlierAttemptsUsd: number };
};

const TASK = "---\ntitle: 'Greet  people'   # as it is\nworkflow: relay\nowner: me\n---\n\nSay hello.\n";

describe("a task with several steps at the command line", () => {
  it("is shown step by step, waits for `approve`, and is reported", async () => {
    const board = await liveBoard();
    await board.git("config", "user.name", "Ada: L.");
    const go = join(board.root, ".git/go");
    board.write("personas/workflows/relay.md", `---\nname: relay\nsteps:\n${RELAY}---\n`);
    board.write("personas/planner.md", persona("planner", "echo The scope."));
    board.write(
      "personas/architect.md",
      persona("architect", `until [ -e '${go}' ]; do sleep 0.05; done; echo The design.`),
    );
    board.write(
      "personas/engineer.md",
      persona("engineer", "echo hello > greeting.txt; echo Built.", "mutates: true\n"),
    );
    const clean = "printf '```yaml\\nverdict: clean\\ncommit: %s\\nfindings: []\\n```\\n' \"$(git rev-parse HEAD)\"";
    board.write("personas/tester.md", persona("tester", clean));
    board.write("board/planned/greet.md", TASK);
    const daemon = await board.start();
    const state = (): string => daemon.output();

    const status = await until(
      "scope is done while design runs",
      async () => {
        const now = await runCliJson<Status>(board.root, ["status"]);
        return now.tasks[0]?.progress?.done === 1 && now.tasks[0].steps[1]?.state === "running" ? now : null;
      },
      { state },
    );
    expect(status.tasks[0]?.steps.map(({ id, persona: who, state: it }) => [id, who, it])).toEqual([
      ["scope", "planner", "done"],
      ["design", "architect", "running"],
      ["build", "engineer", "waiting"],
      ["review", "tester", "waiting"],
    ]);
    const slot = status.tasks[0]?.steps[1]?.slot;
    expect(status.slots.find(({ name }) => name === slot)).toMatchObject({
      state: "running",
      taskId: "greet",
      step: "design",
      persona: "architect",
    });
    expect((await runCli(board.root, ["status"])).stdout).toMatch(/ greet +design \(architect\) /);
    const early = await runCli(board.root, ["approve", "greet"]);
    expect(early).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("'greet' in doing/ waits for no approval"),
    });

    writeFileSync(go, "");
    const why = await until(
      "the plan waits for a person",
      async () => {
        const { stdout } = await runCli(board.root, ["why", "greet"]);
        // While the daemon commits, that is what it waits for.
        return stdout.startsWith("greet: waits") && stdout.includes("next  kanband approve greet") ? stdout : null;
      },
      { state },
    );
    expect(why).toMatch(
      /^greet: waits for the approval of sessions\/greet\/planner\.md, sessions\/greet\/architect\.md/,
    );
    expect(why).toContain("steps 2 of 4 done");
    expect(why).toMatch(/◆ +build +engineer +waits for you/);

    const before = board.read("board/doing/greet.md");
    const { stdout } = await runCli(board.root, ["approve", "greet"]);
    expect(stdout).toMatch(/^greet {2}approved {2}board\/doing\/greet\.md\n/);
    expect(stdout).toMatch(
      /^ {2}[0-9a-f]{12} {2}sessions\/greet\/planner\.md\n {2}[0-9a-f]{12} {2}sessions\/greet\/architect\.md$/m,
    );
    expect(stdout).toContain("Next: build (engineer), as soon as a slot is free.");
    await until("the work is up for review", () => board.lane("greet") === "for_review", { state });
    const after = board.read("board/for_review/greet.md");
    expect(after).toMatch(/^approved: (["'])Ada: L\. \d{4}-\d\d-\d\dT[\d:]+Z [0-9a-f]{12}\+[0-9a-f]{12}\1$/m);
    expect(before).toContain("title: 'Greet  people'   # as it is\nworkflow: relay\nowner: me\n");
    expect(after).toContain("title: 'Greet  people'   # as it is\nworkflow: relay\nowner: me\n");

    const show = (await runCli(board.root, ["show", "greet"])).stdout;
    expect(show).toMatch(/Steps {2}4 of 4 done\n {2}✓ +scope +planner +done[^]*✓ +review +tester +done, clean/);
    const { steps } = await runCliJson<{ steps: Step[] }>(board.root, ["show", "greet"]);
    expect(steps.map(({ state: it }) => it)).toEqual(["done", "done", "done", "done"]);
    await daemon.stop();

    const report = await runCliJson<Report>(board.root, ["report"]);
    expect(report.counted).toEqual({ present: 5, earlier: 0, running: 0 });
    expect(report.byPersona.map(({ name }) => name).toSorted()).toEqual([
      "(checks)",
      "architect",
      "engineer",
      "planner",
      "tester",
    ]);
    expect(report.byWorkflow).toMatchObject([{ name: "relay", runs: 5, costUsd: 0 }]);
    expect(report.check).toEqual({ spentUsd: 0, countedUsd: 0, earlierAttemptsUsd: 0 });
    const text = (await runCli(board.root, ["report", "--task", "greet", "--since", "1d"])).stdout;
    expect(text).toMatch(
      /^5 runs of greet since [\d -:]+ UTC: 5 in session files, 0 of earlier attempts as git has them\.\n/,
    );
    expect(text).toMatch(/^total +5 +\$0\.00 /m);
    expect((await runCli(board.root, ["report", "--task", "nobody"])).exitCode).toBe(2);
    expect((await runCli(board.root, ["report", "--task", ".."])).exitCode).toBe(2);
  });
});

describe("kanband report", () => {
  it("counts earlier attempts as git has them, and says what no file tells of", async () => {
    const session = (attempt: number, rest: string): string =>
      `---\ntask: a\nstep: work\npersona: engineer\nagent: claude\nattempt: ${attempt}\nrun: a-${attempt}\n${rest}---\n\nText.\n`;
    const times = "started: 2026-11-20T10:00:00Z\nfinished: 2026-11-20T10:01:00Z\n";
    const { root, git } = await boardRepo({
      "board/done/a.md": "---\nspent_usd: 1\nworkflow: relay\n---\nDo it.\n",
      "sessions/a/engineer.md": session(1, "state: running\n"),
      "sessions/a/context.md": "# What it was told\n",
    });
    const file = join(root, "sessions/a/engineer.md");
    for (const text of [
      session(1, `state: failed\nfailure: agent\ncost_usd: 0.5\n${times}`),
      session(2, `state: failed\ncost_usd: unknown\n${times}`),
    ]) {
      writeFileSync(file, text);
      await git("commit", "-qam", "Note a session");
    }
    // Not committed yet.
    writeFileSync(file, session(3, `state: done\ncost_usd: 0.2\nprompt: { persona: 900, task: 300 }\n${times}`));

    const report = await runCliJson<Report>(root, ["report"]);
    const { stdout } = await runCli(root, ["report"]);

    expect(report.counted).toEqual({ present: 1, earlier: 2, running: 0 });
    expect(report.total).toMatchObject({ runs: 3, costUsd: 0.7, unknownCosts: 1, promptBytes: 1_200, wallMs: 180_000 });
    expect(report.byWorkflow).toMatchObject([{ name: "relay", runs: 3 }]);
    expect(report.byVerdict.map(({ name, runs }) => [name, runs])).toEqual([
      ["failed", 2],
      ["done", 1],
    ]);
    expect(report.check).toEqual({ spentUsd: 1, countedUsd: 0.7, earlierAttemptsUsd: 0.3 });
    expect(stdout).toMatch(/^3 runs: 1 in session files, 2 of earlier attempts as git has them\.$/m);
    expect(stdout).toContain("`spent_usd` $1.00; $0.30 of it are earlier attempts that no file tells of.");
    const later = await runCliJson<Report>(root, ["report", "--since", "2026-11-21"]);
    expect(later).toMatchObject({ counted: { present: 0, earlier: 0 }, check: null });
    expect((await runCli(root, ["report", "--since", "soon"])).exitCode).toBe(2);
  });
});

function persona(name: string, script: string, keys = ""): string {
  return `---\nname: ${name}\ndescription: ${name}\nagent: shell\n${keys}---\n\n\`\`\`sh\n${script}\n\`\`\`\n`;
}
