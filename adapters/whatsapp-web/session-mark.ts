import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

const name = "linked";

/** Remembers whether a phone is linked, beyond the end of the process. */
export class LinkMark {
    readonly #path: string;
    #linked: boolean;

    private constructor(path: string, linked: boolean) {
        this.#path = path;
        this.#linked = linked;
    }

    /** The mark of a session folder. */
    static async read(folder: string): Promise<LinkMark> {
        const path = join(folder, name);
        const linked = await readFile(path, "utf8").then(
            () => true,
            () => false,
        );
        return new LinkMark(path, linked);
    }

    get isLinked(): boolean {
        return this.#linked;
    }

    /** A phone is linked from now on; the file goes when the session folder is cleared. */
    async link(): Promise<void> {
        if (this.#linked) return;
        this.#linked = true;
        const draft = `${this.#path}.draft`;
        await writeFile(draft, "", { mode: 0o600 });
        await rename(draft, this.#path);
    }
}
