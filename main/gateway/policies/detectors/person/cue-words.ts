/** Words beside a name that announce one: titles, greetings, relations, verbs, closings and names of fields, in some twenty languages. Folded, in lower case. */

/** Before a name, and with it alone enough: titles and forms of address. */
export const titles = `
mr mrs ms mx miss mister dr doctor prof professor sir madam madame mme mlle monsieur maitre herr herrn frau hr fru dhr mevr mevrouw mijnheer dott dottor dottoressa sig signor signora signorina sra sr srta senor senora senorita don dona doamna domnul domnule doamno dl dna
pan pani panie panu pana pane pani bay bayan sayin bapak ibu pak cik encik puan tuan khun shri smt kumari sri sheikh sayyid ustad rabbi imam father fr rev reverend capt captain lt sgt sergeant officer detective judge justice senator nurse pt dra dras drs docteur maitre avv geom dipl ilmo ilma exmo exma mgr вельмишановний пане пані
г-н г-жа господин госпожа пан пані κ κος κα κύριος κυρία κύριε κυριε κυρια κυριος`;

/** Before a name: greetings, and words that only a person follows. */
export const openers = `
dear hi hello hey hola estimado estimada querido querida bonjour salut cher chere chers liebe lieber hallo servus ciao caro cara gentile egregio egregia ola oi prezado prezada beste geachte hej kara kare kjaere kaere hei czesc drogi droga szanowny szanowna ahoj vazeny vazena mily mila szia kedves tisztelt draga dragă stimate stimata
merhaba sevgili привет здравствуйте уважаемый уважаемая дорогой дорогая добрый шановний шановна вітаю привіт αγαπητέ αγαπητή γεια halo yth kumusta greetings
patient patiente paciente paziente pacjent pacjentka pacient hasta client cliente kunde kundin customer klient zakaznik musteri tenant mieter mieterin locataire inquilino inquilina landlord vermieter employee arbeitnehmer mitarbeiter mitarbeiterin salarie salariee empleado empleada funcionario dipendente pracownik zamestnanec calisan
beneficiary begunstigter beneficiaire beneficiario holder cardholder kontoinhaber titulaire titular intestatario driver fahrer conducteur conductor owner besitzer eigentumer proprietaire propietario applicant antragsteller demandeur solicitante requerente richiedente sender recipient empfanger absender destinataire destinatario remitente
plaintiff defendant witness claimant respondent insured guest passenger student candidate trainee intern author assignee reviewer reporter approver requester attendee organizer
named soussigne soussignee signed genannt nombrado chiamo llamo chamo heisse heiße appelle nazywam jmenuji imenujem zovem numesc hivnak heter hedder heiter зовут пациент пациентка клиент гражданин гражданка клієнт пацієнт ασθενής ασθενη πελάτης
contact ansprechpartner interlocuteur contacto contatto contato
wife husband brother sister mother mom mum dad son daughter uncle aunt cousin niece nephew boyfriend girlfriend fiance fiancee grandma grandpa colleague coworker boss manager supervisor neighbour neighbor roommate teammate friend buddy teacher lawyer attorney accountant therapist dentist
kollege kollegin chef chefin freund freundin bruder schwester nachbar nachbarin collegue mari femme frere soeur voisin voisine ami amie colega jefe jefa hermano hermana vecino vecina amigo amiga esposo esposa marido mujer collega fratello sorella marito moglie amico amica irmao irma vizinho amigo`;

/** Before a name that is known: prepositions and verbs of talk. */
export const leads = `
with by from to for at cc and of tell told ask asked email emailed call called calls phone phoned message messaged met meet meeting ping pinged invite invited thank thanks saw says said asks replied wrote visit visited hired fired remind reminded send sent owes pay paid
ring rang text texted contact contacted notify notified inform informed consult consulted nudge cover help helped join joined
features featuring feat starring tribute inspired unlike love miss remember belongs
mit von bei fur und sagte sagt ruft rief avec par chez pour et dit con por para y dijo dice di per e disse com para por e disse met van voor en zei med av fran till och fra til og sa z od dla i powiedzial od pro ile ve icin с от для и у к κε με από`;

/** Behind a name that is known: what people do. */
export const deeds = `
said says called calls wrote writes asked asks told tells replied replies thinks thought wants wanted needs lives lived works worked went came left joined signed sent reported shouted whispered laughed smiled cried answered agreed disagreed confirmed approved reviewed requested submitted complained mentioned suggested listed born died married moved visited emailed phoned texted
is was has had will would can could does did should might hates loves likes knows knew got gets made makes took takes gave forgot promised bought sold paid owes earned studied teaches taught speaks spoke received attended admitted arrived presented diagnosed
stated states claims claimed claiming joins presents leads led runs manages owns handles reviews confirms agrees plans visits sees helps explained noted proposed offered heads chairs grew moderates schickt sendet übernimmt klärt meldet fragt bittet ruft prüft spricht organisiert envoie appelle demande prépare présente envía llama prepara pide invia chiede
sagte sagt hat ist wohnt arbeitet schrieb rief war dit est habite travaille a dijo dice vive trabaja es fue tiene disse vive lavora ha trabalha mora zei is woont heeft werkt sa bor ar är jobbar powiedzial mieszka jest pracuje сказал сказала живёт живет работает написал написала позвонил позвонила`;

/** Lower-case words inside names. */
export const particles =
  'van der den de la le du des del della dello di da do dos das bin ibn bint al el ter ten von zu zum zur vom af av y e san dal dalla ben ould abu of st op het in';

/** The last words of a letter, before the name below them. */
export const closings = `
regards cheers sincerely thanks thank best yours warmly cordially respectfully love faithfully wishes grusse gruss gruse grussen mfg lg hochachtungsvoll cordialement amicalement salutations bises atentamente saludos saludo cordialmente abrazo abrazos saluti abracos abraco cumprimentos atenciosamente groet groeten groetjes
halsningar halsning mvh hilsen vennlig hilsner pozdrawiam powazaniem pozdravem pozdravy udvozlettel tisztelettel saygilarimla saygilar sevgiler уважением приветом повагою εκτίμηση χαιρετισμούς salam hormat terima terveisin cu stima merci gracias danke grazie obrigado obrigada`;

/** Names of fields whose value is a person, without separators and in lower case: whatever the value looks like. */
export const nameFields = new Set(
  `auftraggeber zahlungsempfanger begunstigter kontoinhaberin ordonnateur donneurdordre ordenante ordinante thirdparty pupil parentguardian parent keeper policyholder landlady founders cofounders speakers panelists panellists guests participants attendees teilnehmer teilnehmerin teilnehmende anwesend participants presents asistentes ponentes partecipanti relatori uczestnicy obecni deelnemers aanwezig deltagare deltagere ucastnici katilimcilar participantes forenames firstnames givennames lastnames familynames christianname reportingofficer officer kin resident visitor testator executor notifier trustee nominee bearbeiter bearbeiterin hausarzt hausarztin arzt arztin medecin medico medicoresponsable aangever verbalisant huisarts lakare lekarz lekar handlaggare vastaanottaja odbiorca nadawca prijemce gonderen alici получатель отправитель врач одержувач fullname fname lname firstname lastname middlename givenname surname familyname forename given family maidenname displayname realname legalname customername clientname patientname employeename contactname holder holdername cardholder cardholdername accountholder accountname beneficiary beneficiaryname payee payeename payer payername driver drivername owner ownername
  author authors assignee assignedto reporter reviewer reviewedby approver approvedby createdby requester requestedby requestor recipient recipientname sendername sender signatory signedby signedoffby coauthoredby reportedby testedby ackedby suggestedby contact contactperson attn attention shipto billto soldto tenant landlord tenantname patient physician doctor nurse gp applicant applicantname guest guestname passenger passengername
  student studentname teacher candidate candidatename employee manager managername supervisor insured policyholder claimant witness plaintiff defendant buyer seller renter borrower lender guarantor attendee organizer organiser participant speaker interviewer interviewee nextofkin emergencycontact spouse father mother guardian mothersmaidenname nm personname username_full nameoncard registrant subscriber debtor creditor consignee shipper traveller traveler principalinvestigator oncall primarycontact
  nachname vorname familienname vollstandigername kundenname ansprechpartner kontoinhaber karteninhaber arbeitnehmer mitarbeiter mieter vermieter versicherter versichertername empfanger absender geburtsname sachbearbeiter unterschrift antragsteller patientin
  nom prenom nomcomplet nomdefamille titulaire beneficiaire destinataire expediteur locataire assure salarie interlocuteur
  nombre apellido apellidos nombrecompleto titular beneficiario destinatario remitente paciente cliente empleado solicitante
  nome cognome nomecompleto sobrenome apelido intestatario paziente dipendente titolare assicurato favorecido
  naam voornaam achternaam tussenvoegsel rekeninghouder klantnaam namn fornamn efternamn navn fornavn etternavn efternavn nimi etunimi sukunimi imie nazwisko imieinazwisko jmeno prijmeni meno priezvisko nev vezeteknev keresztnev nume prenume ad soyad adsoyad adi soyadi ime prezime имя фамилия отчество фио имяфамилия имятафамилия імя прізвище піб пацієнт пациент όνομα επώνυμο ονοματεπώνυμο`
    .trim()
    .split(/\s+/),
);

/** Names of fields whose value often is a person: only where it looks like one. */
export const likelyNameFields = new Set(
  'first last name names user username person customer client member from to cc bcc by with memo kunde who name1 name2 agent rep representative salesrep primary secondary backup tester developer maintainer maintainers contributor contributors title signature sign caller callee host editor translator artist actor director producer n label author_name committer copyright'.split(
    ' ',
  ),
);
