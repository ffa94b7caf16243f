/** German: what is said of programs, sentence by sentence. */
const container =
  'Ein Container erreicht diesen Rechner als host.docker.internal: Nehmen Sie den Namen in listen.allowed_hosts auf, und lassen Sie den Port unter Linux auf der Adresse der Bridge hören.';
const first =
  'Schreiben Sie etwas in seinen Chat: Die erste Anfrage erscheint hier, mit dem Modell, das geantwortet hat.';
const containerEnglish =
  'A container reaches this machine as host.docker.internal: add that name to listen.allowed_hosts, and on Linux let the port listen on the bridge’s address.';
const firstEnglish = 'Say anything in its chat: its first request shows here, with the model that answered.';

export const clientsSaidDe: Readonly<Record<string, string>> = {
  // What does not work, or why it cannot.
  'Only on macOS and Windows. Its picker shows models whose names hold “claude”; the others are there as claude-PROVIDER-MODEL.':
    'Nur unter macOS und Windows. Seine Auswahl zeigt Modelle, deren Name „claude“ enthält; die anderen stehen dort als claude-ANBIETER-MODELL.',
  'It runs in a web view that only takes an HTTPS address, and this port speaks HTTP: put something that adds HTTPS in front of it.':
    'Es läuft in einer Webansicht, die nur eine HTTPS-Adresse nimmt, und dieser Port spricht HTTP: Setzen Sie etwas davor, das HTTPS ergänzt.',
  'Chat and agents go through Sluice. Inline completions and embeddings stay with GitHub, and an organisation may switch own models off.':
    'Chat und Agenten gehen über Sluice. Vervollständigungen im Text und Embeddings bleiben bei GitHub, und eine Organisation kann eigene Modelle abschalten.',
  'Its own agent and assistant go through Sluice. Agents of others inside Zed (Claude Code, Codex) need their own settings.':
    'Sein eigener Agent und sein Assistent gehen über Sluice. Fremde Agenten in Zed (Claude Code, Codex) brauchen eigene Einstellungen.',
  'Chat and the features it lets you assign go through Sluice. Some features, and Junie, stay with JetBrains.':
    'Der Chat und die Funktionen, die sich zuweisen lassen, gehen über Sluice. Manche Funktionen und Junie bleiben bei JetBrains.',
  'Its requests come from Cursor’s servers, so it needs a public HTTPS address that leads to this port: 127.0.0.1 cannot work. Chat only; Tab and most of Agent stay with Cursor, and it takes a paid plan.':
    'Seine Anfragen kommen von den Servern von Cursor. Es braucht also eine öffentliche HTTPS-Adresse, die zu diesem Port führt: 127.0.0.1 kann nicht gehen. Nur der Chat; Tab und der größte Teil von Agent bleiben bei Cursor, und es braucht ein bezahltes Abo.',
  'It has no setting for another address: its requests go to its maker’s servers.':
    'Es hat keine Einstellung für eine andere Adresse: Seine Anfragen gehen zu den Servern seines Herstellers.',
  'Its own models and inline completions only come from GitHub. Its chat takes other models: see VS Code and GitHub Copilot CLI.':
    'Seine eigenen Modelle und Vervollständigungen kommen nur von GitHub. Sein Chat nimmt andere Modelle: siehe VS Code und GitHub Copilot CLI.',

  // What to do so that it reads its settings.
  'Quit it and start it again.': 'Beenden Sie es, und starten Sie es wieder.',
  'Run the program again.': 'Starten Sie das Programm neu.',
  'Start a new session. Another ANTHROPIC_API_KEY must not be set beside it: a request with two keys is refused.':
    'Beginnen Sie eine neue Sitzung. Daneben darf kein anderer ANTHROPIC_API_KEY gesetzt sein: Eine Anfrage mit zwei Schlüsseln wird abgelehnt.',
  'Start a new session. `goose configure` can keep the key in your keychain instead.':
    'Beginnen Sie eine neue Sitzung. `goose configure` kann den Schlüssel stattdessen in Ihrem Schlüsselbund aufbewahren.',
  'Start it from the terminal that has these variables.': 'Starten Sie es aus dem Terminal, das diese Variablen hat.',
  'Nothing to do: it reads the file again by itself.': 'Nichts zu tun: Es liest die Datei von selbst neu.',
  'Nothing to do.': 'Nichts zu tun.',
  'Nothing to do once it is verified.': 'Nichts zu tun, sobald es geprüft ist.',
  'Nothing to do once it is applied.': 'Nichts zu tun, sobald es übernommen ist.',
  [`Nothing to do once it is saved. ${containerEnglish}`]: `Nichts zu tun, sobald es gespeichert ist. ${container}`,
  [`Restart its container. ${containerEnglish}`]: `Starten Sie seinen Container neu. ${container}`,
  'Run “Developer: Reload Window”.': 'Führen Sie „Developer: Reload Window“ aus.',
  'Restart VS Code if the model is not in the picker yet.':
    'Starten Sie VS Code neu, wenn das Modell noch nicht zur Auswahl steht.',
  'Quit it, from the menu and not only its window, and open it again.':
    'Beenden Sie es, über das Menü und nicht nur sein Fenster, und öffnen Sie es wieder.',
  'Press Save, and begin a new task.': 'Drücken Sie Save, und beginnen Sie eine neue Aufgabe.',
  'Press Done, and begin a new task.': 'Drücken Sie Done, und beginnen Sie eine neue Aufgabe.',
  'Close the add-in’s pane and open it again.': 'Schließen Sie den Bereich des Add-ins, und öffnen Sie ihn wieder.',

  // How to see that it goes through us.
  [firstEnglish]: first,
  'Say anything: its first request shows here, with the model that answered.':
    'Schreiben Sie etwas: Die erste Anfrage erscheint hier, mit dem Modell, das geantwortet hat.',
  'Say anything: its first request shows here, with the model that answered. The model must be able to use tools.':
    'Schreiben Sie etwas: Die erste Anfrage erscheint hier, mit dem Modell, das geantwortet hat. Das Modell muss Werkzeuge benutzen können.',
  'Its first request shows here, with the model that answered.':
    'Die erste Anfrage erscheint hier, mit dem Modell, das geantwortet hat.',
  'The model picker lists the models of this gateway.': 'Die Modellauswahl zeigt die Modelle dieses Gateways.',
  'The model picker lists it below “Sluice”.': 'Die Modellauswahl zeigt es unter „Sluice“.',
  'The model picker of the agent panel lists it below “Sluice”.':
    'Die Modellauswahl im Agent-Bereich zeigt es unter „Sluice“.',
  'Its menu of endpoints lists “Sluice”.': 'Sein Menü der Endpunkte führt „Sluice“.',
  '/model lists “Sluice”.': '/model führt „Sluice“.',
  '/model lists “sluice”.': '/model führt „sluice“.',
  '/model lists “Sluice” among the custom models.': '/model führt „Sluice“ unter den eigenen Modellen.',
  '/models lists “Sluice”; models you want besides are added under “models”.':
    '/models führt „Sluice“; weitere Modelle kommen unter „models“ hinzu.',
  'ctrl+l lists “Sluice”; choose its model there.': 'Strg+L führt „Sluice“; wählen Sie dort sein Modell.',
  '/status shows this address behind “Anthropic base URL”.': '/status zeigt diese Adresse hinter „Anthropic base URL“.',
  '/status shows this address behind “Anthropic base URL” and ANTHROPIC_AUTH_TOKEN behind “Auth token”.':
    '/status zeigt diese Adresse hinter „Anthropic base URL“ und ANTHROPIC_AUTH_TOKEN hinter „Auth token“.',
  '/about names “gemini-api-key” as the way it logs in; its first request shows here.':
    '/about nennt „gemini-api-key“ als Anmeldung; die erste Anfrage erscheint hier.',
  'The line “provider:” at the start of `codex exec` says sluice; in a session /status shows it.':
    'Die Zeile „provider:“ am Anfang von `codex exec` sagt sluice; in einer Sitzung zeigt es /status.',
  'The header x-sluice-request-id of the answer (`curl -i`) names the request shown here.':
    'Der Header x-sluice-request-id der Antwort (`curl -i`) nennt die Anfrage, die hier steht.',
  'The credential says “Connection tested successfully”; the first run of the node shows here.':
    'Die Zugangsdaten melden „Connection tested successfully“; der erste Lauf des Knotens erscheint hier.',
  'Its first line names the model; it says that it knows no price for a name of ours, and goes on.':
    'Seine erste Zeile nennt das Modell; es sagt, dass es für einen unserer Namen keinen Preis kennt, und macht weiter.',

  // What is set.
  'Environment (bash, zsh)': 'Umgebung (bash, zsh)',
  'Environment (PowerShell)': 'Umgebung (PowerShell)',
  'The key for it (bash, zsh)': 'Der Schlüssel dafür (bash, zsh)',
  'The key for it (PowerShell)': 'Der Schlüssel dafür (PowerShell)',
  'Or the key from the terminal (bash, zsh)': 'Oder der Schlüssel aus dem Terminal (bash, zsh)',
  'Or the key from the terminal (PowerShell)': 'Oder der Schlüssel aus dem Terminal (PowerShell)',
  'A provider of its own': 'Ein eigener Anbieter',
  'One session, nothing written (bash, zsh)': 'Eine Sitzung, nichts wird geschrieben (bash, zsh)',
  'One session, nothing written (PowerShell)': 'Eine Sitzung, nichts wird geschrieben (PowerShell)',
  'Or one session, nothing written (bash, zsh)': 'Oder eine Sitzung, nichts wird geschrieben (bash, zsh)',
  'Or one session, nothing written (PowerShell)': 'Oder eine Sitzung, nichts wird geschrieben (PowerShell)',
  'A model of your own': 'Ein eigenes Modell',
  'Settings of your user': 'Einstellungen Ihres Benutzers',
  'With an HTTPS address of yours in place of https://gateway.example.com':
    'Mit einer HTTPS-Adresse von Ihnen anstelle von https://gateway.example.com',
  'With a public HTTPS address of yours in place of https://gateway.example.com':
    'Mit einer öffentlichen HTTPS-Adresse von Ihnen anstelle von https://gateway.example.com',
  'With a key in place of a Google login, which would pass the address by':
    'Mit einem Schlüssel anstelle einer Google-Anmeldung, die an der Adresse vorbeiginge',
  'User settings of VS Code: the extension looks for a login itself, the command line’s file is not enough':
    'Benutzereinstellungen von VS Code: Die Erweiterung sucht selbst nach einer Anmeldung, die Datei der Kommandozeile reicht nicht',
  'The key, which it does not read from that file (bash, zsh)':
    'Der Schlüssel, den es nicht aus dieser Datei liest (bash, zsh)',
  'The key, which it does not read from that file (PowerShell)':
    'Der Schlüssel, den es nicht aus dieser Datei liest (PowerShell)',
  'The key, which Zed keeps in your keychain and not in that file':
    'Der Schlüssel, den Zed in Ihrem Schlüsselbund aufbewahrt und nicht in dieser Datei',
  'The key for it; the app and the extension read it here too':
    'Der Schlüssel dafür; auch die App und die Erweiterung lesen ihn hier',
  'The key for it': 'Der Schlüssel dafür',
  'Or from the environment, which it only reads the first time it is started':
    'Oder aus der Umgebung, die es nur beim ersten Start liest',
  'Instead: keep Codex’s own login and models': 'Stattdessen: Anmeldung und Modelle von Codex behalten',
  'Extension of VS Code': 'Erweiterung von VS Code',
  'Command line': 'Kommandozeile',
  'Any model, with a key of its own': 'Jedes Modell, mit einem eigenen Schlüssel',
  'An endpoint of your own': 'Ein eigener Endpunkt',
  'Address and model': 'Adresse und Modell',
  'Address and key': 'Adresse und Schlüssel',
  'A custom endpoint': 'Ein eigener Endpunkt',
  'A credential for the nodes of OpenAI': 'Zugangsdaten für die Knoten von OpenAI',
  'A connection': 'Eine Verbindung',
  Provider: 'Anbieter',

  // Where it goes.
  'the terminal': 'das Terminal',
  'the terminal, or ~/.zshrc or ~/.bashrc': 'das Terminal oder ~/.zshrc oder ~/.bashrc',
  'PowerShell, or $PROFILE': 'PowerShell oder $PROFILE',
  'the add-in › Settings › Gateway': 'das Add-in › Settings › Gateway',
  'environment of the container': 'Umgebung des Containers',
  '~/.codex/config.toml, above the first [section]': '~/.codex/config.toml, über dem ersten [Abschnitt]',
  '~/.config/Code/User/chatLanguageModels.json, or: Manage Models › Add Models › Custom Endpoint':
    '~/.config/Code/User/chatLanguageModels.json oder: Manage Models › Add Models › Custom Endpoint',
  'Help › Troubleshooting › Enable Developer Mode, then Developer › Configure Third-Party Inference':
    'Help › Troubleshooting › Enable Developer Mode, dann Developer › Configure Third-Party Inference',
};
