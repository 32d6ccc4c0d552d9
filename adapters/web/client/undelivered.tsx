import { useCallback, useEffect, useState } from "preact/hooks";
import type { DeadReplyView, OpenedReply } from "../wire.ts";
import { Dialog } from "./dialog.tsx";
import { Formatted } from "./formatted.tsx";
import { useWords } from "./format.ts";
import { useAccountName } from "./overview.tsx";
import { act, codeOf, read } from "./server.ts";
import type { Texts } from "./texts-shape.ts";

/** What is asked of somebody before it is done. */
interface Question {
    readonly kind: "open" | "discard";
    readonly reply: DeadReplyView;
}

type News = { readonly tone: "good" | "bad"; readonly sentence: string };

/** The replies that could not be delivered. */
export function Undelivered({ known }: { readonly known: number | undefined }) {
    const { t } = useWords();
    const [replies, setReplies] = useState<readonly DeadReplyView[]>();
    const [filter, setFilter] = useState<Filter>({ words: "", account: "", sinceMs: 0 });
    const [question, setQuestion] = useState<Question>();
    const [opened, setOpened] = useState<OpenedReply>();
    const [news, setNews] = useState<News>();
    const complain = useCallback(
        (error: unknown) => setNews({ tone: "bad", sentence: t.refusals[codeOf(error)] }),
        [t],
    );
    const load = useCallback(() => {
        read<readonly DeadReplyView[]>("/api/dead-letters").then(setReplies, complain);
    }, [complain]);
    useEffect(load, [load, known]);

    const change = async (id: string, how: "resend" | "discard"): Promise<void> => {
        try {
            const path = `/api/dead-letters/${id}`;
            await (how === "resend" ? act("POST", `${path}/resend`) : act("DELETE", path));
            const sentence = how === "resend" ? t.undelivered.resent : t.undelivered.discarded;
            setNews({ tone: "good", sentence });
        } catch (error) {
            complain(error);
        }
        load();
    };
    const confirm = ({ kind, reply }: Question): void => {
        setQuestion(undefined);
        if (kind === "discard") return void change(reply.id, "discard");
        act<OpenedReply>("POST", `/api/dead-letters/${reply.id}/open`).then(setOpened, complain);
    };
    const found = (replies ?? []).filter((reply) => fits(reply, filter));
    return (
        <>
            <div class="heading">
                <h1>{t.undelivered.title}</h1>
            </div>
            <p class="faint">{t.undelivered.about}</p>
            <div role="status">{news && <p class={`notice ${news.tone}`}>{news.sentence}</p>}</div>
            {replies?.length === 0 && <p class="card empty">{t.undelivered.empty}</p>}
            {replies !== undefined && replies.length > 0 && (
                <>
                    <Filters replies={replies} filter={filter} onChange={setFilter} />
                    <p role="status" class="faint">
                        {found.length === 0
                            ? t.undelivered.noneFound
                            : t.undelivered.count(found.length)}
                    </p>
                    <ul class="replies">
                        {found.map((reply) => (
                            <Reply
                                key={reply.id}
                                reply={reply}
                                onOpen={() => setQuestion({ kind: "open", reply })}
                                onResend={() => void change(reply.id, "resend")}
                                onDiscard={() => setQuestion({ kind: "discard", reply })}
                            />
                        ))}
                    </ul>
                </>
            )}
            {question && (
                <Ask
                    t={t}
                    question={question}
                    onClose={() => setQuestion(undefined)}
                    onConfirm={() => confirm(question)}
                />
            )}
            {opened && (
                <Dialog title={t.undelivered.open} onClose={() => setOpened(undefined)}>
                    <p class="notice warn">{t.undelivered.recorded}</p>
                    <div class="opened" lang={opened.language}>
                        <Formatted text={opened.text} />
                    </div>
                    <div class="buttons">
                        <button type="button" class="primary" onClick={() => setOpened(undefined)}>
                            {t.close}
                        </button>
                    </div>
                </Dialog>
            )}
        </>
    );
}

interface AskProps {
    readonly t: Texts;
    readonly question: Question;
    readonly onClose: () => void;
    readonly onConfirm: () => void;
}

function Ask({ t, question: { kind, reply }, onClose, onConfirm }: AskProps) {
    const isOpening = kind === "open";
    const { open, discard, openWarning, openAnyway, discardWarning } = t.undelivered;
    return (
        <Dialog title={isOpening ? open : discard} onClose={onClose}>
            <p>
                <bdi class="id">{reply.id}</bdi>
            </p>
            <p>{isOpening ? openWarning : discardWarning}</p>
            <div class="buttons">
                <button type="button" onClick={onClose}>
                    {t.cancel}
                </button>
                <button type="button" class="danger" onClick={onConfirm}>
                    {isOpening ? openAnyway : discard}
                </button>
            </div>
        </Dialog>
    );
}

interface ReplyProps {
    readonly reply: DeadReplyView;
    readonly onOpen: () => void;
    readonly onResend: () => void;
    readonly onDiscard: () => void;
}

function Reply({ reply, onOpen, onResend, onDiscard }: ReplyProps) {
    const { t, dateTime } = useWords();
    const { id, account, committedAtMs, diedAtMs } = reply;
    return (
        <li class="card reply">
            <div>
                <strong>{useAccountName(account)}</strong> <bdi class="id">{id}</bdi>
                <p class="faint">
                    {t.undelivered.written}: {dateTime(committedAtMs)} · {t.undelivered.givenUp}:{" "}
                    {dateTime(diedAtMs)}
                </p>
            </div>
            <div class="buttons" role="group" aria-label={`${t.undelivered.actions} ${id}`}>
                <button type="button" onClick={onOpen}>
                    {t.undelivered.open}
                </button>
                <button type="button" onClick={onResend}>
                    {t.undelivered.resend}
                </button>
                <button type="button" class="danger quiet" onClick={onDiscard}>
                    {t.undelivered.discard}
                </button>
            </div>
        </li>
    );
}

interface Filter {
    readonly words: string;
    readonly account: string;
    readonly sinceMs: number;
}

function fits({ id, account, diedAtMs }: DeadReplyView, filter: Filter): boolean {
    const words = filter.words.trim().toLowerCase();
    const isMeant = words === "" || `${id} ${account}`.toLowerCase().includes(words);
    return isMeant && [account, ""].includes(filter.account) && diedAtMs >= filter.sinceMs;
}

interface FiltersProps {
    readonly replies: readonly DeadReplyView[];
    readonly filter: Filter;
    readonly onChange: (filter: Filter) => void;
}

function Filters({ replies, filter, onChange }: FiltersProps) {
    const { t } = useWords();
    const accounts = [...new Set(replies.map(({ account }) => account))];
    return (
        <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
            <label>
                {t.undelivered.search}
                <input
                    type="search"
                    dir="ltr"
                    value={filter.words}
                    onInput={({ currentTarget }) =>
                        onChange({ ...filter, words: currentTarget.value })
                    }
                />
            </label>
            <label>
                {t.undelivered.account}
                <select
                    value={filter.account}
                    onChange={({ currentTarget }) =>
                        onChange({ ...filter, account: currentTarget.value })
                    }
                >
                    <option value="">{t.undelivered.allAccounts}</option>
                    {accounts.map((account) => (
                        <option value={account}>{account}</option>
                    ))}
                </select>
            </label>
            <label>
                {t.undelivered.from}
                <input
                    type="date"
                    onInput={({ currentTarget }) =>
                        onChange({ ...filter, sinceMs: currentTarget.valueAsDate?.getTime() ?? 0 })
                    }
                />
            </label>
        </form>
    );
}
