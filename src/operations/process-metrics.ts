import type { ProcessStatus } from "../status-ports.ts";
import type { Metric, Sample } from "./metrics.ts";
import type { AccountFigures, ProcessFigures } from "./process-figures.ts";
import type { PlatformAccount } from "../message.ts";

/** What one process did since it began. */
export function processMetrics(status: ProcessStatus, figures: ProcessFigures): readonly Metric[] {
    const { version, role } = status;
    return [
        gauge("bimedix2_build_info", "Which program runs; the value means nothing.", [
            { labels: { version, node: process.versions.node, role }, value: 1 },
        ]),
        ...platformMetrics(status, figures),
        histogram(
            "bimedix2_answer_seconds",
            "From the arrival of a message to its delivered answer.",
            figures.answer,
        ),
        histogram(
            "bimedix2_queue_wait_seconds",
            "From the arrival of a message to the beginning of its turn.",
            figures.wait,
        ),
        ...modelMetrics(status, figures),
    ];
}

function platformMetrics(
    { platforms }: ProcessStatus,
    { accounts }: ProcessFigures,
): readonly Metric[] {
    const each = (read: (figures: AccountFigures) => number, more = {}): readonly Sample[] =>
        [...accounts].map(([account, figures]) => ({
            labels: { ...labelsOf(account), ...more },
            value: read(figures),
        }));
    return [
        gauge(
            "bimedix2_platform_up",
            "Whether this process receives for the account, or waits to take over.",
            platforms.map(({ account, condition }) => ({
                labels: labelsOf(account),
                value: condition.name === "running" || condition.name === "standing-by" ? 1 : 0,
            })),
        ),
        counter(
            "bimedix2_messages_received_total",
            "Messages that were taken over from a platform.",
            each(({ received }) => received),
        ),
        counter(
            "bimedix2_replies_delivered_total",
            "Replies that a platform has taken.",
            each(({ ended }) => ended.delivered),
        ),
        counter(
            "bimedix2_replies_undelivered_total",
            "Replies that were given up, or set aside for bimedix2 queue.",
            (["dropped", "dead"] as const).flatMap((end) =>
                each(({ ended }) => ended[end], { end }),
            ),
        ),
    ];
}

function modelMetrics({ model }: ProcessStatus, figures: ProcessFigures): readonly Metric[] {
    if (!model) return [];
    const { deviceMemory, slots, busy } = model;
    return [
        gauge("bimedix2_model_slots", "Conversations that are answered at once, at most.", [
            { value: slots },
        ]),
        gauge("bimedix2_model_busy_slots", "Conversations that are being answered.", [
            { value: busy },
        ]),
        counter(
            "bimedix2_model_generations_total",
            "Generations of the model, by their end.",
            Object.entries(figures.generations).map(([end, value]) => ({
                labels: { end },
                value,
            })),
        ),
        counter(
            "bimedix2_model_tokens_total",
            "Tokens of prompts, of these already in memory, and of answers.",
            Object.entries(figures.tokens).map(([kind, value]) => ({ labels: { kind }, value })),
        ),
        histogram(
            "bimedix2_model_first_token_seconds",
            "From the request to the first token.",
            figures.firstToken,
        ),
        histogram(
            "bimedix2_model_image_seconds",
            "Encoding of the pictures of one answer.",
            figures.image,
        ),
        histogram(
            "bimedix2_model_tokens_per_second",
            "Speed of one answer while it is written.",
            figures.tokensPerSecond,
        ),
        gauge(
            "bimedix2_device_memory_used_bytes",
            "Used memory of the device that computes.",
            deviceMemory ? [{ value: deviceMemory.usedBytes }] : [],
        ),
        gauge(
            "bimedix2_device_memory_size_bytes",
            "Memory of the device that computes.",
            deviceMemory ? [{ value: deviceMemory.totalBytes }] : [],
        ),
    ];
}

function labelsOf(account: PlatformAccount): Readonly<Record<string, string>> {
    const colon = account.indexOf(":");
    return { platform: account.slice(0, colon), account: account.slice(colon + 1) };
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
    return { name, help, type: "gauge", samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
    return { name, help, type: "counter", samples };
}

function histogram(
    name: string,
    help: string,
    { histogram: values }: ProcessFigures["answer"],
): Metric {
    return { name, help, type: "histogram", samples: [values.sample()] };
}
