/** Where the person is signed in, and what unlocks her encrypted data. */
import { html } from 'lit'
import { wide } from '../parts/frame.ts'
import { section } from '../parts/notices.ts'
import { Part } from '../page.ts'
import { devicesWords } from '../words/account/devices.ts'
import './holders.ts'
import './sessions.ts'

class Devices extends Part {
  protected override render() {
    const words = devicesWords()
    return wide(
      words.title,
      '/account/devices',
      html`<p class="intro">${words.lead}</p>
        <essaim-sessions></essaim-sessions>
        ${section(
          words.add.title,
          html`<p><a class="button plain" href="/pair">${words.add.act}</a></p>`,
          words.add.text,
        )}
        <essaim-holders></essaim-holders>`,
    )
  }
}
customElements.define('essaim-devices', Devices)
