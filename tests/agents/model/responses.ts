import { type Answer, DEFAULT_USAGE, type Sent } from "./answer.ts";

/** An answer as the Responses API gives it. */
export function responses({ text = "", tool, usage = DEFAULT_USAGE }: Answer, model: string, id: string): Sent {
  const events: { event: string; data: unknown }[] = [];
  const say = (type: string, data: object): number =>
    events.push({ event: type, data: { type, sequence_number: events.length, ...data } });
  const base = {
    id: `resp_${id}`,
    object: "response",
    created_at: 0,
    status: "in_progress",
    model,
    output: [],
    usage: null,
  };
  const output: object[] = [];
  say("response.created", { response: base });
  if (text !== "") {
    const part = { type: "output_text", text, annotations: [] };
    const item = { id: `msg_${id}`, type: "message", status: "completed", role: "assistant", content: [part] };
    const at = { item_id: item.id, output_index: 0, content_index: 0 };
    say("response.output_item.added", { output_index: 0, item: { ...item, status: "in_progress", content: [] } });
    say("response.content_part.added", { ...at, part: { ...part, text: "" } });
    say("response.output_text.delta", { ...at, delta: text });
    say("response.output_text.done", { ...at, text });
    say("response.content_part.done", { ...at, part });
    say("response.output_item.done", { output_index: 0, item });
    output.push(item);
  }
  if (tool !== undefined) {
    const written = JSON.stringify(tool.input);
    const call = { type: "function_call", id: `fc_${id}`, call_id: `call_${id}`, name: tool.name, arguments: written };
    const at = { item_id: call.id, output_index: output.length };
    say("response.output_item.added", { output_index: output.length, item: { ...call, arguments: "" } });
    say("response.function_call_arguments.delta", { ...at, delta: written });
    say("response.function_call_arguments.done", { ...at, arguments: written });
    say("response.output_item.done", { output_index: output.length, item: { ...call, status: "completed" } });
    output.push({ ...call, status: "completed" });
  }
  const counted = {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: usage.input + usage.output,
  };
  const done = { ...base, status: "completed", output, usage: counted };
  say("response.completed", { response: done });
  return { events, json: done };
}
