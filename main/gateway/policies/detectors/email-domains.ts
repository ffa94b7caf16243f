/** Ends of domain names that mail addresses have (IANA root zone), and addresses that are nobody's. */

const country =
  'ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw';
const generic =
  'com org net edu gov mil int info biz name pro aero coop museum jobs mobi travel tel cat asia post xxx app dev page cloud tech online site store shop blog xyz club live life world today email mail media news agency company group team work works digital solutions services support software systems network technology consulting design studio marketing business finance financial bank capital fund money tax legal law lawyer attorney health healthcare care clinic dental doctor hospital medical pharmacy fit fitness academy education school university college institute training courses community social church foundation charity ngo ong events party wedding photo photos photography gallery art music film video games game bet casino poker travel tours holiday hotel flights restaurant food pizza cafe bar pub wine beer coffee kitchen recipes house homes properties estate realty rent apartments construction builders contractors engineering energy solar green eco bio farm garden pet dog auto cars car bike taxi parts repair tools equipment supplies supply industries international global city town place space zone land center centre direct express fast plus one top best cool fun lol ninja guru expert wiki link click help how chat guide tips reviews review report reports press magazine show stream host hosting domains web website webcam computer data codes email io africa berlin london paris nyc tokyo amsterdam barcelona boston brussels cologne koeln hamburg ruhr bayern saarland wien tirol swiss scot wales irish bzh corsica eus gal alsace istanbul moscow sydney melbourne brisbane quebec vegas miami kiwi nrw lat arab abogado gmbh ltd llc inc limited srl sarl ventures partners holdings exchange trade trading market markets investments insurance credit loans mortgage accountant accountants cpa associates management enterprises boutique clothing fashion style jewelry watch gift gifts toys baby kids family love dating men moe monster lgbt gay rest rip run sale deals discount coupons cheap bargains buzz vip gold diamonds red blue black pink camera audio band actor dance theatre theater ski surf golf football soccer tennis hockey rugby yoga run racing futbol sport sports cricket horse fish marine boats yachts cruises villas vacations voyage immo immobilien haus reise reisen kaufen versicherung schule jetzt tatar xn--p1ai xn--p1acf local internal corp test-mail intra arpa';
const known = new Set(`${country} ${generic}`.split(' '));
for (const never of ['local', 'test-mail', 'arpa']) known.delete(never);
// Set aside for tests and documents (RFC 2606), where real addresses stand all the same.
for (const own of ['test', 'example']) known.add(own);

// Domains of programs and files that read like the end of a name in code: `a@b.py`, `x@y.rs` stay rare enough to keep the country.
const reserved = /(?:^|\.)(?:invalid|localhost|localdomain|sentry\.io|users\.noreply\.github\.com)$/;

/** The end of a domain name is one that the root zone has, or is written in another script. */
export function isTopLevel(label: string): boolean {
  return known.has(label) || /[^\u0000-\u007f]/.test(label) || label.startsWith('xn--');
}

/** A domain that nobody can have, or that is a service's. */
export function isReservedDomain(domain: string): boolean {
  return reserved.test(domain);
}

const services =
  /^(?:(?:no|do[-_.]?not|never)[-_.]?reply|noreply.*|no-reply.*|mailer-daemon|postmaster|hostmaster|webmaster|abuse|root|git|hg|svn|admin|administrator|info|support|help|helpdesk|hello|contact|sales|security|billing|press|legal|privacy|feedback|team|bot|dependabot(?:\[bot\])?|github-actions(?:\[bot\])?|actions|notifications?|alerts?|newsletter|marketing|jobs|careers|conduct|opensource|oss|maintainers?|community|dev|devs|developers?|daemon|mail|email|you|your|yourname|your[-_.]?name|your[-_.]?email|first\.last|firstname\.lastname|service|system|nobody|ubuntu|ec2-user|deploy|www|ftp|localhost|user[-_.]?name|someone|somebody|xxx+)$/;

/** The part before the `@` is a role's, a service's or a placeholder's, not a person's. */
export function isServiceName(local: string): boolean {
  return services.test(local.toLowerCase());
}
