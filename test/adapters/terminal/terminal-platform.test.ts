import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { expect, test } from "vitest";
import { createTerminalPlatform, readLine } from "../../../adapters/terminal/terminal-platform.ts";
import type { InboundMessage } from "../../../src/message.ts";

test.each([
    ["/image scan.png what is this?", "send", "scan.png", "what is this?"],
    ['/image "my scan.png" ما هذا؟', "send", "my scan.png", "ما هذا؟"],
    ["/image my\\ scan.png", "attach", "my scan.png", ""],
    ["/image  'a b.jpg'  ", "attach", "a b.jpg", ""],
])("%s", (line, kind, file, question) => {
    const read = readLine(line);
    expect(read.kind).toBe(kind);
    const attachments = read.kind === "attach" ? [read.attachment] : [];
    const sent = read.kind === "send" ? read : { text: "", attachments };
    expect(sent.text).toBe(question);
    expect(sent.attachments.map(({ id }) => id)).toEqual([join(process.cwd(), file)]);
});

test("/stop is a command here as well, and not a question for the model", () => {
    expect(readLine("/stop")).toEqual({ kind: "command", command: { name: "stop", argument: "" } });
});

test("a path with spaces that exists needs no quotes", () => {
    const folder = mkdtempSync(join(tmpdir(), "terminal-"));
    const path = join(folder, "my scan today.png");
    writeFileSync(path, "");
    expect(readLine(`/image ${path}`)).toEqual({
        kind: "attach",
        attachment: { kind: "image", id: path },
    });
});

test("a picture that waits for its question is forgotten with the conversation", async () => {
    const platform = createTerminalPlatform({
        input: Readable.from(["/image scan.png\n/reset\nWhat is it?\n"]),
        output: new PassThrough().resume(),
        interactive: false,
        conversation: "terminal:local:test",
        texts: { attached: "", prompt: "" },
    });
    const signal = new AbortController().signal;
    const received: InboundMessage[] = [];
    await platform.run(async (message) => {
        received.push(message);
        const writer = platform.startReply({ conversation: message.conversation });
        setImmediate(() => void writer.finish({ text: "ok", language: "en" }, signal));
    }, signal);
    expect(received.map(({ attachments }) => attachments.length)).toEqual([0, 0]);
});

test("a conversation from a pipe: one message after the other, pictures go with the next line, the end ends it", async () => {
    const output = new PassThrough();
    let written = "";
    output.on("data", (chunk: Buffer) => (written += chunk.toString()));
    const platform = createTerminalPlatform({
        input: Readable.from([
            "Hello\n\n/image scan.png\nWhat is it?\n/language ar\n/quit\nnever\n",
        ]),
        output,
        interactive: false,
        conversation: "terminal:local:test",
        appLanguage: "ar",
        texts: { attached: "[attached]", prompt: "> " },
    });
    const received: InboundMessage[] = [];
    let answering = false;
    await platform.run(async (message) => {
        expect(answering).toBe(false);
        answering = true;
        received.push(message);
        const writer = platform.startReply({ conversation: message.conversation });
        setImmediate(() => {
            writer.show("You said ");
            writer.show(`You said ${message.text}`);
            answering = false;
            void writer.finish(
                { text: `You said ${message.text}\n\nBye.`, language: "en" },
                new AbortController().signal,
            );
        });
    }, new AbortController().signal);
    expect(
        received.map(({ text, command, attachments }) => [text, command?.name, attachments.length]),
    ).toEqual([
        ["Hello", undefined, 0],
        ["What is it?", undefined, 1],
        ["/language ar", "language", 0],
    ]);
    expect(new Set(received.map(({ id }) => id)).size).toBe(3);
    expect(written).toBe(
        [
            "You said Hello\n\nBye.\n\n",
            "[attached]\n",
            "You said What is it?\n\nBye.\n\n",
            "You said /language ar\n\nBye.\n\n",
        ].join(""),
    );
});
