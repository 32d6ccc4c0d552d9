import { type BenchModel, benchGpu, benchModels } from "./peers/bench-models.ts";
import {
    type Contender,
    message,
    productContender,
    round,
    serverContender,
} from "./peers/contender.ts";
import { startLlamaServer } from "./peers/llama-server.ts";
import { openProduct, type PairOptions } from "./peers/pair.ts";
import { median } from "./percentile.ts";

const rounds = 7;
const maxTokens = 8;
const messages = [
    message("system", "You are a helpful medical assistant.\nReply in English."),
    message("user", "the fever in the head and the rest of the body ".repeat(4)),
];

/** One start, in milliseconds. */
interface Start {
    /** Until questions are taken. */
    readonly open: number;
    /** Of these, until the first token of the first answer. */
    readonly firstAnswer: number;
    /** The same for another conversation after it: what it is shorter by, the first one pays. */
    readonly secondAnswer: number;
}

/**
 * From the start to the first token of the first answer: the product's model, projector included,
 * opened in a process that has the program loaded, against llama.cpp's own server as a process. The
 * files are in the system's memory, as after a restart.
 */
export async function run(): Promise<void> {
    const models: Record<string, unknown> = {};
    for (const model of benchModels("demo", "400m")) models[model.name] = await measure(model);
    const measures = "milliseconds from the start to the first token of the first answer";
    console.log(JSON.stringify({ benchmark: "load", measures, rounds, models }));
}

async function measure({ threads, files }: BenchModel): Promise<object> {
    const sizes = { conversations: 2, contextTokens: 2048, maxTokens };
    const options: PairOptions = { gpu: benchGpu(), threads, ...sizes, ...(await files()) };
    const product: Start[] = [];
    const server: Start[] = [];
    // The first round builds what is missing, and reads the files.
    for (let index = 0; index <= rounds; index++) {
        const ours = await timeStart(async () => {
            const model = await openProduct(options);
            return { contender: productContender(model), close: () => model.close() };
        });
        const theirs = await timeStart(async () => {
            const started = await startLlamaServer({ ...options, slots: options.conversations });
            return { contender: serverContender(started), close: () => started.close() };
        });
        if (index === 0) continue;
        product.push(ours);
        server.push(theirs);
    }
    const wholeOf = (starts: readonly Start[]): number =>
        median(starts.map(({ open, firstAnswer }) => open + firstAnswer));
    return {
        medianMs: { product: medians(product), server: medians(server) },
        ratio: round(wholeOf(server) / wholeOf(product)),
        target: 1,
    };
}

async function timeStart(
    open: () => Promise<{ readonly contender: Contender; readonly close: () => Promise<void> }>,
): Promise<Start> {
    const startedAtMs = performance.now();
    const { contender, close } = await open();
    const openAtMs = performance.now();
    try {
        const firstToken = async (conversation: number, text: string): Promise<number> => {
            const [system] = messages;
            // Nothing of one prompt is in another but its beginning
            const question = [
                ...(system ? [{ ...system, text: `${text} ${system.text}` }] : []),
                ...messages.slice(1),
            ];
            const { timingsMs } = await contender.ask({
                conversation,
                messages: question,
                maxTokens,
                onText: () => undefined,
            });
            return timingsMs.firstToken;
        };
        const firstAnswer = await firstToken(0, "One.");
        const secondAnswer = await firstToken(1, "Two.");
        return { open: openAtMs - startedAtMs, firstAnswer, secondAnswer };
    } finally {
        await close();
    }
}

function medians(starts: readonly Start[]): Start {
    const of = (part: keyof Start): number => round(median(starts.map((one) => one[part])));
    return {
        open: of("open"),
        firstAnswer: of("firstAnswer"),
        secondAnswer: of("secondAnswer"),
    };
}
