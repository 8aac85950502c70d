import { readDaemon } from "../../controller/control.ts";
import type { Remote } from "../../git/remote.ts";
import { print, printJson } from "../context.ts";
import { paint } from "../paint.ts";
import { safe } from "../status/words.ts";
import type { Done, Ready } from "./carry-out.ts";
import type { FoundForge } from "./find-forge.ts";

/** Says what came of a pull request, and what comes next. */
export function reportRequest(ready: Ready, done: Done, json: boolean): void {
  const { context, board, view } = ready;
  const { out } = context;
  const isDaemonAlive = readDaemon(board.runtimeDir)?.isAlive === true;
  if (json) return printJson(out, { task: view.id, ...done, isDaemonAlive });
  const state = done.isNew ? "opened" : done.state;
  print(out, `${paint(out, "bold", safe(view.id))}  ${state}  ${safe(done.url)}`);
  for (const line of linesOf(ready, done)) print(out, line);
  if (done.state === "merged" && !isDaemonAlive)
    print(out, "No daemon is running: the next one clears its branch and worktree away.");
}

function linesOf({ branch, base, view }: Ready, { state, isPushed, isNew, landedAs, preserved }: Done): string[] {
  if (state === "merged") {
    const kept = preserved === null ? [] : [`What ${base} does not hold of ${branch} is kept: ${preserved}`];
    return [`${base} holds it as ${(landedAs ?? "").slice(0, 12)}; the task is in done/.`, ...kept];
  }
  if (state === "closed")
    return ["It was closed unmerged. Take `pr:` out of the file to have the task merged here, or open it again there."];
  const pushed = isNew ? [] : [isPushed ? `Pushed what is new on ${branch}.` : "Nothing new to push."];
  return [...pushed, `Once it is merged there: kanband pr ${safe(view.id)} --sync`];
}

/** Says how to do it by hand, where there is no remote, or no program that can talk to its forge. */
export function reportByHand(
  { context, view, branch, base }: Ready,
  { remote, found, json }: { remote: Remote | null; found: FoundForge; json: boolean },
): number {
  const { out } = context;
  const where = remote === null ? "<url>" : remote.name;
  const commands = [`git push ${where} ${branch}`, `git request-pull ${base} ${where} ${branch}`];
  const { forge, place } = found;
  const form = forge === null || place === null ? null : forge.formUrl(place, { branch, base });
  if (json) {
    printJson(out, { task: view.id, url: null, state: "by-hand", commands, form });
    return 0;
  }
  print(out, `${paint(out, "bold", safe(view.id))}  nothing was pushed: ${whyByHand(remote, found)}`);
  print(out, "By hand:", ...commands.map((it) => `  ${safe(it)}`));
  if (form !== null) print(out, `or, once it is pushed, in a browser: ${safe(form)}`);
  return 0;
}

function whyByHand(remote: Remote | null, { forge, place }: FoundForge): string {
  if (remote === null) return "this repository has no remote.";
  if (forge !== null) return `the program \`${forge.id}\` is not on PATH.`;
  const host = place === null ? safe(remote.name) : place.host;
  return `which forge ${host} is cannot be told; name it with --forge gh or --forge glab.`;
}
