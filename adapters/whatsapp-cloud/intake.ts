import { setMaxListeners } from "node:events";
import { describeError, type Logger } from "../../src/log.ts";
import type { InboundMessage } from "../../src/message.ts";
import { ChatLanes } from "../../src/messaging/chat-lanes.ts";
import { RecentKeys } from "../../src/messaging/recent-keys.ts";
import { CountedWarnings } from "./counted-warnings.ts";
import { explain } from "./failures.ts";
import type { JsonObject } from "./json-object.ts";
import type { KnownTexts } from "./known-texts.ts";
import { chatIdOf, type Normalised, normaliseMessage } from "./normalise-message.ts";
import type { CloudTimings } from "./timings.ts";
import type { NumberEvents } from "./webhook-payload.ts";

/** What taking the messages of one phone number needs. */
export interface IntakeParts {
    readonly phoneNumberId: string;
    readonly known: KnownTexts;
    readonly logger: Logger;
    readonly timings: CloudTimings;
}

/**
 * Hands the messages for one phone number over, each once, those of a chat one after another, for as
 * long as a platform runs.
 */
export class Intake {
    readonly #parts: IntakeParts;
    readonly #receive: (message: InboundMessage) => Promise<void>;
    readonly #glance: ((message: InboundMessage) => void) | undefined;
    readonly #lanes: ChatLanes;
    readonly #ended = new AbortController();
    readonly #warnings: CountedWarnings;
    readonly #recent = new RecentKeys(5_000);
    /** Those that are being taken: a webhook that comes once more waits for the same end. */
    readonly #open = new Map<string, Promise<boolean>>();

    /** @param glance Sees a message at once, also while earlier ones of its chat wait. */
    constructor(
        parts: IntakeParts,
        receive: (message: InboundMessage) => Promise<void>,
        glance?: (message: InboundMessage) => void,
    ) {
        this.#parts = parts;
        this.#receive = receive;
        this.#glance = glance;
        const { logger, timings } = parts;
        this.#warnings = new CountedWarnings(logger);
        // Every chat whose message waits to be stored listens; Node would take that for a leak.
        setMaxListeners(0, this.#ended.signal);
        const sentence = "a WhatsApp message waits to be stored";
        this.#lanes = new ChatLanes(
            { retry: timings.handOver, logger, sentence },
            this.#ended.signal,
        );
    }

    /** Resolves with whether all messages are taken, at the latest when it is ended. Never fails. */
    async take({ messages, errors }: NumberEvents): Promise<boolean> {
        for (const error of errors) this.#warnOf(error);
        const taken = await Promise.all(messages.map((message) => this.#takeOne(message)));
        return taken.every(Boolean);
    }

    /** Takes nothing from now on. Resolves when nothing runs any more. */
    async end(): Promise<void> {
        this.#ended.abort();
        await this.#lanes.idle();
    }

    async #takeOne(raw: JsonObject): Promise<boolean> {
        const read = this.#read(raw);
        if (read.kind === "ignored") {
            if (read.reason === "group") {
                this.#warnings.warn(
                    "group",
                    "WhatsApp: the assistant answers in private chats only, not in groups",
                );
            }
            return true;
        }
        const { message } = read;
        // Edits of one message share its id: which of them is news, the inbox finds out.
        const key = `${message.id} ${message.edit === true ? message.text : ""}`;
        if (this.#recent.has(key)) return true;
        const open = this.#open.get(key);
        if (open) return await open;
        const { known } = this.#parts;
        if (message.text !== "")
            known.add(message.id, { text: message.text, fromAssistant: false });
        this.#glance?.(message);
        const taking = this.#lanes
            .add(chatIdOf(raw) ?? "", () => this.#receive(message))
            .then((taken) => {
                if (taken) this.#recent.add(key);
                return taken;
            })
            .finally(() => this.#open.delete(key));
        this.#open.set(key, taking);
        return await taking;
    }

    /** A message of an unknown form is passed over: getting it again would change nothing. */
    #read(raw: JsonObject): Normalised {
        const { phoneNumberId, known, logger } = this.#parts;
        try {
            return normaliseMessage(raw, { phoneNumberId, recall: (id) => known.get(id) });
        } catch (error) {
            logger.error(describeError(error), "WhatsApp: a message could not be read");
            return { kind: "ignored", reason: "no-content" };
        }
    }

    #warnOf({ code }: JsonObject): void {
        if (typeof code !== "number") return;
        const fields = { code, ...explain(code) };
        this.#warnings.warn(`error-${code}`, "WhatsApp reports a fault of the account", fields);
    }
}
