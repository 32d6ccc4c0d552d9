import type { Language } from "../../../src/message.ts";

/** What the demonstration model was taught to talk about: questions whose answers it is sure of. */

/** Questions without a picture. */
export const questions: Readonly<Record<Language, readonly string[]>> = {
    en: [
        "What should I do for a headache?",
        "What should I do for a cough?",
        "What is the treatment of a fever?",
        "What is diabetes?",
        "What are the symptoms of diabetes?",
        "What is hypertension?",
        "What is paracetamol?",
        "When should I see a doctor?",
        "What is the capital of France?",
        "Hello",
        "Who are you?",
        "I have had back pain for two days",
        "What symptom did I mention?",
        "Summarize the findings: The heart is enlarged. The bones are intact.",
        "Summarize the findings: The trachea is central. The lungs are hyperinflated. The liver is normal.",
    ],
    ar: [
        "ماذا أفعل عند الصداع؟",
        "ما علاج الحمى؟",
        "كيف أعالج السعال؟",
        "ما هو مرض السكري؟",
        "ما هي أعراض مرض السكري؟",
        "ما هو ارتفاع ضغط الدم؟",
        "لماذا يستخدم الباراسيتامول؟",
        "ما هي عاصمة فرنسا؟",
        "مرحبا",
        "من أنت؟",
        "أعاني من صداع منذ يومين",
        "ما العرض الذي ذكرته؟",
        "لخص النتائج: القلب متضخم. العظام سليمة.",
    ],
};

/** Questions that come with a picture, or go on about the last one. */
export const pictureQuestions: Readonly<Record<Language, readonly string[]>> = {
    en: [
        "What type of scan is this?",
        "Is there any abnormality?",
        "On which side is it?",
        "Are there abnormalities on both sides?",
        "Describe this scan in detail.",
        "Please caption this scan with findings and impressions.",
        "What organ is this?",
    ],
    ar: [
        "ما نوع هذه الصورة؟",
        "هل يوجد أي شذوذ؟",
        "في أي جانب؟",
        "صف هذه الصورة بالتفصيل.",
        "اكتب تقريرا لهذه الصورة",
        "ما هذا العضو؟",
    ],
};

/** Question about two pictures at once. */
export const twoPicturesQuestion: Readonly<Record<Language, string>> = {
    en: "What are these two images?",
    ar: "ما هاتان الصورتان؟",
};

/** Some of models/demo/samples. */
export const samples = [
    "xray_left_01.png",
    "xray_none_00.png",
    "ct_right_06.png",
    "mri_both_11.png",
    "histology_many_17.png",
    "gross_left_13.png",
] as const;

/** Names that the model repeats to the letter. None of them begins with another. */
export const names: Readonly<Record<Language, readonly string[]>> = {
    en: "Sara Adam John Mary Peter Anna David Emma Omar Lina James Laura Nora Paul Julia Tom Maria Jack Alice Daniel Henry Helen Sam Noah Nina Mona Karim Huda Yusuf Layla Salma Tariq".split(
        " ",
    ),
    ar: "محمد أحمد حسين زينب نبيل دينا بلال فيصل جمال مايا أمينة عائشة إبراهيم ياسر سمير وليد رامي نادية سعاد هالة عادل ماجد راشد شيماء سامي غادة ندى رنا هشام زياد مازن تامر".split(
        " ",
    ),
};

/** How a patient introduces himself. */
export function introduction(language: Language, name: string): string {
    return language === "en" ? `My name is ${name}` : `اسمي ${name}`;
}

/** How a patient asks for his own name. */
export const nameQuestion: Readonly<Record<Language, string>> = {
    en: "What is my name?",
    ar: "ما اسمي؟",
};
