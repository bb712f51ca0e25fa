/** What administrators do with one person: each asks where it has to, and tells what it did. */
import { call } from '../api.ts'
import { ask } from '../parts/dialog.ts'
import { tell } from '../parts/tell.ts'
import { peopleWords } from '../words/admin/people.ts'
import { moment } from '../words/language.ts'
import type { Person } from './contract.ts'

const act = (person: Person, name: string, body: object = {}) =>
  call<{ person?: Person; ends?: number }>('POST', `/admin/people/${person.id}/${name}`, body)

export async function approve(person: Person): Promise<boolean> {
  await act(person, 'approve')
  tell(peopleWords().approve.done(person.login))
  return true
}

export async function refusePerson(person: Person): Promise<boolean> {
  const { refuse } = peopleWords()
  const { login } = person
  if (
    !(await ask({ title: refuse.actOne(login), text: refuse.ask(login), confirm: refuse.act, danger: true }))
  )
    return false
  await act(person, 'refuse')
  tell(peopleWords().refuse.done(login))
  return true
}

export async function suspend(person: Person): Promise<boolean> {
  const { suspend: words } = peopleWords()
  const { login } = person
  if (!(await ask({ title: words.title, text: words.ask(login), confirm: words.act, danger: true })))
    return false
  await act(person, 'suspend')
  tell(peopleWords().suspend.done(login))
  return true
}

export async function resume(person: Person): Promise<boolean> {
  await act(person, 'resume')
  tell(peopleWords().suspend.ended(person.login))
  return true
}

export async function remove(person: Person): Promise<boolean> {
  const { remove: words } = peopleWords()
  const { login } = person
  if (!(await ask({ title: words.act, text: words.ask(login), confirm: words.act, danger: true })))
    return false
  const { ends, person: after } = await act(person, 'delete')
  const when = ends ?? after?.ends
  tell(when ? peopleWords().remove.done(login, moment(when)) : peopleWords().refuse.done(login))
  return true
}

export async function keep(person: Person): Promise<boolean> {
  await act(person, 'keep')
  tell(peopleWords().remove.kept(person.login))
  return true
}

export async function stopRecovery(person: Person): Promise<boolean> {
  await call('POST', `/admin/people/${person.id}/recovery/stop`, {})
  tell(peopleWords().recovery.stopped)
  return true
}
