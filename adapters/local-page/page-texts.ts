import type { Language } from "../../src/message.ts";
import type { LinkState } from "../../src/ports.ts";

/** What the page says in one language. */
export interface PageTexts {
    readonly title: string;
    /** Stands before what is wrong, which is told in English. */
    readonly details: string;
    /** One for each state: a heading and what is to be done. */
    readonly states: Readonly<
        Record<LinkState["name"], { readonly heading: string; readonly advice: string }>
    >;
    /** Before anything is known. */
    readonly waiting: string;
}

/** What the page says. */
export const pageTexts: Readonly<Record<Language, PageTexts>> = {
    en: {
        title: "Link the clinic's phone with the assistant",
        details: "Details:",
        waiting: "Nothing has started yet. This page renews itself.",
        states: {
            starting: { heading: "Starting", advice: "This takes up to a minute." },
            qr: {
                heading: "Scan this code with the clinic's phone",
                advice: "On the phone: WhatsApp, Settings, Linked devices, Link a device. The code changes about every 20 seconds; this page renews itself. Show the code to nobody else: whoever scans it links their own phone.",
            },
            "pairing-code": {
                heading: "Type this code into the clinic's phone",
                advice: "On the phone: WhatsApp, Settings, Linked devices, Link a device, Link with phone number instead.",
            },
            ready: {
                heading: "Linked",
                advice: "The assistant answers patients. Keep the phone charged, and open WhatsApp on it at least every 14 days.",
            },
            "logged-out": {
                heading: "The phone has unlinked this program",
                advice: "A new code appears here in a moment.",
            },
            failed: {
                heading: "Not working at the moment",
                advice: "It is tried again by itself.",
            },
        },
    },
    ar: {
        title: "اربط هاتف العيادة بالمساعد",
        details: "التفاصيل بالإنجليزية:",
        waiting: "لم يبدأ شيء بعد. تُحدَّث هذه الصفحة تلقائيًا.",
        states: {
            starting: { heading: "جارٍ التشغيل", advice: "قد يستغرق ذلك دقيقة." },
            qr: {
                heading: "امسح هذا الرمز بهاتف العيادة",
                advice: "على الهاتف: واتساب، ثم الإعدادات، ثم الأجهزة المرتبطة، ثم ربط جهاز. يتغيّر الرمز كل 20 ثانية تقريبًا، وتُحدَّث هذه الصفحة تلقائيًا. لا تُطلع أحدًا على الرمز: فمن يمسحه يربط هاتفه هو.",
            },
            "pairing-code": {
                heading: "أدخل هذا الرمز في هاتف العيادة",
                advice: "على الهاتف: واتساب، ثم الإعدادات، ثم الأجهزة المرتبطة، ثم ربط جهاز، ثم الربط برقم الهاتف بدلًا من ذلك.",
            },
            ready: {
                heading: "تم الربط",
                advice: "المساعد يجيب المرضى الآن. أبقِ الهاتف مشحونًا، وافتح واتساب عليه مرة كل 14 يومًا على الأقل.",
            },
            "logged-out": {
                heading: "ألغى الهاتف ربط هذا البرنامج",
                advice: "سيظهر هنا رمز جديد بعد لحظات.",
            },
            failed: { heading: "لا يعمل في الوقت الحالي", advice: "تُعاد المحاولة تلقائيًا." },
        },
    },
};
