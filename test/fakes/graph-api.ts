import { createHash, randomBytes } from "node:crypto";
import {
    bodyOf,
    checkMessage,
    checkReading,
    optionsOf,
    type SentMessage,
} from "./graph-api-checks.ts";
import { type GraphCall, GraphApiServer, GraphRefusal } from "./graph-api-server.ts";
import { WebhookSender } from "./graph-api-webhooks.ts";

/** A message of the clinic as it stands in a chat. */
export interface ChatMessage {
    readonly id: string;
    readonly body: string;
    readonly options: readonly { readonly id: string; readonly title: string }[];
    /** The patient's message that it answers. */
    readonly answers: string | undefined;
    readonly sent: SentMessage;
}

/** Where webhooks go: those with messages, and those about the clinic's own messages. */
export interface WebhookAddresses {
    readonly messages: string;
    readonly statuses: string;
}

/** Who writes, and in answer to what. */
export interface PatientOptions {
    /** A message that is replied to. */
    readonly replyTo?: string;
    /** The patient hides the phone number behind a user name. */
    readonly hidden?: boolean;
    readonly phoneNumberId?: string;
}

/** Patients' phone numbers: the chat's number with a country code. Invented. */
export function phoneOf(chat: number): string {
    return `966500${String(chat).padStart(6, "0")}`;
}

/** Meta's id of a patient for this clinic. Invented. */
export function userIdOf(chat: number): string {
    return `SA.9000000${String(chat)}`;
}

/**
 * A Graph API on the loopback interface: the WhatsApp Cloud API as a clinic sees it, and the patients
 * behind it. Strict where Meta is: token, fields, lengths, whom is written to and when.
 */
export class GraphApi extends GraphApiServer {
    override accessToken = `EAAJB${randomBytes(24).toString("hex")}`;
    readonly appSecret = randomBytes(16).toString("hex");
    readonly verifyToken = randomBytes(12).toString("hex");
    readonly phoneNumberIds: readonly string[];
    readonly webhooks = new WebhookSender(this.appSecret);
    /** Set before anybody writes. */
    addresses: WebhookAddresses | undefined;
    /** How content patients are, as Meta sees it. */
    quality = "GREEN";
    /** Whether receipts of the clinic's messages are sent. */
    sendsStatuses = true;
    readonly #chats = new Map<string, ChatMessage[]>();
    readonly #ofPatients = new Map<string, string>();
    readonly #refused = new Map<string, number>();
    readonly #files = new Map<
        string,
        { readonly bytes: Uint8Array; readonly statedSize: number | undefined }
    >();
    #latest: { readonly chat: number; readonly payload: object } | undefined;

    constructor(phoneNumberIds: readonly string[]) {
        super();
        this.phoneNumberIds = phoneNumberIds;
    }

    /** The clinic's messages in a chat, oldest first. */
    messagesIn(chat: number): readonly ChatMessage[] {
        const ofUser = this.#chats.get(userIdOf(chat)) ?? [];
        return [...(this.#chats.get(phoneOf(chat)) ?? []), ...ofUser];
    }

    /** How often "typing" has been shown for a message in the chat. */
    typingsIn(chat: number): number {
        return this.callsOf("typing").filter(({ message_id: id }) => {
            return this.#ofPatients.get(String(id)) === phoneOf(chat);
        }).length;
    }

    /** The patient writes; gives the id of the message. */
    sendText(chat: number, text: string, options: PatientOptions = {}): string {
        return this.sendContent(chat, "text", { text: { body: text } }, options);
    }

    /** The patient sends a photo. */
    sendImage(
        chat: number,
        bytes: Uint8Array,
        caption?: string,
        options: PatientOptions = {},
    ): string {
        const image = { ...this.addFile(bytes), mime_type: "image/jpeg", ...captioned(caption) };
        return this.sendContent(chat, "image", { image }, options);
    }

    /** The patient sends anything: the type of the message and its fields. */
    sendContent(
        chat: number,
        type: string,
        content: object,
        { replyTo, hidden = false, phoneNumberId }: PatientOptions = {},
    ): string {
        const id = wamid();
        this.#ofPatients.set(id, hidden ? userIdOf(chat) : phoneOf(chat));
        const message = {
            ...(hidden ? {} : { from: phoneOf(chat) }),
            from_user_id: userIdOf(chat),
            id,
            timestamp: String(Math.floor(Date.now() / 1000)),
            type,
            ...(replyTo === undefined ? {} : { context: { from: "15550783881", id: replyTo } }),
            ...content,
        };
        const contact = {
            profile: { name: "Patient" },
            ...(hidden ? {} : { wa_id: phoneOf(chat) }),
            user_id: userIdOf(chat),
        };
        this.push(chat, { contacts: [contact], messages: [message] }, phoneNumberId);
        return id;
    }

    /** The patient presses a button, or chooses a row, of the clinic's latest message that has it. */
    press(chat: number, title: string, options: PatientOptions = {}): void {
        for (const { id, options: offered, sent } of this.messagesIn(chat).toReversed()) {
            const option = offered.find((one) => one.title === title);
            if (!option) continue;
            const isButton = sent.type === "interactive" && sent.interactive.type === "button";
            const kind = isButton ? "button_reply" : "list_reply";
            const interactive = { type: kind, [kind]: option };
            this.sendContent(chat, "interactive", { interactive }, { ...options, replyTo: id });
            return;
        }
        throw new Error(`No button "${title}" is visible.`);
    }

    /** Sends a webhook about a phone number. */
    push(chat: number, value: object, phoneNumberId = this.#firstNumber): void {
        const payload = webhook(phoneNumberId, value);
        this.#latest = { chat, payload };
        this.pushWhole(chat, payload);
    }

    /** Sends a whole webhook. */
    pushWhole(chat: number, payload: object): void {
        this.webhooks.push(`chat-${chat}`, this.#addresses.messages, payload);
    }

    /** The latest webhook about a patient's message is delivered once more. */
    repeatLatest(): void {
        if (this.#latest) this.pushWhole(this.#latest.chat, this.#latest.payload);
    }

    /** A file that a patient has sent, as webhooks describe it. */
    addFile(
        bytes: Uint8Array,
        statedSize?: number,
    ): { readonly id: string; readonly sha256: string } {
        const id = String(1_000_000_000 + this.#files.size);
        this.#files.set(id, { bytes, statedSize });
        return { id, sha256: createHash("sha256").update(bytes).digest("base64") };
    }

    /** Messages to the patient are refused with this error number (131026: not reachable). */
    refuse(chat: number, code = 131026): void {
        this.#refused.set(phoneOf(chat), code);
    }

    /** Ends webhooks and connections. */
    override async close(): Promise<void> {
        await this.webhooks.stop();
        await super.close();
    }

    protected override carryOut(call: GraphCall): object {
        switch (call.action) {
            case "send":
                return this.#send(call);
            case "typing":
                return this.#read(call);
            case "number":
                this.#checkNumber(call.id);
                return { verified_name: "Night Clinic", quality_rating: this.quality, id: call.id };
            case "media":
                return this.#locate(call.id);
            case "file":
            case "unknown":
                throw new GraphRefusal(400, 100, "Unsupported request");
        }
    }

    protected override readFile(id: string): Uint8Array | undefined {
        return this.#files.get(id)?.bytes;
    }

    #send({ id: phoneNumberId, payload }: GraphCall): object {
        this.#checkNumber(phoneNumberId);
        const sent = checkMessage(payload);
        const chat = sent.to ?? sent.recipient ?? "";
        const code = this.#refused.get(chat);
        if (code !== undefined) throw new GraphRefusal(400, code);
        const answers = sent.context?.message_id;
        if (answers !== undefined && this.#ofPatients.get(answers) !== chat) {
            throw new GraphRefusal(400, 131009, "No such message in this chat");
        }
        if (![...this.#ofPatients.values()].includes(chat)) throw new GraphRefusal(400, 131047);
        const message = {
            id: wamid(),
            body: bodyOf(sent),
            options: optionsOf(sent),
            answers,
            sent,
        };
        this.#chats.set(chat, [...(this.#chats.get(chat) ?? []), message]);
        if (this.sendsStatuses) this.#report(phoneNumberId, chat, message);
        return {
            messaging_product: "whatsapp",
            contacts: [{ input: chat, wa_id: chat }],
            messages: [{ id: message.id }],
        };
    }

    #report(phoneNumberId: string, chat: string, { id, sent }: ChatMessage): void {
        for (const status of ["sent", "delivered"]) {
            const value = {
                statuses: [
                    {
                        id,
                        status,
                        timestamp: String(Math.floor(Date.now() / 1000)),
                        recipient_id: chat,
                        biz_opaque_callback_data: sent.biz_opaque_callback_data,
                        pricing: { billable: false, pricing_model: "PMP", category: "service" },
                    },
                ],
            };
            const lane = `status-${chat}`;
            this.webhooks.push(lane, this.#addresses.statuses, webhook(phoneNumberId, value));
        }
    }

    #read({ id, payload }: GraphCall): object {
        this.#checkNumber(id);
        if (!this.#ofPatients.has(checkReading(payload).message_id)) {
            throw new GraphRefusal(400, 131009, "No such message");
        }
        return { success: true };
    }

    #locate(id: string): object {
        const file = this.#files.get(id);
        if (!file) throw new GraphRefusal(400, 100, "Object does not exist", { subcode: 33 });
        const sha256 = createHash("sha256").update(file.bytes).digest("hex");
        return {
            messaging_product: "whatsapp",
            url: `${this.origin}/files/${id}`,
            mime_type: "image/jpeg",
            sha256,
            ...(file.statedSize === undefined ? {} : { file_size: String(file.statedSize) }),
            id,
        };
    }

    #checkNumber(id: string): void {
        if (this.phoneNumberIds.includes(id)) return;
        throw new GraphRefusal(400, 100, "No such object", { subcode: 33 });
    }

    get #firstNumber(): string {
        return this.phoneNumberIds[0] ?? "";
    }

    get #addresses(): WebhookAddresses {
        if (!this.addresses) throw new Error("Nobody waits for webhooks.");
        return this.addresses;
    }
}

/** A {@link GraphApi} that listens. */
export async function startGraphApi(
    phoneNumberIds: readonly string[] = ["106540352242922"],
): Promise<GraphApi> {
    const api = new GraphApi(phoneNumberIds);
    await api.listen();
    return api;
}

/** A webhook about one phone number (Cloud API, "messages webhook reference"). */
export function webhook(phoneNumberId: string, value: object): object {
    const metadata = { display_phone_number: "15550783881", phone_number_id: phoneNumberId };
    const whole = { messaging_product: "whatsapp", metadata, ...value };
    const changes = [{ value: whole, field: "messages" }];
    return { object: "whatsapp_business_account", entry: [{ id: "102290129340398", changes }] };
}

function wamid(): string {
    return `wamid.${randomBytes(36).toString("base64")}`;
}

function captioned(caption: string | undefined): object {
    return caption === undefined ? {} : { caption };
}
