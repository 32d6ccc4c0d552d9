import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Attachment, Command, ConversationKey, InboundMessage } from "../../src/message.ts";
import { readCommand } from "../../src/messaging/read-command.ts";
import type { Platform, ReplyWriter } from "../../src/ports.ts";
import { localAttachment, readLocalFile } from "./local-file.ts";
import { createTerminalWriter } from "./terminal-writer.ts";

/** What the terminal conversation needs. */
export interface TerminalOptions {
    readonly input: Readable;
    readonly output: Writable;
    /** Whether somebody types: then a prompt is shown. */
    readonly interactive: boolean;
    readonly conversation: ConversationKey;
    /** The language of the user's terminal (BCP 47). */
    readonly appLanguage?: string;
    readonly texts: {
        /** Said when a picture was attached and waits for its question. */
        readonly attached: string;
        readonly prompt: string;
    };
}

/** Thrown away, passed on, kept for the next line: what a typed line means. */
type Line =
    | { readonly kind: "quit" }
    | { readonly kind: "attach"; readonly attachment: Attachment }
    | { readonly kind: "send"; readonly text: string; readonly attachments: readonly Attachment[] }
    | { readonly kind: "command"; readonly command: Command };

/**
 * Reads one typed line: `/quit`, `/image PATH` (the picture goes with the next line),
 * `/image PATH QUESTION` with a quoted or blank-free path, a command, or words.
 */
export function readLine(line: string): Line {
    const [, name = "", rest = ""] = /^\/(\w+)(?:\s+(.*))?$/su.exec(line.trim()) ?? [];
    if (name === "quit" || name === "exit") return { kind: "quit" };
    const command = readCommand(line);
    if (command) return { kind: "command", command };
    if (name === "image" && rest.trim() !== "") {
        const { path, question } = splitPath(rest.trim());
        const attachment = localAttachment(path);
        return question === ""
            ? { kind: "attach", attachment }
            : { kind: "send", text: question, attachments: [attachment] };
    }
    return { kind: "send", text: line, attachments: [] };
}

/** Tells a path, as a terminal pastes it when a file is dropped on it, from what follows it. */
function splitPath(text: string): { path: string; question: string } {
    if (existsSync(localAttachment(text).id)) return { path: text, question: "" };
    const [, double, single, plain = text, question = ""] =
        /^(?:"([^"]+)"|'([^']+)'|((?:\\.|\S)+))\s*(.*)$/su.exec(text) ?? [];
    return { path: double ?? single ?? plain.replace(/\\(.)/g, "$1"), question };
}

/** A conversation in a terminal, or with a program that writes lines into standard input. */
export function createTerminalPlatform(options: TerminalOptions): Platform {
    const { input, output, interactive, conversation, appLanguage, texts } = options;
    let prompt = (): void => undefined;
    let answered: (() => void) | undefined;

    const startReply = (): ReplyWriter => {
        const writer = createTerminalWriter(output);
        const end = (): void => {
            answered?.();
            prompt();
        };
        return {
            show: (textSoFar) => writer.show(textSoFar),
            finish: async (reply, signal) => {
                await writer.finish(reply, signal);
                if (!reply.more) end();
            },
            abandon: async () => {
                await writer.abandon();
                end();
            },
        };
    };

    return {
        name: "terminal",
        sharing: "alone",
        account: "terminal:local",
        download: readLocalFile,
        startReply,
        run: async (receive, signal) => {
            const lines = createInterface({ input, signal });
            const stopped = (): void => answered?.();
            signal.addEventListener("abort", stopped, { once: true });
            let pending: Attachment[] = [];
            let count = 0;
            prompt = () => {
                if (interactive) output.write(texts.prompt);
            };
            prompt();
            const send = async (content: Partial<InboundMessage>): Promise<void> => {
                count += 1;
                const done = new Promise<void>((resolve) => {
                    answered = resolve;
                });
                await receive({
                    id: `${Date.now()}-${count}`,
                    conversation,
                    receivedAtMs: Date.now(),
                    text: "",
                    attachments: [],
                    ...(appLanguage === undefined ? {} : { appLanguage }),
                    ...content,
                });
                // One question at a time: the reply streams into the same window.
                await done;
            };
            for await (const line of lines) {
                const read = readLine(line);
                if (read.kind === "quit" || signal.aborted) break;
                // What is attached belongs to the conversation that is being forgotten.
                if (read.kind === "command" && read.command.name === "reset") pending = [];
                if (read.kind === "command") await send({ command: read.command, text: line });
                else if (read.kind === "attach") {
                    pending.push(read.attachment);
                    output.write(`${texts.attached}\n`);
                    prompt();
                } else if (read.text.trim() === "" && pending.length === 0) prompt();
                else {
                    const attachments = [...pending, ...read.attachments];
                    pending = [];
                    await send({ text: read.text, attachments });
                }
            }
            lines.close();
            signal.removeEventListener("abort", stopped);
        },
    };
}
