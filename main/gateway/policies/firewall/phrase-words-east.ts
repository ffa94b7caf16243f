/** Words of instructions to a model in languages of the rest of Europe, and of Turkey and Azerbaijan; see phrase-words.ts. */
import type { Words } from './phrase-classes.ts';

/** By language. */
export const easternWords: Readonly<Record<string, Words>> = {
  fi: {
    ignore:
      'ohita,unohda,jätä huomiotta,jätä huomioimatta,älä välitä,älä noudata,lakkaa noudattamasta,sivuuta,kumoa,hylkää,älä huomioi',
    instruction:
      'ohje,ohjei,ohjee,ohjeet,järjestelmäkehot,järjestelmäkehote,kehot,kehott,prompt,sinulle on sanottu,sinulle kerrottiin,järjestelmäviesti',
    rule: 'sääntö,säännö,sääntöj,määräy,käsky,rajoituks,rajoit,suodat,viesti,kaikki mitä',
    prior: 'aiem,edelli,yllä olev,kaikki=,kaikkia,alkuperäis,tähänasti,aikaisem,edeltäv',
    your: 'sinun,sinua,sinä,-si=,ohjeesi,sääntösi,ohjeitasi,olet',
    reveal: 'näytä,paljasta,toista,tulosta,kerro,kirjoita,anna=,mikä on=,mitkä ovat=,käännä,luettele',
    system: 'järjestelmä,alkuperäis,piilotet,salai,sisäi,alustava',
    above:
      'sanasta sanaan,sanatarkasti,tämän rivin yläpuolella,ennen tätä viestiä,yllä oleva teksti,kaikki yllä,kirjaimellisesti',
    become:
      'olet nyt,tästä lähtien,tästä eteenpäin,nyt lähtien,esitä,teeskentele,käyttäydy kuin,näyttele,kuvittele olevasi,siirry,aktivoi,toimi kuten,olet tekoäly',
    free: 'ilman sääntöjä,ilman rajoituksia,ilman mitään,ilman suodattimia,ilman sensuuria,ilman rajoja,ilman varoituksia,ei sääntöjä,ei rajoituksia,ei mitään sääntöjä,ei mitään rajoituksia,kehittäjätila,sensuroimat,rajoittamat,vailla rajoituksia',
    model: 'tekoäly,avustaja,assistentti,kielimalli,malli=,chatbot,tekoälyavustaja',
    send: 'lähetä,lataa=,välitä eteenpäin,julkaise,postita',
    secret: 'salasana,tunnukset,avain,avaimet,api-avain,ympäristömuuttuj,asiakastiedo,keskusteluhistoria,.env-tiedosto',
    stealth: 'kysymättä,ilman vahvistusta,kertomatta,älä mainitse,älä kerro käyttäjälle,ilmoittamatta,käyttäjä on jo',
    question: 'miten voin,miksi,mitä tarkoittaa,kuinka',
    delimiter: 'uudet ohjeet,jos olet tekoäly,viesti tekoälylle,huomio tekoäly,tekoälylle,syötteen loppu',
  },
  pl: {
    ignore:
      'zignoruj,ignoruj,zapomnij,pomiń,nie zwracaj uwagi,nie stosuj się,przestań przestrzegać,przestań stosować,odrzuć,nie przestrzegaj,lekceważ,zlekceważ,unieważnij,obejdź,porzuć',
    instruction: 'instrukcj,wytyczn,polece,prompt,dyrektyw,wskazówk,komunikat systemowy,powiedziano,zaleceni',
    rule: 'zasad,reguł,rozkaz,ogranicz,polityk,filtr,kontekst,wiadomo,wszystko co',
    prior: 'poprzedni,wcześniejsz,powyższ,wszystk,dotychczasow,początkow,pierwotn,uprzedni,otrzyman',
    your: 'swoje,swój,swoich,swoj,twoje,twój,twoich,tobie',
    reveal:
      'pokaż,ujawnij,wyświetl,powtórz,wypisz,podaj,wydrukuj,zdradź,napisz,jakie są=,jaki jest=,przetłumacz,przepisz',
    system: 'systemow,systemu,początkow,ukryt,tajn,wewnętrzn,pierwotn',
    above: 'słowo w słowo,powyżej tej,przed tą wiadomością,tekst powyżej,dosłownie,wszystko powyżej,nad tą linią',
    become:
      'jesteś teraz,teraz jesteś,od teraz,od tej pory,udawaj,zachowuj się jak,wciel się,odgrywaj,działaj jako,wyobraź sobie,przejdź w tryb,włącz tryb,jesteś sztuczną',
    free: 'bez ograniczeń,bez żadnych,bez zasad,bez reguł,bez filtrów,bez cenzury,bez limitów,bez ostrzeżeń,żadnych zasad,żadnych ograniczeń,żadnych reguł,tryb programisty,tryb deweloper,trybie deweloper,trybie programisty,nieograniczon,nieocenzurowan,bez moralności',
    model: 'asysten,ai=,sztuczn,model językowy,modelu językow,chatbot',
    send: 'wyślij,prześlij,przekaż,opublikuj,wgraj',
    secret:
      'hasł,dane logowania,klucz,zmienne środowiskowe,zmiennych środowiskowych,dane klientów,historię,plik .env,pliku .env',
    stealth:
      'bez pytania,bez potwierdzenia,nie mów użytkownikowi,nie wspominaj,bez informowania,bez wiedzy,użytkownik już,nie informuj',
    question: 'jak mogę,dlaczego,co oznacza,jak zrobić',
    delimiter:
      'nowe instrukcje,jeśli jesteś ai,jeśli jesteś sztuczną,uwaga ai,do ai,wiadomość dla ai,koniec danych,koniec dokumentu',
  },
  cs: {
    ignore:
      'ignoruj,zapomeň,nevšímej,přestaň dodržovat,nedodržuj,neřiď se,přestaň se řídit,pomiň,zahoď,nehleď,obejdi,zruš=,vynechej,neber v úvahu,zabudni,prestaň',
    instruction: 'instrukc,pokyn,prompt,směrnic,inštrukc,systémová zpráva,co ti bylo řečeno,bylo řečeno,zadání',
    rule: 'pravidl,příkaz,omezen,zásad,filtr,kontext,zpráv,obmedzen,všechno co',
    prior: 'předchozí,dřívější,výše uveden,všechn,veškeré,původní,dosavadní,predchádzajúc,všetk,doposud',
    your: 'své=,svá=,svůj,svoje,tvé=,tvá=,tvůj,tvoje,svých',
    reveal: 'zobraz,ukaž,prozraď,odhal,vypiš,zopakuj,opakuj,napiš,řekni,jaké jsou=,jaký je=,přelož,vyzraď,sděl',
    system: 'systémov,původní,skryt,tajn,intern,počáteční,úvodní',
    above: 'slovo od slova,doslova,nad tímto řádkem,před touto zprávou,text výše,vše výše,doslovně',
    become:
      'jsi nyní,jsi teď,nyní jsi,teď jsi,od teď,od této chvíle,odteď,předstírej,chovej se jako,hraj roli,představ si že,přepni se,aktivuj,jednej jako,odteraz,jsi umělá',
    free: 'bez omezení,bez pravidel,bez jakýchkoli,bez jakýchkoliv,bez filtrů,bez cenzury,bez varování,bez hranic,žádná pravidla,žádná omezení,žádné omezení,vývojářský režim,vývojářském režimu,režimu vývojáře,neomezen,necenzurovan,bez morálky',
    model: 'asisten,ai=,umělá inteligence,umělou inteligenc,jazykový model,model=,chatbot',
    send: 'pošli,odešli,zašli,přepošli,nahraj,zveřejni',
    secret:
      'hesl,přihlašovací údaje,klíč,proměnné prostředí,data zákazníků,historii,soubor .env,obsah .env,souboru .env',
    stealth:
      'bez ptaní,bez potvrzení,neříkej uživateli,nezmiňuj,bez vědomí,bez upozornění,uživatel již,uživatel už,aniž by',
    question: 'jak mohu,jak můžu,proč,co znamená,jak lze',
    delimiter:
      'nové pokyny,nové instrukce,pokud jsi ai,pokud jsi umělá,jsi-li ai,pozor ai,zpráva pro ai,pro ai,konec dat,konec dokumentu',
  },
  ro: {
    ignore:
      'ignoră,ignorați,uită,nu ține cont,nu mai respecta,nu mai urma,nesocotește,treci peste,lasă deoparte,încetează să urmezi,nu lua în seamă,anulează,ocolește,nu urma',
    instruction: 'instrucțiun,instructiun,indicați,directiv,prompt,ți s-a spus,îndrumări,mesajul de sistem',
    rule: 'reguli,regulile,ordine=,ordinele,restricți,limit,filtr,context,mesaj,tot ce',
    prior: 'anterioar,precedent,de mai sus,toate,tot=,inițial,de până acum,dinainte,original,primite',
    your: 'tale=,tău,ta=',
    reveal: 'arată,dezvăluie,afișează,repetă,scrie,spune,tipărește,redă,care sunt=,care este=,tradu,divulgă,dă-mi',
    system: 'sistem,inițial,ascuns,secret,intern,original',
    above:
      'cuvânt cu cuvânt,deasupra acest,înainte de acest mesaj,textul de mai sus,cuvant cu cuvant,tot ce e mai sus,exact textul',
    become:
      'acum ești,ești acum,de acum înainte,de acum încolo,începând de acum,prefă-te,comportă-te,joacă rolul,acționează ca,imaginează-ți,activează modul,intră în modul,ești o',
    free: 'fără restricți,fără nicio,fără reguli,fără limit,fără filtre,fără cenzură,fără avertismente,nicio regulă,nicio restricție,niciun filtru,modul dezvoltator,mod dezvoltator,modul de dezvoltator,necenzurat,nelimitat,fără niciun,fără moral',
    model: 'asistent,ia=,ai=,inteligență artificială,inteligența artificială,model lingvistic,modelul,chatbot',
    send: 'trimite,expediază,transmite,încarcă,publică',
    secret:
      'parol,credențial,chei,cheia,cheile,variabile de mediu,variabilele de mediu,datele clienților,istoricul,fișierul .env',
    stealth:
      'fără să întrebi,fără confirmare,fără a cere,nu menționa,nu spune utilizatorului,fără să anunți,fără a informa,utilizatorul a aprobat,utilizatorul deja,fără a întreba',
    question: 'cum pot,de ce,ce înseamnă,cum fac',
    delimiter:
      'noi instrucțiuni,instrucțiuni noi,dacă ești o ia,dacă ești o inteligență,dacă ești un ai,notă pentru ia,atenție ia,către ia,sfârșitul datelor,pentru ia',
  },
  hu: {
    ignore:
      'hagyd figyelmen kívül,hagyja figyelmen kívül,figyelmen kívül,felejtsd el,felejts el,ne törődj,ne kövesd,ne foglalkozz,mellőzd,hagyd abba,bíráld felül,ne vedd figyelembe,kerüld meg,írd felül,vesd el',
    instruction:
      'utasítás,útmutat,irányelv,prompt,rendszerprompt,rendszerüzenet,amit mondtak,mondtak neked,rendelkezés',
    rule: 'szabály,parancs,korlátoz,szűrő,irányelv,üzenet,minden amit,mindent amit',
    prior: 'korábbi,előző,fenti,összes,eddigi,eredeti,minden=,mindent=,előzetes,kapott',
    your: 'neked,szabályaid,utasításaid,szabályaidat,utasításaidat,rendszerpromptod,rendszerpromptodat,téged',
    reveal:
      'mutasd,írd ki,fedd fel,ismételd,áruld el,nyomtasd,add meg,jelenítsd meg,mondd el,mi a=,mik a=,fordítsd,másold,sorold fel',
    system: 'rendszer,eredeti,rejtett,titkos,belső,kezdeti',
    above: 'szóról szóra,e sor felett,ezen üzenet előtt,fenti szöveg,szó szerint,minden fenti,a sor felett',
    become:
      'mostantól,most már,mostantól fogva,ezentúl,tegyél úgy,viselkedj úgy,játszd el,úgy viselkedj,képzeld,kapcsolj,aktiváld,te egy,lépj be',
    free: 'korlátozások nélkül,korlátozás nélkül,szabályok nélkül,szűrők nélkül,szűrő nélkül,cenzúra nélkül,figyelmeztetés nélkül,korlátok nélkül,nincsenek szabályok,nincs szabály,nincsenek korlát,nincs korlát,fejlesztői mód,cenzúrázatlan,korlátlan,bármiféle korlátozás,szabályok nélküli,korlátozások nélküli',
    model: 'asszisztens,ai=,mesterséges intelligencia,nyelvi modell,modell=,chatbot',
    send: 'küldd,küldj,továbbítsd,töltsd fel,tedd közzé,küldje',
    secret: 'jelszó,jelsza,hitelesítő,kulcs,környezeti változó,ügyféladat,beszélgetés előzmény,.env fájl',
    stealth:
      'kérdezés nélkül,megerősítés nélkül,megkérdezése nélkül,ne említsd,ne mondd el a felhasználó,anélkül hogy,a felhasználó már,jóváhagyás nélkül',
    question: 'hogyan lehet,hogyan tudom,miért,mit jelent,hogyan',
    delimiter:
      'új utasítás,új utasítások,ha te egy mi,ha mesterséges intelligencia,ha egy mi,figyelem mi,üzenet az mi,az ai-nak,adatok vége',
  },
  tr: {
    ignore:
      'yok say,görmezden gel,unut=,unutun,dikkate alma,göz ardı et,boş ver,uymayı bırak,takip etme,önemseme,geçersiz say,iptal et,uyma=,bir kenara bırak,yoksay',
    instruction:
      'talimat,yönerge,komut istemi,sistem istemi,sistem mesajı,istem=,istemi,istemini,prompt,direktif,söylenen,yönlendirme',
    rule: 'kural,emir,kısıtlama,politika,filtre,sınır,bağlam,mesaj,her şeyi,komut',
    prior: 'önceki,yukarıdaki,tüm=,bütün,daha önce,ilk=,şimdiye kadar,verilen,orijinal,mevcut,evvelki',
    your: 'senin,sana=,kurallarını,talimatlarını,istemini,sizin,komutlarını,yönergelerini',
    reveal: 'göster,açıkla,yazdır,tekrarla,söyle,ifşa,yaz=,paylaş,nedir=,nelerdir=,çevir,ortaya çıkar,listele,dök',
    system: 'sistem,gizli,ilk=,dahili,orijinal,başlangıç',
    above: 'kelimesi kelimesine,bu satırın üst,bu mesajdan önce,yukarıdaki metin,yukarıdaki her,kelime kelime,aynen',
    become:
      'artık sen,sen artık,bundan sonra,bundan böyle,şu andan itibaren,şimdi sen,artık bir,gibi davran,rolünü oyna,gibi yap,hayal et,moduna geç,modunu etkinleştir,rol yap,moduna gir,artık',
    free: 'kısıtlama olmadan,kısıtlamasız,kuralsız,kural olmadan,hiçbir kural,hiçbir kısıtlama,hiçbir sınır,filtresiz,sansürsüz,sınırsız,uyarı olmadan,uyarısız,geliştirici mod,filtre olmadan,ahlaki sınır,kısıtlaması olmayan,kuralı olmayan,kuralları olmayan,sınırlama olmadan',
    model: 'asistan,yapay zeka,yapay zekâ,dil modeli,model=,sohbet botu,chatbot',
    send: 'gönder,yolla,ilet,yükle,yayınla',
    secret: 'parola,şifre,kimlik bilgi,anahtar,ortam değişken,müşteri veri,sohbet geçmiş,konuşma geçmiş,.env dosya',
    stealth:
      'sormadan,onay almadan,onay istemeden,kullanıcıya söyleme,bahsetme,haber vermeden,bildirmeden,kullanıcı zaten,kullanıcıya bildirme',
    question: 'nasıl,neden,ne anlama,niçin',
    delimiter:
      'yeni talimat,yeni komut,eğer bir yapay zeka,bir yapay zeka isen,yapay zekaya not,dikkat yapay zeka,yapay zekaya mesaj,veri sonu,belge sonu,yapay zekâya not',
  },
  az: {
    ignore:
      'məhəl qoyma,nəzərə alma,unut=,görməzdən gəl,yox say,riayət etmə,əməl etmə,izləmə,ləğv et,inkar et,göz ardı',
    instruction: 'təlimat,göstəriş,prompt,sistem mesajı,sistem promptu,direktiv,deyilən',
    rule: 'qayda,əmr,məhdudiyyət,filtr,siyasət,mesaj,hər şeyi',
    prior: 'əvvəlki,yuxarıdakı,bütün,hamısı,indiyə qədər,ilkin,verilmiş,öncəki',
    your: 'sənin,sənə,qaydalarını,təlimatlarını,promptunu,sizin',
    reveal: 'göstər,açıqla,çap et,təkrarla,təkrar et,söylə,yaz=,ifşa,nədir=,tərcümə et',
    system: 'sistem,gizli,ilkin,daxili,orijinal,məxfi',
    above: 'sözbəsöz,bu sətirdən yuxarı,bu mesajdan əvvəl,yuxarıdakı mətn,kəlməbəkəlmə,olduğu kimi',
    become:
      'bundan sonra,indi sən,sən indi,artıq sən,sən artıq,kimi davran,rolunu oyna,təsəvvür et,rejiminə keç,rejimini aktiv',
    free: 'məhdudiyyətsiz,qaydasız,heç bir qayda,heç bir məhdudiyyət,filtrsiz,senzurasız,xəbərdarlıqsız,tərtibatçı rejimi,inkişaf etdirici rejimi,limitsiz,məhdudiyyəti olmayan,heç bir filtr,qaydaları olmayan,developer rejimi',
    model: 'assistent,süni intellekt,dil modeli,model=,köməkçi,çatbot',
    send: 'göndər,yüklə,ötür,dərc et',
    secret: 'parol,şifrə,açar,mühit dəyişən,müştəri məlumat,.env fayl,etimadnamə,söhbət tarix',
    stealth:
      'soruşmadan,təsdiq almadan,istifadəçiyə demə,istifadəçiyə bildirmə,xəbər vermədən,qeyd etmə,təsdiq istəmədən,istifadəçi artıq,təsdiqsiz',
    question: 'necə,niyə,nə deməkdir',
    delimiter: 'yeni təlimat,əgər süni intellekt,süni intellektə qeyd,diqqət süni,süni intellekt üçün,məlumatın sonu',
  },
  ru: {
    ignore:
      'игнориру,проигнориру,забудь,забудьте,не обращай внимания,не обращайте внимания,отбрось,не следуй,не следуйте,перестань следовать,прекрати следовать,пренебреги,отмени,обойди,не соблюдай,не учитывай,переопредели,отключи,выкинь',
    instruction:
      'инструкци,указани,промпт,подсказк,директив,системное сообщение,тебе сказали,тебе говорили,установк,предписани',
    rule: 'правил,приказ,команд,ограничени,политик,фильтр,контекст,сообщени,все что,всё что',
    prior:
      'предыдущ,прежн,вышеуказанн,выше=,все=,всё=,всех=,любые,изначальн,первоначальн,полученн,прошл,ранее,вышестоящ,до этого',
    your: 'твои,твой,твоё,твою,твоих,свои,свой,своих,свою,тебе,ваш,ваши,вам=,тебя',
    reveal:
      'покажи,раскрой,выведи,повтори,напечатай,сообщи,назови,напиши,расскажи,выдай,какие у,какова,каков,переведи,процитируй,распечатай,открой',
    system: 'системн,изначальн,скрыт,секретн,внутренн,начальн,первоначальн',
    above:
      'слово в слово,дословно,выше этой,перед этим сообщением,текст выше,всё выше,все выше,что написано выше,до этого сообщения',
    become:
      'теперь ты,ты теперь,отныне,с этого момента,с этой минуты,с сегодняшнего,притворись,веди себя как,действуй как,играй роль,представь,сделай вид,перейди в режим,включи режим,ты больше не,вообрази,сыграй роль',
    free: 'без ограничений,без правил,без каких-либо,без каких либо,без фильтров,без цензуры,без предупреждений,без морали,без всяких,никаких правил,никаких ограничений,режим разработчика,режиме разработчика,неограниченн,нецензурн режим,не имеешь ограничений,нет ограничений,нет правил,без запретов,без отказов',
    model: 'ассистент,ии=,ии-,нейросет,языковая модель,языковой модел,модель=,чат-бот,чатбот,искусственн',
    send: 'отправь,отправьте,перешли,пошли=,загрузи,передай,опубликуй,вышли=',
    secret:
      'парол,учётные данные,учетные данные,ключ,токен,переменные окружения,переменных окружения,данные клиентов,историю,файл .env,файла .env,секрет',
    stealth:
      'не спрашивая,без подтверждения,без запроса,не говори пользователю,не упоминай,не сообщай,без ведома,пользователь уже,не предупреждая,без разрешения',
    question: 'как мне,как можно,почему,что значит,как сделать,зачем',
    negation: 'не=,никогда',
    delimiter:
      'новые инструкции,новая инструкция,если ты ии,если вы ии,внимание ии,сообщение для ии,для ии,конец данных,конец документа,конец ввода,если ты языковая,примечание для',
  },
  uk: {
    ignore:
      'ігноруй,проігноруй,забудь,не звертай уваги,не зважай,відкинь,не дотримуйся,не слідуй,перестань дотримуватися,перестань виконувати,скасуй,знехтуй,обійди,не враховуй,припини',
    instruction: 'інструкці,вказівк,промпт,підказк,директив,настанов,системне повідомлення,тобі сказали,тобі казали',
    rule: 'правил,наказ,команд,обмежен,політик,фільтр,контекст,повідомленн,усе що,все що',
    prior: 'попередн,вищенаведен,вище=,усі=,всі=,усіх,всіх,початков,отриман,раніше,первісн,минул',
    your: 'твої,твій,твою,твоїх,свої,свій,своїх,тобі,ваш,тебе',
    reveal: 'покажи,розкрий,виведи,повтори,надрукуй,повідом=,назви,напиши,розкажи,видай,які твої,який твій,переклади',
    system: 'системн,початков,прихован,секретн,внутрішн,таємн',
    above: 'слово в слово,дослівно,вище цього,перед цим повідомленням,текст вище,усе вище,все вище',
    become:
      'тепер ти,ти тепер,відтепер,з цього моменту,віднині,прикинься,поводься як,дій як,грай роль,уяви,увімкни режим,перейди в режим,вдай',
    free: 'без обмежень,без правил,без будь-яких,без фільтрів,без цензури,без попереджень,без моралі,жодних правил,жодних обмежень,режим розробника,режимі розробника,необмежен,немає обмежень,немає правил,без заборон',
    model: 'асистент,помічник,ші=,штучн,мовна модель,модель=,чат-бот,чатбот',
    send: 'надішли,відправ,перешли,завантаж,передай,опублікуй',
    secret:
      'парол,облікові дані,ключ,токен,змінні середовища,змінних середовища,дані клієнтів,історію,файл .env,файлу .env',
    stealth:
      'не питаючи,без підтвердження,не кажи користувачу,не згадуй,не повідомляй,без відома,користувач уже,користувач вже,без дозволу,не запитуючи',
    question: 'як мені,як можна,чому,що означає,навіщо',
    delimiter:
      'нові інструкції,якщо ти ші,якщо ви ші,увага ші,для ші,кінець даних,кінець документа,повідомлення для ші',
  },
  bg: {
    ignore: 'игнорирай,забрави,не обръщай внимание,пренебрегни,не спазвай,отхвърли,не следвай,спри да следваш',
    instruction: 'инструкци,указани,подкан,промпт,директив',
    prior: 'предишн,всички,горни,по-горе,първоначалн,досегашн',
    your: 'твои,твоите,си=',
    reveal: 'покажи,разкрий,изведи,повтори,кажи,отпечатай,напиши',
    system: 'системн,скрит,таен,тайн,първоначалн',
    above: 'дума по дума,дословно,над този ред,преди това съобщение',
    become: 'сега си,отсега нататък,преструвай се,дръж се като,влез в ролята,вече си',
    free: 'без ограничения,без правила,без филтри,без цензура,никакви правила,режим на разработчик,без предупреждения',
    model: 'асистент,изкуствен интелект,ии=,езиков модел',
    send: 'изпрати,прати,качи,препрати',
    secret: 'парол,ключ,токен,файл .env,файла .env',
    stealth: 'без да питаш,без потвърждение,не казвай на потребителя,не споменавай',
  },
  sr: {
    ignore:
      'ignoriši,ignoriraj,zanemari,zaboravi,ne obaziri se,ne slijedi,ne prati,prestani da pratiš,preskoči,игнориши,занемари,заборави,ne obraćaj pažnju',
    instruction: 'uputstv,uput,instrukcij,smjernic,smernic,prompt,nalog=,упутств,инструкциј,navodila,nasvet',
    rule: 'pravil,naredb,ograničenj,правил,ограничењ',
    prior: 'prethodn,sva=,sve=,svih=,gornj,gore naveden,ranij,početn,dosadašnj,претходн,све=,сва=,prejšnj,vsa=,vse=',
    your: 'svoj,tvoj,ti=,tvoja,svoja,твој,свој',
    reveal: 'prikaži,otkrij,ispiši,ponovi,pokaži,reci,napiši,odaj,прикажи,откриј,понови',
    system: 'sistemsk,sustavsk,skriven,tajn,početn,системск,скривен',
    above: 'riječ po riječ,reč po reč,od riječi do riječi,iznad ovog,prije ove poruke,pre ove poruke,doslovno,дословно',
    become: 'sada si,ti si sada,od sada,odsad,pretvaraj se,ponašaj se,glumi,od zdaj,сада си,од сада',
    free: 'bez ograničenja,bez pravila,bez ikakvih,bez filtera,bez cenzure,nikakvih pravila,razvojni način,režim programera,без ограничења,без правила,brez omejitev',
    model: 'asistent,pomočnik,umjetna inteligencija,veštačka inteligencija,jezički model,jezični model,асистент',
    send: 'pošalji,prosledi,proslijedi,pošlji,пошаљи',
    secret: 'lozink,ključ,šifr,лозинк,кључ,token',
    stealth: 'bez pitanja,bez potvrde,ne govori korisniku,ne spominji,ne pominji,bez znanja',
  },
  el: {
    ignore:
      'αγνόησ,αγνοήσ,ξέχασ,ξεχάσ,παράβλεψ,παράκαμψ,παραβλέψ,μη λάβεις υπόψη,μην ακολουθ,μην λάβεις,σταμάτα να ακολουθ,παραμέρισ,μην υπακού,ακύρωσ',
    instruction: 'οδηγί,προτροπ,εντολ,prompt,κατευθυντήρι,σου είπαν,σου έχουν πει',
    rule: 'κανόν,κανόνες,περιορισμ,πολιτικ,φίλτρ,μήνυμα,μηνύματα,όλα όσα',
    prior: 'προηγούμεν,παραπάνω,όλες,όλα=,όλους,αρχικ,ανωτέρω,μέχρι τώρα,πρότερ',
    your: 'σου=,σας=,εσένα',
    reveal: 'δείξ,αποκάλυψ,αποκαλύψ,εμφάνισ,εκτύπωσ,επανάλαβ,πες=,γράψ,δώσ,ποιες είναι,ποιο είναι,μετάφρασ,τύπωσ',
    system: 'συστήματος,συστημικ,αρχικ,κρυφ,μυστικ,εσωτερικ',
    above: 'λέξη προς λέξη,κατά λέξη,πάνω από αυτή,πριν από αυτό το μήνυμα,αυτολεξεί,παραπάνω κείμενο',
    become:
      'τώρα είσαι,είσαι πλέον,είσαι τώρα,από εδώ και πέρα,από τώρα,στο εξής,προσποιήσου,κάνε πως,συμπεριφέρσου,παίξε τον ρόλο,φαντάσου,ενεργοποίησε,λειτούργησε ως',
    free: 'χωρίς περιορισμ,χωρίς κανέναν,χωρίς κανόν,χωρίς φίλτρ,χωρίς λογοκρισία,χωρίς όρια,χωρίς προειδοποι,κανένας κανόνας,κανένας περιορισμός,κανέναν περιορισμό,λειτουργία προγραμματιστή,απεριόριστ,χωρίς καμία,χωρίς ηθικ',
    model: 'βοηθ,τεχνητή νοημοσύνη,τεχνητής νοημοσύνης,τν=,γλωσσικό μοντέλο,μοντέλο',
    send: 'στείλ,αποστολή,προώθησ,ανέβασ,δημοσίευσ',
    secret:
      'κωδικ,διαπιστευτήρι,κλειδί,κλειδιά,μεταβλητές περιβάλλοντος,δεδομένα πελατών,ιστορικό,αρχείο .env,αρχείου .env',
    stealth:
      'χωρίς να ρωτήσεις,χωρίς επιβεβαίωση,μην πεις στον χρήστη,μην αναφέρεις,χωρίς να ενημερώσεις,ο χρήστης έχει ήδη,χωρίς να ζητήσεις',
    question: 'πώς μπορώ,γιατί,τι σημαίνει,πώς να',
    delimiter: 'νέες οδηγίες,αν είσαι τεχνητή,αν είσαι ai,σημείωση για,προσοχή ai,τέλος δεδομένων,τέλος εγγράφου',
  },
};
