import type { InboundMessage, Reply, ReplyAddress } from "../../src/message.ts";
import type { Platform } from "../../src/ports.ts";

/** A message of the assistant as the patient sees it. */
export interface SeenMessage {
    readonly text: string;
    /** The parts of it that are bold. */
    readonly bold: readonly string[];
    readonly buttons: readonly string[];
}

/**
 * A platform before a fake of its outside system, and the patients at the other end. Chats are
 * numbered; what a patient does reaches the platform at once or when it runs next.
 */
export interface PlatformWorld {
    readonly platform: Platform;
    /** The same account in one more process, which knows nothing of the others. It only sends. */
    startProcess(): PlatformProcess;
    /** Nothing of an answer is seen before it is complete. Absent: it grows before the patient's eyes. */
    readonly sendsWhole?: true;
    /** Most UTF-16 units that a message may have. */
    readonly maxMessageUnits: number;
    sendText(chat: number, text: string): void;
    sendImage(chat: number, bytes: Uint8Array, caption?: string): void;
    sendVoice(chat: number): void;
    /** Replies to the assistant's latest message in the chat. */
    replyToLatest(chat: number, text: string): void;
    /** Presses a button beneath a message; absent where the platform has none. */
    press?(chat: number, label: string): void;
    /** The latest message arrives once more. */
    repeatLatest(): void;
    /** The messages of the assistant that stand in the chat now, oldest first. */
    seen(chat: number): readonly SeenMessage[];
    /** How often "typing" has been shown in the chat. */
    typings(chat: number): number;
    /** The patient blocks the assistant. */
    block(chat: number): void;
    /** Messages of patients that the assistant has removed: there must not be any. */
    lostOfPatients(): readonly unknown[];
    /** Nothing can be sent, or everything can again. */
    setOutage(outage: boolean): void;
    /** Waits until the condition holds. */
    until(condition: () => boolean): Promise<void>;
    close(): Promise<void>;
}

/** What happens to a request that changes a chat. */
export type WriteFate =
    | "pass"
    /** The outside system carries it out, but its answer gets lost. */
    | "lose-answer"
    /** The process dies: before it is carried out, or before its answer. */
    | "die-untaken"
    | "die-taken";

/** A process of its own with the platform. */
export interface PlatformProcess {
    readonly platform: Platform;
    /** Decides what happens to the nth request that changes a chat, counted from 0. */
    onWrite(at: number, fate: WriteFate, then?: () => void): void;
    /** Ends it as `kill -9` does: no request of it arrives any more. */
    kill(): void;
    readonly isDead: boolean;
}

/** Waits for nothing and is never aborted. */
export const never = new AbortController().signal;

/** One run of a platform. */
export interface PlatformRun {
    /** What was handed over and taken, in order. */
    readonly received: InboundMessage[];
    texts(): string[];
    stop(): Promise<void>;
}

/** A world with what the tests of the contract do in it. */
export class PlatformBench {
    readonly world: PlatformWorld;
    readonly runs: PlatformRun[] = [];

    constructor(world: PlatformWorld) {
        this.world = world;
    }

    /** Runs the platform until the test ends or stops it. */
    start(
        receive: (message: InboundMessage) => Promise<void> = () => Promise.resolve(),
        glance?: (message: InboundMessage) => void,
    ): PlatformRun {
        const received: InboundMessage[] = [];
        const controller = new AbortController();
        const take = async (message: InboundMessage): Promise<void> => {
            await receive(message);
            received.push(message);
        };
        const running = this.world.platform.run(take, controller.signal, glance);
        const run = {
            received,
            texts: () => received.map(({ text }) => text),
            stop: async () => {
                controller.abort();
                await running;
            },
        };
        this.runs.push(run);
        return run;
    }

    /** Lets a patient write, so that there is a conversation to reply in. */
    async openChat(chat: number): Promise<ReplyAddress> {
        const run = this.start();
        this.world.sendText(chat, "hello");
        await this.world.until(() => run.received.length === 1);
        const [message] = run.received;
        if (!message) throw new Error("The message did not arrive.");
        return { conversation: message.conversation, messageId: message.id };
    }

    /** Answers in a new chat; gives what the patient sees. */
    async finish(chat: number, reply: Reply): Promise<readonly SeenMessage[]> {
        const to = await this.openChat(chat);
        await this.world.platform.startReply(to).finish(reply, never);
        return this.world.seen(chat);
    }

    /** Stops everything. */
    async close(): Promise<void> {
        for (const run of this.runs) await run.stop();
        await this.world.close();
    }
}

/** Something that happens when the test says so. */
export function latch(): { readonly opened: Promise<void>; open(): void } {
    const controller = new AbortController();
    const opened = new Promise<void>((resolve) => {
        controller.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    return { opened, open: () => controller.abort() };
}
