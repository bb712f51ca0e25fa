/** Where somebody who is signed in begins. */
import { html } from 'lit'
import { call } from '../api.ts'
import { Page } from '../page.ts'
import { button } from '../parts/forms.ts'
import { wide } from '../parts/frame.ts'
import { alert } from '../parts/notices.ts'
import { me, setMe } from '../session.ts'
import { baseWords } from '../words/base/index.ts'

class Home extends Page {
  #signOut() {
    return this.run(async () => {
      await call('POST', '/sign-out')
      setMe(null)
    })
  }

  protected override render() {
    const words = baseWords()
    return wide(
      me().name || me().login,
      '/',
      html`${alert(this.error)}
      ${button({ label: words.signOut, busy: this.busy, onClick: () => void this.#signOut() })}`,
    )
  }
}
customElements.define('essaim-home', Home)
