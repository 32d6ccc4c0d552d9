import { wordSet } from "../clean-sample.ts";

// All lists are in the letters of `foldLetters`: lower case, no apostrophes, one alef.

/** Words that show a language to be spoken of, not asked for. */
export const topicWords = {
    /** A question for a way of saying it. */
    how: wordSet(`
        how kif keef kifash kifach ezay ezzay izay ezzai shlon shlonak keif
        كيف ازاي شلون كيفاش كيفه اشلون ازي شنون
        hw howto ezzayy ezayy izzayy kiffash kifech kifeh kifeesh keefash keyf keyfa kayfa kayf
        shlun shloon shlonn eshlon ishlon chlon kifah كيفن كيفنا كيفيه كيفما ازااي ازيك ايزاي
        شلونك شلونه اشلونه كفاش كيفاه كيفوش كيفش
    `),
    /** A question for a thing, not for an answer in a language. */
    what: wordSet(`
        what whats wats which wot wat where shu sho shou chou eh eih esh eish wesh wsh shno
        shnu chno shnuwa chnowa ash
        شو ايش وش شنو شنوه ايه اش شنهو شني ويش اشنو وين
        wut waht wheres shoo shuu shinu shinuwa shnowa chnia chniya achno ashno achnou eeh ehh
        aish aysh shnhu shinhi winek fein feen fen wein ween wain wen fin finek ماذا شوو اشو شنوا
        شنيه اشنوه اشنيه وشو وشهو وشي وشنو شنهي فين فيين اين منين ماهو ماهي ماهيه كم قديش بكم بكام
        كام وقتاش متي امتي
    `),
    /** A question for a person or a thing that exists. */
    who: wordSet(`
        who whose anyone anybody someone somebody there meen 3andkom 3andkon kayn chi fih
        مين منو شكون عندكم عندكن عندكو يوجد كاين احد حد حدا
        whos exist exists existing anybodys 3andkum 3andkoum 3indkom 3endkom 3indkum fi7ad fihad
        minu mnu mino chkoun shkoun skoun 7ad 7ada 7add متوفر متوفره يتوفر تتوفر موجود موجوده
        موجودين لديكم عدكم عدكن حداش حدش محدش فيحد منهو مينو منهي شكونو كانش واحدا ابحث ادور بدور
    `),
    /** With these the language is that of a word or a name. */
    word: wordSet(`
        mean means meaning meant word words called call calls named name names spelling spelled
        spelt spell pronounce pronounced pronunciation term terms terminology translation
        translations translated written printed synonym equivalent says title alphabet
        ya3ni ma3na ma3nat ma3nah ma3natha esm ism smiyt smit kelmet kilmet kelma kilma klmt
        maktoub maktouba maktuba maktoob terjamet mektoub
        يعني معني معناه معناها معناته معناتها معنات كلمه كلمات الكلمه الكلمات اسم اسمه اسمها
        الاسم اسمي يسمي يسمونه بيسموه بيسموها يسموه تسمي سميه سميت سميته المعني مصطلح المصطلح
        المقابل مرادف يقابل مكتوب مكتوبه مكتوبين كاتبين مترجم مترجمه ترجمه الترجمه ترجمت تنطق
        ينطق تنقال يقال ينقال بيتقال تهجئه كتبو كتبوا كاتب كاتبه
        meanings titled labelled labeled spells pronouncing pronouncer writen acronym abbreviation
        initials stands dialect dialects grammar vocabulary vocab keyboard keyboards font fonts
        phrase phrases idiom idioms proverb saying sayings slang joke jokes quote caption captions
        subtitle subtitles poem poems poetry slogan ma3nata ma3net ma3nato ma3neto ma3niha m3nat
        m3natha m3nt klma kalma kelmat klmet kelmtha ismo isma ismou ismha asma asm ismaha esmo
        esmaha esmha smito smitha mestala7 mostala7 mesta7 7arf 7rouf horouf 7uruf luhga lahja
        lahga lahje 3onwan tarjama targama terjme trjma tarjamet targamet terjma mutarjam mtarjam
        mektoba makto maktob mkteb mektouba mktoub mktouba byetla3 btetgal btet2al bit2al yet2al
        yt2al byit2al yt9al معناتو معناهم معناهن معانيها المعاني قصده بمعني تعني تعنيه بتعني بيعني
        كلمتين كلمتها لفظ اللفظ لفظها نطق النطق نطقها ينلفظ تنلفظ حرف الحرف حروف الحروف احرف
        اختصار الاختصار اختصارها تسميه التسميه تسميته تسميتها يسمونها نسميه نسميها بنسميه بنسميها
        اسميه يسميه تسموه بتسموه عنوانه اسماء الاسماء اسامي الاسامي باسم اللهجه لهجه لهجته لهجتها
        لكنته القاموس قاموس كيبورد الكيبورد الخط كتابته كتابتها كتابات انكتبت انكتب مكتوبله كاتبلي
        كاتبها كاتبلنا كتبولي كتبتها كتبتلها كتبها مكتوبا مطبوع مطبوعه اترجم يترجم تترجم ترجمته
        مترجمين ترجموه ترجموها اترجمه اترجمها نترجم نترجمه انترجمه انترجمها ترجمتو
        maktoube maktoobe maktobe maktooba maktuub kelme kelmeh kilme kelmit kelmeit
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
        application applications contract contracts bag bags bottle bottles strip strips jar tube
        packet sachet blister picture pictures photo photos image images screenshot screenshots
        xray xrays scans mri ct ultrasound ecg echo biopsy panel lab labs pdf pdfs attachment
        attachments link links fax faxes post posts tweet tweets reel channel channels tv
        television radio podcast podcasts series episode episodes programme program programs
        documentary interview interviews lecture lectures workshop workshops seminar conference
        webinar session newspaper newspapers magazine magazines journal journals study research
        dictionary textbook textbooks novel novels story stories diploma degree licence license
        permit visa ticket tickets voucher sticker stickers signs board boards banner banners
        wristband bracelet badge chart charts table tables sheet sheets handout handouts pamphlet
        pamphlets guide guides guidelines checklist questionnaire questionnaires survey surveys
        waiver agreement policy policies voicemail voicemails recording recordings announcement
        announcements notification notifications alert alerts reminder reminders portal dashboard
        monitor device devices machine machines meter glucometer thermometer homework essay ielts
        toefl university college nursery kindergarten academy curriculum subject subjects
        transcript advert ad ads flyer flyers drug drugs boxes carton cartons cardboard price
        prices pricelist list lists sicknote ta2arir taqarir tqrir ta9rir ta9reer tkrir rapporat
        war2a wara2a warqa war9a wr9a wara2 awra2 awraq shahada chahada shehade nashra nashre
        roshta rushetta rochetta ordonnance ordonance wasfeh wasfat ta7lil ta7lel ta7alil t7alil
        ta7aleel tahalil tahlil natayej natayij nata2ej nate2ej ista2mara estemara istimara
        formulaire dossier malaf maleff milaff fatora fatoura facture cours dars draya doros
        madrase madrasa madrese madraset jam3a jame3a gam3a imti7an emti7an imtihan emte7an
        musalsal mosalsal moslsal aflam kitab kteb ktab ktabi mawqe3 maw2e3 tatbi2 tatbeeq
        barnamej bernamej jarida jaryda 3elba 3elbe 3ilba 3olba 3lba karton kartona kis kiis
        aghani oghnia oghniya ghneye ughniya وريقه ورقتي اوراقي تقريري تقريرها تقريره نتيجتي
        نتايجي نتيجتها تحاليلي تحليلي تحليلها ملفي ملفها وصفتي الروشيته روشيته روشتي راشيته
        الراشيته اوردونانس ليزاناليز زاناليز تحاليلو اشعه الاشعه اشعتي رنين الرنين سونار السونار
        ايكو خزعه الخزعه منظار مستند مستندات المستندات وثائق الوثائق وثايق الوثايق شهادات الشهادات
        اجازه الاجازه عقود تصريح التصريح تاشيره التاشيره جواز الجواز جوازي هويه الهويه اقامه
        الاقامه بطاقتي كرت الكرت كارت الكارت كرتون الكرتون كرتونه الكرتونه علبته علبتها غلاف
        الغلاف شريط الشريط قنينه ازازه كيس الكيس لاصق ملصق الملصق لوحه اللوحه لافته اللافته يافطه
        اليافطه شاشه جهاز الجهاز جهازي مكنه الماكينه دليل الدليل كتالوج الكتالوج كتيبات منشور
        المنشور منشورات بوست تويته تغريده مقاطع مقطع المقطع فيديوهات الفيديو صوره الصوره مسلسل
        المسلسل فيلم الفيلم افلام اغاني اغنيه الاغاني نشيد برنامج البرنامج بودكاست اذاعه الاذاعه
        قناه القناه الاخبار جريده الجريده مجله المجله كتابي روايه الروايه قصه القصه مجلات بحث
        البحث ابحاث محاضرات المحاضره جلسه الجلسه جلسات الجلسات كورسات الكورس الدوره دورات ورشه
        الورشه ندوه مؤتمر حصه الحصه حصص الدرس دروس الدروس واجب الواجب فرض امتحانات الامتحان
        الاختبار فحوصات الفحص كويز مقابله المقابله انترفيو وظيفه جامعه الجامعه كليه الكليه معهد
        المعهد حضانه الحضانه روضه الروضه مدارس المدارس منهج المنهج ماده الماده شعر قصائد ايميل
        الايميل ايميلات فاكس اشعار الاشعار اشعارات اعلان الاعلان تنبيه لنك رابط الرابط قائمه
        القائمه قايمه القايمه منيو المنيو اسعار الاسعار فواتير موافقه الموافقه اقرار الاقرار وكاله
        الوكاله توكيل التوكيل تفويض استبانه الاستبيان فورم الفورم فورمه الفورمه ابلكيشن الابلكيشن
        التطبيق بوابه البوابه خطابات الخطاب مراسله
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
        mans mens women ladies gentleman male female men cousin cousins niece nephew uncles aunts
        grandson granddaughter grandchildren grandparents grandad granddad granny nan nana gran
        stepmother stepson inlaws fiance fiancee girlfriend boyfriend partner roommate flatmate
        housemate classmate classmates coworker coworkers colleagues neighbours neighbors landlord
        tenant employer employee employees manager supervisor hr worker workers housekeeper helper
        helpers cleaners gardener cook chef guard security officer police policeman paramedic
        paramedics ambulance operator clerk reception cashier salesman cardiologist dermatologist
        neurologist oncologist radiologist gynecologist gynaecologist obstetrician urologist
        psychiatrists therapists physios physio physiotherapist dietitian dietician nutritionist
        optician optometrist anaesthetist anesthetist surgeons consultants specialists technician
        tech sonographer phlebotomist volunteer volunteers imam priest lawyer solicitor professor
        professors teachers tutor tutors student students pupil pupils instructor coach trainer
        interpreters translators citizen citizens expat expats immigrant immigrants refugee
        refugees foreigners visitor visitors guest guests customer customers client clients
        stranger strangers ragel ragl rajel rajl rijal rajol rjal raglo 7orma sitt sitta wa7ed
        wa7da wahed wahda shakhs sha5s sakhs nas ness ennas modir modeer mudir modiri mdiri zamil
        zamili zamila zmili saheb sahbi sa7bi sa7ebi sadi2i sadiqi jar jari jarti jarna garna
        garti gari jiran emm ommi oumi omy mmi yemma abou abouya bouya abuya aboya waldo walida
        waled walda ibn ibni bnt benti binti bint wlad wladi awlad awladi akhoy akhoya akhouya
        khoya khouya okhti khti ukhti 5ti akhti jiddo jiddi jaddi jaddati jadati tete teta sitti
        3ammi 3amti 5ali 5alti khali khalti khala 7amati 7amaya 7amay martou mrati mrate marati
        merati mrty marty zawjati gozi goozi jozy jawzi rajli mart 3amel 3amla 3amela shaghala
        shaghale khaddama 5dama khadama sowag sawa2 sawag daktora daktoora dktora duktur duktor
        tbiba tabiba tabibi momarida momareda mumarida mumaridha momaredha frmlia farmlia
        infirmiere infirmier saydali saydalani pharmacien ostad ustad ostaz ostaza ustaz m3allem
        mo3allem mo3alem mo3alema moderres modarresa mudarris mudarrisa motarjem mutarjim motargem
        motarjim tarjuman mtarjem mowazaf mowazafa mwazzaf muwazzaf muwathaf رجل الرجل راجل الراجل
        رجاجيل رجاله الست ستات سيده السيده امراه المراه حرمه الحرمه بنت البنت بنات البنات ولد
        الولد اولاد الاولاد اولادي عيالي عيال العيال طفل الطفل طفله الطفله اطفال الاطفال طفلي
        طفلتي ولدي ولديي بنتنا ابننا ولدنا بنيتي وليدي ابنه بنته بنتها ولده ولدها اخوه اخوها اخته
        اختها امه امها ابوه ابوها مرته مراته جوزها خالي خالتي خاله الخاله عمتي عمته الجده نسيبي
        نسيبتي حماتي حماي كنتي صهري زوجه الزوجه زوج الزوج خطيبي خطيبتي عمامي خوالي خواتي ميمتي
        عائلتي عيلتي حفيدي حفيدتي حفيد احفادي ستو تيتا جدو سيدو زميلي زميلتي زملائي زملاي الزميل
        مدير المدير مديره المديره رئيسي صاحبتي رفيقي رفيقتي رفيجي رفيجتي ربعي جيران الجيران جارتي
        جارنا جارتنا عامل العامل العمال شغاله خدامه خادمه الخادمه مربيه سواق سايق السايق سائق
        السائق بواب البواب حارس الحارس مندوب المندوب سكرتير السكرتير السكرتيره استقبال ريسبشن
        الريسبشن موظفين الموظفين مسعف المسعف مسعفين ممرضين الممرضات الممرضين ممرضتي نيرس النيرس
        فرمليه الفرمليه حكيمه الحكيمه حكما طبيبتي طبيبي دكتورتي دكتورتنا دكتورته استشاري الاستشاري
        جراح الجراح اخصائيين الاخصائيه الاخصائي مختص المختص مختصه صيدلاني الصيدلاني صيدلانيه
        الصيدلانيه المعلم معلمه المعلمه ابله ميس استاذه الاستاذ الاستاذه طلاب الطلاب طلابي مترجمين
        ترجمان الترجمان المترجمه المرافق قريبي قريبتي قرايبي اقاربي الناس زبون الزبون زباين زبائن
        عميل العميل عملاء ضيف ضيوف سائح سياح الاجنبي الاجانب بشر احدهم بعضهم الشب صبي الصبي زلمه
        الزلمه
    `),
    /** A third person's doing, by the form of the verb. */
    third: wordSet(`
        speaks talks knows understands reads writes has does did says uses learns studies
        teaches forgot went came comes 2al 2alet 2alli
        قال قالت قالو قالوا صرت كنت صارت بلشت يقول تقول بيقول بتقول كان كانت صار نسي
        asks rang phoned whatsapped emailed shouted yelled mentioned insisted insists refuses
        refused goes took takes gives sings sang watches watched listens thinks thought knew
        forgets switches mixes stutters mumbles babbles sees saw hears heard tells shows showed
        signs signed 2alo 2alou 2aletli 2aloli galli galoli gal galat galet galou galu gali gally
        gallo 9al 9alet 9alou 9alli 9alouli 7aka 7akat 7ako 7akou 7akali 7akatli hdar hadro hadrou
        7kaw kan kanet kanit kano kanou kaan kenet sar saret sarit sarou nsi nesi nesyet nesit
        ttasal etasal etasalo ettasalo itasal itasalo itasalou tkallemu tkallamo tkallmou
        etkallemo etkalemo takallamo takalam takallam قالولي قالوله قالي قاللي قلي قلولي قالتلي
        قالتله قالها قالوها قالنا قالولنا كالو كالت كال كالولي كاللي يكول يكولون يقولون بيقولو
        بيقولوا بيقولي بيقولولي كانو كانوا كانش صارو صاروا بلش بلشو بدا بدت نست نسيو نسوا حكت حكو
        حكوا حكولي حكالي حكتلي حكيو حكاها شرحولي شرحت كلموها كلموه ردت اتصل
        اتصلو اتصلوا دق دقو دقوا دقت رن رنو رنوا خابرني خابرو نادو نادوا نادي ناداني
        نادت عطاني عطوني عطتني اعطاني اعطوني اعطتني ادوني اداني ادتني عطاوني عطاتني 
        بعتت وصلو جابو جابوا جابولي جابلي سالني
        سالتني سالوني طلبو طلبوا طلعو طلعوا يتحدثون
        يتكلمون بيتكلمو بيتكلموا بيحكو بيحكوا يحكون يحجون راحت راحو راحوا جاء جات جت اجا اجت اجو
        عملو عملوا سوت سوو حاول حاولت حاولو صرخ صرخت شتم شتمني زعق خانقني سمعت سمعو شاف شافت شافو
        شفت قرات قراها قرو درست تعلمت اخد اخذ اخدت اخذت اخذو ادي ادت
        وتكلمو وتكلموا واتكلمو واتكلموا وتحدثو وتحدثوا
    `),
    /** Learning a language or being of a nation: nothing that an assistant does. */
    study: wordSet(`
        learn learning study studies studying teach teaching teaches speaking speaker speakers
        spoken native nationality born breakfast muffin beyedres byedros t3alam ta3allam
        modarres
        تعلم اتعلم يتعلم بتعلم دراسه ادرس يدرس بيدرس بدرس بتدرس تدرس مدرس كورس بيتعلم
        raised nationals accent taught major majored majoring tutor tuition ielts toefl muffins
        pudding bulldog shepherd ivy lavender gum bread coffee tea tent horse horses music food
        cuisine restaurant rose gulf spring world league emirates countries country peninsula
        nights perfume oud numerals numbers ta3lim ta3leem bat3alem bat3allem bt3allam bet3alam
        at3alam at3allam yet3alam yet3allam net3alam n9ra na9ra ta9ra ye9ra yadros bidros byodros
        bedros bdarres badarres mudarisa mdarres udarris ندرس بادرس يدرسون بيدرسو دراستي تعليم
        التعليم نتعلم يتعلمون تتعلم بنتعلم مدرسين معلمات تخصص تخصصي جنسيته جنسيتها جنسيتي اصله
        اصلها مواليد
    `),
} as const;
