import { Collection, createWid, MessageKey, MessageModel } from "./collections.js";

/** How many messages of a chat are in memory after loading; the others lie in the database. */
const loadedAtFirst = 2;
/** How many earlier ones come at once. */
const loadedAtOnce = 3;

export const messages = new Collection();
messages.modelClass = MessageModel;
export const chats = new Collection();
export const contacts = new Collection();
/** The account's own addresses. */
export const own = { phone: undefined, lid: undefined };

/** A chat, new where there is none yet. */
export function ensureChat(name) {
    const known = chats.get(name);
    if (known) return known;
    const id = createWid(name);
    const chat = {
        id,
        formattedTitle: id.user,
        t: 0,
        unreadCount: 0,
        archive: false,
        mute: { expiration: 0 },
        msgs: new Collection(),
        lastReceivedKey: undefined,
        serialize() {
            const { t, unreadCount, formattedTitle, archive } = this;
            const msgs = this.msgs.getModelsArray().map((message) => String(message.id));
            return { id: id.toJSON(), t, unreadCount, formattedTitle, archive, msgs };
        },
        toJSON() {
            return this.serialize();
        },
    };
    if (id.isGroup()) {
        chat.groupMetadata = {
            isLidAddressingMode: false,
            serialize: () => ({ participants: [] }),
        };
    }
    const contact = { id, pushname: "Patient", name: "Patient", isBusiness: false };
    contacts.put({ ...contact, serialize: () => ({ ...contact, id: id.toJSON() }) });
    return chats.put(chat);
}

/** A message as it came from the peer, as WhatsApp Web would hold it. */
function toModel(wire, isNewMsg) {
    const chat = createWid(wire.chat);
    const me = chat.isLid() ? own.lid : own.phone;
    const author = wire.author === undefined ? undefined : createWid(wire.author);
    const id = keyOf(wire);
    const media = wire.media
        ? {
              directPath: `/v/${String(id)}`,
              mediaKey: "key",
              filehash: "hash",
              encFilehash: "hash",
              mediaObject: {},
              mediaData: { mediaStage: "INIT" },
              failDownload: wire.failDownload,
          }
        : {};
    const quoted = wire.quoted
        ? {
              quotedMsg: { type: wire.quoted.type, body: wire.quoted.body },
              quotedStanzaID: wire.quoted.stanza,
              quotedParticipant: createWid(wire.quoted.author),
          }
        : {};
    const album =
        wire.album === undefined
            ? {}
            : {
                  associationType: "MEDIA_ALBUM",
                  parentMsgKey: keyOf({ ...wire, stanza: wire.album }),
              };
    return new MessageModel({
        id,
        ack: wire.ack,
        type: wire.type,
        body: wire.body,
        caption: wire.caption,
        t: wire.t,
        from: wire.fromMe ? me : chat,
        to: wire.fromMe ? chat : me,
        ...(author ? { author } : {}),
        notifyName: "Patient",
        isNewMsg,
        mentionedJidList: wire.mentions.map(createWid),
        mimetype: wire.mimetype,
        filename: wire.filename,
        size: wire.size,
        ...media,
        ...quoted,
        ...album,
        ...wire.fields,
    });
}

function keyOf({ chat, fromMe, stanza, author }) {
    const remote = createWid(chat);
    const participant = author === undefined ? {} : { participant: createWid(author) };
    const selfDir = fromMe ? "out" : "in";
    return new MessageKey({ from: remote, to: remote, id: stanza, selfDir, ...participant });
}

/** Takes a whole chat over, as after loading the page. */
export function loadChat({ id, unread, messages: wires }) {
    const chat = ensureChat(id);
    chat.unreadCount = unread;
    for (const [index, wire] of wires.entries()) {
        const model = toModel(wire, false);
        messages.database.set(String(model.id), model);
        chat.msgs.database.set(String(model.id), model);
        if (index >= wires.length - loadedAtFirst) hold(chat, model);
    }
}

/** Puts a message into its chat. */
export function hold(chat, model) {
    chat.t = model.t;
    if (!model.id.fromMe) chat.lastReceivedKey = model.id;
    chat.msgs.put(model);
    messages.put(model);
}

/** Earlier messages of a chat, oldest first; none: there are no more. */
export function loadEarlier({ chat }) {
    const waiting = [...chat.msgs.database.values()].filter((one) => !chat.msgs.get(one.id));
    const loaded = waiting.slice(-loadedAtOnce);
    chat.msgs.putFirst(loaded);
    for (const model of loaded) messages.put(model);
    return Promise.resolve(loaded);
}

/** A message arrives, or arrives once more. */
export function addMessage(wire) {
    const chat = ensureChat(wire.chat);
    const known = messages.get(keyOf(wire));
    const model = known ?? toModel(wire, true);
    if (!known) hold(chat, model);
    messages.trigger("add", model);
}

/** A message has become different. */
export function changeMessage(wire) {
    const model = messages.get(keyOf(wire));
    if (!model) return;
    const { body, caption, type } = model;
    Object.assign(model, { body: wire.body, caption: wire.caption, type: wire.type });
    messages.trigger("change", model);
    if (type !== model.type) {
        model.trigger("change:type", model);
        messages.trigger("change:type", model);
    } else if (body !== model.body) {
        messages.trigger("change:body", model, model.body, body);
    } else if (caption !== model.caption) {
        messages.trigger("change:caption", model, model.caption, caption);
    }
}

/** How far a message has come. */
export function setAck(id, ack) {
    const model = messages.get(id);
    if (!model) return;
    model.ack = ack;
    messages.trigger("change:ack", model, ack);
}

/** How many messages of a chat are unread. */
export function setUnread(id, count) {
    const chat = ensureChat(id);
    if (chat.unreadCount === count) return;
    chat.unreadCount = count;
    chats.trigger("change:unreadCount", chat);
}
