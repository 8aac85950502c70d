import { renameSync, unlinkSync, utimesSync } from "node:fs";
import { expect, it } from "vitest";
import { observeOnce } from "../../../src/observe/observe-once.ts";
import { changesOf, observedBoard } from "./observed-board.ts";

const SETTINGS = "board/board.md";

it("has every default without a file, and none with a file that was always broken", async () => {
  const board = await observedBoard();
  const broken = await observedBoard({ [SETTINGS]: "---\nslots: {}\n---\n" });

  expect((await board.look()).settings?.slots.map((it) => it.name)).toEqual(["A", "B"]);
  const snapshot = await broken.look();
  expect(snapshot.settings).toBeNull();
  expect(snapshot.findings).toMatchObject([{ path: SETTINGS, line: 2, code: "SETTINGS_INVALID", severity: "error" }]);
});

it("keeps the last good ones while the file is broken, and takes the next good ones", async () => {
  const board = await observedBoard({ [SETTINGS]: "---\nslots: 3\n---\n" });
  const first = await board.look();
  board.write({ [SETTINGS]: "---\nslots: many\n---\n" });
  const broken = await board.look(SETTINGS);
  board.write({ [SETTINGS]: "---\nslots: 4\n---\n" });
  const mended = await board.look(SETTINGS);

  expect(first.settings?.slots).toHaveLength(3);
  expect(broken.settings).toEqual(first.settings);
  expect(broken.findings).toHaveLength(1);
  expect(mended.settings?.slots).toHaveLength(4);
  expect(mended.findings).toEqual([]);
  expect(mended.settingsBlob).not.toBe(first.settingsBlob);
  expect(changesOf(mended)).toEqual([`${SETTINGS} edited`]);
});

it("takes the last good committed ones when it has seen only broken ones", async () => {
  const board = await observedBoard({ [SETTINGS]: "---\nslots: 3\n---\n" });
  for (const broken of ["slots: many", "slots: ["]) {
    board.write({ [SETTINGS]: `---\n${broken}\n---\n` });
    await board.git("commit", "-qam", "Break the settings");
  }

  const followed = await board.look();
  const asked = await observeOnce(board.board, board.now);

  for (const { settings, findings } of [followed, asked]) {
    expect(settings?.slots).toHaveLength(3);
    expect(findings).toMatchObject([{ path: SETTINGS, code: "SETTINGS_INVALID", severity: "error" }]);
  }
});

it("does not fall back to defaults while an editor saves", async () => {
  const board = await observedBoard({ [SETTINGS]: "---\nslots: 3\n---\n" });
  await board.look();

  board.write({ [SETTINGS]: "" });
  utimesSync(board.at(SETTINGS), board.now() / 1000, board.now() / 1000);
  const truncated = await board.look(SETTINGS);
  unlinkSync(board.at(SETTINGS));
  const missing = await board.look(SETTINGS);

  for (const { settings, unsettledUntil, observedAt } of [truncated, missing]) {
    expect(settings?.slots).toHaveLength(3);
    expect(unsettledUntil).toBeGreaterThan(observedAt);
  }
  board.later(2_000);
  expect((await board.look(SETTINGS)).settings?.slots).toHaveLength(2);
  await board.git("commit", "-qam", "Without settings");
  expect((await board.look()).settings?.slots).toHaveLength(2);
});

it("reads personas and workflows, each file for itself, and which skills there are", async () => {
  const board = await observedBoard({
    "personas/engineer.md": "---\ndescription: Builds\nmutates: true\n---\nBuild.\n",
    "personas/bad.md": "---\nmutates: perhaps\n---\nDo.\n",
    "personas/README.md": "# Personas\n",
    "personas/skills/x/SKILL.md": "# X\n",
    "personas/skills/y/notes.md": "# Y\n",
    "personas/workflows/relay.md": "---\nsteps:\n  - id: a\n    persona: engineer\n---\n",
    "personas/workflows/worse.md": "---\nsteps:\n  - id: a\n---\n",
  });

  const snapshot = await board.look();

  expect([...snapshot.personas.keys()]).toEqual(["engineer"]);
  const engineer = snapshot.personas.get("engineer");
  expect(engineer).toMatchObject({ description: "Builds", mutates: true });
  expect(engineer?.blobSha).toBe(await board.git("rev-parse", "HEAD:personas/engineer.md"));
  expect([...snapshot.workflows.keys()]).toEqual(["relay"]);
  const relay = snapshot.workflows.get("relay");
  expect(relay?.blobSha).toBe(await board.git("rev-parse", "HEAD:personas/workflows/relay.md"));
  expect([...snapshot.skills]).toEqual(["x"]);
  expect(snapshot.findings).toMatchObject([
    { path: "personas/bad.md", code: "PERSONA_INVALID" },
    { path: "personas/workflows/worse.md", line: 3, code: "WORKFLOW_INVALID" },
  ]);

  board.write({ "personas/workflows/worse.md": "---\npersonas: [engineer]\n---\n" });
  board.later(1_000);
  const mended = await board.look("personas/workflows/worse.md");
  expect([...mended.workflows.keys()]).toEqual(["relay", "worse"]);
  expect(mended.workflows.get("relay")).toBe(relay);
});

it("takes a persona in the middle of a save for what it was before, and commits none", async () => {
  const board = await observedBoard({ "personas/p.md": "Old prompt.\n" });
  await board.look();
  board.write({ "personas/p.md": "New pro" });
  utimesSync(board.at("personas/p.md"), board.now() / 1000, board.now() / 1000);

  const early = await board.look("personas/p.md");
  board.later(60);
  const late = await board.look("nothing/else");
  renameSync(board.at("personas/p.md"), board.at("personas/q.md"));
  const renamed = await board.look("personas/q.md");

  expect(early.personas.get("p")?.prompt).toContain("Old prompt.");
  expect(early.unsettledUntil).toBeGreaterThan(early.observedAt);
  expect(late.personas.get("p")?.prompt).toContain("New pro");
  expect([...renamed.personas.keys()]).toEqual(["q"]);
  expect(changesOf(renamed)).toEqual([]);
});

it("knows which agents can be used", async () => {
  const agents =
    "agents:\n  mine: { use: command, command: [no-such-program] }\n  yours: { use: command, command: [sh] }\n  odd: { use: nothing }\n";
  const board = await observedBoard({ [SETTINGS]: `---\n${agents}---\n` });

  const snapshot = await board.look();

  const problems = Object.fromEntries([...snapshot.agents].map(([name, it]) => [name, it.problem]));
  expect(problems).toMatchObject({ shell: null, mine: "binary not found: no-such-program", yours: null });
  expect(problems["odd"]).toContain("nothing");
});
