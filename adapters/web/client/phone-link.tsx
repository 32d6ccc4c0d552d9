import type { LinkView } from "../wire.ts";
import { useWords } from "./format.ts";

/** How the link with a phone stands, with the code that it must be shown. */
export function PhoneLink({ link }: { readonly link: LinkView }) {
    const { t } = useWords();
    const { heading, advice } = t.link.states[link.name];
    const { squares, pairingCode } = link;
    return (
        <section class={`card link link-${link.name}`} aria-live="polite">
            <div>
                <h2>{heading}</h2>
                <p>{advice}</p>
                {link.reason !== undefined && (
                    <p class="notice bad" lang="en" dir="ltr">
                        {link.reason} {link.remedy ?? ""}
                    </p>
                )}
                {pairingCode !== undefined && (
                    <p class="code" dir="ltr">
                        {pairingCode.slice(0, 4)}-{pairingCode.slice(4)}
                    </p>
                )}
            </div>
            {squares && <QrCode squares={squares} label={t.link.code} />}
        </section>
    );
}

/** Dark on white in every colour scheme: phones read nothing else. */
function QrCode({
    squares,
    label,
}: {
    readonly squares: readonly string[];
    readonly label: string;
}) {
    const side = squares.length;
    const path = squares.flatMap((row, y) =>
        row.split("").flatMap((square, x) => (square === "1" ? [`M${x} ${y}h1v1h-1z`] : [])),
    );
    return (
        <svg class="qr" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={label}>
            <rect width={side} height={side} fill="#fff" />
            <path d={path.join("")} fill="#000" />
        </svg>
    );
}
