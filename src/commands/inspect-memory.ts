import { hostname } from "node:os";
import { findDraft } from "../../adapters/llama/draft-model.ts";
import type { DeviceReport } from "../../adapters/llama/device.ts";
import { bytesOf, type MemoryDevice } from "../../adapters/llama/memory-needs.ts";
import type { MemoryPlan } from "../../adapters/llama/memory-request.ts";
import { inspectModelFile } from "../../adapters/llama/model-file.ts";
import { planModel, refusePlan } from "../../adapters/llama/open-plan.ts";
import type { Config } from "../config.ts";
import { createLogger } from "../log.ts";
import { wantedMemory } from "../settings/model-memory.ts";
import type { Finding } from "./finding.ts";
import { readStatus } from "./read-status.ts";

// What a draft model lacks, its own check tells
const silent = createLogger("silent");

type LocalModel = Extract<Config["model"], { readonly modelPath: string }>;

/**
 * How a start now would divide the device's memory. Loads nothing; what this program itself holds of
 * a card while it runs counts as free.
 *
 * @param found The device; `undefined`: it cannot be used.
 * @throws `model-missing`, `model-invalid`.
 */
export async function inspectMemory(
    model: LocalModel,
    found: Pick<DeviceReport, "memory"> | undefined,
): Promise<Finding> {
    if (found === undefined) return { state: "notice", text: "not known without the device" };
    const { memory } = found;
    const file = await inspectModelFile(model.modelPath);
    const heldBytes = memory.kind === "gpu" ? await bytesOfRunning() : 0;
    const device: MemoryDevice = {
        ...memory,
        freeBytes: Math.min(memory.totalBytes, memory.freeBytes + heldBytes),
    };
    const wanted = wantedMemory(model);
    const draft = await findDraft({ ...wanted, model: file, logger: silent });
    const plan = await planModel(file, device, { ...wanted, draft });
    const refusal = refusePlan(plan, file, device, wanted);
    const { advice } = plan;
    return {
        state: refusal ? "fault" : advice === undefined ? "ok" : "notice",
        text: `${refusal ? `${refusal.message} ` : ""}${planText(plan, device, heldBytes)}`,
        ...(advice === undefined ? {} : { remedy: advice }),
        plan: { ...plan, freeBytes: device.freeBytes },
    };
}

/** What processes of the clinic on this machine hold of the device. */
async function bytesOfRunning(): Promise<number> {
    const { processes } = await readStatus();
    return processes
        .filter(({ id }) => id.startsWith(`${hostname()}-`))
        .reduce((sum, { model }) => sum + (model?.description.memory?.deviceBytes ?? 0), 0);
}

/** A plan in the administrator's words. */
function planText(plan: MemoryPlan, device: MemoryDevice, heldBytes = 0): string {
    const { parts, conversations, contextTokens, cells } = plan;
    const left = device.freeBytes - bytesOf(parts);
    const held = heldBytes > 0 ? `, counting ${gigabytes(heldBytes)} of the running program` : "";
    return [
        `${gigabytes(device.freeBytes)} GB are free${held}`,
        `the model takes ${gigabytes(parts.weights)}`,
        ...(parts.pictures > 0 ? [`reading pictures ${gigabytes(parts.pictures)}`] : []),
        ...draftText(plan),
        `computing ${gigabytes(parts.computing)}`,
        `conversations ${gigabytes(parts.conversations)}: ${conversations} at a time share ${cells} tokens, each has ${contextTokens} at most`,
        left >= 0 ? `${gigabytes(left)} are left` : `${gigabytes(-left)} are missing`,
    ].join("; ");
}

function draftText({ draftFits, parts }: MemoryPlan): readonly string[] {
    if (draftFits === undefined) return [];
    return [
        draftFits ? `the draft model ${gigabytes(parts.draft)}` : "the draft model has no room",
    ];
}

function gigabytes(bytes: number): string {
    return (bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1);
}
