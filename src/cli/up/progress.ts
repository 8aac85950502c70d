import type { Decision } from "../../decide/action.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import { type Context, print } from "../context.ts";
import { createLiveView } from "../live-view.ts";
import { paint, type Style } from "../paint.ts";
import { renderBoard } from "../status/render-board.ts";
import { describeTransitions, type Transition } from "./transitions.ts";

export type Progress = {
  /** Takes what the daemon sees in each tick. */
  show(snapshot: Snapshot, decision: Decision): void;
  /** Says something apart from the board. */
  say(text: string): void;
  end(): void;
};

const REDRAW_MS = 1_000;

/** The live board on a terminal; elsewhere one line for each thing that happens, as text or as one JSON object a line. */
export function createProgress(context: Context, options: { json: boolean }): Progress {
  return context.out.isTerminal && !options.json ? liveBoard(context) : lines(context, options.json);
}

function liveBoard({ out }: Context): Progress {
  const view = createLiveView(out);
  const latest: { draw: () => void; said: string } = { draw: () => undefined, said: "" };
  // Between ticks only the clock moves: the elapsed times of the slots.
  const timer = setInterval(() => latest.draw(), REDRAW_MS);
  return {
    show(snapshot, decision) {
      latest.draw = () => {
        const board = renderBoard(snapshot, decision, {
          now: Date.now(),
          columns: out.columns(),
          hasColor: out.hasColor,
        });
        view.draw(latest.said === "" ? board : `${board}\n${latest.said}`);
      };
      latest.draw();
    },
    say(text) {
      latest.said = text;
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

function lines({ out }: Context, isJson: boolean): Progress {
  const seen: { snapshot: Snapshot | null } = { snapshot: null };
  return {
    show(snapshot) {
      for (const { event, taskId, text } of describeTransitions(seen.snapshot, snapshot)) {
        const at = new Date(snapshot.observedAt).toISOString();
        if (isJson) print(out, JSON.stringify({ at, event, task: taskId, text }));
        else
          print(
            out,
            `${paint(out, "dim", at.slice(11, 19))}  ${paint(out, STYLES[event], taskId ?? "board")}  ${text}`,
          );
      }
      seen.snapshot = snapshot;
    },
    say(text) {
      if (!isJson) print(out, text);
    },
    end: () => undefined,
  };
}
