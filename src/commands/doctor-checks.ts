import { findBuildTools } from "../../adapters/llama/companion-tools.ts";
import { inspectCompanion } from "../../adapters/llama/companion.ts";
import type { DeviceReport } from "../../adapters/llama/device.ts";
import { tryCompanion } from "../../adapters/llama/mend-companion.ts";
import { inspectModelFile } from "../../adapters/llama/model-file.ts";
import { inspectRedis } from "../../adapters/redis/inspect.ts";
import type { Config } from "../config.ts";
import { packageRoot } from "../package-root.ts";
import { asFinding } from "./doctor-report.ts";
import type { Finding } from "./finding.ts";
import { companionChoice } from "./mend.ts";

/** Whether Node.js is new enough. */
export async function checkNode(): Promise<Finding> {
    const { node } = process.versions;
    const [major = 0, minor = 0] = node.split(".").map(Number);
    if (major > 20 || (major === 20 && minor >= 19)) return { state: "ok", text: node };
    return {
        state: "fault",
        text: `${node} is too old.`,
        remedy: "Install Node.js 20.19 or newer from https://nodejs.org.",
    };
}

/** Whether the companion for pictures could be built. */
export async function checkCompiler(): Promise<Finding> {
    try {
        await findBuildTools();
    } catch (error) {
        // Where everything is built already, as in a container, none is needed: "eyes" tells.
        return { ...asFinding(error), state: "notice" };
    }
    return { state: "ok", text: "git, cmake and a C++ compiler are there" };
}

/** What the model runs on. */
export function showDevice({ description, memory, notices }: DeviceReport): Finding {
    const free = gigabytes(memory.freeBytes);
    const text = `${description}, ${free} of ${gigabytes(memory.totalBytes)} GB free`;
    if (notices.length === 0) return { state: "ok", text };
    return {
        state: "notice",
        text: `${text}. ${notices.map(({ message }) => message).join(". ")}.`,
        remedy: notices.map(({ remedy }) => remedy).join(" "),
    };
}

/**
 * Whether pictures can be read and answers come as fast as they can: the companion is built and can be
 * loaded, or can be built. A model without pictures answers without it, more slowly.
 */
export async function checkCompanion(config: Config): Promise<Finding> {
    const choice = companionChoice(config);
    const { state, variant } = await tryCompanion(choice);
    if (state === "broken") return brokenCompanion;
    if (state === "sound") return { state: "ok", text: "the companion for pictures is built" };
    const found = await inspectCompanion({ ...choice, variant });
    return found.status === "unavailable"
        ? {
              state: config.model.projectorPath === undefined ? "notice" : "fault",
              text: found.reason,
              remedy: found.remedy,
          }
        : { state: "ok", text: "the companion for pictures is built at the first start" };
}

const brokenCompanion: Finding = {
    state: "fault",
    text: "The companion for pictures is built, but cannot be loaded.",
    remedy: "Run bimedix2 doctor --fix, which builds it anew.",
};

/** Whether the model's file is there and whole. */
export async function checkModel(model: Config["model"], path: string): Promise<Finding> {
    const { parameters, byteSize } = await inspectModelFile(path);
    const text = `${model.name}, ${parameters} parameters, ${gigabytes(byteSize)} GB`;
    if (!model.demonstration) return { state: "ok", text };
    return {
        state: "notice",
        text: `${text}: a demonstration that knows no medicine.`,
        remedy: 'Follow "The real model" in README.md.',
    };
}

/** The licence of the model. */
export async function showLicence({ model }: Config): Promise<Finding> {
    const { name, notice, url } = model.licence;
    return { state: "ok", text: `${name}: ${notice} ${url}` };
}

/** Which Redis is used, or would be. */
export async function checkRedis({ redis, dataFolder }: Config): Promise<Finding> {
    const { ok, summary, remedy } = await inspectRedis({
        ...(redis.url === undefined ? {} : { url: redis.url }),
        dataFolder,
        packageRoot: packageRoot(),
    });
    return {
        state: ok ? (remedy === undefined ? "ok" : "notice") : "fault",
        text: summary,
        ...(remedy === undefined ? {} : { remedy }),
    };
}

function gigabytes(bytes: number): string {
    return (bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1);
}
