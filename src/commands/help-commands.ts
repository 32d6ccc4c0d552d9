import type { Bilingual } from "./help-text.ts";

/** What each command does, by its words behind `bimedix2`. A command without a text does not compile. */
export const commandTexts = {
    init: {
        en: "set up a clinic in this folder: a few questions, then clinic.yaml and .env",
        ar: "إعداد العيادة في هذا المجلد: بضعة أسئلة، ثم clinic.yaml و .env",
    },
    start: {
        en: "serve all configured platforms, and this terminal",
        ar: "خدمة كل المنصات المُعدّة، وهذه الطرفية",
    },
    status: {
        en: "show what runs, and what each platform and the model are doing",
        ar: "عرض ما يعمل، وحال كل منصة وحال النموذج",
    },
    chat: {
        en: "talk to the assistant in this terminal",
        ar: "محادثة المساعد في هذه الطرفية",
    },
    ask: {
        en: "answer one question; without words, the question is read from standard input",
        ar: "الإجابة عن سؤال واحد؛ وإن لم تكتب سؤالًا قُرئ من الدخل القياسي",
    },
    doctor: {
        en: "check the installation and say what to do about each fault",
        ar: "فحص التثبيت، وبيان ما يجب فعله في كل خلل",
    },
    pull: {
        en: "fetch a model's files, or say how they are made; without a name, show the models",
        ar: "جلب ملفات نموذج، أو بيان كيف تُصنع؛ وبلا اسم عرض النماذج",
    },
    users: {
        en: "show who is served and who is blocked, and change that",
        ar: "عرض من يُخدَم ومن هو محظور، وتغيير ذلك",
    },
    "users allow": {
        en: "put patients on the list of those who are served",
        ar: "إضافة مرضى إلى قائمة من يُخدَمون",
    },
    "users block": {
        en: "serve patients no longer",
        ar: "حظر مرضى فلا يجيبهم المساعد",
    },
    "users unblock": {
        en: "take patients off the list of those who are blocked",
        ar: "رفع الحظر عن مرضى",
    },
    "users remove": {
        en: "take patients off both lists",
        ar: "حذف مرضى من القائمتين",
    },
    queue: {
        en: "show who waits, who answers, and which replies could not be delivered",
        ar: "عرض من ينتظر، ومن يجيب، والردود التي تعذّر تسليمها",
    },
    "queue resend": {
        en: "send replies again that could not be delivered",
        ar: "إرسال ردود تعذّر تسليمها مرة أخرى",
    },
    "queue discard": {
        en: "forget replies that could not be delivered",
        ar: "نسيان ردود تعذّر تسليمها",
    },
    data: {
        en: "show, export and erase what is kept of patients, and change its keys",
        ar: "عرض ما يُحفظ من بيانات المرضى وتصديره ومحوه، وتغيير مفاتيحه",
    },
    "data list": {
        en: "show of which conversations something is kept",
        ar: "عرض المحادثات التي يُحفظ منها شيء",
    },
    "data export": {
        en: "write everything that is kept of a conversation to a file",
        ar: "كتابة كل ما يُحفظ من محادثة في ملف",
    },
    "data erase": {
        en: "forget everything of a conversation, for ever",
        ar: "محو كل ما يخص محادثة نهائيًّا",
    },
    "data verify": {
        en: "check the records of exports and erasures",
        ar: "التحقق من سجلات التصدير والمحو",
    },
    "data rotate-key": {
        en: "make a new key, which encrypts from now on",
        ar: "إنشاء مفتاح جديد يُشفَّر به من الآن فصاعدًا",
    },
    "data reencrypt": {
        en: "encrypt everything with the current key",
        ar: "تشفير كل شيء بالمفتاح الحالي",
    },
    config: {
        en: "check and show the clinic's settings",
        ar: "التحقق من إعدادات العيادة وعرضها",
    },
    "config check": {
        en: "name every fault in .env, clinic.yaml, the model's profile, texts and rules",
        ar: "بيان كل خطأ في .env و clinic.yaml وملف النموذج والنصوص والقواعد",
    },
    "config show": {
        en: "show every setting with the value that holds, as YAML, without secrets",
        ar: "عرض كل إعداد بقيمته السارية بصيغة YAML، دون الأسرار",
    },
    "config schema": {
        en: "print the JSON Schema of clinic.yaml, for editors",
        ar: "طباعة JSON Schema لملف clinic.yaml، لبرامج التحرير",
    },
    safety: {
        en: "show what the safety checks have found so far, in numbers",
        ar: "عرض ما وجدته فحوص السلامة حتى الآن بالأرقام",
    },
    triage: {
        en: "show what the red-flag screen makes of a text, as JSON; needs no model",
        ar: "عرض حكم فحص علامات الخطر على نص بصيغة JSON؛ لا يحتاج إلى نموذج",
    },
    language: {
        en: "show in which language a text is answered, and why, as JSON; needs no model",
        ar: "عرض اللغة التي يُجاب بها عن نص، والسبب، بصيغة JSON؛ لا يحتاج إلى نموذج",
    },
    version: {
        en: "print the versions of the program and of what it runs on",
        ar: "طباعة إصدار البرنامج وإصدارات ما يعمل عليه",
    },
    help: {
        en: "explain a command",
        ar: "شرح أمر",
    },
} as const satisfies Readonly<Record<string, Bilingual>>;

/** The words of a command behind `bimedix2`. */
export type CommandName = keyof typeof commandTexts;
