import { describe, expect, it } from "vitest";
import { currentModel, effortFor, settingsFor } from "../../../src/acp-client/choices.ts";

const NONE = { model: null, effort: null, modes: [] };
const option = (id: string, category: string, values: readonly string[], currentValue = values[0]) => ({
  id,
  category,
  type: "select",
  currentValue,
  options: values.map((value) => ({ value, name: `${value} (name)` })),
});
const CLAUDE = {
  configOptions: [option("model", "model", ["default", "sonnet"]), option("effort", "thought_level", ["low", "high"])],
};
const GEMINI = {
  modes: { currentModeId: "yolo", availableModes: [{ id: "default" }, { id: "yolo" }] },
  models: { currentModelId: "gemini-2.5-pro", availableModels: [{ modelId: "gemini-2.5-pro" }, { modelId: "auto" }] },
};
const CODEX = {
  models: { availableModels: ["low", "medium", "high"].map((it) => ({ modelId: `gpt-6[${it}]`, name: it })) },
};
const QWEN = {
  models: {
    currentModelId: "$runtime|openai|qwen3-coder-plus(openai)",
    availableModels: [{ modelId: "$runtime|openai|qwen3-coder-plus(openai)", name: "qwen3-coder-plus" }],
  },
};

function settings(opened: object, wish: object) {
  const chosen = settingsFor("s", { ...opened }, { ...NONE, ...wish });
  if ("problem" in chosen) return chosen;
  const effort = chosen.effort === null ? null : effortFor("s", { ...opened }, chosen.effort);
  if (effort !== null && "problem" in effort) return effort;
  return [...chosen.settings, ...(effort === null ? [] : [effort])];
}

const setOption = (configId: string, value: string) => ({
  method: "session/set_config_option",
  params: { sessionId: "s", configId, value },
});
const setModel = (modelId: string) => ({ method: "session/set_model", params: { sessionId: "s", modelId } });

describe("settingsFor", () => {
  it.each<[string, object, object, unknown]>([
    ["nothing wished for", GEMINI, {}, []],
    ["a model that is an option", CLAUDE, { model: "sonnet" }, [setOption("model", "sonnet")]],
    ["by its name", CLAUDE, { model: "sonnet (name)" }, [setOption("model", "sonnet")]],
    [
      "model and effort",
      CLAUDE,
      { model: "sonnet", effort: "high" },
      [setOption("model", "sonnet"), setOption("effort", "high")],
    ],
    ["a model of a list", GEMINI, { model: "auto" }, [setModel("auto")]],
    [
      "a name for an id that nobody types",
      QWEN,
      { model: "qwen3-coder-plus" },
      [setModel("$runtime|openai|qwen3-coder-plus(openai)")],
    ],
    ["a model of each effort", CODEX, { model: "gpt-6", effort: "high" }, [setModel("gpt-6[high]")]],
    ["and of the middle one", CODEX, { model: "gpt-6" }, [setModel("gpt-6[medium]")]],
    [
      "the first mode that is offered",
      GEMINI,
      { modes: ["read-only", "default"] },
      [{ method: "session/set_mode", params: { sessionId: "s", modeId: "default" } }],
    ],
    ["a mode that is on", GEMINI, { modes: ["yolo"] }, []],
    [
      "an option in groups",
      { configOptions: [{ id: "m", category: "model", options: [{ group: "g", options: [{ value: "x" }] }] }] },
      { model: "x" },
      [setOption("m", "x")],
    ],
  ])("%s", (_, opened, wish, expected) => {
    expect(settings(opened, wish)).toEqual(expected);
  });

  it("leaves the effort to be chosen from what is offered for the model", () => {
    const opened = { configOptions: [option("model", "model", ["small", "large"])] };
    expect(settingsFor("s", opened, { ...NONE, model: "large", effort: "high" })).toEqual({
      settings: [setOption("model", "large")],
      effort: "high",
    });
  });

  it.each([
    [GEMINI, { model: "sonnet" }, "the agent offers no model 'sonnet'; it offers gemini-2.5-pro, auto"],
    [{}, { model: "sonnet" }, "the agent offers no model 'sonnet'; it offers none to choose"],
    [
      CODEX,
      { model: "gpt-6", effort: "huge" },
      "the agent offers no model 'gpt-6'; it offers gpt-6[low], gpt-6[medium], gpt-6[high]",
    ],
    [GEMINI, { effort: "high" }, "the agent offers no effort 'high'"],
    [
      { models: 7, configOptions: [null, { category: "model", options: "x" }] },
      { model: "x" },
      expect.stringMatching(/no model/),
    ],
  ])("says what is not offered: %j", (opened, wish, problem) => {
    expect(settings(opened, wish)).toEqual({ problem });
  });

  it.each([
    [GEMINI, "gemini-2.5-pro"],
    [QWEN, "qwen3-coder-plus"],
    [CLAUDE, null],
    [{}, null],
  ])("the model that answers: %j", (opened, model) => {
    expect(currentModel(opened)).toBe(model);
  });
});
