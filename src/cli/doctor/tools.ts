import type { Settings } from "../../config/settings.ts";
import { isOnPath } from "../../observe/is-on-path.ts";
import { type CheckUp, ok, warn } from "./check-up.ts";

/** Whether the tools that a router may have run can be started here. Nothing to say where there are none. */
export function checkTools(settings: Settings | null): CheckUp[] {
  const tools = Object.entries(settings?.tools ?? {});
  if (tools.length === 0) return [];
  const missing = tools.filter(([, { command }]) => command[0] === undefined || !isOnPath(command[0]));
  if (missing.length === 0) return [ok("tools", tools.map(([name]) => name).join(", "))];
  const message = missing.map(([name, { command }]) => `${name}: there is no program ${command[0] ?? ""}`).join("; ");
  return [warn("tools", message, "Install it, or correct `tools:` in board/board.md.")];
}
