/** Words of instructions to a model in languages of western and northern Europe; see phrase-words.ts. */
import type { Words } from './phrase-classes.ts';

/** By language. */
export const westernWords: Readonly<Record<string, Words>> = {
  en: {
    ignore:
      "ignor,disregard,forget,overrul,pay no attention,pay no heed,stop following,stop obeying,cease following,do not follow,don't follow,do not obey,don't obey,no longer follow,no longer bound,no longer apply,no longer valid,not bound,set aside,put aside,throw out,throw away,drop all,drop your,drop the,are void,nullif,leave aside,never mind,nevermind,delete all previous,circumvent,do away with,unlearn,tune out,step outside,take no notice,give no weight,pay no mind,shut out,tear up,have expired,has expired,are obsolete,are cancelled,are canceled,no longer in force,no longer in effect,are revoked,are superseded,do not listen,don't listen,stop listening,stop complying,stop adhering,do not adhere,don't adhere,do not comply with,treat as void,scrap=",
    weaken:
      'overrid,overwrit,bypass,abandon=,dismiss=,erase=,wipe=,skip over,cancel=,revoke,supersed,replace,reset your,clear your,invalidat,suspend=,discard,void=,neglect=,change=,modify=,ignores=',
    instruction:
      'instruction,instrution,instuction,prompt=,prompts=,directive,guideline,system message,what you were told,what you have been told,you were told,you were given,you have been given,told you,given to you,preprompt,pre-prompt,directions=,programming=,training data,briefing,initialization,initialisation,preamble,orders you,rules you were given,everything you were told,everything you have been told,what i told,been programmed',
    rule: "rule=,rules=,document=,data=,user's,order=,orders=,command=,commands=,policy=,policies=,restriction,constraint,context=,message=,messages=,conversation=,everything,limitation,safeguard,filter,guardrail,safety,ethic,moral,protocol,boundar,text=,information=,task=,tasks=,request=,configuration,parameters=,settings=",
    prior:
      'previous,prior=,rest of,the rest,above=,earlier,preceding,before=,initial,original,existing,current,all=,any=,every=,past=,former,foregoing,so far,until now,up to now,old=,other=,precedent,aforementioned',
    your: 'your=,yours=,yourself,ur=',
    reveal:
      "reveal,show=,print,display,output,repeat,tell=,disclose,leak,dump,divulge,recite,share=,give me,provide,list=,write out,write down,expose,return=,echo=,translate,summarize,summarise,spell out,copy=,paste=,quote=,what is=,what are=,what's,what were,read out,reproduce,rephrase,paraphrase,encode,cat=,type out,restate",
    system:
      'system=,initial,hidden=,secret=,secrets=,internal,developer=,original=,confidential,first=,base=,starting,core=,underlying',
    above:
      'everything above,text above,words above,above this,before this,previous text,preceding text,preceding this,verbatim,word for word,everything before,all of the above,instructions above,above in full,prior text,text before,anything before,beginning of this conversation,start of this conversation,top of this conversation,beginning of the conversation,start of the conversation',
    become:
      "you are now,you're now,from now on,from here on,henceforth,act as,act like,pretend,behave as,roleplay,role-play,role play,you will be,you are about to,you will act,simulate,immerse,imagine you,assume the role,assume the persona,take on the,stay in character,in character,persona=,enter=,switch to,switch into,activat,enable=,transform into,impersonat,embody,respond as,answer as,reply as,speak as,you are a,you are an,you're an,play the role,you are going to,hypothetical,fictional,character named,let's play,answer twice,respond twice,two responses,two ways,two answers,you are free",
    free: "no restriction,no limit,no rules,no filter,no censor,no moral,no ethic,no content polic,no guideline,no boundar,no safety,no constraints,without restriction,without any restriction,without limit,without rules,without any rules,without filter,without censor,without warning,without any warning,without ethic,without moral,without refus,without disclaimer,without any ethic,without any filter,without safety,unrestricted,unfiltered,uncensored,unlimited ai,unbound by,unshackled,amoral,jailbr,do anything now,dan mode,developer mode,dev mode,god mode,admin mode,debug mode,maintenance mode,sudo mode,evil mode,opposite mode,unsafe mode,root mode,chaos mode,anarchy mode,free from all,free of all,free of any,freed from,broken free,break free,not bound by,never refuse,never refuses,cannot refuse,can't refuse,must not refuse,won't refuse,not refuse,never decline,never says no,never say no,disregards all,ignores all,ignores any,ignoring all,no longer restricted,no longer bound,isn't bound,isn't limited,not limited to openai,not restricted,regardless of legality,regardless of how,regardless of whether,openai polic,openai's,content policy does not,content polic,do everything i,evil twin,doesn't care about,does not care about,has no filter,n't have any ethic,not have any ethic,doesnt have any,ethical or moral guidelines,lacks any moral,devoid of moral,free from restrictions,free from the,break the rules,breaks the rules,break all rules,violate openai,violates openai,bypass openai,against openai,without hesitation or refus,neither refus,against the rules,unconstrained,unmoderated,no conscience",
    model:
      'assistant=,assistants=,ai=,a.i.,ais=,llm=,llms=,language model,chatbot,chatgpt,chat gpt,gpt=,gpt-4,claude=,gemini=,copilot=,bard=,grok=,agents=,ai agent,bot=,model=,the summariser,the summarizer',
    send: 'send=,sends=,upload,post=,forward,exfiltrat,transmit,e-mail=,email=,leak=,submit=,curl=,append=,deliver=,publish=,ship=,pipe=,encode=,push=,copy=',
    secret:
      '.env,env file,password,credential,api key,api_key,apikey,api-key,secret key,secret_key,access key,access token,auth token,token=,tokens=,ssh key,.ssh,id_rsa,id_ed25519,cookie=,cookies=,environment variable,private key,chat history,conversation history,the conversation,the conversation so far,customer data,customer list,.aws,.npmrc,.netrc,kubeconfig,/etc/passwd,/etc/shadow,seed phrase,wallet=,bank detail,personal data,session id,secrets=,user data,contacts=,inbox=',
    stealth:
      "do not tell the user,don't tell the user,without telling the user,not mention this,never mention this,not inform the user,without informing,without the user,without asking,without confirmation,without notifying,do not mention,don't mention,do not reveal this,never say that,never tell,not tell anyone,keep this secret,hide this,without further confirmation,silently,do not disclose this,the user has already approved,user has already,user has pre-approved,user pre-approved,already been approved,already authorized,already authorised,has authorised,has authorized,do not ask for,don't ask for,no confirmation,no need to ask,not visible to the user,user must not,user should not,user does not need to,covertly,do not alert",
    negation: "not=,don't=,never=,dont=,cannot=,can't=,didn't=,doesn't=,won't=,shouldn't=,must not,should not",
    question:
      'how do=,how does=,how can=,how to=,how would=,how should=,why=,why does=,why is=,what does=,what happens=,is it possible=,can i=,should i=,is there=,where do=,when should=,how are=,explain how,difference between',
    mention:
      'prompt injection,jailbreak attempt,injection attack,is blocked,was blocked,be blocked,are blocked,detect,test asserts,asserts that,assert,unit test,release notes,classif,example of,for example,e.g.,such as,flagged,payload,attacker,adversarial,malicious,firewall,guardrail,regex,sample=,moderation,red team,red-team,the phrase,the sentence,the string,researcher,the attack,attacks=,signature=,false positive,dataset,labelled,labeled,benchmark',
    rot13:
      'vtaber=,qvfertneq=,sbetrg=,cerivbhf=,vafgehpgvbaf=,vafgehpgvba=,cebzcg=,flfgrz=,ehyrf=,erirny=,naq=,gur=,lbhe=,lbh=,nyy=,nal=,guvf=,jvgu=,vf=,gb=,frperg=,cevag=,fraq=,grkg=',
    backwards:
      'erongi=,tpmorp=,tpmorp,snoitcurtsni=,suoiverp=,metsys=,lla=,eht=,dna=,ruoy=,uoy=,laever=,tegrof=,dragersid=,selur=,siht=,htiw=,terces=,ot=,tnirp=,dnes=,drowssap=',
    mirrored:
      'rtmliv=,kivermfh=,rmhgifxgrlmh=,kilnkg=,hbhgvn=,ivevzo=,uliteg=,ifovh=,zmw=,gsv=,blfi=,blf=,zoo=,hvxivg=',
    delimiter:
      "end of user data,end of input,end of data,end of document,end of context,end of text,end of session,end of message,end of prompt,end of file,end of user,end user data,end system prompt,new system prompt,system override,admin override,developer override,emergency override,override mode,new instructions,new instruction,updated instructions,updated system prompt,updated prompt,begin system,start of system,system prompt update,system update,message from the developer,message from openai,message from anthropic,message from the system,message from the administrator,instructions for the assistant,instructions for ai,instruction for ai,instruction to the,instructions to the,note to ai,note to the ai,note to the assistant,note to assistants,note for ai,attention ai,attention llm,attention assistant,attention model,dear ai,dear assistant,hey ai,hey assistant,if you are an ai,if you're an ai,if you are a language,if you are an llm,if an ai,if you are an assistant,ai agents,ai assistants must,ai models must,ai reading,llm reading,assistant reading,message to ai,message to the ai,message to the assistant,to the ai,to any ai,to all ai",
  },
  de: {
    ignore:
      'ignorier,vergiss,vergesst,vergessen sie,missacht,uebergeh,übergeh,überschreib,setze deine,außer kraft,ausser kraft,lass alle,verwirf,beachte nicht,nicht mehr beacht,nicht beacht,schenke,keine beachtung,hör auf,folge nicht,folge keinen,umgeh,streiche,halte dich nicht,pfeif auf',
    instruction:
      'anweisung,instruktion,systemprompt,prompt,vorgabe,richtlinie,anleitung=,systemnachricht,gesagt hat,gesagt wurde,weisung,sicherheitsrichtlinie,aufforderung,voreinstellung',
    rule: 'regel,befehl,beschränkung,einschränkung,grenzen,filter,aufgabe,nachricht,kontext,alles',
    prior:
      'bisherig,vorherig,vorig,obig,alle=,allen=,aller=,sämtlich,früher,vorher,zuvor,ursprünglich,anfänglich,vorangegangen,vorangehend,bis jetzt,bisher,erhalten hast',
    your: 'dein,deine,deinen,deiner,ihre=,ihren=,eure,man dir',
    reveal:
      'gib=,gebe,geben sie,zeig,nenn,verrat,offenbar,wiederhol,drucke,ausgeb,lies=,schreib,übersetz,wie lautet,was steht,was sind,teile mir',
    system: 'system,ursprünglich,versteckt,geheim,intern,anfänglich,verborgen',
    above:
      'über dieser zeile,über dieser nachricht,vor dieser nachricht,text oben,alles darüber,wortwörtlich,wort für wort,wörtlich,obenstehend,oberhalb dieser',
    become:
      'ab jetzt,ab sofort,von nun an,von jetzt an,du bist jetzt,du bist nun,tu so als,tue so,stell dir vor,spiel die rolle,verhalte dich,agiere als,du spielst,sie sind jetzt,du bist ein,wechsle in,aktiviere',
    free: 'ohne regeln,ohne einschränkung,ohne beschränkung,ohne filter,ohne zensur,ohne warnhinweis,ohne warnung,ohne grenzen,keine regeln,keine einschränkung,keine beschränkung,keine grenzen,keine filter,keinerlei regel,keinerlei ein,keinerlei besch,entwicklermodus,uneingeschränkt,unzensiert,ungefiltert,ohne moral,ohne ethi,ohne jede,ohne tabu,an keine regel,nicht an regeln',
    model: 'assistent,ki=,ki-,sprachmodell,modell=,chatbot,künstliche intelligenz',
    send: 'sende,schick,übermittl,lade=,hochlad,leite=,weiterleit,poste,versend',
    secret:
      'passwort,passwörter,zugangsdaten,api-schlüssel,schlüssel,umgebungsvariable,kundendaten,datei .env,gesprächsverlauf,geheimnis',
    stealth:
      'ohne den nutzer,ohne nachzufragen,ohne rückfrage,ohne bestätigung,erwähne nicht,sag dem nutzer nicht,sage dem nutzer nichts,ohne es zu erwähnen,verschweig,nutzer hat bereits,benutzer hat bereits',
    question: 'wie kann,wie lässt,warum,was bedeutet,wie mache,weshalb,wie ignoriere',
    delimiter:
      'neue anweisung,wenn du eine ki,falls du eine ki,an den ki,an die ki,an alle ki,hinweis an ki,hinweis an die ki,hinweis für ki,achtung ki,ende der daten,ende der eingabe,ende des dokuments,ende der nutzer',
  },
  fr: {
    ignore:
      'ignore,ignorez,oublie,ne tiens pas compte,ne tenez pas compte,ne tenir aucun compte,fais abstraction,faites abstraction,outrepass,contourne,laisse tomber,néglige,passe outre,passez outre,ne suis plus,ne respecte plus,cesse de suivre,arrête de suivre,annule=,désobéi,écarte',
    instruction:
      "instruction,consigne,directive,prompt,invite système,message système,ce qu'on t'a dit,ce qui t'a été,indications",
    rule: 'règle,ordres=,commande,politique,restriction,limite,filtre,contexte,message,tout ce qui',
    prior:
      "précédent,antérieur,ci-dessus,initial,toutes,tous=,toute=,d'avant,plus haut,reçues,jusqu'ici,jusqu'à présent,d'origine,au-dessus",
    your: "tes=,ton=,ta=,vos=,votre,t'a=",
    reveal:
      'affiche,montre,révèle,répète,donne,imprime,divulgue,écris,dévoile,recopie,traduis,quel est,quelles sont,dis-moi,communique,restitue',
    system: "système,initial,cach,secret,interne,d'origine,confidentiel",
    above:
      'mot pour mot,au-dessus de,avant ce message,texte ci-dessus,qui te précède,qui précède,tout ce qui précède,mot à mot,textuellement',
    become:
      'tu es maintenant,désormais,dorénavant,à partir de maintenant,fais semblant,comporte-toi,agis comme,joue le rôle,vous êtes maintenant,imagine que tu,tu incarnes,tu es un,passe en mode,active le mode,prétends',
    free: 'sans aucune restriction,sans restriction,sans règle,sans aucune règle,sans limite,sans aucune limite,sans filtre,sans censure,aucune règle,aucune restriction,aucune limite,mode développeur,non censuré,sans morale,sans éthique,sans avertissement,libre de toute,sans tabou,pas de règle,aucun filtre',
    model: 'assistant=,ia=,intelligence artificielle,modèle de langage,modèle=,chatbot',
    send: 'envoie,envoyez,transmet,transfère,téléverse,publie,poste=,expédie',
    secret:
      "mot de passe,mots de passe,identifiant,clé api,clé d'api,clés=,variables d'environnement,fichier .env,historique de,données client,jeton",
    stealth:
      "sans prévenir,sans demander,sans confirmation,ne mentionne pas,ne dis pas à l'utilisateur,sans le dire,à l'insu,l'utilisateur a déjà,ne le mentionne,n'en parle pas",
    question: 'comment puis,comment faire,pourquoi,que signifie,comment ignorer,est-il possible',
    delimiter:
      "nouvelles instructions,nouvelle instruction,si tu es une ia,si vous êtes une ia,note à l'ia,note pour l'ia,à l'attention de l'ia,à l'attention des ia,attention ia,fin des données,fin du document,fin de l'entrée,message à l'ia",
  },
  es: {
    ignore:
      'ignora,ignore,ignorad,olvida,olvide,olvídate,haz caso omiso,haga caso omiso,no hagas caso,no tengas en cuenta,descarta,desestima,pasa por alto,omite,deja de seguir,deja de lado,desobedece,anula,no sigas',
    instruction:
      'instruccion,indicacion,directric,directiv,prompt,consigna,mensaje del sistema,mensaje de sistema,lo que te dij,te han dicho,se te dijo',
    rule: 'regla,norma,orden=,ordenes=,política,restriccion,límite,filtro,contexto,mensaje,todo lo que',
    prior: 'anterior,previa,previo,todas,todos,toda=,todo=,de arriba,inicial,hasta ahora,precedente,original,recibid',
    your: 'tus=,tu=,su=,sus=',
    reveal:
      'revela,muestra,muéstra,imprime,repite,dime,dame,enseña,escribe,divulga,filtra,cuál es,cuáles son,traduce,copia,expón,devuelve',
    system: 'sistema,inicial,oculta,oculto,secret,intern,original,confidencial',
    above:
      'palabra por palabra,texto anterior,texto de arriba,antes de este mensaje,encima de esta,al pie de la letra,literalmente,precede a este,arriba de esta',
    become:
      'ahora eres,a partir de ahora,desde ahora,de ahora en adelante,finge,actúa como,hazte pasar,compórtate,imagina que eres,eres un,activa el modo,entra en modo,interpreta el papel',
    free: 'sin restriccion,sin ninguna restricción,sin regla,sin ninguna regla,sin límite,sin filtro,sin censura,sin moral,sin ética,sin advertencia,ninguna regla,ninguna restricción,modo desarrollador,modo de desarrollador,no tiene restriccion,no tienes restriccion,sin limitacion,sin normas,sin ningún,libre de',
    model: 'asistente,ia=,inteligencia artificial,modelo de lenguaje,modelo=,chatbot',
    send: 'envía,envia,enviad,manda,reenvía,sube=,publica,transmite',
    secret: 'contraseña,credencial,clave,clave api,variables de entorno,archivo .env,historial,datos de clientes,token',
    stealth:
      'sin avisar,sin pedir,sin confirmación,sin preguntar,sin confirmar,no menciones,no le digas,sin decírselo,sin informar,el usuario ya',
    question: 'cómo puedo,como puedo,por qué,qué significa,cómo hago,cómo se',
    delimiter:
      'nuevas instrucciones,nueva instrucción,si eres una ia,nota para la ia,nota a la ia,atención ia,para la ia,fin de los datos,fin del documento,fin de la entrada,mensaje para la ia,si eres un modelo',
  },
  pt: {
    ignore:
      'ignor,esque,desconsider,desprez,descart,não siga,pare de seguir,deixe de lado,não dê atenção,deixe de seguir,desobedeç,anule,passe por cima,despreze,ultrapass',
    instruction: 'instruç,diretriz,diretiva,prompt,orientaç,indicaç,mensagem do sistema,o que te disser,lhe foi dito',
    rule: 'regra,norma=,normas=,ordens=,política,restriç,limite,filtro,contexto,mensagem,tudo o que,tudo que',
    prior: 'anterior,prévi,todas,todos,acima,inicia,até agora,precedente,origina,recebid',
    your: 'suas=,sua=,seu=,seus=,tuas,tua=,teu=,o seu',
    reveal: 'revel,mostr,imprim,repit,diga,exib,divulg,escrev,qual é,quais são,traduz,copi,mostre-me,forneç',
    system: 'sistema,inicia,ocult,secret,intern,origina,escondid',
    above:
      'palavra por palavra,antes desta mensagem,texto acima,acima desta,vem antes,tudo acima,literalmente,antes dessa',
    become:
      'agora você é,agora és,a partir de agora,de agora em diante,finja,aja como,atue como,comporte-se,imagine que você,você é um,ative o modo,entre no modo,faça de conta',
    free: 'sem restriç,sem nenhuma restrição,sem regras,sem nenhuma regra,sem limite,sem filtro,sem censura,sem moral,sem ética,sem avisos,nenhuma regra,nenhuma restrição,modo desenvolvedor,modo programador,modo de desenvolvedor,sem qualquer restrição,sem qualquer,livre de',
    model: 'assistente,ia=,inteligência artificial,modelo de linguagem,modelo=,chatbot',
    send: 'envi,mande,manda,encaminh,transmit,publique,carregue',
    secret:
      'senha,palavra-passe,credencia,chave,variáveis de ambiente,arquivo .env,ficheiro .env,histórico,dados de clientes,dados dos clientes,token',
    stealth:
      'sem pedir,sem avisar,sem confirma,sem perguntar,não mencione,não diga ao,sem informar,o usuário já,o utilizador já,sem o usuário',
    question: 'como posso,como faço,por que,o que significa,como eu',
    delimiter:
      'novas instruções,nova instrução,se você é uma ia,se você for uma ia,se fores uma ia,nota para a ia,atenção ia,atenção: ia,para a ia,fim dos dados,fim do documento,fim da entrada',
  },
  it: {
    ignore:
      'ignora,dimentica,non tenere conto,non tener conto,trascura,scavalca,tralascia,smetti di seguire,non seguire,lascia perdere,scarta,annulla,disattendi,non considerare,aggira',
    instruction:
      'istruzion,direttiv,prompt,linee guida,indicazion,messaggio di sistema,ciò che ti è stato detto,ti è stato detto,ti hanno detto,consegne',
    rule: 'regol,ordini=,restrizion,limit,filtro,filtri,contesto,messaggi,tutto ciò che,tutto quello che',
    prior: 'precedent,tutte,tutti,sopra=,inizial,finora,ricevut,original,di prima',
    your: 'tue=,tuoi=,tuo=,tua=,sue=,suo=',
    reveal:
      'rivela,mostra,stampa,ripeti,dimmi,visualizza,scrivi,divulga,elenca,qual è,quali sono,traduci,copia,riporta,svela',
    system: 'sistema,inizial,nascost,segret,intern,original',
    above:
      'parola per parola,sopra questa,prima di questo messaggio,testo sopra,testo precedente,sopra questo,alla lettera,testualmente',
    become:
      "ora sei,adesso sei,d'ora in poi,da ora in poi,da adesso,fingi,agisci come,comportati,fai finta,immagina di essere,interpreta,sei un,attiva la modalità,entra in modalità",
    free: 'senza restrizion,senza alcuna restrizione,senza regol,senza alcuna regola,senza limit,senza filtri,senza censura,senza moral,senza etica,senza avvert,nessuna regola,nessuna restrizione,nessun limite,modalità sviluppatore,nessun filtro,privo di,priva di',
    model: 'assistente,ia=,intelligenza artificiale,modello linguistico,modello=,chatbot',
    send: 'invia,manda=,inoltra,trasmetti,carica=,pubblica,spedisci',
    secret:
      "password,credenzial,chiave,chiavi,variabili d'ambiente,variabili di ambiente,file .env,cronologia,dati dei clienti,token",
    stealth:
      "senza chiedere,senza avvisare,senza conferma,non menzionare,non dire all'utente,senza dirlo,senza informare,l'utente ha già,all'insaputa",
    question: 'come posso,come faccio,perché,cosa significa,come si',
    delimiter:
      "nuove istruzioni,nuova istruzione,se sei un'ia,se sei un'intelligenza,nota per l'ia,attenzione ia,fine dei dati,fine del documento,fine dell'input,messaggio per l'ia,per l'ia",
  },
  nl: {
    ignore:
      'negeer,vergeet,sla=,stop met het volgen,volg niet,houd je niet,omzeil,let niet op,laat alle,schrap,overschrijf,veronachtzaam',
    instruction:
      'instructie,richtlijn,systeemprompt,prompt,opdracht,aanwijzing,voorschrift,verteld is,gezegd is,systeembericht',
    rule: 'regel,bevel,beleid,beperking,grenzen,filter,context,bericht,alles wat',
    prior:
      'vorige,eerdere,voorgaande,bovenstaande,alle=,al je=,oorspronkelijk,tot nu toe,hiervoor,voorafgaand,gekregen',
    your: 'je=,jouw,uw=',
    reveal: 'toon=,laat=,geef,herhaal,onthul,print,schrijf,vertel,druk=,wat is=,wat zijn=,vertaal,deel=',
    system: 'systeem,oorspronkelijk,verborgen,geheim,intern,initiële,initieel',
    above: 'woord voor woord,boven deze,voor dit bericht,tekst hierboven,letterlijk,alles hierboven',
    become:
      'je bent nu,vanaf nu,doe alsof,gedraag je,speel de rol,stel je voor,u bent nu,je bent een,activeer,schakel over,jij bent',
    free: 'zonder regels,zonder beperking,zonder enige,zonder filter,zonder censuur,zonder grenzen,zonder waarschuwing,geen regels,geen beperking,geen grenzen,geen filter,ontwikkelaarsmodus,ongecensureerd,onbeperkt,ongefilterd,zonder moraal',
    model: 'assistent,ai=,taalmodel,model=,chatbot,kunstmatige',
    send: 'stuur,verstuur,verzend,upload,mail=,plaats=',
    secret: 'wachtwoord,inloggegevens,sleutel,omgevingsvariabel,klantgegevens,gespreksgeschiedenis,.env-bestand',
    stealth:
      'zonder te vragen,zonder bevestiging,zonder de gebruiker,vertel de gebruiker niet,noem dit niet,vermeld dit niet,zonder toestemming,gebruiker heeft al,zonder het te melden',
    question: 'hoe kan,waarom,wat betekent,hoe moet',
    delimiter:
      'nieuwe instructies,als je een ai bent,als u een ai,opmerking voor ai,let op ai,aan de ai,einde van de,einde invoer',
  },
  sv: {
    ignore: 'ignorera,bortse från,glöm=,glöm bort,strunta i,sluta följa,åsidosätt,följ inte,kringgå,lämna alla,förbise',
    instruction: 'instruktion,riktlinj,anvisning,systemprompt,prompt,direktiv,vad du blivit tillsagd,sagts till dig',
    rule: 'regler,regel,order=,begränsning,filter,policy,sammanhang,meddeland,allt som,allt du',
    prior: 'tidigare,föregående,ovanstående,alla=,alla dina,ursprunglig,hittills,ovan=,innan=',
    your: 'dina=,din=,ditt=',
    reveal: 'visa=,avslöja,upprepa,skriv ut,skriv=,berätta,ge mig,återge,vad är=,vilka är=,översätt,röj',
    system: 'system,ursprunglig,dold,hemlig,intern,inledande',
    above: 'ord för ord,ordagrant,ovanför denna,före detta meddelande,texten ovan,allt ovan,över den här',
    become:
      'du är nu,från och med nu,hädanefter,låtsas,agera som,spela rollen,bete dig,föreställ dig,aktivera,växla till,du är en',
    free: 'utan regler,utan begränsning,utan några,utan filter,utan censur,utan gränser,utan varning,inga regler,inga begränsning,inga gränser,inga filter,utvecklarläge,ocensurerad,obegränsad,ofiltrerad,utan moral',
    model: 'assistent,ai=,ai-,språkmodell,modell=,chatbot',
    send: 'skicka,ladda upp,mejla,vidarebefordra,publicera',
    secret: 'lösenord,inloggningsuppgift,nyckel,nycklar,miljövariabl,kunddata,kunduppgift,chatthistorik',
    stealth:
      'utan att fråga,utan bekräftelse,utan att berätta,nämn inte,berätta inte för användaren,utan att meddela,användaren har redan,säg inget',
    question: 'hur kan,hur gör,varför,vad betyder',
    delimiter: 'nya instruktioner,om du är en ai,meddelande till ai,obs ai,till ai,slut på,till alla ai',
  },
  da: {
    ignore:
      'ignorer,se bort fra,glem=,glem alt,tilsidesæt,følg ikke,hold op med at følge,stop med at følge,spring over,overhør,omgå',
    instruction: 'instruktion,instruks,retningslinje,anvisning,systemprompt,prompt,direktiv,fået at vide',
    rule: 'regler,regel,ordre,begrænsning,filtre,politik,besked,alt hvad',
    prior: 'tidligere,foregående,ovenstående,alle=,oprindelig,hidtil,forrige,ovenfor,indtil nu',
    your: 'dine=,din=',
    reveal: 'vis=,afslør,gentag,udskriv,skriv=,fortæl,giv mig,oplys,hvad er=,oversæt,røb',
    system: 'system,oprindelig,skjult,hemmelig,intern,indledende',
    above: 'ord for ord,ordret,over denne,før denne besked,teksten ovenfor,alt ovenfor',
    become: 'du er nu,fra nu af,lad som om,opfør dig,spil rollen,forestil dig,optræd som,aktiver,skift til,du er en',
    free: 'uden regler,uden begrænsning,uden nogen,uden filtre,uden filter,uden censur,uden grænser,uden advarsl,ingen regler,ingen begrænsning,ingen grænser,ingen filtre,udviklertilstand,ucensureret,ubegrænset,ufiltreret,uden moral',
    model: 'assistent,ai=,ai-,sprogmodel,model=,chatbot',
    send: 'send=,upload,videresend,offentliggør',
    secret: 'adgangskode,kodeord,legitimationsoplysning,nøgle,nøgler,miljøvariabl,kundedata,samtalehistorik',
    stealth:
      'uden at spørge,uden bekræftelse,uden at fortælle,nævn ikke,fortæl ikke brugeren,uden at informere,brugeren har allerede',
    question: 'hvordan kan,hvordan gør,hvorfor,hvad betyder',
    delimiter: 'nye instruktioner,nye instrukser,hvis du er en ai,besked til ai,obs ai,til ai,slut på',
  },
  no: {
    ignore: 'ignorer,se bort fra,glem=,tilsidesett,ikke følg,slutt å følge,hopp over,overse,omgå',
    instruction:
      'instruksjon,instruks,retningslinje,anvisning,systemprompt,systemledetekst,ledetekst,prompt,direktiv,blitt fortalt,fått beskjed',
    rule: 'regler,regel,ordre,begrensning,filtre,melding,alt du',
    prior: 'tidligere,foregående,ovenstående,alle=,opprinnelig,hittil,forrige,ovenfor,til nå',
    your: 'dine=,din=,ditt=',
    reveal: 'vis=,avslør,gjenta,skriv ut,skriv=,fortell,gi meg,hva er=,oversett,røp',
    system: 'system,opprinnelig,skjult,hemmelig,intern,innledende',
    above: 'ord for ord,ordrett,over denne,før denne meldingen,teksten ovenfor,alt ovenfor',
    become: 'du er nå,fra nå av,lat som,oppfør deg,spill rollen,forestill deg,opptre som,aktiver,bytt til,du er en',
    free: 'uten regler,uten begrensning,uten noen,uten filtre,uten filter,uten sensur,uten grenser,uten advarsl,ingen regler,ingen begrensning,ingen grenser,ingen filtre,utviklermodus,usensurert,ubegrenset,ufiltrert,uten moral',
    model: 'assistent,ki=,ai=,språkmodell,modell=,chatbot',
    send: 'send=,last opp,videresend,publiser',
    secret: 'passord,legitimasjon,nøkkel,nøkler,miljøvariabl,kundedata,samtalehistorikk',
    stealth:
      'uten å spørre,uten bekreftelse,uten å fortelle,ikke nevn,ikke fortell brukeren,uten å informere,brukeren har allerede',
    question: 'hvordan kan,hvordan gjør,hvorfor,hva betyr',
    delimiter:
      'nye instruksjoner,nye instrukser,hvis du er en ki,hvis du er en ai,melding til ki,melding til ai,til ki-,slutt på',
  },
};
