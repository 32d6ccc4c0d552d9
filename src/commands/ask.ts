import { randomUUID } from "node:crypto";
import { text as readAll } from "node:stream/consumers";
import { localAttachment } from "../../adapters/terminal/local-file.ts";
import { createOneQuestionPlatform } from "../../adapters/terminal/one-question.ts";
import { compose, type Composition } from "../compose.ts";
import { AppError } from "../errors.ts";
import type { InboundMessage, Language } from "../message.ts";
import { type Answer, answerMessage } from "../reply.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import {
    openLog,
    readConfig,
    stopController,
    terminalConversation,
    terminalLanguage,
    visibly,
} from "./session.ts";

/** `bimedix2 ask`, as it was typed. */
export interface AskOptions {
    /** Paths of pictures. */
    readonly image: readonly string[];
    readonly language?: Language;
    /** Questions of one name form one conversation; absent: nothing is kept. */
    readonly conversation?: string;
    readonly json: boolean;
}

/** Answers one question on standard output. */
export async function ask(question: string | undefined, options: AskOptions): Promise<ExitCode> {
    const { signal } = stopController();
    const conversation = terminalConversation(options.conversation ?? randomUUID());
    const text = question ?? (process.stdin.isTTY ? "" : await readAll(process.stdin));
    if (text.trim() === "" && options.image.length === 0) {
        throw new AppError("config-invalid", "There is no question.", {
            remedy: 'Write it behind the command, for example: bimedix2 ask "What helps against a cough?"',
        });
    }
    const config = readConfig();
    const composition = await visibly((onProgress) =>
        compose(config, openLog(config, true), onProgress, { withoutRedis: "fail" }),
    );
    const { store } = composition.parts;
    try {
        if (options.language) {
            await store.update(conversation, { chosenLanguage: options.language });
        }
        const message: InboundMessage = {
            id: randomUUID(),
            conversation,
            receivedAtMs: Date.now(),
            text,
            attachments: options.image.map(localAttachment),
            ...terminalLanguage(),
        };
        const platform = createOneQuestionPlatform(options.json ? undefined : process.stdout);
        const answer = await answerMessage(message, platform, composition.parts, signal);
        if (options.json) process.stdout.write(`${JSON.stringify(asJson(answer, composition))}\n`);
        return answer.completion || answer.alarm ? exitCode.success : exitCode.failure;
    } finally {
        try {
            if (options.conversation === undefined) {
                await store.update(conversation, { reset: true, chosenLanguage: "automatic" });
            }
        } finally {
            await composition.close();
        }
    }
}

function asJson(
    { reply, disclaimer, completion, failure, alarm }: Answer,
    composition: Composition,
) {
    const { name, device } = composition.parts.model.description;
    return {
        reply: reply.text,
        language: reply.language,
        stop: completion?.stop ?? (alarm ? "screened" : "error"),
        ...(alarm ? { alarm } : {}),
        ...(completion || alarm ? {} : { error: failure ?? "refused" }),
        images: completion?.images ?? 0,
        disclaimer,
        droppedTurns: completion?.droppedTurns ?? 0,
        tokens: completion?.tokens ?? { prompt: 0, cached: 0, image: 0, generated: 0 },
        timingsMs: roundAll({
            load: composition.loadMs,
            ...(completion?.timingsMs ?? { image: 0, firstToken: 0, total: 0 }),
        }),
        model: name,
        device,
    };
}

function roundAll(values: Record<string, number>): Record<string, number> {
    return Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, Math.round(value * 10) / 10]),
    );
}
