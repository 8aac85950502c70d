import { parsePullRequest } from "../../board/pull-request.ts";
import { approvalOf } from "../../decide/approval.ts";
import type { Snapshot, TaskView } from "../../decide/snapshot.ts";
import type { PlaceOf } from "../place-of.ts";
import { safe } from "./words.ts";

/** How `decide` begins the reason of every task that waits while nothing more may be spent today. */
export const DAY_IS_SPENT = "the day's budget is spent";

/** What a person may do about a task that is not moving; `reason` is why it is not. */
export function nextSteps(
  view: TaskView,
  snapshot: Snapshot,
  { reason, place }: { reason: string; place: PlaceOf },
): string[] {
  const { sessions } = snapshot;
  const id = safe(view.id);
  const hints = view.findings.flatMap((it) => it.hint ?? []);
  if (hints.length > 0) return [...new Set(hints)].map(safe);
  if (view.duplicates.length > 0) return ["remove or rename one of the files"];
  switch (view.lane) {
    case "backlog":
      return [`kanband move ${id} planned`];
    case "blocked":
      if (hasQuestion(view))
        return [`write ${answerKey(view)} into ${place(view.path)}, then: kanband move ${id} planned`];
      return isUnmerged(view)
        ? [
            `mend the cause, then, to merge it as it is: kanband move ${id} done`,
            `for another run: kanband move ${id} planned`,
          ]
        : [`mend the cause, then: kanband move ${id} planned`];
    case "for_review":
      return [
        hasRequest(view) ? `kanband pr ${id} --sync` : `kanband accept ${id}`,
        `kanband rework ${id} -m "what is to be better"`,
      ];
    case "doing":
      return [
        ...(sessions.get(view.id) ?? [])
          .filter((it) => it.state === "running")
          .map((it) => `tail -f ${place(it.path)}`),
        ...(/^collect of \S+ failed: /.test(reason)
          ? [`mend what it names; or free its slot: kanband move ${id} backlog`]
          : []),
        ...forApproval(view, snapshot, place),
        ...forLimits(reason, place),
      ];
    case "planned":
      return [...forApproval(view, snapshot, place), ...forLimits(reason, place)];
    case "done":
      return hasRequest(view) ? [`kanband pr ${id} --sync`] : [];
  }
}

/** Whether it is merged on its forge, which has not told of it yet. */
function hasRequest({ task }: TaskView): boolean {
  const request = parsePullRequest(task?.pr ?? null);
  return request !== null && !request.isClosed && request.landedAs === null;
}

function isUnmerged({ task }: TaskView): boolean {
  return /^(?:could not be merged|still in conflict after a rework)\b/.test(task?.blocked ?? "");
}

/** Whether a task is blocked by a question of one of its steps, by how `decide` begins its reason. */
export function hasQuestion({ task }: Pick<TaskView, "task">): boolean {
  return /(?:^|; )(?:step \S+ )?asks: /.test(task?.blocked ?? "");
}

/** Where several ask, each has an answer of its own. */
function answerKey({ task }: TaskView): string {
  const steps = [...(task?.blocked ?? "").matchAll(/(?:^|; )step (\S+) asks: /g)].map(([, step = ""]) => safe(step));
  return steps.length < 2 ? "`answer:`" : `\`answer: { ${steps.map((it) => `${it}: …`).join(", ")} }\``;
}

function forApproval(view: TaskView, snapshot: Snapshot, place: PlaceOf): string[] {
  const approval = approvalOf(view, snapshot);
  if (approval === null) return [];
  const files = approval.plans.map(({ path }) => place(path));
  return [...(files.length === 0 ? [] : [`read ${files.join(" and ")}`]), `kanband approve ${safe(view.id)}`];
}

function forLimits(reason: string, place: PlaceOf): string[] {
  const settings = place("board/board.md");
  if (reason.startsWith(DAY_IS_SPENT)) {
    return [`raise day_usd of budget in ${settings}; if not, it goes on after midnight (UTC)`];
  }
  if (reason.startsWith("waits for the day's budget")) {
    return [`wait for one of them to end, or raise day_usd of budget in ${settings}, or lower its run_usd`];
  }
  if (reason.startsWith("for_review/ is full")) {
    return [`kanband accept or rework what waits there, or raise for_review of wip in ${settings}`];
  }
  if (!reason.startsWith("doing/ is full")) return [];
  const approvals = reason.match(/(?<=`)kanband approve [^`]+(?=`)/g) ?? [];
  return [...approvals.map(safe), `wait for one of them, or raise doing of wip in ${settings}`];
}
