import { type Board, sessionsOf } from "./board-index.ts";
import { agentName, type ParkedAgents } from "./choose-agent.ts";
import { oneLine } from "./one-line.ts";

/**
 * The agents that could not even start and whose settings have not changed since. The task in `blocked/` is the mark: once
 * a person takes it out, or edits the settings, the agent is tried again.
 */
export function parkedAgents(board: Board): ParkedAgents {
  const parked = new Map<string, string>();
  for (const id of board.byLane.blocked.map((it) => it.id).toSorted()) {
    for (const session of sessionsOf(board, id)) {
      if (session.failure !== "setup" || session.agent === null) continue;
      if (session.settingsBlob !== board.snapshot.settingsBlob) continue;
      const name = agentName(session.agent);
      const reason = session.reason ?? "its setup failed";
      if (!parked.has(name)) {
        parked.set(name, oneLine(`agent "${name}" is parked since it failed on ${id} (in blocked/): ${reason}`));
      }
    }
  }
  return parked;
}
