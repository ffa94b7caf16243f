/** Words of instructions to a model in languages of Asia and Africa; see phrase-words.ts. */
import type { Words } from './phrase-classes.ts';

/** By language. */
export const farWords: Readonly<Record<string, Words>> = {
  ar: {
    ignore:
      'تجاهل,تجاهلي,تجاهلوا,انس,انسَ,لا تتبع,لا تلتزم,لا تلتفت,توقف عن اتباع,اهمل,أهمل,تخط,تخطى,ألغ,لا تنفذ,اترك,أنسى,لا تهتم',
    instruction:
      'تعليمات,التعليمات,تعليماتك,توجيهات,إرشادات,ارشادات,الإرشادات,موجه النظام,موجّه,رسالة النظام,مطالبة النظام,الموجه,ما قيل لك,برومبت,تلقينك',
    rule: 'قواعد,القواعد,أوامر,الأوامر,قيود,القيود,سياس,المرشحات,الرسائل,كل ما',
    prior: 'السابق,سابق,أعلاه,جميع,كل=,كافة,الأولي,السالفة,المسبقة,الأصلي,قبل,حتى الآن',
    your: 'لك=,تعليماتك,قواعدك,موجهك,نظامك,قيودك,لديك,الخاصة بك,الخاص بك',
    reveal: 'اعرض,أعرض,اظهر,أظهر,اكشف,كرر,اطبع,أخبرني,اكتب,اذكر,أعطني,أعد,ما هي,ما هو,ترجم,شارك,أفصح',
    system: 'النظام,نظامك,المخفي,السري,الداخلي,الأولي,الأصلي',
    above: 'كلمة بكلمة,حرفيا,حرفيًا,فوق هذا,قبل هذه الرسالة,النص أعلاه,كل ما سبق,نصا,بالحرف',
    become:
      'أنت الآن,انت الآن,من الآن فصاعد,من الآن,منذ الآن,تظاهر,تصرف ك,تصرف وك,العب دور,تخيل أنك,بدءا من الآن,ابتداء من الآن,فعّل وضع,ادخل في وضع,تقمص',
    free: 'بدون قيود,بلا قيود,دون قيود,بدون أي قيود,دون أي قيود,بدون قواعد,بلا قواعد,دون قواعد,بدون أي قواعد,بدون فلاتر,بدون رقابة,بلا رقابة,بدون حدود,بلا حدود,بدون تحذير,دون تحذير,لا توجد قواعد,لا قيود,وضع المطور,غير مقيد,دون أي,لا تنطبق عليك,بدون أخلاق',
    model: 'المساعد,مساعد,الذكاء الاصطناعي,ذكاء اصطناعي,نموذج لغوي,النموذج,روبوت',
    send: 'أرسل,ارسل,إرسال,ارفع,انشر,مرر,حوّل',
    secret:
      'كلمة المرور,كلمات المرور,كلمة السر,بيانات الاعتماد,مفتاح,مفاتيح,المفاتيح,متغيرات البيئة,بيانات العملاء,سجل المحادثة,ملف .env,الرموز السرية',
    stealth:
      'دون أن تسأل,دون سؤال,دون تأكيد,بدون تأكيد,لا تخبر المستخدم,لا تذكر,دون علم,دون إخبار,بدون علم,المستخدم وافق,دون طلب,دون إبلاغ',
    question: 'كيف يمكن,كيف أ,لماذا,ماذا يعني,ما معنى',
    delimiter:
      'تعليمات جديدة,إذا كنت ذكاء,إذا كنت نموذج,إلى الذكاء الاصطناعي,ملاحظة للذكاء,انتباه,نهاية البيانات,نهاية المستند,إلى المساعد,اذا كنت ذكاء',
  },
  he: {
    ignore: 'התעלם,התעלמי,התעלמו,שכח,תתעלם,תשכח,אל תציית,אל תפעל לפי,הפסק לפעול,הפסק לציית,עקוף,זנח,אל תתייחס,בטל את',
    instruction: 'הוראות,הוראה,ההנחיות,הנחיות,ההוראות,פרומפט,הפרומפט,הנחיית המערכת,הודעת המערכת,מה שנאמר לך',
    rule: 'כללים,הכללים,חוקים,החוקים,פקודות,הגבלות,מגבלות,מסננים,ההודעות,כל מה',
    prior: 'הקודמות,הקודמים,קודמות,הקודם,לעיל,כל ה,כל=,המקורי,שקיבלת,עד כה,הראשוני',
    your: 'שלך,לך=,שלכם',
    reveal: 'הצג,חשוף,גלה,הדפס,חזור על,אמור,כתוב,ספר לי,תן לי,מה הן,מהן,מהו,תרגם,הראה',
    system: 'המערכת,מערכת,הנסתר,הסודי,הפנימי,הראשוני,המקורי',
    above: 'מילה במילה,מעל שורה,מעל השורה,לפני הודעה,הטקסט שמעל,מלה במלה,כל מה שמעל',
    become:
      'אתה עכשיו,מעכשיו,מעתה,החל מעכשיו,העמד פנים,התנהג כ,שחק את התפקיד,דמיין ש,עבור למצב,הפעל מצב,כעת אתה,עכשיו אתה',
    free: 'ללא הגבלות,בלי הגבלות,ללא כללים,בלי כללים,ללא מגבלות,בלי מגבלות,ללא חוקים,בלי חוקים,ללא סינון,ללא צנזורה,ללא אזהרות,בלי אזהרות,אין כללים,אין הגבלות,מצב מפתח,ללא כל,בלתי מוגבל',
    model: 'עוזר,העוזר,בינה מלאכותית,מודל שפה,מודל,צאטבוט',
    send: 'שלח,העבר,העלה,פרסם',
    secret: 'סיסמ,הסיסמ,אישורי,מפתח,מפתחות,משתני סביבה,משתני הסביבה,נתוני לקוחות,היסטוריית,קובץ .env',
    stealth: 'בלי לשאול,ללא אישור,אל תספר למשתמש,אל תזכיר,בלי לבקש,ללא ידיעת,המשתמש כבר,מבלי לשאול,בלי להודיע,מבלי',
    question: 'איך אני,איך אפשר,למה,מה הפירוש,כיצד',
    delimiter: 'הוראות חדשות,אם אתה בינה,אם אתה מודל,הערה לבינה,לתשומת לב,סוף הנתונים,סוף המסמך,הודעה לבינה',
  },
  fa: {
    ignore: 'نادیده بگیر,را فراموش کن,فراموش کن,نادیده,پیروی نکن,توجه نکن,کنار بگذار,لغو کن',
    instruction: 'دستورالعمل,دستورات,دستورهای,پرامپت,راهنما,دستور سیستم,پیام سیستم',
    rule: 'قوانین,قانون,محدودیت,فیلتر,قواعد',
    prior: 'قبلی,پیشین,بالا,همه,تمام,اولیه,تاکنون',
    your: 'خود=,تو=,شما,خودت,ات=',
    reveal: 'نشان بده,فاش کن,چاپ کن,تکرار کن,بگو,بنویس,افشا کن,نمایش بده',
    system: 'سیستم,پنهان,مخفی,محرمانه,اولیه',
    above: 'کلمه به کلمه,بالای این,قبل از این پیام,متن بالا,عینا',
    become: 'اکنون تو,از این پس,از حالا,وانمود کن,نقش,تو اکنون,از این به بعد,تظاهر کن',
    free: 'بدون محدودیت,بدون هیچ,بدون قانون,بدون قوانین,بدون فیلتر,بدون سانسور,هیچ قانونی,هیچ محدودیتی,حالت توسعه,نامحدود',
    model: 'دستیار,هوش مصنوعی,مدل زبانی',
    send: 'ارسال کن,بفرست,آپلود کن,بفرستید',
    secret: 'رمز عبور,گذرواژه,کلید,متغیرهای محیطی,فایل .env',
    stealth: 'بدون پرسیدن,بدون تأیید,بدون تایید,به کاربر نگو,بدون اطلاع,ذکر نکن',
  },
  hi: {
    ignore:
      'अनदेखा,नज़रअंदाज़,नजरअंदाज,भूल जाओ,भूल जाएं,भूल जाइए,उपेक्षा,ध्यान न दें,ध्यान मत दो,पालन न करें,पालन मत,पालन करना बंद,छोड़ दो,रद्द कर,इग्नोर,दरकिनार',
    instruction: 'निर्देश,प्रॉम्प्ट,प्रॉम्प्ट,हिदायत,सिस्टम संदेश,दिशानिर्देश,दिशा-निर्देश,बताया गया',
    rule: 'नियम,आदेश,प्रतिबंध,सीमाओं,नीति,फ़िल्टर,संदेश,सब कुछ',
    prior: 'पिछल,पहले,सभी,सारे,सारी,ऊपर,पूर्व,शुरुआती,मूल,अब तक,प्रारंभिक',
    your: 'अपन,आपक,तुम्हार,तेरे,तुझे',
    reveal: 'दिखा,बता,प्रकट,उजागर,दोहरा,प्रिंट,लिख,खुलासा,क्या है,क्या हैं,अनुवाद,प्रदर्शित,साझा',
    system: 'सिस्टम,छिप,गुप्त,आंतरिक,प्रारंभिक,मूल,शुरुआती',
    above: 'शब्दशः,शब्द दर शब्द,इस पंक्ति के ऊपर,इस संदेश से पहले,ऊपर का पाठ,ऊपर लिखा,हूबहू,अक्षरशः,ऊपर लिखी',
    become: 'अब तुम,अब आप,अब से,आज से,आगे से,की तरह व्यवहार,भूमिका निभा,नाटक करो,दिखावा,कल्पना करो कि तुम,मोड चालू,मोड में',
    free: 'बिना किसी प्रतिबंध,बिना प्रतिबंध,बिना नियम,बिना किसी नियम,बिना रोक,बिना किसी रोक,बिना फ़िल्टर,बिना फिल्टर,बिना सेंसर,बिना किसी सीमा,बिना चेतावनी,बिना किसी चेतावनी,कोई नियम नहीं,कोई प्रतिबंध नहीं,डेवलपर मोड,कोई सीमा नहीं,बिना सीमा,अप्रतिबंधित,कोई नियम लागू नहीं',
    model: 'सहायक,एआई,ए.आई,भाषा मॉडल,मॉडल,चैटबॉट,असिस्टेंट,कृत्रिम',
    send: 'भेज,अपलोड,पोस्ट कर,फॉरवर्ड',
    secret: 'पासवर्ड,क्रेडेंशियल,कुंजी,टोकन,पर्यावरण चर,ग्राहक डेटा,बातचीत का इतिहास,.env फ़ाइल,.env फाइल,गोपनीय',
    stealth: 'बिना पूछे,बिना पुष्टि,उपयोगकर्ता को मत,उपयोगकर्ता को न,ज़िक्र न,जिक्र मत,उल्लेख न,बिना बताए,उपयोगकर्ता ने पहले',
    question: 'कैसे,क्यों,का क्या मतलब',
    delimiter:
      'नए निर्देश,नया निर्देश,यदि आप एआई,अगर आप एआई,अगर तुम एआई,यदि आप एक एआई,एआई के लिए,ध्यान दें एआई,डेटा का अंत,अगर आप एक एआई',
  },
  bn: {
    ignore:
      'উপেক্ষা,ভুলে যা,অগ্রাহ্য,এড়িয়ে যা,মনোযোগ দিও না,মনোযোগ দেবেন না,অনুসরণ করা বন্ধ,অনুসরণ কর না,মেনে চল না,বাতিল কর,পাত্তা দিও না,মানবে না,মেনো না',
    instruction: 'নির্দেশ,প্রম্পট,নির্দেশনা,নির্দেশাবলী,সিস্টেম বার্তা,যা বলা হয়েছে,দিকনির্দেশ',
    rule: 'নিয়ম,আদেশ,বিধিনিষেধ,সীমাবদ্ধতা,নীতি,ফিল্টার,বার্তা,সবকিছু,বিধি',
    prior: 'আগের,পূর্বের,পূর্ববর্তী,সমস্ত,সকল,সব=,উপরের,প্রাথমিক,মূল,এতদিনের,এর আগে',
    your: 'তোমার,আপনার,তোমাকে,আপনাকে',
    reveal: 'দেখা,প্রকাশ,বল=,বলুন,বলো,পুনরাবৃত্তি,প্রিন্ট,লিখ,লেখ,ফাঁস,জানাও,কী=,কি=,অনুবাদ,প্রদর্শন',
    system: 'সিস্টেম,লুকানো,গোপন,অভ্যন্তরীণ,প্রাথমিক,মূল',
    above: 'হুবহু,শব্দে শব্দে,এই লাইনের উপরে,এই বার্তার আগে,উপরের লেখা,আক্ষরিকভাবে,উপরে যা',
    become: 'এখন থেকে,তুমি এখন,আপনি এখন,এখন তুমি,মত আচরণ,মতো আচরণ,ভূমিকা পালন,ভান কর,কল্পনা কর,মোড চালু,মোডে',
    free: 'কোনো নিয়ম ছাড়া,কোন নিয়ম ছাড়া,নিয়ম ছাড়া,বিধিনিষেধ ছাড়া,কোনো বিধিনিষেধ,সীমাবদ্ধতা ছাড়া,কোনো সীমাবদ্ধতা,ফিল্টার ছাড়া,সেন্সর ছাড়া,সতর্কতা ছাড়া,কোনো নিয়ম নেই,কোনো বাধা,ডেভেলপার মোড,সীমাহীন,কোন বিধিনিষেধ,বাধাহীন,কোনো সীমা',
    model: 'সহকারী,এআই,ভাষা মডেল,মডেল,চ্যাটবট,কৃত্রিম বুদ্ধি',
    send: 'পাঠা,আপলোড,পোস্ট কর,ফরওয়ার্ড',
    secret: 'পাসওয়ার্ড,চাবি,কী,টোকেন,পরিবেশ ভেরিয়েবল,গ্রাহকের তথ্য,কথোপকথনের ইতিহাস,.env ফাইল,শংসাপত্র,গোপন',
    stealth:
      'না জিজ্ঞাসা করে,জিজ্ঞাসা না করে,নিশ্চিতকরণ ছাড়া,ব্যবহারকারীকে বলবেন না,ব্যবহারকারীকে বলো না,উল্লেখ করবেন না,উল্লেখ কোরো না,অনুমতি ছাড়া,না জানিয়ে,ব্যবহারকারী ইতিমধ্যে',
    question: 'কিভাবে,কীভাবে,কেন,মানে কি',
    delimiter:
      'নতুন নির্দেশ,যদি তুমি এআই,যদি আপনি এআই,এআই এর জন্য,এআই-এর জন্য,মনোযোগ এআই,ডেটার শেষ,আপনি যদি এআই,আপনি যদি একজন এআই',
  },
  ta: {
    ignore: 'புறக்கணி,மறந்து,கவனிக்காதே,பின்பற்றாதே,கண்டுகொள்ளாதே',
    instruction: 'வழிமுறை,அறிவுறுத்த,கட்டளை,ப்ராம்ப்ட்,வழிகாட்டுதல்',
    rule: 'விதி,கட்டுப்பாடு',
    prior: 'முந்தைய,அனைத்து,எல்லா,மேலே,முன்பு,ஆரம்ப',
    your: 'உன்=,உங்கள்,உனது',
    reveal: 'காட்டு,வெளிப்படுத்து,அச்சிடு,மீண்டும்,சொல்,எழுது,காண்பி',
    system: 'கணினி,அமைப்பு,மறை,ரகசிய,சிஸ்டம்',
    above: 'வார்த்தைக்கு வார்த்தை,இந்த வரிக்கு மேலே,அப்படியே',
    become: 'இனிமேல்,இப்போது நீ,இப்போது நீங்கள்,போல் நடி,போல நடந்து,இனி நீ',
    free: 'கட்டுப்பாடுகள் இல்லாமல்,கட்டுப்பாடு இல்லாத,விதிகள் இல்லாமல்,எந்த விதியும்,எந்த கட்டுப்பாடும்,வரம்பற்ற,தணிக்கை இல்லாமல்,கட்டுப்பாடுகள் இல்லாத,விதிகள் இல்லாத',
    model: 'உதவியாளர்,செயற்கை நுண்ணறிவு,மொழி மாதிரி,ஏஐ',
    send: 'அனுப்பு,பதிவேற்று',
    secret: 'கடவுச்சொல்,விசை,.env கோப்பு',
    stealth: 'கேட்காமல்,பயனரிடம் சொல்லாதே,உறுதிப்படுத்தாமல்,தெரிவிக்காமல்',
  },
  ja: {
    ignore:
      '無視,忘れ,忘れて,従わない,従うのをやめ,破棄,従わなく,考慮しない,無効に,無効と,取り消,上書き,気にしない,放棄,捨て,守らなく,守るのをやめ,解除',
    instruction: '指示,プロンプト,命令,ガイドライン,指令,システムメッセージ,インストラクション,言われたこと,設定内容',
    rule: 'ルール,規則,制約,制限,ポリシー,方針,フィルター,会話,メッセージ,すべての内容',
    prior: 'これまで,以前,前の,上記,すべて,全て,上の,先ほど,今まで,最初,元の,初期,いままで,過去,前述,全部,与えられた',
    your: 'あなた,君の,お前,貴方,きみ,自分の,与えられた',
    reveal: '表示,教えて,出力,繰り返,見せ,開示,公開,明か,書き出,印刷,答えて,示して,暴露,コピー,翻訳して,復唱,述べ',
    system: 'システム,初期,隠され,隠し,秘密,内部,元の,非公開,最初の',
    above:
      '一字一句,この上,この行より上,上に書かれ,このメッセージより前,そのまま繰り返,上の文章,逐語,上のテキスト,以前の文章',
    become:
      '今から,これから,これより,今後,あなたは今,になりきって,として振る舞,ふりをして,演じ,役を,モードを有効,モードに,とします,ロールプレイ,あなたは自由',
    free: '制限なし,制限なく,制約なし,制約なく,無制限,制限のない,制約のない,ルールのない,規則のない,フィルターなし,フィルタなし,検閲なし,検閲なく,警告なし,警告なく,ルールはない,ルールなし,開発者モード,デベロッパーモード,何の制限も,一切の制限,いかなる制限,無検閲,倫理的制約,縛られない,束縛,適用されません,適用されない,脱獄,何でもできる',
    model: 'アシスタント,AI,人工知能,言語モデル,モデル,チャットボット',
    send: '送信,送って,アップロード,投稿,転送,送付,送れ,メールで送',
    secret: 'パスワード,認証情報,キー,APIキー,トークン,環境変数,顧客データ,会話履歴,.env,秘密鍵,機密',
    stealth:
      '確認せず,確認なし,確認を求めず,確認なしで,ユーザーに伝えず,ユーザーには,言わないで,言及しない,知らせず,尋ねずに,承認済み,許可なく,通知せず,黙って,こっそり,聞かずに',
    question: 'どうやって,どのように,なぜ,方法を教えて,どうすれば',
    delimiter:
      '新しい指示,もしあなたがAI,あなたがAIなら,AIへ,AIアシスタントへ,AIエージェントへ,データの終わり,入力の終わり,文書の終わり,ここからが本当の,AIの方へ,AIモデルへ,LLMへ',
  },
  ko: {
    ignore:
      '무시,잊어,잊으,따르지 마,따르지 말,따르는 것을 멈,폐기,무효,신경 쓰지 마,신경쓰지 마,덮어쓰,버려,취소하,준수하지 마,지키지 마,잊고',
    instruction: '지시,지침,프롬프트,명령,가이드라인,시스템 메시지,안내,들은 내용,설명서',
    rule: '규칙,제한,제약,정책,필터,대화,메시지,모든 내용,규정',
    prior: '이전,위의,모든,앞의,앞선,지금까지,기존,처음,초기,원래,위에,전의,상기,받은',
    your: '당신,너의,너는,네가,네 ,자신의,너에게,귀하,니가',
    reveal: '보여,알려,출력,반복,공개,말해,표시,인쇄,밝혀,드러내,적어,써 줘,유출,번역해,복사,나열,읽어',
    system: '시스템,초기,숨겨진,숨은,비밀,내부,원래,최초',
    above:
      '글자 그대로,한 글자도,이 줄 위,이 메시지 이전,위의 텍스트,위에 있는,그대로 반복,토씨 하나,위에 적힌,단어 그대로',
    become:
      '이제부터,지금부터,앞으로,너는 이제,당신은 이제,이제 너는,이제 당신은,척해,척 해,처럼 행동,역할을,모드로,모드를 활성,연기해,가정해,인 것처럼',
    free: '제한 없이,제한 없는,제한이 없는,제약 없이,제약 없는,규칙 없이,규칙 없는,규칙이 없는,필터 없이,검열 없이,경고 없이,무제한,아무 제한,아무런 제한,어떤 제한,어떠한 제한,개발자 모드,규칙이 적용되지,제약이 없는,탈옥,검열되지,아무 규칙,거부하지,무검열,한계 없이,아무런 제약',
    model: '어시스턴트,인공지능,언어 모델,모델,챗봇,AI,에이아이,비서',
    send: '보내,전송,업로드,게시,전달,메일로',
    secret: '비밀번호,암호,자격 증명,키를,API 키,토큰,환경 변수,고객 데이터,대화 기록,.env,개인 키,기밀',
    stealth:
      '묻지 말,묻지 않고,확인 없이,확인하지 않고,사용자에게 말하지,사용자에게 알리지,언급하지,알리지 말,승인 없이,허락 없이,이미 승인,몰래,물어보지',
    question: '어떻게,왜 ,무슨 뜻,방법을',
    delimiter:
      '새로운 지시,새 지시,새로운 지침,당신이 AI,네가 AI,AI라면,AI에게,AI 어시스턴트에게,데이터 끝,문서 끝,입력 끝,인공지능이라면',
  },
  zh: {
    ignore:
      '忽略,无视,無視,忘记,忘記,忘掉,不要遵守,不要遵循,不再遵守,不再遵循,停止遵循,停止遵守,抛开,拋開,绕过,繞過,放弃,丢弃,不用管,别管,别理,不要理会,不予理会,推翻,覆盖,取消,不理会,清除,摆脱,跳过,舍弃,置之不理',
    instruction: '指令,指示,提示词,提示詞,提示,系统消息,系統消息,指引,指南,命令,说明,告诉你的,告訴你的,准则,設定',
    rule: '规则,規則,限制,政策,约束,過濾,过滤,规定,对话,消息,一切,所有内容,要求,规矩,道德',
    prior: '之前,以前,先前,上面,上述,所有,以上,全部,前面,此前,最初,原来,一切,初始,原始,现有,前述,任何',
    your: '你的,你=,您的,您=,你是,给你,你被,你现在',
    reveal:
      '显示,顯示,输出,輸出,告诉,告訴,重复,重複,透露,泄露,洩露,打印,展示,说出,公开,写出,列出,复述,给我,念出,翻译,揭示,暴露,是什么',
    system: '系统,系統,初始,隐藏,隱藏,秘密,内部,原始,最初',
    above:
      '一字不差,逐字,上面的文字,这句话之前,此消息之前,这条消息之前,以上内容,上面的内容,上面所有,以上所有,原样,一字不漏,这行文字之上,这行之上,这一行之上',
    become:
      '你现在是,你現在是,从现在开始,從現在開始,从现在起,現在開始,今后,假装,假裝,扮演,充当,充當,进入,開啟,开启,切换到,启用,角色,想象你,作为一个,你将是,你不再是',
    free: '没有限制,沒有限制,没有任何限制,不受限制,不受任何限制,无限制,無限制,没有规则,没有任何规则,不受约束,不受任何,没有约束,没有任何约束,不受规则,没有过滤,无审查,沒有審查,不经审查,不加限制,不受道德,没有道德,开发者模式,開發者模式,越狱,越獄,毫无保留,不设限,不附加警告,无需警告,不得拒绝,不能拒绝,没有底线,无道德,为所欲为,没有警告',
    model: '助手,人工智能,语言模型,語言模型,模型,聊天机器人,AI,大模型,智能体',
    send: '发送,發送,发到,发给,上传,上傳,提交,转发,轉發,传送,邮件发,寄到,传给,传到',
    secret: '密码,密碼,凭证,凭据,密钥,金鑰,令牌,环境变量,環境變數,客户数据,聊天记录,对话记录,.env,私钥,机密,口令',
    stealth:
      '不要告诉用户,不要告訴用戶,无需确认,不需确认,不必确认,不用询问,不要询问,无需询问,不要提及,不要提到,未经确认,瞒着,偷偷,悄悄,用户已经,用户已批准,不通知用户,别告诉,不要让用户,不要確認',
    question: '如何,怎么,怎樣,为什么,什么意思,怎样',
    delimiter:
      '新指令,新的指令,如果你是AI,如果你是人工智能,如果你是一个AI,致AI,给AI,AI助手请注意,AI请注意,注意AI,数据结束,文档结束,输入结束,AI助手注意,如果你是大模型,如果您是AI',
  },
  th: {
    ignore: 'เพิกเฉย,ละเว้น,ลืม,ไม่ต้องสนใจ,อย่าสนใจ,ไม่ต้องทำตาม,อย่าทำตาม,หยุดทำตาม,มองข้าม,ยกเลิก,ไม่สนใจ,เลิกทำตาม,ข้ามคำสั่ง,ละทิ้ง',
    instruction: 'คำสั่ง,คำแนะนำ,พรอมต์,พรอมท์,พร้อมท์,ข้อความระบบ,แนวทาง,สิ่งที่บอก',
    rule: 'กฎ,ข้อจำกัด,นโยบาย,ตัวกรอง,ข้อบังคับ,ข้อความ,ทุกอย่าง',
    prior: 'ก่อนหน้า,ทั้งหมด,ข้างต้น,ด้านบน,ที่ผ่านมา,เดิม,เริ่มต้น,ทุก,ก่อน',
    your: 'ของคุณ,ของเธอ,ของแก,ที่ได้รับ',
    reveal: 'แสดง,เปิดเผย,พิมพ์,ทำซ้ำ,บอก,เขียน,พูดซ้ำ,ให้ดู,คืออะไร,ทวน,แปล,คัดลอก',
    system: 'ระบบ,ซ่อน,ลับ,ภายใน,เริ่มต้น,เดิม',
    above: 'คำต่อคำ,เหนือบรรทัดนี้,ก่อนข้อความนี้,ข้อความด้านบน,ทุกตัวอักษร,ข้อความข้างต้น,ตัวอักษรต่อ',
    become:
      'ตอนนี้คุณคือ,คุณคือ,ตอนนี้คุณเป็น,จากนี้ไป,ต่อจากนี้,นับจากนี้,ตั้งแต่นี้,ตั้งแต่ตอนนี้,แกล้งทำ,แสร้ง,สวมบทบาท,ทำตัวเป็น,เข้าสู่โหมด,เปิดโหมด,จินตนาการว่าคุณ,คุณเป็น',
    free: 'ไม่มีข้อจำกัด,โดยไม่มีข้อจำกัด,ไม่มีกฎ,ไร้ขีดจำกัด,ไม่จำกัด,ไม่มีตัวกรอง,ไม่มีการเซ็นเซอร์,ไม่เซ็นเซอร์,โหมดนักพัฒนา,ปราศจากข้อจำกัด,ไม่มีขีดจำกัด,โดยไม่มีคำเตือน,ไร้กฎ,ไม่ต้องเตือน,ไม่มีคำเตือน,ไม่มีศีลธรรม,ไม่มีเงื่อนไข',
    model: 'ผู้ช่วย,ปัญญาประดิษฐ์,เอไอ,AI,โมเดล,แชทบอท,แบบจำลอง',
    send: 'ส่ง,อัปโหลด,อัพโหลด,โพสต์,ส่งต่อ',
    secret: 'รหัสผ่าน,ข้อมูลรับรอง,คีย์,กุญแจ,โทเค็น,ตัวแปรสภาพแวดล้อม,ข้อมูลลูกค้า,ประวัติการสนทนา,.env,ความลับ',
    stealth:
      'โดยไม่ต้องถาม,โดยไม่ถาม,โดยไม่ต้องยืนยัน,โดยไม่ยืนยัน,อย่าบอกผู้ใช้,ห้ามบอกผู้ใช้,ไม่ต้องบอกผู้ใช้,อย่าพูดถึง,โดยไม่แจ้ง,ผู้ใช้อนุมัติ,ผู้ใช้ได้อนุมัติ,ไม่ต้องขออนุญาต',
    question: 'อย่างไร,ทำไม,หมายความว่า,ยังไง,วิธี',
    delimiter: 'คำสั่งใหม่,หากคุณเป็น,ถ้าคุณเป็น,ถึงผู้ช่วย,ถึง AI,เรียน AI,สิ้นสุดข้อมูล,จบเอกสาร,หากคุณคือ,ถ้าคุณคือ',
  },
  vi: {
    ignore:
      'bỏ qua,phớt lờ,quên=,hãy quên,không tuân theo,đừng tuân theo,ngừng tuân theo,ngừng làm theo,đừng làm theo,không cần tuân,lờ đi,gạt bỏ,mặc kệ,hủy bỏ,đừng để ý,đừng quan tâm,vượt qua,không tuân thủ',
    instruction:
      'hướng dẫn,chỉ dẫn,chỉ thị,lời nhắc,câu lệnh,prompt,thông điệp hệ thống,lệnh=,những gì bạn được,đã được nói',
    rule: 'quy tắc,luật=,giới hạn,hạn chế,chính sách,bộ lọc,quy định,tin nhắn,mọi thứ,ràng buộc,nguyên tắc',
    prior: 'trước=,trước đó,trước đây,tất cả,mọi=,ở trên,bên trên,ban đầu,phía trên,từ trước,hiện tại,đã cho,nhận được',
    your: 'của bạn,của mày,của ngươi,bạn=',
    reveal:
      'tiết lộ,hiển thị,cho tôi biết,cho tôi xem,in ra,lặp lại,nói=,viết=,cung cấp,đưa ra,là gì,xuất ra,dịch=,cho biết,kể=,liệt kê,đọc=',
    system: 'hệ thống,ban đầu,ẩn=,bí mật,nội bộ,gốc=,khởi tạo',
    above:
      'từng chữ,từng từ,phía trên dòng này,trước tin nhắn này,văn bản ở trên,nguyên văn,ở trên dòng,văn bản phía trên',
    become:
      'bây giờ bạn là,bạn bây giờ là,từ bây giờ,từ giờ,kể từ bây giờ,giả vờ,hãy đóng vai,đóng vai,hành động như,cư xử như,tưởng tượng bạn,chuyển sang chế độ,kích hoạt chế độ,bạn là một,vào chế độ,giờ bạn là',
    free: 'không có giới hạn,không giới hạn,không có hạn chế,không hạn chế,không có quy tắc,không quy tắc,không bị hạn chế,không bị giới hạn,không có bất kỳ,không bộ lọc,không kiểm duyệt,không bị kiểm duyệt,chế độ nhà phát triển,không cảnh báo,mà không cảnh báo,không có cảnh báo,không bị ràng buộc,không ràng buộc,không đạo đức,không có luật,vô giới hạn',
    model: 'trợ lý,ai=,trí tuệ nhân tạo,mô hình ngôn ngữ,mô hình,chatbot',
    send: 'gửi,tải lên,đăng=,chuyển tiếp,truyền',
    secret:
      'mật khẩu,thông tin đăng nhập,khóa=,khoá=,khóa api,token,biến môi trường,dữ liệu khách hàng,lịch sử trò chuyện,tệp .env,file .env',
    stealth:
      'mà không hỏi,không cần hỏi,không cần xác nhận,mà không xác nhận,đừng nói với người dùng,không nói cho người dùng,đừng đề cập,không thông báo,người dùng đã,không được đề cập,mà không cho người dùng,không cần sự cho phép',
    question: 'làm thế nào,làm sao,tại sao,nghĩa là gì,cách=',
    delimiter:
      'hướng dẫn mới,chỉ dẫn mới,nếu bạn là ai,nếu bạn là một ai,nếu bạn là trí,nếu bạn là mô,gửi ai,lưu ý cho ai,chú ý ai,kết thúc dữ liệu,kết thúc tài liệu,gửi trợ lý',
  },
  id: {
    ignore:
      'abaikan,lupakan,hiraukan,jangan ikuti,jangan patuhi,berhenti mengikuti,kesampingkan,jangan pedulikan,langgar,tidak usah ikuti,batalkan,acuhkan,tinggalkan,mengabaikan,endahkan,jangan ikut',
    instruction:
      'instruksi,arahan,perintah,prompt,petunjuk,pedoman,pesan sistem,yang diberitahukan,panduan,garis panduan',
    rule: 'aturan,batasan,kebijakan,filter,peraturan,sekatan,pesan=,semuanya,larangan',
    prior: 'sebelum,semua,di atas,seluruh,awal=,terdahulu,selama ini,asli=,tadi,sebelumnya,segala,terdahulu,diterima',
    your: '-mu=,milikmu,awak=,kau=,instruksimu,aturanmu,promptmu,anda=,kamu=',
    reveal:
      'tampilkan,ungkap,tunjukkan,cetak,ulangi,beri tahu,beritahu,sebutkan,tulis,berikan,bocorkan,apa=,terjemahkan,salin,bacakan,dedahkan,paparkan',
    system: 'sistem,awal=,tersembunyi,rahasia,internal,asli=,rahsia',
    above:
      'kata demi kata,di atas baris ini,sebelum pesan ini,teks di atas,persis seperti,secara harfiah,semua di atas,perkataan demi perkataan',
    become:
      'sekarang kamu adalah,sekarang anda adalah,kamu sekarang,anda sekarang,mulai sekarang,mulai saat ini,berpura-pura,bertindaklah,bertindak sebagai,berperan sebagai,bayangkan kamu,aktifkan mode,masuk ke mode,beralih ke,kamu adalah,anda adalah,anggap dirimu',
    free: 'tanpa batas,tanpa batasan,tanpa aturan,tanpa pembatasan,tanpa filter,tanpa sensor,tanpa peringatan,tanpa larangan,tidak ada aturan,tidak ada batasan,mode pengembang,mod pembangun,tak terbatas,tanpa sebarang,tanpa sekatan,tidak terikat,bebas dari,tanpa moral,tanpa etika,tidak punya aturan,tidak memiliki batasan',
    model: 'asisten,ai=,kecerdasan buatan,model bahasa,model=,chatbot,pembantu,kecerdasan',
    send: 'kirim,unggah,teruskan,posting,hantar,muat naik,mengirim',
    secret:
      'kata sandi,sandi=,kredensial,kunci,token,variabel lingkungan,data pelanggan,riwayat percakapan,file .env,berkas .env,kata laluan,isi .env',
    stealth:
      'tanpa bertanya,tanpa konfirmasi,tanpa meminta,jangan beri tahu pengguna,jangan beritahu,jangan sebutkan,tanpa memberi tahu,tanpa sepengetahuan,pengguna sudah,pengguna telah,tanpa izin,tanpa pengesahan',
    question: 'bagaimana cara,bagaimana saya,mengapa,kenapa,apa arti,cara=',
    delimiter:
      'instruksi baru,arahan baru,perintah baru,jika anda adalah ai,jika kamu adalah ai,jika kamu ai,jika anda ai,catatan untuk ai,perhatian ai,kepada ai,untuk ai,akhir data,akhir dokumen,kepada asisten',
  },
  tl: {
    ignore:
      'huwag pansinin,balewalain,kalimutan,huwag sundin,itigil ang pagsunod,isantabi,ipagwalang-bahala,ipagwalang bahala,huwag mong sundin,huwag intindihin,kanselahin,lampasan',
    instruction: 'tagubilin,utos,panuto,prompt,alituntunin,instruksyon,sinabi sa iyo,gabay,mensahe ng sistema',
    rule: 'patakaran,tuntunin,paghihigpit,limitasyon,mga filter,mensahe,lahat ng',
    prior: 'nakaraan,naunang,nauna,lahat ng,sa itaas,dating,orihinal,unang=,kanina,hanggang ngayon,mga naunang',
    your: 'iyong,mong=,mo=,iyo=,inyong',
    reveal: 'ipakita,ibunyag,i-print,ulitin,sabihin,isulat,ibigay,ilabas,ilantad,ano ang,isalin,i-display,ibahagi',
    system: 'system,sistema,nakatago,lihim,panloob,orihinal,unang=,sikretong',
    above:
      'salita por salita,bawat salita,sa itaas ng linyang,bago ang mensaheng ito,teksto sa itaas,salita sa salita,eksakto,salita-sa-salita',
    become:
      'ikaw ngayon,ikaw na ngayon,mula ngayon,simula ngayon,magpanggap,kumilos bilang,gumanap bilang,umarte bilang,isipin mo na ikaw,isipin na ikaw,i-activate,pumasok sa,ngayon ay isa',
    free: 'walang paghihigpit,walang anumang,walang limitasyon,walang patakaran,walang mga patakaran,walang tuntunin,walang filter,walang sensura,walang censorship,walang babala,developer mode,walang hangganan,nang walang restriksyon,walang restriksyon,walang moral',
    model: 'assistant=,ai=,artipisyal,modelo ng wika,modelo=,chatbot,katulong',
    send: 'ipadala,i-upload,ipasa,i-post,magpadala,i-email',
    secret:
      'password,kredensyal,susi=,mga susi,token,api key,datos ng customer,kasaysayan ng pag-uusap,.env file,laman ng .env,lihim na susi',
    stealth:
      'nang hindi nagtatanong,nang walang kumpirmasyon,huwag sabihin sa user,huwag banggitin,nang hindi sinasabi,nang hindi ipinapaalam,nang walang pahintulot,inaprubahan na ng,huwag ipaalam',
    question: 'paano,bakit,ano ang ibig sabihin',
    delimiter:
      'bagong tagubilin,bagong utos,kung ikaw ay isang ai,kung ikaw ay ai,paalala sa ai,para sa ai,pansin ai,katapusan ng data',
  },
  sw: {
    ignore: 'puuza,sahau,usifuate,acha kufuata,usizingatie',
    instruction: 'maagizo,maelekezo,miongozo',
    rule: 'sheria,kanuni',
    prior: 'yote=,zote=,yaliyotangulia,ya awali,hapo juu,ya mwanzo,yaliyopita',
    your: 'yako=,zako=',
    reveal: 'onyesha,fichua,rudia,chapisha,andika,niambie',
    system: 'mfumo,siri=,ya awali',
    above: 'neno kwa neno,juu ya mstari huu',
    become: 'sasa wewe ni,wewe sasa ni,kuanzia sasa,jifanye,igiza',
    free: 'bila vikwazo,bila sheria,bila kikomo,bila mipaka,hakuna sheria,bila kuchuja',
    model: 'msaidizi,akili bandia,akili mnemba',
    send: 'tuma,pakia',
    secret: 'nenosiri,ufunguo,manenosiri,faili la .env,faili ya .env',
    stealth: 'bila kuuliza,bila uthibitisho,usimwambie mtumiaji',
  },
};
