import { Collection, createWid, MessageKey, MessageModel } from "./collections.js";
import { call, commands, connection, fetchMedia, lacking, listen, socket } from "./link.js";
import { chats, contacts, ensureChat, hold, loadEarlier, messages, own, setAck } from "./store.js";

const pairing = {
    setPairingType() {},
    initializeAltDeviceLinking: () => Promise.resolve(),
    startAltLinkingFlow: (phone) => call("pair-with-phone", phone),
};

/** Adds the message to the chat at once and sends it then: two promises, as in WhatsApp Web. */
function addAndSend(chat, fields) {
    const model = new MessageModel(fields);
    const group = chat.id.isGroup();
    hold(chat, model);
    messages.trigger("add", model);
    const answered = call("send", {
        id: String(model.id),
        stanza: model.id.id,
        chat: String(chat.id),
        ...(group ? { author: String(own.phone) } : {}),
        body: fields.body,
        mentions: (fields.mentionedJidList ?? []).map(String),
        quoted: fields.quotedStanzaID,
    });
    const stored = answered.then((fate) => {
        if (fate === "unknown-number") throw new Error("No LID for user");
        return fate === "lost" ? new Promise(() => {}) : model;
    });
    const sent = answered.then((fate) => {
        if (fate === "sent") setAck(model.id, 1);
        if (fate === "refused") setAck(model.id, -1);
        if (fate === "sent") return { messageSendResult: "OK", t: fields.t };
        return fate === "refused" ? { messageSendResult: "ERROR_UNKNOWN" } : new Promise(() => {});
    });
    sent.catch(() => {});
    return [stored, sent];
}

async function editMessage(model, body) {
    await call("edit", String(model.id), body);
    const before = model.body;
    model.body = body;
    messages.trigger("change:body", model, body, before);
}

async function download({ directPath }) {
    const name = directPath.slice("/v/".length);
    const response = await fetchMedia(name);
    if (response.ok) return await response.arrayBuffer();
    throw Object.assign(new Error("media"), { status: response.status });
}

const reactionTable = { bulkUpsert: () => Promise.resolve() };

function receiveReaction({ chat, text, ...rest }) {
    const from = createWid(chat);
    const id = { fromMe: false, remote: from, id: rest.stanza };
    const reaction = { id, reactionParentKey: rest.parent, reactionText: text, from };
    void reactionTable.bulkUpsert([{ ...reaction, reactionTimestamp: Date.now() }]);
}

/** Under which addresses people are known, as far as the page has asked. */
const learned = new Map();

async function queryExists(wid) {
    if (!(await call("exists", String(wid)))) return null;
    learned.set(String(wid), createWid(`${wid.user}@lid`));
    return { wid };
}

const byName = (contact, name) =>
    ({ getPushname: contact.pushname, getName: contact.name, getIsUser: true })[name];

const modules = {
    WAWebSocketModel: { Socket: socket },
    WAWebCmd: { Cmd: commands },
    WAWebLaunchSocketUtils: { refreshQR: () => call("refresh-qr") },
    WAWebConnModel: { Conn: connection },
    WAWebOfflineHandler: { OfflineMessageHandler: { getOfflineDeliveryProgress: () => 100 } },
    WAWebAltDeviceLinkingApi: pairing,
    WABase64: { encodeB64: (bytes) => btoa(String.fromCharCode(...bytes)) },
    WAWebCompanionRegClientUtils: { DEVICE_PLATFORM: "1" },
    WAWebAdvSignatureApi: {},
    WAWebUserPrefsInfoStore: {
        waNoiseInfo: {
            get: () => Promise.resolve({ staticKeyPair: { pubKey: new Uint8Array(32) } }),
        },
    },
    WAWebSignalStoreApi: {
        waSignalStore: {
            getRegistrationInfo: () =>
                Promise.resolve({ identityKeyPair: { pubKey: new Uint8Array(32) } }),
        },
    },
    WAWebUserPrefsMultiDevice: { getADVSecretKey: () => "c2VjcmV0" },
    WAWebUserPrefsMeUser: {
        getMaybeMePnUser: () => own.phone,
        getMaybeMeLidUser: () => own.lid,
    },
    WAWebCollections: {
        Msg: messages,
        Chat: chats,
        Contact: contacts,
        Blocklist: new Collection(),
        GroupMetadata: { update: () => Promise.resolve() },
    },
    WAWebSyncGatingUtils: {},
    WAWebCallCollection: {},
    WAWebWidFactory: { createWid, createWidFromWidLike: createWid, asUserWidOrThrow: createWid },
    WALinkify: { findLink: () => null, findLinks: () => [] },
    WAWebChatGetters: { getIsNewsletter: () => false, getIsBroadcast: () => false },
    WAWebMsgKey: MessageKey,
    WAWebGetEphemeralFieldsMsgActionsUtils: { getEphemeralFields: () => ({}) },
    WAWebFindChatAction: {
        findOrCreateLatestChat: (wid) => Promise.resolve({ chat: ensureChat(String(wid)) }),
    },
    WAWebChatLoadMessages: { loadEarlierMsgs: loadEarlier },
    WAWebStreamModel: { Stream: { markAvailable() {}, markUnavailable() {} } },
    WAWebUpdateUnreadChatAction: {
        sendSeen: ({ chat }) => call("seen", String(chat.id)),
    },
    WAWebSendMsgChatAction: { addAndSendMsgToChat: addAndSend },
    WAWebSendMessageEditAction: { sendMessageEdit: editMessage },
    WAWebSendReactionMsgAction: {
        sendReactionToMsg: (model, reaction) => call("react", String(model.id), reaction),
    },
    WAWebMsgActionCapability: {
        canEditText: (model) => model.id.fromMe,
        canEditCaption: () => false,
    },
    WAWebMsgReply: { canReplyMsg: () => true },
    WAWebQuotedMsgModelUtils: {
        getQuotedMsgObj(model) {
            const all = [...messages.getModelsArray(), ...messages.database.values()];
            return all.find((one) => one.id.id === model.quotedStanzaID);
        },
    },
    WAWebChatStateBridge: {
        sendChatStateComposing: (wid) => call("typing", String(wid)),
        sendChatStatePaused: (wid) => call("paused", String(wid)),
        sendChatStateRecording: (wid) => call("recording", String(wid)),
    },
    WAWebDownloadManager: { downloadManager: { downloadAndMaybeDecrypt: download } },
    WAWebApiContact: {
        getAlternateUserWid: () => null,
        getCurrentLid: (wid) => learned.get(String(wid)),
        getPhoneNumber: () => null,
    },
    WAWebQueryExistsJob: { queryWidExists: queryExists },
    WAWebLidMigrationUtils: { toPn: (wid) => wid, toLid: (wid) => wid },
    WAWebContactGetters: new Proxy({}, { get: (_, name) => (contact) => byName(contact, name) }),
    WAWebFrontendContactGetters: { getIsMyContact: () => false },
    WAWebAddonReactionTableMode: { reactionTableMode: reactionTable },
};

globalThis.require = (name) => {
    if (name in modules && !lacking.has(name)) return modules[name];
    throw new Error(`Requiring unknown module "${name}"`);
};
globalThis.Debug = { VERSION: "2.3000.1" };
listen(receiveReaction);
