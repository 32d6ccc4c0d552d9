/** Drawings of the page; what they mean always stands beside them, or on their button. */

/** The product's mark. */
export function Mark() {
    return (
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="9" />
            <path d="M9 11.5h14M9 16h5l2-4 2.5 8 1.7-4H23M9 21h14" />
        </svg>
    );
}

const paths = {
    chat: "M4 5h16v11H9l-5 4z",
    overview: "M4 4h7v7H4zM13 4h7v4h-7zM13 11h7v9h-7zM4 14h7v6H4z",
    figures: "M4 19h16M5 15l4-5 4 3 6-8",
    undelivered: "M4 6h16v12H4zM4 7l8 6 8-6",
    errors: "M12 4 2.5 20h19zM12 10v4M12 17v.5",
    send: "M4 12 20 4l-4 16-4-7z",
    stop: "M7 7h10v10H7z",
    attach: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M8.5 9h.01",
    close: "M6 6l12 12M18 6 6 18",
    fresh: "M12 5v14M5 12h14",
    reply: "M10 6 4 12l6 6M4 12h10a6 6 0 0 1 6 6",
} as const;

/** A small drawing. */
export function Icon({ name }: { readonly name: keyof typeof paths }) {
    return (
        <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
            <path d={paths[name]} />
        </svg>
    );
}
