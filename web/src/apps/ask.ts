/** One thing that an app asks for, as a part of a form, and what was answered to it. */
import { html, nothing, type TemplateResult } from 'lit'
import { notice } from '../parts/notices.ts'
import { consentWords } from '../words/apps/consent.ts'
import type { Answer, Asked } from './contract.ts'

/** In place of a choice: something new. */
export const newOne = '+'

/** Longest name of a new thing. */
const maxName = 60

/** A name as it can stand in an address: small letters, digits and dashes. */
export const slug = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, maxName)

/** A name that none of the choices has. */
function freeName({ choices = [], begins = '' }: Asked, app: string): string {
  const wanted = slug(app) || 'app'
  const taken = new Set(choices.map(({ id }) => id))
  for (let i = 1; ; i++) {
    const name = i === 1 ? wanted : `${wanted.slice(0, maxName - 4)}-${i}`
    if (!taken.has(begins + name)) return name
  }
}

/** Which one it is, is asked below. */
const ofOne = (title: string) => title.replace(/[“«]\s*…\s*[”»]/, consentWords().oneThing)

/** Its fields are called after `at`, its number on the page. */
export function askPart(asked: Asked, at: number, app: string): TemplateResult {
  const words = consentWords()
  const { title, description, days, high = false, verbs = [], fields = [] } = asked
  return html`<li class="ask">
    <div class="check">
      <input
        type="checkbox"
        id="allow-${at}"
        name="allow-${at}"
        aria-describedby="about-${at}"
        ?checked=${!high}
      />
      <label for="allow-${at}">${asked.choices ? ofOne(title) : title}</label>
      <p class="hint" id="about-${at}">
        ${description} ${days === undefined ? nothing : words.forDays(days)}
      </p>
    </div>
    ${high ? notice('warn', words.loud) : nothing}
    <div class="more">
      ${asked.choices ? choicesPart(asked, at, app) : nothing}
      ${
        verbs.length > 1
          ? radios(
              words.how,
              `verb-${at}`,
              verbs.map((verb) => ({ id: verb, title: words.verbs[verb] ?? verb })),
              verbs.at(-1),
            )
          : nothing
      }
      ${
        fields.length === 0
          ? nothing
          : html`<fieldset>
              <legend>${words.fields}</legend>
              ${fields.map(
                ({ name, title: label }) =>
                  html`<div class="check">
                    <input type="checkbox" id="field-${at}-${name}" name="field-${at}-${name}" checked />
                    <label for="field-${at}-${name}">${label}</label>
                  </div>`,
              )}
            </fieldset>`
      }
    </div>
  </li>`
}

function choicesPart(asked: Asked, at: number, app: string): TemplateResult {
  const words = consentWords()
  const { question = '', choices = [], begins } = asked
  const all = begins === undefined ? choices : [{ id: newOne, title: words.newOne }, ...choices]
  // What is new has nothing in it yet: the least that can be given.
  return html`${radios(question, `pick-${at}`, all, begins === undefined ? undefined : newOne)}
  ${begins === undefined ? nothing : newName(`new-${at}`, freeName(asked, app))}`
}

/** Where something new is called. Seen only while it is what was picked. */
export function newName(name: string, value: string): TemplateResult {
  const words = consentWords()
  return html`<div class="field new-one">
    <label for=${name}>${words.newName}</label>
    <input
      id=${name}
      name=${name}
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      maxlength=${maxName}
      aria-describedby="${name}-hint"
      value=${value}
    />
    <p class="hint" id="${name}-hint">${words.newHint}</p>
  </div>`
}

export const radios = (
  legend: string,
  name: string,
  options: readonly { id: string; title: string }[],
  chosen: string | undefined,
): TemplateResult =>
  html`<fieldset>
    <legend>${legend}</legend>
    <div class="picks">
      ${options.map(
        ({ id, title }, i) =>
          html`<div class="check">
            <input
              type="radio"
              id="${name}-${i}"
              name=${name}
              value=${id}
              ?checked=${id === chosen || options.length === 1}
            />
            <label for="${name}-${i}">${title}</label>
          </div>`,
      )}
    </div>
  </fieldset>`

/** What was answered, from the values of the form; a sentence where something is missing. */
export function answerOf(
  { scope, choices, begins = '', fields, verbs = [] }: Asked,
  at: number,
  values: Readonly<Record<string, string>>,
): Answer | string {
  const words = consentWords()
  if (values[`allow-${at}`] === undefined) return { asked: scope, allow: false }
  const answer: Answer = { asked: scope, allow: true }
  if (verbs.length > 1) answer.verb = values[`verb-${at}`] ?? verbs[0]!
  if (fields) {
    answer.fields = fields.map(({ name }) => name).filter((name) => `field-${at}-${name}` in values)
    if (answer.fields.length === 0) return words.noFields
  }
  if (choices) {
    const picked = values[`pick-${at}`]
    if (picked === undefined) return words.pickOne
    const name = slug(values[`new-${at}`] ?? '')
    if (picked === newOne && name === '') return words.newNeeded
    answer.target = picked === newOne ? begins + name : picked
    if (picked === newOne && choices.some(({ id }) => id === answer.target)) return words.newTaken
  }
  return answer
}
