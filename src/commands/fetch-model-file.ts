import { rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import {
    downloadFile,
    freeBytes,
    type OnBytes,
    partialBytes,
    sha256Of,
} from "../../adapters/llama/download-file.ts";
import { inspectRemoteFile, withoutSecrets } from "../../adapters/llama/remote-file.ts";
import { AppError } from "../errors.ts";
import { checksumIn, inGigabytes, type ModelFile, notedChecksum, notePath } from "./model-files.ts";

/** A file that is known to be published somewhere. */
export type PublishedFile = ModelFile & Required<Pick<ModelFile, "source">>;

/** What is told while a file is fetched. */
export interface FetchNews {
    readonly say: (text: string) => void;
    /** Shows how far a step is. */
    readonly progress: (label: string) => { readonly show: OnBytes; readonly end: () => void };
}

interface Expected {
    readonly bytes?: number | undefined;
    readonly sha256?: string | undefined;
}

/**
 * What a file must be: what the profile says, and where it says nothing, what the address says.
 *
 * @throws `download-failed`, `aborted`.
 */
export async function expectedOf(
    { source }: PublishedFile,
    signal: AbortSignal,
): Promise<Expected> {
    const remote = await inspectRemoteFile(source, signal);
    const sha256 = source.sha256 ?? remote.sha256 ?? (await publishedChecksum(source.url, signal));
    const bytes = source.bytes ?? remote.bytes;
    if (source.bytes !== undefined && remote.bytes !== undefined && source.bytes !== remote.bytes) {
        throw new AppError(
            "download-failed",
            `${withoutSecrets(source.url)} has ${remote.bytes} bytes, but the profile expects ${source.bytes}: it is another file.`,
            {
                remedy: "Correct downloads in the model's profile, or use --from with an address that has the right file.",
            },
        );
    }
    return {
        ...(bytes === undefined ? {} : { bytes }),
        ...(sha256 === undefined ? {} : { sha256 }),
    };
}

/**
 * A file of the same name with `.sha256`, as this command leaves it beside what it fetched. Some servers
 * answer with something else, of any size: no more than the beginning is read.
 */
async function publishedChecksum(url: string, signal: AbortSignal): Promise<string | undefined> {
    const address = new URL(url);
    address.pathname += ".sha256";
    try {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
        const { ok, body } = await fetch(address, { signal: limit });
        if (!ok || body === null) return undefined;
        for await (const chunk of body.values()) {
            return checksumIn(Buffer.from(chunk).toString("latin1", 0, 200));
        }
    } catch {
        // The download itself says what is wrong with the server.
    }
    return undefined;
}

/**
 * Makes sure that the files fit on the disk, with what is there of them already.
 *
 * @throws `download-failed`.
 */
export async function expectRoom(
    files: readonly (Pick<Expected, "bytes"> & { readonly path: string })[],
): Promise<void> {
    const [first] = files;
    if (first === undefined) return;
    let needed = 0;
    for (const { path, bytes = 0 } of files) {
        needed += Math.max(0, bytes - (await partialBytes(path)));
    }
    const free = await freeBytes(dirname(first.path));
    if (free >= needed) return;
    throw new AppError(
        "download-failed",
        `${inGigabytes(needed)} are needed in ${dirname(first.path)}, but only ${inGigabytes(free)} are free.`,
        { remedy: "Make room, or start the program in a folder on a larger disk." },
    );
}

/**
 * Fetches a file, and keeps it when its size and checksum are right; a wrong one is set aside.
 *
 * @throws `download-failed`, `aborted`.
 */
export async function fetchModelFile(
    file: PublishedFile,
    expected: Expected,
    { say, progress }: FetchNews,
    signal: AbortSignal,
): Promise<void> {
    const { path, source, name } = file;
    const begun = await partialBytes(path);
    if (begun > 0) say(`Going on with ${name}, of which some is there.`);
    // A note of an earlier file says nothing about this one
    await rm(notePath(path), { force: true });
    const bar = progress(basename(path));
    try {
        await downloadFile(source, path, bar.show, signal);
    } finally {
        bar.end();
    }
    const fault = await faultOf(path, expected, progress, signal);
    if (typeof fault === "string") {
        await rename(path, `${path}.wrong`);
        throw new AppError("download-failed", `${name} is not what it should be: ${fault}.`, {
            remedy: `It was set aside as ${path}.wrong. Run the same command again; if it happens again, the address has another file: ${withoutSecrets(source.url)}.`,
        });
    }
    await writeFile(notePath(path), `${fault.sha256}  ${basename(path)}\n`);
    say(
        expected.sha256 === undefined
            ? `${name} is there. Nobody states its checksum; it is ${fault.sha256}.`
            : `${name} is there, complete and unchanged.`,
    );
}

/**
 * What is wrong with a file that is there, or its checksum.
 *
 * @throws `aborted`.
 */
export async function faultOf(
    path: string,
    expected: Expected,
    progress: FetchNews["progress"],
    signal: AbortSignal,
): Promise<string | { readonly sha256: string }> {
    const { size } = await stat(path);
    if (expected.bytes !== undefined && size !== expected.bytes) {
        return `it has ${size} bytes in place of ${expected.bytes}`;
    }
    const bar = progress(`Checking ${basename(path)}`);
    try {
        const sha256 = await sha256Of(path, bar.show, signal);
        const wanted = expected.sha256 ?? (await notedChecksum(path));
        if (wanted === undefined || wanted === sha256) return { sha256 };
        return `its checksum is ${sha256} in place of ${wanted}`;
    } finally {
        bar.end();
    }
}
