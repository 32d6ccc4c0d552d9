import { join } from "node:path";
import type { Token } from "node-llama-cpp";
import type { Logger } from "../../src/log.ts";
import { fingerprintModel } from "./model-fingerprint.ts";
import type { ParkingLimits } from "./parked-state.ts";
import { ParkedStates } from "./parked-states.ts";
import { SealedFolder } from "./sealed-folder.ts";

/** What is kept of conversations beside the model's own memory. */
export interface Kept {
    readonly states: ParkedStates;
    /** Encoded pictures. */
    readonly images: SealedFolder;
}

/** How it is opened. */
export interface KeptOptions {
    readonly limits: ParkingLimits;
    readonly modelPath: string;
    /** That of the vision encoder, whose pictures stand in the states; empty without one. */
    readonly vision: string;
    /** The companion's build, without which a state means nothing. */
    readonly build: string;
    readonly placeholderOf: (imageId: string) => Token;
    readonly logger: Logger;
}

// Of a clinic's disk, what pictures get: one of BiMediX2 takes as much as forty tokens
const shareOfImages = 1 / 8;

/** Opens both; whatever is wrong with the folder, what fits into the memory is kept. */
export async function openKept(options: KeptOptions): Promise<Kept> {
    const { limits, modelPath, vision, build, placeholderOf, logger } = options;
    const { memoryBytes, diskBytes, folder, keepForMs } = limits;
    const imageBytes = Math.floor(diskBytes * shareOfImages);
    const states = await ParkedStates.open({
        memoryBytes,
        diskBytes: diskBytes - imageBytes,
        folder: join(folder, "conversations"),
        keepForMs,
        fingerprint: await fingerprintModel(modelPath, { build, vision }),
        placeholderOf,
        logger,
    });
    const images = await SealedFolder.open({
        folder: join(folder, "images"),
        maxBytes: imageBytes,
        keepForMs,
        logger,
    });
    return { states, images };
}
