import type { Decision } from "../../decide/action.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import { type Context, print } from "../context.ts";
import { createLiveView } from "../live-view.ts";
import { paint, type Style } from "../paint.ts";
import { type PlaceOf, placeOf } from "../place-of.ts";
import type { BoardReading } from "../read-board.ts";
import { renderBoard } from "../status/render-board.ts";
import { describeTransitions, type Transition } from "./transitions.ts";

export type Progress = {
  /** Takes what the daemon sees in each tick. */
  show(snapshot: Snapshot, decision: Decision): void;
  /** Says something apart from the board. */
  say(text: string): void;
  end(): void;
};

type ProgressOptions = {
  /** One JSON object for each thing that happens, a line each. */
  json: boolean;
  /** Where the board cannot be redrawn: print it anew whenever a task changed its lane. */
  hasFrames: boolean;
  /** Folder of the board. */
  boardRoot: string;
};

/** The live board on a terminal; elsewhere one line for each thing that happens. */
export function createProgress(context: Context, options: ProgressOptions): Progress {
  return context.out.isTerminal && !options.json ? liveBoard(context, options) : lines(context, options);
}

const REDRAW_MS = 1_000;
const MOST_SAID = 3;

function liveBoard(context: Context, { boardRoot }: ProgressOptions): Progress {
  const { out } = context;
  const place = placeOf(context, boardRoot);
  const view = createLiveView(out);
  const latest: { draw: () => void; said: string[] } = { draw: () => undefined, said: [] };
  // Between ticks only the clock moves: the elapsed times of the slots.
  const timer = setInterval(() => latest.draw(), REDRAW_MS);
  return {
    show(snapshot, decision) {
      latest.draw = () => view.draw([...latest.said, "", boardOf(out, { snapshot, decision }, place)].join("\n"));
      latest.draw();
    },
    say(text) {
      // A line that wraps would take two, and the next frame would begin one too low.
      latest.said = [...latest.said, paint(out, "cyan", text.slice(0, out.columns() - 1))].slice(-MOST_SAID);
      latest.draw();
    },
    end() {
      clearInterval(timer);
      view.end();
    },
  };
}

const STYLES: Readonly<Record<Transition["event"], Style>> = {
  lane: "cyan",
  run: "bold",
  session: "dim",
  stale: "yellow",
  finding: "red",
  board: "yellow",
};

function lines(context: Context, { json, hasFrames, boardRoot }: ProgressOptions): Progress {
  const { out } = context;
  const place = placeOf(context, boardRoot);
  const seen: { snapshot: Snapshot | null } = { snapshot: null };
  return {
    show(snapshot, decision) {
      const transitions = describeTransitions(seen.snapshot, snapshot);
      for (const { event, taskId, text } of transitions) {
        const at = new Date(snapshot.observedAt).toISOString();
        if (json) print(out, JSON.stringify({ at, event, task: taskId, text }));
        else
          print(
            out,
            `${paint(out, "dim", at.slice(11, 19))}  ${paint(out, STYLES[event], taskId ?? "board")}  ${text}`,
          );
      }
      const isMoved = seen.snapshot === null || transitions.some(({ event }) => event === "lane");
      if (hasFrames && !json && isMoved) print(out, "", boardOf(out, { snapshot, decision }, place), "");
      seen.snapshot = snapshot;
    },
    say(text) {
      if (!json) print(out, text);
    },
    end: () => undefined,
  };
}

function boardOf(out: Context["out"], { snapshot, decision }: BoardReading, place: PlaceOf): string {
  const options = { now: Date.now(), columns: out.columns(), hasColor: out.hasColor, place };
  return renderBoard(snapshot, decision, options).trimEnd();
}
