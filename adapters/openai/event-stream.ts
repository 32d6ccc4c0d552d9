import { AppError } from "../../src/errors.ts";

// A piece of an answer has some hundred bytes
const longestEvent = 1_000_000;

/**
 * The data of each event of a stream of server-sent events (WHATWG HTML, section 9.2), as it
 * arrives. Characters that are split between two chunks of bytes come whole. An event that the end
 * of the stream cuts off is handed out as far as it came. Leaving the loop ends the connection.
 *
 * @throws `model-failed` at an event that is far too long, and what reading from the network throws.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const events = new EventLines();
    try {
        for (;;) {
            const { done, value } = await reader.read();
            yield* events.take(decoder.decode(value, { stream: !done }), done);
            if (done) return;
        }
    } finally {
        await reader.cancel().catch(() => undefined);
    }
}

/** Puts lines together to events. */
class EventLines {
    #held = "";
    #rest = "";
    #data: string[] = [];
    #length = 0;

    *take(text: string, last: boolean): Generator<string> {
        // A carriage return at the end may be half of a line's end
        const whole = this.#held + text;
        this.#held = !last && whole.endsWith("\r") ? "\r" : "";
        this.#rest += whole.slice(0, whole.length - this.#held.length);
        const lines = this.#rest.split(/\r\n|\r|\n/);
        this.#rest = lines.pop() ?? "";
        for (const line of lines) yield* this.#line(line);
        if (last) {
            yield* this.#line(this.#rest);
            yield* this.#line("");
        }
        if (this.#length + this.#rest.length > longestEvent) throw tooLong();
    }

    *#line(line: string): Generator<string> {
        if (line === "") {
            if (this.#data.length > 0) yield this.#data.join("\n");
            this.#data = [];
            this.#length = 0;
            return;
        }
        const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
        if (field !== "data") return;
        this.#data.push(value);
        this.#length += value.length;
    }
}

function tooLong(): AppError {
    return new AppError(
        "model-failed",
        "The model server has sent something else than pieces of text.",
        {
            remedy: "Check server.url in the model's profile, and look into the server's log.",
        },
    );
}
