/**
 * What the checks say, in each language of the pages. `{name}` stands for a value of the finding. Each sentence names
 * the record, the port or the setting that is to be changed, as it is written where it is changed.
 */
import type { Finding } from './types.ts'

type Sentence = Readonly<Record<'en' | 'fr', string>>

export const words = {
  'address-local': {
    en: '{url} is this machine’s own address: nobody reaches it from another device.',
    fr: '{url} est l’adresse propre de cette machine : aucun autre appareil ne peut l’atteindre.',
  },
  'address-local-open': {
    en: 'The server listens to other devices on {listen}, but its address {url} is this machine’s own. Set ESSAIM_PUBLIC_URL to the address that people type.',
    fr: 'Le serveur écoute d’autres appareils sur {listen}, mais son adresse {url} est celle de cette machine seule. Donnez à ESSAIM_PUBLIC_URL l’adresse que les gens saisissent.',
  },
  'https-missing': {
    en: 'Over {url} browsers offer neither passkeys nor encryption: they do so over https only. Put a proxy with a certificate in front of {listen} and set ESSAIM_PUBLIC_URL=https://{host}.',
    fr: 'Avec {url}, les navigateurs n’offrent ni clés d’accès ni chiffrement : ils ne le font qu’en https. Placez un proxy avec un certificat devant {listen} et mettez ESSAIM_PUBLIC_URL=https://{host}.',
  },
  'https-missing-lan': {
    en: 'Over {url} browsers offer neither passkeys nor encryption, in your own network either: they do so over https only. Take a name of a domain that you own, get it a certificate by a DNS record (ACME “DNS-01”; no port has to be open), put a proxy with it in front of {listen}, and set ESSAIM_PUBLIC_URL to https:// and that name. To try it from one device first: ssh -L {port}:localhost:{port} from there, then http://localhost:{port}, with ESSAIM_PUBLIC_URL=http://localhost:{port}.',
    fr: 'Avec {url}, les navigateurs n’offrent ni clés d’accès ni chiffrement, même dans votre propre réseau : ils ne le font qu’en https. Prenez un nom dans un domaine à vous, obtenez un certificat par un enregistrement DNS (ACME « DNS-01 » ; aucun port à ouvrir), placez un proxy avec ce certificat devant {listen}, et donnez à ESSAIM_PUBLIC_URL https:// suivi de ce nom. Pour essayer d’abord depuis un appareil : ssh -L {port}:localhost:{port} depuis celui-ci, puis http://localhost:{port}, avec ESSAIM_PUBLIC_URL=http://localhost:{port}.',
  },
  'name-missing': {
    en: 'The name {host} leads nowhere. Make an {type} record for {host} that points to {address}.',
    fr: 'Le nom {host} ne mène nulle part. Créez un enregistrement {type} pour {host} qui pointe vers {address}.',
  },
  'name-missing-nat': {
    en: 'The name {host} leads nowhere. Make an A record for {host} that points to the public address of your router (its page shows it), and forward its port {port} to {address}.',
    fr: 'Le nom {host} ne mène nulle part. Créez un enregistrement A pour {host} qui pointe vers l’adresse publique de votre box (sa page l’indique), et redirigez son port {port} vers {address}.',
  },
  'name-failed': {
    en: 'The name servers did not answer for {host}. Try again; if it stays so, look at the name servers of this machine (/etc/resolv.conf) and of the domain.',
    fr: 'Les serveurs de noms n’ont pas répondu pour {host}. Réessayez ; si cela dure, vérifiez ceux de cette machine (/etc/resolv.conf) et ceux du domaine.',
  },
  'name-system': {
    en: 'Only this machine or its network knows {host} ({addresses}), by /etc/hosts or the like. For devices elsewhere, make a record for {host} in its domain.',
    fr: 'Seule cette machine ou son réseau connaît {host} ({addresses}), par /etc/hosts ou de façon semblable. Pour les appareils ailleurs, créez un enregistrement pour {host} dans son domaine.',
  },
  'name-loopback': {
    en: '{host} points to {addresses}, by which every device means itself. Make an {type} record for {host} that points to {address}.',
    fr: '{host} pointe vers {addresses}, par quoi chaque appareil se désigne lui-même. Créez un enregistrement {type} pour {host} qui pointe vers {address}.',
  },
  'name-here': {
    en: '{host} points to this machine ({addresses}).',
    fr: '{host} pointe vers cette machine ({addresses}).',
  },
  'name-private': {
    en: '{host} points to this machine ({addresses}), with an address of your own network: it is reached from there only.',
    fr: '{host} pointe vers cette machine ({addresses}), par une adresse de votre propre réseau : on ne l’atteint que de là.',
  },
  'name-through': {
    en: '{host} points to {addresses}, which passes on to this machine: a router or a proxy.',
    fr: '{host} pointe vers {addresses}, qui transmet à cette machine : une box ou un proxy.',
  },
  'name-elsewhere': {
    en: '{host} points to {addresses}, which is none of this machine’s addresses. Make an {type} record for {host} that points to {address}.',
    fr: '{host} pointe vers {addresses}, qui n’est pas une adresse de cette machine. Créez un enregistrement {type} pour {host} qui pointe vers {address}.',
  },
  'name-elsewhere-nat': {
    en: '{host} points to {addresses}. If that is your router, forward its port {port} to {address}; if not, make an A record for {host} that points to the public address of your router.',
    fr: '{host} pointe vers {addresses}. Si c’est votre box, redirigez son port {port} vers {address} ; sinon, créez un enregistrement A pour {host} qui pointe vers l’adresse publique de votre box.',
  },
  'family-silent': {
    en: '{host} answers at one of its addresses, but not at {address}: some devices wait for it in vain. Open port {port} there, or remove the {type} record of {host} that points to {address}.',
    fr: '{host} répond à l’une de ses adresses, mais pas à {address} : certains appareils l’attendent en vain. Ouvrez-y le port {port}, ou retirez l’enregistrement {type} de {host} qui pointe vers {address}.',
  },
  'port-refused': {
    en: 'Nothing listens on port {port} of {address}. Start your proxy there, passing on to {listen}, or open port {port} for TCP.',
    fr: 'Rien n’écoute sur le port {port} de {address}. Démarrez-y votre proxy, qui transmet à {listen}, ou ouvrez le port {port} en TCP.',
  },
  'port-silent': {
    en: 'Port {port} of {address} does not answer. Open port {port} for TCP in the firewall, and forward it if a router is before this machine. Some routers do not let you reach yourself: then try from a phone that is not in your Wi-Fi.',
    fr: 'Le port {port} de {address} ne répond pas. Ouvrez le port {port} en TCP dans le pare-feu, et redirigez-le si une box est devant cette machine. Certaines box ne permettent pas de s’atteindre soi-même : essayez alors depuis un téléphone hors de votre Wi-Fi.',
  },
  'port-unreachable': {
    en: 'This machine has no way to {address}. Look at its network and at the {type} record of {host}.',
    fr: 'Cette machine n’a pas de chemin vers {address}. Vérifiez son réseau et l’enregistrement {type} de {host}.',
  },
  'port-broken': {
    en: 'Port {port} of {address} breaks the connection off. Look at what listens there: it has to speak {scheme} and pass on to {listen}.',
    fr: 'Le port {port} de {address} interrompt la connexion. Vérifiez ce qui y écoute : il doit parler {scheme} et transmettre à {listen}.',
  },
  'tls-missing': {
    en: 'Port {port} of {address} does not speak TLS as it should. Give your proxy a certificate for {host} on that port.',
    fr: 'Le port {port} de {address} ne parle pas TLS comme il faut. Donnez à votre proxy un certificat pour {host} sur ce port.',
  },
  'certificate-good': {
    en: 'The certificate of {host} is good for {days} more days.',
    fr: 'Le certificat de {host} est valable encore {days} jours.',
  },
  'certificate-soon': {
    en: 'The certificate of {host} ends in {days} days ({day}). Renew it, and look at why it was not renewed by itself.',
    fr: 'Le certificat de {host} expire dans {days} jours ({day}). Renouvelez-le, et cherchez pourquoi il ne l’a pas été de lui-même.',
  },
  'certificate-ended': {
    en: 'The certificate of {host} has ended on {day}. Renew it.',
    fr: 'Le certificat de {host} a expiré le {day}. Renouvelez-le.',
  },
  'certificate-early': {
    en: 'The certificate of {host} is good from {day} on only. Look at the clock of this machine: it shows {now}.',
    fr: 'Le certificat de {host} n’est valable qu’à partir du {day}. Vérifiez l’horloge de cette machine : elle indique {now}.',
  },
  'certificate-name': {
    en: 'The certificate is for {names}, not for {host}. Get one for {host}, and give it to the proxy for that name.',
    fr: 'Le certificat est pour {names}, pas pour {host}. Obtenez-en un pour {host}, et donnez-le au proxy pour ce nom.',
  },
  'certificate-chain': {
    en: 'The proxy sends the certificate of {host} without those that vouch for it. Give it the whole chain (with Let’s Encrypt: fullchain.pem).',
    fr: 'Le proxy envoie le certificat de {host} sans ceux qui s’en portent garants. Donnez-lui la chaîne entière (avec Let’s Encrypt : fullchain.pem).',
  },
  'certificate-unknown': {
    en: 'Nobody that browsers know vouches for the certificate of {host} ({problem}). Get one from a public authority such as Let’s Encrypt; with an authority of your own, install its certificate on every device, and here (NODE_EXTRA_CA_CERTS).',
    fr: 'Aucune autorité connue des navigateurs ne garantit le certificat de {host} ({problem}). Obtenez-en un d’une autorité publique comme Let’s Encrypt ; avec votre propre autorité, installez son certificat sur chaque appareil, et ici (NODE_EXTRA_CA_CERTS).',
  },
  'answer-ours': {
    en: 'This server answers at {url}.',
    fr: 'Ce serveur répond à {url}.',
  },
  'answer-other': {
    en: 'Another server answers at {url} ({status}{server}). Let {host} pass everything, from the path / on, to {listen}.',
    fr: 'Un autre serveur répond à {url} ({status}{server}). Faites transmettre par {host} toutes les requêtes, depuis le chemin /, à {listen}.',
  },
  'answer-gateway': {
    en: 'What answers at {url} does not reach this server ({status}). Let it pass on to {listen}; in a container, that has to be an address which the proxy can reach: set ESSAIM_LISTEN.',
    fr: 'Ce qui répond à {url} n’atteint pas ce serveur ({status}). Faites-le transmettre à {listen} ; dans un conteneur, ce doit être une adresse que le proxy peut atteindre : réglez ESSAIM_LISTEN.',
  },
  'answer-elsewhere': {
    en: '{url} sends people on to {location}. Set ESSAIM_PUBLIC_URL={location} if that is the address they shall use; else take the redirection away.',
    fr: '{url} renvoie vers {location}. Mettez ESSAIM_PUBLIC_URL={location} si c’est l’adresse à utiliser ; sinon retirez cette redirection.',
  },
  'proxy-host': {
    en: 'The proxy sends “Host: {seen}” in place of {host}: every request would be refused. Pass it on as it came (nginx: proxy_set_header Host $http_host; Apache: ProxyPreserveHost On).',
    fr: 'Le proxy envoie « Host: {seen} » au lieu de {host} : toute requête serait refusée. Faites-le transmettre tel quel (nginx : proxy_set_header Host $http_host ; Apache : ProxyPreserveHost On).',
  },
  'proxy-port': {
    en: 'The proxy drops the port: it sends “Host: {seen}” in place of {host}, and every request would be refused. Pass it on as it came (nginx: proxy_set_header Host $http_host, where $host has no port; Apache: ProxyPreserveHost On).',
    fr: 'Le proxy omet le port : il envoie « Host: {seen} » au lieu de {host}, et toute requête serait refusée. Faites-le transmettre tel quel (nginx : proxy_set_header Host $http_host, car $host est sans port ; Apache : ProxyPreserveHost On).',
  },
  'proxy-untrusted': {
    en: 'Requests come through the proxy {peer}, which is not trusted: everybody looks like one person, and is slowed down as one. Set ESSAIM_TRUSTED_PROXIES={setting}.',
    fr: 'Les requêtes passent par le proxy {peer}, qui n’est pas reconnu : tout le monde ressemble à une seule personne, et est freiné comme telle. Mettez ESSAIM_TRUSTED_PROXIES={setting}.',
  },
  'proxy-silent': {
    en: 'The proxy does not say for whom it asks. Let it add the header X-Forwarded-For (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for).',
    fr: 'Le proxy ne dit pas pour qui il demande. Faites-lui ajouter l’en-tête X-Forwarded-For (nginx : proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for).',
  },
  'proxy-credulous': {
    en: 'The proxy passes X-Forwarded-For on as anybody writes it: everybody can pretend to be somebody else. Let it add the address it sees (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for).',
    fr: 'Le proxy transmet X-Forwarded-For tel que n’importe qui l’écrit : chacun peut se faire passer pour un autre. Faites-lui ajouter l’adresse qu’il voit (nginx : proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for).',
  },
  'proxy-scheme': {
    en: 'The proxy says “X-Forwarded-Proto: {seen}” although people use {scheme}. Correct it (nginx: proxy_set_header X-Forwarded-Proto $scheme).',
    fr: 'Le proxy dit « X-Forwarded-Proto: {seen} » alors que l’on utilise {scheme}. Corrigez-le (nginx : proxy_set_header X-Forwarded-Proto $scheme).',
  },
  'proxy-path': {
    en: 'The proxy rewrites paths: {sent} arrived as {seen}. Let it pass them on as they are (nginx: proxy_pass with no path behind the address; Apache: AllowEncodedSlashes NoDecode and nocanon).',
    fr: 'Le proxy réécrit les chemins : {sent} est arrivé comme {seen}. Faites-le les transmettre tels quels (nginx : proxy_pass sans chemin après l’adresse ; Apache : AllowEncodedSlashes NoDecode et nocanon).',
  },
  'proxy-size': {
    en: 'The proxy refuses bodies of {size} ({status}), which the server takes. Raise its limit (nginx: client_max_body_size {size}) or lower ESSAIM_KINTO_BODY_LIMIT.',
    fr: 'Le proxy refuse les corps de {size} ({status}), que le serveur accepte. Relevez sa limite (nginx : client_max_body_size {size}) ou baissez ESSAIM_KINTO_BODY_LIMIT.',
  },
  'proxy-everybody': {
    en: 'ESSAIM_TRUSTED_PROXIES={setting} trusts everybody: each person can pretend to have any address. Name your proxies alone.',
    fr: 'ESSAIM_TRUSTED_PROXIES={setting} fait confiance à tous : chacun peut prétendre à n’importe quelle adresse. N’indiquez que vos proxys.',
  },
  'proxy-good': {
    en: 'The proxy {peer} passes requests on as it should.',
    fr: 'Le proxy {peer} transmet les requêtes comme il faut.',
  },
  'hawk-good': {
    en: 'Requests that are signed, as those of Firefox, arrive as they were sent.',
    fr: 'Les requêtes signées, comme celles de Firefox, arrivent telles qu’elles ont été envoyées.',
  },
  'hawk-lost': {
    en: 'Signed requests to {path} do not reach this server ({answered}): Firefox cannot sync. Let the proxy pass on everything below it, POST too, to {listen}.',
    fr: 'Les requêtes signées vers {path} n’atteignent pas ce serveur ({answered}) : Firefox ne peut pas synchroniser. Faites transmettre par le proxy tout ce qui est dessous, POST aussi, à {listen}.',
  },
  'hawk-stripped': {
    en: 'The proxy takes the header Authorization away from requests to {path}: Firefox is refused (401). Pass it on as it came (nginx: no proxy_set_header Authorization there; Apache with CGI: CGIPassAuth On), and ask for no password of the proxy’s own.',
    fr: 'Le proxy retire l’en-tête Authorization des requêtes vers {path} : Firefox est refusé (401). Faites-le transmettre tel quel (nginx : pas de proxy_set_header Authorization à cet endroit ; Apache avec CGI : CGIPassAuth On), et ne demandez pas de mot de passe propre au proxy.',
  },
  'hawk-replaced': {
    en: 'The proxy puts another header Authorization in place of the one that came with requests to {path}: Firefox is refused (401). Pass it on as it came, and ask for no password of the proxy’s own there.',
    fr: 'Le proxy met un autre en-tête Authorization à la place de celui des requêtes vers {path} : Firefox est refusé (401). Faites-le transmettre tel quel, et ne demandez pas à cet endroit de mot de passe propre au proxy.',
  },
  'hawk-host': {
    en: 'For requests to {path} the proxy sends “Host: {seen}” in place of {host}: Firefox is refused. Pass it on as it came there too (nginx: proxy_set_header Host $http_host; Apache: ProxyPreserveHost On).',
    fr: 'Pour les requêtes vers {path}, le proxy envoie « Host: {seen} » au lieu de {host} : Firefox est refusé. Faites-le transmettre tel quel là aussi (nginx : proxy_set_header Host $http_host ; Apache : ProxyPreserveHost On).',
  },
  'hawk-prefix': {
    en: 'The proxy changes where paths begin: {sent} arrived as {seen}, and Firefox, which signs the path, is refused (401). Pass it on whole (nginx: proxy_pass with nothing behind the address, not even a slash; Traefik: no StripPrefix; Caddy: handle, not handle_path).',
    fr: 'Le proxy change le début des chemins : {sent} est arrivé comme {seen}, et Firefox, qui signe le chemin, est refusé (401). Faites-le transmettre entier (nginx : proxy_pass sans rien après l’adresse, pas même une barre ; Traefik : pas de StripPrefix ; Caddy : handle, pas handle_path).',
  },
  'hawk-path': {
    en: 'The proxy rewrites paths: {sent} arrived as {seen}, and Firefox, which signs the path, is refused (401). Let it pass them on as they are (nginx: proxy_pass with no path behind the address; Apache: AllowEncodedSlashes NoDecode and nocanon).',
    fr: 'Le proxy réécrit les chemins : {sent} est arrivé comme {seen}, et Firefox, qui signe le chemin, est refusé (401). Faites-le les transmettre tels quels (nginx : proxy_pass sans chemin après l’adresse ; Apache : AllowEncodedSlashes NoDecode et nocanon).',
  },
  'hawk-query': {
    en: 'The proxy rewrites what is behind the question mark: {sent} arrived as {seen}, and Firefox, which signs it, is refused (401). Take away what orders, adds or encodes parameters on the way to {path}.',
    fr: 'Le proxy réécrit ce qui suit le point d’interrogation : {sent} est arrivé comme {seen}, et Firefox, qui le signe, est refusé (401). Retirez ce qui ordonne, ajoute ou encode des paramètres vers {path}.',
  },
  'hawk-body': {
    en: 'The proxy changes what is sent to {path}, or the header Content-Type: Firefox, which signs both, is refused (401). Take away what filters, compresses or converts requests there.',
    fr: 'Le proxy change ce qui est envoyé à {path}, ou l’en-tête Content-Type : Firefox, qui signe les deux, est refusé (401). Retirez ce qui filtre, compresse ou convertit les requêtes à cet endroit.',
  },
  'clock-behind': {
    en: 'The clock of this machine shows {now}, which has long passed. Set it, and let it follow a time server (timedatectl set-ntp true).',
    fr: 'L’horloge de cette machine indique {now}, qui est passé depuis longtemps. Réglez-la, et faites-la suivre un serveur de temps (timedatectl set-ntp true).',
  },
  'clock-proxy': {
    en: 'The clocks of this machine and of what answers at {url} differ by {seconds} seconds. Let both follow a time server (timedatectl set-ntp true).',
    fr: 'Les horloges de cette machine et de ce qui répond à {url} diffèrent de {seconds} secondes. Faites-les suivre un serveur de temps (timedatectl set-ntp true).',
  },
  'clock-visitor': {
    en: 'The clocks of this machine and of your device differ by {seconds} seconds. If your device is right, let this machine follow a time server (timedatectl set-ntp true).',
    fr: 'Les horloges de cette machine et de votre appareil diffèrent de {seconds} secondes. Si votre appareil est à l’heure, faites suivre à cette machine un serveur de temps (timedatectl set-ntp true).',
  },
  'clock-good': {
    en: 'The clock is plausible.',
    fr: 'L’horloge est plausible.',
  },
  'mail-none': {
    en: 'The server sends no mail. With ESSAIM_SMTP_URL and ESSAIM_MAIL_FROM, people can recover their account by mail and are told of what is done with it.',
    fr: 'Le serveur n’envoie pas de courriel. Avec ESSAIM_SMTP_URL et ESSAIM_MAIL_FROM, chacun peut récupérer son compte par courriel et apprend ce qu’on en fait.',
  },
  'mail-good': {
    en: 'The mail server {server} takes mail from here.',
    fr: 'Le serveur de courriel {server} accepte les messages d’ici.',
  },
  'mail-failed': {
    en: 'The mail server {server} does not let this one in ({reason}). Look at the name, port, user and password in ESSAIM_SMTP_URL, and whether your provider blocks outgoing mail (ports 25, 465 and 587).',
    fr: 'Le serveur de courriel {server} n’accepte pas celui-ci ({reason}). Vérifiez nom, port, utilisateur et mot de passe dans ESSAIM_SMTP_URL, et si votre fournisseur bloque l’envoi de courriel (ports 25, 465 et 587).',
  },
  'content-same': {
    en: 'What people upload is shown under {url} as well, where they sign in. Browsers are told to open it in a sandbox, so pages and drawings in it can do less, and one error there could reach accounts. Take a second name for it, such as {suggestion}, with a record, a certificate and the same proxy, and set ESSAIM_CONTENT_URL={suggestion}.',
    fr: 'Ce que les gens déposent est aussi montré sous {url}, là où ils se connectent. Les navigateurs doivent l’ouvrir dans un bac à sable : les pages et dessins y peuvent moins, et une erreur à cet endroit pourrait toucher les comptes. Prenez un second nom, comme {suggestion}, avec un enregistrement, un certificat et le même proxy, et mettez ESSAIM_CONTENT_URL={suggestion}.',
  },
  'content-port': {
    en: 'What people upload is shown under {url}, which differs from the address where they sign in by its port only: browsers share cookies between the two. Set ESSAIM_CONTENT_URL to another name.',
    fr: 'Ce que les gens déposent est montré sous {url}, qui ne diffère que par le port de l’adresse où ils se connectent : les navigateurs partagent les cookies entre les deux. Donnez à ESSAIM_CONTENT_URL un autre nom.',
  },
  'content-plain': {
    en: 'What people upload is shown under {url}, without encryption, and pages over https do not load it. Set ESSAIM_CONTENT_URL to an https address.',
    fr: 'Ce que les gens déposent est montré sous {url}, sans chiffrement, et les pages en https ne le chargent pas. Donnez à ESSAIM_CONTENT_URL une adresse https.',
  },
} as const satisfies Readonly<Record<string, Sentence>>

export type FindingCode = keyof typeof words

/** The finding as a sentence. */
export function say({ code, values }: Pick<Finding, 'code' | 'values'>, language: 'en' | 'fr'): string {
  return words[code][language].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
}
