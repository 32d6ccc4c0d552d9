import { describe, expect, it } from "vitest";
import { AppError } from "../../src/errors.ts";
import type { InboundMessage } from "../../src/message.ts";
import type { ArrivedPictures } from "../../src/queue-ports.ts";
import { exampleImage } from "./conversation-store.ts";
import {
    eventually,
    ExchangeBench,
    freshChat,
    messageIn,
    type OpenExchange,
} from "./exchange-bench.ts";

const photo: Partial<InboundMessage> = { attachments: [{ kind: "image", id: "file 1" }] };

/** What every queue of pictures promises, with the inbox and the turns around it. */
export function describePictureQueue(name: string, open: OpenExchange): void {
    const test = (what: string, body: (bench: ExchangeBench) => Promise<void>): void => {
        it(what, async () => await ExchangeBench.use(open, body), 120_000);
    };

    describe(`${name} as a queue of pictures`, () => {
        test("brings a message's pictures to its turn, which they call", async (bench) => {
            const image = exampleImage(1);
            const arrived = answerWithPictures(bench);
            const message = messageIn(freshChat(), "1", photo);
            await bench.exchange.inbox.accept(message);
            const asked: InboundMessage[] = [];
            bench.fetch((one) => {
                asked.push(one);
                return Promise.resolve({ images: [image], refusals: ["images-too-many"] });
            });
            await eventually(() => arrived.length === 1);
            expect(asked).toEqual([message]);
            const { id, side } = image;
            expect(arrived).toEqual([{ images: [{ id, side }], refusals: ["images-too-many"] }]);
        });

        test("asks again after a failure that may pass", async (bench) => {
            const arrived = answerWithPictures(bench);
            let tries = 0;
            bench.fetch(() => {
                tries++;
                return tries < 3
                    ? Promise.reject(new AppError("platform-unavailable", "", { retryable: true }))
                    : Promise.resolve({ images: [], refusals: [] });
            });
            await bench.exchange.inbox.accept(messageIn(freshChat(), "1", photo));
            await eventually(() => arrived.length === 1);
            expect(arrived).toEqual([{ images: [], refusals: [] }]);
        });

        test("says that pictures are unavailable when they are gone", async (bench) => {
            const arrived = answerWithPictures(bench);
            bench.fetch(() => Promise.reject(new AppError("attachment-unavailable", "")));
            await bench.exchange.inbox.accept(messageIn(freshChat(), "1", photo));
            await eventually(() => arrived.length === 1);
            expect(arrived).toEqual([{ images: [], refusals: ["image-unavailable"] }]);
        });
    });
}

/** Starts a worker that waits for the pictures of each turn, and notes them. */
function answerWithPictures(bench: ExchangeBench): ArrivedPictures[] {
    const arrived: ArrivedPictures[] = [];
    bench.answer("model", async (turn) => {
        // Far longer than the test: only the pictures' arrival ends the wait.
        if (turn.messages.some(({ pictures }) => pictures === undefined)) {
            return { againInMs: 50_000 };
        }
        await turn.commit({ settled: turn.messages.length });
        arrived.push(...turn.messages.flatMap(({ pictures }) => pictures ?? []));
        return "done";
    });
    return arrived;
}
