import { z } from "zod";

/** An address as WhatsApp Web serialises it: alone, or within an object. */
const address = z.union([
    z.string(),
    z.object({ _serialized: z.string() }).transform(({ _serialized: serialized }) => serialized),
]);
const optionalText = z.string().optional().catch(undefined);
const optionalAddress = address.optional().catch(undefined);

const rawMessage = z.object({
    id: z
        .object({ _serialized: z.string(), fromMe: z.boolean() })
        .transform(({ _serialized: whole, fromMe }) => ({ whole, fromMe })),
    type: z.string(),
    /** Of a message without content: why there is none. */
    subtype: optionalText,
    /** Seconds since 1970. */
    t: z.number(),
    from: address,
    author: optionalAddress,
    body: optionalText,
    caption: optionalText,
    filename: optionalText,
    mimetype: optionalText,
    size: z.number().nonnegative().optional().catch(undefined),
    /** Where the file lies; absent where there is none, or none that this device may have. */
    directPath: optionalText,
    isStatusV3: z.boolean().optional().catch(undefined),
    mentionedJidList: z.array(address).catch([]),
    quotedMsg: z
        .object({ type: optionalText, body: optionalText, caption: optionalText })
        .optional()
        .catch(undefined),
    quotedParticipant: optionalAddress,
    /** The album that a picture is a part of, or the picture that this is another form of. */
    parentMsgKey: z.object({ id: z.string() }).optional().catch(undefined),
    associationType: optionalText,
    mediaData: z.object({ mediaStage: optionalText }).optional().catch(undefined),
});

/** A message as WhatsApp Web holds it (`rawData` of the library), as far as it is read. */
export type RawMessage = Readonly<z.infer<typeof rawMessage>>;

/** Reads a message; `undefined`: it has another form. */
export function readRawMessage(raw: unknown): RawMessage | undefined {
    const parsed = rawMessage.safeParse(raw);
    return parsed.success ? parsed.data : undefined;
}

/** The address of a person without the number of one of their devices. */
export function withoutDevice(person: string): string {
    return person.replace(/:\d+(?=@)/, "");
}
