/** German: clients. */
import type { clients } from '../en/clients.ts';

export const clientsDe: Readonly<Record<keyof typeof clients, string>> = {
  'clients.subtitle': 'Die Programme, die mit Sluice sprechen, jedes mit einem eigenen Schlüssel.',
  'clients.search': 'Programme suchen',
  'clients.another': 'Anderes Programm',
  'clients.another.command': 'Ein anderes Programm verbinden',
  'clients.another.description':
    'Alles, was die API von OpenAI, Anthropic oder Gemini spricht. Es bekommt einen Schlüssel unter einem Namen, den Sie wählen.',
  'clients.another.name': 'Name',
  'clients.another.hint': 'So finden Sie es in Aktivität und Verbrauch wieder: „Nachtbericht“.',
  'clients.another.isOne': 'Ein eigenes Programm',
  'clients.another.gone': 'Diesen Schlüssel gibt es nicht mehr.',
  'clients.group.connected': 'Verbunden',
  'clients.group.found': 'Auf diesem Rechner gefunden',
  'clients.group.others': 'Alle anderen',
  'clients.group.limited': 'Eingeschränkt oder nicht möglich',
  'clients.none.connected':
    'Noch hat kein Programm einen Schlüssel. Wählen Sie unten eines: ein Klick und ein paar Zeilen zum Kopieren genügen.',
  'clients.none.found': 'Außer den verbundenen wurde hier keines der Programme gefunden, die Sluice kennt.',
  'clients.noFit.title': 'Kein Programm heißt „{search}“',
  'clients.noFit.text':
    'Alles, was die API von OpenAI, Anthropic oder Gemini spricht, lässt sich als anderes Programm verbinden.',
  'clients.support.partial': 'Eingeschränkt',
  'clients.support.none': 'Nicht möglich',
  'clients.foundAt': 'Gefunden: {where}',
  'clients.notFound': 'Auf diesem Rechner nicht gefunden',
  'clients.cannot': 'Hier gibt es nichts einzustellen: {name} lässt sich nicht auf Sluice richten.',
  'clients.activityOf': 'Aktivität von {name}',
  'clients.usageOf': 'Verbrauch von {name}',
  'clients.beat.running': 'Antwort läuft',
  'clients.beat.ok': 'Verbunden',
  'clients.beat.failing': 'Letzte Anfrage schlug fehl',
  'clients.beat.never': 'Noch keine Anfrage',
  'clients.beat.closed': 'Schlüssel öffnet nicht',
  'clients.beat.last': 'letzte Anfrage {when}',
  'clients.beat.servedBy': 'beantwortet von',
  'clients.connect': 'Schlüssel anlegen und Einstellungen zeigen',
  'clients.connect.text':
    'Legt einen Schlüssel nur für {name} an und zeigt, was einzustellen ist. Anfragen, Kosten und Grenzen gehören dann ihm allein, und Sie können ihn jederzeit beenden.',
  'clients.connect.nothingWritten': 'In seine Dateien wird nichts geschrieben: Sie kopieren die Zeilen selbst.',
  'clients.connect.preview': 'Was einzustellen sein wird',
  'clients.key': 'Der neue Schlüssel',
  'clients.key.once': 'Dieser Schlüssel wird nur jetzt gezeigt.',
  'clients.key.inSettings': 'Er steht unten in den Einstellungen. Später lässt sich nur ein neuer anlegen.',
  'clients.key.copy': 'Schlüssel kopieren',
  'clients.keyId': 'Schlüssel',
  'clients.limits': 'Grenzen',
  'clients.limits.open': 'Modelle, Budgets und Grenzen dieses Schlüssels',
  'clients.traffic': 'Seine Anfragen',
  'clients.newKey': 'Neuer Schlüssel',
  'clients.newKey.title': 'Neuer Schlüssel für {name}?',
  'clients.newKey.text':
    'Der bisherige Schlüssel endet sofort, und mit ihm, was gerade läuft. Der neue wird mit seinen Einstellungen gezeigt.',
  'clients.disconnect': 'Trennen',
  'clients.disconnect.title': '{name} trennen?',
  'clients.disconnect.text':
    'Der Schlüssel endet sofort, und mit ihm, was gerade läuft. Was er getan hat, bleibt in Aktivität und Verbrauch. Nehmen Sie auch die Einstellungen aus {name} heraus: Bis dahin werden seine Anfragen abgelehnt.',
  'clients.settings': 'Einstellungen',
  'clients.settings.placeholder':
    'Ein Schlüssel wird nie noch einmal gezeigt: Lassen Sie bei sk-sluice-… stehen, was dort steht, oder legen Sie einen neuen an.',
  'clients.settings.otherSystem': 'Für ein anderes System',
  'clients.settings.restart': 'Danach',
  'clients.settings.check': 'So sehen Sie, dass es geht',
  'clients.settings.copyValue': '{value} kopieren',
  'clients.generic.addresses': 'Basis-URL und Schlüssel',
  'clients.generic.addressesPlace': 'wo das Programm danach fragt',
  'clients.generic.variables': 'Umgebung',
  'clients.generic.variablesPlace': 'das Terminal, aus dem es gestartet wird; SDKs lesen diese von selbst',
  'clients.generic.apiKey': 'API-Schlüssel',
  'clients.generic.check': 'Seine erste Anfrage erscheint hier, mit dem Modell, das geantwortet hat.',
  'clients.first.waiting': 'Warten auf die erste Anfrage von {name} …',
  'clients.first.hint': 'Sie erscheint hier innerhalb einer Sekunde.',
  'clients.first.hintOf':
    'Kopieren Sie die Einstellungen und sagen Sie dann irgendetwas in {name}. Es erscheint hier innerhalb einer Sekunde.',
  'clients.first.running': '{name} fragt; die Antwort ist unterwegs',
  'clients.first.seen': '{name} ist verbunden',
  'clients.first.failed': 'Eine Anfrage von {name} kam an und schlug fehl',
  'clients.first.open': 'In Aktivität öffnen',
  'clients.first.model': 'Beantwortet von',
  'clients.first.asked': 'Verlangt',
  'clients.first.tokens': 'Token',
  'clients.first.inOut': '{input} hinein, {output} heraus',
  'clients.first.cost': 'Kosten',
  'clients.first.time': 'Dauer',
  'clients.problem.keyExpired':
    'Der Schlüssel ist abgelaufen. Legen Sie hier einen neuen an oder setzen Sie unter Regeln ein anderes Ende.',
  'clients.problem.keyDisabled': 'Der Schlüssel ist gesperrt. Unter Regeln, Schlüssel, lässt er sich wieder öffnen.',
  'clients.problem.keyConflict':
    'Die Anfrage kam mit zwei verschiedenen Schlüsseln, sodass niemand sagen kann, wessen sie ist. Entfernen Sie den anderen aus den Einstellungen oder der Umgebung des Programms.',
  'clients.problem.denied': 'Der Schlüssel darf das nicht. Was er darf, steht unter Regeln, Schlüssel.',
  'clients.problem.budget':
    'Ein Budget ist aufgebraucht. Erhöhen Sie es unter Regeln oder warten Sie auf seinen nächsten Zeitraum.',
  'clients.problem.limit':
    'Eine Grenze des Schlüssels ist erreicht. Das vergeht von selbst; die Grenze steht unter Regeln.',
  'clients.problem.paused':
    'Sluice wurde von Ihnen angehalten. Setzen Sie es fort und senden Sie die Anfrage noch einmal.',
  'clients.problem.blocked':
    'Eine Regel der Maskierung oder der Firewall hat sie zurückgehalten. Die Aktivität sagt, welche und warum.',
  'clients.problem.model':
    'Das Programm verlangte ein Modell, das kein Anbieter hier hat. Nennen Sie in seinen Einstellungen ein anderes oder geben Sie einer Route diesen Namen.',
  'clients.problem.credential':
    'Kein Anbieter, der antworten könnte, hat einen brauchbaren Schlüssel. Hinterlegen Sie einen unter Modelle & Anbieter.',
  'clients.problem.providerLimit':
    'Die eigene Grenze des Anbieters ist erreicht. Das vergeht von selbst; ein zweiter Anbieter hilft so lange.',
  'clients.problem.providerKey':
    'Der Anbieter lehnte den Schlüssel ab, den Sluice für ihn hat. Ersetzen Sie ihn unter Modelle & Anbieter.',
  'clients.problem.revoked': 'Der Schlüssel wurde beendet, während die Antwort unterwegs war.',
  'clients.problem.refused': 'Eine Regel von Sluice hat sie abgelehnt. Die Aktivität sagt, welche.',
  'clients.problem.route':
    'Nichts hier konnte sie beantworten. Die Aktivität sagt, was in Betracht kam und warum es ausschied.',
  'clients.problem.provider':
    'Der Anbieter war nicht zu erreichen oder antwortete nicht, wie er sollte. Die Aktivität zeigt jeden Versuch.',
  'clients.problem.answer': 'Die Antwort brach unterwegs ab. Die Aktivität sagt, wo.',
  'clients.problem.other': 'In Sluice ging etwas schief. Das Protokoll sagt unter der Kennung dieser Anfrage, was.',
};
