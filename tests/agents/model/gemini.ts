import { type Answer, DEFAULT_USAGE, type Sent } from "./answer.ts";

/** An answer as `generateContent` gives it. */
export function gemini({ text = "", tool, usage = DEFAULT_USAGE }: Answer, model: string, id: string): Sent {
  const parts = [
    ...(text === "" ? [] : [{ text }]),
    ...(tool === undefined ? [] : [{ functionCall: { id: `fc-${id}`, name: tool.name, args: tool.input } }]),
  ];
  const usageMetadata = {
    promptTokenCount: usage.input,
    candidatesTokenCount: usage.output,
    totalTokenCount: usage.input + usage.output,
  };
  const whole = (some: readonly object[], finishReason?: string): object => ({
    candidates: [{ content: { role: "model", parts: some }, index: 0, ...(finishReason && { finishReason }) }],
    usageMetadata,
    modelVersion: model,
    responseId: id,
  });
  const events = [...parts.map((it) => whole([it])), whole([{ text: "" }], "STOP")];
  return { events: events.map((data) => ({ event: null, data })), json: whole(parts, "STOP") };
}
