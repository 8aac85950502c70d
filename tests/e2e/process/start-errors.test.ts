import { expect, it } from "vitest";
import { readRuns } from "../../../src/process/read-runs.ts";
import { runInBuild as run } from "../../helpers/in-build.ts";
import { cleanUpPlaces, place, request, until } from "./runs.ts";

cleanUpPlaces();
it.each(["after-record", "before-spawn", "after-spawn"])(
  "a run that cannot be started leaves no record that nobody starts: %s",
  async (point) => {
    const where = place();
    const asked = request(where, "answers.sh");
    const code = `
      const { startRun } = await import("./process/start-run.js");
      await startRun(${JSON.stringify(asked)}).catch((error) => console.log(error.code));`;
    const env = { KANBAND_FAILPOINTS: `process.start.${point}=ENOSPC` };
    const child = run(code, { env });
    await child.ended;
    expect(child.stdout()).toContain("ENOSPC");
    // Once it is spawned, the supervisor may have been first: then it is a run like any other.
    await until(() => readRuns(where.runsDir).every(({ state }) => state !== "starting"));
  },
);
