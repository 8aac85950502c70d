import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { onTestFinished } from "vitest";
import { parseSession } from "../../src/board/session-file.ts";
import { describeBoard } from "../helpers/board-watch.ts";
import { type Daemon, type LiveBoard, liveBoard, type StartOptions, until } from "../helpers/live-board.ts";
import { type Cli, makeHome } from "./clis.ts";
import type { ModelServer } from "./model/server.ts";

/** A board whose slots have these programs, and the model that they ask. */
export type AgentBoard = LiveBoard & {
  up(args?: readonly string[], options?: StartOptions): Promise<Daemon>;
  session(id: string): ReturnType<typeof sessionOf>;
  /** Waits until the task lies in this lane; most programs take seconds to start. */
  arrives(id: string, lane: string): Promise<void>;
  soon<T>(what: string, condition: () => T | Promise<T>): Promise<NonNullable<T>>;
  /** The HOME of its first slot. */
  home: string;
};

export const PERSONA = "---\nmutates: true\n---\nYou are the engineer of the rig, and you love zebras.\n";

export const TASK = "# Write a line\n\nWrite a line to out.txt.\n";

// All the cases can be gone through in a sandbox as well.
const SANDBOX = process.env["KANBAND_AGENTS_SANDBOX"] ?? "none";
const WITHIN_MS = 240_000;
// In the usual folder for temporary files codex does without its helpers, and its sandbox is none then.
const HOMES = existsSync("/var/tmp") ? "/var/tmp" : tmpdir();

export async function agentBoard(
  model: ModelServer,
  clis: readonly Cli[],
  options: {
    slots?: number;
    settings?: string;
    slot?: string;
    files?: Readonly<Record<string, string>>;
    homes?: string;
  } = {},
): Promise<AgentBoard> {
  const names = Array.from({ length: options.slots ?? 1 }, (_, index) => `S${index + 1}`);
  const homes = mkdtempSync(join(options.homes ?? HOMES, "kanband-homes-"));
  onTestFinished(() => rmSync(homes, { recursive: true, force: true }));
  const env: Record<string, string> = Object.assign({}, ...clis.map((it) => it.env(model.url)));
  const chain = clis.map(({ agent }) => agent).join(", ");
  const slots = names.map((name) => {
    const keys = `agents: [${chain}], home: ${join(homes, name)}, env: [${Object.keys(env).join(", ")}]`;
    return `  - { name: ${name}, ${keys}${options.slot === undefined ? "" : `, ${options.slot}`} }\n`;
  });
  const board = await liveBoard({
    settings: `slots:\n${slots.join("")}grace: 2s\nsandbox: ${SANDBOX}\n${options.settings ?? ""}`,
    files: { "personas/engineer.md": PERSONA, ...options.files },
  });
  // Some of these programs do not stand another one in the same new HOME.
  for (const name of names) for (const cli of clis) makeHome(cli, join(homes, name), model.url);
  const path = [process.env["KANBAND_AGENTS_BIN"] ?? "", process.env["PATH"] ?? ""].join(delimiter);
  const soon: AgentBoard["soon"] = async (what, condition) =>
    await until(what, condition, { withinMs: WITHIN_MS, state: async () => await describeBoard(board) });
  return {
    ...board,
    up: async (args = [], start = {}) => await board.start({ env: { ...env, PATH: path }, args, ...start }),
    session: (id) => sessionOf(board, id),
    arrives: async (id, lane) => {
      await soon(`${id} in ${lane}/`, async () => {
        // Nothing moves it from there any more.
        if (lane !== "blocked" && board.lane(id) === "blocked") throw new Error(await describeBoard(board));
        return board.lane(id) === lane && board.lanes(id).length === 1;
      });
    },
    soon,
    home: join(homes, "S1"),
  };
}

function sessionOf(board: LiveBoard, id: string) {
  const path = `sessions/${id}/engineer.md`;
  if (!existsSync(join(board.boardRoot, path))) return null;
  return parseSession(path, id, Buffer.from(board.read(path))).session;
}
