import { openDevice, readDeviceMemory } from "../adapters/llama/device.ts";
import { LlamaLog } from "../adapters/llama/llama-log.ts";
import { createLogger } from "../src/log.ts";
import type { ChatImage } from "../src/ports.ts";
import { type BenchModel, benchGpu, benchModels } from "./peers/bench-models.ts";
import {
    type Answer,
    type Contender,
    measureBoth,
    message,
    mustHaveReadTheSame,
    productContender,
    round,
    serverContender,
    tokensPerSecond,
} from "./peers/contender.ts";
import { type LlamaServer, startLlamaServer } from "./peers/llama-server.ts";
import { openProduct, type PairOptions } from "./peers/pair.ts";
import { drawPictures } from "./peers/pictures.ts";
import { median } from "./percentile.ts";

const rounds = 9;
const maxTokens = 128;
const question = "Is there any abnormality in this scan? Describe what you see in detail.";

/** What the paper tells of BiMediX2 with vLLM on four RTX A6000 (arXiv 2412.07769, Table 13). */
const paper = {
    "8B": { tokensPerSecond: 187.14, firstTokenMs: 241.9, gigabytes: 44 },
    "70B": { tokensPerSecond: 67.61, firstTokenMs: 863.6, gigabytes: 170 },
} as const;

type Figures = Readonly<
    Record<"firstTokenMs" | "firstTokenWithPictureMs" | "tokensPerSecond", number>
>;

/**
 * One question at a time that nothing is remembered of: the time to its first token without and with
 * a new picture, tokens per second behind it, and the device's memory; the product's model against
 * llama.cpp's own server, in turns in one run.
 */
export async function run(): Promise<void> {
    const models: Record<string, unknown> = {};
    for (const model of benchModels("demo", "400m")) models[model.name] = await measure(model);
    const measures = "milliseconds to the first token, tokens per second behind it, memory";
    console.log(JSON.stringify({ benchmark: "first-token", measures, rounds, models, paper }));
}

async function measure({ name, threads, files }: BenchModel): Promise<object> {
    const options: PairOptions = {
        gpu: benchGpu(),
        threads,
        conversations: 1,
        contextTokens: 2048,
        maxTokens,
        ...(await files()),
    };
    const llama = await openDevice(options.gpu, new LlamaLog(createLogger("error")));
    const usedBytes = async (): Promise<number> => (await readDeviceMemory(llama))?.usedBytes ?? 0;
    const beforeServer = await usedBytes();
    const server = await startLlamaServer({ ...options, slots: options.conversations });
    try {
        const beforeProduct = await usedBytes();
        const product = await openProduct(options);
        const afterProduct = await usedBytes();
        try {
            const { description } = product;
            const played: { readonly product: Figures; readonly server: Figures }[] = [];
            // The first round warms up
            for (let index = 0; index <= rounds; index++) {
                const { images, files: pictures } = await drawPictures(description, index);
                const ours = productContender(product);
                const theirs = serverContender(server, pictures, name !== "demo");
                const figures = await play(index, images[0], ours, theirs);
                if (index > 0) played.push(figures);
            }
            const medians = (of: (one: (typeof played)[number]) => Figures): Figures =>
                mediansOf(played.map(of));
            return {
                device: description.device,
                product: {
                    ...medians((one) => one.product),
                    deviceBytes: afterProduct - beforeProduct,
                    plannedBytes: description.memory?.deviceBytes,
                },
                server: {
                    ...medians((one) => one.server),
                    deviceBytes: beforeProduct - beforeServer,
                },
            };
        } finally {
            await product.close();
        }
    } finally {
        await closeAll(server, llama);
    }
}

async function closeAll(server: LlamaServer, llama: { dispose(): Promise<void> }): Promise<void> {
    await server.close();
    await llama.dispose();
}

async function play(
    index: number,
    image: ChatImage | undefined,
    ours: Contender,
    theirs: Contender,
): Promise<{ readonly product: Figures; readonly server: Figures }> {
    const ask = (contender: Contender, picture?: ChatImage): Promise<Answer> =>
        contender.ask({
            conversation: 0,
            // What stands first differs, so that nothing is remembered
            messages: [
                message("system", `${index} ${picture ? "pictures" : "words"}. You are a doctor.`),
                message("user", question, ...(picture ? [picture] : [])),
            ],
            maxTokens,
            onText: () => undefined,
        });
    const words = await measureBoth(
        index,
        () => ask(ours),
        () => ask(theirs),
    );
    mustHaveReadTheSame(words.product, words.server);
    const seen =
        image &&
        (await measureBoth(
            index,
            () => ask(ours, image),
            () => ask(theirs, image),
        ));
    const figures = (side: "product" | "server"): Figures => ({
        firstTokenMs: words[side].timingsMs.firstToken,
        firstTokenWithPictureMs: seen?.[side].timingsMs.firstToken ?? Number.NaN,
        tokensPerSecond: tokensPerSecond(words[side]),
    });
    return { product: figures("product"), server: figures("server") };
}

function mediansOf(figures: readonly Figures[]): Figures {
    const of = (name: keyof Figures): number => round(median(figures.map((one) => one[name])));
    return {
        firstTokenMs: of("firstTokenMs"),
        firstTokenWithPictureMs: of("firstTokenWithPictureMs"),
        tokensPerSecond: of("tokensPerSecond"),
    };
}
