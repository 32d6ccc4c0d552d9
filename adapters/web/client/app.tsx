import { useCallback, useEffect, useState } from "preact/hooks";
import type { SessionState } from "../wire.ts";
import { Console } from "./console.tsx";
import { LanguageContext } from "./format.ts";
import { usePageLanguage } from "./language.ts";
import { act, codeOf, readSession, ServerRefusal } from "./server.ts";
import { SignIn, type SignInFault } from "./sign-in.tsx";
import { texts } from "./texts.ts";

/** The secret in the address; it is taken out of it, so that nobody reads it over a shoulder. */
function takeToken(): string | undefined {
    const token = /^#sign-in=([\w-]+)$/.exec(location.hash)?.[1];
    if (token !== undefined) history.replaceState(null, "", location.pathname);
    return token;
}

/** Exchanges the secret in the address for a session, if there is one. */
async function openSession(): Promise<{ state: SessionState; fault?: SignInFault }> {
    const token = takeToken();
    const state = await readSession();
    if (token === undefined || state.signedIn || state.method === "password") return { state };
    try {
        await act("POST", "/api/session", { token });
        return { state: { ...state, signedIn: true } };
    } catch (error) {
        const retryAfterMs = error instanceof ServerRefusal ? error.retryAfterMs : undefined;
        return { state, fault: { code: codeOf(error), retryAfterMs } };
    }
}

/** The whole page. */
export function App() {
    const [language, chooseLanguage] = usePageLanguage();
    const [session, setSession] = useState<SessionState>();
    const [fault, setFault] = useState<SignInFault>();
    const look = useCallback(() => {
        openSession().then(
            (opened) => {
                setSession(opened.state);
                setFault(opened.fault);
            },
            (error: unknown) => setFault({ code: codeOf(error) }),
        );
    }, []);
    useEffect(() => {
        look();
        const onHash = (): void => {
            if (location.hash.startsWith("#sign-in=")) look();
        };
        addEventListener("hashchange", onHash);
        return () => removeEventListener("hashchange", onHash);
    }, [look]);

    const other = language === "ar" ? "en" : "ar";
    const switchButton = (
        <button type="button" class="quiet" lang={other} onClick={() => chooseLanguage(other)}>
            {texts[language].otherLanguage}
        </button>
    );
    const ended = useCallback(() => {
        setSession((before) => before && { ...before, signedIn: false });
        setFault({ code: "signed-out" });
    }, []);
    return (
        <LanguageContext.Provider value={language}>
            {session?.signedIn === true ? (
                <Console switchButton={switchButton} onEnded={ended} />
            ) : (
                <SignIn
                    method={session?.method}
                    fault={fault}
                    switchButton={switchButton}
                    onSignedIn={() => {
                        setFault(undefined);
                        setSession({ signedIn: true, method: "password" });
                    }}
                />
            )}
        </LanguageContext.Provider>
    );
}
