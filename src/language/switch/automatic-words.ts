import { wordSet } from "../clean-sample.ts";

// All lists and patterns are in the letters of `foldLetters`: lower case, no apostrophes, one alef.

/** "Automatic" as a setting. */
export const automaticWord =
    /^(?:auto|autodetect\w*|[ao]u?tomati[ckq]+(?:ally|al|aly)?|automatique|[وبف]?(?:ال)?تلقا[يئ]ي(?:ه|ا)?|[وبف]?(?:ال)?[او]+توماتيك(?:ي|يه|يا|لي)?)$/;
/** The language of an answer. */
export const languageWord =
    /^(?:langu?a?u?g?[ae]?ge?s?|langs?|langue|tongue|(?:el|al|l|b|bel|bil|bl|bi)?(?:lugha?|lo[8g]h?a?|logha|lugah|lo3a|lu8a|lou?gha)(?:t|et|at)?(?:i|ek|ak|ha|hom|o|na|y)?|[بلوفك]?(?:ال|ل)?لغ(?:ه|ت|تي|تك|تها|تهم|تنا|تين|ات))$/;
/** "Language delay": nothing that a message is in. */
export const developments = wordSet(`
    delay delays disorder disorders development problem problems skills skill therapist therapy
    barrier center centre school course courses teacher line lines impairment regression
`);
/** What the patient writes, by a noun. */
export const ownLanguage =
    /^(?:[بوكفل]?(?:لغتي|رسالتي|رسا[يئ]لي|كلامي|كتابتي|مسجاتي|مسجي|اسئلتي|سؤالي)|(?:be?|bi)?(?:lugh?ati|lo8ti|lo8eti|lo8ati|lo[gh8]+e?ti|lugh?ti|risalti|rsalti|rasayli|kalami|klami|kitabti|ktebti))$/;
/** The language of the patient himself. */
export const myLanguage = /^(?:[بوف]?لغتي|(?:be?|bi)?(?:lo[g8h]+e?ti|lo8ati|lugh?ati|lugh?ti))$/;
/** "Its language", of a message. */
export const itsLanguage =
    /^(?:ب?لغتها|ب?لغته|(?:be?|bi)?(?:lo[gh8]+|lugh?)(?:et|at|t)?(?:ha|o|ou|u))$/;
/** A message, and not the paper of the same name. */
export const messageWord =
    /^(?:questions?|messages?|msgs?|mesages?|texts?|asked|written|input|[بول]?(?:ال)?(?:سؤال|رساله|رسايل|رسائل|مسج|مسجات)|el?soal|su2al|so2al|risala|resala|msg)$/;
/** What makes one language follow another. */
export const samenessWords = wordSet(`
    same whatever whichever whichevr whatevr whatsoever any match matches matching follow following
    follows according accordingly depending depends based mirror mirrors mirroring like as way each
    every per one adapt adapts adapting adjust copy echo reflect detect detects detecting recognise
    recognize recognising recognizing identify itself yourself decide guess figure
    نفس نفسها بنفس بنفسها باي اي ايا حسب بحسب عحسب زي متل مثل مهما واحده اللي التي لي ذات بذات بديك
    وفق وفقا بناء تبع اتبع تتبع تابع طابق مطابق امشي خليك كيفما ايما تعرف اكتشف تكتشف  الي بهديك
    nafs nefs nfs benafs bnafs bnfs binafs hasab 7asab 7sb hsb 7asb ay ayy ayi zay zayy zey metel
    mitl metl mitel mtl kima kif emshi imshi mshi tabe3 etba3 itba3 nafsa nafsha li elli elly
`);
/** "Go with", "mirror": verbs of doing as someone does. */
export const followWords = wordSet(`
    follow following mirror mirroring match matching go stick keep stay adapt adjust copy echo track guess decide figure
    detect depend base goes امشي اتبع تتبع تابع تتابع تبع خليك خلك ابقي ضل ضلك استمر تمشي مشي طابق اعتمد
    emshi imshi mshi mchi tabe3 etba3 itba3 khalik khallik 5alik 5aleek khaleek deg
`);
/** The patient, or whoever else writes. */
export const writers = wordSet(`
    i im ive we weve my each every he she they u you someone whoever us
`);
export const writingWord =
    /^(?:writ(?:e|es|ing|ten)|typ(?:e|es|ing)|typed|us(?:e|es|ing)|used|speak(?:s|ing)?|sends?|sending|text(?:ing|s|ed)?|wrote|messages?|msgs?|talks?|talking|chat|ask|asked|start|get|receive|happen)$/;
export const writingInArabic =
    /^(?:ب|ه|ح|ك|كن|عم|ر|و)?[انيت]?ت?(?:كتب|ستخدم|ستعمل|كلم|حدث|حكي?|حجي?|هضر|هدر|دوي|بعت|بعث|رسل|سال|سولف|راسل)ت?(?:ل?ك|ها?|و|لكم?|كم)?$|^كاتب(?:ه|ها|لك|ين)?$/;
export const writingInLatin =
    /^(?:b|ba|be|bi|kan|kn|ka|ne|n|a|e|u|i|3am|7a|ha|ra7)?(?:kt[oeui]?b|7ki|hki|7ke|7chi|7akik|7kik|tk?allem|kallem|tkalam|tkallam|sta3mel|sta5dem|stakhdem|hder|hdar|b3at|b3et|rsel)\w{0,3}$|^kat[ei]b(?:a|ha|lak|lek)?$/;
/** "Like", "the way", before what someone does; "what" needs a preposition or such a verb. */
export const likeWords = wordSet(`
    like as how way whichever whatever whichevr whatevr زي متل مثل كما كيفما مهما حسب عحسب بحسب
    zay zayy zey metel mitl metl mitel mtl kima kif 7asab hasab 7sb
`);
export const inWords = wordSet("in by with on per مع علي ب ma3 m3a 3ala");
/** What may follow "like I write". */
export const afterWriting = wordSet(`
    to in it you u with and or from now please pls each every always time thanks ok okay فيها
    فيه بيها بيه بها به بيهم فيهم لك الك ليك biha bih feeha fiha fiya fih lak lek
`);
/** "I mix both". */
export const bothWords = wordSet(`
    both either mix mixing mixed two alternate alternating depends sometimes sometime whether
    الاثنين الاتنين التنين الثنتين الاثنتين اتنين اثنين بخلط اخلط نخلط باخلط بمزج كلاهما احيانا ساعات مرات
    اوقات مره شوي تاره حينا اللغتين باللغتين لغتين جوز زوج
    marra mara sa3at sa3et 7yanan a7yanan ahyanan marrat nkhallet bakhlat b5alet bkhallet letnen
    etnen tnin jouj zouz
`);
/** "And the other way round". */
export const likewiseWords = wordSet(`
    vice versa likewise too same otherwise else opposite reverse والعكس العكس وكذلك كذلك نفس كمان برضه
    برضو وبرضو 3aks wel3aks kaman bardo
`);
export const fixedWords =
    /^(?:fix(?:ed|ing|ate)?|stick(?:ing)?|stuck|lock(?:ed|ing)?|forc(?:e|ed|ing)|limit(?:ed|ing)?|restrict(?:ed)?|assum(?:e|ing)|single|one|default|specific|particular|preset|permanent|set|choos(?:e|ing)|pick(?:ing)?|decid(?:e|ing)|م?ت?[تي]?ث?ثبت(?:ها|ش|يش|ني|وش)?|ثابته?|محدده?|معينه|واحده|وحده|تقيد(?:ني)?|تتقيد|تلتزم|تجبرني|تفرض|تلزق|تعلق|thabet|thabta|sabta|m7adade|wa7de|wa7da|mo3ayana|tsabbet|tthabbet)$/;
export const conditionWords = wordSet(`
    if when whenever once for لو اذا لما وقت كلما ان متي حين عندما وين law lw iza ida lamma lama
    lma kelma ila ki wa2t
`);
