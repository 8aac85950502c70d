// A table at the end: one row a case, one column a program. What was not gone through says why.
const MARKS = { passed: "ok", failed: "FAILED", skipped: "-", pending: "?" };

export const tableReporter = {
  onTestCaseResult(test) {
    const { state } = test.result();
    if (state === "skipped") return;
    const seconds = ((test.diagnostic()?.duration ?? 0) / 1000).toFixed(1);
    console.log(`${MARKS[state]}: ${test.parent.name}, ${test.name} (${seconds} s)`);
  },
  onTestRunEnd(modules) {
    const cells = new Map();
    const columns = new Map();
    for (const test of modules.flatMap((it) => [...it.children.allTests()])) {
      const { state, note } = test.result();
      // Left out by a filter: nobody asked for it.
      if (state === "skipped" && note === undefined) continue;
      const column = test.parent.name;
      columns.set(column, [...(columns.get(column) ?? []), { name: test.name, state, note }]);
      cells.set(test.name, (cells.get(test.name) ?? new Map()).set(column, MARKS[state] ?? state));
    }
    const width = Math.max(4, ...[...cells.keys()].map((it) => it.length));
    const line = (name, valueOf) =>
      [name.padEnd(width), ...[...columns.keys()].map((it) => valueOf(it).padEnd(Math.max(6, it.length)))]
        .join("  ")
        .trimEnd();
    console.log(`\n${line("case", (column) => column)}`);
    for (const [name, row] of cells) console.log(line(name, (column) => row.get(column) ?? ""));
    for (const [column, tests] of columns) for (const note of notesOf(column, tests)) console.log(note);
    if ([...columns.values()].flat().some(({ state }) => state !== "skipped")) return;
    console.log("Nothing was run: no case has such a name, or no program could be installed.");
    process.exitCode = 1;
  },
};

/** Why cases were not gone through; what holds of a whole column is said once. */
function notesOf(column, tests) {
  const reasons = new Map();
  for (const { name, note } of tests.filter((it) => it.note !== undefined)) {
    reasons.set(note, [...(reasons.get(note) ?? []), name]);
  }
  return [...reasons].map(([note, names]) => {
    const which = names.length === tests.length ? "all of it" : names.join(", ");
    return `- ${column}, ${which}: ${note}`;
  });
}
