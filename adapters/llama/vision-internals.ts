/* oxlint-disable no-underscore-dangle -- node-llama-cpp writes its private members so */
import { withLock } from "lifecycle-utils";
import type { LlamaContext, LlamaContextSequence, Token } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";
import { supportedNodeLlamaCpp } from "./companion-inputs.ts";

/**
 * The private members of node-llama-cpp that the product touches. They are touched in this file
 * alone; companion-inputs.ts holds the one version that they were read in.
 */
interface ContextInternals {
    /** The native context, an `AddonContext`. */
    readonly _ctx: object;
    /** Keeps the native context from being freed while it is used. */
    readonly _backendContextDisposeGuard: {
        createPreventDisposalHandle(): { dispose(): void };
    };
}

interface SequenceInternals {
    readonly _sequenceId: number;
    _nextTokenIndex: number;
    _contextTokens: Token[];
    readonly _context: LlamaContext;
}

/** Feeds values into the native context behind a sequence, starting at `position`. */
export type FeedSequence = (
    addonContext: object,
    sequenceId: number,
    position: number,
) => Promise<void>;

/**
 * Appends positions that are not tokens to a sequence: `feed` fills the native context, then one
 * placeholder a position is recorded, so that comparing prefixes, erasing and saving the state go on
 * as if they were tokens. Holds the context's lock, as node-llama-cpp's own decoding does.
 *
 * @throws `prompt-too-long` when the context has no room for them.
 */
export async function appendPositions(
    context: LlamaContext,
    sequence: LlamaContextSequence,
    placeholders: readonly Token[],
    feed: FeedSequence,
): Promise<void> {
    const inner = contextInternals(context);
    const target = sequenceInternals(sequence);
    if (target._context !== context) throw broken("the sequence belongs to another context");
    await withLock([context, "context"], async () => {
        if (context.disposed || sequence.disposed) throw broken("the sequence has been disposed");
        const position = target._nextTokenIndex;
        if (position !== sequence.nextTokenIndex) throw broken("the sequence holds predictions");
        // One position stays free for the next token, as in node-llama-cpp's own decoding.
        if (position + placeholders.length > context.contextSize - 1) {
            throw new AppError(
                "prompt-too-long",
                "The picture does not fit into the model's context any more.",
            );
        }
        const handle = inner._backendContextDisposeGuard.createPreventDisposalHandle();
        try {
            await feed(inner._ctx, target._sequenceId, position);
        } finally {
            handle.dispose();
        }
        target._contextTokens = target._contextTokens.concat(placeholders);
        target._nextTokenIndex = position + placeholders.length;
    });
}

function contextInternals(context: LlamaContext): ContextInternals {
    const inner = context as unknown as Partial<ContextInternals>;
    const known =
        inner._ctx?.constructor.name === "AddonContext" &&
        typeof inner._backendContextDisposeGuard?.createPreventDisposalHandle === "function";
    if (!known) throw unknownVersion();
    return inner as ContextInternals;
}

function sequenceInternals(sequence: LlamaContextSequence): SequenceInternals {
    const inner = sequence as unknown as Partial<SequenceInternals>;
    const known =
        typeof inner._sequenceId === "number" &&
        typeof inner._nextTokenIndex === "number" &&
        Array.isArray(inner._contextTokens) &&
        typeof inner._context === "object";
    if (!known) throw unknownVersion();
    return inner as SequenceInternals;
}

function unknownVersion(): AppError {
    return new AppError(
        "companion-unavailable",
        `The loaded node-llama-cpp is not the version ${supportedNodeLlamaCpp} that pictures need.`,
        { remedy: "Run `npm ci` in the program's folder to install the right version." },
    );
}

function broken(reason: string): AppError {
    return new AppError("model-failed", `A picture cannot be appended: ${reason}.`);
}
