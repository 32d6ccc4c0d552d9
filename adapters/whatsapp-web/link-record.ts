import { createHash } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { describeError, type Logger } from "../../src/log.ts";

const linkRecord = z.object({
    /** Recognises the account without naming it. */
    owner: z.string(),
    pairedAtMs: z.number().nonnegative(),
    aliveAtMs: z.number().nonnegative(),
});

/** Linking takes about as long; what patients write meanwhile is meant for the assistant. */
const linkingMs = 60_000;

/** What is remembered of a link beyond the end of the process. */
export type LinkRecord = Readonly<z.infer<typeof linkRecord>>;

/** Keeps a {@link LinkRecord} in a small file in the session folder. */
export class LinkRecordFile {
    readonly #path: string;
    readonly #logger: Logger;
    #record: LinkRecord | undefined;

    constructor(sessionFolder: string, logger: Logger) {
        this.#path = join(sessionFolder, "link.json");
        this.#logger = logger;
    }

    /**
     * The record of the account with these addresses. One that is linked for the first time begins
     * now: what was written to the phone before was not meant for the assistant.
     */
    async open(own: ReadonlySet<string>, nowMs: number): Promise<LinkRecord> {
        const owners = [...own].map(digest);
        this.#record ??= await this.#read();
        if (this.#record && owners.includes(this.#record.owner)) return this.#record;
        const pairedAtMs = nowMs - linkingMs;
        return await this.#write({ owner: owners[0] ?? "", pairedAtMs, aliveAtMs: nowMs });
    }

    /** Notes a sign of life. Never fails. */
    async beat(nowMs: number): Promise<void> {
        if (this.#record) await this.#write({ ...this.#record, aliveAtMs: nowMs });
    }

    async #read(): Promise<LinkRecord | undefined> {
        try {
            return linkRecord.parse(JSON.parse(await readFile(this.#path, "utf8")));
        } catch {
            return undefined;
        }
    }

    async #write(record: LinkRecord): Promise<LinkRecord> {
        this.#record = record;
        try {
            const draft = `${this.#path}.new`;
            await writeFile(draft, JSON.stringify(record), { mode: 0o600 });
            await rename(draft, this.#path);
        } catch (error) {
            this.#logger.warn(
                describeError(error),
                "WhatsApp: the time of the link could not be written into the session folder",
            );
        }
        return record;
    }
}

function digest(address: string): string {
    return createHash("sha256").update(address).digest("base64url").slice(0, 16);
}
