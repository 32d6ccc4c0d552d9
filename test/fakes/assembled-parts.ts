import sharp from "sharp";
import type { AssistantParts } from "../../src/assistant.ts";
import { AppError } from "../../src/errors.ts";
import { createSlots } from "../../src/images/decoding-slots.ts";
import { createLogger } from "../../src/log.ts";
import type { InboundMessage } from "../../src/message.ts";
import { createNotices } from "../../src/notices.ts";
import { packageRoot } from "../../src/package-root.ts";
import type { ChatModel } from "../../src/ports.ts";
import { loadPrompts } from "../../src/prompt/prompt-library.ts";
import { createMemoryStore } from "./memory-store.ts";
import { openTestSafety } from "./test-safety.ts";
import type { Script } from "./scripted-model.ts";

const prompts = await loadPrompts(`${packageRoot()}/prompts`);
export const notices = createNotices(prompts, {
    clinicName: { en: "Night Clinic", ar: "عيادة الليل" },
    emergencyNumber: "997",
    days: 30,
    minimumAge: 18,
    maxCharacters: 8000,
    maxImages: 2,
    maxMegabytes: 1,
    maxMegapixels: 1,
});
export const picture = await sharp({
    create: { width: 40, height: 20, channels: 3, background: "white" },
})
    .png()
    .toBuffer();
export const never = new AbortController().signal;
export const conversation = "terminal:local:chat";
let count = 0;

export function message(text: string, rest: Partial<InboundMessage> = {}): InboundMessage {
    count += 1;
    return {
        id: String(count),
        conversation,
        receivedAtMs: 1_700_000_000_000 + count,
        text,
        attachments: [],
        ...rest,
    };
}

export function assemble(model: ChatModel, changes: Partial<AssistantParts> = {}): AssistantParts {
    return {
        store: createMemoryStore(),
        model,
        notices,
        logger: createLogger("silent"),
        settings: {
            defaultLanguage: "en",
            maxCharacters: 8000,
            maxImages: 2,
            imageLimits: { maxBytes: 1_000_000, maxPixels: 1_000_000 },
            disclaimer: { firstAnswer: true, afterReset: true },
            consent: { required: false, minimumAge: 18 },
            retry: { firstMs: 1, mostMs: 2 },
            pictureSlots: createSlots(4),
        },
        safety: openTestSafety(),
        ...changes,
    };
}

export const echo: Script = ({ messages }) => `You said: ${messages.at(-1)?.text}`;
const unavailable = (): AppError =>
    new AppError("store-unavailable", "Redis is away.", { retryable: true });

/** Makes one method of a port fail some times before it works. */
export function failing<Port extends object>(port: Port, method: keyof Port, times: number): Port {
    let left = times;
    return {
        ...port,
        [method]: (...args: unknown[]) => {
            left -= 1;
            if (left >= 0) return Promise.reject(unavailable());
            return (port[method] as (...args: unknown[]) => unknown)(...args);
        },
    };
}

/** The first call of a method takes effect, but its caller is told that the store was away. */
export function failingAfter<Port extends object>(port: Port, method: keyof Port): Port {
    let first = true;
    return {
        ...port,
        [method]: async (...args: unknown[]) => {
            const result = await (port[method] as (...args: unknown[]) => Promise<unknown>)(
                ...args,
            );
            if (!first) return result;
            first = false;
            throw unavailable();
        },
    };
}
