const socket = new Emitter();
const commands = new Emitter();
const connection = new Emitter();

Object.assign(connection, {
    ref: "2@first",
    platform: "android",
    serialize: () => ({ pushname: "Clinic", platform: "android" }),
});

function call(name, ...values) {
    return fetch(`${peerAddress}/call/${name}`, { method: "POST", body: JSON.stringify(values) })
        .then((response) => response.json())
        .then(({ value }) => value);
}

Object.assign(socket, {
    state: "UNLAUNCHED",
    hasSynced: false,
    logout: () => call("logout"),
    takeover: () => call("takeover"),
    reconnect() {},
});
commands.refreshQR = () => {};

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

const receivers = {
    snapshot({ phone, lid, state, ref, early, chats: loaded }) {
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
    synchronised: () => synchronise(),
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
    reaction: ({ reaction }) => receiveReaction(reaction),
    reload: () => location.reload(),
    leave: () => location.assign("https://web.whatsapp.com/elsewhere"),
};

function listen() {
    const source = new EventSource(`${peerAddress}/events`);
    source.onmessage = ({ data }) => {
        const event = JSON.parse(data);
        receivers[event.kind](event);
    };
}
