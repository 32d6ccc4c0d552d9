import { wordSet } from "../clean-sample.ts";

// All lists are in the letters of `foldLetters`: lower case, no apostrophes, one alef.

/** Words that build the sentence around a request. */
export const plainWords = {
    /** Whose writing or knowing is told. */
    own: wordSet(`
        i im ive ill we were_we me my us our mine myself ana ani e7na ehna nehna
        انا اني احنا نحن
        nehne ni7na ne7na 7na hna ihna anaa اناا احنه حنا حنه نحنا نحنه احني وانا واني واحنا انني
        اننا وانني فانني
    `),
    /** The assistant. */
    you: wordSet(`
        you u bot chatbot ai ya your youre ur inta enta inti enti 7adretak
        انت انتي انتو انتم حضرتك حضراتكم
    `),
    /** Being: "the leaflet is in English", "is it in English?". */
    copula: wordSet(`
        is its are was were be been being isnt arent
    `),
    /** What makes a complaint of what the assistant does. */
    always: wordSet(`
        keep keeps kept always still again kello kolo kollo
        عم بتضل ظليت كل لسه ضليت دايما كله
        continuously constantly everytime allways tamalli dayman da2iman dima lissa lessa ba3dak
        ba3dek لساتك لسا بعدك بعدكم ديما دايمن تملي قاعد قاعده قاعدين ماسك شغال شغاله مصر مصره
        عمال عماله تم ضل بضل بتظل تضل تظل مازال مازلت ماتزال
    `),
    /** With these, what the patient knows is what can be answered in. */
    only: wordSet(`
        bark barka برك only just solely exclusively bas bass faqat
        بس فقط الا حصرا
        merely purely strictly soley onlly ony 7asran fa9at f9at ghir gheer ghi ger غي وبس وفقط
        لوحده لحاله
    `),
    /** Where a new thought begins. */
    boundary: wordSet(`
        so but because cause cuz coz bcz becoz bc since while although though then also plus if
        when whenever unless until till even whereas and 3ashan 3shan 3alashan 3lashan mshan
        menshan la2ano l2ano laken lakin iza 7atta w wa ou
        لان لاني لانها لانه لانو لانهم لانني عشان علشان مشان منشان حتي لكن لكني اذا وقت راه حيث
        لانك فانا فاني وانا وانت وهو وهي وبليز
        otherwise 3asan 3shn 3ashn 3lshan 3alshan mshn minshan 3lakhater 3la5ater 5ater khater
        7itach 7it 7iteach 5atr bima la2no la2ino lanno lani la2an liano li2anna li2ano fa ama
        amma wana wenta w2ana عشاني علشاني لاجل لجل علشانه بحكم بما فاذا خاطر علخاطر حيتاش حيت
        لانكم ولان فلو ولو واذا وانه لهذا لذلك فلذلك وعشان ومشان وعلشان فمشان فعشان وبعدين ثم علما
        كون كوني كونها بسبب
    `),
    /** What may stand anywhere in a request without changing it. */
    filler: wordSet(`
        yeha yaha yah iyaha eyaha yeh lo lha lahom will gonna ll youll wont instructions info information details think guess believe hope hopefully maybe perhaps mate guys guy dude man bro buddy robot
        computer anyway anyways already yet ever sure course mr mrs miss dr etc oh ah hmm um uh
        sry apologies alright there both either each next coming great nice cool done good
        morning evening afternoon 2 option mode support setting settings future following must
        should myself yourself preference tongue feel message text about in to into the a an
        with of it this that these those them on at by for from now onward onwards here forward
        forwards again instead time times rest last part thing things all everything more some
        any one same first other way language lang languages doc sir madam friend hello hi hey
        dear habibi yes yeah yep ok okay well very really too much totally actually honestly tbh
        lol btw ps just only please always forever today tonight also and or then up down like
        enough medical stuff content question questions second third point whole full entire me
        my us our you your u r ur we i id ill im ive is its lets let be am are do if so as back
        over out through half sorry xx right away asap follow version slowly simply what whats
        something anything nothing else dose steps advice stated above before earlier previously
        few two soon hereafter el al il le lel lil b bel bil bl bi fel fil fi l law lw men mn min 3alaya
        3alay 3alayya 3aleh 3lia 3liya ma3i m3aya ma3aya wyaya m3ay ya w el7een hal2a halla2
        hala2 dilwa2ti delwa2ti hassa daba tawa tani tany kaman da di dah deh hada hayda hatha
        kol koll kollo kello lugha lo8a logha lughe loghat allah y3afik yekhallik ykhalik y5alik
        ba2a ba2 ana enta inta la2 laa aywa doctor daktor doktor dktor khalas 5alas tayeb tab
        ktir ktr ketir kteer awi awy 5ales khales marra haydi keda kida hek heik kitha eshi shi
        shwe ta3i taba3i lak lik lek 3alek 3alaik ma3lesh ma3lish m3lsh asef asfe 7abibi 3azizi
        yalla wallah wlh walla ya3am khaye akhi a5i tamam mashi salam salamo 3alekom alaykom 3al
        3a 3la 3ando
        له لها لهم لك لكم لكو الك ليك ليكم عليك عليكم معنا معانا ويانا لنا النا منك منكم كم به بها فيه فيها
        خلاص يلا هيا اسف اسفه عذرا عفوا معلش معليش يعم ياعم اخوي عزيزي عزيزتي فديتك عيوني قلبي
        سيدي سيدتي حضره استاذه مساء صباح الخير النور ورحمه وبركاته حيث شي اكيد تمام ماشي اوكي
        فضلا فوق تحت عندي تبعي مالتي بتاعي مستواي مستوايا مستوي قرايتي قراءتي الفصحي الفصيح فصحي
        العاميه الي اللي ل ب بال في من علي عليا عليي لي ليا معي معايا معاي وياي ويايه معاك معك
        معكم وياك عني الان الآن هسه هسا هلا هلق هلأ توا دابا دلوقتي دلوقت الحين ذلحين هالحين
        كمان برضو برضه تاني ثاني ثانيه تانيه مره مرتين اخري اخرى كذا كده كدا هيك هذا هذه هذي هاد
        هاي هاذا ده دي دا ذا ذي ها هو هي كل كله كلها كلو كلشي شيء حاجه اشي بس فقط دايما دائما
        دوما لغه اللغه باللغه لغتي لغة ان انو انه انك اني تكون يكون كي يا دكتور دكتوره دكتورة
        اخي اختي ياخي عم عمي حبيبي حبيبتي عيني استاذ اخ غالي طيب طب اوك نعم ايوه اه لا لأ شكرا
        وشكرا مرحبا اهلا هلو السلام سلام فصاعدا رايح جاي وانت انت انتي حضرتك بقي بقا اذا لو سمحت
        فضلك الله يخليك يوفقك يعافيك يعطيك يسلمك العافيه والله بالله الباقي باقي السؤال كلامي
        جدا كتير كثير قوي اوي خالص ابدا ياها اياه اياها اياهم سبق ملاحظه ايضا لازم المعلومات
        التعليمات الخطوات السابق قبل الاول اول شويه رسايل انا احنا نحن رايك رأيك الوضع وضع حط
        اقل اكتر اكثر حالا ابتداء بدءا اليوم ديال مزيان زين منيح كويس حلو مليح
        ones whit wth wit tha plain simple simpler shorter short big bigger msgs thread line lines
        para paragraph sentence sentences bullet bullets button convo properly exactly straight
        directly bye kinda sorta literally obviously basically frankly apparently currently
        meanwhile wait okey oky okie kk k yo hiya heya hii helo hellow greetings folks sister mam
        maam halla halaq hallaq hall2 issa hesse hissa hessa dorka druk drok taw lyoum elyom
        nharda ennaharda alyoum tol tool 3latoul 3alatool 3altool 3altol fiha fiyo fih fiyya biha
        bih bihom biyo feeha feeh fee ma3ana m3ana m3na m3a wiyana wayana ma3na inno enno enu eno
        inu inn la2ni la2enni wlo eza رح راح حا لح هلء هسع هسي دحين دحينه الحينه اسا اسه اللحين
        هاللحين توه دروك دركا ضرك ضركا باه باهي ياهي ايوا ايي اي اها عاد بعد بعدين بعدها هالمره
        المره الجايه القادمه القادم الجاي التاليه التالي المقبله الجديد جديد وطالع وجاي ورايح
        وصاعد فطالع هون هنا هني هنيا علطول دغري مباشره تحديدا ضروري مستعجل بسرعه عالسريع باختصار
        مختصر ببساطه بالتفصيل الجمله جمله الفقره فقره النقاط نقاط السطور اعلاه ادناه هالكلام
        هالحكي هالحجي الشغله بلغتنا بلغتي لغتنا ديالي ديالنا تاعي تاعنا متاعي متاعنا حقي حقتي حقنا
        تبعنا تبعك تبعكم بتاعتي بتاعنا مالنا مالي مالك ديالك تاعك متاعك حقك حقكم بتاعك بتاعكم
        هذولي هذول هدول دول هاذي هاذ ذيك ذاك داك هذاك هاظ هاض هيدا هيدي هيدول ذه ذيه خويا يابني
        ياابني حبيبنا حياتي روحي قمر غاليتي طال عمرك يالغالي يالحبيب ياخوي يااخي ياخويا ياختي
        ياعيني ياقلبي ياروحي يادكتور يادكتوره باشا ياباشا معلم يامعلم ريس ياريس كابتن زميل حاج
        ياحاج استاذي دكتورنا دكتوري دكاترتنا اخواني اخوتي شباب ياشباب اهلين يسعد مساكم صباحكم
        صباحو مسا بونجور هلاوالله السلامو عليكمو عليكمالسلام شاء انشاء انشالله يارب والدين بوك
        راسك راسي عينك عيونك ايدك قلبك
        po opo ho ji bhai yaar yar lah na pa يبقي تبقي يكونو يكونوا تصير تبقو يبقو tkoun ykoun
        yekoun tkun ykun yeb2a yib2a teb2a
    `),
} as const;
