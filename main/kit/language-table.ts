/** What the languages written in Latin letters are told by: function words, letters of their own, and their commonest trigrams. */

export interface LanguageProfile {
  /** Function words, by which even a short sentence gives itself away. */
  readonly words: string;
  /** Letters beyond a to z. */
  readonly letters: string;
  /** Commonest first, parted by bars; a space is the edge of a word. Counted in texts of the authors and in the Universal Declaration. */
  readonly trigrams: string;
}

export const languageProfiles = {
  en: {
    words:
      'the of and to in is that it was for you with on are this have be not they from what we can your will would ' +
      "there which could please do does how why when if about some any make write my i'm don't it's their them than " +
      'then these those just should been were has but or an by as',
    letters: '',
    trigrams:
      ' th|the|he | an|nd |and| to|to | of|ion|of |on |tio|is | in|ng |or | be|as |ati|ll |le |al |in |ing|ed |her|' +
      ' wh|ne |ver|one|igh|ght|his|re |rig| ri|ent| ar| ha|eve|for| co| fr|thi|er |it | sh|at | fo|all| it|ery| ev|' +
      ' wi|ere| re| pr|hat|ty | a |tic|art|es |ve | hi| or|be |an |ce |ers|ht |ith|rti|ter|tha|ts | we| wo|has| li|' +
      ' on| so|en |ive|wit|yon| pe|any|cle|fre|icl|ly |nt |ree|ry |ryo| is|men|st |th | no|nal|nat|nce|pro|sha|ect|' +
      'hal|ity|ny |ple|res|ut |wor|eed|hin|ld |se |te | do| me|ch |me | as| ma|ons|oth|out| de|hts| he|cti|dom|edo|' +
      'man|ted| i | se| un| wa|ave|eas|om |ona| go| ne|ain|ote|whe| en| ex| na|ay |ds |hou|nit|nte|oul|uld| di| la|' +
      ' ot|are|ns |ord|ort|ow |per|sta|und| us|cou|equ|est|ge |ien|ite|nti|oci|rea|soc|uni| ac| al| ch| fu|end|ess|' +
      'ial|ks |rot|rs | eq| fa| ho| st| su|ble|een',
  },
  de: {
    words:
      'der die das und ist nicht ich ein eine einen einem einer zu den dem des mit sich auf für von im wie was wir ' +
      'ihr sie es auch als aus bei nach wenn dass oder aber nur noch kann kannst bitte mir mich dir du hat haben ' +
      'wird werden sind war sein soll über zum zur warum wo mein meine dein deine diese dieser dieses',
    letters: 'äöüß',
    trigrams:
      'en |er |der|ein| un|nd |und|ich|ie | da|sch| de|che|cht| ge|ch |ung|ine| di|die|ng |hen| ei|ht |eit|in |as |' +
      'ech|es | ha|das| be|gen|rec| re|it | zu|ten|nde|ver|lic| au| an| we|st |te |ne |ben| in| ve|rei| wi|ter|den|' +
      ' fr| mi| se|and|ist|sei|nen|auf|el |fre|ere|men| me|ges|hei|hte|zu | ar|art| je|ede|hat| er|at |ese|lle|on |' +
      ' so|abe|her| al| is| si|ens|ir |nsc|uf | vo|jed|nge|run| ni|mit|ner|rti|ste|all|ers|ike|ion|kel|nte|rde|tik|' +
      ' od|ei |mei|ode|ren| wa|bei|em |lei|uch|wer| sc| st|ach|ber|ege|hre|wir| du|erk|geh|le |nie|rt |hab|sta| gr|' +
      ' ic|ass|kei|re |tig|ige|len|sse|wie| es|cha|dar|end|ern|esc|fen|ies| wo|aft|haf|he |ite|sen|sie|tio| bi| fü|' +
      ' he|de |eih|ent|erd|ihe|mir|bes|gem|lun| gl|an |ati|chu|ft |gru|int|nic|och|rie|tli|unt| ka| na|ang|aus|ebe|' +
      'eic|et |gun|man|nne|sic|war| ma|ann|ans|arf',
  },
  fr: {
    words:
      'le la les de des et est un une dans que qui pour pas sur au aux du ce cette ces il elle je tu nous vous ils ' +
      'avec ne se par plus mais ou son sa ses mon ma mes ton ta tes leur être avoir fait peux peut comment pourquoi ' +
      'où quand quel quelle très bien aussi sont était donc si y en à ça moi toi',
    letters: 'àâæçéèêëîïôœùûüÿ',
    trigrams:
      ' de|es |de |le |ne |nt |ion|et | et| qu| le| la|ent|la |tio|te |on |que|re |it |ns | co|oit| un| pa|ue | pe|' +
      ' à |ati|roi| dr| to|dro| l |us | au|er |les|té | pr|onn|ons|men|tou|ce | en|en | so|con|des|lle|ts | ce|is |' +
      ' sa|par|ant|ers|il |son| il|nne|our|une|ux | a | es|art|ien|ire|out|tre| po| ar| li|ous|ur | ch|ont|rti|est|' +
      'qu |un |ute|res| d |eme| re|ir |st | in| pl|per|pou| mo|ain|cti|qui| ne| se|ell|ité|nte|tic|ais|pro|rso|cle|' +
      'com|icl|me |oir|omm| av| no|lib| di| fo|air|ans|au |che|ens|mme|ui | ou|és | fa| vi|nat|nou|ond|ou |rai|sa |' +
      'aux|ert| ma|dan|iqu|its|mai| dé|aut| ét|eur|nce|oi |ple|san| do| vo|leu|nal| na|ave|ble|cha|fon|ge |nse|sen|' +
      'ser|ter|tes|voi|éta| ac| da| êt|ait|ale|ar |ass|ber|ec |ect|eux|ibe|ine|int|ive|lus|pas|peu|pré|rté|soi|tai|' +
      'tra|vec| ai| me| tr|al |anc|cou|ill|pri|ver',
  },
  es: {
    words:
      'el la los las de y es un una en que por para con no se lo su sus al del como más pero o este esta estos esto ' +
      'eso qué cómo cuándo dónde cuál muy también hay ser está están fue son mi tu te me nos le les si ya cuando ' +
      'porque puede puedes hacer todo todos sin sobre desde entre',
    letters: 'áéíñóúü',
    trigrams:
      ' de|os |de | la|la | y | co|es | a |as |el |en | es|ón | el|ión| qu|na |rec|ere|que|der|ien|ue |con|cho|lo |' +
      'aci|ció|ent|est| un|to |al |ech|nte| to|da | en|ona| lo|ene| su|sta| pa| po|do |tod|los| pe| se|ad |ra |per|' +
      'ta |cio|ers|ho |ion|er |nci| ha| pr| ti|cia|te | re|ida|or | cu|art|tie|oda| ar| li|dad|ne | na|ar |rso| in|' +
      'ia |por|res|su |ber|son|cul|no |par|tad|com|men|pro|rta|una| al|ara|des|lib|rtí|ulo| so|ame|nto|tíc|ícu| ca|' +
      'era|nac|ual| di|ant|dos|tra|rá | fu|ado|mo |nes|on |se |ser|sto|ale|tos| ma| no| o | vi|man|nal|oci|qui| ve|' +
      'cci|les|nos|one|pue|un | pu|del|enc|ert|hos|ibe|ist|las|me |re |ter|ica| si|bre|dic|fun|imi|io |nad|sar|tes|' +
      'ver| me| sa|ndo|omo|otr|ro | ig| mi|ali|gua|igu|mie|ndi|nta|ten| as|cas|ece|ici|rac|ria|tro|ued|va |vid| ll|' +
      ' mu| te|cla|die|ir |ntr|odo|pre|ros| ot| tr',
  },
  it: {
    words:
      'il lo la gli le di e è un una uno in che per non con si del della dei delle nel nella sono come più ma o ' +
      'questo questa questi cosa perché quando dove quale anche molto ci mi ti ha ho hai abbiamo essere fare può ' +
      'puoi suo sua loro mio mia tutto tutti da dal dalla al alla ai ne se',
    letters: 'àèéìíòóùú',
    trigrams:
      ' di|to |la | de|re | co|di | e | in|ion|le |ne |no |lla|ell|zio|ni | al|ess|one|del|ent|itt|rit|tto| un|con|' +
      'ti |che|he | pe|dir|iri| qu|per| ch| pr|ere|te |na |azi|lo |tà |ndi| il|il |ta |nte|ico|li |men| so|on |ind|' +
      'ono| ne|art|gni| po| su|ale|ato| es| ha|tti|ver| ar|ia | ri|gli|ogn|rti|so |uo |za | da| la| og| se|idu|ivi|' +
      'div|duo|que|ser|vid|col|pro|tic|una| è |all|ei |ett|in |ra |sta|are|nto|olo| li| st|qua|un | pa|com|ha |sa |' +
      'ali|nza|ssi| si|era|sse|cos|er |est|ibe|ona|ri |ro |ber|lib|al |ci |pos| a | le| no| o | pi|ers|pri|ual| ci|' +
      ' l | re|ame|ond|oss|sso|tut|ues|ile|par| mo| tu|ann|ma |sia|tat|ua | ad| ma|dei|io |nel|nno|tta|ant|ita|non|' +
      'oni|si |son|sto|ter| do| i |da |do |el |enz|ert|man|naz|rtà|sua|utt|va | fa|ami|ist|mi |mo | mi| ve| vi|eri|' +
      'ien|ità|ore|raz|rà |sar|se |uni| ed|anz|erc',
  },
  pt: {
    words:
      'o a os as de e é um uma em que não para por com se do da dos das no na nos nas ao à mais mas ou este esta ' +
      'isso isto como quando onde qual porque também muito são está foi ser ter tem há seu sua meu minha você eu ' +
      'ele ela nós pode posso fazer sem sobre já até pelo pela',
    letters: 'áâãàçéêíóôõúü',
    trigrams:
      'de |os | de| e |to |as | co| qu|que|em |ão | se| a |do |da | di|er |ent|ito| o |es |ue |eit|uma|nte|dir|dad|' +
      ' es|ire|rei|ade| da| po|com| pr|ção|ar | to|men|ra |te | um|no | pa|dos| pe|ida|tod|con| do| ou|est|ser|al |' +
      ' te|is |man|art| li|ma |res| re|ais| ma| me|ess|sta| ar| in|nto|tem|go | na| no|pro|sso|ta |igo| em|cia|or |' +
      'ou |ado|tos|hum|rti| su|ia |par|ano|des| as|açã| hu|na |tig|ara|ist|nci|ver|ber|om |odo| à |das|qua| vi|por|' +
      'um |pre| fa| so|ona|ter|uer|ont|ria|ual|tra|ame| ca|cio|io |sua|so |ua | os|ele| ac|erd|ion|rda| mu|ada|era|' +
      'ibe|lib|sen|ica|mo |ita|mai|não|oa |omo|rio|ura|ões| fu| nã|eci|fun|nal|rec|am |oda| ex|ant|ém | cu|co |eu |' +
      'ing|ntr|per|pes|soa| ao| at| é |ime|sem|cur|ers|pos|se |sto|ça |çõe| al| el|cas|nos|out|sse|tro|utr| há|ese|' +
      'há |ode|pod|ran|esc|ndo| si| º |aci|ca |ela',
  },
  nl: {
    words:
      'de het een en van is in dat niet te zijn op aan met voor er maar om ook als dan ze hij ik je jij we wij hun ' +
      'mijn jouw deze dit die wat hoe waarom wanneer waar welke kan kun kunnen moet moeten wordt worden heeft ' +
      'hebben naar uit bij nog wel geen meer door over zonder of zo alsjeblieft',
    letters: 'éëïóöüèá',
    trigrams:
      'en |de | de|an | he|et | en|van| va|der|er |een| ge|ing|ver|cht| ee|nde|ng |het| be| ve|den|aar|ech| re|rec|' +
      ' te| we|gen|oor| me|at |ere|te |ten| in|in |and|ede| op|ijn|lij| vo| zi|eli|jn |zij|el |ijk|sch|ens| da|ond|' +
      'ren| on|ht |rde| al| vr|ied|ke |nd |aan|men|op |or |rij|dat|ord|voo| ie| wa|eid|id | wo|ar |ken|lle|vri|al |' +
      'eft|nie|ft |ike|is | zo|hte|kel| aa| ar|eef|end|hei|le | ma|erk|om |ste| er| om|art|ege|ie |it |sta|ter|ze |' +
      'eni|rti|wor|hee|erw|eve|of |ven|wel| na| of|ati|ige|jke|tik| di| ko| ni| st|eke| is| to|die|ele|ns | do|bes|' +
      'dig|est|iet|ij |aat|eer|ers|ge |gel|met|uit|nat|nge|re | ik|ien|ik |len|mee|tel|tie|waa| ze|ete|maa|eze|ig |' +
      'vol| mo| za|als|heb|ijh|jhe|lke|oon|st | gr|ard|ben|daa|elk|geb|jk |lin|min|nen|nig|zal| wi|del|esc|kt |man|' +
      'pen|wer| hu| mi| ov| ui|che|dez|gin|ove| an',
  },
  pl: {
    words:
      'i w na z do że nie się to jest jak o co dla po od ale czy za przez ze tak który która które których ten ta ' +
      'te tego tej tym jego jej ich mnie mi ty ja my są był była było może możesz być gdy kiedy gdzie dlaczego już ' +
      'tylko także też oraz lub jeśli aby żeby bez przy pod proszę',
    letters: 'ąćęłńóśźż',
    trigrams:
      ' pr|nie|ie | i | po|dzi| ni|ani|wie| do|pra|ego|go |ch |nia|ia |prz|raw|owi| cz| w | na|ej |rzy|iek|rze|ści|' +
      'do | je|ci |zie| ma|ych|awo|ośc|ek | to|ać |to |zy | za|wo |sta|zys|noś|łow| lu|czł|eni|est|mi |na |wa |zło|' +
      'dy |owa|rod| wy| wo|art|wol|wsz|ów |ecz|kie|ny |oln| z |em | ka|spo| mi|iał|lno|pow|rty| ar| sp|ażd|cze|czy|' +
      'każ|ma |st |szy| dz| mo|czn|stw|tyk|kuł|uł |yku|ym |żdy| ta|ied|yst|zia| ja| od| że|jak|jes|któ|ne |pod|wan|' +
      ' ko|ają|mie|twa| kt| ws|iej|tór| sw| wi|lub|pos|ub |aki|odz|się| si| ty|ię |ni |raz|że | ro| st|dow|nyc|inn|' +
      'ki |ony|rac|zen|ędz| te|aro|ała|edz|esz|neg|odn|sze|ńst| in|acj|ami|awa|bez|iec|nar|obo|ost|tki| ró|ale|by |' +
      'ez |ich|iu |moż|poł|stę|tak|zan|zne|ła | be| sł|cy |iem|ji |jąc|le |nej|nic|orz|owe|owy|rów|sob| co| kr|aw |' +
      'az |iel|jeg|lud|nik|no |now|ry |sza|war|zec',
  },
  sv: {
    words:
      'och i att det som en ett är på för av med inte den till har de om jag du vi han hon kan men var så från vad ' +
      'hur varför när vill ska skulle eller där här min din sin mig dig sig oss alla mycket också bara efter utan ' +
      'vid blir blev vara denna detta dessa finns någon något några',
    letters: 'åäöé',
    trigrams:
      'en |et |tt | de|er |ar | oc|ch |och|ill|om |de |för|ll |ätt| fö| ti|ing| en|til|var|nde|rät|and|att|är | ha|' +
      'det| at| rä|het| me| in|ter| so| i |ra | va|lig|na | fr|som|ell|ör |den|ng | vi|as |med|ig |lle|nin|an |el |' +
      'gen| sk| st|ed |sam|ska| är|ag |har|sta|ta |all|der|ga |ler| ar|fri|ghe|iga|und|ka |la | sa|av |ete|ns | av|' +
      ' an| el| li|ens|igh|nge|tti| hä| si| ut|lla|nva|rna| vä|art|env|rti|tig| al| på|ike|kel|män|på |tik| må| ja|' +
      ' om|ion|änd|one| re|ad |da |te |vän| be| ko| la|ern|nna|äll| ve|dra|ett|jag|kor|re |vil|isk|nsk|han|int| ta|' +
      'lag|nda|or |tan|änn|år | mi| mä| un| åt|ara|ati|era|ers|kli|lan|nat|nte|ten| gr|ans|itt|lik|men|ndr|ot |ras|' +
      'tio|ver|äns| ge|ade|dig|här|kla|mma|nen| du| he| nå|ent|gar|gru|någ|sa |tat|tta|uta|vis|vär|yck| et| gå| tr|' +
      'are|bar|du |gör|ihe|kan|må |on |ord|res|rih',
  },
  tr: {
    words:
      've bir bu için de da ne ile çok daha gibi mi mı mu mü ama ya olarak olan var yok ben sen biz siz onlar bana ' +
      'sana beni seni nasıl neden niçin nerede kim hangi her şey en ki veya değil kadar sonra önce bunu şu o iki ' +
      'tüm olduğunu lütfen eder misin ise göre üzerinde',
    letters: 'çğıöşüâîû',
    trigrams:
      ' ve| ha|ve |ir |lar| bi|in |ler|bir|er |an |arı|de |hak| ol| ya|eri| he|ak | ka|her| bu|da |na |ın |ını|en |' +
      'iye|ya | ma|ası|nda|yor|akk|ara|kkı|ek |ne |ar |esi|ama|eti|ini| ba| ge|lma|yet| ta|bu |sın| sa|ere|eya|mad|' +
      'sin|tle| da|ile|kla|le |nı |rın|ınd| va|ana|etl|rin|ır |dır|ele| iç|dde|si |ada|add|lan|ni |var| te|rle| de|' +
      'ede|mak|or |ına|aya|içi|kın|mas|nın|çin|dan|erk|nma|rke|vey| mi| ne|bil|ine|nin|un |alı|ard|ece|mek|yan| ed|' +
      ' me|aha|ala|edi|eli|nla|san|se |ver| ke| şe|akl|dah|et |oru|rdı|im |irl|ma |mal|ola|ret|rı |tin|aca|anl|den|' +
      'ili|ill|la |let|lik|mel|nsa|um |unu| do| hi| hü| şa|ha |isi|iyo|kar|kle|li |riy| gü| il| ki| ku| mü|cek|eme|' +
      'ger|hür|kes|mem|mes|mil|olu|uğu| be| dü| gö| se|dir|el |emi|eni|hiç|ilm|olm|ri |rri|rum|tir|ün |ürr|şah| al|' +
      ' an| ev| is| ko|anı|kim|kı |lle|lun|lış|rek',
  },
  // Neighbours, which are known in order not to be taken for another: Danish with Norwegian, and Catalan.
  da: {
    words:
      'og i at det som en et på for af av med ikke den til har de om jeg hvad hva du vi han hun kan men var så fra ' +
      'hvordan hvorfor når vil skal ville eller der her min din sig seg meg deg dig os alle meget mye også bare ' +
      'efter etter uden uten ved bliver blir blev ble være denne dette disse nogen noen noget noe er',
    letters: 'æøåé',
    trigrams:
      'er |og | og|en | de|et |for|til| ti| fo|ing| re|ret| ha|der|il |lle|ver|de |lig| en|ar |ett|nde|nne|har| me|' +
      'ng |ell| fr|den|els|kel| ar|enn|om |se |ed |el |ler|lse|ghe|hve|and|le | i |igh| el| so|art|esk|hed|ne |und|' +
      'enh|or |ska|fri|ig |ge |ter|rti|het| be|es |men|nhv|tik| er|nge|re |gen|ske|som|tig|tt | st|kke| in|al |nin|' +
      ' sk|at |tti|ige| på|han|ikk|ede|ke |av |eli|tte| al|på | at|med|nes|end| an| si|ihe|rih|te | af| ve|ent|kal|' +
      ' un|ens|ike|sam|ten|ere|lin| sa| å |af |del|dig',
  },
  ca: {
    words:
      'el la els les de i és un una en que per amb no es ho al del dels als com més però o aquest aquesta què quan ' +
      'on molt també hi ha ser està són va meu meva nosaltres ens si ja perquè pot fer tot tots sense sobre des ' +
      'entre seu seva aquests',
    letters: 'àçèéíïòóúü',
    trigrams:
      ' de| i |es |de |la | la| a | pe|ent|ió |per|tat| se|nt |ret|ts |dre| el|at | dr|ls |men|aci|ció|ona| co|al |' +
      'na |que|en |el | en| to| qu|ers|et |ns |tot| pr| ll|ons| un|art|er |le |tic| ar|ion|rti|ta |con|els| l |als|' +
      'rso|est|res|son| in| re|cio| o |cia|ita|pro|ue | té|cle|del|icl|les|lli|té |ame|ia |ota|sev| es| al|nac| le|' +
      'ar |nal|ual|ant|nci|ert|rta|ser|sta| d | no|ats|va | ca|com|ets|eva|re |rà |ues| na| so|ber|ibe|lib|és |no |' +
      'una|man|sen|ter|da |ran|ure| di| pa|cci|igu|om ',
  },
} as const satisfies Readonly<Record<string, LanguageProfile>>;
