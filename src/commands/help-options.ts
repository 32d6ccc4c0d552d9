import type { Bilingual } from "./help-text.ts";

/** What arguments and options mean. One without a text does not compile. */
export const optionTexts = {
    program: {
        en: "A bilingual (Arabic / English) medical assistant on your own machine.",
        ar: "مساعد طبي بالعربية والإنجليزية يعمل على جهازك أنت.",
    },
    settings: {
        en: "Settings: .env (secrets, addresses) and clinic.yaml (everything else) in the current folder; see docs/configuration.md.\nEvery command with its output and exit codes: docs/command-line.md.",
        ar: "الإعدادات: .env (الأسرار والعناوين) و clinic.yaml (كل ما عداها) في المجلد الحالي؛ انظر docs/configuration.md.\nكل أمر مع ما يطبعه ورموز خروجه: docs/command-line.md.",
    },
    version: { en: "print the version", ar: "طباعة الإصدار" },
    help: { en: "explain a command", ar: "شرح أمر" },
    "help-after-error": {
        en: "Add --help to see what is possible.",
        ar: "أضف --help لترى ما هو ممكن.",
    },
    lang: {
        en: "the language of this explanation; default: that of the terminal",
        ar: "لغة هذا الشرح؛ وإلا فلغة الطرفية",
    },
    json: { en: "print one JSON object", ar: "طباعة كائن JSON واحد" },
    jsonArray: { en: "print one JSON array", ar: "طباعة مصفوفة JSON واحدة" },
    profile: { en: "the model's profile", ar: "ملف تعريف النموذج" },
    acceptLicence: {
        en: "say that you have read the model's licence and accept it",
        ar: "الإقرار بأنك قرأت رخصة النموذج وقبلتها",
    },
    from: {
        en: "the address of a copy of the models folder on a server of your own",
        ar: "عنوان نسخة من مجلد models على خادم لديك",
    },
    checkFiles: {
        en: "fetch nothing, but check the files that are there",
        ar: "عدم جلب شيء، بل فحص الملفات الموجودة",
    },
    role: {
        en: "what this process does: adapters speaks to the platforms, worker answers",
        ar: "عمل هذه العملية: adapters تخاطب المنصات، و worker تجيب",
    },
    watch: {
        en: "show it again every two seconds, until Ctrl-C",
        ar: "عرضه من جديد كل ثانيتين حتى Ctrl-C",
    },
    chatConversation: {
        en: "the name of the conversation to go on with",
        ar: "اسم المحادثة التي تُستكمل",
    },
    question: { en: "the question, in Arabic or English", ar: "السؤال بالعربية أو الإنجليزية" },
    image: { en: "a picture; may be repeated", ar: "صورة؛ ويمكن تكراره" },
    answerLanguage: { en: "the language of the answer", ar: "لغة الإجابة" },
    askConversation: {
        en: "questions of one name form one conversation",
        ar: "الأسئلة ذات الاسم الواحد محادثة واحدة",
    },
    triageText: {
        en: "a patient's words, in Arabic or English",
        ar: "كلام مريض بالعربية أو الإنجليزية",
    },
    triageFile: {
        en: "JSON lines with a text each, a result a line; - for standard input",
        ar: "ملف سطور JSON في كل سطر نص، ولكل سطر نتيجة؛ والعلامة - للدخل القياسي",
    },
    languageText: { en: "a patient's words, in any language", ar: "كلام مريض بأي لغة" },
    prior: {
        en: "the language of the conversation so far",
        ar: "لغة المحادثة حتى الآن",
    },
    languageFile: {
        en: "JSON lines with a text each and perhaps a prior, a result a line; - for standard input",
        ar: "ملف سطور JSON في كل سطر نص وربما prior، ولكل سطر نتيجة؛ والعلامة - للدخل القياسي",
    },
    fix: {
        en: "mend what can be mended safely, and say what was done",
        ar: "إصلاح ما يمكن إصلاحه بأمان، وذكر ما تم",
    },
    report: {
        en: "a text for a report of a fault: with versions, without secrets and names",
        ar: "نص للإبلاغ عن خلل: فيه الإصدارات، وليس فيه أسرار ولا أسماء",
    },
    prometheus: {
        en: "print the text that Prometheus reads",
        ar: "طباعة النص الذي يقرؤه Prometheus",
    },
    replies: { en: "the replies, as the queue shows them", ar: "الردود كما يعرضها الأمر queue" },
    allReplies: { en: "all of them", ar: "كلها" },
    patients: {
        en: "patients: telegram:123456789, or a phone number with its country code, in quotes",
        ar: "المرضى: telegram:123456789 أو رقم هاتف مع رمز الدولة بين علامتي اقتباس",
    },
    conversation: {
        en: "an id that the list shows, or a conversation's address",
        ar: "معرّف تعرضه القائمة، أو عنوان محادثة",
    },
    showAddresses: { en: "show who they are with", ar: "عرض أصحابها" },
    showPatients: {
        en: "show the patients of the access lists",
        ar: "عرض المرضى الذين في قائمتي السماح والحظر",
    },
    out: {
        en: "the file, which must not exist yet",
        ar: "الملف، ويجب ألا يكون موجودًا من قبل",
    },
    pictures: {
        en: "write pictures to this folder, not into the file",
        ar: "كتابة الصور في هذا المجلد لا في الملف",
    },
    yes: { en: "ask no question", ar: "دون أي سؤال" },
    showKey: {
        en: "print the new value of BIMEDIX2_DATA_KEY",
        ar: "طباعة القيمة الجديدة للمتغير BIMEDIX2_DATA_KEY",
    },
} as const satisfies Readonly<Record<string, Bilingual>>;

/** A text of the table. */
export type OptionName = keyof typeof optionTexts;
