import { describe, expect, it } from "vitest";
import type { Session } from "../../../src/board/session.ts";
import { plainSlot } from "../../../src/config/defaults.ts";
import { decide } from "../../../src/decide/decide.ts";
import {
  type BoardWords,
  boardOf,
  claimed,
  failedSession,
  MINUTE,
  NOW,
  SECOND,
  sessionOf,
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { briefWork, whyOf } from "./brief.ts";

const AGENTS = { claude: null, codex: null };
const CHAIN = [{ ...plainSlot("A"), agents: ["claude/sonnet", "codex"] }];

const refused = (taskId: string, facts: Partial<Session> = {}): Session =>
  failedSession(taskId, { failure: "overloaded", agent: "claude/sonnet", reason: "529 Overloaded", ...facts });

function board(lanes: BoardWords, world: WorldWords) {
  return boardOf(lanes, { agents: AGENTS, ...world, settings: { slots: CHAIN, ...world.settings } });
}

function launched(lanes: BoardWords, world: WorldWords) {
  return decide(board(lanes, world)).actions.find((it) => it.kind === "launch");
}

describe("an agent whose provider refuses", () => {
  it("has the next of the chain take its place at once, without using up an attempt", () => {
    const snapshot = board({ doing: [claimed("a")] }, { sessions: [refused("a", { retries: 1 })] });
    expect(briefWork(snapshot)[0]).toMatch(/^again a: .*attempt=2/);

    const next = launched({ doing: [claimed("a", "A", 2)] }, { sessions: [refused("a", { retries: 1 })] });
    expect(next).toMatchObject({ agent: "codex", retries: 1, reworks: 0, cause: "stopped" });
  });

  it("is passed over by the other tasks, too, until it will answer again", () => {
    const begun = [refused("b", { resetAt: NOW + MINUTE })];
    const lanes = { planned: ["b"], doing: [claimed("a")] };
    expect(launched(lanes, { sessions: begun })).toMatchObject({ agent: "codex" });

    const over = [refused("b", { finishedAt: NOW - MINUTE, resetAt: NOW })];
    expect(launched(lanes, { sessions: over })).toMatchObject({ agent: "claude/sonnet" });
  });

  it("is remembered by the run that took its place", () => {
    const first = refused("a", { resetAt: NOW + MINUTE });
    const next = launched({ doing: [claimed("a", "A", 2)] }, { sessions: [first] });
    expect(next).toMatchObject({ parked: { "claude/sonnet": NOW + MINUTE } });

    // The file of the refused run is gone by then: this is all that is left of it.
    const second = sessionOf("a", { attempt: 2, agent: "codex", parked: { "claude/sonnet": NOW + MINUTE } });
    const lanes = { for_review: ["a"], doing: [claimed("b")] };
    expect(launched(lanes, { sessions: [second] })).toMatchObject({ agent: "codex" });
    const later = { ...second, parked: { "claude/sonnet": NOW } };
    expect(launched(lanes, { sessions: [later] })).toMatchObject({ agent: "claude/sonnet" });
  });

  it("waits with its task when all are refused, and the first that is back goes on", () => {
    const both = { parked: { "claude/sonnet": NOW + 3 * MINUTE }, resetAt: NOW + MINUTE };
    const sessions = [refused("a", { agent: "codex", attempt: 2, ...both })];
    const claim = board({ doing: [claimed("a", "A", 2)] }, { sessions });
    expect(briefWork(claim)).toEqual(["requeue a: -assigned"]);

    const waiting = board({ doing: [{ id: "a", attempt: 2 }] }, { sessions });
    expect(briefWork(waiting)).toEqual([]);
    expect(whyOf(waiting, "a")).toMatch(/"claude\/sonnet" is parked until .*; agent "codex" is parked until .*529/);
    expect(decide(waiting).lookAgainAt).toBe(NOW + MINUTE);

    const back = board({ doing: [{ id: "a", attempt: 2 }] }, { sessions, now: NOW + MINUTE });
    expect(briefWork(back)[0]).toMatch(/^assign a/);
  });

  it("is not asked again in the same breath, whatever time it names", () => {
    const sessions = [refused("a", { finishedAt: NOW - SECOND, resetAt: NOW - SECOND, agent: "claude" })];
    const alone = { slots: [{ ...plainSlot("A"), agents: ["claude"] }] };
    expect(briefWork(board({ doing: [claimed("a")] }, { sessions, settings: alone }))).toEqual([
      "requeue a: -assigned",
    ]);
  });

  it("is parked for its account only", () => {
    const slots = [
      { ...plainSlot("A"), agents: ["claude"], home: "profiles/a" },
      { ...plainSlot("B"), agents: ["claude"], home: "profiles/b" },
    ];
    const sessions = [refused("x", { agent: "claude", slot: "A", resetAt: NOW + MINUTE })];
    const onB = board({ backlog: ["x"], planned: ["a", "b"] }, { sessions, settings: { slots } });
    expect(briefWork(onB).filter((it) => it.startsWith("assign"))).toEqual([expect.stringMatching(/assign a .*=B/)]);
    const sameAccount = slots.map((it) => ({ ...it, home: null }));
    const none = board({ backlog: ["x"], planned: ["a", "b"] }, { sessions, settings: { slots: sameAccount } });
    expect(briefWork(none)).toEqual([]);
  });

  it("does not pause the board: it burns nothing, and comes back by itself", () => {
    const three = ["x", "y", "z"].map((id) => refused(id, { resetAt: NOW + MINUTE }));
    const lanes = { doing: ["x", "y", "z"].map((id) => ({ id, attempt: 1 })) };
    expect(briefWork(board(lanes, { sessions: three })).filter((it) => it.startsWith("pause"))).toEqual([]);
    const broken = three.map((it) => ({ ...it, failure: "setup" as const }));
    expect(briefWork(board(lanes, { sessions: broken })).some((it) => it.startsWith("pause"))).toBe(true);
  });
});

describe("an agent that could not start", () => {
  it("is parked by the run that took its place until the settings change", () => {
    const failed = failedSession("a", { failure: "setup", agent: "claude/sonnet", reason: "no key" });
    expect(launched({ doing: [claimed("a", "A", 2)] }, { sessions: [failed] })).toMatchObject({
      agent: "codex",
      parked: { claude: "settings" },
    });

    const sessions = [sessionOf("a", { attempt: 2, agent: "codex", parked: { claude: "settings" } })];
    const lanes = { for_review: ["a"], doing: [claimed("b")] };
    expect(launched(lanes, { sessions })).toMatchObject({ agent: "codex" });
    expect(launched(lanes, { sessions, settingsBlob: "settings2" })).toMatchObject({ agent: "claude/sonnet" });
  });
});

describe("an agent behind a preset", () => {
  it("is found, and parked, by itself: others that are spoken to the same way go on", () => {
    const agents = { acp: "names no program", "acp/gemini": null, "acp/qwen": null };
    const slots = [{ ...plainSlot("A"), agents: ["acp/gemini/gemini-2.5-pro", "acp/qwen"] }];
    const failed = failedSession("a", { failure: "setup", agent: "acp/gemini/gemini-2.5-pro", reason: "no key" });
    const lanes = { doing: [claimed("a", "A", 2)], blocked: ["b"] };
    const words = { agents, settings: { slots }, sessions: [failed, { ...failed, taskId: "b" }] };
    expect(decide(boardOf(lanes, words)).actions.find((it) => it.kind === "launch")).toMatchObject({
      agent: "acp/qwen",
    });
    const fresh = { ...words, sessions: [] };
    expect(decide(boardOf({ doing: [claimed("a")] }, fresh)).actions.find((it) => it.kind === "launch")).toMatchObject({
      agent: "acp/gemini/gemini-2.5-pro",
    });
  });
});

describe("an agent that cannot start", () => {
  const unusable = (reason: string, facts: Partial<Session> = {}): Session =>
    failedSession("b", {
      failure: "setup",
      agent: "claude/typo",
      model: "typo",
      reason,
      settingsBlob: "settings1",
      ...facts,
    });
  const after = (session: Session) => launched({ blocked: ["b"], doing: [claimed("a")] }, { sessions: [session] });

  it("is parked as a whole, but for a model that is not there: the others of it may work", () => {
    expect(after(unusable("Invalid API key"))).toMatchObject({ agent: "codex" });
    expect(after(unusable("There's an issue with the selected model (typo)"))).toMatchObject({
      agent: "claude/sonnet",
    });
    const ofTask = unusable("There's an issue with the selected model (typo)", { agent: "claude" });
    expect(after(ofTask)).toMatchObject({ agent: "claude/sonnet" });
    const itself = unusable("no such model: sonnet", { agent: "claude/sonnet", model: "sonnet" });
    expect(after(itself)).toMatchObject({ agent: "codex" });
  });
});
