/** How often an app was used, day by day: a small picture, and the same as a table for who does not see it. */
import { html, svg, type TemplateResult } from 'lit'
import { listWords } from '../words/apps/list.ts'
import { language, number } from '../words/language.ts'

const [width, height, gap] = [22, 48, 6]

const weekday = (time: number): string =>
  new Intl.DateTimeFormat(language(), { weekday: 'long' }).format(time)

export function usesPart(uses: readonly number[], now = Date.now()): TemplateResult {
  const words = listWords()
  const most = Math.max(1, ...uses)
  const total = uses.reduce((sum, count) => sum + count, 0)
  const dayOf = (at: number) =>
    at === uses.length - 1 ? words.today : weekday(now - (uses.length - 1 - at) * 86_400_000)
  const bars = uses.map((count, at) => {
    // A day with anything at all is seen.
    const tall = count === 0 ? 1 : Math.max(4, Math.round((count / most) * height))
    return svg`<rect class=${count === 0 ? 'none' : 'some'} x=${at * (width + gap)} y=${height - tall}
      width=${width} height=${tall} rx="2"><title>${words.oneDay(dayOf(at), words.requests(count))}</title></rect>`
  })
  const wide = uses.length * (width + gap) - gap
  return html`<figure class="uses">
    <svg viewBox="0 0 ${wide} ${height}" width=${wide} height=${height} aria-hidden="true">${bars}</svg>
    <figcaption>${words.chart(words.requests(total))}</figcaption>
    <table class="hidden">
      <thead>
        <tr>
          <th>${words.days}</th>
          <th>${words.times}</th>
        </tr>
      </thead>
      <tbody>
        ${uses.map(
          (count, at) =>
            html`<tr>
              <td>${dayOf(at)}</td>
              <td>${number(count)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </figure>`
}
