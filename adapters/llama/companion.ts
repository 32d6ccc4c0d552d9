import { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import type { Llama } from "node-llama-cpp";
import { AppError, isAppError } from "../../src/errors.ts";
import {
    buildCompanion,
    companionPath,
    exists,
    type OnCompanionProgress,
} from "./companion-build.ts";
import {
    locateCompanionInputs,
    supportedNodeLlamaCpp,
    type CompanionVariant,
} from "./companion-inputs.ts";
import { findVariantLibraries } from "./companion-libraries.ts";
import { findBuildTools } from "./companion-tools.ts";

/** The native encoder; its errors carry a `code` that vision-errors.ts translates. */
export interface NativeEncoder {
    readonly imageSide: number;
    readonly imageTokens: number;
    readonly embeddingSize: number;
    /** The features of each picture, all computed at once; throws when one is not a picture. */
    encode(
        pictures: readonly { readonly rgb: Uint8Array; readonly side: number }[],
    ): Promise<readonly Float32Array[]>;
    /** Waits for a running `encode`, then frees the memory. */
    dispose(): Promise<void>;
}

/** The native module (native/module.cpp). */
export interface Companion {
    /** Changes with everything that it was built from, except the variant. */
    readonly key: string;
    readonly nodeLlamaCppVersion: string;
    readonly llamaCppRelease: string;
    openEncoder(
        projectorPath: string,
        threads: number,
        useGpu: boolean,
        corrected: boolean,
        batchSize: number,
    ): Promise<NativeEncoder>;
    /** @param addonDraft What guesses how answers go on; absent: the conversations alone. */
    openRunner(
        addonModel: object,
        options: NativeOptions,
        addonDraft?: object,
    ): Promise<NativeRunner>;
}

/** What conversations run in. */
export interface NativeOptions {
    /** Of all sequences together. */
    readonly positions: number;
    readonly sequences: number;
    /** Positions of one step; at least one for each sequence and each of its guesses. */
    readonly batch: number;
    readonly threads: number;
    /** The longest guess of how an answer goes on; 0: none. */
    readonly guesses: number;
    /** Whether the positions lie on the GPU. */
    readonly offload: boolean;
    /** Whether attention is computed in one operation, where device and model allow. */
    readonly flashAttention: boolean;
}

/** One call on one sequence. A sequence has one at a time, but for `trim` before another. */
export interface NativeCall {
    /** Never given twice. */
    readonly id: number;
    readonly sequence: number;
}

/** How a call ended. */
export interface NativeResult {
    /** `done`, or of an answer `end` or `length`. */
    readonly outcome: "done" | "end" | "length" | "aborted";
    /** Positions that the sequence holds now. */
    readonly held: number;
    /** Of `save`. */
    readonly state?: Uint8Array;
}

/** An answer that is to be written, behind the sequence's `position` positions. */
export interface NativeGeneration extends NativeCall {
    readonly position: number;
    /** What is left of the prompt. */
    readonly tokens: Int32Array;
    /** The whole prompt, -1 where pictures stand. */
    readonly history: Int32Array;
    readonly mostTokens: number;
    readonly stops: Int32Array;
    readonly temperature: number;
    readonly topP: number;
    readonly topK: number;
    readonly seed: number;
    /** Whether to tell by how much each token's logit exceeds the second best. */
    readonly measuresMargins: boolean;
    /** Must not throw. */
    readonly onTokens: (tokens: Int32Array, margins: Float32Array) => void;
}

/** The thread that all conversations run in (native/runner.h). */
export interface NativeRunner {
    readonly positions: number;
    /** Whether a sequence can take any beginning of another one, however that one has gone on. */
    readonly shares: boolean;
    /** Why the draft model is not used, or, since an answer, not any more; empty: it is, or there is none. */
    readonly draftFailure: string;
    read(
        call: NativeCall & { readonly position: number; readonly tokens: Int32Array },
    ): Promise<NativeResult>;
    see(
        call: NativeCall & { readonly position: number; readonly rows: Float32Array },
    ): Promise<NativeResult>;
    generate(call: NativeGeneration): Promise<NativeResult>;
    trim(call: NativeCall & { readonly length: number }): Promise<NativeResult>;
    /** `lengths`: how much each sequence may give, by its number. */
    share(call: NativeCall & { readonly lengths: Int32Array }): Promise<NativeResult>;
    save(call: NativeCall): Promise<NativeResult>;
    restore(call: NativeCall & { readonly state: Uint8Array }): Promise<NativeResult>;
    cancel(call: { readonly id: number }): void;
    close(): Promise<void>;
}

/** Where the companion is built from and kept. */
export interface CompanionFolders {
    /** The folder that holds this product's package.json. */
    readonly packageRoot: string;
    readonly cacheFolder: string;
}

/** Whether pictures can be read on this machine, for `doctor`. */
export type CompanionState =
    | { readonly status: "built"; readonly path: string }
    | { readonly status: "buildable" }
    | { readonly status: "unavailable"; readonly reason: string; readonly remedy: string };

/** Looks whether the companion of a variant is built or could be, without building it. */
export async function inspectCompanion(
    options: CompanionFolders & { readonly variant: CompanionVariant },
): Promise<CompanionState> {
    try {
        const inputs = await locateCompanionInputs(options.packageRoot);
        const path = companionPath(inputs, options.cacheFolder, options.variant);
        if (await exists(path)) return { status: "built", path };
        await findBuildTools();
        return { status: "buildable" };
    } catch (error) {
        if (!isAppError(error)) throw error;
        return { status: "unavailable", reason: error.message, remedy: error.remedy ?? "" };
    }
}

/**
 * Builds the companion for the libraries that `llama` has loaded, unless that was done before, and
 * resolves to the module's path.
 *
 * @throws `companion-unavailable`.
 */
export async function ensureCompanion(
    options: CompanionFolders & {
        readonly llama: Llama;
        readonly onProgress?: OnCompanionProgress;
    },
): Promise<string> {
    const inputs = await locateCompanionInputs(options.packageRoot);
    const { release } = options.llama.llamaCppRelease;
    if (release !== inputs.llamaCppRelease) {
        throw new AppError(
            "companion-unavailable",
            `node-llama-cpp runs llama.cpp ${release}, but ships the sources of ${inputs.llamaCppRelease}.`,
            { remedy: "Run `npm ci` in the program's folder to use its prebuilt llama.cpp." },
        );
    }
    const libraries = await findVariantLibraries(options.llama);
    return buildCompanion(
        inputs,
        options.cacheFolder,
        libraries,
        options.onProgress ?? (() => undefined),
    );
}

/**
 * Loads the companion, building it first where needed.
 *
 * @throws `companion-unavailable`.
 */
export async function loadCompanion(
    options: CompanionFolders & {
        readonly llama: Llama;
        readonly onProgress?: OnCompanionProgress;
    },
): Promise<Companion> {
    const path = await ensureCompanion(options);
    const remedy = `Remove the folder ${options.cacheFolder}; it is built again at the next start.`;
    const companion = load(path, remedy);
    const { release } = options.llama.llamaCppRelease;
    if (
        companion.nodeLlamaCppVersion !== supportedNodeLlamaCpp ||
        companion.llamaCppRelease !== release
    ) {
        throw new AppError(
            "companion-unavailable",
            `The companion was built for node-llama-cpp ${companion.nodeLlamaCppVersion} and llama.cpp ${companion.llamaCppRelease}.`,
            { remedy },
        );
    }
    return companion;
}

function load(path: string, remedy: string): Companion {
    try {
        const module = createRequire(import.meta.url)(path) as Omit<Companion, "key">;
        return { ...module, key: basename(dirname(path)) };
    } catch (cause) {
        throw new AppError("companion-unavailable", "The companion cannot be loaded.", {
            remedy,
            cause,
        });
    }
}
