import { z } from "zod";
import type { InboundMessage } from "../../src/message.ts";
import { looksLikePicture } from "../../src/messaging/looks-like-picture.ts";
import { readCommand } from "../../src/messaging/read-command.ts";
import { directLines, mainLanguage } from "../../src/messaging/text-direction.ts";
import { asAttachment, type ChatFiles, type KeptFile } from "./chat-files.ts";
import { type ChatRoom, type KeptEntry, textOf } from "./chat-room.ts";
import { conversationOf } from "./web-chat.ts";
import type { ChatPost } from "./wire.ts";

const id = z.string().regex(/^[\w-]{8,64}$/);

/** What the page may send; longer texts are refused. */
export const chatPost = z.object({
    id,
    chat: id,
    text: z.string().max(20_000).optional(),
    files: z.array(id).max(10).optional(),
    replyTo: id.optional(),
    choice: z.object({ entry: id, index: z.int().nonnegative() }).optional(),
    language: z.enum(["ar", "en"]),
});

/** A message for the assistant, and how it stands in the chat. */
export interface ReadPost {
    readonly message: InboundMessage;
    readonly entry: KeptEntry;
}

/** What somebody sent on the page, as all platforms hand messages over. */
export function readPost(
    post: ChatPost,
    { room, files }: { readonly room: ChatRoom; readonly files: ChatFiles },
): ReadPost {
    const { text, command } = readWords(post, room);
    const sent = (post.files ?? []).flatMap((fileId) => {
        const file = files.find(post.chat, fileId);
        return file ? [{ fileId, file }] : [];
    });
    const quoted = post.replyTo === undefined ? undefined : room.find(post.chat, post.replyTo);
    const atMs = Date.now();
    return {
        message: {
            id: post.id,
            conversation: conversationOf(post.chat),
            receivedAtMs: atMs,
            text,
            attachments: sent.map(({ fileId, file }) => asAttachment(fileId, file)),
            appLanguage: post.language,
            ...(command ? { command } : {}),
            ...(quoted
                ? {
                      quoted: {
                          text: textOf(quoted),
                          fromAssistant: quoted.from === "assistant",
                      },
                  }
                : {}),
        },
        entry: {
            id: post.id,
            from: "person",
            atMs,
            text: directLines([{ text, styles: [] }], mainLanguage(text)),
            files: sent.map(({ fileId, file }) => describeFile(fileId, file)),
            choices: [],
            commands: [],
            growing: false,
            ...(quoted ? { quoted: textOf(quoted).slice(0, 200) } : {}),
        },
    };
}

/** The words of a message; a pressed button says its label and gives its command. */
function readWords(
    { chat, text = "", choice }: ChatPost,
    room: ChatRoom,
): Pick<InboundMessage, "text" | "command"> {
    const entry = choice && room.find(chat, choice.entry);
    const label = choice && entry?.choices[choice.index];
    const chosen = choice && entry?.commands[choice.index];
    if (label !== undefined && chosen) return { text: label, command: chosen };
    const command = readCommand(text);
    return { text, ...(command ? { command } : {}) };
}

function describeFile(fileId: string, { name, mimeType }: KeptFile): KeptEntry["files"][number] {
    return { id: fileId, name, isPicture: looksLikePicture({ mimeType, name }) };
}
