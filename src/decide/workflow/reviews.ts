import { globsOverlap } from "../../board/globs.ts";
import { REVIEW_STEP } from "../../board/review-claim.ts";
import type { Session } from "../../board/session.ts";
import type { ReviewFinding } from "../../board/verdict-kind.ts";
import { isMustFix, mustFix } from "../review-record.ts";
import type { Node } from "./node.ts";
import type { Situation } from "./situation.ts";

/** What a review sends back to one step. `isSameChain`: no person asked in between, so that the rounds are counted on. */
export type Review = { findings: readonly ReviewFinding[]; isSameChain: boolean; more: 0 | 1 };

/** What a review asks this attempt of a step to mend; null when none does. */
export function findingsFor(node: Node, attempt: number, situation: Situation): Review | null {
  const { graph, records } = situation;
  const own = records.get(node.id);
  for (const reviewer of graph.nodes) {
    if (reviewer.step.rework === null) continue;
    const record = records.get(reviewer.id);
    const seen = record?.after?.[node.id];
    if (record === undefined || seen === undefined || seen >= attempt || !sendsBack(reviewer, record)) continue;
    // It speaks of the attempt before this one; one number is left out where a person asked in between.
    if (own === undefined || own.attempt - seen > 1 || (own.attempt !== seen && own.state !== "running")) continue;
    if (!targetsOf(reviewer, record, situation).includes(node)) continue;
    const isSameChain = attempt === seen + 1;
    return { findings: findingsOf(node, reviewer, record, situation), isSameChain, more: own.attempt === seen ? 1 : 0 };
  }
  return null;
}

/** What the review in `for_review/` asks this attempt of a step to mend; null when it asks nothing of it. */
export function sentBackFor(node: Node, attempt: number, { records }: Situation): Review | null {
  const own = records.get(node.id);
  const record = records.get(REVIEW_STEP);
  const seen = record?.after?.[node.id];
  if (own === undefined || record === undefined || seen === undefined || seen >= attempt) return null;
  if (!isMustFix(record) || own.attempt - seen > 1 || (own.attempt !== seen && own.state !== "running")) return null;
  return { findings: mustFix(record), isSameChain: attempt === seen + 1, more: own.attempt === seen ? 1 : 0 };
}

/** Whether what a step said sends work back. */
export function sendsBack({ step }: Node, record: Session): boolean {
  return record.state === "done" && step.rework !== null && record.verdict === step.rework.verdict;
}

/** The steps that a review sends back: those its findings fall to, among those that stand for the step it names. */
export function targetsOf(reviewer: Node, record: Session, situation: Situation): readonly Node[] {
  const all = candidates(reviewer, situation);
  const owners = mustFix(record).map((it) => ownerOf(it, all));
  return owners.length === 0 ? all.slice(0, 1) : all.filter((it) => owners.includes(it));
}

function candidates({ step }: Node, { graph }: Situation): readonly Node[] {
  const backTo = step.rework?.backTo ?? "";
  const ids = graph.groups.get(backTo) ?? [backTo];
  const nodes = graph.nodes.filter(({ id }) => ids.includes(id));
  const mutating = nodes.filter(({ mutates }) => mutates);
  return mutating.length > 0 ? mutating : nodes;
}

/** The findings that one step is to mend: each falls to the first step that was to change its file, else to the first of all. */
export function findingsOf(
  node: Node,
  reviewer: Node,
  record: Session,
  situation: Situation,
): readonly ReviewFinding[] {
  const all = candidates(reviewer, situation);
  return mustFix(record).filter((it) => ownerOf(it, all) === node);
}

function ownerOf({ file }: ReviewFinding, all: readonly Node[]): Node | undefined {
  return (file === null ? undefined : all.find(({ touches }) => globsOverlap(touches, [file]))) ?? all[0];
}
