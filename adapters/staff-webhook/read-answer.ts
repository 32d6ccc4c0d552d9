import { z } from "zod";

/** What the clinic's system sends. */
export interface Answer {
    /** The same answer has the same id: it is carried out once within a week. */
    readonly id: string;
    readonly code: string;
    /** For the patient; absent: the assistant is to go on. */
    readonly text?: string;
}

const schema = z.union([
    z.strictObject({
        id: z.string().regex(/^[\w.:-]{1,64}$/),
        code: z.string().regex(/^#?[A-Z0-9]{5}$/i),
        text: z.string().trim().min(1).max(8_000),
    }),
    z.strictObject({
        id: z.string().regex(/^[\w.:-]{1,64}$/),
        code: z.string().regex(/^#?[A-Z0-9]{5}$/i),
        done: z.literal(true),
    }),
]);

const expected =
    'Send {"id": "…", "code": "K7Q3X", "text": "…"} or {"id": "…", "code": "K7Q3X", "done": true}: the id has 1 to 64 letters, digits and the signs _ . : -, the text at most 8000 characters.';

/** Reads the body of an answer; a sentence for the sender when it is none. */
export function readAnswer(body: string): Answer | string {
    let parsed: unknown;
    try {
        parsed = JSON.parse(body);
    } catch {
        return `This is no JSON. ${expected}`;
    }
    const { data } = schema.safeParse(parsed);
    if (!data) return expected;
    const code = data.code.replace("#", "").toUpperCase();
    return { id: data.id, code, ...("text" in data ? { text: data.text } : {}) };
}
