import { AppError, isAppError } from "../../src/errors.ts";
import type { Reply, ReplyAddress } from "../../src/message.ts";
import { renderChoices } from "../../src/messaging/render-choices.ts";
import { Typing } from "../../src/messaging/typing.ts";
import { maxMessageUnits, renderWhatsApp } from "../../src/messaging/write-whatsapp.ts";
import type { Journal, ReplyWriter } from "../../src/ports.ts";
import { backoffMs, wait, withDeadline } from "../../src/wait.ts";
import { cancelled, nobodyThere, notDone, notLinked } from "./failures.ts";
import type { Delivery, DeliveryState } from "./in-page.ts";
import type { MessageTimings } from "./message-timings.ts";
import { placeOf, type ReplyPlace } from "./normalise-message.ts";
import { readReplyState, type ReplyState } from "./reply-state.ts";
import type { SendingLine } from "./sending-line.ts";
import type { WhatsAppCalls } from "./whatsapp-calls.ts";

/** What replies need. */
export interface ReplyingParts {
    readonly calls: WhatsAppCalls;
    /** Shared by all replies of the process. */
    readonly line: SendingLine;
    readonly timings: MessageTimings;
}

/**
 * One reply on WhatsApp. Nothing of it is seen before it is complete: messages that change while
 * they are read trouble patients, and accounts that change them often are blocked. A `finish` that
 * failed with a retryable error may be repeated with the same reply, here or with the journal in
 * another process: each part has its name before it is sent, and is looked for by it.
 */
export class WebReply implements ReplyWriter {
    readonly #parts: ReplyingParts;
    readonly #place: ReplyPlace;
    readonly #answers: string | undefined;
    readonly #journal: Journal | undefined;
    readonly #typing: Typing;
    #state: ReplyState;
    /** Whether the part whose name is known may have been sent under it. */
    #inDoubt: boolean;
    #typingShown = false;

    constructor(parts: ReplyingParts, to: ReplyAddress, journal: Journal | undefined) {
        this.#parts = parts;
        this.#place = placeOf(to.conversation);
        this.#answers = to.messageId;
        this.#journal = journal;
        this.#state = readReplyState(journal?.state);
        this.#inDoubt = this.#state.sending !== undefined;
        const { typingDelayMs, typingMs } = parts.timings;
        const show = async (signal: AbortSignal): Promise<void> => {
            this.#typingShown = true;
            await parts.calls.showTyping(this.#place.chat, true, signal);
        };
        this.#typing = new Typing({ show, delayMs: typingDelayMs, everyMs: typingMs });
        this.#typing.start();
    }

    show(_textSoFar: string): void {
        // "Typing" is all that is seen of a reply that is being written.
    }

    async finish(reply: Reply, signal: AbortSignal): Promise<void> {
        this.#typing.start();
        try {
            const parts = textsOf(reply);
            if (parts.length === 0) {
                throw new AppError("platform-rejected", "There was nothing to see in a reply.");
            }
            for (const part of parts.slice(this.#state.delivered)) {
                await this.#deliver(part, signal);
            }
        } finally {
            await this.#hideTyping();
        }
    }

    async abandon(): Promise<void> {
        await this.#hideTyping();
    }

    /** Tries until the part is out. */
    async #deliver(text: string, signal: AbortSignal): Promise<void> {
        const { tries, retry } = this.#parts.timings;
        for (let failures = 1; ; failures += 1) {
            try {
                return await this.#put(text, signal);
            } catch (error) {
                const passes = isAppError(error) && error.retryable && failures < tries;
                if (!passes) throw error;
            }
            await wait(backoffMs(failures, retry), signal);
        }
    }

    async #put(text: string, signal: AbortSignal): Promise<void> {
        if (signal.aborted) throw cancelled();
        const { calls, line, timings } = this.#parts;
        if (this.#state.sending === undefined) {
            const sending = await calls.newMessageId(signal);
            const next = { delivered: this.#state.delivered, sending };
            await this.#journal?.save(next);
            this.#state = next;
        }
        const { delivered, sending = "" } = this.#state;
        await line.inTurn(this.#place.chat, async () => {
            if (signal.aborted) throw cancelled();
            const mayBeOut = this.#inDoubt;
            this.#inDoubt = true;
            // A stop does not cut off what is under way at once: mostly it is about to end well.
            const state = await withGrace(timings.closingMs, signal, (late) =>
                calls.deliver({ ...this.#delivery(sending, text), mayBeOut }, late),
            );
            checkSent(state);
        });
        this.#state = { delivered: delivered + 1 };
        this.#inDoubt = false;
    }

    /** Quotes the message that it answers where it would not be clear which one that is. */
    #delivery(id: string, text: string): Omit<Delivery, "mayBeOut"> {
        const { chat, isGroup } = this.#place;
        const { confirmMs, pendingMs } = this.#parts.timings;
        const isFirst = this.#state.delivered === 0 && this.#answers !== undefined;
        const answers = isFirst ? { answers: this.#answers } : {};
        return { chat, id, text, confirmMs, pendingMs, quotes: isGroup, ...answers };
    }

    async #hideTyping(): Promise<void> {
        await this.#typing.stop();
        if (!this.#typingShown) return;
        this.#typingShown = false;
        const { calls, timings } = this.#parts;
        const hide = (signal: AbortSignal): Promise<void> =>
            calls.showTyping(this.#place.chat, false, signal);
        // It disappears by itself after a while.
        await withDeadline(timings.closingMs, undefined, hide).catch(() => undefined);
    }
}

/** @throws What keeps a message from being out. */
function checkSent(state: DeliveryState): void {
    switch (state) {
        case "sent":
            return;
        case "waiting":
            throw notDone("has not confirmed a message yet");
        case "failed":
            throw notDone("did not take a message");
        case "offline":
            throw notLinked();
        case "nobody":
            throw nobodyThere();
    }
}

/** The messages that carry a reply; choices stand beneath it as lines of text. */
function textsOf({ text, language, choices = [] }: Reply): readonly string[] {
    const parts = renderWhatsApp(text, language);
    if (choices.length === 0) return parts;
    const lines = renderChoices(choices, language);
    const last = `${parts.at(-1) ?? ""}\n\n${lines}`.trim();
    return last.length <= maxMessageUnits ? [...parts.slice(0, -1), last] : [...parts, lines];
}

/** Like `withDeadline`, but the signal is passed on only after a while. */
async function withGrace<Result>(
    graceMs: number,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const abort = (): void => void (timer = setTimeout(() => controller.abort(), graceMs));
    signal.addEventListener("abort", abort, { once: true });
    try {
        return await work(controller.signal);
    } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
    }
}
