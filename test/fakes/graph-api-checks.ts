import { z } from "zod";
import { GraphRefusal, type GraphPayload } from "./graph-api-server.ts";

const id = z.string().min(1);
const body = (most: number): z.ZodString => z.string().trim().min(1).max(most);
const sending = {
    messaging_product: z.literal("whatsapp"),
    recipient_type: z.literal("individual").optional(),
    to: z
        .string()
        .regex(/^\d{5,15}$/)
        .optional(),
    recipient: z
        .string()
        .regex(/^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/)
        .optional(),
    context: z.strictObject({ message_id: id }).optional(),
    biz_opaque_callback_data: z.string().max(512).optional(),
};
const button = z.strictObject({
    type: z.literal("reply"),
    reply: z.strictObject({ id: id.max(256), title: id.max(20) }),
});
const row = z.strictObject({ id: id.max(200), title: id.max(24) });

/** A message to a patient, with the limits of Meta's documentation ("Messages API"). */
const message = z.discriminatedUnion("type", [
    z.strictObject({
        ...sending,
        type: z.literal("text"),
        text: z.strictObject({ preview_url: z.boolean().optional(), body: body(4096) }),
    }),
    z.strictObject({
        ...sending,
        type: z.literal("interactive"),
        interactive: z.discriminatedUnion("type", [
            z.strictObject({
                type: z.literal("button"),
                body: z.strictObject({ text: body(1024) }),
                action: z.strictObject({ buttons: z.array(button).min(1).max(3) }),
            }),
            z.strictObject({
                type: z.literal("list"),
                body: z.strictObject({ text: body(4096) }),
                action: z.strictObject({
                    button: id.max(20),
                    sections: z
                        .array(z.strictObject({ title: id.max(24), rows: z.array(row).min(1) }))
                        .min(1)
                        .max(10),
                }),
            }),
        ]),
    }),
]);
const reading = z.strictObject({
    messaging_product: z.literal("whatsapp"),
    status: z.literal("read"),
    message_id: id,
    typing_indicator: z.strictObject({ type: z.literal("text") }).optional(),
});

/** A message that Meta takes. */
export type SentMessage = z.infer<typeof message>;

/** @throws `GraphRefusal` 100 for what Meta does not take. */
export function checkMessage(payload: GraphPayload): SentMessage {
    const parsed = message.safeParse(payload);
    if (!parsed.success) throw new GraphRefusal(400, 100, parsed.error.message);
    const { data } = parsed;
    if ((data.to ?? data.recipient) === undefined) throw new GraphRefusal(400, 100, "No recipient");
    const options = optionsOf(data);
    if (options.length > 10 || new Set(options.map((option) => option.id)).size < options.length) {
        throw new GraphRefusal(400, 131009, "Too many options, or two with one id");
    }
    return data;
}

/** @throws `GraphRefusal` 100 for what Meta does not take. */
export function checkReading(payload: GraphPayload): { readonly message_id: string } {
    const parsed = reading.safeParse(payload);
    if (!parsed.success) throw new GraphRefusal(400, 100, parsed.error.message);
    return parsed.data;
}

/** What the patient can press or choose. */
export function optionsOf(sent: SentMessage): { readonly id: string; readonly title: string }[] {
    if (sent.type === "text") return [];
    const { interactive } = sent;
    return interactive.type === "button"
        ? interactive.action.buttons.map(({ reply }) => reply)
        : interactive.action.sections.flatMap(({ rows }) => rows);
}

/** What stands in a message. */
export function bodyOf(sent: SentMessage): string {
    return sent.type === "text" ? sent.text.body : sent.interactive.body.text;
}
