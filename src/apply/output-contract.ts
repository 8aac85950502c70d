import type { VerdictKind } from "../board/verdict-kind.ts";

/** How the message of a step is to end: the verdict it is asked for, with a block to fill in. */
export function verdictContract(kind: VerdictKind, tip: string | null): string {
  const { say, example } = CONTRACTS[kind];
  const lines = example.map((it) => it.replace("<commit>", tip ?? "the commit you looked at"));
  const shown = tip === null ? lines.filter((it) => !it.startsWith("commit:")) : lines;
  return [
    "End your message with one block of this form, and nothing behind it; a program reads it.",
    ...say,
    "",
    "```verdict",
    ...shown,
    "```",
  ].join("\n");
}

/** How a step asks a person instead of going on. */
export const DECISION_CONTRACT = [
  "If you need a choice that only a person can make, do not guess: end with this block instead, and you will be run again with the answer.",
  "",
  "```decision",
  "question: What you must know, in one line",
  "options:",
  "  - the first way",
  "  - the second way",
  "recommendation: the first way",
  "```",
].join("\n");

/** How a step that changes files names what can be looked up. */
export const CLAIMS_CONTRACT = [
  "What you say of files, commits, commands and URLs is looked up at the tip of the branch. Name what matters in one block; what is not so sends the task back to you:",
  "",
  "```claims",
  "- { file: src/example.ts, line: 12, text: export function example }",
  "- { command: npm test, exit: 0 }",
  "```",
].join("\n");

type Contract = { say: readonly string[]; example: readonly string[] };

const FINDINGS: readonly string[] = [
  "findings:",
  "  - title: What is wrong, in one line",
  "    file: src/example.ts",
  "    line: 12",
  "    severity: must-fix",
  "    why: What happens because of it",
  "    fix: What would mend it",
];

const REVIEW: Contract = {
  say: [
    "`verdict` is `must-fix` when something must change before this may go on, else `clean`.",
    "`severity` is `must-fix`, `should-fix` or `note`; with `clean` there is no `must-fix`, and `findings: []` where there is nothing to say.",
  ],
  example: ["verdict: must-fix", "commit: <commit>", ...FINDINGS],
};

const CONTRACTS: Readonly<Record<VerdictKind, Contract>> = {
  router: {
    say: [
      "`verdict` is `direct-tool` (`target`: the tool, `args`: its arguments), `direct-workflow` (`target`: the path of the document that answers),",
      "`single-persona` (`target`: the persona), or `factory` (without `target`).",
    ],
    example: ["verdict: single-persona", "target: engineer"],
  },
  triage: {
    say: ["`verdict` is `change`, `incident`, `question`, `review` or `postmortem`."],
    example: ["verdict: change"],
  },
  dispatcher: {
    say: [
      "One entry a step, at most 30; `needs` names ids of this list; `parallel: false` waits for all above it; `mutates` says whether it may change files.",
      "Each `task` is a prompt that stands for itself; `touches` are the files it may change.",
    ],
    example: [
      "verdict: planned",
      "steps:",
      "  - id: first",
      "    persona: engineer",
      "    task: What to do, and how to see that it is done",
      "    needs: []",
      "    parallel: true",
      "    mutates: true",
      "    touches: [src/**]",
    ],
  },
  reviewer: REVIEW,
  reconciler: {
    say: [...REVIEW.say, "Each finding once, with the files it comes from as `sources`."],
    example: [...REVIEW.example, "    sources: [findings/cold.md]"],
  },
  cycle: {
    say: [
      "`verdict` is `no-change` when there is nothing left that you would change, `changed` when you changed something,",
      "`must-fix` when something must be mended that you did not mend.",
    ],
    example: ["verdict: changed"],
  },
};
