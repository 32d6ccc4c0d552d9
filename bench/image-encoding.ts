import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openChatModel } from "../adapters/llama/chat-model.ts";
import { loadCompanion } from "../adapters/llama/companion.ts";
import { openDevice } from "../adapters/llama/device.ts";
import { LlamaLog } from "../adapters/llama/llama-log.ts";
import { ImageEmbeddings } from "../adapters/llama/image-embeddings.ts";
import { SealedFolder } from "../adapters/llama/sealed-folder.ts";
import { openVision, type VisionEncoder } from "../adapters/llama/vision.ts";
import { createLogger } from "../src/log.ts";
import type { ModelImage } from "../src/message.ts";
import { packageRoot } from "../src/package-root.ts";
import type { ChatImage, ChatModel } from "../src/ports.ts";
import { benchGpu, randomModel } from "./peers/bench-models.ts";
import { message, round } from "./peers/contender.ts";
import { median } from "./percentile.ts";

const rounds = 9;
const turns = 20;
const side = 84;
const batchSize = 4;
const pictureCount = 4;
const logger = createLogger("error");
const root = packageRoot();
const folders = { packageRoot: root, cacheFolder: join(root, ".cache", "companion") };
const projectorPath = join(root, "models", "demo", "bimedix2-demo.mmproj.gguf");

/**
 * What becomes of pictures after they were prepared, with the demonstration model's projector: how
 * often each is encoded in a conversation that goes on after a restart, what a batch saves, and how
 * long a running answer waits while another conversation's pictures are encoded.
 */
export async function measureEncoding(): Promise<object> {
    return { ...(await measureEncoder()), gaps: await measureGaps() };
}

async function measureEncoder(): Promise<object> {
    const llama = await openDevice(benchGpu(), new LlamaLog(logger));
    try {
        const companion = await loadCompanion({ ...folders, llama });
        const model = await llama.loadModel({
            modelPath: join(root, "models", "demo", "bimedix2-demo.gguf"),
        });
        const options = { ...folders, companion, model, projectorPath, threads: 1 };
        const single = await openVision({ ...options, batchSize: 1 });
        const batched = await openVision({ ...options, batchSize });
        return { ...(await countEncodings(single)), ...(await measureBatch(single, batched)) };
    } finally {
        await llama.dispose();
    }
}

/**
 * Encodings of two pictures that every turn asks for, as if the model had kept nothing of them, with
 * a restart in the middle.
 */
async function countEncodings(encoder: VisionEncoder): Promise<object> {
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-bench-"));
    let encodings = 0;
    const counted: Pick<VisionEncoder, "encode" | "fingerprint" | "imageTokens" | "embeddingSize"> =
        {
            fingerprint: encoder.fingerprint,
            imageTokens: encoder.imageTokens,
            embeddingSize: encoder.embeddingSize,
            encode: (image, options) => {
                encodings++;
                return encoder.encode(image, options);
            },
        };
    const cacheKey = new Uint8Array(32).fill(1);
    try {
        for (let process = 0; process < 2; process++) {
            const files = await SealedFolder.open({
                folder,
                maxBytes: 2 ** 30,
                keepForMs: 3_600_000,
                logger,
            });
            const embeddings = new ImageEmbeddings(counted, { memoryBytes: 2 ** 27, files });
            for (let turn = 0; turn < turns / 2; turn++) {
                await Promise.all(pictures(2).map((image) => embeddings.of(image, cacheKey)));
            }
            await embeddings.settle();
        }
    } finally {
        await rm(folder, { recursive: true });
    }
    return { encodingsPerPicture: encodings / 2, withoutCache: turns };
}

/** Four pictures at once against the same one after the other, in turns. */
async function measureBatch(single: VisionEncoder, batched: VisionEncoder): Promise<object> {
    const images = Array.from({ length: batchSize }, (_, seed) => pixels(seed));
    const timeMs = async (encoder: VisionEncoder): Promise<number> => {
        const startedAtMs = performance.now();
        await Promise.all(images.map((image) => encoder.encode(image)));
        return performance.now() - startedAtMs;
    };
    const singleMs: number[] = [];
    const batchMs: number[] = [];
    for (let index = 0; index <= rounds; index++) {
        const figures = [await timeMs(single), await timeMs(batched)] as const;
        // The first round warms up
        if (index === 0) continue;
        singleMs.push(figures[0]);
        batchMs.push(figures[1]);
    }
    return {
        fourAloneMs: round(median(singleMs)),
        batchOfFourMs: round(median(batchMs)),
        batchRatio: round(median(singleMs) / median(batchMs)),
    };
}

/** A running answer of random words beside a newcomer, who comes with four pictures or with none. */
async function measureGaps(): Promise<object> {
    // The demonstration's projector fits no other shape
    const name = "demo-shape";
    const model = await openChatModel({
        ...folders,
        name,
        demonstration: true,
        modelPath: (await randomModel(name)).modelPath,
        projectorPath,
        gpu: benchGpu(),
        threads: 1,
        contextTokens: 4096,
        sequences: 2,
        sampling: { temperature: 0, topP: 1, maxTokens: 3000 },
        logger,
    });
    try {
        const longest: Record<"alone" | "besidePictures", number[]> = {
            alone: [],
            besidePictures: [],
        };
        for (let index = 0; index <= rounds; index++) {
            const alone = await longestGapMs(model, () => sleep(100));
            const besidePictures = await longestGapMs(model, () => askAbout(model, index));
            if (index === 0) continue;
            longest.alone.push(alone);
            longest.besidePictures.push(besidePictures);
        }
        const medians = [median(longest.alone), median(longest.besidePictures)] as const;
        return {
            longestAloneMs: round(medians[0]),
            longestBesideFourPicturesMs: round(medians[1]),
            ratio: round(medians[1] / medians[0]),
        };
    } finally {
        await model.close();
    }
}

/** The longest time between two texts of an answer while `work` is done. */
async function longestGapMs(model: ChatModel, work: () => Promise<unknown>): Promise<number> {
    const controller = new AbortController();
    const times: number[] = [];
    const running = model.generate(
        { conversation: "running", messages: [message("user", "the fever in the head")] },
        { signal: controller.signal, onText: () => void times.push(performance.now()) },
    );
    while (times.length < 10) await sleep(2);
    const from = times.length;
    await work();
    controller.abort();
    await running;
    const during = times.slice(from);
    return Math.max(...during.map((time, index) => time - (during[index - 1] ?? time)));
}

async function askAbout(model: ChatModel, index: number): Promise<void> {
    const images = pictures(pictureCount, (index + 1) * pictureCount);
    await model.generate(
        {
            conversation: "newcomer",
            messages: [message("user", "what is this", ...images)],
            maxTokens: 1,
        },
        { signal: new AbortController().signal },
    );
}

function pictures(count: number, from = 0): ChatImage[] {
    return Array.from({ length: count }, (_, index) => {
        const image = pixels(from + index);
        return { id: image.id, load: () => Promise.resolve(image) };
    });
}

function pixels(seed: number): ModelImage {
    const rgb = Uint8Array.from(
        { length: side * side * 3 },
        (_, index) => (index * (2 * seed + 3) + (index >> 7)) % 256,
    );
    return { id: `picture ${seed}`, side, rgb };
}
