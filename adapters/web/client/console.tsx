import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Chat } from "./chat.tsx";
import { Errors } from "./errors.tsx";
import { Figures } from "./figures.tsx";
import { useWords } from "./format.ts";
import { Icon, Mark } from "./icons.tsx";
import { Live, useLive } from "./live.ts";
import { Outgoing } from "./outgoing.ts";
import { Overview } from "./overview.tsx";
import { act, readSession } from "./server.ts";
import { Undelivered } from "./undelivered.tsx";

const views = ["chat", "overview", "figures", "undelivered", "errors"] as const;
type View = (typeof views)[number];

function viewInAddress(): View {
    return views.find((name) => location.hash === `#${name}`) ?? "overview";
}

interface ConsoleProps {
    readonly switchButton: ComponentChildren;
    readonly onEnded: () => void;
}

/** The page of somebody who has signed in. */
export function Console({ switchButton, onEnded }: ConsoleProps) {
    const { t, number } = useWords();
    const [live] = useState(() => new Live());
    const [outgoing] = useState(() => new Outgoing());
    const [view, setView] = useState(viewInAddress);
    const main = useRef<HTMLElement>(null);
    const state = useLive(live);
    useEffect(() => live.start(), [live]);
    useEffect(() => {
        const look = (): void => {
            setView(viewInAddress());
            main.current?.focus({ preventScroll: true });
            scrollTo(0, 0);
        };
        addEventListener("hashchange", look);
        return () => removeEventListener("hashchange", look);
    }, []);
    useEffect(() => {
        if (state.connection === "signed-out") onEnded();
        // The stream does not say why it was refused.
        if (state.connection !== "lost") return;
        readSession().then(
            ({ signedIn }) => !signedIn && onEnded(),
            () => undefined,
        );
    }, [state.connection, onEnded]);

    const failures = (state.overview?.processes ?? []).reduce(
        (all, process) => all + process.failures.length,
        0,
    );
    const counts: Partial<Record<View, number>> = {
        undelivered: state.overview?.deadReplies ?? 0,
        errors: failures,
    };
    return (
        <>
            <a class="skip" href="#main" onClick={(event) => focusMain(event, main.current)}>
                {t.skip}
            </a>
            <header class="top">
                <div class="brand">
                    <Mark />
                    <span>{t.product}</span>
                </div>
                <nav aria-label={t.product}>
                    {views.map((name) => (
                        <a href={`#${name}`} aria-current={name === view ? "page" : undefined}>
                            <Icon name={name} />
                            <span>{t.views[name]}</span>
                            {(counts[name] ?? 0) > 0 && (
                                <span class="count">{number(counts[name] ?? 0)}</span>
                            )}
                        </a>
                    ))}
                </nav>
                <div class="actions">
                    {switchButton}
                    <button
                        type="button"
                        class="quiet"
                        onClick={() => void act("DELETE", "/api/session").finally(onEnded)}
                    >
                        {t.signOut}
                    </button>
                </div>
            </header>
            <div role="status">
                {state.connection === "lost" && <p class="notice bad">{t.connection.lost}</p>}
            </div>
            <main id="main" ref={main} tabIndex={-1} class={`view-${view}`}>
                {view === "chat" && <Chat state={state} outgoing={outgoing} />}
                {view === "overview" && (
                    <Overview overview={state.overview} samples={state.samples} />
                )}
                {view === "figures" && <Figures samples={state.samples} />}
                {view === "undelivered" && <Undelivered known={state.overview?.deadReplies} />}
                {view === "errors" && <Errors overview={state.overview} />}
            </main>
        </>
    );
}

function focusMain(event: Event, main: HTMLElement | null): void {
    event.preventDefault();
    main?.focus();
}
