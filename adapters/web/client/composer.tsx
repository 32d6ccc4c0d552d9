import { useEffect, useRef, useState } from "preact/hooks";
import type { ChatEntry } from "../wire.ts";
import { LocalPicture, plain } from "./entry.tsx";
import { useWords } from "./format.ts";
import { Icon } from "./icons.tsx";

interface ComposerProps {
    readonly replyTo: ChatEntry | undefined;
    readonly maxFileBytes: number;
    readonly isAnswering: boolean;
    readonly onCancelReply: () => void;
    readonly onStop: () => void;
    readonly onSend: (text: string, files: readonly File[]) => void;
}

const mostFiles = 10;

/** Where a message is written, with its pictures. */
export function Composer(props: ComposerProps) {
    const { replyTo, maxFileBytes, isAnswering, onCancelReply, onStop, onSend } = props;
    const { t, bytes } = useWords();
    const [text, setText] = useState("");
    const [files, setFiles] = useState<readonly File[]>([]);
    const [fault, setFault] = useState("");
    const [isOver, setOver] = useState(false);
    const field = useRef<HTMLTextAreaElement>(null);
    const picker = useRef<HTMLInputElement>(null);
    useEffect(() => {
        if (replyTo) field.current?.focus();
    }, [replyTo]);

    const add = (added: readonly File[]): void => {
        const fitting = added.filter(({ size }) => size <= maxFileBytes);
        setFault(fitting.length < added.length ? t.chat.tooLarge(bytes(maxFileBytes)) : "");
        setFiles((before) => [...before, ...fitting].slice(0, mostFiles));
    };
    const canSend = text.trim() !== "" || files.length > 0;
    const submit = (): void => {
        if (!canSend) return;
        onSend(text.trim(), files);
        setText("");
        setFiles([]);
        setFault("");
        field.current?.focus();
    };
    useDropping(add, setOver);
    return (
        <form
            class={`composer${isOver ? " over" : ""}`}
            onSubmit={(event) => {
                event.preventDefault();
                submit();
            }}
        >
            {isOver && <p class="drop">{t.chat.drop}</p>}
            {replyTo && (
                <div class="replying">
                    <span>{t.chat.replyingTo}</span>
                    <blockquote class="quoted" dir="auto">
                        {plain(replyTo).slice(0, 160)}
                    </blockquote>
                    <button
                        type="button"
                        class="quiet round"
                        aria-label={t.cancel}
                        onClick={onCancelReply}
                    >
                        <Icon name="close" />
                    </button>
                </div>
            )}
            {files.length > 0 && (
                <ul class="previews">
                    {files.map((file, index) => (
                        <li>
                            <LocalPicture file={file} />
                            <button
                                type="button"
                                class="round"
                                aria-label={t.chat.remove(file.name || t.chat.picture)}
                                onClick={() => {
                                    setFiles(files.filter((_, at) => at !== index));
                                    field.current?.focus();
                                }}
                            >
                                <Icon name="close" />
                            </button>
                        </li>
                    ))}
                </ul>
            )}
            <div role="alert">{fault !== "" && <p class="notice bad">{fault}</p>}</div>
            <div class="row">
                <button
                    type="button"
                    class="round"
                    aria-label={t.chat.attach}
                    title={t.chat.attach}
                    onClick={() => picker.current?.click()}
                >
                    <Icon name="attach" />
                </button>
                <input
                    ref={picker}
                    type="file"
                    class="hidden"
                    tabIndex={-1}
                    aria-label={t.chat.attach}
                    accept="image/*,.dcm,.dicom,application/dicom"
                    multiple
                    onChange={({ currentTarget }) => {
                        add([...(currentTarget.files ?? [])]);
                        currentTarget.value = "";
                    }}
                />
                <label class="hidden" for="message">
                    {t.chat.message}
                </label>
                <textarea
                    id="message"
                    ref={field}
                    dir={text === "" ? undefined : "auto"}
                    rows={Math.min(6, Math.max(1, text.split("\n").length))}
                    placeholder={t.chat.placeholder}
                    value={text}
                    onInput={({ currentTarget }) => setText(currentTarget.value)}
                    onKeyDown={(event) => {
                        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
                        event.preventDefault();
                        submit();
                    }}
                    onPaste={({ clipboardData }) => add([...(clipboardData?.files ?? [])])}
                />
                {isAnswering && !canSend ? (
                    <button
                        type="button"
                        class="round primary"
                        aria-label={t.chat.stop}
                        title={t.chat.stop}
                        onClick={onStop}
                    >
                        <Icon name="stop" />
                    </button>
                ) : (
                    <button
                        type="submit"
                        class="round primary"
                        aria-label={t.chat.send}
                        title={t.chat.send}
                        disabled={!canSend}
                    >
                        <Icon name="send" />
                    </button>
                )}
            </div>
        </form>
    );
}

/** Takes files that are dropped anywhere on the page. */
function useDropping(add: (files: readonly File[]) => void, setOver: (isOver: boolean) => void) {
    const latest = useRef(add);
    latest.current = add;
    useEffect(() => {
        const over = (event: DragEvent): void => {
            if (!event.dataTransfer?.types.includes("Files")) return;
            event.preventDefault();
            setOver(true);
        };
        const leave = (event: DragEvent): void => {
            if (event.relatedTarget === null) setOver(false);
        };
        const drop = (event: DragEvent): void => {
            event.preventDefault();
            setOver(false);
            latest.current([...(event.dataTransfer?.files ?? [])]);
        };
        addEventListener("dragover", over);
        addEventListener("dragleave", leave);
        addEventListener("drop", drop);
        return () => {
            removeEventListener("dragover", over);
            removeEventListener("dragleave", leave);
            removeEventListener("drop", drop);
        };
    }, [setOver]);
}
