import { createWid, Emitter } from "./collections.js";
import { addMessage, changeMessage, loadChat, own, setAck, setUnread } from "./store.js";

const peerAddress = new URL(import.meta.url).origin;

/** What this version of WhatsApp Web does not have. */
export const lacking = new Set();
export const socket = new Emitter();
export const commands = new Emitter();
export const connection = new Emitter();

Object.assign(connection, {
    ref: "2@first",
    platform: "android",
    serialize: () => ({ pushname: "Clinic", platform: "android" }),
});

/** Asks the peer for something. */
export function call(name, ...values) {
    return fetch(`${peerAddress}/call/${name}`, { method: "POST", body: JSON.stringify(values) })
        .then((response) => response.json())
        .then(({ value }) => value);
}

/** The file of a message. */
export function fetchMedia(name) {
    return fetch(`${peerAddress}/media/${encodeURIComponent(name)}`);
}

Object.assign(socket, {
    state: "UNLAUNCHED",
    hasSynced: false,
    logout: () => call("logout"),
    takeover: () => call("takeover"),
    reconnect() {},
});

function setState(state) {
    socket.state = state;
    socket.trigger("change:state", socket, state);
}

function synchronise() {
    socket.hasSynced = true;
    socket.trigger("change:hasSynced", socket, true);
}

/** Real loading takes long enough for the library to listen; here it is waited for. */
function synchroniseWhenHeard() {
    if (socket.listens("change:hasSynced")) synchronise();
    else setTimeout(synchroniseWhenHeard, 10);
}

/** As soon as the library has begun with what it does at the first time. */
function synchroniseOnceLoaded() {
    if (globalThis.WWebJS) synchronise();
    else setTimeout(synchroniseOnceLoaded, 1);
}

const receivers = {
    snapshot({ phone, lid, state, ref, early, lacks, chats: loaded }) {
        for (const name of lacks) lacking.add(name);
        own.phone = createWid(phone);
        own.lid = createWid(lid);
        connection.wid = own.phone;
        connection.ref = ref;
        if (state === "CONNECTED") for (const chat of loaded) loadChat(chat);
        if (early) synchronise();
        setState(state);
        if (state === "CONNECTED" && !early) synchroniseWhenHeard();
    },
    linked({ chats: loaded }) {
        for (const chat of loaded) loadChat(chat);
        setState("PAIRING");
        setState("CONNECTED");
        synchroniseWhenHeard();
    },
    state: ({ state }) => setState(state),
    synchronised: () => synchroniseOnceLoaded(),
    ref({ ref }) {
        connection.ref = ref;
        connection.trigger("change:ref", connection, ref);
    },
    loggedOut() {
        commands.trigger("logout");
        setTimeout(() => location.assign("https://web.whatsapp.com/?post_logout=1"), 50);
    },
    add: ({ message }) => addMessage(message),
    change: ({ message }) => changeMessage(message),
    ack: ({ id, ack }) => setAck(id, ack),
    unread: ({ chat, count }) => setUnread(chat, count),
    reload: () => location.reload(),
    leave: () => location.assign("https://web.whatsapp.com/elsewhere"),
};

/** Hears from the peer what happens, from now on. */
export function listen(receiveReaction) {
    const source = new EventSource(`${peerAddress}/events`);
    source.onmessage = ({ data }) => {
        const event = JSON.parse(data);
        if (event.kind === "reaction") receiveReaction(event.reaction);
        else receivers[event.kind](event);
    };
}
