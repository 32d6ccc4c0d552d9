import { wordSet } from "../clean-sample.ts";
import { plainWords } from "./plain-words.ts";
import { topicWords } from "./topic-words.ts";

// All lists are in the letters of `foldLetters`: lower case, no apostrophes, one alef.

/** Words that make a request for a language, by what they do in it. */
const requestWords = {
    /** Answering as such: whatever stands between it and the language, the request is clear. */
    act: wordSet(`
        reply replying respond responding answer answering speak speaking spk talk talking tlk
        chat chatting continue continuing explain explaining communicate communicating converse
        proceed discuss talkin speakin conversing carry resume rephrase resend restate reword rewrite elaborate
        مخاطبه
    `),
    /** The answer as a thing, which must also be asked for. */
    answer: wordSet(`
        answers replies response responses explanation explanations conversation messages msgs
        alrad elrad jawab gawab jwab eljawab kalam elkalam ejabe
        الرد ردك ردكم ردود الردود ردودك ردودكم جواب الجواب جوابك جوابكم جوابات اجابه الاجابه
        اجاباتك الاجابات اجابات الشرح شرحك محادثه المحادثه محادثتنا الحديث حديثنا التحدث التكلم
        التواصل تواصل الكتابه الحوار حوار المتابعه متابعه الاستمرار استمرار النقاش التوضيح توضيح
        كلام الكلام كلامك كلامنا الحكي حكي الحجي حجي السوالف التفاصيل الشات شات رسائلكم رسائلك
        رسايلكم رسايلك الهدره
    `),
    /** Verbs that ask for a language only where nothing unknown parts them from it. */
    light: wordSet(`
        write writing wirte type typing say tell send give giving put get getting have having do
        doing make making keep go going repeat redo translate translating show provide summarize
        summarise summary version set try stick let lets hear read see know understand help use
        using work works supports express describe
        اعاده الاعاده
    `),
    /** Verbs of setting the language; "how" may stand before them. */
    change: wordSet(`
        switch switching change changing swap convert turn revert move use using set choose
        select go back return
        بدل ثبت خلنا خلينا استخدام استعمال تحويل تغيير تبديل التحويل التغيير التبديل
    `),
    /** What was answered: a complaint, or a tale. */
    past: wordSet(`
        answered used replied responded wrote spoke talked sent switched changed gave explained
        texted
        رديت جاوبتني كتبتلي رديتو جاوبت
    `),
    /** Wishes; of the verbs of telling, only those of the patient. */
    wish: wordSet(`
        اشتي اشتيه داير دايره needed want wanna need prefer like rather love wish preferred preferable prefers wud wants
        hoping hope ask request requested asked asking requesting told demand said abi abgha
        abi8a abghaa aby abe 3ayez 3ayza 3awez 3awza 3ayz 3awz biddi badde baddi bedde bade bidi
        bdi bde bedi areed arid urid oreed bghit bghina nebghi ba7eb afaddal mehtag me7tag
        me7taj yaret yareit yarit lazem lazim 2olt olt 2oltelak talabt widdi wedi 7abeb
        اتمني اتمنا ارجو نرجو يرجي الرجاء ارجوك ارجوكم ياريت ريت اريد اريده اريدها نريد اود نود
        ارغب نرغب افضل نفضل بفضل ابي ابيه ابيها ابيك مابغاك ابيكم ابغي ابغا ابغاك ابغاه ابغاها
        ابا اباه نبي نبغي نبغيو بغيت بغينا باغي باغيه نحب بحب احب حابب حابه حاب ودي ودنا بدي
        بدنا بدنه عايز عايزه عايزين عاوز عاوزه عاوزين محتاج محتاجه احتاج بحتاج نحتاج لازم طلبت
        طالب طالبه قلت قلتلك قلتلكم قلنا قلتلكو اطلب بطلب ياليت ليت مطلوب طلبنا حبيت محتاجين
        حبذا ليكن فليكن
    `),
    /** Questions for a favour. */
    ask: wordSet(`
        can could cud may might would possible possibly possibility chance mind wld cn cld
        willing able favor favour shall wud mumkin momken momkin mmkn mumken momkn fik fiki
        fikon fike te2dar tedar ti2dar tigdar tigdari tekdar ta2dr t9der t9dr tnajjem tnajem
        ynfa3 yenfa3 wash
        عندك ممكن يمكن يمكنك يمكنكم الممكن الامكان امكان امكانيه بالامكان بامكانك بامكانكم يصير
        تقدر تقدري تقدرون تقدرو فيك فيكي فيكم فيكن فيني بتقدر بتقدري فينا نقدر اقدر بقدر تنجم
        تنجمي تنجمو نجم نجمو هل واش تستطيع تستطيعون تكدر تكدري تكدرون ينفع استطيع
    `),
    /** Courtesies make a request of what they stand beside. */
    courtesy: wordSet(`
        بتريد تريد بتريدي please pls plz plse plese pleas pleaze pliz plis plss plzz pleasee kindly appreciate
        appreciated grateful thanks thank thx thanku sama7t samaht sama7ti sama7to sm7t sama7tu
        sma7t fadlak fadlik fadlek fadlk 3afak 3afakom y3ayshek y3aychek y3ichek balla billa
        bleez raja2an rja2an shukran
        رجاء رجا بالله فضلا بليز فضلك فضلكم سمحت سمحتي سمحتو سمحتوا سمحتم تكرمت تكرمتم تكرمتي
        تكرما عافاك عفاك عافاكم يعيشك يعيشكم اذنك اذنكم شكرا وشكرا
    `),
    /** Praise of the language as the one to use. */
    better: wordSet(`
        available supported clear better best happier strong stronger easier preferable great fine ok okay good
        perfect nice nicer ideal easiest helpful simpler useful clearer awesome lovely works
        suits comfortable wonderful a7san ahsan a7sn as8al ashal ahsal ashhal afdal ariyah arya7
        aryah
        كويسه منيحه زينه مليحه اكثر اكتر احسن افضل اسهل اريح اوضح انسب اهون خير اوكي مناسب تمام
        اخير ازين
    `),
    /** Negations, and words for an end. */
    not: wordSet(`
        no not dont doesnt didnt cant cannot couldnt wont never stop without isnt arent nope
        none neither nor avoid quit wasnt aint havent hasnt wouldnt shouldnt cnt dnt hardly
        barely enough mesh mish msh mush mosh mo mu mub ma la balash blash bala moo moosh machi
        mashi mch bidoun bedoun
        لا ما مش مو مب مهو ماني مني لست ليس ليست بلاش بدون وقف وقفي اوقف بطل بطلي توقف كافي كفي
        موب مهوب ماهو ميش لن لم وليس ولا كفايه مابي مابغي مابدي مابغا مهب مانيش ماشي بلا
    `),
    /** What the language stands against: "instead of Arabic". */
    against: wordSet(`
        than versus vs over badal badel
        بدل بدلا عوض عوضا
    `),
    /** Knowing a language; whose, and whether, tells what is asked for. */
    able: wordSet(`
        express describe understand undrstand understnd understanding read reading know knw
        follow speak get comprehend grasp learned learnt studied speaks talks knows understands
        reads fahem fahim fahma fahman 3aref 3arfa
        القراءه قراءه فاهم فاهمه فاهمين عارف عارفه عارفين قادر قادره
    `),
    /** What is said of a language that one knows badly. */
    weak: wordSet(`
        bad weak poor terrible limited broken rusty awful basic hopeless difficult hard tough
        tricky little worst horrible zero terible confusing confuses beginner bit lousy rubbish
        problem struggle struggling trouble weaker harder worse impossible lost slow suck sucks
        foreign da3if da3eef d3if da3ife da3ifa sa3b sa3be sa3ba so3ba mkassar mekasar ta3ban
        ta3bana shwaya shway shwayya chwiya s3ib s3iba wa7esh
        ضعيف ضعيفه ضعاف صعب صعبه صعبين صعوبه تعبان تعبانه مكسر مكسره سيء سيئه سيئ سييه محدود
        محدوده زفت زيرو صفر تقيل ثقيل ثقيله وحش وحشه قليل قليله شويه شوي شويت شوية يصعب بصعوبه
        مكركب معقد معقده اصعب نص تعبني يتعبني واقع خربان قدي قدها
    `),
    /** Reproaches begin with these. */
    why: wordSet(`
        why y wy lesh leish laish leh leeh lih 3alash 3lach 3lash
        ليش ليه لماذا لم علاش شمعني اشمعني ليهش عليش وعلاش
    `),
} as const;

/** The words of each role that need no analysis; verbs of Arabic are told by their root. */
export const roleWords = { ...requestWords, ...topicWords, ...plainWords } as const;

/** What a word can do in a request for a language. */
export type Role = keyof typeof roleWords;
