import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const loader = fileURLToPath(new URL("./typescript-loader.mjs", import.meta.url));

/** A TypeScript program in a process of its own, and the lines that it has written. */
export class Child {
    readonly lines: string[] = [];
    readonly #child: ChildProcess;

    constructor(program: string, values: readonly string[], environment: NodeJS.ProcessEnv = {}) {
        this.#child = spawn(process.execPath, ["--import", loader, program, ...values], {
            stdio: ["pipe", "pipe", "inherit"],
            env: { ...process.env, ...environment },
        });
        if (this.#child.stdout === null) throw new Error("no output");
        createInterface({ input: this.#child.stdout }).on("line", (line) => this.lines.push(line));
    }

    /** Whether a line with that beginning was written. */
    said(beginning: string): boolean {
        return this.lines.some((line) => line.startsWith(beginning));
    }

    /** Freezes it, until it is thawed. */
    freeze(): void {
        this.#child.kill("SIGSTOP");
    }

    thaw(): void {
        this.#child.kill("SIGCONT");
    }

    /** Ends it as a crash would. */
    async kill(): Promise<void> {
        if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
        const exited = once(this.#child, "exit");
        this.#child.kill("SIGKILL");
        await exited;
    }

    /** Asks it to end, and waits for it. */
    async end(): Promise<number | null> {
        if (this.#child.exitCode === null && this.#child.signalCode === null) {
            const exited = once(this.#child, "exit");
            this.#child.stdin?.end();
            await exited;
        }
        return this.#child.exitCode;
    }
}
