import type { Session } from "../../board/session.ts";
import { oneLine } from "../one-line.ts";
import type { Node } from "./node.ts";
import type { Situation } from "./situation.ts";

/** So many digits of a plan's id are written, and no fewer than seven are believed. */
export const PLAN_DIGITS = 12;

/** Why a step may not begin before a person acts, or as long as trust is what it is; null when it may. */
export function gateReason(node: Node, situation: Situation): string | null {
  const { trust } = situation.settings;
  if (openerOf(node, situation) === "trust") {
    return oneLine(`trust is shadow: step ${node.id} would change files, and only reading runs`);
  }
  if (trust === "auto" || !isGated(node, situation)) return null;
  const plans = plansOf(node, situation);
  if (plans.length === 0) return situation.task.approved === null ? waitsLine(node, situation, []) : null;
  const open = notApproved(plans, situation);
  return open.length === 0 ? null : waitsLine(node, situation, open);
}

/** What opens a gate that is shut: in shadow no approval lets a step change files. */
export function openerOf({ mutates }: Node, { settings }: Situation): "approval" | "trust" {
  return mutates && settings.trust === "shadow" ? "trust" : "approval";
}

/** Those of its plans that no approval in the file names. */
export function openPlans(node: Node, situation: Pick<Situation, "records" | "task">): readonly Session[] {
  return notApproved(plansOf(node, situation), situation);
}

function notApproved(plans: readonly Session[], { task }: Pick<Situation, "task">): readonly Session[] {
  const given = approvedShas(task.approved);
  return plans.filter(({ messageSha }) => !given.some((it) => messageSha?.startsWith(it)));
}

/** The ids of plans that an approval names. */
export function approvedShas(approved: string | null): readonly string[] {
  return approved?.match(/\b[0-9a-f]{7,64}\b/g) ?? [];
}

/** The session files that an approval of this step names: the plan it follows. */
function plansOf({ planned }: Node, { records }: Pick<Situation, "records">): readonly Session[] {
  return planned.flatMap((it) => records.get(it) ?? []).filter(({ messageSha }) => messageSha != null);
}

// Whoever changes files upon a plan waits until a person has read the plan.
function isGated(node: Node, { settings, graph }: Situation): boolean {
  if (node.step.gate === "person") return true;
  if (!node.mutates) return false;
  if (settings.trust === "recommend") return true;
  const before = graph.ancestors(node.id);
  // Where a router sends a task is no plan: nobody said yet what is to be done.
  return graph.nodes.some((it) => !it.mutates && it.step.verdicts !== "router" && before.has(it.id));
}

function waitsLine(node: Node, situation: Situation, open: readonly Session[]): string {
  const { task } = situation;
  const files = open.map(({ path }) => path).join(", ");
  const ids = open.map(({ messageSha }) => messageSha?.slice(0, PLAN_DIGITS)).join("+");
  const lapsed = open.length > 0 ? whyNotApproved(situation) : "";
  const what = open.length === 0 ? `step ${node.id}` : files;
  const key = open.length === 0 ? "approved: <who> <when>" : `approved: <who> <when> ${ids}`;
  return oneLine(
    `${lapsed}waits for the approval of ${what}: \`kanband approve ${task.id}\`, or \`${key}\` in the file`,
  );
}

/** What is wrong with the approval that the file has; empty: it has none, or one of other plans that are what they were. */
function whyNotApproved({ task, records }: Situation): string {
  if (task.approved === null) return "";
  const given = approvedShas(task.approved);
  if (given.length === 0) return "the approval names no plan; ";
  const plans = [...records.values()];
  const unknown = given.filter((it) => !plans.some(({ messageSha }) => messageSha?.startsWith(it) === true));
  if (unknown.length === 0) return "";
  const ids = unknown.map((it) => it.slice(0, PLAN_DIGITS)).join("+");
  return `the plan changed after its approval, or ${ids} is mistyped: no plan has that id; `;
}
