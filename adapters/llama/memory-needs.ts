/** What of a model's file decides how much memory it takes. */
export interface ModelShape {
    readonly layers: number;
    /** Keys and values of all layers for one position; 0 where the file does not tell. */
    readonly bytesPerPosition: number;
    readonly weights: {
        /** The table of the tokens, which llama.cpp leaves in the machine's own memory. */
        readonly inputBytes: number;
        /** Of all layers together. */
        readonly layerBytes: number;
        readonly outputBytes: number;
        /** The output is the table of the tokens as well: a card has a second one. */
        readonly isShared: boolean;
    };
    readonly embeddingSize: number;
    /** Of the layer that has most. */
    readonly heads: number;
    readonly feedForwardSize: number;
    readonly vocabularySize: number;
}

/** What a model is opened with, as far as it takes memory. */
export interface MemoryUse {
    readonly model: ModelShape;
    /** Size of the projector's file; 0 without one. */
    readonly projectorBytes: number;
    /** Positions that are read in one step. */
    readonly batchTokens: number;
    /** Positions of one step after which the model may be asked for the next token. */
    readonly batchOutputs: number;
    /** Positions that all conversations share. */
    readonly cells: number;
    /** Layers on the device; the others are computed by the processor. */
    readonly layers: number;
    readonly device: MemoryDevice;
    /** As `usesFlashAttention` says. */
    readonly flashAttention: boolean;
    /** A draft model beside it, whole. */
    readonly draft?: { readonly model: ModelShape; readonly batchOutputs: number };
}

/** Whose memory is divided. */
export interface MemoryDevice {
    readonly kind: "gpu" | "cpu";
    readonly freeBytes: number;
    readonly totalBytes: number;
    /** Cards that share the model; absent: one. */
    readonly cards?: number;
    /** The machine's own memory beside a card's; absent: not known, or the card's is the machine's. */
    readonly ram?: { readonly freeBytes: number; readonly totalBytes: number };
}

/** What lies in a device's memory, in bytes. */
export interface MemoryParts {
    readonly weights: number;
    /** The projector and what it computes with. */
    readonly pictures: number;
    readonly conversations: number;
    readonly computing: number;
    /** All of the draft model: weights, what it knows of the conversations, computing. */
    readonly draft: number;
}

const gibibyte = 2 ** 30;
const floatBytes = 4;

/** The longest guess of how an answer goes on: a step that reads five tokens instead of one hardly takes longer on a card. */
export const usualGuesses = 4;

/**
 * Positions of one step, in which each answer has a token and its guesses. 512 are llama.cpp's own
 * choice for a card. A processor reads a prompt no slower in shorter steps, and a short question waits
 * less behind a long one.
 */
export function batchTokensOf(kind: MemoryDevice["kind"], conversations: number): number {
    return Math.max(kind === "gpu" ? 512 : 128, conversations * (1 + usualGuesses));
}

/**
 * Whether attention is computed in one operation. llama.cpp's for the processor leaves out what other
 * conversations hold, but takes several times as long for what it does not leave out: alone, a
 * conversation goes on up to twice as fast without it.
 */
export function usesFlashAttention(kind: MemoryDevice["kind"], conversations: number): boolean {
    return kind === "gpu" || conversations > 1;
}

/**
 * What a model takes of its device. A test holds it to what llama.cpp itself reserves for one model; a
 * draft model is reckoned in the same way, which no test compares.
 *
 * Layers on the processor have their conversations there. A card is reckoned with flash attention,
 * which llama.cpp takes by itself where card and model allow.
 */
export function deviceParts(use: MemoryUse): MemoryParts {
    const { model, device, layers } = use;
    const { inputBytes, layerBytes, outputBytes, isShared } = model.weights;
    const share = layers / model.layers;
    const staysInRam = device.kind === "gpu" && device.ram !== undefined;
    const isSplit = layers < model.layers;
    // A layer's weights are copied to the card while a long prompt is read
    const copied = isSplit ? layerBytes / model.layers : 0;
    return wholeBytes({
        weights: share * layerBytes + outputBytes + (staysInRam || isShared ? 0 : inputBytes),
        // Four pictures at a time take less than a quarter of BiMediX2's projector
        pictures: 1.25 * use.projectorBytes,
        conversations: share * use.cells * model.bytesPerPosition,
        computing: (device.cards ?? 1) * (computingBytes(use) + copied),
        draft: draftBytes(use),
    });
}

/** What lies in the machine's own memory beside that of a card. */
export function ramBytes(use: MemoryUse): number {
    const { model, layers, batchOutputs } = use;
    const { inputBytes, layerBytes } = model.weights;
    const rest = 1 - layers / model.layers;
    const logits = batchOutputs * model.vocabularySize * floatBytes;
    return Math.ceil(
        (use.draft?.model.weights.inputBytes ?? 0) +
            inputBytes +
            logits +
            rest * (layerBytes + use.cells * model.bytesPerPosition) +
            (rest > 0 ? computingBytes(use) : 0),
    );
}

/** Sum of all parts. */
export function bytesOf(parts: MemoryParts): number {
    const { weights, pictures, conversations, computing, draft } = parts;
    return weights + pictures + conversations + computing + draft;
}

/**
 * What stays free on a device. On a card: what its driver loads for computing later (some 0.3 GB for
 * CUDA), the library's working memory, gaps between the parts, a desktop's windows; llama.cpp's own
 * programs leave 1 GiB as well. Cards that share a model get whole layers, so that one may get one more.
 */
export function reserveBytes(device: MemoryDevice, model: ModelShape): number {
    if (device.kind === "cpu") return ramReserveBytes(device.totalBytes);
    const cards = device.cards ?? 1;
    const uneven = ((cards - 1) * model.weights.layerBytes) / model.layers;
    return Math.ceil(Math.min(cards * gibibyte, 0.08 * device.totalBytes) + uneven);
}

/** What the system, this program, Redis and a browser for WhatsApp Web need beside the model. */
export function ramReserveBytes(totalBytes: number): number {
    return Math.min(2 * gibibyte, Math.ceil(totalBytes / 8));
}

/**
 * The greater of two moments of a step: within a layer, with the mask that says which position sees
 * which, and at its end, with a number for each token of the vocabulary. Without flash attention the
 * mask's numbers are whole floats, and there are as many for each head.
 */
function computingBytes(use: MemoryUse): number {
    const { model, device, cells, batchTokens, batchOutputs } = use;
    const { embeddingSize, feedForwardSize, heads, vocabularySize } = model;
    // Several cards work on four steps at once, each of which has its mask
    const masks = (device.cards ?? 1) > 1 ? 4 : 1;
    const layer = batchTokens * floatBytes * (3 * feedForwardSize + 4 * embeddingSize);
    const seen = use.flashAttention ? masks * 2 : (1 + heads) * floatBytes;
    const end = batchOutputs * vocabularySize + 2 * batchTokens * embeddingSize;
    return Math.max(layer + seen * cells * batchTokens, end * floatBytes);
}

/** A draft model lies on the device whole, and has as many positions as the model that it guesses for. */
function draftBytes({ draft, ...use }: MemoryUse): number {
    if (draft === undefined) return 0;
    const { layers } = draft.model;
    const parts = deviceParts({ ...use, ...draft, layers, projectorBytes: 0 });
    return bytesOf(parts);
}

function wholeBytes(parts: MemoryParts): MemoryParts {
    return {
        weights: Math.ceil(parts.weights),
        pictures: Math.ceil(parts.pictures),
        conversations: Math.ceil(parts.conversations),
        computing: Math.ceil(parts.computing),
        draft: Math.ceil(parts.draft),
    };
}
