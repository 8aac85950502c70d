// A table at the end: one row a case, one column a program. What does not apply says why.
const MARKS = { passed: "ok", failed: "FAILED", skipped: "-", pending: "?" };

export const tableReporter = {
  onTestRunEnd(modules) {
    const cells = new Map();
    const columns = [];
    const notes = [];
    let ran = 0;
    for (const test of modules.flatMap((it) => [...it.children.allTests()])) {
      const column = test.parent.name;
      if (!columns.includes(column)) columns.push(column);
      const row = cells.get(test.name) ?? new Map();
      const { state, note } = test.result();
      if (state !== "skipped") ran += 1;
      if (note !== undefined) notes.push(`- ${column}, ${test.name}: ${note}`);
      cells.set(test.name, row.set(column, MARKS[state] ?? state));
    }
    const width = Math.max(4, ...[...cells.keys()].map((it) => it.length));
    const line = (name, values) => `${name.padEnd(width)}  ${values.map((it) => it.padEnd(9)).join(" ")}`;
    console.log(`\n${line("case", columns)}`);
    for (const [name, row] of cells)
      console.log(
        line(
          name,
          columns.map((it) => row.get(it) ?? ""),
        ),
      );
    for (const note of notes) console.log(note);
    if (ran > 0) return;
    console.log("Nothing was run: no case has such a name, or no program could be installed.");
    process.exitCode = 1;
  },
};
