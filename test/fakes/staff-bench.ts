import { answerTurn } from "../../src/answer-turn.ts";
import type { AssistantParts, DeskParts, StaffParts, StaffSettings } from "../../src/assistant.ts";
import type {
    CommandName,
    ConversationKey,
    ConversationSettings,
    InboundMessage,
    Language,
    Reply,
} from "../../src/message.ts";
import type { TurnEnd } from "../../src/queue-ports.ts";
import { assemble, message } from "./assembled-parts.ts";
import { createMemoryCases } from "./memory-cases.ts";
import { MemoryMailboxes } from "./memory-mailboxes.ts";
import { createScriptedModel, type Script, type ScriptedModel } from "./scripted-model.ts";

export const patient: ConversationKey = "telegram:77:5";
export const room: ConversationKey = "telegram:77:-1001234";

/** Changes to what a {@link StaffBench} is made of. */
interface Changes {
    readonly staff?: Partial<StaffParts>;
    readonly settings?: Partial<StaffSettings>;
    readonly parts?: Partial<AssistantParts>;
}

/** A patient, the clinic's people, and what stands between them, with a queue in memory. */
export class StaffBench {
    readonly mailboxes = new MemoryMailboxes();
    readonly cases = createMemoryCases();
    readonly model: ScriptedModel;
    /** The cases of which a summary was asked for. */
    readonly summariesAsked: string[] = [];
    readonly parts: AssistantParts & { readonly staff: StaffParts };

    constructor(script: Script, { staff = {}, settings = {}, parts = {} }: Changes = {}) {
        this.model = createScriptedModel(script);
        const assembled = assemble(this.model, { store: this.mailboxes.store, ...parts });
        const consent = { required: true, minimumAge: 18 };
        this.parts = {
            ...assembled,
            settings: { ...assembled.settings, consent },
            staff: {
                settings: {
                    language: "en",
                    onUrgent: "offer",
                    showText: true,
                    silentMs: 12 * 60 * 60 * 1000,
                    ...settings,
                },
                rooms: [room],
                postbox: { post: (to, letter) => this.mailboxes.post(to, letter) },
                cases: this.cases,
                summaries: {
                    ask: (code) => {
                        this.summariesAsked.push(code);
                        return Promise.resolve();
                    },
                },
                store: this.mailboxes.store,
                ...staff,
            },
        };
    }

    /** As a process without a model. */
    get desk(): DeskParts {
        const { model: _model, store: _store, ...others } = this.parts;
        return { ...others, describeModel: () => Promise.resolve(this.model.description) };
    }

    /** The patient agrees to what is asked of patients. */
    async agree(chosenLanguage?: Language): Promise<void> {
        await this.mailboxes.store.update(patient, {
            consent: { atMs: 1, wording: "0123456789abcdef" },
            ...(chosenLanguage === undefined ? {} : { chosenLanguage }),
        });
    }

    /** The patient writes. */
    write(text: string, rest: Partial<InboundMessage> = {}): InboundMessage {
        const written = message(text, { conversation: patient, ...rest });
        this.mailboxes.accept(written);
        return written;
    }

    /** The patient gives a command. */
    command(name: CommandName, argument = ""): void {
        this.write(argument, { command: { name, argument } });
    }

    /** Somebody of the clinic writes in the room, perhaps in reply to a note. */
    writeInRoom(text: string, note?: string, rest: Partial<InboundMessage> = {}): void {
        const quoted = note === undefined ? {} : { quoted: { text: note, fromAssistant: true } };
        const said = message(text, { conversation: room, fromStaff: true, ...quoted, ...rest });
        this.mailboxes.accept(said);
    }

    /** Answers one turn of a conversation. */
    async answer(
        key: ConversationKey,
        parts: AssistantParts | DeskParts = this.parts,
    ): Promise<TurnEnd> {
        const claimed = await this.mailboxes.claimTurn(key);
        if (!claimed) throw new Error("Nothing is to be answered.");
        let end: TurnEnd = { againInMs: 0 };
        try {
            end = await answerTurn(claimed.turn, parts, { setAsideAfterDeaths: 2 });
            return end;
        } finally {
            claimed.end(end);
        }
    }

    /** What somebody reads, since the last look. */
    async read(key: ConversationKey): Promise<Reply[]> {
        const replies: Reply[] = [];
        for (;;) {
            const claimed = this.mailboxes.claimDelivery(key);
            const committed = await claimed?.delivery.reply();
            if (!claimed || !committed) return replies;
            replies.push(committed.reply);
            claimed.end("delivered");
        }
    }

    /** What stands in the room since the last look. */
    async notes(): Promise<string[]> {
        return (await this.read(room)).map(({ text }) => text);
    }

    /** What holds for the patient's conversation. */
    async settings(): Promise<ConversationSettings> {
        return await this.mailboxes.store.readSettings(patient);
    }

    /** `/doctor`, whose note is read: gives the code. */
    async handOver(): Promise<string> {
        this.command("doctor");
        await this.answer(patient, this.desk);
        await this.read(patient);
        await this.read(room);
        const { handoff } = await this.settings();
        if (!handoff) throw new Error("The conversation was not handed over.");
        return handoff.code;
    }
}
