/** What happened, in a sentence each: to the person herself, and to administrators, to whom she has a name. */
export type Told = Readonly<Record<string, string>>
export type Acts = Readonly<Record<string, (told: Told) => string>>

const named = (text: string | undefined) => (text ? ` “${text}”` : '')
const byWhat: Readonly<Record<string, string>> = {
  invitation: ' with an invitation',
  setup: ' with the link of the first run',
}

/** With whom something was shared, in the middle of a sentence. */
const sharedWith = ({ kind, who }: Told): string => {
  if (kind === 'everyone') return 'everybody'
  if (kind === 'authenticated') return 'everybody who is signed in'
  if (kind === 'group') return `the group${named(who)}`
  return who || (kind === 'sender' ? 'a service' : 'somebody')
}

export const own: Acts = {
  'signed-in': ({ method = '' }) => `You signed in ${method}.`,
  'session-ended': ({ agent }) => `You signed out${agent ? ` of ${agent}` : ''}.`,
  'sessions-ended': ({ count }) =>
    count === '1' ? 'You signed out in one place.' : `You signed out in ${count} places.`,
  'app-key-reused': ({ label }) =>
    `Somebody used again what the app${named(label)} had used up. The app has to sign in anew; take it back if you do not know why.`,
  'account-made': ({ by = '' }) => `Your account was made${byWhat[by] ?? ''}.`,
  'password-changed': () => 'Your password was set or changed.',
  'password-removed': () => 'Your password was removed.',
  'direct-password-changed': () => 'The password for Kinto apps was set or changed.',
  'direct-password-removed': () => 'The password for Kinto apps was taken away.',
  'words-changed': () => 'You made new recovery words.',
  'words-removed': () => 'Your recovery words were removed.',
  'passkey-added': ({ name }) => `The passkey${named(name)} was added.`,
  'passkey-removed': ({ name }) => `The passkey${named(name)} was removed.`,
  'passkey-copied': ({ name }) =>
    `The passkey${named(name)} was used as a copy of it would be. The sign-in was refused; remove it if you do not know why.`,
  'identity-added': ({ provider = '', label }) => `Your account${named(label)} at ${provider} was linked.`,
  'identity-removed': ({ provider = '', label }) =>
    `Your account${named(label)} at ${provider} is no longer linked.`,
  'address-added': ({ address = '' }) => `The address ${address} was added, to be confirmed.`,
  'address-verified': ({ address = '' }) => `The address ${address} was confirmed.`,
  'address-removed': ({ address = '' }) => `The address ${address} was removed.`,
  'mail-sign-in-on': () => 'Sign-in by a link in a mail was allowed.',
  'mail-sign-in-off': () => 'Sign-in by a link in a mail was stopped.',
  'device-added': ({ device }) => `The device${named(device)} was added.`,
  'device-refused': ({ device }) => `The device${named(device)} was refused.`,
  'app-password-added': ({ label }) => `An app password${named(label)} was made.`,
  'app-password-suspended': ({ label }) => `The app password${named(label)} was paused.`,
  'app-password-resumed': ({ label }) => `The app password${named(label)} works again.`,
  'app-password-removed': ({ label }) => `The app password${named(label)} was taken back.`,
  'client-password-added': () => 'A password for Sync in other programs was made.',
  'client-password-removed': () => 'The password for Sync in other programs was switched off.',
  'app-added': ({ label, origin = '' }) => `You let the app${named(label)} of ${origin} in.`,
  'app-widened': ({ label }) => `You allowed more to the app${named(label)}.`,
  'app-narrowed': ({ label }) => `You took something back from the app${named(label)}.`,
  'app-suspended': ({ label }) => `The app${named(label)} was paused.`,
  'app-resumed': ({ label }) => `The app${named(label)} goes on.`,
  'app-removed': ({ label }) => `The app${named(label)} was shut out.`,
  'browser-added': ({ label, again }) =>
    again === undefined
      ? `You signed the browser${named(label)} in to Sync.`
      : `The browser${named(label)} signed in to Sync again.`,
  'browser-narrowed': ({ label }) => `You took something back from the browser${named(label)}.`,
  'browser-suspended': ({ label }) => `The browser${named(label)} was paused.`,
  'browser-resumed': ({ label }) => `The browser${named(label)} goes on.`,
  'browser-removed': ({ label }) => `The browser${named(label)} was signed out of Sync.`,
  'sharing-taken-back': (told) =>
    told['count'] === '1'
      ? `You no longer share${named(told['label']) || ' something'} with ${sharedWith(told)}.`
      : `You no longer share ${told['count']} things with ${sharedWith(told)}.`,
  'token-added': ({ label }) => `A key for a script${named(label)} was made.`,
  'token-narrowed': ({ label }) => `You took something back from the script’s key${named(label)}.`,
  'token-suspended': ({ label }) => `The script’s key${named(label)} was paused.`,
  'token-resumed': ({ label }) => `The script’s key${named(label)} works again.`,
  'token-removed': ({ label }) => `The script’s key${named(label)} was taken back.`,
  'keys-changed': ({ added = '0', removed = '0', label }) =>
    removed !== '0'
      ? `Something no longer unlocks your encrypted data${named(label)}. Your key was replaced.`
      : added !== '0'
        ? `Something new unlocks your encrypted data${named(label)}.`
        : 'The key of your encrypted data was replaced.',
  'keys-afresh': () => 'You started afresh with a new key. What was encrypted before is sealed for 30 days.',
  'recovery-begun': ({ via, due = '' }) =>
    via === 'administrator'
      ? `An administrator made a link that gets into your account from ${due} on, unless it is stopped.`
      : `Somebody asked by mail for a new way into your account. It opens on ${due}, unless it is stopped.`,
  'recovery-ready': () => 'The new way into your account that was asked for is open now.',
  'recovery-stopped': () => 'The new way into your account that was asked for was stopped.',
  recovered: () => 'Your account was recovered: it has a new way in, and all others have ended.',
  renamed: ({ login = '' }) => `Your name here was changed to ${login}.`,
  exported: () => 'All your data was downloaded.',
  approved: () => 'Your account was let in.',
  suspended: () => 'Your account was suspended.',
  resumed: () => 'The suspension of your account was ended.',
  leaving: ({ ends = '' }) => `Your account is to be deleted on ${ends}.`,
  kept: () => 'Your account is to stay.',
  'role-given': ({ role = '' }) => `Your role was changed: ${role}.`,
  'quota-set': ({ bytes }) =>
    bytes ? `The room for your data was set to ${bytes}.` : 'The room for your data is without limit now.',
  'invitation-made': ({ label }) => `You made an invitation${named(label)}.`,
  'invitation-ended': ({ label }) => `You took the invitation${named(label)} back.`,
  'mail-given-up': () => 'A mail to you could not be delivered.',
}

export const server: Acts = {
  'account-made': ({ login = '', by = '', inviter }) =>
    `The account ${login} was made${byWhat[by] ?? ''}${inviter ? ` from ${inviter}` : ''}.`,
  approved: ({ login = '' }) => `${login} was let in.`,
  refused: () => 'Somebody who asked for an account was turned away.',
  suspended: ({ login = '' }) => `${login} was suspended.`,
  resumed: ({ login = '' }) => `The suspension of ${login} was ended.`,
  leaving: ({ login = '', ends = '' }) => `The account ${login} is to be deleted on ${ends}.`,
  kept: ({ login = '' }) => `The account ${login} is to stay.`,
  'role-given': ({ login = '', role = '', from = '' }) =>
    `The role of ${login} was changed: ${from} → ${role}.`,
  'quota-set': ({ login = '', bytes }) =>
    bytes ? `The room of ${login} was set to ${bytes}.` : `The room of ${login} is without limit now.`,
  'recovery-begun': ({ login = '', due = '' }) =>
    `A link was made that lets ${login} back in from ${due} on.`,
  'recovery-stopped': ({ login = '' }) => `The link that was to let ${login} back in was stopped.`,
  'invitation-made': ({ label }) => `An invitation${named(label)} was made.`,
  'invitation-ended': ({ label }) => `The invitation${named(label)} was taken back.`,
  'settings-changed': () => 'The settings were changed.',
  'provider-set': ({ id = '' }) => `The sign-in through ${id} was set up or changed.`,
  'provider-removed': ({ id = '' }) => `The sign-in through ${id} was removed.`,
  'mail-given-up': () => 'A mail could not be delivered.',
}
