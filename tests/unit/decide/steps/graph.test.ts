import { describe, expect, it } from "vitest";
import { graphOf } from "../../../../src/decide/workflow/graph.ts";
import { recordsOf } from "../../../../src/decide/workflow/node.ts";
import { personaOf, sessionOf } from "../../../helpers/board-builder.ts";
import { SMALL_FACTORY, stepOf, workflowOf } from "./workflows.ts";

const PERSONAS = new Map([["tester", personaOf("tester", { mutates: false })]]);
const EXPANDING = workflowOf("expanding", [
  stepOf("plan", { verdicts: "dispatcher" }),
  stepOf("build", { persona: null, output: null, needs: ["plan"], expand: "plan" }),
]);

function dispatchOf(...ids: string[]) {
  const steps = ids.map((id) => ({
    id,
    persona: "tester",
    task: "x",
    needs: [],
    parallel: true,
    touches: [],
    mutates: null,
  }));
  return recordsOf([sessionOf("a", { step: "plan", dispatch: steps })]);
}

describe("the graph of a task", () => {
  it("is made once for all tasks whose graph rests upon the same, and anew for any other", () => {
    const plain = graphOf(SMALL_FACTORY, new Map(), PERSONAS, {});
    expect(graphOf(SMALL_FACTORY, recordsOf([sessionOf("a", { step: "route" })]), PERSONAS, {})).toBe(plain);
    expect(graphOf(SMALL_FACTORY, new Map(), new Map(PERSONAS), {})).not.toBe(plain);
    expect(graphOf(SMALL_FACTORY, new Map(), PERSONAS, { cold: "skip" })).not.toBe(plain);
    expect(graphOf({ ...SMALL_FACTORY }, new Map(), PERSONAS, {})).not.toBe(plain);
  });

  it("lets no two steps write one file, nor one of the daemon's own: each would undo the other for ever", () => {
    const workflow = workflowOf("twice", [
      stepOf("one", { output: null }),
      stepOf("two", { output: "TESTER.md" }),
      stepOf("three", { persona: "careless", output: null }),
      stepOf("plan", { verdicts: "dispatcher" }),
      stepOf("build", { output: null, persona: null, needs: ["plan"], expand: "plan" }),
      stepOf("look", { output: "build/api.md" }),
    ]);
    const personas = new Map([...PERSONAS, ["careless", personaOf("careless", { output: "checks.md" })]]);
    const { nodes } = graphOf(workflow, dispatchOf("api", "../../x"), personas, {});
    expect(nodes.flatMap(({ problem }) => problem ?? [])).toEqual([
      "step two would write TESTER.md, as step one does; give it an `output` of its own",
      expect.stringMatching(/^step three would write checks.md, no session file: expected /),
      expect.stringMatching(/^step build.\.\.\/\.\.\/x would write build\/\.\.\/\.\.\/x\.md, no session file/),
      "step look would write build/api.md, as step build.api does; give it an `output` of its own",
    ]);
  });

  it("lets a dispatcher take away that a persona changes files, and never give it", () => {
    const personas = new Map([...PERSONAS, ["engineer", personaOf("engineer", { mutates: true })]]);
    const said = [true, false, null].flatMap((mutates) =>
      ["tester", "engineer"].map((persona) => ({ id: `${persona}-${mutates}`, persona, mutates })),
    );
    const steps = said.map((it) => ({ ...it, task: "x", needs: [], parallel: true, touches: [] }));
    const { nodes } = graphOf(EXPANDING, recordsOf([sessionOf("a", { step: "plan", dispatch: steps })]), personas, {});
    expect(nodes.flatMap(({ id, mutates }) => (mutates ? [id] : []))).toEqual([
      "build.engineer-true",
      "build.engineer-null",
    ]);
  });

  it("follows the dispatch of each task", () => {
    const one = dispatchOf("api");
    const ids = (records: ReturnType<typeof dispatchOf>) =>
      graphOf(EXPANDING, records, PERSONAS, {}).nodes.map(({ id }) => id);
    expect(ids(one)).toEqual(["plan", "build.api"]);
    expect(ids(dispatchOf("ui", "docs"))).toEqual(["plan", "build.ui", "build.docs"]);
    expect(ids(recordsOf([]))).toEqual(["plan", "build"]);
    expect(graphOf(EXPANDING, one, PERSONAS, {})).toBe(graphOf(EXPANDING, one, PERSONAS, {}));
  });
});
