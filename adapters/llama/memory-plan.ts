import { adviseMemory } from "./memory-advice.ts";
import {
    batchTokensOf,
    bytesOf,
    deviceParts,
    type MemoryUse,
    ramBytes,
    ramReserveBytes,
    reserveBytes,
    usesFlashAttention,
} from "./memory-needs.ts";
import type { MemoryPlan, MemoryRequest } from "./memory-request.ts";

/** llama.cpp rounds the positions of a context up to a multiple of this. */
const cellStep = 256;

/** What a conversation shall have on average before `auto` keeps another. */
const tokensOfConversation = 4096;
/** What conversations whose number the administrator has set must have on average. */
const leastTokensOfConversation = 2048;
/** What `auto` keeps: fewer would let patients wait for each other. */
const leastConversations = 2;
/** What `auto` keeps at most: more take the speed from each other rather than memory. */
const mostConversations = { gpu: 8, cpu: 4 } as const;

/**
 * Divides the free memory of a device. All layers shall be on it; then the conversations get what is
 * left, up to the whole context for each. Where not even the least that conversations need is left,
 * layers go to the processor. What the administrator has set is kept, or the plan does not fit. With
 * more free memory nothing of the plan becomes less, unless the draft model finds room.
 *
 * A draft model gets what is left beyond: no layer, no conversation and no token of its context makes
 * room for it, only what conversations have above the average that `auto` aims at. Where the
 * administrator has set one of the numbers, conversations give up nothing at all.
 */
export function planMemory({ draft, ...request }: MemoryRequest): MemoryPlan {
    const plan = planAlone(request);
    if (draft === undefined) return plan;
    const { advice } = plan;
    const beside = planWithin({ ...request, draft }, resolveLimits(request));
    const draftFits =
        plan.fits &&
        beside.fits &&
        beside.layers === request.model.layers &&
        beside.conversations >= plan.conversations &&
        beside.contextTokens >= plan.contextTokens &&
        beside.cells >= cellsBesideDraft(request, plan);
    if (!draftFits) return { ...plan, draftFits };
    return { ...beside, draftFits, ...(advice === undefined ? {} : { advice }) };
}

/** What conversations must keep beside a draft model, of what they have without one. */
function cellsBesideDraft(request: MemoryRequest, plan: MemoryPlan): number {
    const { conversations, contextTokens } = request.wanted;
    if (conversations !== "auto" || contextTokens !== "auto") return plan.cells;
    const average = Math.min(plan.contextTokens, tokensOfConversation);
    return Math.min(plan.cells, plan.conversations * average);
}

function planAlone(request: MemoryRequest): MemoryPlan {
    const limits = resolveLimits(request);
    const plan = planWithin(request, limits);
    const { contextTokens } = request.wanted;
    const { trainedContextTokens = Infinity } = request;
    const isTooLong = contextTokens !== "auto" && contextTokens > trainedContextTokens;
    const judged = isTooLong ? { ...plan, fits: false } : plan;
    const advice = adviseMemory(request, judged, {
        wholeBytes: wholeModelBytes(request, limits),
        planFor: (wanted) =>
            planWithin({ ...request, wanted }, resolveLimits({ ...request, wanted })),
    });
    return { ...judged, ...(advice === undefined ? {} : { advice }) };
}

/** Between what and what `auto` may choose. */
interface Limits {
    readonly leastCells: number;
    readonly mostCells: number;
    readonly mostContextTokens: number;
}

function resolveLimits(request: MemoryRequest): Limits {
    const { wanted, device, usualContextTokens, trainedContextTokens = Infinity } = request;
    const usual = Math.min(usualContextTokens, trainedContextTokens);
    const [leastContext, mostContext] =
        wanted.contextTokens === "auto"
            ? [Math.min(usual, tokensOfConversation), usual]
            : [wanted.contextTokens, wanted.contextTokens];
    const [least, most] =
        wanted.conversations === "auto"
            ? [1, mostConversations[device.kind]]
            : [wanted.conversations, wanted.conversations];
    const average = Math.min(leastContext, leastTokensOfConversation);
    return {
        leastCells: wholeSteps(Math.max(leastContext, least * average)),
        mostCells: wholeSteps(most * mostContext),
        mostContextTokens: mostContext,
    };
}

function planWithin(request: MemoryRequest, limits: Limits): MemoryPlan {
    const { model } = request;
    const { leastCells, mostCells } = limits;
    const fits = (cells: number, layers: number): boolean =>
        deviceFits(useOf(request, cells, layers));
    if (fits(leastCells, model.layers) || request.device.kind === "cpu") {
        const steps = largest(leastCells / cellStep, mostCells / cellStep, (count) =>
            fits(count * cellStep, model.layers),
        );
        return planOf(request, limits, steps * cellStep, model.layers);
    }
    const layers = largest(0, model.layers - 1, (count) => fits(leastCells, count));
    return planOf(request, limits, leastCells, layers);
}

function planOf(request: MemoryRequest, limits: Limits, cells: number, layers: number): MemoryPlan {
    const { model, wanted, device } = request;
    const use = useOf(request, cells, layers);
    const isWhole = layers === model.layers;
    const contextTokens = Math.min(limits.mostContextTokens, cells);
    const average = Math.min(limits.mostContextTokens, tokensOfConversation);
    const roomFor = Math.max(leastConversations, Math.floor(cells / average));
    const conversations =
        wanted.conversations === "auto"
            ? Math.min(roomFor, mostConversations[device.kind])
            : wanted.conversations;
    // Where the context is short, what is too little for one more would never be used
    const mostCells = wholeSteps(conversations * contextTokens);
    if (cells > mostCells) return planOf(request, limits, mostCells, layers);
    return {
        fits: deviceFits(use) && ramFits(use),
        conversations,
        contextTokens,
        cells,
        // llama.cpp puts the output on the card first
        gpuLayers: device.kind === "cpu" ? 0 : isWhole ? "max" : layers + 1,
        layers,
        parts: deviceParts(use),
        reserveBytes: reserveBytes(device, model),
        ...(device.ram === undefined ? {} : { ramBytes: ramBytes(use) }),
    };
}

/** What the whole model needs on the device with the least that conversations need. */
function wholeModelBytes(request: MemoryRequest, { leastCells }: Limits): number {
    const { model, device } = request;
    const parts = deviceParts(useOf(request, leastCells, model.layers));
    return bytesOf(parts) + reserveBytes(device, model);
}

function useOf(request: MemoryRequest, cells: number, layers: number): MemoryUse {
    const { model, projectorBytes, device, wanted, draft } = request;
    // `auto` keeps more than one, and never so many that their guesses fill a step
    const conversations =
        wanted.conversations === "auto" ? leastConversations : wanted.conversations;
    const { batchTokens = batchTokensOf(device.kind, conversations) } = request;
    const { batchOutputs = batchTokens } = request;
    const flashAttention = usesFlashAttention(device.kind, conversations);
    return {
        model,
        projectorBytes,
        device,
        batchTokens,
        batchOutputs,
        cells,
        layers,
        flashAttention,
        ...(draft && {
            draft: {
                model: draft,
                batchOutputs: Math.max(conversations, mostConversations[device.kind]),
            },
        }),
    };
}

function deviceFits(use: MemoryUse): boolean {
    const { device, model } = use;
    return bytesOf(deviceParts(use)) + reserveBytes(device, model) <= device.freeBytes;
}

function ramFits(use: MemoryUse): boolean {
    const { ram } = use.device;
    // A model that lies on the card whole needs little, and what it maps can be read again
    if (ram === undefined || use.layers === use.model.layers) return true;
    return ramBytes(use) + ramReserveBytes(ram.totalBytes) <= ram.freeBytes;
}

function wholeSteps(cells: number): number {
    return cellStep * Math.ceil(cells / cellStep);
}

/** The largest number up to `most` that holds, `least` if none does: what holds for a number holds for smaller ones. */
function largest(least: number, most: number, holds: (count: number) => boolean): number {
    let [low, high] = [least, most];
    while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (holds(middle)) low = middle;
        else high = middle - 1;
    }
    return low;
}
