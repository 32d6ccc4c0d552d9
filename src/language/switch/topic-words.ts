import { wordSet } from "../clean-sample.ts";

// All lists are in the letters of `foldLetters`: lower case, no apostrophes, one alef.

/** Words that show a language to be spoken of, not asked for. */
export const topicWords = {
    /** A question for a way of saying it. */
    how: wordSet(`
        how kif keef kifash kifach ezay ezzay izay ezzai shlon shlonak keif
        كيف ازاي شلون كيفاش كيفه اشلون ازي شنون
    `),
    /** A question for a thing, not for an answer in a language. */
    what: wordSet(`
        what whats wats which wot wat where shu sho shou chou eh eih esh eish wesh wsh shno
        shnu chno shnuwa chnowa ash
        شو ايش وش شنو شنوه ايه اش شنهو شني ويش اشنو وين
    `),
    /** A question for a person or a thing that exists. */
    who: wordSet(`
        who whose anyone anybody someone somebody there meen 3andkom 3andkon kayn chi fih
        مين منو شكون عندكم عندكن عندكو يوجد كاين احد حد حدا
    `),
    /** With these the language is that of a word or a name. */
    word: wordSet(`
        mean means meaning meant word words called call calls named name names spelling spelled
        spelt spell pronounce pronounced pronunciation term terms terminology translation
        translations translated written wrote printed synonym equivalent says title alphabet
        ya3ni ma3na ma3nat ma3nah ma3natha esm ism smiyt smit kelmet kilmet kelma kilma klmt
        maktoub maktouba maktuba maktoob terjamet mektoub
        يعني معني معناه معناها معناته معناتها معنات كلمه كلمات الكلمه الكلمات اسم اسمه اسمها
        الاسم اسمي يسمي يسمونه بيسموه بيسموها يسموه تسمي سميه سميت سميته المعني مصطلح المصطلح
        المقابل مرادف يقابل مكتوب مكتوبه مكتوبين كاتبين مترجم مترجمه ترجمه الترجمه ترجمت تنطق
        ينطق تنقال يقال ينقال بيتقال تهجئه كتبو كتبوا كاتب كاتبه
    `),
    /** Papers and media, which are in a language of their own. */
    document: wordSet(`
        نماذج استبيان نسخه خطاب مقالات كتب مواقع وثيقه عقد report reports leaflet leaflets label labels letter letters certificate certificates
        note notes prescription prescriptions form forms card cards copy document documents
        paper papers page pages website site app article book books video videos sms email
        emails exam test tests quiz file files bill invoice receipt manual brochure booklet
        poster sign consent results result class classes course lesson lessons school box
        package packaging print printout referral summary records record history scan
        appointment menu song movie film news insurance passport taqrir ta2reer taqreer ta2rir
        rapport roshetta roshitta rojeta rasheta wasfe wasfa natija nateega
        تقرير التقرير تقارير التقارير نشره النشره روشته الروشته وصفه الوصفه ورقه الورقه ورق
        اوراق الاوراق شهاده الشهاده علبه العلبه استماره الاستماره نموذج الموقع موقع نتيجه
        النتيجه نتايج النتايج نتائج النتائج تحليل التحليل تحاليل التحاليل فيديو مقال مقالا مقاله
        كتاب كتيب بطاقه البطاقه محاضره درس امتحان اختبار فحص كورس دوره مدرسه مدرسة المدرسه تطبيق
        صفحه ملف الملف فاتوره راتشيته الراجيته راجيته وصلتني اجتني جاتني جتني جاني رساله الرساله
        وصلني
    `),
    /** People, whose languages are told and not asked for. */
    person: wordSet(`
        his their theirs hers doctor doctors dr nurse nurses dentist dentists physician gp surgeon therapist
        psychologist psychiatrist specialist teacher receptionist receptionists interpreter
        translator pharmacist staff carer midwife consultant pediatrician paediatrician people
        person guy friend boss patient patients mother mom mum mama dad father husband wife son
        daughter brother sister grandma grandmother grandfather kid kids children child family
        parents aunt uncle maid nanny driver he she they him her them somebody colleague
        neighbour neighbor girl boy man woman assistant agent secretary lady tourist team clinic
        daktor tabib tbib doctora modarres momarreda emmi omi abouy jawze jozi zawji marti ebni
        دكتور دكتوره الدكتور الدكتوره دكاتره الدكاتره طبيب طبيبه الطبيب الطبيبه اطباء ممرض ممرضه
        الممرضه الممرض ممرضات موظف موظفه الموظفه الموظف مترجم مترجمه المترجم مدرس مدرسه استاذ
        معالج معالجه اخصائي اخصائيه صيدلي الصيدلي حكيم وحده واحد واحده حدا شخص امي ابوي ابني
        بنتي زوجي زوجتي مرتي جوزي مراتي جدتي ستي تيته والدي والدتي الوالد الوالده اخوي اختي ماما
        بابا هو هي هم هيه اهلي طاقم الطاقم مديري صاحبي صديقي صديقتي جاري راجلي الشغاله العامله
        المربيه الخدامه السواق ناس شاب سكرتيره عياده الاستقبال زوجها ابنها
    `),
    /** A third person's doing, by the form of the verb. */
    third: wordSet(`
        speaks talks knows understands reads writes has does did says uses learns studies
        teaches forgot went came comes 2al 2alet 2alli
        قال قالت قالو قالوا صرت كنت صارت بلشت يقول تقول بيقول بتقول كان كانت صار نسي
    `),
    /** Learning a language or being of a nation: nothing that an assistant does. */
    study: wordSet(`
        learn learning study studies studying teach teaching teaches speaking speaker speakers
        spoken native nationality born breakfast muffin beyedres byedros t3alam ta3allam
        modarres
        تعلم اتعلم يتعلم بتعلم دراسه ادرس يدرس بيدرس بدرس بتدرس تدرس مدرس كورس بيتعلم
    `),
} as const;
