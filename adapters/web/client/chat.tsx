import { useEffect, useRef, useState } from "preact/hooks";
import type { ChatEntry, ChatPost } from "../wire.ts";
import { Composer } from "./composer.tsx";
import { Entry, plain, Unsent } from "./entry.tsx";
import { useWords } from "./format.ts";
import { Icon } from "./icons.tsx";
import type { LiveState } from "./live.ts";
import { createId, type Outgoing } from "./outgoing.ts";
import { act } from "./server.ts";

interface ChatProps {
    readonly state: LiveState;
    readonly outgoing: Outgoing;
}

/** The conversation in which the assistant is tried. */
export function Chat({ state, outgoing }: ChatProps) {
    const { t, language } = useWords();
    const { chat, overview, typingUntilMs } = state;
    const [replyTo, setReplyTo] = useState<ChatEntry>();
    const [, renew] = useState(0);
    useEffect(() => outgoing.subscribe(() => renew((count) => count + 1)), [outgoing]);
    const entries = chat?.entries ?? [];
    const known = new Set(entries.map(({ id }) => id));
    const unsent = outgoing.messages.filter(
        ({ post, state: how }) => !known.has(post.id) || how === "failed",
    );
    const isTyping = typingUntilMs > 0;
    const isAnswering = isTyping || entries.some(({ growing }) => growing);
    const isEmpty = entries.length === 0 && unsent.length === 0 && !isTyping;
    const { log, follow } = useFollowedEnd();

    const send = (content: Partial<ChatPost>, files: readonly File[] = []): void => {
        if (!chat) return;
        follow();
        const quoted = replyTo ? { replyTo: replyTo.id } : {};
        outgoing.send({ id: createId(), chat: chat.id, language, ...quoted, ...content }, files);
        setReplyTo(undefined);
    };
    return (
        <>
            <div class="heading">
                <h1>{t.chat.title}</h1>
                <button
                    type="button"
                    disabled={!chat}
                    onClick={() => {
                        outgoing.clear();
                        setReplyTo(undefined);
                        void act("POST", "/api/chat/new").catch(() => undefined);
                    }}
                >
                    <Icon name="fresh" />
                    {t.chat.fresh}
                </button>
            </div>
            <p class="notice">{t.chat.hint}</p>
            {overview?.chatOpen === false && <p class="notice warn">{t.chat.closed}</p>}
            <ol class="log" ref={log} aria-label={t.views.chat}>
                {entries.map((entry) => (
                    <Entry
                        key={entry.id}
                        entry={entry}
                        onReply={() => setReplyTo(entry)}
                        onChoice={(index) => send({ choice: { entry: entry.id, index } })}
                    />
                ))}
                {unsent.map((message) => (
                    <Unsent key={message.post.id} message={message} outgoing={outgoing} />
                ))}
                {isTyping && !entries.some(({ growing }) => growing) && (
                    <li class="entry assistant">
                        <div class="bubble dots" role="img" aria-label={t.chat.typing}>
                            <i />
                            <i />
                            <i />
                        </div>
                    </li>
                )}
            </ol>
            {isEmpty && (
                <div class="empty">
                    <p>{t.chat.empty}</p>
                    <div class="examples">
                        {t.chat.examples.map((text) => (
                            <button type="button" dir="auto" onClick={() => send({ text })}>
                                {text}
                            </button>
                        ))}
                    </div>
                </div>
            )}
            <Announcer entries={entries} isTyping={isTyping} />
            <Composer
                key={chat?.id}
                replyTo={replyTo}
                maxFileBytes={chat?.maxFileBytes ?? 0}
                isAnswering={isAnswering}
                onCancelReply={() => setReplyTo(undefined)}
                onStop={() => send({ text: "/stop" })}
                onSend={(text, files) => send({ text }, files)}
            />
        </>
    );
}

/** Says complete answers to those who do not see the page, and not each word of a growing one. */
function Announcer({
    entries,
    isTyping,
}: {
    readonly entries: readonly ChatEntry[];
    readonly isTyping: boolean;
}) {
    const { t } = useWords();
    const latest = entries.findLast(({ from, growing }) => from === "assistant" && !growing);
    const first = useRef(latest?.id);
    const isNew = latest !== undefined && latest.id !== first.current;
    return (
        <div class="hidden" role="status" aria-live="polite">
            {isTyping ? t.chat.typing : isNew ? `${t.chat.assistant}: ${plain(latest)}` : ""}
        </div>
    );
}

/**
 * Keeps the end of the conversation in sight as it grows, unless somebody reads further up; who sends
 * something looks at the end again.
 */
function useFollowedEnd() {
    const log = useRef<HTMLOListElement>(null);
    const isAtEnd = useRef(true);
    useEffect(() => {
        let before = scrollY;
        const look = (): void => {
            const left = document.documentElement.scrollHeight - innerHeight - scrollY;
            // Only who scrolls up leaves the end: the page may have grown since the last scrolling.
            if (left < 160) isAtEnd.current = true;
            else if (scrollY < before) isAtEnd.current = false;
            before = scrollY;
        };
        // A picture has its height only when it is loaded.
        const growing = new ResizeObserver(() => {
            const isEmpty = log.current?.childElementCount === 0;
            if (isAtEnd.current && !isEmpty) scrollTo(0, document.documentElement.scrollHeight);
        });
        if (log.current) growing.observe(log.current);
        addEventListener("scroll", look, { passive: true });
        return () => {
            growing.disconnect();
            removeEventListener("scroll", look);
        };
    }, []);
    const follow = (): void => {
        isAtEnd.current = true;
    };
    return { log, follow };
}
