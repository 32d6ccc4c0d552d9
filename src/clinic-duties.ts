/** What one process of a clinic does, and with what. */
import { answerTurn } from "./answer-turn.ts";
import type { AssistantParts, DeskParts } from "./assistant.ts";
import type { Config } from "./config.ts";
import { deliverReply } from "./deliver-reply.ts";
import { fetchPictures } from "./fetch-pictures.ts";
import type { AnswerParts } from "./answer-parts.ts";
import { placesOf } from "./settings/model-memory.ts";
import type { ChatModel, Platform } from "./ports.ts";
import type { ProcessWatch } from "./process-watch.ts";
import type { Receiver } from "./receive.ts";
import type { Exchange, PlatformDuties, ProcessDuties, WorkerDuties } from "./serve.ts";
import type { Storage } from "./storage.ts";
import { summariseCase } from "./summarise-case.ts";

/** How messages of a platform are taken over. */
export type Receiving = Required<Pick<PlatformDuties, "receive" | "glance">>;

/** Takes the messages of a platform over, watched. */
export function receiveFrom(
    platform: Platform,
    receiver: Receiver,
    watch: ProcessWatch,
): Receiving {
    return {
        receive: (message) =>
            watch.receive(message, platform.account, (watched) =>
                receiver.receive(watched, platform),
            ),
        glance: (message) => receiver.glance(message, platform),
    };
}

/** What the duties are done with. */
export interface DutyParts {
    /** As they are now. */
    readonly answers: () => AnswerParts;
    readonly storage: Pick<Storage, "store">;
    readonly platforms: readonly Platform[];
    readonly model?: ChatModel;
    readonly watch: ProcessWatch;
}

/** What a process does with its platforms and its model, over the exchange. */
export function describeDuties(
    parts: DutyParts,
    { fleet }: Pick<Exchange, "fleet">,
    receivingOf: (platform: Platform) => Receiving,
    config: Config,
): ProcessDuties {
    const { answers, model, platforms, watch } = parts;
    const describeModel: DeskParts["describeModel"] = async () =>
        model?.description ?? (await fleet.model());
    const desk = (): DeskParts => ({ ...answers().reply, describeModel });
    const duties = (platform: Platform): PlatformDuties => ({
        platform,
        ...receivingOf(platform),
        fetchPictures: (message, signal) => fetchPictures(message, platform, desk(), signal),
        deliver: (delivery) => {
            const { reply, queue } = answers();
            return watch.deliver(delivery, platform.account, (watched) =>
                deliverReply(watched, platform, reply, queue),
            );
        },
    });
    return {
        platforms: platforms.map(duties),
        desk: (turn) =>
            watch.answer(turn, desk(), (watched, its) => answerTurn(watched, its, answers().queue)),
        finishWithinMs: config.queue.finishWithinMs,
        ...(model ? { worker: describeWorker(parts, model, config) } : {}),
    };
}

function describeWorker(
    { answers, storage: { store }, watch }: DutyParts,
    model: ChatModel,
    config: Config,
): WorkerDuties {
    const assistant = (): AssistantParts => ({ ...answers().reply, store, model });
    return {
        model: model.description,
        slots: placesOf(config.model, model.description),
        answer: (turn) =>
            watch.answer(turn, assistant(), (watched, its) =>
                answerTurn(watched, its, answers().queue),
            ),
        ...(model.forget ? { forget: (conversation) => model.forget?.(conversation) } : {}),
        ...(config.staff
            ? { summarise: (code, signal) => summariseCase(code, assistant(), signal) }
            : {}),
    };
}
