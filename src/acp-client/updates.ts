import { isNotice } from "../agents/acp/notices.ts";
import { amountOf, type Fields, fieldsOf, textOf } from "../agents/fields.ts";
import { report, reportText } from "./report.ts";
import { mergeTool, shownTool, type ToolFacts } from "./tool-facts.ts";

/** What an agent says while it is at work. It reports each thing as it comes, and a tool once it is known what it is used for. */
export type Updates = {
  take(update: Fields): void;
  /** A tool that it asks for: all that is known of it. */
  ask(told: Fields): ToolFacts;
  refuse(tool: ToolFacts): void;
  /** What the end of the turn has to be judged by. */
  sum(): Fields;
};

/** `hasOwnCost` false: what the agent says of costs counts earlier runs as well, and what is new of it is not known. */
export function createUpdates({ hasOwnCost }: { hasOwnCost: boolean }): Updates {
  const tools = new Map<string, ToolFacts>();
  const told = new Set<string>();
  const state: State = {
    said: "",
    messageId: null,
    model: null,
    refused: null,
    usd: null,
    tellsCost: false,
    calls: null,
    status: null,
    shownAt: 0,
  };

  function tellTools(isForced: boolean): void {
    for (const [id, tool] of tools) {
      if (told.has(id) || !(isForced || isKnown(tool))) continue;
      told.add(id);
      report("tool", shownTool(tool));
      Object.assign(state, { said: "", messageId: null, refused: null });
    }
  }

  function takeTool(update: Fields): ToolFacts {
    const id = textOf(update["toolCallId"]) ?? "";
    const tool = mergeTool(tools.get(id), update);
    tools.set(id, tool);
    const status = textOf(update["status"]);
    tellTools(status === "completed" || status === "failed");
    return tool;
  }

  function takeText(update: Fields): void {
    const text = textOf(fieldsOf(update["content"])?.["text"]) ?? "";
    state.calls = addCalls(state.calls, fieldsOf(fieldsOf(update["_meta"])?.["usage"]));
    if (text === "") return;
    if (isNotice(text)) return report("note", { text });
    tellTools(true);
    const messageId = textOf(update["messageId"]);
    const isNext = state.said !== "" && messageId !== state.messageId;
    Object.assign(state, { said: (state.said + text).slice(-TOLD), messageId, refused: null });
    reportText(isNext ? `\n\n${text}` : text);
  }

  function takeUsage(update: Fields): void {
    const model = textOf(fieldsOf(update["_meta"])?.["_claude/model"]);
    if (model !== null && model !== state.model) report("model", { name: model });
    state.model = model ?? state.model;
    const cost = fieldsOf(update["cost"]);
    const usd = cost?.["currency"] === "USD" ? amountOf(cost["amount"]) : null;
    state.tellsCost ||= usd !== null;
    if (usd === null || !hasOwnCost || usd === state.usd) return;
    state.usd = usd;
    if (usd > 0) report("cost", { usd });
  }

  function take(update: Fields): void {
    switch (textOf(update["sessionUpdate"])) {
      case "agent_message_chunk":
        return takeText(update);
      case "tool_call":
      case "tool_call_update":
        takeTool(update);
        return;
      case "usage_update":
        return takeUsage(update);
      case "session_info_update":
        // How codex-acp says that its provider failed, before it ends the turn as if nothing had been.
        state.status = textOf(threadStatus(update)?.["type"]) ?? state.status;
        return;
      default:
        // Thoughts and plans are not kept; that there are some is a sign of life.
        if (Date.now() - state.shownAt < SIGN_MS) return;
        state.shownAt = Date.now();
        report("alive");
    }
  }

  return {
    take,
    ask(toolCall) {
      const tool = takeTool(toolCall);
      tellTools(true);
      return tool;
    },
    refuse(tool) {
      const { name, detail } = shownTool(tool);
      state.refused = `${name} ${detail}`.trim();
      report("note", { text: `not permitted: ${state.refused}` });
    },
    sum() {
      tellTools(true);
      const { said, refused, usd, tellsCost, calls, status } = state;
      return { said, refused, usd, tellsCost, calls, state: status === "systemError" ? status : null };
    },
  };
}

type State = {
  /** The end of what was said since the last tool. */
  said: string;
  messageId: string | null;
  model: string | null;
  /** What was refused last, if nothing came of it since. */
  refused: string | null;
  usd: number | null;
  tellsCost: boolean;
  calls: Record<string, number> | null;
  status: string | null;
  shownAt: number;
};

const TOLD = 2000;
const SIGN_MS = 10_000;

/** Some agents name a tool first, and then what it is used for. */
function isKnown({ input }: ToolFacts): boolean {
  return input !== null && Object.keys(input).some((key) => key !== "cwd");
}

function threadStatus(update: Fields): Fields | null {
  return fieldsOf(fieldsOf(fieldsOf(update["_meta"])?.["codex"])?.["threadStatus"]);
}

/** Qwen tells what each call used up, and of the turn nothing. */
function addCalls(before: State["calls"], usage: Fields | null): State["calls"] {
  if (usage === null) return before;
  const sum = { ...before };
  for (const [key, value] of Object.entries(usage)) sum[key] = (sum[key] ?? 0) + (amountOf(value) ?? 0);
  return sum;
}
