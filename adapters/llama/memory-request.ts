import type { MemoryDevice, MemoryParts, ModelShape } from "./memory-needs.ts";

/** What the administrator wishes; `auto`: what fits best. */
export interface WantedMemory {
    readonly conversations: number | "auto";
    /** Of one conversation at most. */
    readonly contextTokens: number | "auto";
}

/** What a plan is made of. */
export interface MemoryRequest {
    readonly model: ModelShape;
    /** The context that the model was trained with; absent: not known. */
    readonly trainedContextTokens?: number;
    /** What `auto` makes of the context where there is room: the profile's. */
    readonly usualContextTokens: number;
    /** Size of the projector's file; 0 without one. */
    readonly projectorBytes: number;
    /** A small model that guesses how answers go on, where it has room; absent: none. */
    readonly draft?: ModelShape;
    readonly device: MemoryDevice;
    readonly wanted: WantedMemory;
    /** Positions that are read in one step. Default: `batchTokensOf` the device and the conversations. */
    readonly batchTokens?: number;
    /** Of these, those that are followed by a choice of the next token. Default: all. */
    readonly batchOutputs?: number;
}

/** How a device's memory is divided. */
export interface MemoryPlan {
    /** Whether the model can be opened so; if not, `advice` says what to change. */
    readonly fits: boolean;
    /** Conversations that are answered at a time, and kept without reading them again. */
    readonly conversations: number;
    /** Positions that one conversation has at most. */
    readonly contextTokens: number;
    /** Positions that all conversations share; a multiple of 256. */
    readonly cells: number;
    /** As llama.cpp counts them, with one for the output; `max`: the whole model is on the device. */
    readonly gpuLayers: number | "max";
    /** Layers on the device, out of `model.layers`. */
    readonly layers: number;
    readonly parts: MemoryParts;
    /** Whether the draft model has room; absent: there is none. */
    readonly draftFits?: boolean;
    /** What stays free on the device at least. */
    readonly reserveBytes: number;
    /** Beside a card: what the machine's own memory holds. */
    readonly ramBytes?: number;
    /** What an administrator can do so that it fits, or answers faster. */
    readonly advice?: string;
}
