import { type BenchModel, benchGpu, benchModels } from "./peers/bench-models.ts";
import {
    measureBoth,
    message,
    mustHaveReadTheSame,
    productContender,
    round,
    serverContender,
    tokensPerSecond,
} from "./peers/contender.ts";
import { withPair } from "./peers/pair.ts";
import { median } from "./percentile.ts";

const rounds = 7;
/** Only overhead counts in the demonstration's shape. */
const targets: Readonly<Record<string, number>> = { "demo-shape": 0.9 };
const answerTokens: Readonly<Record<string, number>> = { "demo-shape": 1024, "400m": 96 };

const messages = [
    message("system", "You are a helpful medical assistant.\nReply in English."),
    message("user", "the fever in the head and the rest of the body ".repeat(8)),
];

/**
 * Tokens per second of one conversation: the product's model, streaming as the product uses it,
 * against llama.cpp's own server on the same file, threads and prompt, in turns in one run. Both
 * always take the likeliest token.
 */
export async function run(): Promise<void> {
    const models: Record<string, unknown> = {};
    for (const model of benchModels("400m", "demo-shape")) {
        models[model.name] = await measure(model);
    }
    const measures = "tokens per second of one conversation, without its first token";
    console.log(JSON.stringify({ benchmark: "decode", measures, rounds, models }));
}

async function measure({ name, threads, files }: BenchModel): Promise<object> {
    const maxTokens = answerTokens[name] ?? 256;
    const options = { gpu: benchGpu(), threads, conversations: 1, contextTokens: 2048, maxTokens };
    return withPair({ ...options, ...(await files()) }, async ({ product, server }) => {
        const ours = productContender(product);
        const theirs = serverContender(server, new Map(), true);
        const question = { conversation: 0, messages, maxTokens };
        const figures: { readonly product: number; readonly server: number }[] = [];
        let sameText = true;
        // The first round warms up.
        for (let index = 0; index <= rounds; index++) {
            const answers = await measureBoth(
                index,
                () => ours.ask({ ...question, onText: () => undefined }),
                // Without streaming: the server's own clock is read, and nothing holds it up.
                () => theirs.ask(question),
            );
            mustHaveReadTheSame(answers.product, answers.server);
            for (const { tokens } of Object.values(answers)) {
                if (tokens.generated !== maxTokens) throw new Error("An answer ended early.");
            }
            sameText &&= answers.product.text === answers.server.text;
            if (index === 0) continue;
            figures.push({
                product: tokensPerSecond(answers.product),
                server: tokensPerSecond(answers.server),
            });
        }
        const productPerSecond = median(figures.map((one) => one.product));
        const serverPerSecond = median(figures.map((one) => one.server));
        return {
            device: product.description.device,
            tokens: maxTokens,
            sameText,
            medianTokensPerSecond: {
                product: round(productPerSecond),
                server: round(serverPerSecond),
            },
            ratio: round(productPerSecond / serverPerSecond),
            target: targets[name] ?? 1,
        };
    });
}
