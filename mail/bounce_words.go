package mail

// The words of mail servers, in lower case, looked for in a refusal without its addresses and links.

// unknownUserPhrases say that there is no such mailbox, if they were said about the recipient.
var unknownUserPhrases = wordList(`
user unknown|unknown user|no such user|user not found|user doesn't exist|user does not exist|user not exist|user not known|user is unknown|no such mailbox|mailbox not found|mailbox does not exist|mailbox unavailable|mailbox unknown|unknown mailbox|no mailbox here|mailbox not exist|invalid mailbox|mailbox invalid|mailbox name not allowed
recipient not found|recipient unknown|unknown recipient|invalid recipient|no such recipient|recipient does not exist|recipient not exist|recipient no longer|recipient not recognized|recipient invalid|bad recipient|recipient rejected|not a valid recipient|no such person|unknown local|unknown local-part|invalid local part|unknown or illegal|unknown alias
address unknown|unknown address|address not found|address does not exist|address doesn't exist|no such address|address invalid|invalid address|bad address|not a valid address|not a valid mailbox|undeliverable address|bad destination|email address could not be found|couldn't be found|could not be found
account does not exist|account doesn't exist|account not found|no such account|unknown account|account unavailable|account that you tried to reach does not exist|not have an account|doesn't have a|invalid user|user invalid|no account by that name|not listed in|isn't in our|not our customer|not a known user|is not known|not exist here|does not exist here|no longer available|no longer valid|no longer in use|no longer active|not recognized|no user here|not found here|recipnotfound|address is invalid
utilisateur inconnu|destinataire inconnu|destinataire invalide|adresse inconnue|usuario desconocido|usuario no existe|buzón no existe|no existe el usuario|benutzer unbekannt|empfänger unbekannt|empfänger existiert nicht|postfach nicht gefunden|kein solcher benutzer|utente sconosciuto|casella inesistente|destinatario sconosciuto|usuário desconhecido|caixa postal inexistente|onbekende gebruiker|gebruiker onbekend|нет такого пользователя|пользователь не найден`)

// certainUserPhrases are said by programs of which nothing else is known than that they mean the address.
var certainUserPhrases = wordList(`
recipient name is not recognized|invalid final delivery userid|adresse destinataire invalide|adresse d au moins un destinataire invalide|resolver.adr.recipnotfound|resolver.adr.exrecipnotfound|recipientnotfound|recipient no longer on server|(000c05a6)|not listed in domino directory|not listed in public name|no match in any domino directory|no match for recipient|ディレクトリのリストにありません|non répertorié dans l'annuaire|returned unknown recipient or mailbox unavailable|rcp-p1`)

// bareUserPhrases are certain where a program says nothing else, not even a code.
var bareUserPhrases = wordList(`unknown user:`)

// unknownHostPhrases say that the address's domain does not exist.
var unknownHostPhrases = wordList(`
host unknown|unknown host|domain does not exist|no such domain|domain not found|domain name not found|host not found|host or domain name not found|no such host|unknown domain|domain unknown|dns lookup failure: host|unrouteable mail domain|unroutable mail domain|domain is not reachable|account or domain may not exist|illegal host/domain name|name or service not known|domain must exist|no route to host or domain|nxdomain|bad destination system address|invalid domain|domain is not found|recipient domain not found|hostname lookup failed: host not found|destination host unknown|name server: host not found|unrouteable address|unroutable address|all host address lookups failed permanently|remote domain doesn't exist|remote domain doesnt exist|couldn't find any host named|all relevant mx records point to non-existent hosts`)

// noServicePhrases say that the domain takes no mail.
var noServicePhrases = wordList(`
indicated no smtp service|null mx|nullmx|does not accept mail|doesn't accept mail|host does not accept mail|does not receive mail|domain does not accept email|system not accepting network messages|couldn't find a mail exchanger|no host found for existing smtp connection|could not find a mail exchanger|no mail exchanger|no mx or a records|has no mail exchanger|domain does not receive|smtp protocol returned a permanent error: 556|name server: .: host does not`)

// movedPhrases say that the mailbox went elsewhere.
var movedPhrases = wordList(`has moved to|user has moved|recipient has moved|address has changed|address changed|has been replaced by|is no longer at this address|mailbox has moved|account has been moved|new address is`)

// statePhrases say in what state a mailbox is that exists.
var statePhrases = wordList(`
mailbox full|mailbox is full|mailbox is over|mailbox exceed|mailbox size|mailbox has exceeded|mailbox for user is full|inbox is full|exceeds allowed size|over quota|overquota|over the quota|quota exceeded|exceeded quota|exceed quota|quota exceed|exceeded storage|storage space|out of storage|insufficient storage|insufficient system storage|disk quota|disk full|disk space|mailfolder is full|folder is full|maildir over| is full|storage limit|quota limit|exceeded the quota|exceeded the local limit|exceeded his|exceeded its|boîte pleine|buzón lleno|postfach voll|casella piena|caixa cheia
is suspended|been suspended|account suspended|is disabled|been disabled|disabled recipient|account disabled|mailbox disabled|is locked|temporarily locked|temporary locked|account locked|is frozen|is inactive|account inactive|inactive account|inactive user|inactive mailbox|deactivated|discontinued|account is blocked|mailbox is blocked|est bloque|not activated|on hold|account has expired|account expired|account has been closed|account is closed|temporarily limited|000b099c|000b09aa|000b09b6`)

// stillTryingPhrases say that a server has not given up.
var stillTryingPhrases = wordList(`
still trying|still be trying|will keep trying|keep trying|will continue to try|will continue trying|continue to be attempted|delivery attempts will continue|will be retried|will retry|will try again|will attempt to deliver|being retried|not yet been delivered|not yet delivered|no action is required|do not need to resend|don't need to resend|need not resend|warning message only|has been delayed|was delayed|is delayed|delivery is delayed|message delayed|delivery delayed|temporarily delayed|could not send message for past|delay reason|(delay)|there was a temporary problem delivering
weiterhin versucht|wird weiterhin|erneut versucht|verzögert|nouvelle tentative|tentatives se poursuivront|a été retardé|est retardé|se seguirá intentando|se ha retrasado|retrasada|nuovi tentativi|è stato ritardato|in ritardo|continuaremos tentando|foi adiada|atrasada|opnieuw geprobeerd|vertraagd|vertraging|再送|遅延|재시도|지연|تأخر|تأخير`)

// gaveUpPhrases say that it has.
var gaveUpPhrases = wordList(`
given up|giving up|envelope expired|gave up|give up|will not be retried|will not retry|no longer be retried|not be attempted|no further attempts|permanent error|permanently|permanent failure|permanent fatal error|retry time exceeded|retry timeout exceeded|queue too long|message expired|has expired|delivery time expired|could not be delivered for|delivery failed|failed permanently|returning message to sender|returned to sender|endgültig|définitiv|definitiv|definitivamente`)

// softPhrases say that the mail, the sender or the moment was refused, and not the address.
var softPhrases = wordList(`
would exceed|suspended|disabled|temporarily|temporary|not currently|expired
too large|too big|size limit|sizelimit|exceeds the maximum|message length|message size|maximum size|exceeds size|exceeds limit
spam|junk mail|blocked|blacklist|black list|blocklist|block list|blocking|dnsbl|reputation|policy|policies|dmarc|spf |spf:|dkim|unauthenticated|authentication|authenticate|not authorized|unauthorized|unsolicited|bulk mail|virus|malware|phish|infected|content rejected|message content|message rejected|mail rejected|email rejected|message filtered|filtered|content filter|content-filter|prohibited|banned|suspicious|denied by|access denied|permission|not permitted|not allowed|forbidden|refused by|rejected by your|rejected due|rejected for|rejected as|header error|headers too large|media error|mailer error|system error|internal error|recipient preferences|not accepted from|not accept messages from|not accept mail from|mail rejete|service refuse|complaint|abuse|listed at|listed in dns|is listed|listed by|badmailfrom
rate limit|ratelimit|rate that|frequency limited|frequency|too many|too much|throttl|try again|try later|retry|please wait|later|greylist|graylist|grey-list|deferred|delayed|delay|queue|timeout|timed out|time out|loop|hop count|hops|connection|network|unreachable|not reachable|routing|lookup failure|service unavailable|service currently|service not available|currently unavailable|resources|busy|overload|closing transmission|shutting down|local error|lock failure|config error|configuration|ldap|database
relay access denied|relaying denied|relaying not|unable to relay|no relaying|not relay|relay not|relay denied|relay quota|cannot relay|relaying
sender rejected|sender address|sender domain|domain of sender|sender denied|sender not|sender is|from address|envelope from|invalid sender|sender verify|sending domain|sending ip|client host|client ip|your ip|ip address|your server|your mail server|your isp|reverse dns|rdns|ptr record|no ptr|helo|ehlo|dns error|source ip|multiple addresses|compliant|malformed address|bare lf|syntax error|not implemented|command parameter|must issue|starttls|tls |certificate|ssl|encryption
user has chosen|recipient has chosen|closed list|only accepts|moderat|member|subscriber|restricted|restriction|not authorised|challenge|whitelist|white list`)

// providerRefusal is what a provider means by its words.
type providerRefusal struct {
	servers []string // parts of the names of its servers, or of the addresses that it serves
	phrases []string
	inWords bool // its words name it
}

var providerRefusals = []providerRefusal{
	{servers: []string{"@au.com", "@ezweb.ne.jp", "auone-net.jp", ".au.com"}, phrases: []string{">: user unknown", ">: recipient address rejected."}},
	{servers: []string{"messagelabs.com"}, phrases: []string{"no such user", " rejected", "user unknown", "unknown user", "invalid recipient", "recipient rejected", "does not exist"}},
	{servers: []string{"@vtext.com"}, phrases: []string{"no such user here"}},
	{servers: []string{"vzwpix.com"}, phrases: []string{"no valid recipients for this mm"}},
	{servers: []string{"yahoodns.net", ".yahoo.com", "@yahoo."}, phrases: []string{"doesn't have a yahoo", "does not have a yahoo"}},
	{servers: []string{"x-outbound-mail-relay"}, phrases: []string{"name service error"}, inWords: true}, // of AOL: a domain that takes no mail
	{servers: []string{"outlook.com"}, phrases: []string{"5.4.1 [", "recipient address rejected: access denied"}},
	{servers: []string{"protection.outlook.com"}, phrases: []string{"5.4.1 [", "recipient address rejected: access denied"}, inWords: true},
	{servers: []string{"hotmail.com", "olc.protection.outlook.com"}, phrases: []string{"requested action not taken: mailbox unavailable"}},
	{servers: []string{".qq.com"}, phrases: []string{"mailbox not found"}, inWords: true},
}

// stageSigns name the refused command in the words of the mail servers.
var stageSigns = []struct {
	words string
	stage stage
}{
	{"in reply to rcpt to", stageRcpt}, {"after rcpt to", stageRcpt}, {"[rcpt_to]", stageRcpt}, {"following rcpt command", stageRcpt}, {"smtp:rcpt", stageRcpt},
	{"does not like recipient", stageRcpt}, {"did not like our rcpt to", stageRcpt}, {"after rcpt command", stageRcpt}, {"for rcpt command", stageRcpt}, {"in response to rcpt", stageRcpt},
	{"rejected recipient", stageRcpt}, {"(state 14)", stageRcpt}, {"rcpt to command", stageRcpt}, {"during rcpt", stageRcpt}, {"sent rcpt to", stageRcpt},
	{"in reply to end of data", stageData}, {"smtp:data", stageData}, {"(state 17)", stageData}, {"(state 18)", stageData}, {"in reply to data", stageData}, {"after end of data", stageData}, {"failed after i sent the message", stageData}, {"did not like our final data", stageData},
	{"did not like our data", stageData}, {"for text command", stageData}, {"accept your message (data)", stageData}, {"after data", stageData}, {"[data]", stageData}, {"in reply to bdat", stageData}, {"after pipelined data", stageData}, {"after text command", stageData},
	{"after mail from", stageMail}, {"in reply to mail from", stageMail}, {"sender was rejected", stageMail}, {"did not like our mail from", stageMail}, {"after mail command", stageMail}, {"for mail command", stageMail}, {"[mail_from]", stageMail}, {"smtp:mail", stageMail}, {"(state 13)", stageMail},
	{"after initial connection", stageConnect}, {"refused to talk to me", stageConnect}, {"in reply to ehlo", stageConnect}, {"in reply to helo", stageConnect}, {"after ehlo", stageConnect}, {"after helo", stageConnect}, {"[connect]", stageConnect},
}
