import { type Answer, DEFAULT_USAGE, type Sent } from "./answer.ts";

/** An answer as the Chat Completions API gives it. */
export function chat({ text = "", tool, usage = DEFAULT_USAGE }: Answer, model: string, id: string): Sent {
  const counted = {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
  };
  const calls =
    tool === undefined
      ? []
      : [{ id: `call_${id}`, type: "function", function: { name: tool.name, arguments: JSON.stringify(tool.input) } }];
  const finish = tool === undefined ? "stop" : "tool_calls";
  const head = { id: `chatcmpl-${id}`, created: 0, model };
  const chunk = (delta: object, finish_reason: string | null = null): Sent["events"][number] => ({
    event: null,
    data: { ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] },
  });
  return {
    events: [
      chunk({ role: "assistant", content: "" }),
      ...(text === "" ? [] : [chunk({ content: text })]),
      ...calls.map((call, index) => chunk({ tool_calls: [{ index, ...call }] })),
      chunk({}, finish),
      { event: null, data: { ...head, object: "chat.completion.chunk", choices: [], usage: counted } },
      { event: null, data: "[DONE]" },
    ],
    json: {
      ...head,
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content: text, tool_calls: calls }, finish_reason: finish }],
      usage: counted,
    },
  };
}
