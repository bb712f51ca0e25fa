/** The mails in English. */
import { byOthers, type MailWords, type Told } from './words.ts'

const quoted = (text: string | undefined) => (text ? ` “${text}”` : '')
const from = ({ agent, address }: Told) =>
  [agent ? ` with ${agent}` : '', address ? ` from ${address}` : ''].join('')

const ways: Readonly<Record<string, string>> = {
  password: 'by password',
  passkey: 'with a passkey',
  words: 'with the recovery words',
  provider: 'through another account',
  mail: 'by a link in a mail',
  device: 'as a device that was added',
  setup: 'by the first-run link',
  recovery: 'after a recovery',
}

/** A short subject, and what happened. */
const acts: Readonly<Record<string, (told: Told) => readonly [string, string]>> = {
  'signed-in': (told) => [
    'New sign-in',
    `Somebody signed in ${ways[told['method'] ?? ''] ?? ''}${from(told)}, in a browser that was not known before.`,
  ],
  'password-changed': () => ['Password changed', 'The password of the account was set or changed.'],
  'password-removed': () => ['Password removed', 'The password of the account was taken away.'],
  'direct-password-changed': () => [
    'Password for apps changed',
    'The password that apps sign in with was changed.',
  ],
  'direct-password-removed': () => [
    'Password for apps removed',
    'The password that apps sign in with was taken away.',
  ],
  'words-changed': () => [
    'Recovery words changed',
    'The account got new recovery words. Older ones open nothing any more.',
  ],
  'words-removed': () => ['Recovery words removed', 'The recovery words of the account were taken away.'],
  'passkey-added': ({ name }) => ['Passkey added', `A passkey${quoted(name)} can now open the account.`],
  'passkey-removed': ({ name }) => [
    'Passkey removed',
    `The passkey${quoted(name)} does not open the account any more.`,
  ],
  'passkey-copied': (told) => [
    'A passkey may have been copied',
    `The passkey${quoted(told['name'])} was used${from(told)} in a way that a copy would be. The sign-in was refused. If you don’t know why, remove this passkey.`,
  ],
  'identity-added': ({ provider, label }) => [
    'Sign-in through another account added',
    `The account${quoted(label)} at ${provider ?? 'another server'} can now open this one.`,
  ],
  'identity-removed': ({ provider, label }) => [
    'Sign-in through another account removed',
    `The account${quoted(label)} at ${provider ?? 'another server'} does not open this one any more.`,
  ],
  'address-verified': ({ address }) => [
    'E-mail address added',
    `The address ${address ?? ''} now belongs to the account: it gets these mails, and can be used to recover the account.`,
  ],
  'address-removed': ({ address }) => [
    'E-mail address removed',
    `The address ${address ?? ''} does not belong to the account any more.`,
  ],
  'mail-sign-in-on': () => [
    'Sign-in by mail turned on',
    'The account can now be signed in to by a link in a mail.',
  ],
  'mail-sign-in-off': () => [
    'Sign-in by mail turned off',
    'The account cannot be signed in to by a link in a mail any more.',
  ],
  'device-added': ({ device, place }) => [
    'Device added',
    `A new device${quoted(device)}${place ? `, near ${place},` : ''} was let in to the account.`,
  ],
  'app-password-added': ({ label }) => [
    'App added',
    `A password for the app or device${quoted(label)} was made.`,
  ],
  'client-password-added': () => [
    'Password for Sync made',
    'A password was made with which programs other than Firefox sign in to the Sync of the account. Whoever has it reads and changes what your Firefox syncs.',
  ],
  'token-added': ({ label }) => [
    'Token added',
    `A token for scripts${quoted(label)} was made. Whoever has it can act for the account as far as it was allowed.`,
  ],
  'browser-added': ({ label }) => [
    'Browser signed in',
    `A browser${quoted(label)} was signed in to the account, for Sync and your profile. It is on the page “Browsers”, where you can disconnect it.`,
  ],
  'app-added': ({ label, origin }) => [
    'App added',
    `The app${quoted(label)} of ${origin ?? ''} was let in to the account.`,
  ],
  'keys-afresh': () => [
    'Encryption begun afresh',
    'The keys of what is encrypted were given up and new ones made. What was encrypted before can be opened with the old recovery words for 30 days.',
  ],
  'recovery-stopped': () => [
    'Recovery stopped',
    'The recovery of the account was stopped. Nothing was changed.',
  ],
  recovered: () => [
    'Account recovered',
    'The account was recovered: it has a new way to sign in. All others have ended, and all browsers, apps and devices are signed out.',
  ],
  renamed: ({ login }) => ['Account renamed', `The account is now called${quoted(login)}.`],
  exported: () => ['Data downloaded', 'Everything that the account keeps here was downloaded.'],
  approved: () => ['Welcome', 'The account was approved: you can sign in now.'],
  suspended: () => [
    'Account suspended',
    'An administrator has suspended the account. Nothing in it was deleted.',
  ],
  resumed: () => ['Account open again', 'The account is not suspended any more.'],
  leaving: ({ ends }) => [
    'Account to be deleted',
    `The account and all that is in it will be deleted on ${ends ?? 'the day that was set'}. Until then, sign in to keep it.`,
  ],
  kept: () => ['Account kept', 'The account will not be deleted.'],
}

const stopping = (stop: string) => `If this was not you, stop it now; nothing else is needed:\n${stop}`

export const en: MailWords = {
  verify: ({ login, server }, link) => ({
    subject: `Is this your address? – ${server}`,
    text: [
      `Somebody, probably you, wants to use this address for the account “${login}” at ${server}.`,
      `If that is right, open this link within a day:\n${link}`,
      'If not, do nothing: the address will not be used.',
    ],
  }),
  signIn: ({ login, server }, link) => ({
    subject: `Sign in to ${server}`,
    text: [
      `This link signs you in as “${login}”, once, within 15 minutes:\n${link}`,
      'If you did not ask for it, do nothing. Give it to nobody: whoever has it can sign in.',
    ],
  }),
  recoveryAsked: ({ login, server }, link, hours) => ({
    subject: `Recover your account at ${server}?`,
    text: [
      `Somebody, probably you, cannot sign in to the account “${login}” any more and asks to recover it.`,
      `If that is you, begin here, within a day:\n${link}`,
      `A recovery waits for ${hours} hours before it can be finished, so that it can be stopped if somebody else asked for it. If you can still sign in, or did not ask, do nothing.`,
    ],
  }),
  recoveryWaits: ({ login, server }, via, due, stop) => ({
    subject: `Your account is being recovered – ${server}`,
    text: [
      {
        mail: `A recovery of the account “${login}” was begun by mail.`,
        administrator: `An administrator has begun a recovery of the account “${login}”.`,
        operator: `The operator of the server has begun a recovery of the account “${login}”.`,
      }[via],
      `From ${due} on, it can be finished: the account then gets a new way to sign in, and all browsers, apps and devices are signed out.`,
      stopping(stop),
      via === 'mail'
        ? 'If it was you, wait: another mail will come then.'
        : 'If you asked for it, there is nothing to do now.',
    ],
  }),
  recoveryReady: ({ login, server }, finish, until, stop) => ({
    subject: `The recovery of your account can be finished – ${server}`,
    text: [
      `The wait is over: the account “${login}” can be given a new way to sign in until ${until}.`,
      ...(finish === null ? [] : [`Finish it here:\n${finish}`]),
      stopping(stop),
    ],
  }),
  notice: ({ server }, act, told, at, log) => {
    const [subject, text] = acts[act]?.(told) ?? [
      'Account changed',
      'Something was changed in the account: your log there tells what.',
    ]
    return {
      subject: `${subject} – ${server}`,
      text: [
        text,
        `It was done on ${at}.`,
        ...(byOthers.has(act)
          ? []
          : [`If this was not you, look at what was done and end what you don’t know:\n${log}`]),
      ],
    }
  },
  footer: ({ login, server, publicUrl }) =>
    `This mail is about the account “${login}” at ${server}:\n${publicUrl}`,
}
