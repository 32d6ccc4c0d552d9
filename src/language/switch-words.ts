import type { Language } from "../message.ts";
import { wordSet } from "./clean-sample.ts";

// All lists are in lower case and, for Arabic, in the letters of `foldArabic`.

const arabicName =
    /^(?:arabic|arabi|3arab(?:i|y|ee|iya|eyya)|(?:b|be|bel|bil|bl|el|al|lel|lil)-?3arab(?:i|y|ee|iya|eyya)|(?:ال|بال|لل|ل|ب|بل|و)?عرب(?:ي|يه))$/;
const englishName =
    /^(?:english|inglish|(?:b|be|bel|bil|bl|el|al|lel|lil)?[ie]n[gj]l(?:i|ee)[zs](?:i|y|ee|iya|eyya)|(?:ال|بال|لل|ل|ب|بل|و)?(?:اي?ن[جكقغ]لي?زي(?:ه)?|ان[جقكغ]لش))$/;

/** The language that a word names, in any of the three ways to write it. */
export function namedLanguage(word: string): Language | undefined {
    if (arabicName.test(word)) return "ar";
    if (englishName.test(word)) return "en";
    return undefined;
}

/** What may stand around a language's name in a request without changing it. */
export const courtesies = wordSet(`
    please pls plz thanks thank now only instead again from on always ok okay dear doctor dr
    sir language hi hello if possible just thx kindly yes let's and من فضلك فضلكم لو سمحت
    سمحتي سمحتم رجاء الرجاء يرجي بليز فقط بس دائما الان شكرا يا دكتور دكتوره اللغه لغه باللغه
    طيب اذا ممكن حصرا دوما وشكرا مرحبا نعم تكرما law sama7t samaht sama7ti men min fadlak fadlik
    ya doktor bas aw momken mumkin shukran well good much lot at all very properly next time me
    tonight today too also جيدا كويس منيح زين ابدا خالص كتير كثير مره اخري ثانيه تكرمت تكرمتم
    تكرمتي لي الي كمان ايضا دائم عزيزي
`);

/** What joins a language's name to the verb. */
export const joints = wordSet(`
    in to into the with using
    الي ل ب بال لل في
    b be bel bil bl bi el al le lel lil
`);

/** Verbs and nouns that ask for a way of answering. */
export const requestWords = wordSet(`
    reply replies replying answer answers answering respond responding response write writing
    speak talk talking speaking chat continue explain switch change use tell text communicate
    prefer want repeat proceed go say message translate set keep جاوب جاوبي جاوبني جاوبيني تجاوب
    تجاوبني تجاوبيني اجب اجبني اجيبي تجيب تجيبني رد ردي ردوا ترد تردي ردك الرد ردود ردودك اكتب
    اكتبي اكتبلي تكتب تكتبلي تكتبي الكتابه تكلم تكلمي تكلمني كلمني كلميني تكلميني نتكلم اتكلم
    التكلم تتكلم احكي احكيلي نحكي تحكي تحكيلي حاكيني تحدث تحدثي نتحدث تتحدث التحدث خاطبني اشرح
    اشرحي اشرحلي تشرح تشرحلي الشرح شرح وضح توضح الجواب جوابك جواب الاجابه اجابه الاجابات اجاباتك
    غير غيري تغير تغيير حول حولي تحول خليها خلينا خليك نكمل كمل اكمل تكمل استخدم استخدمي تستخدم
    استعمل قل قول قولي قوللي ترجم ترجمي ترجملي اريد اريدها عايز عاوز عايزه عاوزه بدي بدنا ابي
    ابغي ابغا نبي افضل rod rodd rud radd red roddy jaweb jawebni jawbni jawib jawibni gawebni
    gaweb ekteb ektob uktub iktib kallemni kalemni kallimni kalimni tkallam tkalam itkallem
    etkalem tetkallem e7ki i7ki ehki ihki ne7ki ni7ki ehke 7ki 7aki esh7ar eshra7 ishra7
    eshra7li ghayyer ghayer kammel 3ayez 3ayz 3awez biddi badde baddi abi abgha abi8a احچي نحچي
    تحچي حاچيني قولها قلها اكتبها احكيها خليه اشرحها
`);

/** With these the language is spoken of, not asked for. */
export const mentions = wordSet(`
    mean means meaning word words called written wrote spell pronounce name translation
    translated speaks who there does any anyone someone learn learning study teacher course
    class lesson معني كلمه كلمات يعني اسم اسمه تسمي يسمي مكتوب مكتوبه تعلم اتعلم دراسه كورس مدرس
    ترجمه تنطق تنقال ma3na kelmet kilmet esm ma3nat الكلمه الكلمات الاسم المعني الترجمه
`);

/** A query and a saying together ask for a word: "how do you say … in Arabic?". */
export const queries = wordSet("how what what's كيف شلون شو ازاي ايش");
export const sayings = wordSet("say is are call write what's اقول نقول يقال قول");

/** Directly before "in English" these tell of a text that is in English. */
export const copulas = wordSet("is was are were it's be been being comes came");

export const negations = wordSet(`
    no not don't dont doesn't can't cant cannot couldn't never stop without won't isn't nope لا
    ما مش مو مب مهو ماني مني لست ليس ليست بلاش بدون مابي مابغي مابدي وليس mesh mish msh mush mo
    mu ma la balash مافهم مافهمش مابفهم مبفهم مبفهمش مابعرف مبعرفش مااعرف مافهمت mafham mafhamsh
    mafhmsh mabafham mabafhamsh ma3rafsh
`);

/** After a negation these say that a language is not understood. */
export const abilities = wordSet(`
    speak understand know read follow
    فاهم فاهمه افهم بفهم نفهم اعرف بعرف اتكلم بتكلم احكي بحكي اقرا بقرا اجيد اتقن عارف عارفه
    fahem fahma afham bafham a3raf ba3raf 3aref atkallam batkallem ba7ki
`);

/** Between the names of both languages these tell the old one from the new one. */
export const contrasts = wordSet("from instead rather من بدل بدلا مو مش min badal");

/** A negated question that asks for the thing itself: "why don't you answer in Arabic?" */
export const reproaches = wordSet(`
    why
    ليش ليه لماذا لم لما علاش
    lesh leish leh 3alash
`);

/** After these comes the reason for a request or its occasion: "in Arabic for my mother". */
export const reasons = wordSet(`
    for so because as since when if until then while
    لان لاني لانها لانه عشان علشان حتي كي لكي اذا
    3ashan 3shan 3alashan
`);

/** A question for leave: what the patient may do, not what the assistant should. */
export const permissions = wordSet("can may could should");
