import { AppError } from "../../src/errors.ts";
import type { Reply, ReplyAddress } from "../../src/message.ts";
import { Typing } from "../../src/messaging/typing.ts";
import type { Journal, ReplyWriter } from "../../src/ports.ts";
import { withRetries } from "../../src/messaging/with-retries.ts";
import { asAway } from "../../src/messaging/as-away.ts";
import { isHiddenFromToken, unknownNumber, unreadableAnswer } from "./failures.ts";
import { type JsonObject, objectsIn, textIn } from "./json-object.ts";
import { type MessageContent, renderMessages } from "./message-content.ts";
import { recipientOf } from "./normalise-message.ts";
import { ReplyRecord } from "./reply-record.ts";
import type { SendingNumber } from "./sending-number.ts";

/**
 * One reply on WhatsApp. The Cloud API cannot change what was sent: "typing" is shown until the reply
 * is complete. A `finish` that failed with a retryable error may be repeated with the same reply,
 * here or with the journal in another process: it goes on where it stopped.
 */
export class CloudReply implements ReplyWriter {
    readonly #number: SendingNumber;
    readonly #to: ReplyAddress;
    readonly #typing: Typing | undefined;
    readonly #record: ReplyRecord;

    constructor(number: SendingNumber, to: ReplyAddress, journal: Journal | undefined) {
        this.#number = number;
        this.#to = to;
        this.#record = new ReplyRecord(number, journal);
        const { messageId } = to;
        // WhatsApp shows "typing" as the answer to a message; it marks that one as read.
        this.#typing =
            messageId === undefined
                ? undefined
                : new Typing({
                      show: (signal) => this.#showTyping(messageId, signal),
                      delayMs: number.timings.typingDelayMs,
                      everyMs: number.timings.typingMs,
                  });
        this.#typing?.start();
    }

    /** Nothing of an answer is shown before it is complete. */
    show(): void {
        // "Typing" is being shown already.
    }

    async finish(reply: Reply, signal: AbortSignal): Promise<void> {
        this.#typing?.start();
        try {
            const messages = renderMessages(reply);
            if (messages.length === 0) {
                throw new AppError("platform-rejected", "There was nothing to see in a reply.");
            }
            while (this.#record.delivered < messages.length) {
                const index = this.#record.delivered;
                const message = messages[index] as MessageContent;
                if (index > 0) await this.#record.settle(signal);
                await withRetries(
                    () =>
                        this.#record.deliverNext(
                            (token) => this.#send(message, index, token),
                            signal,
                        ),
                    this.#number.timings,
                    signal,
                );
            }
        } catch (error) {
            await this.#record.close();
            throw asAway(error);
        } finally {
            await this.#typing?.stop();
        }
    }

    /** What is out stays: the Cloud API can take nothing back. */
    async abandon(): Promise<void> {
        await this.#typing?.stop();
        await this.#record.close();
    }

    async #send({ fields, plain }: MessageContent, index: number, token: string): Promise<void> {
        const { messageId } = this.#to;
        const sending = this.#post({
            recipient_type: "individual",
            ...recipientOf(this.#to.conversation),
            ...(index === 0 && messageId !== undefined
                ? { context: { message_id: messageId } }
                : {}),
            ...fields,
            biz_opaque_callback_data: token,
        });
        // Not of "typing": that may work where sending does not.
        const answer = await this.#number.health.watch(sending.catch(this.#explain));
        const id = textIn(objectsIn(answer, "messages")[0], "id");
        if (id === undefined) throw unreadableAnswer();
        this.#number.known.add(id, { text: plain, fromAssistant: true });
    }

    /** A token that lost its access is put right by the administrator: the answer waits for it. */
    readonly #explain = (error: unknown): never => {
        if (!isHiddenFromToken(error)) throw error;
        throw unknownNumber(this.#number.phoneNumberId, error);
    };

    async #showTyping(messageId: string, signal: AbortSignal): Promise<void> {
        const state = { status: "read", message_id: messageId };
        await this.#post({ ...state, typing_indicator: { type: "text" } }, signal);
    }

    async #post(body: JsonObject, signal?: AbortSignal): Promise<JsonObject> {
        const { client, phoneNumberId } = this.#number;
        const message = { messaging_product: "whatsapp", ...body };
        return await client.call(`${phoneNumberId}/messages`, message, signal);
    }
}
