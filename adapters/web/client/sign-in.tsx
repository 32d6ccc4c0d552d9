import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { RefusalCode, SessionState } from "../wire.ts";
import { useWords } from "./format.ts";
import { Mark } from "./icons.tsx";
import { act, codeOf, ServerRefusal } from "./server.ts";

/** Why somebody is not signed in. */
export interface SignInFault {
    readonly code: RefusalCode | "unreachable";
    readonly retryAfterMs?: number | undefined;
}

interface SignInProps {
    readonly method: SessionState["method"] | undefined;
    readonly fault: SignInFault | undefined;
    readonly switchButton: ComponentChildren;
    readonly onSignedIn: () => void;
}

/** Asks for the password, or says where the address is to be found. */
export function SignIn({ method, fault: given, switchButton, onSignedIn }: SignInProps) {
    const { t } = useWords();
    const [password, setPassword] = useState("");
    const [isBusy, setBusy] = useState(false);
    const [fault, setFault] = useState(given);
    const field = useRef<HTMLInputElement>(null);
    useEffect(() => setFault(given), [given]);
    useEffect(() => field.current?.focus(), [method]);

    const submit = async (): Promise<void> => {
        setBusy(true);
        try {
            await act("POST", "/api/session", { password });
            onSignedIn();
        } catch (error) {
            const retryAfterMs = error instanceof ServerRefusal ? error.retryAfterMs : undefined;
            setFault({ code: codeOf(error), retryAfterMs });
            setPassword("");
            field.current?.focus();
        } finally {
            setBusy(false);
        }
    };
    return (
        <main class="sign-in">
            <div class="card">
                <header>
                    <Mark />
                    <h1>{t.product}</h1>
                    {switchButton}
                </header>
                {method === "address" && fault?.code !== "signed-out" && (
                    <p>{t.signIn.byAddress}</p>
                )}
                <div role="alert">{fault && <FaultText fault={fault} method={method} />}</div>
                {method === "password" && (
                    <form
                        onSubmit={(event) => {
                            event.preventDefault();
                            void submit();
                        }}
                    >
                        <label for="password">{t.signIn.password}</label>
                        <input
                            id="password"
                            ref={field}
                            type="password"
                            autocomplete="current-password"
                            dir="ltr"
                            required
                            value={password}
                            onInput={(event) => setPassword(event.currentTarget.value)}
                        />
                        <button type="submit" class="primary" disabled={isBusy}>
                            {t.signIn.submit}
                        </button>
                    </form>
                )}
            </div>
        </main>
    );
}

function FaultText({ fault, method }: Pick<SignInProps, "method"> & { fault: SignInFault }) {
    const { t } = useWords();
    const minutes = Math.max(1, Math.ceil((fault.retryAfterMs ?? 0) / 60_000));
    const isEnd = fault.code === "signed-out";
    const sentence = isEnd && method === "password" ? t.signIn.ended : t.refusals[fault.code];
    return (
        <p class={isEnd ? "notice" : "notice bad"}>
            {sentence}
            {fault.retryAfterMs === undefined ? "" : ` ${t.signIn.retryIn(minutes)}`}
            {isEnd && method === "address" ? ` ${t.signIn.byAddress}` : ""}
        </p>
    );
}
