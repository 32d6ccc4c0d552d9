import { wordSet } from "./clean-sample.ts";

/** Words that carry English grammar: their presence makes a message an English sentence. */
export const englishGrammar = wordSet(`
    the this that these those there here i i'm i've i'll i'd im ive you you're you've your yours
    he's she she's it it's its we we're we've they they're them their his him my mine our us is
    isn't are aren't was wasn't were weren't been being am have haven't has hasn't had do don't
    does doesn't did didn't dont doesnt didnt cant wont can can't could couldn't would wouldn't
    should shouldn't will won't may might must what what's whats which who who's whose when
    where where's why how how's if and or but because since while with without from for of to at
    by about into after before during between through not never than then an any some something
    anything nothing everything someone anyone everyone nobody every each other another such
    only just also too very much many more most few enough already still again yet let's please
    thank thanks sorry tell give take get got go going need want help know think feel feels
    feeling make made
`);

/** Frequent words of everyday and medical English. */
export const englishWords = wordSet(`
    hi hello hey okay yes no bye welcome good morning evening night day days week weeks month
    months year years old time today tomorrow yesterday now ago later long often always
    sometimes new first last next one two three four five six seven eight nine ten half name man
    woman child children baby boy girl son daughter mother father wife husband brother sister
    friend family people doctor doctors nurse hospital clinic pharmacy pharmacist appointment
    patient emergency ambulance pain painful hurt hurts ache aches headache toothache stomach
    stomachache backache head neck back chest arm hand finger leg knee foot feet toe ankle
    shoulder hip eye eyes ear ears nose mouth tooth teeth tongue throat skin hair heart lung
    lungs liver kidney kidneys brain blood bone bones muscle joint belly fever cough cold flu
    dizzy dizziness nausea vomit vomiting diarrhea constipation rash itch itchy itching swelling
    swollen bleeding burn burning bruise cut wound infection allergy allergies allergic asthma
    cancer diabetes diabetic pressure sugar high low normal abnormal test tests result results
    report scan image picture photo left right side both lower upper pregnant pregnancy period
    breast feeding medicine medicines medication drug drugs dose dosage tablet tablets pill
    pills injection surgery treatment therapy disease diseases syndrome symptom symptoms sick
    ill weak tired sleep sleeping sleepy eat eating ate food drink drinking drank water weight
    smoke smoking safe dangerous serious better worse bad severe mild sudden suddenly started
    stopped stop start come came see saw seen look looks show shows find found say says said ask
    asked call called use used using work works working keep try write read speak talk live
    lives die died dead love like likes hate happy sad angry afraid worried stress anxiety
    depression alone hard easy big small little hot warm wet dry clear clearly well really maybe
    sure true false wrong real great nice wonderful all less least own same different money job
    school house home car city world country english arabic up down out off over under around
    near far away together countries choice church advertising state knowledge assets reviews
    movies spell female male voice fast slow slowly correct definitely timer package computer
    mom dad salary age ages dyslexia causes cause risk information available blurred blurry
    vision opinion continue breath breathe breathing shortness difficulty difficulties tight
    tightness abdomen abdominal ankles stones broken fracture urine stool stools bloody infected
    nauseous palpitations heartbeat beating rate faint fainted fainting seizure stroke attack
    wheezing asthmatic inhaler insulin glucose cholesterol thyroid anemia iron vitamin vitamins
    calcium antibiotic antibiotics painkiller painkillers paracetamol aspirin ibuprofen ointment
    cream drops syrup vaccine vaccines vaccination operation stitches bandage mri x-ray
    ultrasound biopsy mass lump nodule lesion tumor tumour lymph cyst hernia ulcer acid reflux
    heartburn bloating gas constipated discharge menstrual periods cramps fertility miscarriage
    newborn infant toddler teething diaper eczema acne psoriasis hives mole sunburn blister
    bruised sprain sprained stiff stiffness numb numbness tingling weakness tremor memory
    migraine insomnia panic anxious lonely crying suicidal hearing hush quiet exactly perhaps
    ever getting hour hours minute minutes since twice daily once monthly weekly noon lunch
    dinner breakfast meal meals fasting diet exercise walking running lifting sitting standing
    lying travel flight patients clinics surgeon dentist specialist cardiologist dermatologist
    prescription refill insurance cost price open closed address phone number questions question
    answer meaning
`);

/** Frequent words of other languages in Latin letters that English does not use. */
export const foreignLatinWords = wordSet(`
    le la les un une des du et est sont pas que qui dans pour avec sur je tu il elle nous vous
    ils ce cette mon ma mes sa ses c'est j'ai n'est qu'il d'un d'une l'on très mais ou où être
    avoir fait el los las una unos del al y es está están por para con como más pero yo tú su
    sus lo mi te se nos muy qué cómo tengo tiene hay ser estar hacer esta este eso esto puede
    puedes der das den dem ein eine einen einer und ist sind nicht ich er sie wir ihr mit auf
    für von zu ist's auch sich haben habe hat war wird bin bist mein dein sein kein wie wo wenn
    dass bir ve bu da için ile çok değil mı ben sen biz siz onlar var yok ne nasıl gibi daha
    kadar olan olarak benim senin onun bunu yang dan di ke dari ini itu untuk dengan tidak
    adalah saya kamu aku dia mereka kami akan ada pada juga bisa sudah belum apa apakah orang na
    ya wa kwa ni za katika hii hiyo huyo yangu yake wangu wewe mimi sisi kama lakini hakuna sana
    ang ng mga ay ko mo ka si ito iyon hindi ako siya natin ba po nang kung isang gli che non è
    sono per della nel alla ho hai ha abbiamo questo questa anche più mio tuo suo molto perché
    cosa het een de van en niet dat ik hij zij wij jullie op met voor aan maar om ook bij naar
    uit heeft heb bent wat waar hoe kan mijn jouw ji li bi û ku ev ew ez em hûn wan jî yê yên bo
    her gelek heye kir waa iyo oo ee uu ah inay wuxuu waxay waxaa leh kale hadii ayaa o os as um
    uma não com eu você ele ela nós isso muito bem
`);
