import type { AcpRequest } from "../agents/acp/wire.ts";
import { type Fields, fieldsOf, listOf, textOf } from "../agents/fields.ts";

type Wish = Pick<AcpRequest, "model" | "effort" | "modes">;

/** One request that sets one thing of a session. */
export type Setting = { method: string; params: Fields };

/**
 * How an open session comes to the mode and model that are wished for, or what of these the agent does not offer. Agents offer
 * them as options of the session; older ones as lists of modes and models. `effort` is what remains to be chosen after
 * that, by `effortFor`: some offer it only once a model is set that has a choice.
 */
export function settingsFor(
  sessionId: string,
  opened: Fields,
  wish: Wish,
): { settings: readonly Setting[]; effort: string | null } | { problem: string } {
  const settings: Setting[] = [];
  const mode = wish.modes.find((it) => modesOf(opened).includes(it));
  if (mode !== undefined && fieldsOf(opened["modes"])?.["currentModeId"] !== mode) {
    settings.push({ method: "session/set_mode", params: { sessionId, modeId: mode } });
  }
  const model = wish.model === null ? null : chooseModel(opened, wish.model, wish.effort);
  if (model !== null && "problem" in model) return model;
  if (model !== null) settings.push({ method: model.method, params: { sessionId, ...model.params } });
  return { settings, effort: model?.hasEffort === true ? null : wish.effort };
}

/** How a session, with the options that it has now, comes to the effort. */
export function effortFor(sessionId: string, opened: Fields, effort: string): Setting | { problem: string } {
  const chosen = chooseOption(opened, "thought_level", effort);
  if (chosen === null) return { problem: `the agent offers no effort '${effort}'` };
  return { method: SET_OPTION, params: { sessionId, ...chosen } };
}

/** The model that answers unless another is set, as far as its id or its name says which; null where that is left open. */
export function currentModel(opened: Fields): string | null {
  const models = fieldsOf(opened["models"]);
  const id = textOf(models?.["currentModelId"]) ?? textOf(optionOf(opened, "model")?.["currentValue"]);
  const offered = [...listOf(models?.["availableModels"]), ...valuesOf(opened, "model")];
  const current = offered.find((it) => (it["modelId"] ?? it["value"]) === id);
  return [id, textOf(current?.["name"])].find((it) => it !== null && PLAIN.test(it)) ?? null;
}

const PLAIN = /^(?!(?:default|auto)$)[\w.:/-]+$/i;
const SET_OPTION = "session/set_config_option";
const SHOWN = 12;

function modesOf(opened: Fields): readonly (string | null)[] {
  return listOf(fieldsOf(opened["modes"])?.["availableModes"]).map((it) => textOf(it["id"]));
}

type Chosen = Setting & { hasEffort: boolean };

function chooseModel(opened: Fields, model: string, effort: string | null): Chosen | { problem: string } {
  const offered = listOf(fieldsOf(opened["models"])?.["availableModels"]);
  const option = chooseOption(opened, "model", model);
  if (option !== null) return { method: SET_OPTION, params: option, hasEffort: false };
  const plain = offered.find((it) => it["modelId"] === model || it["name"] === model);
  // codex-acp has a model for each effort.
  const [first, ...others] = offered.filter((it) => textOf(it["modelId"])?.startsWith(`${model}[`) === true);
  const wanted = [first, ...others].find((it) => it?.["modelId"] === `${model}[${effort ?? "medium"}]`);
  const found = plain ?? wanted ?? (effort === null ? first : undefined);
  if (found !== undefined) {
    const params = { modelId: found["modelId"] };
    return { method: "session/set_model", params, hasEffort: plain === undefined && effort !== null };
  }
  const names = [...offered.map((it) => it["modelId"]), ...valuesOf(opened, "model").map((it) => it["value"])];
  const known = names.map(textOf).filter((it) => it !== null);
  const list = known.length === 0 ? "none to choose" : known.slice(0, SHOWN).join(", ");
  return { problem: `the agent offers no model '${model}'; it offers ${list}` };
}

function chooseOption(opened: Fields, category: string, wanted: string): Fields | null {
  const values = valuesOf(opened, category);
  const value = values.find((it) => it["value"] === wanted) ?? values.find((it) => it["name"] === wanted);
  return value === undefined ? null : { configId: optionOf(opened, category)?.["id"], value: value["value"] };
}

function optionOf(opened: Fields, category: string): Fields | undefined {
  return listOf(opened["configOptions"]).find((it) => it["category"] === category);
}

/** The values of an option; they may be in groups. */
function valuesOf(opened: Fields, category: string): readonly Fields[] {
  const options = listOf(optionOf(opened, category)?.["options"]);
  return options.flatMap((it) => ("options" in it ? listOf(it["options"]) : [it]));
}
