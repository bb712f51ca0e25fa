/** What the operator can see of the person: as the server has looked it up, in sentences. */
import { html, type TemplateResult } from 'lit'
import { call } from '../api.ts'
import { wide } from '../parts/frame.ts'
import { Loading } from '../parts/loading.ts'
import { notice, section } from '../parts/notices.ts'
import { operatorWords } from '../words/account/operator.ts'

interface Sight {
  code: string
  value: string | number | null
  seen: boolean
}

class Operator extends Loading<readonly Sight[]> {
  protected async ask() {
    return (await call<{ sights: readonly Sight[] }>('GET', '/me/operator-sees')).sights
  }

  #list(sights: readonly Sight[]): TemplateResult {
    const { sentences, unknown } = operatorWords()
    const sentence = ({ code, value }: Sight) => {
      const text = value === null ? '' : String(value)
      return sentences[code]?.(text) ?? unknown(code, text)
    }
    return html`<ul class="sights">
      ${sights.map((sight) => html`<li>${sentence(sight)}</li>`)}
    </ul>`
  }

  protected override render() {
    const words = operatorWords()
    const { data } = this
    return wide(
      words.title,
      '/account/operator',
      html`<p class="intro">${words.lead}</p>
        ${
          data
            ? html`${section(words.can, this.#list(data.filter(({ seen }) => seen)))}
              ${section(words.cannot, this.#list(data.filter(({ seen }) => !seen)))}
              ${notice('info', words.honest)}`
            : this.waiting()
        }`,
    )
  }
}
customElements.define('essaim-operator', Operator)
