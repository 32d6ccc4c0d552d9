import { existsSync } from "node:fs";
import type { ModelDescription } from "../ports.ts";
import type { ModelConfig } from "./resolve-model.ts";

type LocalModel = Extract<ModelConfig, { readonly modelPath: string }>;

/** What a model in this process may take of the memory, for the adapter that loads it. */
export interface WantedModelMemory {
    readonly projectorPath?: string;
    readonly contextTokens: number | "auto";
    readonly usualContextTokens: number;
    readonly sequences: number | "auto";
    /** Of the draft model, where its file is there. */
    readonly draftPath?: string;
}

/**
 * What the clinic wants its model to take of the memory.
 *
 * @param usualPlaces What `auto` makes of the conversations; absent: as many as fit.
 */
export function wantedMemory(model: LocalModel, usualPlaces?: number): WantedModelMemory {
    const { projectorPath, contextTokens, usualContextTokens, conversationsInMemory, draft } =
        model;
    return {
        ...(projectorPath === undefined ? {} : { projectorPath }),
        ...(draft &&
            "modelPath" in draft &&
            existsSync(draft.modelPath) && { draftPath: draft.modelPath }),
        contextTokens,
        usualContextTokens,
        sequences:
            conversationsInMemory === "auto"
                ? (usualPlaces ?? conversationsInMemory)
                : conversationsInMemory,
    };
}

/** Of a process whose model says nothing of its memory, or that has none. */
const usualPlaces = 4;

/** How many conversations a model answers at a time, once it is in use. */
export function placesOf(
    { conversationsInMemory }: Pick<ModelConfig, "conversationsInMemory">,
    description: ModelDescription | undefined,
): number {
    if (conversationsInMemory !== "auto") return conversationsInMemory;
    return description?.memory?.conversations ?? usualPlaces;
}
