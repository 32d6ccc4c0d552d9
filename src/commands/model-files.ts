import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { FileAddress } from "../../adapters/llama/remote-file.ts";
import type { HubSettings } from "../settings/download-settings.ts";
import type { ModelDownload, ModelProfile } from "../settings/profile-schema.ts";

/** A file of a model: where it belongs, and where it comes from. */
export interface ModelFile {
    readonly part: "model" | "projector";
    /** As the profile says it. */
    readonly name: string;
    readonly path: string;
    /** Absent: nobody publishes it. */
    readonly source?: FileAddress & Omit<ModelDownload, "address">;
}

/** Where files are looked for and fetched from. */
export interface FilePlaces {
    /** The folder in which the program runs. */
    readonly clinic: string;
    /** The product's own, which has the demonstration model. */
    readonly product: string;
    readonly hub: HubSettings;
    /** A copy of a models folder on the clinic's own server, in place of what the profile names. */
    readonly from?: string;
}

/** The files of a profile; none for a model on a server. */
export function modelFiles(profile: ModelProfile, places: FilePlaces): ModelFile[] {
    const { files, downloads = {} } = profile;
    if (files === undefined) return [];
    return (["model", "projector"] as const).flatMap((part) => {
        const { [part]: name } = files;
        if (name === undefined) return [];
        const path = existingOrOwn(name, places);
        const source = sourceOf(name, downloads[part], places);
        return [{ part, name, path, ...(source === undefined ? {} : { source }) }];
    });
}

function existingOrOwn(name: string, { clinic, product }: FilePlaces): string {
    const own = resolve(clinic, name);
    const shipped = resolve(product, name);
    return !existsSync(own) && existsSync(shipped) ? shipped : own;
}

function sourceOf(
    name: string,
    download: ModelDownload | undefined,
    { from, hub }: FilePlaces,
): ModelFile["source"] {
    if (from !== undefined) {
        const { sha256, bytes } = download ?? {};
        return {
            url: `${from.replace(/\/+$/, "")}/${name.replace(/^models\//, "")}`,
            ...(sha256 === undefined ? {} : { sha256 }),
            ...(bytes === undefined ? {} : { bytes }),
        };
    }
    if (download === undefined) return undefined;
    const { address, ...known } = download;
    const onHub = /^hf:([^/]+\/[^/]+)\/(.+)$/.exec(address);
    if (onHub === null) return { ...known, url: address };
    const url = `${hub.address}${onHub[1]}/resolve/main/${onHub[2]}`;
    return { ...known, url, ...(hub.token === undefined ? {} : { token: hub.token }) };
}

/** Where a file's checksum is noted: beside it, as the program sha256sum writes it. */
export function notePath(path: string): string {
    return `${path}.sha256`;
}

/** The checksum that was noted when the file was fetched. */
export async function notedChecksum(path: string): Promise<string | undefined> {
    const note = await readFile(notePath(path), "utf8").catch(() => "");
    return checksumIn(note);
}

/** The checksum in a line of sha256sum. */
export function checksumIn(note: string): string | undefined {
    return /^([0-9a-f]{64})(?:\s|$)/.exec(note)?.[1];
}

/** For people, in decimal units. */
export function inGigabytes(bytes: number): string {
    return bytes < 1e8 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
