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
        repeat repeating redo reexplain recap retell spek spik speek speack replay replys anser
        awnser anwser answr explane explan exsplain chatt tolk simplify clarify reformulate
        restart اعاده الاعاده تكرار
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
        communication communications correspondence discussion discussions dialogue dialog chat
        chats texts wording explaining summary summaries feedback guidance ljawab ljwab jwabat
        radd rdoud lklam rudud ردكن جوابكن ردودكن شرحها شرحه شرحهم توضيحها توضيحه تفسيرها تفسيره
        التفسير ملخص الملخص النصايح النصائح الارشادات المحادثات الدردشه دردشه كلامكم حكيك حديثك
        الهضره الرسايل الرسائل شرحكم توضيحك توضيحكم اجابتك اجابتكم اجاباتكم جوابي الاجوبه اجوبه
    `),
    /** Verbs that ask for a language only where nothing unknown parts them from it. */
    light: wordSet(`
        write writing wirte type typing say tell send give giving put get getting have having do
        doing make making keep go going repeat redo translate translating show provide summarize
        summarise summary version set try stick let lets hear read see know understand help use
        using work works supports express describe
        اعاده الاعاده
        repeating typed restate pass sent forward sum brief wright rite writ wrtie
    `),
    /** Verbs of setting the language; "how" may stand before them. */
    change: wordSet(`
        switch switching change changing swap convert turn revert move use using set choose
        select go back return
        بدل ثبت خلنا خلينا استخدام استعمال تحويل تغيير تبديل التحويل التغيير التبديل
        swich switsh chang chnage chane reset flip toggle adjust configure activate enable put
        swith التحول تحول اعدادات الاعدادات
    `),
    /** What was answered: a complaint, or a tale. */
    past: wordSet(`
        answered used replied responded wrote spoke talked sent switched changed gave explained
        texted
        رديت جاوبتني كتبتلي رديتو جاوبت
        typed posted texting repeated printed reverted flipped came went جاوبتيني جاوبتوني رديتي
        رديتوا كتبتيلي كتبتولي كتبتولنا بعتلي بعتتلي بعتلنا بعثتلي ارسلت ارسلتلي ارسلتوا حكيتني
        كلمتني كلمتيني شرحتلي radet raddet jawabtni jawebtni katabtli ktbtli b3atetli
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
        wishing desire craving require requires requiring insist favour favor lemme gimme wishes
        prefered prefere prefr preffer waana wana nid awez awza ayez ayza 3wz 3yz 3ayzin 3awzin
        nbi nabi nebi nabgha nabghi bghet baghi baghya 7ab 7aba 7abba n7eb nheb n7b t7eb bidna
        baddna bedna badna bdna nbghi habba hab m7taj m7taja me7tagin yufaddal afadel afaddel
        bfaddel bafaddal nfaddal nfadhel mfaddal ryt radet ashti ashty ashtee dayer dayra dayrin
        راغب راغبه نحتاجه نحتاجها ابيهم بدكم بدياه منايا نتمني نفضلها يستحسن يفضل عايزك عايزاك
        عايزينك عاوزك عاوزاك عايزها عايزاها عايزهم عاوزها عاوزاها بدياك بديياك بدناياك ابيكي
        ابغاكي ابغاكم نبيك نبيكم نبغاك نبيه نبيها نبغاها نحبك نحبكم حابك بغيتك بغيتكم بغينك بغيته
        بغيتها بغيناها محتاجك محتاجينك محتاجها المطلوب يلزمني يلزم ينقصني اشتيك اشتيها نشتي اردت
        ارده ارغبت اريدك اريدكم ردتك ردت نريدك نريدكم نريدها دايرك دايرين دايراك رجاءا طلبي
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
        allowed permit permissible coud culd wuld cna cann posible possable possibl b2dar b2dr
        fina fiyi fini mnel imken yimken yemken emken tegdar tgdr tegder tagdar tegdarin ni9der
        n9der t9dri ta9dar tnajmi tnajmou tnajjmi najjem nejjem nnajem nnajjem be2der ba2dar a2dar
        agdar mumkn bt2dr bte2dar bti2dar byenfa3 yseer yisir yseir yasir ysir بقدرو ينفعش مينفعش
        يصح يجوز مسموح متاح بوسعك وسعك باستطاعتك بمقدورك فيكو فيكون تقدروا تقدرين يمديك يمديكم
        يمدي امكانك تنجموا تنجمشي نجموش تنجمش بتقدروا بتقدرو بتقدرش تقدرش ماتقدرش ماتقدر مقدرش
    `),
    /** Courtesies make a request of what they stand beside. */
    courtesy: wordSet(`
        بتريد تريد بتريدي please pls plz plse plese pleas pleaze pliz plis plss plzz pleasee kindly appreciate
        appreciated grateful thanks thank thx thanku sama7t samaht sama7ti sama7to sm7t sama7tu
        sma7t fadlak fadlik fadlek fadlk 3afak 3afakom y3ayshek y3aychek y3ichek balla billa
        bleez raja2an rja2an shukran
        رجاء رجا بالله فضلا بليز فضلك فضلكم سمحت سمحتي سمحتو سمحتوا سمحتم تكرمت تكرمتم تكرمتي
        تكرما عافاك عفاك عافاكم يعيشك يعيشكم اذنك اذنكم شكرا وشكرا
        pleease pleaase pliss plaese plsease ta cheers tysm tnx thnx thnks thankyou thanx ty tyvm
        merci mersi obliged gratefull kindley kindest regards tekfa tekfeen tekfon takfa tkfa
        tkfen lahent lahant lahanti lahanet dakhilak dakhilik dkhilak dkhilik dakhlak dakhlek
        da5ilak d5ilak wa7yatak wa7yatek b7yatak wenabi wennabi wanaby wnaby walnabi 3ayshek
        3aychek brabi berabi barabbi brbi bilah bellah balah blah tislam teslam tslam mashkor
        mashkoor mashkour mamnoun mamnoon mamnouna shokran shkran choukran chokran chukran
        shoukran afak afakom 3fak 3fakom samahti lawsama7t fadlkom karaman tkarram takarramt
        tfaddal etfaddal smht smhti ysalmak ysalmek yslamo yislamo yselmo amana تكفي تكفين تكفون
        لاهنت لاهنتي لاهنتو لاهنتوا لاهنتم هنت دخيلك دخيلكم دخلك دخيلكن ارجوكي وحياتك بحياتك
        وحياتكم والنبي النبي امانه بربي بربك بربكم عيشك عايشك عيشكم يرحم والديك والديكم لوالديك
        لوالديكم يرحمك يرحملي مشكور مشكوره مشكورين ممنون ممنونه ممنونك تسلم تسلمي تسلمون تسلمو
        يسلمو ميرسي مرسي ميرسيه سانكيو ثانكس ثانكيو بلييز بليزز بليس بلز كرما تفضلا تلطفا لطفا
        جزاك جزاكم جزيت بارك مقدرين متشكر متشكره متشكرين نشكركم نشكرك اشكرك اشكركم الشكر امرك زحمه
        كلفه اكرمك يكرمك كرمك خاطرك لخاطري لخاطر خاطري عفاكم بليزك رجاءا برجاء نرجوك نرجوكم رجيتك
        رجوتك
    `),
    /** Praise of the language as the one to use. */
    better: wordSet(`
        available supported clear better best happier strong stronger easier preferable great fine ok okay good
        perfect nice nicer ideal easiest helpful simpler useful clearer awesome lovely works
        suits comfortable wonderful a7san ahsan a7sn as8al ashal ahsal ashhal afdal ariyah arya7
        aryah
        كويسه منيحه زينه مليحه اكثر اكتر احسن افضل اسهل اريح اوضح انسب اهون خير اوكي مناسب تمام
        اخير ازين
        bettr beter smoother quicker faster safer cleaner convenient suitable preferred sits
        comfier comfortabl brilliant lifesaver ashalli as7al ahwan ahyan awda7 awdah afham ansab
        mnee7 mnih tamam momtaz 5er kheir khir 7sen 7san hsen kheirli ابسط اسلس ارتب اقرب احلي
        افيد اضمن اسرع مريح اريحلي احسنلي اسهلي اسهلنا اريحلنا ريحني يريحني بيريحني يناسبني
        بيناسبني يناسب يناسبنا ممتاز جيد ازبط اظبط اسلم احسلي اهين اهونلي مفضل المفضله مفضله خيرلي
        مليح منيح
    `),
    /** Negations, and words for an end. */
    not: wordSet(`
        no not dont doesnt didnt cant cannot couldnt wont never stop without isnt arent nope
        none neither nor avoid quit wasnt aint havent hasnt wouldnt shouldnt cnt dnt hardly
        barely enough mesh mish msh mush mosh mo mu mub ma la balash blash bala moo moosh machi
        mashi mch bidoun bedoun
        لا ما مش مو مب مهو ماني مني لست ليس ليست بلاش بدون وقف وقفي اوقف بطل بطلي توقف كافي كفي
        موب مهوب ماهو ميش لن لم وليس ولا كفايه مابي مابغي مابدي مابغا مهب مانيش ماشي بلا
        quitting dnot shant noone nobody nothing ceases cease ditch drop minus maa muu moob mahu
        mahou mahoo mani meni mano manni mich bidun bdoun bdon bedon wa2ef wa22ef wa2if battel
        batel battil bttl kfeye kifaye kefaya yezzi yizzi lam lan laysa leysa laisa wala wela مهيب
        ماهوب ماهي ماهوش مهوش ماكو ماكوش مافي مفيش مافيش مافيه بدونها دون ابلاش بلاها بلاشي
        وقفو وقفوا توقفو يزي يزينا بزايد سيبك سيبكم اترك اتركك اتركو ابعد ممنوع كفايانا مانبي
        مانبغي مابغيناش مابغيتش مبغيتش مانحبش منحبش محبش مااحب ماريد ماريدها مااريد مااريدها ماابي
        ماابغي مابيه موش ناهيك
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
        comprehended understood understant undertand unterstand undersand understan undestand
        undrestand undersatnd understans fluent decipher familiar recite fahmin fahmeen fahmana
        fhmt fhemt fhimt 3arif 3aarif 3arfin 3arfeen fahmha fehma fahimha 3rft 3reft فاهمك فاهمكم
        فاهمها فاهمهم فاهمو فهمان فهمانه فهمانين مستوعب مستوعبه مستوعبها متمكن متمكنه ملم ملمه
        اجيده ضليع قاري قارئ قاريه عارفها قادرين متعلم متعلمه متعلمين افتهمها افتهمه افتهم فهامه
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
        litle littel lil sketchy patchy minimal elementary childish crap shit useless dreadful
        atrocious shaky nonexistent limit limits lacking insufficient struggles fails failing
        weakness difficulty difficulties challenging headache pathetic appalling horrendous
        mediocre embarrassing stops ends nil null zilch marhaba d3ife da3eefa dha3if dh3if tha3if
        t3ban sfer sifr 3a9da mo3a2ad mu3aqad ta3bane naqes nagis s3eeb sa3iba sa3eeb so3oba 9a3b
        9a3ib ضعيفين خايس تاعب تاعبني متعبني متعبه متعب يتعب بتتعبني صعيب صعيبه واعر واعره وعره
        ركيك ركيكه مبهدل مبهدله عدم معدوم معدومه منعدم ناقص ناقصه بسيط بسيطه ابتدائي مبتدئ مبتدي
        مبتدا مبتدئه عاجز يلخبطني بيلخبطني ملخبط يلخبط لخبطني بيجني بوجعلي وجعلي خبط صفره تعيس
        تعيسه تحتالصفر طايح طايحه باظت بايظ بايظه تلفان عالقد
    `),
    /** Reproaches begin with these. */
    why: wordSet(`
        why y wy lesh leish laish leh leeh lih 3alash 3lach 3lash
        ليش ليه لماذا لم علاش شمعني اشمعني ليهش عليش وعلاش
        whyy wai wts laych la2esh leysh leyh 3leh 3lesh 3leish shma3na eshma3na علاه لويش لشو لشنو
        ليشش لاش وراش لييش لييه لماذ اشمعنا شمعنا عشنو
    `),
} as const;

/** The words of each role that need no analysis; verbs of Arabic are told by their root. */
export const roleWords = { ...requestWords, ...topicWords, ...plainWords } as const;

/** What a word can do in a request for a language. */
export type Role = keyof typeof roleWords;
