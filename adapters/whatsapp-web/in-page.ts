/**
 * What runs inside the page of WhatsApp Web. Each function is carried there as text: it can use
 * nothing of this program, only its argument and what the library has put into the page.
 */

interface PageId {
    readonly _serialized: string;
    isGroup(): boolean;
    isLid(): boolean;
}

interface PageMessage {
    readonly id: { readonly _serialized: string; readonly id: string; readonly fromMe: boolean };
    readonly type: string;
    readonly isNotification?: boolean;
    readonly ack?: number;
    readonly t: number;
}

interface PageChat {
    readonly id: PageId;
    readonly t?: number;
    readonly unreadCount?: number;
    readonly groupMetadata?: { readonly isLidAddressingMode?: boolean };
    readonly msgs: { getModelsArray(): PageMessage[] };
}

interface PageModules {
    readonly WAWebSocketModel: { readonly Socket: { readonly state: string } };
    readonly WAWebCollections: {
        readonly Chat: { getModelsArray(): PageChat[] };
        readonly Msg: {
            get(id: string): PageMessage | undefined;
            getMessagesById(
                ids: readonly string[],
            ): Promise<{ readonly messages?: readonly PageMessage[] } | undefined>;
        };
    };
    readonly WAWebMsgKey: {
        new (parts: Readonly<Record<string, unknown>>): { readonly _serialized: string };
        newId(): Promise<string>;
    };
    readonly WAWebUserPrefsMeUser: {
        readonly getMaybeMePnUser: () => PageId | undefined;
        readonly getMaybeMeLidUser: () => PageId | undefined;
    };
    readonly WAWebWidFactory: { asUserWidOrThrow(id: PageId | undefined): PageId };
    readonly WAWebChatLoadMessages: {
        readonly loadEarlierMsgs: (options: {
            chat: PageChat;
        }) => Promise<PageMessage[] | undefined>;
    };
}

declare const window: {
    require<Name extends keyof PageModules>(name: Name): PageModules[Name];
    readonly WWebJS: {
        getChat(chat: string, options: { getAsModel: false }): Promise<PageChat | undefined>;
        sendMessage(chat: PageChat, text: string, options: object): Promise<unknown>;
        sendChatstate(state: "typing" | "stop", chat: string): Promise<unknown>;
        sendSeen(chat: string): Promise<unknown>;
        getMessageModel(message: PageMessage): object;
        enforceLidAndPnRetrieval(chat: string): Promise<{ readonly lid?: PageId }>;
    };
};

/** The account's own addresses. */
export function readOwnAddresses(): Promise<string[]> {
    const { getMaybeMePnUser, getMaybeMeLidUser } = window.require("WAWebUserPrefsMeUser");
    const addresses = [getMaybeMePnUser(), getMaybeMeLidUser()].flatMap((own) => {
        const { _serialized: address } = own ?? {};
        return address ?? [];
    });
    return Promise.resolve(addresses);
}

/** A name for a message that is going to be sent. */
export async function newMessageId(): Promise<string> {
    return await window.require("WAWebMsgKey").newId();
}

/** Shows or hides "typing". */
export async function showChatState({
    chat,
    state,
}: {
    readonly chat: string;
    readonly state: "typing" | "stop";
}): Promise<void> {
    await window.WWebJS.sendChatstate(state, chat);
}

/** A message that is to be in a chat once. */
export interface Delivery {
    readonly chat: string;
    /** The middle part of its id. */
    readonly id: string;
    readonly text: string;
    /** It may have been sent before: it is looked for first. */
    readonly mayBeOut: boolean;
    /** How long WhatsApp's confirmation is waited for. */
    readonly confirmMs: number;
    /** A message that has waited in the page for longer than this is sent again. */
    readonly pendingMs: number;
    /** The message that it answers. */
    readonly answers?: string;
    /** Quotes the answered message also when nothing was written after it. */
    readonly quotes: boolean;
}

/** What became of a {@link Delivery}. */
export type DeliveryState =
    /** WhatsApp's server has it. */
    | "sent"
    /** The page has it and will send it. */
    | "waiting"
    /** WhatsApp says that it could not be sent, or says nothing. */
    | "failed"
    /** The page has no connection: nothing was done. */
    | "offline"
    /** There is nobody with this address. */
    | "nobody";

/**
 * Looks for a message and sends it if it is not in its chat yet. The id is chosen beforehand (the
 * library would make one up only now), so that a message is recognised whatever happens; one that
 * is sent again has the same id, under which the patient's phone knows it.
 */
export async function deliver(delivery: Delivery): Promise<DeliveryState> {
    const { Msg } = window.require("WAWebCollections");
    const stateOf = (message: PageMessage | undefined): DeliveryState => {
        const { ack = -1 } = message ?? {};
        return ack > 0 ? "sent" : ack < 0 ? "failed" : "waiting";
    };
    const untilMs = Date.now() + delivery.confirmMs;
    const confirmed = async (message: PageMessage): Promise<DeliveryState> => {
        while (stateOf(message) === "waiting" && Date.now() < untilMs) {
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return stateOf(message);
    };
    let isLookedFor = !delivery.mayBeOut;
    const attempt = async (): Promise<DeliveryState> => {
        const chat = await window.WWebJS.getChat(delivery.chat, { getAsModel: false });
        if (!chat) return "nobody";
        const { getMaybeMePnUser, getMaybeMeLidUser } = window.require("WAWebUserPrefsMeUser");
        const isGroup = chat.id.isGroup();
        const asLid = isGroup ? chat.groupMetadata?.isLidAddressingMode : chat.id.isLid();
        const from = asLid ? getMaybeMeLidUser() : getMaybeMePnUser();
        const participant = isGroup
            ? window.require("WAWebWidFactory").asUserWidOrThrow(from)
            : undefined;
        const name = { from, to: chat.id, id: delivery.id, participant, selfDir: "out" };
        const key = new (window.require("WAWebMsgKey"))(name);
        const { _serialized: wholeId } = key;
        const inChat = chat.msgs.getModelsArray();
        if (!isLookedFor) {
            const found =
                Msg.get(wholeId) ??
                inChat.find(({ id }) => id.fromMe && id.id === delivery.id) ??
                (await Msg.getMessagesById([wholeId]))?.messages?.[0];
            const isStuck = Date.now() - (found?.t ?? 0) * 1000 > delivery.pendingMs;
            const state = found && !isStuck ? await confirmed(found) : stateOf(found);
            if (state === "sent" || (state === "waiting" && !isStuck)) return state;
            isLookedFor = true;
        }
        if (window.require("WAWebSocketModel").Socket.state !== "CONNECTED") return "offline";
        const received = inChat.filter(({ id, isNotification }) => !id.fromMe && !isNotification);
        const newest = received.toSorted((a, b) => a.t - b.t).at(-1);
        const { _serialized: newestId = delivery.answers } = newest?.id ?? {};
        const isOvertaken = newestId !== delivery.answers;
        const sending = window.WWebJS.sendMessage(chat, delivery.text, {
            parseVCards: false,
            mentionedJidList: [],
            quotedMessageId: delivery.quotes || isOvertaken ? delivery.answers : undefined,
            ignoreQuoteErrors: true,
            waitUntilMsgSent: true,
            extraOptions: { id: key },
        });
        const late = new Promise((resolve) => setTimeout(resolve, delivery.confirmMs));
        await Promise.race([sending, late]);
        const sent = Msg.get(wholeId);
        return sent ? await confirmed(sent) : "failed";
    };
    try {
        return await attempt();
    } catch (error) {
        const words = String(error instanceof Error ? error.message : error);
        if (/invalid wid/i.test(words)) return "nobody";
        // The page has perhaps not learned yet under which address the person is reached.
        const isUnknown = /No LID for user/i.test(words) && !delivery.chat.endsWith("@g.us");
        if (!isUnknown) throw error;
        const { lid } = await window.WWebJS.enforceLidAndPnRetrieval(delivery.chat);
        return lid ? await attempt() : "nobody";
    }
}

/** Marks a chat as read, unless something came after the message that was taken last. */
export async function markSeen({
    chat: address,
    takenId,
}: {
    readonly chat: string;
    readonly takenId: string;
}): Promise<void> {
    const chat = await window.WWebJS.getChat(address, { getAsModel: false });
    const received = (chat?.msgs.getModelsArray() ?? []).filter(
        ({ id, isNotification, type }) =>
            !id.fromMe && !isNotification && !/^(?:album|call_log|revoked)$/.test(type),
    );
    const newest = received.toSorted((a, b) => a.t - b.t).at(-1);
    const { _serialized: newestId = takenId } = newest?.id ?? {};
    if (newestId === takenId) await window.WWebJS.sendSeen(address);
}

/** Which messages are read. Times in seconds since 1970. */
export interface Search {
    /** Unread messages from here on. */
    readonly fromS: number;
    /** All messages between these times. */
    readonly aroundFromS: number;
    readonly aroundToS: number;
    /** Most messages of one chat that are looked at. */
    readonly mostMessages: number;
}

/** What a {@link Search} has found. */
export interface Found {
    /** As the library gives messages, oldest first. */
    readonly messages: readonly object[];
    /** How many there are beyond these that cannot be read. */
    readonly unreadable: number;
}

/** What lies in the chats that a {@link Search} looks for. */
export async function readMissed(search: Search): Promise<Found> {
    const found: PageMessage[] = [];
    const chats = window.require("WAWebCollections").Chat.getModelsArray();
    for (const chat of chats) {
        const { t = 0 } = chat;
        const unread = Math.max(0, chat.unreadCount ?? 0);
        const isRecent = t >= search.aroundFromS;
        if ((unread === 0 && !isRecent) || t < search.fromS) continue;
        const { _serialized: address } = chat.id;
        if (!/@(?:c\.us|lid|g\.us)$/.test(address)) continue;
        const isInbound = ({ id, isNotification }: PageMessage): boolean =>
            !id.fromMe && !isNotification;
        let messages = chat.msgs.getModelsArray();
        const mayBeMore = (): boolean => {
            const oldestS = Math.min(...messages.map((message) => message.t));
            const hasUnread = messages.filter(isInbound).length >= unread;
            if (messages.length >= search.mostMessages || oldestS < search.fromS) return false;
            return !hasUnread || (isRecent && oldestS >= search.aroundFromS);
        };
        while (mayBeMore()) {
            const { loadEarlierMsgs } = window.require("WAWebChatLoadMessages");
            const earlier = await loadEarlierMsgs({ chat }).catch(() => undefined);
            if (!earlier || earlier.length === 0) break;
            messages = [...earlier, ...messages];
        }
        const inbound = messages.filter(isInbound).toSorted((a, b) => a.t - b.t);
        const firstUnread = inbound.length - unread;
        found.push(
            ...inbound.filter((message, index) => {
                const isAround = message.t >= search.aroundFromS && message.t <= search.aroundToS;
                return message.t >= search.fromS && (index >= firstUnread || isAround);
            }),
        );
    }
    found.sort((a, b) => a.t - b.t);
    // One message that WhatsApp Web holds in a form of its own must not hide all others.
    const messages = found.flatMap((message) => {
        try {
            return [window.WWebJS.getMessageModel(message)];
        } catch {
            return [];
        }
    });
    return { messages, unreadable: found.length - messages.length };
}
