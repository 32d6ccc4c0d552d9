import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface DialogProps {
    readonly title: string;
    readonly onClose: () => void;
    readonly children: ComponentChildren;
}

/** A question before the page: the keyboard stays within it, and Escape closes it. */
export function Dialog({ title, onClose, children }: DialogProps) {
    const dialog = useRef<HTMLDialogElement>(null);
    const id = useId();
    useEffect(() => {
        const before = document.activeElement;
        dialog.current?.showModal();
        return () => {
            if (before instanceof HTMLElement) before.focus();
        };
    }, []);
    return (
        <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
            <h2 id={id}>{title}</h2>
            {children}
        </dialog>
    );
}
