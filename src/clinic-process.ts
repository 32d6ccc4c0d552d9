/** The composition root of `bimedix2 start`: one process of a clinic, in one role or in all. */
import { type AnswerParts, createAnswerParts } from "./answer-parts.ts";
import { answerTurn } from "./answer-turn.ts";
import type { AssistantParts, DeskParts } from "./assistant.ts";
import { openPlatforms } from "./clinic-platforms.ts";
import { openModel, openNotices } from "./compose.ts";
import type { Config } from "./config.ts";
import { reached } from "./conversation/late-store.ts";
import { deliverReply } from "./deliver-reply.ts";
import { fetchPictures } from "./fetch-pictures.ts";
import {
    type ConfigSource,
    createLiveParts,
    type LiveParts,
    type OnConfigurationChange,
} from "./live-parts.ts";
import type { Logger } from "./log.ts";
import type { ChatModel, LinkDisplay, Platform } from "./ports.ts";
import { summariseCase } from "./summarise-case.ts";
import { Receiver, type ReceiverParts } from "./receive.ts";
import {
    type Exchange,
    type PlatformDuties,
    type ProcessDuties,
    serve,
    type WorkerDuties,
} from "./serve.ts";
import { wait } from "./wait.ts";
import { type OnProgress, openStorage, type Storage } from "./storage.ts";

/** What a process does for the clinic. */
export type Role = "all" | "adapters" | "worker";

/** What a process is made of, until it is closed. */
export interface ClinicProcess {
    readonly answers: LiveParts<AnswerParts>;
    readonly storage: Storage;
    /** Absent in a process that only runs adapters. */
    readonly model?: ChatModel;
    readonly platforms: readonly Platform[];
    /**
     * Serves until the signal aborts. While Redis is away, patients are told so. A changed
     * configuration is applied as far as that is possible.
     *
     * @throws `config-invalid`: a platform needs the administrator.
     */
    serve(signal: AbortSignal): Promise<void>;
    close(): Promise<void>;
}

/** What a process may be given besides its configuration. */
export interface ClinicProcessOptions {
    /** Where the administrator sees how a linked phone stands. */
    readonly display?: LinkDisplay;
    /** Where changes of the configuration come from; absent: it stays as it is. */
    readonly source?: ConfigSource;
    readonly onChange?: OnConfigurationChange;
}

const nowhere: LinkDisplay = { show: () => undefined };

/**
 * Finds or starts Redis, and loads the texts and what the role needs.
 *
 * @throws As {@link openStorage}, {@link openModel} and {@link openNotices} do.
 */
export async function openClinicProcess(
    config: Config,
    role: Role,
    logger: Logger,
    onProgress: OnProgress,
    { display = nowhere, source, onChange }: ClinicProcessOptions = {},
): Promise<ClinicProcess> {
    // Before Redis is started: a faulty text shall not cost the time.
    const notices = await openNotices(config);
    const storage = await openStorage(config, logger, onProgress, {
        withoutRedis: "serve",
    });
    try {
        const build = createAnswerParts(storage, logger);
        const answers = createLiveParts(await build(config), {
            ...(source ? { source } : {}),
            ...(onChange ? { onChange } : {}),
            build,
            logger,
        });
        const model = role === "adapters" ? undefined : await openModel(config, logger, onProgress);
        const platforms =
            role === "worker" ? [] : openPlatforms(config, { notices, storage, display, logger });
        const parts = {
            answers: () => answers.current(),
            storage,
            platforms,
            ...(model ? { model } : {}),
            logger,
        };
        return {
            answers,
            storage,
            platforms,
            ...(model ? { model } : {}),
            serve: async (signal) => {
                const served = new AbortController();
                const following = answers.follow(served.signal);
                try {
                    await serveClinic(parts, config, signal);
                } finally {
                    served.abort();
                    await following;
                }
            },
            close: async () => {
                await model?.close();
                await storage.close();
            },
        };
    } catch (error) {
        await storage.close();
        throw error;
    }
}

/** What {@link serveClinic} serves with. */
export interface ServingParts {
    /** As they are now: each message, turn and delivery is treated with one state of them. */
    readonly answers: () => AnswerParts;
    readonly storage: Pick<Storage, "store" | "openExchange">;
    readonly platforms: readonly Platform[];
    readonly model?: ChatModel;
    readonly logger: Logger;
}

/** As {@link ClinicProcess.serve}. */
export async function serveClinic(
    parts: ServingParts,
    config: Config,
    signal: AbortSignal,
): Promise<void> {
    let exchange: Exchange | undefined;
    const inbox: Exchange["inbox"] = {
        accept: async (message, options) => reached(exchange).inbox.accept(message, options),
        backlog: async () => reached(exchange).inbox.backlog(),
        firstDelayNotice: async (key) => reached(exchange).inbox.firstDelayNotice(key),
    };
    const { store } = parts.storage;
    const receiving = (): ReceiverParts => {
        const { reply, queue } = parts.answers();
        return { ...reply, inbox, store, queue };
    };
    const receiver = new Receiver(receiving, signal);
    exchange = await untilReached(parts, receiver, (opened) => (exchange = opened), signal);
    if (exchange) {
        await serve(exchange, describeDuties(parts, exchange, receiver, config), signal);
    }
    await receiver.idle();
}

/** Until then a platform that has not begun to receive is missed by nobody. */
const soonMs = 1_000;

/**
 * Waits for Redis. Meanwhile the platforms run all the same, so that patients are told that their
 * answer will come later. `undefined`: the signal came first.
 */
async function untilReached(
    { storage, platforms }: ServingParts,
    receiver: Receiver,
    onReached: (exchange: Exchange) => void,
    signal: AbortSignal,
): Promise<Exchange | undefined> {
    const opening = storage.openExchange();
    const early = new AbortController();
    const soon = await Promise.race([opening, wait(soonMs, early.signal)]);
    if (soon) return soon;
    const stopped = new Promise<undefined>((resolve) => {
        signal.addEventListener("abort", () => resolve(undefined), { once: true });
        if (signal.aborted) resolve(undefined);
    });
    // What one process alone may receive waits until it is known which.
    const running = platforms
        .filter(({ sharing }) => sharing !== "alone")
        .map((platform) => {
            const { receive, glance } = receivingOf(platform, receiver);
            return platform.run(receive, early.signal, glance);
        });
    const failed = Promise.all(running).then(() => undefined);
    try {
        const exchange = await Promise.race([
            opening,
            stopped,
            ...(running.length ? [failed] : []),
        ]);
        // From now on what waits can be stored.
        if (exchange) onReached(exchange);
        return exchange;
    } finally {
        early.abort();
        await Promise.allSettled(running);
    }
}

function receivingOf(
    platform: Platform,
    receiver: Receiver,
): Required<Pick<PlatformDuties, "receive" | "glance">> {
    return {
        receive: (message) => receiver.receive(message, platform),
        glance: (message) => receiver.glance(message, platform),
    };
}

function describeDuties(
    { answers, storage, model, platforms }: ServingParts,
    { fleet }: Exchange,
    receiver: Receiver,
    config: Config,
): ProcessDuties {
    const describeModel: DeskParts["describeModel"] = async () =>
        model?.description ?? (await fleet.model());
    const desk = (): DeskParts => ({ ...answers().reply, describeModel });
    const duties = (platform: Platform): PlatformDuties => ({
        platform,
        ...receivingOf(platform, receiver),
        fetchPictures: (message, signal) => fetchPictures(message, platform, desk(), signal),
        deliver: (delivery) => {
            const { reply, queue } = answers();
            return deliverReply(delivery, platform, reply, queue);
        },
    });
    return {
        platforms: platforms.map(duties),
        desk: (turn) => answerTurn(turn, desk(), answers().queue),
        finishWithinMs: config.queue.finishWithinMs,
        ...(model ? { worker: describeWorker(answers, storage, model, config) } : {}),
    };
}

function describeWorker(
    answers: ServingParts["answers"],
    { store }: Pick<Storage, "store">,
    model: ChatModel,
    config: Config,
): WorkerDuties {
    const assistant = (): AssistantParts => ({ ...answers().reply, store, model });
    return {
        model: model.description,
        slots: config.model.conversationsInMemory,
        answer: (turn) => answerTurn(turn, assistant(), answers().queue),
        ...(config.staff
            ? { summarise: (code, signal) => summariseCase(code, assistant(), signal) }
            : {}),
    };
}
