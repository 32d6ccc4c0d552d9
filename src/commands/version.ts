import { installedNodeLlamaCpp } from "../../adapters/llama/companion-inputs.ts";
import { packageRoot } from "../package-root.ts";
import { packageVersion } from "../package-version.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";

/** `bimedix2 version`, as it was typed. */
export interface VersionOptions {
    readonly json: boolean;
}

/** Prints the versions of the program and of what it runs on, as a report of a fault needs them. */
export async function showVersion({ json }: VersionOptions): Promise<ExitCode> {
    const llama = await installedNodeLlamaCpp(packageRoot()).catch(() => undefined);
    const versions = {
        program: packageVersion(),
        node: process.versions.node,
        nodeLlamaCpp: llama?.version ?? null,
        platform: `${process.platform} ${process.arch}`,
    };
    process.stdout.write(json ? `${JSON.stringify(versions)}\n` : described(versions));
    return exitCode.success;
}

const names = {
    program: "BiMediX2 Chat",
    node: "Node.js",
    nodeLlamaCpp: "node-llama-cpp",
    platform: "platform",
} as const;

function described(versions: Readonly<Record<keyof typeof names, string | null>>): string {
    return Object.entries(names)
        .map(([key, name]) => {
            const version = versions[key as keyof typeof names];
            return `${name.padEnd(16)}${version ?? "not installed"}\n`;
        })
        .join("");
}
