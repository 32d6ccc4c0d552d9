import type { MemoryPlan, MemoryRequest, WantedMemory } from "./memory-request.ts";

/** What other settings would lead to. */
interface Alternatives {
    /** What the whole model needs on the device, with the least for its conversations. */
    readonly wholeBytes: number;
    readonly planFor: (wanted: WantedMemory) => MemoryPlan;
}

/** What an administrator can do so that a plan fits, or answers faster; `undefined`: all is well. */
export function adviseMemory(
    request: MemoryRequest,
    plan: MemoryPlan,
    { wholeBytes, planFor }: Alternatives,
): string | undefined {
    const { model, device, wanted, trainedContextTokens = Infinity } = request;
    if (wanted.contextTokens !== "auto" && wanted.contextTokens > trainedContextTokens) {
        return `The model was trained with ${trainedContextTokens} tokens: set model.contextTokens in clinic.yaml to auto, or to ${trainedContextTokens} or less.`;
    }
    const isWhole = plan.layers === model.layers;
    if (plan.fits && isWhole) return undefined;
    const place = device.kind === "gpu" ? "card" : "machine";
    const slow = `Only ${plan.layers} of the model's ${model.layers} layers are on the card, which makes every answer slower.`;
    const what = plan.fits ? `${slow} ` : "";
    const smaller = smallerWishes(wanted).find((other) => {
        const { fits, layers } = planFor(other);
        return fits && layers === model.layers;
    });
    if (smaller !== undefined) {
        const { conversations, cells } = planFor(smaller);
        return `${what}Set ${settingsOf(smaller, wanted)} in clinic.yaml to auto: then the whole model fits on the ${place}, with ${conversations} conversations that share ${cells} tokens.`;
    }
    const needed = `The whole model needs ${gigabytes(wholeBytes)} GB free, and ${gigabytes(device.freeBytes)} GB are.`;
    const others =
        device.kind === "gpu"
            ? "End other programs that use the card (nvidia-smi names them)"
            : "End other programs";
    const bigger = device.kind === "gpu" ? "a card with more memory" : "a machine with more memory";
    return `${what}${needed} ${others}, use a smaller file of the model (Q4_K_M, for example), or ${bigger}.`;
}

/** Wishes with less of what the administrator has set, the least change first. */
function smallerWishes(wanted: WantedMemory): readonly WantedMemory[] {
    const { conversations, contextTokens } = wanted;
    const all: readonly WantedMemory[] = [
        { conversations: "auto", contextTokens },
        { conversations, contextTokens: "auto" },
        { conversations: "auto", contextTokens: "auto" },
    ];
    return all.filter(
        (other) => other.conversations !== conversations || other.contextTokens !== contextTokens,
    );
}

function settingsOf(other: WantedMemory, wanted: WantedMemory): string {
    return [
        ...(other.conversations === wanted.conversations ? [] : ["model.conversationsInMemory"]),
        ...(other.contextTokens === wanted.contextTokens ? [] : ["model.contextTokens"]),
    ].join(" and ");
}

function gigabytes(bytes: number): string {
    return (bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1);
}
