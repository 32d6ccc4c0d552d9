import { wordSet } from "./clean-sample.ts";

/** Common words of Arabic as it is written in Latin letters and digits. */
const arabiziWords = wordSet(`
    ana enta enti inta inti ente e7na ehna 7na huwa howa hiya heya humma homma hum ento entu el
    al l fi fel fil min mn men 3ala 3la 3al 3an ma3 ma3a la2 la laa aywa eh ah na3am la2a mesh
    mish msh mush mosh mo mu mafi mafee ma 3andi 3indi 3endi 3ando 3andha 3andik 3andak 3ndi
    indi andi kan kant kanet kont bas bs kaman kamaan bardo w wa wo ya yani ya3ni yaani law lw
    lao hal shu sho shou shino shno chno ash wash ach eih leh leih lesh leish laysh kif keef kef
    kifak kefak kifik ezay ezzay izay wein wen wayn feen fein emta imta meta mata kam kem addeh
    addesh gadeh shlon shlonak shlonik chlon shlonek salam salaam slm assalamu salamu alaykum
    alaikum aleikum 3alaikom 3alikom marhaba mar7aba marhba ahlan ahleen hala halla sabah saba7
    masa masaa khair kheir 5eir khir shukran shokran chokran mashkoor mashkour yeslamo 3afwan
    afwan tamam tmam zein zen zain kwayes kwayyes kowayes kwayesa mni7 mnih mnee7a taban ta3ban
    ta3bana taabana ta3bane marid mareed mareeda maridha marida waja3 wja3 waga3 wajaa alam alem
    2alam soda3 sodaa sudaa suda3 rasi rassi batni btni batne sadri galbi albi qalbi dahri
    dhahri 7arara harara sokhoneya skhana kohha ka7a ko77a sokkar sukkar sokari sukari da8t
    daght dakht da8ti ibni ebni benti bent bint walad waladi weladi ommi ummi omi abouya aboya
    uhti okhti ukhti akhi akhoya a5oy mrati zawji gozi jozi marti hamel 7amel 7amla hamla tefl
    tifl tefli atfal a6fal doktor doctora daktor dktor dktora tabib dawa dawaa dwa dawa2 dowa
    adwiya 7abba habba hbub 7boob 7abb 7oboob jor3a gor3a 3omro 3omri omri omro sana sna snin
    sneen sinin shahr shahar ashhor osbo3 usbu3 esbo3 yom youm yawm ayam ayyam embareh emberi7
    mbare7 lbareh elyoum elyom alyoum alyom lyoum el3sr bukra bokra bukrah delwa2ti dilwa2ti
    halla2 hala2 alhin al7in hassa hassah daba tawa halaq lama lamma ba3d ba3den badain b3dein
    gabl abl 2abl qabl kol kul koll kulshi kolshi kteer ktir kteir katir awi 2awi gedan jiddan
    giddan wayed wajed bzaf bezaf barsha shwaya shway shwayya chwiya shoya 7aga haga 7aja haja
    shi chi 3ayez 3ayza 3awez 3ayz awez ayez biddi baddi bdi bedi badde abi abgha abgi abghi
    momken mumkin momkin mumken lazem lazim lezem yenfa3 ynf3 khalas 5alas yalla yallah wallah
    wallahi walla inshallah inshalla enshallah incha2allah hamdulillah hamdella el7amdulillah
    alhamdulillah 7amdella habibi 7abibi habibti 7abibti ostaz ustaz ya3tik ma3lesh ma3lish
    maalesh sa7 sah sa77 ghalat fahem fahim fahma bafham mafhemtesh 3aref 3arfa ba3ref a3ref
    mashi mashy tayyeb tayeb tayib 6ayeb zay zayy mesl mithl akid akeed a3mel a3ml asawi asawwi
    ndir adir akhod akhud akhodh asheel ysir ysawi ta3mel byewga3 byewga3ni bywga3ni bewga3ni
    yewga3ni y3awerni t3awerni biwaja3ni btewja3ni biyoja3ni mawjood mawgood mawjud dayikh
    dayekh da5ya dayekha dookha dokha da5a dyal dyali dyalek had hadi hada hadak hadchi hadshi
    fini fiya fiyya 3lik 3liya bghit khassni hatha hadha khatir khateer 5ateer khater khayfa
    khayef khayif kayfa kaifa rijli regli rejli riglii werma warma waram 5ayef 5ayfa maghas
    ma8as ghathayan 8athayan su3al so3al s3al sokhona s5ona nazif naziif nzif ta7lil tahlil
    ta7aleel tahaleel ash3a ashi3a asha3a sora soora 3elaj elaj 3ilaj 3ilag 3elag 3amaliya
    amaliya mostashfa mustashfa 3iyada iyada 3yada saydaliya saydalia dokhan sabab asbab a3rad
    aarad maradh mard amrad sa3idni sa3edni saedni anam nayem nayma akel akl akol sharab ashrab
    nafas nafasi tanafos yoje3ni yuja3ni biouja3ni yewja3ni yawja3ni dameti sodati mafham
    mafhamsh khatar imsak ishal es-hal esehal tarjee3 targee3 hararti ismi esmi omr lwja3 lwaja3
    sbah lkhir lkheir tbib ndirou nswl rah rahi rani raki bghina smahli smeh3li
`);

/** Words that English, names or other languages also use: alone they say nothing. */
const ambiguous = wordSet(`
    al el la l ma wa w min men kan had bas fi ana hum eh ah kol kul alam sah bent kam ash mo mu
    ach wash abi ya chi kant hal halla sana omi mata yom mn fil fel hala lao slm sna abl dawa
    galbi tayeb masa ente wo meta feen wen emta indi andi gedan mithl law zen shi leh ok
`);

/** A digit that stands for an Arabic letter within a word: 3andi, so3al, wja3. */
const digitWord =
    /^(?:[a-z']+[2356789][a-z2356789']*|[2356789][a-z']+[2356789][a-z2356789']*|[235679][a-z']{3}[a-z']*)$/;
/** Where digits within words are usual: amounts, ordinals, vitamins, tests, strengths. */
const digitTerm =
    /^(?:\d+(?:st|nd|rd|th|am|pm|mg|mcg|ml|kg|cm|mm|km|lb|lbs|hr|hrs|min|mins|days?|weeks?|months?|years?|yrs?|yo|hours?|times|tabs?|pills?|iu|gb|mb|doses?|cups?|meals?|months|x|d|h|g)\d*|[a-z]{1,2}\d+[a-z]?\d*|(?:vitamin|vit|omega|type|covid|grade|stage|spo|hba|hb|vo|pco|phq|gad|mp|ipv|hpv|cd|il|tnf|q|sars|cov|influenza|alpha|beta|ca|cea)\d+[a-z]*\d*)$/;

/** `el`, `al` and `il` begin few English words of this length, but some. */
const withArticle = /^(?:el|al|il)[a-z]{4}/;

/**
 * How surely words in Latin letters are Arabic: the weight of the evidence, about two for each
 * telling word.
 */
export function arabiziEvidence(words: readonly string[]): number {
    let sure = 0;
    let possible = 0;
    for (const word of words) {
        if (ambiguous.has(word)) possible += 1;
        else if (arabiziWords.has(word) || isSpelledWithDigits(word)) sure += 2;
        else if (withArticle.test(word)) possible += 0.5;
    }
    return sure > 0 || possible >= Math.max(2, words.length / 2) ? sure + possible : 0;
}

function isSpelledWithDigits(word: string): boolean {
    return digitWord.test(word) && /[a-z]{2}/.test(word) && !digitTerm.test(word);
}
