/** What WhatsApp Web calls the whole name of an address. */
const nameField = "_serialized";

/** Something that tells listeners of events; one name may hold several, as in WhatsApp Web. */
export class Emitter {
    #listeners = new Map();

    on(names, listener) {
        this.#listenersOf(names).push(listener);
        return this;
    }

    once(names, listener) {
        const onlyOnce = (...values) => {
            this.off(names, onlyOnce);
            listener(...values);
        };
        return this.on(names, onlyOnce);
    }

    off(names, listener) {
        const kept = this.#listenersOf(names).filter((one) => one !== listener);
        this.#listeners.set(names, kept);
        return this;
    }

    trigger(name, ...values) {
        for (const [names, listeners] of this.#listeners) {
            if (!names.split(" ").includes(name)) continue;
            for (const listener of listeners.slice()) listener(...values);
        }
    }

    listens(name) {
        return this.#listenersOf(name).length > 0;
    }

    #listenersOf(names) {
        if (!this.#listeners.has(names)) this.#listeners.set(names, []);
        return this.#listeners.get(names);
    }
}

/** The address of a person, a group or a broadcast. */
export class Wid {
    constructor(serialized) {
        const [user, server] = serialized.split("@");
        this.server = server;
        this.user = user;
        this[nameField] = serialized;
    }

    isLid() {
        return this.server === "lid";
    }

    isGroup() {
        return this.server === "g.us";
    }

    isUser() {
        return this.server === "c.us" || this.isLid();
    }

    isStatus() {
        return this[nameField] === "status@broadcast";
    }

    toJSON() {
        return { server: this.server, user: this.user, [nameField]: this[nameField] };
    }

    toJid() {
        return this[nameField];
    }

    toString() {
        return this[nameField];
    }
}

/** An address from whatever names it. */
export function createWid(value) {
    if (value instanceof Wid) return value;
    const serialized = typeof value === "string" ? value : value?.[nameField];
    if (!serialized) throw new Error("wid error: invalid wid");
    return new Wid(serialized);
}

/** The name of a message within the account; since July 2026 its whole name is called `$1`. */
export class MessageKey {
    constructor({ from, to, id, participant, selfDir }) {
        this.fromMe = selfDir === "out";
        this.remote = this.fromMe ? to : from;
        this.id = id;
        if (participant) this.participant = participant;
        const parts = [this.fromMe, this.remote, id, ...(participant ? [participant] : [])];
        this.$1 = parts.map(String).join("_");
    }

    static newId() {
        const bytes = [...crypto.getRandomValues(new Uint8Array(9))];
        const digits = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
        return Promise.resolve(`3EB0${digits.toUpperCase()}`);
    }

    toString() {
        return this.$1;
    }
}

/** A message as the page holds it. */
export class MessageModel extends Emitter {
    constructor(fields) {
        super();
        Object.assign(this, fields);
    }

    serialize() {
        return JSON.parse(JSON.stringify(this));
    }

    unsafe() {
        return this;
    }

    canReply() {
        return true;
    }

    msgContextInfo() {
        return {
            quotedMsg: { type: this.type, body: this.body, caption: this.caption },
            quotedStanzaID: this.id.id,
            quotedParticipant: this.author ?? this.from,
        };
    }

    downloadMedia() {
        this.mediaData.mediaStage = this.failDownload === "error" ? "ERROR_DOWNLOAD" : "RESOLVED";
        return Promise.resolve();
    }
}

/** Models by their names. What is not loaded yet lies in the database behind it. */
export class Collection extends Emitter {
    #models = new Map();
    database = new Map();

    get(name) {
        return this.#models.get(String(name?.[nameField] ?? name));
    }

    getModelsArray() {
        return [...this.#models.values()];
    }

    put(model) {
        this.#models.set(String(model.id), model);
        return model;
    }

    /** Puts models before those that there are, as WhatsApp Web does with earlier messages. */
    putFirst(models) {
        const added = models.map((model) => [String(model.id), model]);
        this.#models = new Map([...added, ...this.#models]);
    }

    find(name) {
        return Promise.resolve(this.get(name));
    }

    getMessagesById(names) {
        if (names.includes(undefined)) return Promise.reject(new Error("No key specified."));
        const found = names.map((name) => this.get(name) ?? this.database.get(String(name)));
        return Promise.resolve({ messages: found.filter(Boolean) });
    }
}
