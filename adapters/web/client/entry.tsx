import { useEffect, useState } from "preact/hooks";
import type { ChatEntry, ChatFile } from "../wire.ts";
import { Formatted } from "./formatted.tsx";
import { useWords } from "./format.ts";
import { Icon } from "./icons.tsx";
import type { Outgoing, OutgoingMessage } from "./outgoing.ts";

interface EntryProps {
    readonly entry: ChatEntry;
    readonly onReply: () => void;
    readonly onChoice: (index: number) => void;
}

/** One message of the conversation. */
export function Entry({ entry, onReply, onChoice }: EntryProps) {
    const { t, time } = useWords();
    const { from, quoted, files, text, choices, growing, atMs } = entry;
    const isAnswer = from === "assistant";
    return (
        <li class={`entry ${from}${growing ? " growing" : ""}`}>
            <div class="bubble">
                <span class="hidden">{isAnswer ? t.chat.assistant : t.chat.you}</span>
                {quoted !== undefined && (
                    <blockquote class="quoted" dir="auto">
                        {quoted}
                    </blockquote>
                )}
                {files.map((file) => (
                    <SentFile key={file.id} file={file} />
                ))}
                <Formatted text={text} />
                {choices.length > 0 && (
                    <div class="choices">
                        {choices.map((label, index) => (
                            <button type="button" dir="auto" onClick={() => onChoice(index)}>
                                {label}
                            </button>
                        ))}
                    </div>
                )}
            </div>
            <div class="meta">
                <time dateTime={new Date(atMs).toISOString()}>{time(atMs)}</time>
                {isAnswer && !growing && (
                    <button type="button" class="quiet small" onClick={onReply}>
                        <Icon name="reply" />
                        {t.chat.reply}
                    </button>
                )}
            </div>
        </li>
    );
}

function SentFile({ file: { id, name, isPicture } }: { readonly file: ChatFile }) {
    const { t } = useWords();
    const [isShown, setShown] = useState(isPicture);
    if (!isShown) {
        return (
            <p class="file" dir="auto">
                {name || t.chat.file}
            </p>
        );
    }
    return (
        <img
            src={`/api/chat/files/${id}`}
            alt={name || t.chat.picture}
            onError={() => setShown(false)}
        />
    );
}

/** A message that the server has not taken yet. */
export function Unsent({
    message: { post, files, state, code },
    outgoing,
}: {
    readonly message: OutgoingMessage;
    readonly outgoing: Outgoing;
}) {
    const { t } = useWords();
    const sentence = state === "failed" && code ? t.refusals[code] : t.chat[state];
    return (
        <li class={`entry person unsent ${state}`}>
            <div class="bubble">
                {files.map((file) => (
                    <LocalPicture key={file.name} file={file} />
                ))}
                <p dir="auto">{post.text}</p>
            </div>
            <div class="meta">
                {state === "failed" ? `${t.chat.failed}. ${sentence}` : sentence}
                {state === "failed" && (
                    <>
                        <button
                            type="button"
                            class="quiet small"
                            onClick={() => outgoing.again(post.id)}
                        >
                            {t.chat.again}
                        </button>
                        <button
                            type="button"
                            class="quiet small"
                            onClick={() => outgoing.remove(post.id)}
                        >
                            {t.cancel}
                        </button>
                    </>
                )}
            </div>
        </li>
    );
}

/** A picture that lies in this browser alone. */
export function LocalPicture({ file }: { readonly file: File }) {
    const { t } = useWords();
    const [address, setAddress] = useState<string>();
    const [isShown, setShown] = useState(file.type.startsWith("image/"));
    useEffect(() => {
        const made = URL.createObjectURL(file);
        setAddress(made);
        return () => URL.revokeObjectURL(made);
    }, [file]);
    if (!isShown || address === undefined) return <p class="file">{file.name || t.chat.file}</p>;
    return <img src={address} alt={file.name || t.chat.picture} onError={() => setShown(false)} />;
}

/** The words of an entry, to be said or quoted. */
export function plain({ text }: ChatEntry): string {
    return text.map((run) => run.text).join("");
}
