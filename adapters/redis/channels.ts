import type { ConversationKey, PlatformAccount } from "../../src/message.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { Cipher } from "../../src/privacy-ports.ts";
import { callRedis, type RedisClient } from "./client.ts";
import { translateRedisError } from "./failures.ts";
import { pause } from "./pause.ts";
import { accountOf, erasedChannel } from "./queue-names.ts";
import { untilAborted } from "./until-aborted.ts";
import { within } from "./within.ts";

const leaveTimeoutMs = 1_000;

/** News about a turn that somebody delivers while it is being written. */
export interface TurnNews {
    readonly conversation: ConversationKey;
    readonly turnId: string;
    /** The whole reply so far; absent: it is complete, or there will be none. */
    readonly textSoFar?: string;
}

/** What happens between processes and need not be kept: who misses it finds it out a little later. */
export class Channels {
    readonly #publisher: RedisClient;
    readonly #subscriber: RedisClient;
    readonly #keyPrefix: string;
    readonly #cipher: Cipher;
    readonly #logger: Logger;
    #told = false;

    /** @param subscriber is used for nothing else. */
    constructor(
        publisher: RedisClient,
        subscriber: RedisClient,
        options: {
            readonly keyPrefix: string;
            readonly cipher: Cipher;
            readonly logger: Logger;
        },
    ) {
        this.#publisher = publisher;
        this.#subscriber = subscriber;
        this.#keyPrefix = options.keyPrefix;
        this.#cipher = options.cipher;
        this.#logger = options.logger;
    }

    /** Tells whoever answers a conversation to look at what its patient did. Never fails. */
    async interrupt(conversation: ConversationKey): Promise<void> {
        await this.#publish(`${this.#keyPrefix}control`, conversation);
    }

    /** Calls `listen` at each {@link interrupt}, until the signal aborts. */
    async onInterrupt(
        listen: (conversation: ConversationKey) => void,
        signal: AbortSignal,
    ): Promise<void> {
        const channel = `${this.#keyPrefix}control`;
        await this.#subscribe(channel, (text) => listen(text as ConversationKey), signal);
    }

    /** Calls `listen` with each conversation that was erased, by whichever process, until the signal aborts. */
    async onErased(
        listen: (conversation: ConversationKey) => void,
        signal: AbortSignal,
    ): Promise<void> {
        const hear = (text: string): void => listen(text as ConversationKey);
        await this.#subscribe(erasedChannel(this.#keyPrefix), hear, signal);
    }

    /** Tells whoever delivers a turn how far it is. Never fails. */
    async tell(news: TurnNews): Promise<void> {
        const account = accountOf(news.conversation);
        const sealed = this.#cipher.seal(Buffer.from(JSON.stringify(news)), ["news", account]);
        await this.#publish(this.#progress(account), sealed.toString("base64"));
    }

    /** Calls `listen` at each {@link tell} of an account, until the signal aborts. */
    async onNews(
        account: PlatformAccount,
        listen: (news: TurnNews) => void,
        signal: AbortSignal,
    ): Promise<void> {
        const channel = this.#progress(account);
        const hear = (text: string): void => {
            const plain = this.#cipher.open(Buffer.from(text, "base64"), ["news", account]);
            // Whoever has other keys says the rest with its commit.
            if (plain !== undefined) listen(JSON.parse(String(plain)) as TurnNews);
        };
        await this.#subscribe(channel, hear, signal);
    }

    #progress(account: PlatformAccount): string {
        return `${this.#keyPrefix}progress:${account}`;
    }

    /** An outage is reported elsewhere; what only the administrator can mend is told once. */
    #report(error: unknown, sentence: string): void {
        const failure = translateRedisError(error);
        const level = failure.retryable || this.#told ? "debug" : "warn";
        this.#told ||= !failure.retryable;
        this.#logger[level](describeError(failure), sentence);
    }

    async #publish(channel: string, text: string): Promise<void> {
        try {
            // Old news is no news: nothing is repeated, and nothing waits for a connection.
            if (this.#publisher.isReady) await this.#publisher.publish(channel, text);
        } catch (error) {
            this.#report(error, "News were not passed on");
        }
    }

    async #subscribe(
        channel: string,
        listen: (text: string) => void,
        signal: AbortSignal,
    ): Promise<void> {
        while (!signal.aborted) {
            try {
                await callRedis(this.#subscriber, (client) => client.subscribe(channel, listen));
                break;
            } catch (error) {
                this.#report(error, "A channel could not be subscribed to");
                await pause(1_000, signal);
            }
        }
        await untilAborted(signal);
        try {
            // Without Redis there is nothing to leave, and leaving would wait for it.
            if (!this.#subscriber.isReady) return;
            await within(leaveTimeoutMs, this.#subscriber.unsubscribe(channel, listen));
        } catch (error) {
            this.#logger.debug(describeError(error), "A channel could not be left");
        }
    }
}
