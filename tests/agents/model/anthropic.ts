import { type Answer, DEFAULT_USAGE, type Sent } from "./answer.ts";

/** An answer as the Messages API gives it. */
export function anthropic({ text = "", tool, usage = DEFAULT_USAGE }: Answer, model: string, id: string): Sent {
  const blocks: Record<string, unknown>[] = [];
  if (text !== "") blocks.push({ type: "text", text });
  if (tool !== undefined) blocks.push({ type: "tool_use", id: `toolu_${id}`, name: tool.name, input: tool.input });
  const counted = {
    input_tokens: usage.input,
    output_tokens: usage.output,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  };
  const stop = { stop_reason: tool === undefined ? "end_turn" : "tool_use", stop_sequence: null };
  const message = { id: `msg_${id}`, type: "message", role: "assistant", model };
  const events = [
    {
      event: "message_start",
      data: {
        type: "message_start",
        message: {
          ...message,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { ...counted, output_tokens: 1 },
        },
      },
    },
    ...blocks.flatMap((block, index) => blockEvents(block, index)),
    { event: "message_delta", data: { type: "message_delta", delta: stop, usage: counted } },
    { event: "message_stop", data: { type: "message_stop" } },
  ];
  return { events, json: { ...message, content: blocks, ...stop, usage: counted } };
}

function blockEvents(block: Record<string, unknown>, index: number): Sent["events"] {
  const isText = block["type"] === "text";
  const empty = isText ? { type: "text", text: "" } : { ...block, input: {} };
  const delta = isText
    ? { type: "text_delta", text: block["text"] }
    : { type: "input_json_delta", partial_json: JSON.stringify(block["input"]) };
  return [
    { event: "content_block_start", data: { type: "content_block_start", index, content_block: empty } },
    { event: "content_block_delta", data: { type: "content_block_delta", index, delta } },
    { event: "content_block_stop", data: { type: "content_block_stop", index } },
  ];
}
